// API keys: made once, shown once, gone when they are revoked.
import { baseUrl, chat, keyOf, ours, person, recorded, theirs, unique } from "../support/estate.ts";
import { expect, open, test } from "../support/test.ts";

test("a key is shown once, opens the gateway, and is refused once it is revoked", async ({
  page,
  as,
}) => {
  await as(person("tenant_admin"));
  await open(page, "/keys");
  const name = unique("agent");
  await page.getByRole("link", { name: "New key" }).click();
  const form = page.getByRole("dialog", { name: "New API key" });
  await form.getByLabel("Name").fill(name);
  await form.getByLabel("Project").selectOption(keyOf().project);
  await form.getByLabel("Works for").selectOption("7 days");
  await form.getByRole("button", { name: "Create key" }).click();

  const panel = page.getByRole("region", { name: new RegExp(`Key ${name} .*is ready`) });
  await expect(panel).toBeFocused();
  const key = (await panel.getByLabel("The key", { exact: true }).textContent()) ?? "";
  expect(key).toMatch(/^t1_live_/);
  await expect(panel.getByLabel("Command", { exact: true })).toContainText(`${baseUrl}/v1/models`);
  expect(page.url(), "the secret is in no address").not.toContain(key);
  await expect.poll(async () => (await chat("Hello", { key })).status).toBe(200);
  await panel.getByRole("button", { name: "I have stored it" }).click();
  await expect(panel).toBeHidden();
  await page.reload();
  expect(await page.content(), "the secret does not come again").not.toContain(key);

  const row = page.getByRole("row", { name: new RegExp(name) });
  await expect(row).toContainText("Active");
  await expect(row.getByText(/in [67] days/)).toBeVisible();
  await expect(page.locator("html")).toHaveAttribute("data-awake", "");
  await row.getByRole("link", { name: `Revoke ${name}` }).click();
  const question = page.getByRole("dialog", { name: "Revoke a key" });
  const revoke = question.getByRole("button", { name: "Revoke key" });
  await expect(revoke).toHaveAttribute("aria-disabled", "true");
  await question.getByLabel(`Type ${name} to confirm`).fill(`${name}x`);
  await expect(revoke).toHaveAttribute("aria-disabled", "true");
  await question.getByLabel(`Type ${name} to confirm`).fill(name);
  await revoke.click();
  await expect(page.getByText("Key revoked.")).toBeVisible();
  // That it takes less than a second is held by the gateway's own tests, of which the quickest try counts.
  await expect.poll(async () => (await chat("Hello", { key })).status).toBe(401);
  await expect(row).toContainText("Revoked");
  await expect(row.getByRole("link", { name: /^Revoke/ })).toHaveCount(0);
});

test("the name decides, not the button: the server checks it too", async ({ page, as, noise }) => {
  noise.expectStatus(422);
  await as(person("tenant_admin"));
  await open(page, "/keys");
  const row = page.getByRole("row", { name: new RegExp(keyOf().name) });
  const href = (await row.getByRole("link", { name: /^Revoke/ }).getAttribute("href")) ?? "";
  const id = new URL(href, baseUrl).searchParams.get("revoke") ?? "";
  const answer = await page.request.post("/do/keys/revoke", {
    form: { id, confirmation: "something else" },
    headers: { origin: baseUrl },
  });
  expect(answer.status()).toBe(422);
  await page.reload();
  await expect(row).toContainText("Active");
});

test("two keys of a project cannot have one name", async ({ page, as, noise }) => {
  noise.expectStatus(409);
  noise.expectStatus(422);
  await as(person("tenant_admin"));
  await open(page, "/keys?new=1");
  const form = page.getByRole("dialog", { name: "New API key" });
  await form.getByLabel("Name").fill(keyOf().name);
  await form.getByLabel("Project").selectOption(keyOf().project);
  await form.getByRole("button", { name: "Create key" }).click();
  await expect(form.getByRole("alert").filter({ hasText: /taken|exists already/ })).toBeVisible();
});

test("who may not make keys sees why", async ({ page, as, noise }) => {
  noise.expectStatus(403);
  for (const role of ["member", "auditor"] as const) {
    await as(person(role));
    await open(page, "/keys");
    const button = page.getByRole("button", { name: "New key" });
    await expect(button).toHaveAttribute("aria-disabled", "true");
    await expect(button).toHaveAccessibleDescription(/The role Tenant admin does/);
    await expect(page.getByRole("link", { name: /^Revoke/ })).toHaveCount(0);
    const forced = await page.request.post("/do/keys/create", {
      form: {
        project_id: "01900000-0000-7000-8000-000000000000",
        name: "sneaked-in",
        expires_in_days: "0",
      },
      headers: { origin: baseUrl },
    });
    expect(forced.status(), role).toBe(403);
  }
});

test("a member sees the keys of their own projects only", async ({ page, as }) => {
  await as(person("member"));
  await open(page, "/keys");
  await expect(page.getByRole("row", { name: new RegExp(keyOf(ours, 0).name) })).toBeVisible();
  await expect(page.getByText(keyOf(ours, 1).name)).toHaveCount(0);
  await expect(page.getByText(keyOf(theirs, 0).name)).toHaveCount(0);
});

test("a key's name leads to its calls", async ({ page, as }) => {
  await as(person("tenant_admin"));
  const key = keyOf(ours, 1);
  await recorded("Hello", { key: key.key });
  await open(page, "/keys");
  await page.getByRole("link", { name: key.name, exact: true }).click();
  await expect(page).toHaveURL(/\/activity\?key=/);
  const list = page.getByRole("list", { name: "Filters in force" });
  await expect(list).toContainText(key.name);
});
