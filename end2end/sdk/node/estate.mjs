// The demo estate, and what its people can see of a call.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const demo = JSON.parse(readFileSync(join(process.env.E2E_DATA ?? "../data", "demo.json"), "utf8"));
const baseUrl = process.env.BASE_URL ?? demo.base_url;

export const estate = {
  baseUrl,
  key: () => demo.api_keys[0].key,
};

/** A person's session, used as the pages' scripts use it. */
export class Console {
  #cookie = "";

  static async signIn(role) {
    const who = demo.users.find((user) => user.role === role);
    const person = new Console();
    const form = new URLSearchParams({ email: who.email, password: who.password, next: "" });
    const answer = await person.#post("access/sign_in", form);
    if (answer.status >= 400) throw new Error(`${who.email} cannot sign in: ${answer.status}`);
    person.#cookie = answer.headers.getSetCookie()[0].split(";")[0];
    return person;
  }

  /** Asks a server function, and returns its answer; `null` where there is no such thing. */
  async ask(what, question) {
    const answer = await this.#post(what, JSON.stringify(question), "application/json");
    if (answer.status === 404) return null;
    if (!answer.ok) throw new Error(`${what}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }

  /** A call once it is recorded, which happens a moment after its answer. */
  async call(id) {
    const end = Date.now() + 15_000;
    for (;;) {
      const found = await this.ask("call/detail", { id });
      if (found) return found;
      if (Date.now() > end) throw new Error(`call ${id} was not recorded in time`);
      await pause(50);
    }
  }

  #post(what, body, type) {
    const headers = { origin: baseUrl, accept: "application/json", cookie: this.#cookie };
    if (type) headers["content-type"] = type;
    return fetch(`${baseUrl}/do/${what}`, { method: "POST", body, headers, redirect: "manual" });
  }
}
