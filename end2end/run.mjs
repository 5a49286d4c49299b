// Runs Node tests, prints each by name, and adds the counts to the tally.
import { appendFileSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { run } from "node:test";
import { spec } from "node:test/reporters";

const folder = resolve(process.argv[2]);
const files = readdirSync(folder).filter((name) => name.endsWith(".test.mjs"));
let passed = 0;
let failed = 0;
const events = run({ files: files.map((name) => join(folder, name)), concurrency: 1 });
const isTest = (event) => event.details?.type !== "suite" && !event.name.endsWith(".test.mjs");
events.on("test:pass", (event) => (passed += isTest(event) ? 1 : 0));
events.on("test:fail", (event) => (failed += isTest(event) ? 1 : 0));
events.compose(new spec()).pipe(process.stdout);
events.on("end", () => {
  if (process.env.E2E_TALLY) appendFileSync(process.env.E2E_TALLY, `${passed} ${failed}\n`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
});
