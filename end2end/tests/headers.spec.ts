// What every answer carries, and what is refused from elsewhere.
import { baseUrl, keyOf, person } from "../support/estate.ts";
import { expect, session, test } from "../support/test.ts";

test("every page forbids what it does not need", async ({ request }) => {
  for (const path of ["/sign-in", "/welcome", "/nowhere"]) {
    const answer = await request.get(path);
    const headers = answer.headers();
    const policy = Object.fromEntries(
      (headers["content-security-policy"] ?? "").split("; ").map((line) => {
        const [name, ...values] = line.split(" ");
        return [name, values.join(" ")];
      }),
    );
    expect(policy["default-src"]).toBe("'none'");
    expect(policy["script-src"]).toMatch(/^'nonce-[\w-]{20,}' 'strict-dynamic' 'wasm-unsafe-eval'$/);
    expect(policy["style-src"]).toBe("'self'");
    expect(policy["form-action"]).toBe("'self'");
    expect(policy["base-uri"]).toBe("'none'");
    expect(policy["frame-ancestors"]).toBe("'none'");
    expect(headers["content-security-policy"]).not.toContain("unsafe-inline");
    expect(headers["x-content-type-options"]).toBe("nosniff");
    expect(headers["x-frame-options"]).toBe("DENY");
    expect(headers["referrer-policy"]).toBe("same-origin");
    expect(headers["cross-origin-opener-policy"]).toBe("same-origin");
    expect(headers["cache-control"]).toBe("no-store");
    expect(headers["server"]).toBeUndefined();
  }
});

test("a nonce is used once, and every script of the page has it", async ({ request }) => {
  const seen = new Set<string>();
  for (let visit = 0; visit < 3; visit += 1) {
    const answer = await request.get("/sign-in");
    const nonce = /'nonce-([^']+)'/.exec(answer.headers()["content-security-policy"] ?? "")?.[1] ?? "";
    const html = await answer.text();
    const scripts = html.match(/<script\b[^>]*>/g) ?? [];
    expect(scripts.length).toBeGreaterThan(0);
    for (const script of scripts) expect(script).toContain(`nonce="${nonce}"`);
    expect(html).not.toMatch(/ style="/);
    expect(html).not.toMatch(/ on[a-z]+="/);
    seen.add(nonce);
  }
  expect(seen.size).toBe(3);
});

test("built files may be kept for ever, others not", async ({ request }) => {
  const html = await (await request.get("/sign-in")).text();
  const file = /\/pkg\/[^"']+\.css/.exec(html)?.[0] ?? "";
  const built = await request.get(file);
  expect(built.headers()["cache-control"]).toContain("immutable");
  expect(built.headers()["x-content-type-options"]).toBe("nosniff");
  const icon = await request.get("/favicon.svg");
  expect(icon.status()).toBe(200);
});

test("the session's cookie is out of reach of scripts and of other sites", async () => {
  const { cookies } = await session(person("auditor"));
  expect(cookies).toHaveLength(1);
  expect(cookies[0]).toMatchObject({
    // The __Host- prefix wants TLS; on plain HTTP to loopback the same cookie goes without.
    name: baseUrl.startsWith("https:") ? "__Host-tokenone" : "tokenone",
    httpOnly: true,
    sameSite: "Lax",
    path: "/",
  });
  expect(cookies[0]?.value.length).toBeGreaterThanOrEqual(20);
});

test("signing in gives a new session: a planted one is worth nothing", async ({ playwright }) => {
  const { email, password } = person("auditor");
  const before = await session(person("member"));
  const api = await playwright.request.newContext({ baseURL: baseUrl, storageState: before });
  const answer = await api.post("/do/access/sign_in", {
    form: { email, password, next: "" },
    headers: { origin: baseUrl },
  });
  expect(answer.status()).toBeLessThan(400);
  const after = await api.storageState();
  expect(after.cookies[0]?.value).not.toBe(before.cookies[0]?.value);
  await api.dispose();
});

test("what another site sends is refused", async ({ request }) => {
  const form = { email: "someone@example.com", password: "whatever it may be", next: "" };
  const strangers: Record<string, string>[] = [
    {},
    { origin: "https://evil.example" },
    { origin: "null" },
    { "sec-fetch-site": "cross-site", origin: baseUrl },
    { "sec-fetch-site": "same-site", origin: baseUrl },
  ];
  for (const headers of strangers) {
    const answer = await request.post("/do/access/sign_in", { form, headers });
    expect(answer.status(), JSON.stringify(headers)).toBe(403);
  }
  const navigated = await request.get("/do/frame/load", { headers: { "sec-fetch-site": "cross-site" } });
  expect(navigated.status()).toBe(403);
});

test("a stranger gets nothing from server functions or the live feed", async ({ request }) => {
  const id = "01900000-0000-7000-8000-000000000000";
  const query = { range: { Last: "Day" }, cursor: "newest" };
  const asked: [string, { data?: unknown; form?: Record<string, string> }][] = [
    ["/do/activity/list", { data: { query } }],
    ["/do/call/detail", { data: { id } }],
    ["/do/call/content", { data: { id } }],
    ["/do/keys/list", { form: {} }],
    ["/do/keys/revoke", { form: { id, confirmation: "x" } }],
    ["/do/tenants/list", { form: {} }],
    ["/do/circuits/list", { form: {} }],
    ["/do/circuits/clear", { form: { provider: "simulator", model: "" } }],
    ["/do/frame/load", { form: {} }],
  ];
  for (const [path, body] of asked) {
    const answer = await request.post(path, { ...body, headers: { origin: baseUrl } });
    expect(answer.status(), path).toBe(401);
  }
  for (const path of ["/live/activity", "/live/circuits"]) {
    const live = await request.get(path, { maxRedirects: 0 });
    expect(live.status(), path).toBe(401);
  }
});

test("the console's cookie opens no call, and a key opens no page", async ({ playwright, request }) => {
  const state = await session(person("tenant_admin"));
  const api = await playwright.request.newContext({ baseURL: baseUrl, storageState: state });
  const call = await api.get("/v1/models");
  expect(call.status()).toBe(401);
  await api.dispose();
  const page = await request.get("/activity", {
    headers: { authorization: `Bearer ${keyOf().key}` },
    maxRedirects: 0,
  });
  expect(page.status()).toBe(303);
});
