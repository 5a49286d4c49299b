// Client set-up: this instance's address, no key, and the models on offer.
import { baseUrl, keyOf, person } from "../support/estate.ts";
import { expect, open, test } from "../support/test.ts";

test("every client is shown this instance and where its key comes from", async ({ page, as }) => {
  await as(person("member"));
  await open(page, "/set-up");
  const clients = page.getByRole("navigation", { name: "Clients" });
  await expect(clients.getByRole("link")).toHaveCount(9);
  for (const [name, place, part] of [
    ["curl", "In a shell", `${baseUrl}/v1/chat/completions`],
    ["OpenAI, Python", "main.py", `base_url="${baseUrl}/v1"`],
    ["OpenAI, Node", "main.mjs", `baseURL: "${baseUrl}/v1"`],
    ["Anthropic, Python", "main.py", `base_url="${baseUrl}"`],
    ["Anthropic, Node", "main.mjs", `baseURL: "${baseUrl}"`],
    ["Claude Code", "In a shell", `ANTHROPIC_BASE_URL="${baseUrl}"`],
    ["Codex CLI", "~/.codex/config.toml", 'wire_api = "responses"'],
    ["LangChain", "main.py", `base_url="${baseUrl}/v1"`],
    ["Vercel AI SDK", "main.mjs", `baseURL: "${baseUrl}/v1"`],
  ] as const) {
    await clients.getByRole("link", { name, exact: true }).click();
    await expect(page).toHaveTitle(`Set up ${name} · TokenOne`);
    const snippet = page.getByRole("region", { name: place, exact: true });
    await expect(snippet).toContainText(part);
  }
  expect(await page.content(), "no key stands in a page").not.toContain(keyOf().key);
  await page.reload();
  await expect(page, "a tab is an address").toHaveTitle("Set up Vercel AI SDK · TokenOne");
});

test("a snippet and a model are copied with one press", async ({ page, as, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: baseUrl });
  await as(person("tenant_admin"));
  await open(page, "/set-up?client=curl");
  await page.getByRole("button", { name: "Copy what goes to: In a shell" }).click();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toContain(`${baseUrl}/v1/chat/completions`);
  expect(copied).toContain("$TOKENONE_API_KEY");
  const models = page.getByRole("table", { name: "Models, by name" });
  await models.getByRole("button", { name: "Copy the name sim-small" }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe("sim-small");
});
