// Tenants: for platform admins only.
import { baseUrl, ours, person, theirs, unique } from "../support/estate.ts";
import { awake, expect, open, signIn, test } from "../support/test.ts";

test("a platform admin sees every tenant in numbers", async ({ page, as }) => {
  await as(person("platform_admin"));
  await open(page, "/tenants");
  for (const tenant of [ours, theirs]) {
    const row = page.getByRole("row", { name: new RegExp(tenant) });
    await expect(row.getByRole("link", { name: `Enter ${tenant}` })).toBeVisible();
    await expect(row.getByRole("cell").nth(1), "projects").toHaveText("2");
    await expect(row.getByRole("cell").nth(2), "people").toHaveText(/^[3-9]$/);
  }
  await expect(page).toHaveTitle(/^\d+ tenants · TokenOne$/);
});

test("without a seat there are no calls to see", async ({ page, as, noise }) => {
  noise.expectStatus(403);
  await as(person("platform_admin"));
  for (const path of ["/activity", "/keys", "/calls/01900000-0000-7000-8000-000000000000"]) {
    const answer = await page.goto(path);
    expect(answer?.status(), path).toBe(403);
    await expect(page.getByText("No tenant is chosen")).toBeVisible();
  }
});

test("a refused reason is told where it was given, and forgotten with the dialog", async ({ page, as }) => {
  await as(person("platform_admin"));
  await open(page, "/tenants");
  await page.getByRole("link", { name: `Enter ${ours}` }).click();
  const dialog = page.getByRole("dialog", { name: "Enter a tenant" });
  const reason = dialog.getByLabel("Reason");
  await reason.fill("   ");
  await dialog.getByRole("button", { name: `Enter ${ours}` }).click();
  await expect(dialog.getByText("Reason is missing.")).toBeVisible();
  await expect(reason).toHaveAttribute("aria-invalid", "true");
  await expect(reason).toHaveAccessibleDescription(/Reason is missing\./);
  await expect(page.getByText("The tenant was not changed.")).toHaveCount(0);

  await awake(page);
  await dialog.getByRole("link", { name: "Close" }).click();
  await expect(page).toHaveURL("/tenants");
  await page.getByRole("link", { name: `Enter ${theirs}` }).click();
  await expect(dialog.getByRole("button", { name: `Enter ${theirs}` })).toBeVisible();
  await expect(dialog.getByText("Reason is missing.")).toHaveCount(0);
});

test("a new tenant is ready at once, and its administrator signs in", async ({ page, as, browser, noise }) => {
  noise.expectStatus(422);
  await as(person("platform_admin"));
  await open(page, "/tenants");
  const slug = unique("harbour");
  const email = `ada@${slug}.example`;
  const password = "four blue ladders in fog";
  await page.getByRole("link", { name: "New tenant" }).click();
  const dialog = page.getByRole("dialog", { name: "New tenant" });
  const tenant = dialog.getByRole("group", { name: "Tenant" });
  await tenant.getByLabel("Name", { exact: true }).fill(`Harbour ${slug}`);
  await tenant.getByLabel("Short name").fill("Not A Slug!");
  await tenant.getByLabel("First project").fill("Cranes");
  const people = dialog.getByRole("group", { name: "First administrator" });
  await people.getByLabel("Name", { exact: true }).fill("Ada Harbour");
  await people.getByLabel("E-mail address").fill(email);
  await people.getByLabel("First password").fill(password);
  await dialog.getByRole("button", { name: "Create tenant" }).click();
  await expect(dialog.getByText("Short name may hold only lower-case letters")).toBeVisible();
  await tenant.getByLabel("Short name").fill(slug);
  await dialog.getByRole("button", { name: "Create tenant" }).click();
  await expect(page.getByRole("row", { name: new RegExp(slug) })).toBeVisible();
  await expect(dialog).toBeHidden();

  const other = await browser.newContext({ baseURL: baseUrl });
  const theirPage = await other.newPage();
  await open(theirPage, "/sign-in");
  await signIn(theirPage, { email, password });
  await expect(theirPage).toHaveURL("/activity");
  await expect(theirPage.getByText("No call yet")).toBeVisible();
  await other.close();
});

test("nobody else may see or make tenants", async ({ page, as, noise }) => {
  noise.expectStatus(403);
  for (const role of ["tenant_admin", "member", "auditor"] as const) {
    await as(person(role));
    const answer = await page.goto("/tenants");
    expect(answer?.status(), role).toBe(403);
    await expect(page.getByText("The role Platform admin does.")).toBeVisible();
    await expect(page.getByRole("link", { name: "New tenant" })).toHaveCount(0);
    await expect(page.getByText(theirs)).toHaveCount(0);
    const forced = await page.request.post("/do/tenants/create", {
      form: {
        name: "Mine",
        slug: unique("mine"),
        project: "Mine",
        admin_name: "Me",
        admin_email: "me@mine.example",
        admin_password: "four blue ladders in fog",
      },
      headers: { origin: baseUrl },
    });
    expect(forced.status(), role).toBe(403);
  }
});
