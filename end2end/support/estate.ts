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

/** A word that no other test uses. */
export function unique(stem: string): string {
  return `${stem}-${Date.now().toString(36)}${Math.random().toString(36).slice(2, 6)}`;
}
