// A person of one tenant opens nothing of another one, by whatever address.
import type { Page } from "@playwright/test";
import { baseUrl, chat, keyOf, ours, person, recorded, theirs, unique } from "../support/estate.ts";
import { expect, open, session, test } from "../support/test.ts";

interface Theirs {
  call: string;
  key: string;
  tenant: string;
  project: string;
  prompt: string;
}

/** What belongs to the other tenant, as its own administrator sees it. */
async function belongings(page: Page): Promise<Theirs> {
  const prompt = unique("secret of the other tenant");
  const answer = await recorded(prompt, { key: keyOf(theirs).key });
  const state = await session(person("tenant_admin", theirs));
  await page.context().addCookies(state.cookies);
  await open(page, "/keys");
  const link = page.getByRole("link", { name: keyOf(theirs).name, exact: true });
  const key = new URL((await link.getAttribute("href")) ?? "", baseUrl).searchParams.get("key");
  await page.getByText("Projects", { exact: true }).click();
  const menu = page.getByRole("link", { name: keyOf(theirs).project, exact: true });
  const project = new URL((await menu.getAttribute("href")) ?? "", baseUrl).searchParams.get("project");
  const switcher = page.getByLabel(`Tenant: ${theirs}. Switch tenant`);
  await switcher.click();
  const tenant = await page.getByRole("button", { name: theirs, exact: true }).getAttribute("value");
  await page.context().clearCookies();
  return { call: answer.id, prompt, key: key ?? "", project: project ?? "", tenant: tenant ?? "" };
}

test("no address of the other tenant opens", async ({ page, as, noise }) => {
  noise.expectStatus(404);
  noise.expectStatus(403);
  const other = await belongings(page);
  expect(Object.values(other).every((value) => value.length > 8)).toBe(true);
  for (const role of ["tenant_admin", "auditor", "member"] as const) {
    await page.context().clearCookies();
    await as(person(role));
    for (const part of ["", "?tab=conversation", "?tab=ledger", "?tab=raw&bodies=1", "?tab=curl"]) {
      const answer = await page.goto(`/calls/${other.call}${part}`);
      expect(answer?.status(), `${role} ${part}`).toBe(404);
      const html = await page.content();
      for (const word of [other.prompt, keyOf(theirs).name, theirs]) expect(html).not.toContain(word);
    }
    for (const query of [`key=${other.key}`, `project=${other.project}`]) {
      await page.goto(`/activity?${query}`);
      await expect(page.getByRole("row")).toHaveCount(0);
      const html = await page.content();
      for (const word of [keyOf(theirs).name, theirs]) expect(html).not.toContain(word);
    }
    await page.goto(`/keys?revoke=${other.key}`);
    await expect(page.getByRole("dialog", { name: "Revoke a key" })).toBeHidden();
  }
});

test("no server function reaches into the other tenant", async ({ page, as }) => {
  const other = await belongings(page);
  await as(person("tenant_admin"));
  const post = (path: string, body: { form?: Record<string, string>; data?: unknown }) =>
    page.request.post(path, { ...body, headers: { origin: baseUrl } });

  const seat = await post("/do/access/take_seat", { form: { tenant: other.tenant, reason: "curious" } });
  expect(seat.status()).toBe(404);
  const revoke = await post("/do/keys/revoke", {
    form: { id: other.key, confirmation: keyOf(theirs).name },
  });
  expect(revoke.status()).toBe(404);
  const create = await post("/do/keys/create", {
    form: { project_id: other.project, name: "sneaked-in", expires_in_days: "0" },
  });
  expect([404, 422]).toContain(create.status());
  for (const what of ["detail", "content", "json", "bodies"]) {
    const answer = await post(`/do/call/${what}`, { data: { id: other.call } });
    expect(answer.status(), what).toBe(404);
    expect(await answer.text()).not.toContain(other.prompt);
  }
  expect((await chat("still works", { key: keyOf(theirs).key })).status).toBe(200);
  await page.goto("/activity");
  await expect(page.getByLabel(`Tenant: ${ours}. Switch tenant`)).toBeVisible();
});

test("a member reaches the calls of their own projects only", async ({ page, as, noise }) => {
  noise.expectStatus(404);
  const elsewhere = await recorded("Hello", { key: keyOf(ours, 1).key });
  await as(person("member"));
  const answer = await page.goto(`/calls/${elsewhere.id}`);
  expect(answer?.status()).toBe(404);
  await page.goto("/activity");
  await expect(page.getByRole("row").nth(1)).toBeVisible();
  await expect(page.getByText(keyOf(ours, 1).name)).toHaveCount(0);
});

test("a key lists and calls for its own tenant, whatever it asks", async () => {
  const other = await chat("Hello", {
    key: keyOf(ours).key,
    headers: { "openai-organization": theirs, "openai-project": keyOf(theirs).project },
  });
  expect(other.status).toBe(200);
});
