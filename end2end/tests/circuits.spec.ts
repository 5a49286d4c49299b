// Provider circuits: for platform admins only. The estate has one provider, which every other test calls:
// here it is forced closed, which lets its calls pass, and open only for a model that nothing calls.
import { type Page } from "@playwright/test";
import { baseUrl, person, recorded, unique } from "../support/estate.ts";
import { expect, open, test } from "../support/test.ts";

const SLUG = "simulator";

test.beforeEach(async ({ as }) => as(person("platform_admin")));
test.afterEach(async ({ page }) => {
  await page.request.post("/do/circuits/clear", {
    form: { provider: SLUG, model: "" },
    headers: { origin: baseUrl },
  });
});

function provider(page: Page) {
  const table = page.getByRole("table", { name: "Providers, by name" });
  return table.getByRole("row").filter({ has: page.getByRole("link") });
}

async function force(page: Page, to: string, reason: string, minutes = "5") {
  const form = page.getByRole("dialog", { name: "Force a circuit" });
  await form.getByLabel("Force it").selectOption({ label: to });
  await form.getByLabel("Minutes").fill(minutes);
  await form.getByLabel("Reason").fill(reason);
  await form.getByRole("button", { name: "Force circuit" }).click();
}

const CLOSED = "Closed: every call is sent to it";

test("the list tells each provider's state, traffic, uptime and key, and never the key itself", async ({ page }) => {
  await recorded("Hello");
  await open(page, "/circuits");
  await expect(page).toHaveTitle(/(Every circuit is closed|is open|are open|half-open|left alone) · TokenOne$/);
  const row = provider(page).first();
  await expect(row).toContainText(/Closed|Open|Half-open/);
  await expect(row.getByText("Simulated", { exact: true })).toBeVisible();
  await expect(row.getByText(/^\d+(\.\d)? % in \d+ days?$/)).toBeVisible();
  await expect(row.getByText(/^p50 .* p95 /)).toBeVisible();
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
});

test("a provider opens beside the list, by keyboard too, and its address can be shared", async ({ page }) => {
  await open(page, "/circuits");
  const link = provider(page).first().getByRole("link");
  await link.focus();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(`/circuits?open=${SLUG}`);
  const drawer = page.getByRole("dialog", { name: "Provider circuit" });
  for (const heading of ["Last hour", "Last 90 days", "Who depends on it", "Key", "What happened", "When it opens"]) {
    await expect(drawer.getByRole("heading", { name: heading })).toBeVisible();
  }
  await expect(drawer.getByRole("table", { name: "Aliases that it answers" })).toContainText("sim-small");
  await drawer.getByText("In numbers").first().click();
  const numbers = drawer.getByRole("table", { name: "Calls and time to the first byte, by five minutes" });
  await expect(numbers.getByRole("row")).toHaveCount(13);
  await page.reload();
  await expect(drawer).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(drawer).toBeHidden();
  await expect(page).toHaveURL("/circuits");
});

test("a circuit is forced with a reason and an end, and decides by itself again", async ({ page, noise }) => {
  noise.expectStatus(422);
  await open(page, `/circuits?open=${SLUG}`);
  const drawer = page.getByRole("dialog", { name: "Provider circuit" });
  await drawer.getByRole("link", { name: "Force closed" }).click();
  const form = page.getByRole("dialog", { name: "Force a circuit" });
  await expect(form.getByLabel("Force it")).toHaveValue("closed");
  const reason = unique("ticket");
  await force(page, CLOSED, reason, "1441");
  await expect(form.getByText("Minutes must be between 1 and 1,440.")).toBeVisible();
  await expect(form.getByLabel("Reason"), "what was typed stays").toHaveValue(reason);
  await force(page, CLOSED, reason);
  await expect(form).toBeHidden();
  await expect(page.getByText("The circuit is forced")).toBeVisible();
  await expect(page).toHaveURL(`/circuits?open=${SLUG}`);
  await expect(drawer.getByText(person("platform_admin").email).first()).toBeVisible();
  const timeline = drawer.getByRole("list").filter({ hasText: reason });
  await expect(timeline).toContainText(`Forced closed by ${person("platform_admin").email}: ${reason}`);
  await drawer.getByRole("button", { name: "End the override", exact: true }).click();
  await expect(page.getByText("The circuit decides by itself again.")).toBeVisible();
  await expect(drawer.getByRole("button", { name: "End the override", exact: true })).toHaveCount(0);
});

test("the list is narrowed by state, provider and model, in its address", async ({ page }) => {
  await open(page, "/circuits");
  const filter = page.getByRole("search", { name: "Filter" });
  await filter.getByRole("combobox", { name: "Provider", exact: true }).selectOption({ index: 1 });
  await expect(page).toHaveURL(/[?&]provider=/);
  await expect(page.getByRole("list", { name: "Filters in force" })).toContainText("Provider");
  await expect(provider(page)).toHaveCount(1);
  await open(page, `/circuits?model=sim-small&provider=${SLUG}`);
  await provider(page).first().getByRole("link").click();
  await expect(page).toHaveURL(`/circuits?provider=${SLUG}&model=sim-small&open=${SLUG}`);
  await page.keyboard.press("Escape");
  await expect(page, "the filter stays").toHaveURL(`/circuits?provider=${SLUG}&model=sim-small`);
  await open(page, "/circuits?model=nobody-has-it");
  await expect(page.getByText("No provider matches")).toBeVisible();
  await page.getByRole("link", { name: "Clear filters" }).last().click();
  await expect(page).toHaveURL("/circuits");
  await expect(provider(page).first()).toBeVisible();
});

test("a provider tells what is under way and what it cost, and leads to its key and its aliases", async ({ page }) => {
  await recorded("Hello");
  await open(page, `/circuits?open=${SLUG}`);
  const drawer = page.getByRole("dialog", { name: "Provider circuit" });
  await expect(drawer.getByText("Calls under way", { exact: true })).toBeVisible();
  await expect(drawer.getByText("Spent today (UTC)")).toBeVisible();
  await expect(drawer.getByText("To drain it, force it open")).toBeVisible();
  const aliases = drawer.getByRole("table", { name: "Aliases that it answers" });
  const alias = aliases.getByRole("link", { name: "sim-small", exact: true });
  await expect(alias).toHaveAttribute("href", "/providers?alias=sim-small");
  await drawer.getByRole("link", { name: "Edit provider" }).click();
  await expect(page).toHaveURL(`/providers?edit=${SLUG}`);
});

test("another person's decision appears without reloading", async ({ page, context }) => {
  await open(page, "/circuits");
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
  const link = provider(page).first().getByRole("link");
  await link.focus();
  const other = await context.newPage();
  await open(other, `/circuits?force=${SLUG}&to=closed`);
  const reason = unique("elsewhere");
  await force(other, CLOSED, reason);
  await expect(other.getByText("The circuit is forced")).toBeVisible();
  await other.close();
  await expect(provider(page).first()).toContainText("Forced closed");
  await expect(provider(page).first()).toContainText(reason);
  await expect(link, "the focus stays where it was").toBeFocused();
});

test("a model is forced by itself", async ({ page }) => {
  await open(page, `/circuits?force=${SLUG}&to=closed`);
  const form = page.getByRole("dialog", { name: "Force a circuit" });
  const models = await form.getByLabel("Which circuit").getByRole("option").allTextContents();
  expect(models.length).toBeGreaterThan(1);
  await form.getByLabel("Which circuit").selectOption({ index: 1 });
  await force(page, CLOSED, unique("model"), "1");
  const drawer = page.getByRole("dialog", { name: "Provider circuit" });
  const own = drawer.getByRole("table", { name: "Models with a circuit of their own" });
  await expect(own).toContainText("Forced closed");
  await drawer.getByRole("button", { name: /^End the override of / }).click();
  await expect(own).not.toContainText("Forced closed");
});

test("a probe says what it found, or why it cannot be made", async ({ page, noise }) => {
  noise.expectStatus(503);
  await open(page, `/circuits?open=${SLUG}`);
  const drawer = page.getByRole("dialog", { name: "Provider circuit" });
  const probe = drawer.getByRole("button", { name: "Probe now" });
  if ((await probe.getAttribute("aria-disabled")) === "true") {
    await expect(probe).toHaveAccessibleDescription(/nothing to probe/);
    return;
  }
  await probe.click();
  await expect(drawer.getByRole("status").getByText(/It answers|It does not answer/)).toBeVisible();
});

test("nobody else may see or force circuits", async ({ page, as, context, noise }) => {
  noise.expectStatus(403);
  for (const role of ["tenant_admin", "member", "auditor"] as const) {
    await context.clearCookies();
    await as(person(role));
    const answer = await page.goto("/circuits");
    expect(answer?.status(), role).toBe(403);
    await expect(page.getByText("The role Platform admin does.")).toBeVisible();
    await expect(page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Circuits" })).toHaveCount(0);
    const attempts: [string, Record<string, string>][] = [
      ["force", { provider: SLUG, model: "", to: "open", reason: "mine", minutes: "5" }],
      ["clear", { provider: SLUG, model: "" }],
      ["probe", { provider: SLUG, model: "" }],
    ];
    for (const [act, form] of attempts) {
      const forced = await page.request.post(`/do/circuits/${act}`, { form, headers: { origin: baseUrl } });
      expect(forced.status(), `${role} ${act}`).toBe(403);
    }
    const live = await page.request.get("/live/circuits", { headers: { "sec-fetch-site": "same-origin" } });
    expect(live.status(), role).toBe(403);
  }
  await context.clearCookies();
  await as(person("platform_admin"));
});

test.describe("without a script", () => {
  test.use({ javaScriptEnabled: false });

  test("the list is narrowed by a form", async ({ page }) => {
    await page.goto("/circuits");
    const filter = page.getByRole("search", { name: "Filter" });
    await filter.getByRole("combobox", { name: "Model", exact: true }).selectOption("sim-small");
    await filter.getByRole("button", { name: "Apply" }).click();
    await expect(page).toHaveURL(/[?&]model=sim-small(&|$)/);
    await expect(provider(page)).toHaveCount(1);
    await page.getByRole("link", { name: "Remove the filter Model: sim-small" }).click();
    await expect(page).toHaveURL("/circuits");
  });

  test("a circuit is forced and released by forms", async ({ page }) => {
    await page.goto("/circuits");
    await provider(page).first().getByRole("link").click();
    await page.getByRole("link", { name: "Force closed" }).click();
    const reason = unique("plain");
    await force(page, CLOSED, reason, "0");
    await expect(page.getByText("Minutes must be between 1 and 1,440.")).toBeVisible();
    const form = page.getByRole("dialog", { name: "Force a circuit" });
    await expect(form.getByLabel("Reason"), "what was typed stays").toHaveValue(reason);
    await expect(form.getByLabel("Minutes")).toHaveValue("0");
    await force(page, CLOSED, reason);
    await expect(page).toHaveURL(`/circuits?open=${SLUG}`);
    await expect(page.getByRole("dialog", { name: "Provider circuit" })).toContainText(reason);
    await page.getByRole("button", { name: "End the override", exact: true }).click();
    await expect(page.getByRole("button", { name: "End the override", exact: true })).toHaveCount(0);
  });
});
