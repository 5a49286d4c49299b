// Every page loads, comes to life and is walked through without the browser writing a single line.
import { person } from "../support/estate.ts";
import { awake, expect, open, test } from "../support/test.ts";
import { places } from "./pages.ts";

test("every page is silent", async ({ page, context, as, noise }) => {
  test.setTimeout(600_000);
  noise.expectStatus(403);
  noise.expectStatus(404);
  noise.expectStatus(422);
  for (const place of await places()) {
    await test.step(place.name, async () => {
      // The page before goes first: what it still asks would be refused without its session.
      await page.goto("about:blank");
      await context.clearCookies();
      if (place.who) await as(place.who);
      const answer = await page.goto(place.path);
      expect.soft(answer?.status(), place.name).toBe(place.status ?? 200);
      await awake(page);
      await page.waitForLoadState("load");
      // One mishap leaves the other pages to be looked at.
      expect.soft(noise.taken(), place.name).toEqual([]);
    });
  }
});

test("a walk through the pages in the browser is silent, and titles say what is known", async ({ page, as }) => {
  await as(person("tenant_admin"));
  await open(page, "/activity");
  const nav = page.getByRole("navigation", { name: "Main" });
  await nav.getByRole("link", { name: "API keys" }).click();
  await expect(page).toHaveTitle(/^\d+ active API keys? · TokenOne$/);
  await nav.getByRole("link", { name: "Activity" }).click();
  await expect(page).toHaveTitle(/^Activity: /);
  await page.getByRole("row").nth(1).getByRole("link").first().click();
  await expect(page.getByRole("navigation", { name: "Breadcrumb" })).toBeVisible();
  for (const name of ["Conversation", "Ledger", "Raw JSON", "cURL", "Overview"]) {
    const tab = page.getByRole("navigation", { name: "Parts of this call" }).getByRole("link", { name });
    await tab.click();
    await expect(tab).toHaveAttribute("aria-current", "page");
  }
  await page.goBack();
  await page.goForward();
  await expect(page.getByRole("heading", { level: 1 })).toHaveCount(1);
});
