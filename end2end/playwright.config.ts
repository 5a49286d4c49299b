import { defineConfig } from "@playwright/test";

// The server runs already: scripts/end2end.sh starts it and says where. Without CHROMIUM, Playwright
// uses the browser that it brought itself.
const chromium = process.env.CHROMIUM;

export default defineConfig({
  testDir: "./tests",
  timeout: 40_000,
  expect: { timeout: 10_000 },
  retries: 0,
  // One after the other: some tests count what a person sees arrive.
  workers: 1,
  forbidOnly: true,
  reporter: [["list"], ["./support/tally.ts"]],
  outputDir: "./test-results",
  use: {
    baseURL: process.env.BASE_URL ?? "http://127.0.0.1:3900",
    browserName: "chromium",
    screenshot: "only-on-failure",
    trace: "retain-on-failure",
    viewport: { width: 1440, height: 900 },
    launchOptions: {
      ...(chromium ? { executablePath: chromium } : {}),
      args: [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
