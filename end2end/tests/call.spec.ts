// One call: its parts, its books, its words.
import { keyOf, person, theirs, unique, recorded } from "../support/estate.ts";
import { expect, open, test } from "../support/test.ts";
import type { Page } from "@playwright/test";

const tabs = (page: Page) => page.getByRole("navigation", { name: "Parts of this call" });
const tab = (page: Page, name: string) => tabs(page).getByRole("link", { name });

test("the overview tells what was decided, used and charged", async ({ page, as }) => {
  await as(person("tenant_admin"));
  const answer = await recorded("Tell me about valves.", { model: "sim-large" });
  const { prompt_tokens: asked, completion_tokens: given } = answer.body.usage;
  await open(page, `/calls/${answer.id}`);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("sim-large");
  await expect(page).toHaveTitle("Completed 200: sim-large · TokenOne");
  const main = page.getByRole("main");
  await expect(main.getByText(`${asked} in, ${given} out`).first()).toBeVisible();
  await expect(main.getByText("Reported by the provider")).toBeVisible();
  await expect(main.getByRole("table", { name: "The parts of the latency, in order" })).toBeAttached();
  await expect(main.getByRole("table", { name: "Tokens and their prices" })).toBeVisible();
  await expect(main.getByText("(simulated)")).toBeVisible();
});

test("the tabs are addresses, and the keyboard goes from call to call", async ({ page, as }) => {
  await as(person("tenant_admin"));
  const older = await recorded("the older one");
  const newer = await recorded("the newer one");
  await open(page, `/calls/${newer.id}`);
  await tab(page, "Ledger").click();
  await expect(page).toHaveURL(`/calls/${newer.id}?tab=ledger`);
  await expect(tab(page, "Ledger")).toHaveAttribute("aria-current", "page");
  await page.keyboard.press("j");
  await expect(page).toHaveURL(`/calls/${older.id}?tab=ledger`);
  // The address changes at once; the way on is known when the call is there.
  await expect(page.getByRole("main").getByText(older.id)).toBeVisible();
  await page.keyboard.press("k");
  await expect(page).toHaveURL(`/calls/${newer.id}?tab=ledger`);
  await page.goBack();
  await expect(page).toHaveURL(`/calls/${older.id}?tab=ledger`);
  await page.getByRole("navigation", { name: "Breadcrumb" }).getByRole("link").click();
  await expect(page).toHaveURL("/activity");
});

test("the conversation shows what was sent and what came back", async ({ page, as }) => {
  await as(person("tenant_admin"));
  const prompt = `${unique("prompt")} <script>alert(1)</script> & "quotes" ü ✓`;
  const answer = await recorded(prompt);
  await open(page, `/calls/${answer.id}?tab=conversation`);
  const turns = page.getByRole("list", { name: "Conversation" }).getByRole("listitem");
  await expect(turns).toHaveCount(2);
  await expect(turns.nth(0)).toContainText("User");
  await expect(turns.nth(0)).toContainText(prompt);
  await expect(turns.nth(1)).toContainText("Assistant");
  await expect(turns.nth(1)).toContainText(answer.body.choices[0].message.content);
  await expect(page.getByText("That you have read it is in the audit log.")).toBeVisible();
});

test("a streamed answer is kept as one text", async ({ page, as }) => {
  await as(person("tenant_admin"));
  const answer = await recorded("Stream it, please.", { extra: { stream: true } });
  await open(page, `/calls/${answer.id}?tab=conversation`);
  const turns = page.getByRole("list", { name: "Conversation" }).getByRole("listitem");
  await expect(turns.nth(1)).toContainText("This is a simulated answer from TokenOne's built-in simulator");
});

test("the ledger's entries sum to zero", async ({ page, as }) => {
  await as(person("tenant_admin"));
  const answer = await recorded("What does it cost?");
  await open(page, `/calls/${answer.id}?tab=ledger`);
  await expect(page.getByText(/^Sum:/)).toContainText("balanced");
  await expect(page.getByText("not balanced")).toHaveCount(0);
  const transfers = page.getByRole("table", { name: "Transfers of this call, in order" });
  // The hold, the charge and the cost.
  await expect(transfers.getByRole("row")).toHaveCount(1 + 3);
  const entries = page.getByRole("table", { name: /^Entries of these transfers/ });
  const amounts = await entries
    .getByRole("row")
    .filter({ has: page.getByRole("cell") })
    .evaluateAll((rows) =>
      rows.map((row) => row.querySelector("td:nth-child(4) [title]")?.getAttribute("title") ?? ""),
    );
  expect(amounts.length).toBeGreaterThanOrEqual(8);
  const nano = (text: string) => {
    const digits = text.replace("−", "-").replace(/[^0-9-]/g, "");
    expect(digits, text).toMatch(/^-?\d+$/);
    return BigInt(digits);
  };
  expect(amounts.map(nano).reduce((sum, amount) => sum + amount, 0n)).toBe(0n);
});

test("ids and commands can be copied", async ({ page, as, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await as(person("tenant_admin"));
  const prompt = unique("it's copied");
  const answer = await recorded(prompt);
  await open(page, `/calls/${answer.id}`);
  await page.getByRole("button", { name: "Copy call id" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Copied" })).toBeAttached();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(answer.id);

  await tab(page, "cURL").click();
  await page.getByRole("button", { name: "Copy the command" }).click();
  const command = await page.evaluate(() => navigator.clipboard.readText());
  expect(command).toContain("/v1/chat/completions");
  expect(command).toContain(prompt.replace("'", "'\\''"));
  expect(command).not.toContain(keyOf().key);
});

test("the raw tab has everything, and the words only when asked", async ({ page, as }) => {
  await as(person("tenant_admin"));
  const prompt = unique("raw prompt");
  const answer = await recorded(prompt);
  await open(page, `/calls/${answer.id}?tab=raw`);
  const tree = page.getByRole("group", { name: "The call" });
  await expect(tree).toContainText(answer.id);
  await expect(page.getByText(prompt)).toHaveCount(0);
  await page.getByText("As text").first().click();
  const text = (await page.getByLabel("The call").last().textContent()) ?? "";
  expect(JSON.parse(text)).toMatchObject({ row: { id: answer.id } });
  await page.getByRole("link", { name: "Show prompt and answer" }).click();
  await expect(page.getByRole("group", { name: "Request, as received" })).toContainText(prompt);
});

test("a refused call says why and what to do", async ({ page, as }) => {
  await as(person("tenant_admin"));
  const answer = await recorded("Hello", { model: "no-such-model" });
  expect(answer.status).toBe(404);
  await open(page, `/calls/${answer.id}`);
  await expect(page.getByRole("note")).toContainText("The model does not exist");
  await tab(page, "Ledger").click();
  await expect(page.getByText("The books were not touched")).toBeVisible();
});

test("another tenant's call does not exist", async ({ page, as, noise }) => {
  noise.expectStatus(404);
  await as(person("tenant_admin"));
  const foreign = await recorded("Not yours", { key: keyOf(theirs).key });
  const nobody = "01900000-0000-7000-8000-000000000000";
  for (const id of [foreign.id, nobody, "not-an-id"]) {
    for (const part of ["", "?tab=conversation", "?tab=ledger", "?tab=raw&bodies=1", "?tab=curl"]) {
      const answer = await page.goto(`/calls/${id}${part}`);
      expect(answer?.status(), `${id}${part}`).toBe(404);
      await expect(page.getByText("Not found", { exact: true })).toBeVisible();
    }
  }
});

test("an auditor may read what was said", async ({ page, as }) => {
  await as(person("auditor"));
  const prompt = unique("for the auditor");
  const answer = await recorded(prompt);
  await open(page, `/calls/${answer.id}?tab=conversation`);
  await expect(page.getByRole("list", { name: "Conversation" })).toContainText(prompt);
});

test("a member sees the numbers and is told who may see the words", async ({ page, as, noise }) => {
  noise.expectStatus(403);
  await as(person("member"));
  const prompt = unique("not for the member");
  const answer = await recorded(prompt);
  await open(page, `/calls/${answer.id}`);
  await expect(page.getByText("Charge to the tenant")).toBeVisible();
  for (const name of ["Conversation", "cURL"]) {
    await tab(page, name).click();
    await expect(page.getByText("The role Tenant admin or Auditor does.")).toBeVisible();
    await expect(page.getByText(prompt)).toHaveCount(0);
  }
});
