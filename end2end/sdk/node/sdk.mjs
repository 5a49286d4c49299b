// What every test with a client of a provider's checks of a call.
import assert from "node:assert/strict";
import { Console } from "./estate.mjs";

export const prompt = "How does a ledger stay balanced?";
export const messages = [{ role: "user", content: prompt }];
export const opening = /simulated answer/;
/** A word of the user's that makes the simulator call the first tool that it is offered. */
export const cue = "Please call the tool.";
export const schema = {
  type: "object",
  properties: { city: { type: "string" } },
  required: ["city"],
  additionalProperties: false,
};
/** What the simulator makes of it. */
export const called = { city: "simulated" };

export const people = await Console.signIn("tenant_admin");

/** Checks that a call was settled once and its books are balanced. */
export async function settled(id, outcome = "completed") {
  const call = await people.call(id);
  assert.equal(call.row.outcome, outcome);
  assert.equal(call.ledger.sum, 0);
  const legs = call.ledger.transfers.map((transfer) => `${transfer.kind} ${transfer.leg}`);
  assert.equal(new Set(legs).size, legs.length, "nothing is booked twice");
  return call;
}

/** Checks that a call was settled with the tokens that the client was told. */
export async function charged(id, input, output) {
  const { row } = await settled(id);
  assert.deepEqual([row.input_tokens, row.output_tokens, row.usage], [input, output, "reported"]);
  assert.ok(row.charge > 0);
}
