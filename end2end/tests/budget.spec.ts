// The first page of the dashboard is light.
import { person } from "../support/estate.ts";
import { awake, expect, test } from "../support/test.ts";

const BYTES_MAX = 700_000;

test("the first page takes at most 700 kB over the wire", async ({ page, context, as }) => {
  await as(person("tenant_admin"));
  const devtools = await context.newCDPSession(page);
  await devtools.send("Network.enable");
  await devtools.send("Network.setCacheDisabled", { cacheDisabled: true });
  const urls = new Map<string, string>();
  const bytes = new Map<string, number>();
  devtools.on("Network.requestWillBeSent", (event) => urls.set(event.requestId, event.request.url));
  devtools.on("Network.loadingFinished", (event) => {
    bytes.set(urls.get(event.requestId) ?? event.requestId, event.encodedDataLength);
  });
  await page.goto("/activity");
  await awake(page);
  await page.waitForLoadState("load");
  await expect(page.getByText("Live", { exact: true })).toBeVisible();

  const parts = [...bytes].sort((a, b) => b[1] - a[1]);
  const total = parts.reduce((sum, [, size]) => sum + size, 0);
  const story = parts.map(([url, size]) => `${size} ${new URL(url).pathname}`).join("\n");
  console.log(`first page: ${total} bytes in ${parts.length} answers\n${story}`);
  expect(parts.some(([url]) => url.endsWith(".wasm"))).toBe(true);
  expect(total, story).toBeLessThanOrEqual(BYTES_MAX);
});
