// The console without JavaScript: forms and links suffice.
import { ours, person, unique, recorded } from "../support/estate.ts";
import { expect, signIn, test } from "../support/test.ts";

test.use({ javaScriptEnabled: false });

test("signing in, reading, filtering and signing out need no script", async ({ page }) => {
  await page.goto("/sign-in?next=%2Factivity");
  await signIn(page, { email: `${unique("nobody")}@example.com`, password: "certainly not this one" });
  await expect(page.getByText("The e-mail address or the password is wrong.")).toBeVisible();
  expect(page.url(), "a password never stands in an address").not.toContain("certainly");

  await page.goto("/sign-in?next=%2Factivity");
  await signIn(page, person("tenant_admin"));
  await expect(page).toHaveURL("/activity");
  const prompt = unique("without a script");
  const answer = await recorded(prompt, { model: "sim-large" });
  await page.getByRole("link", { name: "Refresh" }).click();
  const rows = page
    .getByRole("table", { name: "Calls, newest first" })
    .getByRole("row")
    .filter({ has: page.getByRole("cell") });
  await expect(rows.first().getByRole("link").first()).toHaveAttribute("href", `/calls/${answer.id}`);

  const filter = page.getByRole("search", { name: "Filter" });
  await filter.getByRole("combobox", { name: "Model", exact: true }).selectOption("sim-large");
  await filter.getByRole("button", { name: "Apply" }).click();
  await expect(page).toHaveURL(/[?&]model=sim-large(&|$)/);
  await expect(page.getByRole("link", { name: "Remove the filter Model: sim-large" })).toBeVisible();
  await expect(rows.filter({ hasText: "sim-small" })).toHaveCount(0);

  await rows.first().getByRole("link").first().click();
  await expect(page).toHaveURL(`/calls/${answer.id}`);
  const tabs = page.getByRole("navigation", { name: "Parts of this call" });
  await tabs.getByRole("link", { name: "Conversation" }).click();
  await expect(page.getByRole("list", { name: "Conversation" })).toContainText(prompt);
  await tabs.getByRole("link", { name: "Ledger" }).click();
  await expect(page.getByText(/^Sum:/)).toContainText("balanced");

  await page.getByLabel(/^Account of /).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL("/sign-in");
});

test("a provider and an alias are made and taken away by forms", async ({ page, as }) => {
  await as(person("platform_admin"));
  const [slug, name] = [unique("formed"), unique("formed-alias")];
  await page.goto("/providers?new=provider");
  await page.getByLabel("Short name").fill(slug);
  await page.getByLabel("Name", { exact: true }).fill(`Formed ${slug}`);
  await page.getByLabel("Kind").selectOption("Groq");
  await page.getByRole("button", { name: "Add provider" }).click();
  await expect(page).toHaveURL("/providers");
  const provider = page.getByRole("row", { name: new RegExp(`Formed ${slug}`) });
  await expect(provider).toContainText("No key");

  await page.goto("/providers?new=alias");
  await page.getByLabel("Name", { exact: true }).fill(name);
  const target = (words: string) => page.getByRole("group", { name: words, exact: true });
  await target("Target 1").getByLabel("Provider", { exact: true }).selectOption(`Formed ${slug}`);
  await target("Target 1").getByLabel("Model", { exact: true }).fill("llama");
  await target("One more").getByLabel("Provider", { exact: true }).selectOption("Simulator (not a real provider)");
  await target("One more").getByLabel(/^Model optional/).fill("sim-small");
  await page.getByRole("button", { name: "Make alias" }).click();
  const alias = page.getByRole("row", { name: new RegExp(`^${name}`) });
  await expect(alias.getByRole("listitem")).toHaveText([/llama/, /sim-small/]);

  await alias.getByRole("link", { name: /^Edit / }).click();
  await target("Target 1").getByLabel("Take this target away").check();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(alias.getByRole("listitem")).toHaveText([/sim-small/]);
  await page.goto(`/providers?drop=${name}`);
  await page.getByLabel(`Type ${name} to confirm`).fill("not its name");
  await page.getByRole("button", { name: "Remove alias" }).click();
  await expect(page.getByText("Confirmation does not match.")).toBeVisible();
  await page.getByLabel(`Type ${name} to confirm`).fill(name);
  await page.getByRole("button", { name: "Remove alias" }).click();
  await expect(alias).toHaveCount(0);
  await page.goto(`/providers?remove=${slug}`);
  await page.getByLabel(`Type ${slug} to confirm`).fill(slug);
  await page.getByRole("button", { name: "Remove provider" }).click();
  await expect(provider).toHaveCount(0);
});

test("a form that was refused comes back with what was typed, and never with a secret", async ({ page, as }) => {
  await as(person("platform_admin"));
  const slug = unique("typed");
  const key = "sk-typed-and-not-kept";
  await page.goto("/providers?new=provider");
  await page.getByLabel("Short name").fill(slug);
  await page.getByLabel("Name", { exact: true }).fill(`Typed ${slug}`);
  await page.getByLabel("Kind").selectOption("OpenAI-compatible server");
  await page.getByRole("textbox", { name: /^Address/ }).fill("http://127.0.0.1:9/v1");
  await page.getByLabel("Region").fill("eu-west-3");
  await page.getByRole("group", { name: "Serves" }).getByLabel("Embeddings").check();
  await page.getByLabel("Key optional").fill(key);
  await page.getByRole("button", { name: "Add provider" }).click();
  const address = page.getByRole("textbox", { name: /^Address/ });
  await expect(address).toHaveAttribute("aria-invalid", "true");
  await expect(address).toHaveAccessibleDescription(/Address must begin with https/);
  await expect(address).toHaveValue("http://127.0.0.1:9/v1");
  await expect(page.getByLabel("Short name")).toHaveValue(slug);
  await expect(page.getByLabel("Name", { exact: true })).toHaveValue(`Typed ${slug}`);
  await expect(page.getByLabel("Kind").getByRole("option", { selected: true })).toHaveText("OpenAI-compatible server");
  await expect(page.getByLabel("Region")).toHaveValue("eu-west-3");
  await expect(page.getByRole("group", { name: "Serves" }).getByLabel("Embeddings")).toBeChecked();
  await expect(page.getByLabel("Key optional")).toHaveValue("");
  expect(await page.content(), "a key does not come back").not.toContain(key);
  for (const secret of [key, slug, "eu-west-3"]) {
    expect(page.url(), "what was typed never stands in an address").not.toContain(secret);
  }
  // The second refusal is told, not the first one again.
  await page.getByLabel("In a private network").check();
  await page.getByLabel("Short name").fill("Not A Slug");
  await page.getByRole("button", { name: "Add provider" }).click();
  await expect(page.getByText("Short name may hold only lower-case letters")).toBeVisible();
  await expect(page.getByText("Address must begin with https")).toHaveCount(0);
  await expect(page.getByLabel("In a private network")).toBeChecked();
  // Another form of the same kind begins empty.
  await page.goto("/providers?new=provider");
  await expect(page.getByLabel("Short name")).toHaveValue("");
});

test("targets are ordered, added and taken away by a form, and a mistake names its target", async ({ page, as }) => {
  await as(person("platform_admin"));
  const name = unique("ordered");
  const simulator = "Simulator (not a real provider)";
  const target = (words: string) => page.getByRole("group", { name: words, exact: true });
  const field = (words: string, label: string) => target(words).getByLabel(label, { exact: true });
  await page.goto("/providers?new=alias");
  await page.getByLabel("Name", { exact: true }).fill(name);
  await field("Target 1", "Provider").selectOption(simulator);
  await field("Target 1", "Model").fill("sim-large");
  await field("One more", "Provider").selectOption(simulator);
  await target("One more").getByLabel(/^Model optional/).fill("sim-small");
  await target("One more").getByLabel(/^Weight/).fill("1001");
  await page.getByRole("button", { name: "Make alias" }).click();
  await expect(target("Target 2").getByText("Target 2: Weight is not a whole number")).toBeVisible();
  await expect(field("Target 2", "Weight")).toHaveAttribute("aria-invalid", "true");
  await expect(field("Target 2", "Model"), "what was typed stays").toHaveValue("sim-small");
  await expect(target("One more"), "and there is room for another").toBeVisible();
  await field("Target 2", "Weight").fill("2");
  await page.getByRole("button", { name: "Make alias" }).click();
  await expect(page).toHaveURL("/providers");
  const alias = page.getByRole("row", { name: new RegExp(`^${name}`) });
  await expect(alias.getByRole("listitem")).toHaveText([/sim-large/, /sim-small/]);

  await alias.getByRole("link", { name: /^Edit / }).click();
  await field("Target 2", "Place").fill("1");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(alias.getByRole("listitem")).toHaveText([/sim-small/, /sim-large/]);

  await page.goto(`/providers?drop=${name}`);
  await page.getByLabel(`Type ${name} to confirm`).fill(name);
  await page.getByRole("button", { name: "Remove alias" }).click();
  await expect(alias).toHaveCount(0);
});

test("a key is revoked by a form, and made only where its secret can be shown", async ({ page, as }) => {
  await as(person("tenant_admin"));
  await page.goto("/keys?new=1");
  await expect(page.getByText("Making a key needs JavaScript")).toBeVisible();
  await expect(page.getByRole("button", { name: "Create key" })).toBeHidden();
  await page.goto("/keys");
  await page.getByRole("link", { name: /^Revoke / }).first().click();
  const field = page.getByLabel(/^Type .* to confirm$/);
  await field.fill("not its name");
  await page.getByRole("button", { name: "Revoke key" }).click();
  await expect(page.getByText("Confirmation does not match.")).toBeVisible();
  await expect(field, "what was typed stays").toHaveValue("not its name");
});

test("a tenant that is refused comes back with all but the password", async ({ page, as }) => {
  await as(person("platform_admin"));
  const slug = unique("kept");
  await page.goto("/tenants?new=1");
  const tenant = page.getByRole("group", { name: "Tenant", exact: true });
  const admin = page.getByRole("group", { name: "First administrator" });
  await tenant.getByLabel("Name", { exact: true }).fill(`Kept ${slug}`);
  await tenant.getByLabel("Short name").fill(slug);
  await tenant.getByLabel("First project").fill("First");
  await admin.getByLabel("Name", { exact: true }).fill("Anna");
  await admin.getByLabel("E-mail address").fill(`${slug}@example.com`);
  await admin.getByLabel("First password").fill("passwordpassword");
  await page.getByRole("button", { name: "Create tenant" }).click();
  await expect(page.getByText("Password is too easy to guess")).toBeVisible();
  await expect(tenant.getByLabel("Name", { exact: true })).toHaveValue(`Kept ${slug}`);
  await expect(admin.getByLabel("E-mail address")).toHaveValue(`${slug}@example.com`);
  await expect(admin.getByLabel("First password")).toHaveValue("");
  expect(await page.content()).not.toContain("passwordpassword");
});

test("a reason is asked for again where it was refused", async ({ page, as }) => {
  await as(person("platform_admin"));
  await page.goto("/tenants");
  await page.getByRole("link", { name: `Enter ${ours}` }).click();
  await page.getByLabel("Reason").fill("   ");
  await page.getByRole("button", { name: `Enter ${ours}` }).click();
  await expect(page.getByText("Reason is missing.")).toBeVisible();
  await expect(page.getByText("The tenant was not changed.")).toHaveCount(0);
});
