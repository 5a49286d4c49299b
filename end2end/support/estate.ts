// The demo estate: who is there, with which keys, and a way to make a call.
import { readFileSync } from "node:fs";
import { join } from "node:path";

export type Role = "platform_admin" | "tenant_admin" | "member" | "auditor";

export interface Person {
  email: string;
  password: string;
  role: Role;
  tenant: string | null;
}

export interface Key {
  tenant: string;
  project: string;
  name: string;
  key: string;
  aliases: string[];
}

interface Estate {
  base_url: string;
  users: Person[];
  api_keys: Key[];
}

const folder = process.env.E2E_DATA ?? "../data";

export const estate: Estate = JSON.parse(readFileSync(join(folder, "demo.json"), "utf8"));
export const baseUrl = process.env.BASE_URL ?? estate.base_url;

const names = [...new Set(estate.api_keys.map((key) => key.tenant))];
/** The two tenants. What one sees, the other must not. */
export const ours = named(0);
export const theirs = named(1);

function named(index: number): string {
  const name = names[index];
  if (!name) throw new Error("demo.json has fewer than two tenants");
  return name;
}

/** The person of a role; of the first tenant where none is said. */
export function person(role: Role, tenant: string | null = ours): Person {
  const wanted = role === "platform_admin" ? null : tenant;
  const found = estate.users.find((user) => user.role === role && user.tenant === wanted);
  if (!found) throw new Error(`demo.json has no ${role} of ${wanted}`);
  return found;
}

/** A key of a tenant: of its first project, or of another one. */
export function keyOf(tenant: string = ours, index = 0): Key {
  const found = estate.api_keys.filter((key) => key.tenant === tenant)[index];
  if (!found) throw new Error(`demo.json has no key ${index} of ${tenant}`);
  return found;
}

export interface Answer {
  status: number;
  /** The call's id, which every answer carries. */
  id: string;
  body: any;
}

/** A chat completion through the gateway. `extra` goes into the body, `headers` beside the key. */
export async function chat(
  prompt: string,
  {
    key = keyOf().key,
    model = "sim-small",
    extra = {},
    headers = {},
    base = baseUrl,
  }: {
    key?: string;
    model?: string;
    extra?: Record<string, unknown>;
    headers?: Record<string, string>;
    base?: string;
  } = {},
): Promise<Answer> {
  const response = await fetch(`${base}/v1/chat/completions`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${key}`,
      "content-type": "application/json",
      ...headers,
    },
    body: JSON.stringify({
      model,
      messages: [{ role: "user", content: prompt }],
      ...extra,
    }),
  });
  const text = await response.text();
  let body: unknown = text;
  try {
    body = JSON.parse(text);
  } catch {
    // A stream is no JSON.
  }
  return { status: response.status, id: response.headers.get("x-request-id") ?? "", body };
}

/** The same, once it is recorded: a moment after its answer it is in the feed and has a page. */
export async function recorded(prompt: string, options: Parameters<typeof chat>[1] = {}): Promise<Answer> {
  const answer = await chat(prompt, options);
  const tenant = estate.api_keys.find((key) => key.key === options.key)?.tenant ?? ours;
  const cookie = await sessionOf(person("tenant_admin", tenant));
  const end = Date.now() + 10_000;
  while (!(await knows(answer.id, cookie))) {
    if (Date.now() > end) throw new Error(`call ${answer.id} was not recorded in time`);
    await new Promise((done) => setTimeout(done, 20));
  }
  return answer;
}

const sessions = new Map<string, string>();

async function sessionOf(who: Person): Promise<string> {
  const known = sessions.get(who.email);
  if (known) return known;
  const answer = await fetch(`${baseUrl}/do/access/sign_in`, {
    method: "POST",
    headers: { origin: baseUrl, accept: "application/json" },
    body: new URLSearchParams({ email: who.email, password: who.password, next: "" }),
    redirect: "manual",
  });
  const cookie = answer.headers.getSetCookie()[0]?.split(";")[0];
  if (!cookie) throw new Error(`${who.email} cannot sign in`);
  sessions.set(who.email, cookie);
  return cookie;
}

async function knows(id: string, cookie: string): Promise<boolean> {
  const answer = await fetch(`${baseUrl}/do/call/detail`, {
    method: "POST",
    headers: { origin: baseUrl, accept: "application/json", "content-type": "application/json", cookie },
    body: JSON.stringify({ id }),
  });
  await answer.arrayBuffer();
  return answer.ok;
}

/** A word that no other test uses. */
export function unique(stem: string): string {
  return `${stem}-${Date.now().toString(36)}${Math.random().toString(36).slice(2, 6)}`;
}
