// The console without a mouse.
import { person, unique, recorded } from "../support/estate.ts";
import { expect, open, test } from "../support/test.ts";

test.beforeEach(async ({ as }) => as(person("tenant_admin")));

test("single keys go to pages, to the filter and to the help, and never act while one types", async ({ page }) => {
  await open(page, "/activity");
  await page.keyboard.press("g");
  await page.keyboard.press("k");
  await expect(page).toHaveURL("/keys");
  await page.keyboard.press("g");
  await page.keyboard.press("a");
  await expect(page).toHaveURL("/activity");
  await expect(page.getByRole("row").nth(1)).toBeVisible();
  await page.keyboard.press("/");
  const search = page.getByRole("search", { name: "Filter" });
  await expect(search.getByRole("combobox", { name: "Time", exact: true })).toBeFocused();

  await search.getByText("More", { exact: true }).click();
  const code = search.getByLabel("Code");
  await code.focus();
  await page.keyboard.type("gk?/j");
  await expect(code).toHaveValue("gk?/j");
  await expect(page).toHaveURL("/activity");
  await code.fill("");
  await page.getByRole("heading", { level: 1 }).click();

  await page.keyboard.press("?");
  const help = page.getByRole("dialog", { name: "Keyboard" });
  await expect(help).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(help).toBeHidden();
});

test("a menu opens and closes by keyboard, and gives the focus back", async ({ page }) => {
  await open(page, "/activity");
  const account = page.getByLabel(/^Account of /);
  await account.focus();
  await page.keyboard.press("Enter");
  const out = page.getByRole("button", { name: "Sign out" });
  await expect(out).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(out).toBeHidden();
  await expect(account).toBeFocused();
});

test("a key is made from the keyboard alone", async ({ page }) => {
  await open(page, "/keys");
  const link = page.getByRole("link", { name: "New key" });
  await link.focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "New API key" });
  await expect(dialog).toBeVisible();
  // The focus is in the dialog and stays there.
  for (let press = 0; press < 12; press += 1) {
    await page.keyboard.press("Tab");
    const inside = await page.evaluate(
      () => document.activeElement === document.body || document.activeElement?.closest("dialog") !== null,
    );
    expect(inside, `after ${press + 1} presses of Tab`).toBe(true);
  }
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(page).toHaveURL("/keys");

  await link.focus();
  await page.keyboard.press("Enter");
  await dialog.getByLabel("Name").focus();
  await page.keyboard.type(unique("typed"));
  await page.keyboard.press("Enter");
  await expect(page.getByRole("region", { name: /is ready/ })).toBeFocused();
});

test("every control that has the focus can be seen", async ({ page }) => {
  const answer = await recorded("Hello");
  for (const path of ["/activity", `/calls/${answer.id}`, "/keys", "/kill-switch", "/kill-switch/stop?scope=agent"]) {
    await open(page, path);
    for (let press = 0; press < 25; press += 1) {
      await page.keyboard.press("Tab");
      const seen = await page.evaluate(() => {
        const focused = document.activeElement;
        if (!focused || focused === document.body) return { ok: true, what: "" };
        const style = getComputedStyle(focused);
        const box = focused.getBoundingClientRect();
        const marked = style.outlineStyle !== "none" || style.boxShadow !== "none";
        const placed = box.bottom > 0 && box.top < innerHeight && box.width > 0;
        return { ok: marked && placed, what: focused.outerHTML.slice(0, 120) };
      });
      expect(seen.ok, `${path}: ${seen.what}`).toBe(true);
    }
  }
});
