// What surrounds every page.
import { baseUrl, ours, person } from "../support/estate.ts";
import { expect, open, signIn, test } from "../support/test.ts";

test("the sidebar leads to every page in reach and says where one is", async ({ page, as }) => {
  await as(person("tenant_admin"));
  await open(page, "/activity");
  const nav = page.getByRole("navigation", { name: "Main" });
  await expect(nav.getByRole("link")).toHaveText([
    /Activity/,
    /Guard/,
    /API keys/,
    /Agents/,
    /Client set-up/,
    /Kill switch/,
  ]);
  await expect(nav.getByRole("link", { name: "Activity" })).toHaveAttribute("aria-current", "page");
  await nav.getByRole("link", { name: "API keys" }).click();
  await expect(page).toHaveURL("/keys");
  await expect(page.getByRole("heading", { level: 1, name: "API keys" })).toBeVisible();
  await expect(nav.getByRole("link", { name: "API keys" })).toHaveAttribute("aria-current", "page");
});

test("the first key press offers to skip to the content", async ({ page, as }) => {
  await as(person("tenant_admin"));
  await open(page, "/activity");
  await page.keyboard.press("Tab");
  const skip = page.getByRole("link", { name: "Skip to content" });
  await expect(skip).toBeFocused();
  await expect(skip).toBeInViewport();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("main")).toBeFocused();
});

test("the theme is kept, and the server paints it at once", async ({ page, as }) => {
  await as(person("tenant_admin"));
  await open(page, "/activity");
  const root = page.locator("html");
  for (const [name, word] of [["Dark", "dark"], ["Light", "light"]] as const) {
    await page.getByLabel(/^Account of /).click();
    await page.getByRole("group", { name: "Theme" }).getByRole("button", { name }).click();
    await expect(root).toHaveAttribute("data-theme", word);
    const answer = await page.reload();
    expect(await answer?.text()).toContain(`data-theme="${word}"`);
    await expect(root).toHaveAttribute("data-awake", "");
    await expect(root).toHaveAttribute("data-theme", word);
  }
});

test("the palette goes anywhere by keyboard", async ({ page, as }) => {
  await as(person("tenant_admin"));
  await open(page, "/activity");
  const palette = page.getByRole("dialog", { name: "Go to or do" });
  await page.keyboard.press("Control+k");
  await expect(palette.getByRole("combobox")).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(palette).toBeHidden();

  await page.keyboard.press("Control+k");
  await expect(palette.getByRole("combobox")).toBeFocused();
  await page.keyboard.type("api keys");
  await expect(palette.getByRole("option").first()).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/keys");
  await expect(palette).toBeHidden();

  await page.keyboard.press("Control+k");
  await expect(palette.getByRole("combobox")).toBeFocused();
  await page.keyboard.type("no such thing at all");
  await expect(palette.getByText("Nothing matches.")).toBeVisible();
});

test("a platform admin enters a tenant only with a reason", async ({ page }) => {
  const admin = person("platform_admin");
  await open(page, "/sign-in");
  await signIn(page, admin);
  await expect(page).toHaveURL("/tenants");
  const switcher = page.getByLabel("Tenant: Platform. Switch tenant");
  await switcher.click();
  await page.getByRole("link", { name: ours, exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Enter a tenant" });
  const enter = dialog.getByRole("button", { name: `Enter ${ours}` });
  await enter.click();
  await expect(dialog.getByLabel("Reason"), "the browser asks for it").toBeFocused();
  const tenant = new URL(page.url()).searchParams.get("enter") ?? "";
  const forced = await page.request.post("/do/access/take_seat", {
    form: { tenant, reason: "  " },
    headers: { origin: baseUrl },
  });
  expect(forced.status(), "so does the server").toBe(422);

  await dialog.getByLabel("Reason").fill("Ticket 4711: a customer asks about a refusal");
  await enter.click();
  await expect(page).toHaveURL("/activity");
  await expect(page.getByLabel(`Tenant: ${ours}. Switch tenant`)).toBeVisible();
  await expect(page.getByRole("row").nth(1)).toBeVisible();

  await page.getByLabel(`Tenant: ${ours}. Switch tenant`).click();
  await page.getByRole("button", { name: "Leave the tenant" }).click();
  await expect(page).toHaveURL("/tenants");
  await expect(switcher).toBeVisible();
});

test("a phone has the same pages behind a button, and nothing to scroll sideways", async ({ page, as }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await as(person("tenant_admin"));
  for (const path of ["/activity", "/guard", "/keys", "/agents", "/set-up", "/kill-switch", "/kill-switch/stop"]) {
    await open(page, path);
    const [wanted, given] = await page.evaluate(() => [
      document.documentElement.scrollWidth,
      document.documentElement.clientWidth,
    ]);
    expect(wanted, `${path} fits`).toBeLessThanOrEqual(given ?? 0);
  }
  await open(page, "/activity");
  await page.getByRole("button", { name: "Open navigation" }).click();
  const drawer = page.getByRole("dialog", { name: "TokenOne" });
  await drawer.getByRole("link", { name: "API keys" }).click();
  await expect(page).toHaveURL("/keys");
  await expect(drawer).toBeHidden();
});

test("an address that names no page says so and leads back", async ({ page, as, noise }) => {
  noise.expectStatus(404);
  await as(person("tenant_admin"));
  const answer = await page.goto("/no/such/page");
  expect(answer?.status()).toBe(404);
  await expect(page.getByRole("heading", { name: "No such page" })).toBeAttached();
  await page.getByRole("link", { name: "To the start" }).click();
  await expect(page).toHaveURL("/activity");
});
