// The official Node package, unmodified, against the gateway.
import assert from "node:assert/strict";
import { test } from "node:test";
import OpenAI from "openai";
import { estate } from "./estate.mjs";
import { messages, people, settled } from "./sdk.mjs";

const client = (options = {}) =>
  new OpenAI({ apiKey: estate.key(), baseURL: `${estate.baseUrl}/v1`, maxRetries: 0, ...options });

test("a whole answer", async () => {
  const answer = await client().chat.completions.create({ model: "sim-small", messages });
  assert.match(answer.choices[0].message.content, /simulated answer/);
  assert.match(answer._request_id, /^[0-9a-f-]{36}$/);
  const call = await settled(answer._request_id);
  assert.equal(call.row.input_tokens, answer.usage.prompt_tokens);
  assert.equal(call.row.output_tokens, answer.usage.completion_tokens);
});

test("a stream without usage shows none and is settled all the same", async () => {
  const { data: stream, request_id: id } = await client()
    .chat.completions.create({ model: "sim-small", messages, stream: true })
    .withResponse();
  let text = "";
  for await (const chunk of stream) {
    assert.equal(chunk.choices.length, 1, "T26: no chunk without a choice");
    assert.equal(chunk.usage ?? null, null, "T26: no usage nobody asked for");
    text += chunk.choices[0].delta.content ?? "";
  }
  assert.match(text, /simulated answer/);
  const call = await settled(id);
  assert.equal(call.row.usage, "reported");
  assert.ok(call.row.output_tokens > 0);
});

test("a stream with usage shows what is charged", async () => {
  const { data: stream, request_id: id } = await client()
    .chat.completions.create({
      model: "sim-large",
      messages,
      stream: true,
      stream_options: { include_usage: true },
    })
    .withResponse();
  const usage = [];
  for await (const chunk of stream) if (chunk.usage) usage.push(chunk.usage);
  assert.equal(usage.length, 1);
  const call = await settled(id);
  assert.equal(call.row.input_tokens, usage[0].prompt_tokens);
  assert.equal(call.row.output_tokens, usage[0].completion_tokens);
});

test("a round with a tool", async () => {
  const tools = [{ type: "function", function: { name: "weather", parameters: { type: "object" } } }];
  const asking = [{ role: "user", content: "Please call the tool." }];
  const first = await client().chat.completions.create({ model: "sim-small", messages: asking, tools });
  const [asked] = first.choices[0].message.tool_calls;
  assert.equal(asked.function.name, "weather");
  const second = await client().chat.completions.create({
    model: "sim-small",
    messages: [
      ...asking,
      first.choices[0].message,
      { role: "tool", tool_call_id: asked.id, content: "sunny" },
      { role: "user", content: "Thank you, and now in words." },
    ],
    tools,
  });
  assert.match(second.choices[0].message.content, /simulated answer/);
  await settled(second._request_id);
});

test("models are listed and shown", async () => {
  const ids = [];
  for await (const model of client().models.list()) ids.push(model.id);
  assert.ok(ids.includes("sim-small") && ids.includes("sim-large"), ids.join());
  assert.equal((await client().models.retrieve("sim-large")).owned_by, "simulator");
  await assert.rejects(client().models.retrieve("gpt-unknown"), OpenAI.NotFoundError);
});

test("what we do not know survives", async () => {
  const answer = await client().chat.completions.create({
    model: "sim-small",
    messages,
    tomorrow: { deep: [1, "zwei"] },
  });
  await settled(answer._request_id);
  const content = await people.ask("call/content", { id: answer._request_id });
  assert.deepEqual(JSON.parse(content.request.text).tomorrow, { deep: [1, "zwei"] });
});

test("errors are of the package's own classes", async () => {
  const ask = (body = {}, options = {}, request = {}) =>
    client(options).chat.completions.create({ model: "sim-small", messages, ...body }, request);
  const simulate = (script) => ({ headers: { "x-simulate": script } });
  await assert.rejects(ask({}, { apiKey: "t1_live_unknown" }), (error) => {
    assert.ok(error instanceof OpenAI.AuthenticationError);
    return error.code === "invalid_api_key";
  });
  await assert.rejects(ask({ model: "gpt-unknown" }), (error) => {
    assert.ok(error instanceof OpenAI.NotFoundError);
    return error.code === "model_not_found" && error.param === "model";
  });
  await assert.rejects(ask({ messages: [{ role: "user", content: "x" }, {}] }), (error) => {
    assert.ok(error instanceof OpenAI.BadRequestError);
    assert.match(error.requestID, /^[0-9a-f-]{36}$/);
    return error.param === "messages[1].role";
  });
  await assert.rejects(ask({}, {}, simulate("status=429")), OpenAI.RateLimitError);
  await assert.rejects(ask({}, {}, simulate("status=503")), OpenAI.InternalServerError);
});

test("T14: a client that hangs up is settled once and not for nothing", async () => {
  const { data: stream, request_id: id } = await client()
    .chat.completions.create(
      { model: "sim-small", messages, stream: true },
      { headers: { "x-simulate": "chunks=30;chunk_delay_ms=20" } },
    )
    .withResponse();
  for await (const _ of stream) break;
  stream.controller.abort();
  const call = await settled(id, "client_closed");
  assert.ok(call.row.output_tokens > 0);
  assert.ok(call.row.charge > 0);
});
