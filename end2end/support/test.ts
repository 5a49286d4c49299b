// What every browser test begins with: a page that must stay silent, and people who can sit down at it.
import { test as base, expect, request, type BrowserContext, type Page } from "@playwright/test";
import { baseUrl, type Person } from "./estate.ts";
import { Noise } from "./noise.ts";

type State = Awaited<ReturnType<BrowserContext["storageState"]>>;

interface TestFixtures {
  noise: Noise;
  /** Gives this test's browser the session of a person. Sessions are shared: do not end them. */
  as: (who: Person) => Promise<void>;
}

interface WorkerFixtures {
  sessions: Map<string, State>;
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  noise: [
    async ({ context, javaScriptEnabled }, use) => {
      const noise = new Noise();
      await noise.listen(context, javaScriptEnabled ?? true);
      await use(noise);
      expect(noise.unexpected(), "the browser must have nothing to complain about").toEqual([]);
    },
    { auto: true },
  ],
  sessions: [async ({}, use) => use(new Map()), { scope: "worker" }],
  as: async ({ context, sessions }, use) => {
    await use(async (who) => {
      let state = sessions.get(who.email);
      if (!state) {
        state = await session(who);
        sessions.set(who.email, state);
      }
      await context.addCookies(state.cookies);
    });
  },
});

export { expect };

/** Signs in as a browser without scripts does, and keeps the cookies. */
export async function session(who: Person): Promise<State> {
  const api = await request.newContext({ baseURL: baseUrl });
  const answer = await api.post("/do/access/sign_in", {
    form: { email: who.email, password: who.password, next: "" },
    headers: { origin: baseUrl, accept: "text/html" },
    maxRedirects: 0,
  });
  expect(answer.status(), `${who.email} signs in`).toBe(302);
  const state = await api.storageState();
  await api.dispose();
  return state;
}

/** Opens a page and waits until scripts have taken over. */
export async function open(page: Page, path: string) {
  await page.goto(path);
  await awake(page);
}

/** Waits until scripts have taken over. */
export async function awake(page: Page) {
  await expect(page.locator("html")).toHaveAttribute("data-awake", "");
}

/** Signs in by the form. */
export async function signIn(page: Page, who: { email: string; password: string }) {
  await page.getByLabel("E-mail address").fill(who.email);
  await page.getByLabel("Password").fill(who.password);
  await page.getByRole("button", { name: "Sign in" }).click();
}
