// Providers and aliases: for platform admins only.
import { baseUrl, chat, person, unique } from "../support/estate.ts";
import { expect, open, test } from "../support/test.ts";

const SIMULATOR = "Simulator (not a real provider)";
const KEY = "sk-a-key-that-must-not-come-back";

test("what there is stands in two lists, with what each is worth", async ({ page, as }) => {
  await as(person("platform_admin"));
  await open(page, "/providers");
  await expect(page).toHaveTitle(/^.*\d+ providers?.*, \d+ alias(es)? · TokenOne$/);
  const providers = page.getByRole("table", { name: "Providers, by name" });
  const simulator = providers.getByRole("row", { name: /Simulator/ });
  await expect(simulator).toContainText("On");
  await expect(simulator.getByText(/^[0-9a-f]{12}$/), "the key by its fingerprint").toBeVisible();
  const aliases = page.getByRole("table", { name: "Aliases, by name" });
  const shared = aliases.getByRole("row", { name: /sim-shared/ });
  await expect(shared).toContainText("Weighted");
  await expect(shared.getByRole("listitem")).toHaveText([/sim-small × 3/, /sim-large × 1/]);
  await expect(shared).toContainText("Ready");
});

test("a provider is added, changed, given another key, switched and removed", async ({ page, as, noise }) => {
  noise.expectStatus(422);
  await as(person("platform_admin"));
  await open(page, "/providers");
  const slug = unique("near");
  await page.getByRole("link", { name: "New provider" }).click();
  const form = page.getByRole("dialog", { name: "New provider" });
  await form.getByLabel("Short name").fill(slug);
  await form.getByLabel("Name", { exact: true }).fill(`Near ${slug}`);
  await form.getByLabel("Kind").selectOption("OpenAI-compatible server");
  await expect(form.getByText("Its address is yours to give.")).toBeVisible();
  await form.getByRole("textbox", { name: /^Address/ }).fill("http://127.0.0.1:9/v1");
  await form.getByLabel(/^Key/).fill(KEY);
  await form.getByRole("button", { name: "Add provider" }).click();
  await expect(form.getByText("Address must begin with https://")).toBeVisible();
  await form.getByLabel("In a private network").check();
  await form.getByRole("button", { name: "Add provider" }).click();
  await expect(form).toBeHidden();
  const row = page.getByRole("row", { name: new RegExp(slug) });
  await expect(row).toContainText("OpenAI-compatible server");
  await expect(row).toContainText("Nothing");
  const first = (await row.getByText(/^[0-9a-f]{12}$/).textContent()) ?? "";
  expect(await page.content(), "the key does not come back").not.toContain(KEY);

  await row.getByRole("link", { name: /^Edit / }).click();
  const drawer = page.getByRole("dialog", { name: "Provider", exact: true });
  await drawer.getByLabel("Region").fill("eu-central-1");
  await drawer.getByRole("group", { name: "Serves" }).getByLabel("Embeddings").uncheck();
  await drawer.getByRole("button", { name: "Save" }).click();
  await expect(drawer).toBeHidden();
  await expect(row).toContainText("eu-central-1");
  await expect(row).not.toContainText("Embeddings");

  await row.getByRole("link", { name: /^Edit / }).click();
  await drawer.getByRole("link", { name: "Replace key" }).click();
  const key = page.getByRole("dialog", { name: "A provider's key" });
  await key.getByLabel("New key").fill("two words");
  await key.getByRole("button", { name: "Set key" }).click();
  await expect(key.getByText("Key is not a key")).toBeVisible();
  await key.getByLabel("New key").fill(`${KEY}-2`);
  await key.getByRole("button", { name: "Set key" }).click();
  await expect(key).toBeHidden();
  await expect(row.getByText(/^[0-9a-f]{12}$/)).not.toHaveText(first);

  await row.getByRole("link", { name: /^Edit / }).click();
  await drawer.getByRole("button", { name: "Switch off" }).click();
  await expect(drawer).toBeHidden();
  await expect(row).toContainText("Off");

  await row.getByRole("link", { name: /^Edit / }).click();
  await drawer.getByRole("link", { name: "Remove" }).click();
  const question = page.getByRole("dialog", { name: "Remove a provider" });
  const remove = question.getByRole("button", { name: "Remove provider" });
  await expect(remove).toHaveAttribute("aria-disabled", "true");
  await expect(question.getByText("Its sealed key is destroyed.")).toBeVisible();
  await question.getByLabel(`Type ${slug} to confirm`).fill(slug);
  await remove.click();
  await expect(page.getByText("The provider is removed.")).toBeVisible();
  await expect(row).toHaveCount(0);
});

test("an alias is made, its targets move, and programs can ask for it", async ({ page, as, noise }) => {
  noise.expectStatus(422);
  await as(person("platform_admin"));
  await open(page, "/providers");
  const name = unique("drafts");
  expect((await chat("Hello", { model: name })).status).toBe(404);
  await page.getByRole("link", { name: "New alias" }).click();
  const form = page.getByRole("dialog", { name: "New alias" });
  await form.getByLabel("Name", { exact: true }).fill(name);
  const target = (n: number) => form.getByRole("group", { name: `Target ${n}`, exact: true });
  await target(1).getByLabel("Provider", { exact: true }).selectOption(SIMULATOR);
  await target(1).getByLabel("Model", { exact: true }).fill("sim-large");
  await form.getByRole("button", { name: "Add target" }).click();
  const second = target(2).getByLabel("Provider", { exact: true });
  await expect(second, "the focus follows").toBeFocused();
  await second.selectOption(SIMULATOR);
  await target(2).getByLabel("Model", { exact: true }).fill("sim-small");
  await target(2).getByLabel("Weight").fill("1001");
  const up = target(2).getByRole("button", { name: "Move up" });
  await up.click();
  await expect(target(1).getByLabel("Model", { exact: true })).toHaveValue("sim-small");
  await expect(target(1).getByRole("button", { name: "Move up" })).toBeFocused();
  await expect(target(1).getByRole("button", { name: "Move up" })).toHaveAttribute("aria-disabled", "true");
  await form.getByRole("button", { name: "Make alias" }).click();
  await expect(target(1).getByText("Target 1: Weight is not a whole number")).toBeVisible();
  await target(1).getByLabel("Weight").fill("3");
  await form.getByRole("button", { name: "Make alias" }).click();
  await expect(form).toBeHidden();
  const row = page.getByRole("row", { name: new RegExp(`^${name}`) });
  await expect(row.getByRole("listitem")).toHaveText([/sim-small/, /sim-large/]);
  await expect.poll(async () => (await chat("Hello", { model: name })).status).toBe(200);

  await row.getByRole("link", { name: `Edit ${name}` }).click();
  const drawer = page.getByRole("dialog", { name: "Alias", exact: true });
  const kept = drawer.getByRole("group", { name: "Target 1", exact: true });
  await drawer
    .getByRole("group", { name: "Target 2", exact: true })
    .getByRole("button", { name: "Take away" })
    .click();
  await kept.getByText("Price, bounds and capabilities").click();
  await kept.getByLabel("Model in the price catalogue").fill("nobody-knows");
  await drawer.getByRole("button", { name: "Save" }).click();
  await expect(drawer).toBeHidden();
  await expect(row.getByRole("listitem")).toHaveText([/sim-small Unpriced/]);
  await expect(row).toContainText("No target can be called");

  await row.getByRole("link", { name: `Edit ${name}` }).click();
  await drawer.getByRole("link", { name: "Remove" }).click();
  const question = page.getByRole("dialog", { name: "Remove an alias" });
  await question.getByLabel(`Type ${name} to confirm`).fill(name);
  await question.getByRole("button", { name: "Remove alias" }).click();
  await expect(row).toHaveCount(0);
});

test("a test call tells status, time and model", async ({ page, as }) => {
  await as(person("platform_admin"));
  await open(page, "/providers");
  await page.getByRole("link", { name: `Test ${SIMULATOR}` }).click();
  const dialog = page.getByRole("dialog", { name: "Test call" });
  await dialog.getByLabel("Model").fill("sim-small");
  await dialog.getByRole("button", { name: "Send test call" }).click();
  const result = dialog.getByRole("region", { name: "Result of the test call" });
  await expect(result).toContainText("It answers");
  await expect(result).toContainText("200");
  await expect(result).toContainText(/\d+ ms/);
  await expect(result).toContainText("sim-small");
});

test("the simulator can be switched and nothing else, and a provider in use is not removed", async ({ page, as }) => {
  await as(person("platform_admin"));
  await open(page, "/providers?edit=simulator");
  const drawer = page.getByRole("dialog", { name: "Provider", exact: true });
  await expect(drawer.getByText("It is built in")).toBeVisible();
  await expect(drawer.getByRole("button", { name: "Switch off" })).toBeVisible();
  await expect(drawer.getByRole("link", { name: /key$/ })).toHaveCount(0);
  await page.keyboard.press("Escape");
  await expect(page).toHaveURL("/providers");
  await open(page, "/providers?remove=simulator");
  await expect(page.getByText("stays while aliases lead to it")).toBeVisible();
});

test("nobody else may see or change any of it", async ({ page, as, noise }) => {
  noise.expectStatus(403);
  for (const role of ["tenant_admin", "member", "auditor"] as const) {
    await as(person(role));
    const answer = await page.goto("/providers");
    expect(answer?.status(), role).toBe(403);
    await expect(page.getByText("The role Platform admin does.")).toBeVisible();
    await expect(page.getByRole("link", { name: "New provider" })).toHaveCount(0);
    await expect(page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: /Providers/ })).toHaveCount(0);
    const forced = await page.request.post("/do/aliases/delete", {
      form: { name: "sim-small", confirmation: "sim-small" },
      headers: { origin: baseUrl },
    });
    expect(forced.status(), role).toBe(403);
  }
});
