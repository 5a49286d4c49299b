// Anthropic's official Node package, unmodified, against the gateway.
import assert from "node:assert/strict";
import { test } from "node:test";
import Anthropic from "@anthropic-ai/sdk";
import { estate } from "./estate.mjs";
import { called, charged, cue, messages, opening, people, schema, settled } from "./sdk.mjs";

const client = (options = {}) =>
  // This package adds /v1 by itself.
  new Anthropic({ apiKey: estate.key(), baseURL: estate.baseUrl, maxRetries: 0, ...options });
const asked = { model: "sim-small", max_tokens: 2048, messages };
const tools = [{ name: "weather", description: "Tells the weather.", input_schema: schema }];

test("a whole message, by both ways of showing a key", async () => {
  for (const options of [{ authToken: null }, { apiKey: null, authToken: estate.key() }]) {
    const answer = await client(options).messages.create(asked);
    assert.match(answer.content[0].text, opening);
    await charged(answer._request_id, answer.usage.input_tokens, answer.usage.output_tokens);
  }
});

test("a stream has its events in order", async () => {
  const { data: stream, request_id: id } = await client()
    .messages.create({ ...asked, stream: true })
    .withResponse();
  const events = [];
  for await (const event of stream) if (event.type !== "ping") events.push(event);
  const kinds = events.map((event) => event.type);
  assert.deepEqual(kinds.slice(0, 2), ["message_start", "content_block_start"]);
  assert.deepEqual(kinds.slice(-3), ["content_block_stop", "message_delta", "message_stop"]);
  const input = events[0].message.usage.input_tokens;
  assert.ok(input > 0, "T27");
  await charged(id, input, events.at(-2).usage.output_tokens);
});

test("the helper for streams gathers thinking, its signature and a call", async () => {
  const ask = { ...asked, tools, thinking: { type: "enabled", budget_tokens: 1024 } };
  const question = { role: "user", content: cue };
  const first = await client()
    .messages.stream({ ...ask, messages: [question] })
    .finalMessage();
  assert.equal(first.stop_reason, "tool_use");
  const [thought, call] = first.content;
  assert.ok(thought.signature);
  assert.deepEqual(call.input, called);
  const result = { type: "tool_result", tool_use_id: call.id, content: "sunny" };
  const turns = [
    { role: "assistant", content: first.content },
    { role: "user", content: [result] },
  ];
  const second = await client().messages.create({ ...ask, messages: [question, ...turns] });
  assert.match(second.content.at(-1).text, opening);
  await settled(second._request_id);
});

test("tokens are counted for nothing", async () => {
  const { data: count, request_id: id } = await client()
    .messages.countTokens({ model: "sim-small", messages })
    .withResponse();
  assert.ok(count.input_tokens > 0);
  assert.equal((await people.call(id)).row.charge, 0);
});

test("models are listed and shown", async () => {
  const ids = [];
  for await (const model of client().models.list({ limit: 1000 })) ids.push(model.id);
  assert.ok(ids.includes("sim-small"), ids.join());
  assert.equal((await client().models.retrieve("sim-small")).type, "model");
});

test("errors are of the package's own classes", async () => {
  const refused = (options, more, kind, type) =>
    assert.rejects(client(options).messages.create({ ...asked, ...more }), (error) => {
      assert.ok(error instanceof kind, `${error}`);
      assert.match(error.requestID, /^[0-9a-f-]{36}$/);
      return error.type === type;
    });
  const simulate = (script) => ({ defaultHeaders: { "x-simulate": script } });
  await refused({ apiKey: "sk-ant-unknown" }, {}, Anthropic.AuthenticationError, "authentication_error");
  await refused({}, { model: "claude-unknown" }, Anthropic.NotFoundError, "not_found_error");
  await refused({}, { messages: [] }, Anthropic.BadRequestError, "invalid_request_error");
  await refused(simulate("status=429"), {}, Anthropic.RateLimitError, "rate_limit_error");
  await refused(simulate("status=529"), {}, Anthropic.InternalServerError, "overloaded_error");
  // So that the provider is not left alone, for failing so often on end.
  await client().messages.create(asked);
});
