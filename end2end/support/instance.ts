// A server of a test's own, with a database, a key store and a port of its own.
import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const READY_MS_MAX = 60_000;
const STOP_MS_MAX = 40_000;

export interface Instance {
  url: string;
  /** The lines printed so far. */
  lines: string[];
  stop: () => Promise<void>;
}

/** Starts one and waits until it is ready. */
export async function start(args: string[]): Promise<Instance> {
  const folder = mkdtempSync(join(tmpdir(), "tokenone-e2e-"));
  // PostgreSQL may run as another user, who has to reach its data.
  chmodSync(folder, 0o711);
  mkdirSync(join(folder, "keys"), { mode: 0o700 });
  const child = spawn(process.env.E2E_SERVER ?? join(root, "target/release/tokenone"), args, {
    cwd: root,
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      TOKENONE_LISTEN: "127.0.0.1:0",
      TOKENONE_SERVER_METRICS_LISTEN: "",
      TOKENONE_DATA: join(folder, "data"),
      TOKENONE_KEYSTORE: join(folder, "keys", "keystore"),
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines: string[] = [];
  const stop = async () => {
    await end(child);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    return { url: await ready(child, lines), lines, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function ready(child: ChildProcess, lines: string[]): Promise<string> {
  return new Promise((found, fail) => {
    const timer = setTimeout(() => fail(new Error("not ready in time")), READY_MS_MAX);
    let rest = "";
    let errors = "";
    child.stderr?.on("data", (bytes) => (errors += bytes));
    child.stdout?.on("data", (bytes) => {
      const parts = (rest + bytes).split("\n");
      rest = parts.pop() ?? "";
      lines.push(...parts);
      const url = lines.map((line) => /^tokenone ready (\S+)$/.exec(line)?.[1]).find(Boolean);
      if (url) {
        clearTimeout(timer);
        found(url);
      }
    });
    child.on("exit", (code) => fail(new Error(`stopped with ${code}: ${errors.slice(-2000)}`)));
    child.on("error", fail);
  });
}

function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((done) => {
    const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MS_MAX);
    child.on("exit", () => {
      clearTimeout(timer);
      done();
    });
    child.kill("SIGTERM");
  });
}
