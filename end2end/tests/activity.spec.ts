// The feed of calls.
import { chat, keyOf, ours, person, recorded, theirs, unique } from "../support/estate.ts";
import { expect, open, test } from "../support/test.ts";
import type { Page } from "@playwright/test";

test.beforeEach(async ({ as }) => as(person("tenant_admin")));

const table = (page: Page) => page.getByRole("table", { name: "Calls, newest first" });
const rows = (page: Page) => table(page).getByRole("row").filter({ has: page.getByRole("cell") });
const filter = (page: Page) => page.getByRole("search", { name: "Filter" });
const chips = (page: Page) => page.getByRole("list", { name: "Filters in force" });

test("a row says what was asked, by whom, how it ended and what it cost", async ({ page }) => {
  const answer = await recorded("How are you?");
  await open(page, `/activity?key=${await keyId(page)}`);
  const row = rows(page).first();
  await expect(row.getByRole("link").first()).toHaveAttribute("href", `/calls/${answer.id}`);
  const key = keyOf();
  for (const text of [key.project, key.name, "sim-small", "sim", "Completed", "200", "$"]) {
    await expect(row).toContainText(text);
  }
  const { prompt_tokens: asked, completion_tokens: given } = answer.body.usage;
  await expect(row).toContainText(`${asked} / ${given}`);
  await expect(page).toHaveTitle(/^Activity: [\d,]+\+? calls? in the last 24 hours · TokenOne$/);
});

test("the form puts the filter into the address, and a chip takes it out", async ({ page }) => {
  await recorded("Hello", { model: unique("unknown") });
  await open(page, "/activity");
  await filter(page).getByRole("combobox", { name: "Outcome", exact: true }).selectOption("Refused");
  await expect(page).toHaveURL("/activity?outcome=refused");
  await expect(rows(page).first()).toContainText("Refused");
  await expect(rows(page).filter({ hasText: "Completed" })).toHaveCount(0);

  await filter(page).getByRole("combobox", { name: "Time", exact: true }).selectOption("Last 7 days");
  await expect(page).toHaveURL(/[?&]range=7d/);
  await page.reload();
  await expect(filter(page).getByRole("combobox", { name: "Outcome", exact: true })).toHaveValue("refused");
  await expect(filter(page).getByRole("combobox", { name: "Time", exact: true })).toHaveValue("7d");

  await chips(page).getByRole("link", { name: "Remove the filter Outcome: Refused" }).click();
  await expect(page).toHaveURL("/activity?range=7d");
  await expect(chips(page)).toBeHidden();
});

test("rare filters stand behind More and work alike", async ({ page }) => {
  const model = unique("unknown");
  await recorded("Hello", { model });
  await open(page, "/activity");
  await filter(page).getByText("More", { exact: true }).click();
  await filter(page).getByLabel("Code").fill("model_not_found");
  await filter(page).getByRole("button", { name: "Apply" }).click();
  await expect(page).toHaveURL("/activity?code=model_not_found");
  await expect(rows(page).first()).toContainText(model);
});

test("a click on a cell narrows the feed to what it says, and Clear widens it", async ({ page }) => {
  const model = unique("unknown");
  await recorded("Hello", { model });
  await open(page, "/activity");
  await rows(page).getByRole("link", { name: model }).click();
  await expect(page).toHaveURL(`/activity?model=${model}`);
  await expect(rows(page)).toHaveCount(1);
  await rows(page).getByRole("link", { name: "model_not_found" }).click();
  await expect(chips(page).getByRole("link", { name: /^Remove the filter/ })).toHaveCount(2);
  await chips(page).getByRole("link", { name: "Clear filters" }).click();
  await expect(page).toHaveURL("/activity");
  await expect(chips(page)).toBeHidden();
});

test("when nothing matches the page says so and leads out", async ({ page }) => {
  await open(page, "/activity?latency=3000000&outcome=refused");
  await expect(page.getByText("No call in the last 24 hours matches")).toBeVisible();
  await expect(page.getByRole("link", { name: "Look in the last 7 days" })).toBeVisible();
  await page.getByRole("main").getByRole("link", { name: "Clear filters" }).last().click();
  await expect(page).toHaveURL("/activity");
  await expect(rows(page).first()).toBeVisible();
});

test("a filter that cannot be read is named, not ignored in silence", async ({ page }) => {
  await open(page, "/activity?outcome=nonsense&charge=lots");
  await expect(
    page.getByText("These filters cannot be read and are not applied: outcome, charge."),
  ).toBeVisible();
});

test("a range that is too long is answered with the nearest that is not", async ({ page }) => {
  await open(page, "/activity?from=2020-01-01T00:00&to=2026-01-01T00:00");
  await expect(page.getByText("That is too long")).toBeVisible();
  await page.getByRole("link", { name: /^Look from/ }).click();
  await expect(page.getByText("That is too long")).toBeHidden();
});

test("older and newer pages hold every call once", async ({ page }) => {
  await open(page, "/activity");
  const pager = page.getByRole("navigation", { name: "Pages of calls" });
  const ids = () =>
    rows(page).evaluateAll((all) => all.map((row) => row.querySelector("a")?.getAttribute("href")));
  const newest = await ids();
  expect(newest).toHaveLength(50);
  await pager.getByRole("link", { name: "Older" }).click();
  await expect(page).toHaveURL(/[?&]before=/);
  await expect(page.getByText("Showing the past.")).toBeVisible();
  const older = await ids();
  expect(older.length).toBeGreaterThan(0);
  expect(older.filter((id) => newest.includes(id))).toEqual([]);
  await pager.getByRole("link", { name: "Newer" }).click();
  await expect(page).toHaveURL(/[?&]after=/);
  await expect.poll(ids).toEqual(newest);
});

test("a call appears without reloading", async ({ page }) => {
  await open(page, "/activity");
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
  const model = unique("live");
  await chat("Hello", { model });
  await expect(rows(page).first()).toContainText(model);
});

test("rows do not move under the pointer: a pill says what waits", async ({ page }) => {
  await open(page, "/activity");
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
  await rows(page).nth(3).hover();
  const [first, second] = [unique("held"), unique("held")];
  await chat("Hello", { model: first });
  await expect(page.getByRole("button", { name: "1 new call" })).toBeVisible();
  await chat("Hello", { model: second });
  await expect(page.getByRole("button", { name: "2 new calls" })).toBeVisible();
  await expect(page.getByRole("row", { name: new RegExp(first) })).toHaveCount(0);
  await page.getByRole("button", { name: "2 new calls" }).click();
  await expect(rows(page).nth(0)).toContainText(second);
  await expect(rows(page).nth(1)).toContainText(first);
});

test("a paused feed stands still until it is resumed", async ({ page }) => {
  await open(page, "/activity");
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Pause" }).click();
  await expect(page.getByText("Paused", { exact: true })).toBeVisible();
  const model = unique("paused");
  await chat("Hello", { model });
  const row = page.getByRole("row", { name: new RegExp(model) });
  // Longer than the feed takes to show a call: that it does not come can only be seen by waiting.
  await page.waitForTimeout(2500);
  await expect(row).toHaveCount(0);
  await page.getByRole("button", { name: "Resume" }).click();
  await page.mouse.move(0, 0);
  await expect(row).toHaveCount(1);
});

test("another tenant's calls make no sound here", async ({ page }) => {
  await open(page, "/activity");
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
  const [foreign, own] = [unique("foreign"), unique("own")];
  await chat("Hello", { model: foreign, key: keyOf(theirs).key });
  await chat("Hello", { model: own, key: keyOf(ours).key });
  await expect(rows(page).first()).toContainText(own);
  await expect(page.getByText(foreign)).toHaveCount(0);
});

test("j, k and Enter walk through the rows", async ({ page }) => {
  await open(page, "/activity");
  const link = (n: number) => rows(page).nth(n).getByRole("link").first();
  await page.keyboard.press("j");
  await expect(link(0)).toBeFocused();
  await page.keyboard.press("j");
  await expect(link(1)).toBeFocused();
  await page.keyboard.press("k");
  await expect(link(0)).toBeFocused();
  const href = (await link(0).getAttribute("href")) ?? "";
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(href);
});

test("a click anywhere in a row opens the call", async ({ page }) => {
  await open(page, "/activity");
  const row = rows(page).first();
  const href = (await row.getByRole("link").first().getAttribute("href")) ?? "";
  await row.getByRole("cell").last().click();
  await expect(page).toHaveURL(href);
});

/** The id of our first key, as the list of keys links to its calls. */
async function keyId(page: Page): Promise<string> {
  await page.goto("/keys");
  const href = await page.getByRole("link", { name: keyOf().name, exact: true }).getAttribute("href");
  return new URL(href ?? "", page.url()).searchParams.get("key") ?? "";
}
