// Accessibility by rules (WCAG 2.2 AA, as far as a machine can see): every page, in both themes.
import AxeBuilder from "@axe-core/playwright";
import { baseUrl } from "../support/estate.ts";
import { awake, expect, test } from "../support/test.ts";
import { places } from "./pages.ts";

for (const theme of ["light", "dark"]) {
  test(`axe finds nothing on any page, ${theme}`, async ({ page, context, as, noise }) => {
    test.setTimeout(600_000);
    noise.expectStatus(403);
    noise.expectStatus(404);
    noise.expectStatus(422);
    // Colours in transition have no contrast of their own.
    await page.emulateMedia({ reducedMotion: "reduce" });
    for (const place of await places()) {
      await test.step(place.name, async () => {
        // The page before goes first: what it still asks would be refused without its session.
        await page.goto("about:blank");
        await context.clearCookies();
        await context.addCookies([{ name: "theme", value: theme, url: baseUrl }]);
        if (place.who) await as(place.who);
        await page.goto(place.path);
        await awake(page);
        const { violations } = await new AxeBuilder({ page }).analyze();
        const found = violations.map(
          (rule) => `${rule.id}: ${rule.nodes.map((node) => node.html.slice(0, 200)).join("\n  ")}`,
        );
        expect.soft(found, `${place.name}, ${theme}`).toEqual([]);
      });
    }
  });
}
