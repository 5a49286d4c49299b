// The kill switch: stopping in steps, the meter, releasing, and who may. Only agents of this file's own
// are stopped, so that nobody else's calls are.
import type { Page } from "@playwright/test";
import { baseUrl, chat, keyOf, ours, person, recorded, theirs, unique } from "../support/estate.ts";
import { expect, open, test } from "../support/test.ts";

/** Leads from the page of the switch to the last step for an agent that was not seen yet. */
async function choose(page: Page, agent: string) {
  await page.getByRole("link", { name: "Stop something" }).click();
  await expect(page.getByRole("heading", { level: 2, name: "What should be stopped?" })).toBeVisible();
  await page.getByRole("list", { name: "Kinds" }).getByRole("link", { name: /^An agent/ }).click();
  const unseen = page.getByRole("region", { name: "One that was not seen yet" });
  await unseen.getByLabel("Project").selectOption(keyOf().project);
  await unseen.getByLabel("Agent's name").fill(agent);
  await unseen.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByRole("heading", { name: `What stopping the agent “${agent}”` })).toBeVisible();
}

async function release(page: Page, agent: string) {
  await page.getByRole("link", { name: `Release the agent “${agent}”` }).click();
  await page.getByLabel("Reason").fill("The drill is over");
  await page.getByLabel(`Type ${agent} to confirm`).fill(agent);
  await page.getByRole("button", { name: "Release", exact: true }).click();
}

test("an agent is stopped in three steps, on every node, and released again", async ({ page, as }) => {
  const agent = unique("e2e/bot");
  const call = () => chat("Hello", { headers: { "x-tokenone-agent": agent } });
  await as(person("tenant_admin"));
  await open(page, "/kill-switch");
  await choose(page, agent);
  await expect(page.locator("html")).toHaveAttribute("data-awake", "");

  const stop = page.getByRole("button", { name: "Stop now" });
  await expect(stop).toHaveAttribute("aria-disabled", "true");
  await expect(stop).toHaveAccessibleDescription("Type the name first.");
  await page.getByLabel("Reason").fill("A drill of the browser tests");
  await page.getByLabel("Lasts").selectOption("1 hour");
  await page.getByLabel(`Type ${agent} to confirm`).fill(`${agent}x`);
  await expect(stop).toHaveAttribute("aria-disabled", "true");
  await page.getByLabel(`Type ${agent} to confirm`).fill(agent);
  await stop.click();

  await expect(page).toHaveURL(/\/kill-switch\?watch=/);
  await expect(async () => {
    const answer = await call();
    expect(answer.status).toBe(403);
    expect(answer.body.error.code).toBe("kill_switch");
    expect(JSON.stringify(answer.body)).not.toContain("drill");
  }).toPass({ intervals: [50], timeout: 10_000 });
  const meter = page.getByRole("region", { name: "How far it has come" });
  await expect(meter.getByText(/^(\d+) of \1 nodes? stopped in \d+\.\d s\.$/)).toBeVisible();
  await expect(meter.getByRole("table", { name: "Gateway nodes" })).toContainText("Stopped");

  const row = page
    .getByRole("table", { name: "What is stopped, the latest first" })
    .getByRole("row", { name: new RegExp(agent) });
  await expect(row).toContainText("A drill of the browser tests");
  const state = page.getByRole("paragraph").filter({ hasText: "Stopped now:" });
  await expect(state, "when it ends is said").toContainText(/ends? by itself/);
  await expect(row).toContainText(person("tenant_admin").email);
  await expect(page.getByRole("region", { name: "Notices" })).toContainText("stopped");
  const other = await chat("Hello", { headers: { "x-tokenone-agent": unique("another") } });
  expect(other.status, "others with the same key go on").toBe(200);

  await release(page, agent);
  await expect(page.getByText("Released. Calls are admitted again")).toBeVisible();
  await expect(row).toHaveCount(0);
  const past = page
    .getByRole("table", { name: "What was stopped, the latest first" })
    .getByRole("row", { name: new RegExp(agent) });
  await expect(past).toContainText("The drill is over");
  await expect.poll(async () => (await call()).status).toBe(200);
});

test("an agent that made a call is listed, and stopped from the list", async ({ page, as }) => {
  const agent = unique("listed");
  await recorded("Hello", { headers: { "x-tokenone-agent": agent } });
  await as(person("tenant_admin"));
  await open(page, `/agents?q=${agent}`);
  const row = page.getByRole("row", { name: new RegExp(agent) });
  await expect(row).toContainText("Active");
  await row.getByRole("link", { name: agent, exact: true }).click();
  await expect(page.getByRole("list", { name: "Filters in force" })).toContainText(agent);
  await page.goBack();
  await row.getByRole("link", { name: `Stop ${agent}` }).click();
  const reach = page.getByRole("region", { name: /^What stopping/ });
  await expect(reach.getByText("Calls in the last hour")).toBeVisible();
  await expect(page.getByRole("button", { name: "Stop now" })).toBeVisible();
  await page.getByRole("link", { name: "Cancel" }).click();
  await expect(page).toHaveURL("/kill-switch");
});

test("what would be stopped is counted before it is, and only the operator sees the widest", async ({
  page,
  as,
}) => {
  await as(person("platform_admin"));
  await open(page, "/kill-switch/stop");
  const kinds = page.getByRole("list", { name: "Kinds" });
  await expect(kinds.getByRole("link")).toHaveText([/^A tenant/, /^A provider/, /^All calls/]);
  await kinds.getByRole("link", { name: /^All calls/ }).click();
  const reach = page.getByRole("region", { name: "What stopping all calls would do" });
  await expect(reach.getByText("Tenants", { exact: true })).toBeVisible();
  await expect(page.getByLabel("Type all calls to confirm")).toBeVisible();

  await open(page, "/kill-switch/stop?scope=tenant");
  const search = page.getByRole("search", { name: "Find" });
  await search.getByLabel("Name").fill(theirs.slice(0, 4));
  await search.getByRole("button", { name: "Find" }).click();
  const choices = page.getByRole("list", { name: "Choices" });
  await expect(choices.getByRole("link")).toHaveCount(1);
  await expect(choices).toContainText(/no call in the last minute|stops [\d,]+ calls?\/min now/);
  await choices.getByRole("link", { name: new RegExp(theirs) }).click();
  await expect(page.getByLabel(`Type ${theirs} to confirm`)).toBeVisible();
});

test("who may not stop anything sees why, here and from the server", async ({ page, as, noise }) => {
  noise.expectStatus(403);
  noise.expectStatus(422);
  for (const role of ["member", "auditor"] as const) {
    await as(person(role));
    await open(page, "/kill-switch");
    const button = page.getByRole("button", { name: "Stop something" });
    await expect(button).toHaveAttribute("aria-disabled", "true");
    await expect(button).toHaveAccessibleDescription(/The role Platform admin or Tenant admin does/);
    const forced = await page.request.post("/do/kills/arm", {
      form: { target: "all", reason: "mine", expires_in_hours: "0", confirmation: "all calls" },
      headers: { origin: baseUrl },
    });
    expect(forced.status(), role).toBe(403);
  }
  await as(person("tenant_admin"));
  const wider = await page.request.post("/do/kills/arm", {
    form: { target: "all", reason: "mine", expires_in_hours: "0", confirmation: "all calls" },
    headers: { origin: baseUrl },
  });
  expect(wider.status(), "everything is the operator's").toBe(403);
  await as(person("tenant_admin", theirs));
  await open(page, "/keys");
  const href = (await page.getByRole("link", { name: /^Stop / }).first().getAttribute("href")) ?? "";
  await as(person("tenant_admin", ours));
  const foreign = await page.goto(href);
  expect(foreign?.status(), "another tenant's key does not exist").toBe(422);
  await expect(page.getByText("Target does not exist.")).toBeVisible();
});

test.describe("without a script", () => {
  test.use({ javaScriptEnabled: false });

  test("stopping and releasing are links and forms", async ({ page, as }) => {
    const agent = unique("plain");
    await as(person("tenant_admin"));
    await page.goto("/kill-switch");
    await choose(page, agent);
    await page.getByLabel("Reason").fill("A drill without a script");
    await page.getByLabel(`Type ${agent} to confirm`).fill("something else");
    await page.getByRole("button", { name: "Stop now" }).click();
    await expect(page.getByText("Confirmation does not match.")).toBeVisible();
    await expect(page.getByLabel("Reason"), "what was typed stays").toHaveValue("A drill without a script");
    await page.getByLabel(`Type ${agent} to confirm`).fill(agent);
    await page.getByRole("button", { name: "Stop now" }).click();
    await expect(page).toHaveURL(/\/kill-switch\?watch=/);
    await expect(page.getByRole("region", { name: "How far it has come" })).toBeVisible();
    await release(page, agent);
    await expect(page).toHaveURL("/kill-switch");
    await expect(page.getByRole("link", { name: `Release the agent “${agent}”` })).toHaveCount(0);
  });
});
