// The official Node package's newer surface, and the two that are neither chats nor responses.
import assert from "node:assert/strict";
import { test } from "node:test";
import OpenAI from "openai";
import { zodTextFormat } from "openai/helpers/zod";
import { z } from "zod";
import { estate } from "./estate.mjs";
import { called, charged, cue, messages, opening, prompt, schema, settled } from "./sdk.mjs";

const client = (options = {}) =>
  new OpenAI({ apiKey: estate.key(), baseURL: `${estate.baseUrl}/v1`, maxRetries: 0, ...options });
const asked = { model: "sim-small", input: prompt };
const tools = [{ type: "function", name: "weather", parameters: schema, strict: true }];

test("a whole response", async () => {
  const answer = await client().responses.create(asked);
  assert.match(answer.output_text, opening);
  assert.equal(answer.status, "completed");
  await charged(answer._request_id, answer.usage.input_tokens, answer.usage.output_tokens);
});

test("a stream of a response has its events in order and ends completed", async () => {
  const { data: stream, request_id: id } = await client()
    .responses.create({ ...asked, stream: true })
    .withResponse();
  const events = [];
  for await (const event of stream) events.push(event);
  const kinds = events.map((event) => event.type);
  assert.deepEqual(kinds.slice(0, 2), ["response.created", "response.in_progress"]);
  assert.deepEqual(kinds.slice(-2), ["response.output_item.done", "response.completed"], "T28");
  events.forEach((event, at) => assert.equal(event.sequence_number, events[0].sequence_number + at));
  const { usage } = events.at(-1).response;
  await charged(id, usage.input_tokens, usage.output_tokens);
});

test("the helper for streams of responses ends with a whole one", async () => {
  const stream = client().responses.stream(asked);
  const deltas = [];
  stream.on("response.output_text.delta", (event) => deltas.push(event.delta));
  const final = await stream.finalResponse();
  assert.match(final.output_text, opening);
  assert.equal(deltas.join(""), final.output_text);
});

test("a response takes a round with a tool", async () => {
  const first = await client().responses.create({ ...asked, input: cue, tools });
  const call = first.output.find((item) => item.type === "function_call");
  assert.deepEqual(JSON.parse(call.arguments), called);
  const result = { type: "function_call_output", call_id: call.call_id, output: "sunny" };
  const input = [{ role: "user", content: cue }, ...first.output, result];
  const second = await client().responses.create({ ...asked, input, tools });
  assert.match(second.output_text, opening);
});

test("a response is parsed into a shape", async () => {
  const shape = z.object({ city: z.string() });
  const answer = await client().responses.parse({ ...asked, text: { format: zodTextFormat(shape, "forecast") } });
  assert.deepEqual(answer.output_parsed, called);
});

test("a response follows another", async () => {
  const first = await client().responses.create(asked);
  const second = await client().responses.create({ ...asked, previous_response_id: first.id });
  assert.equal(second.previous_response_id, first.id);
});

test("embeddings are unpacked and charged", async () => {
  const { data: answer, request_id: id } = await client()
    .embeddings.create({ model: "sim-embed", input: ["one", "two"] })
    .withResponse();
  assert.equal(answer.data.length, 2);
  assert.equal(typeof answer.data[1].embedding[0], "number");
  await charged(id, answer.usage.prompt_tokens, 0);
});

test("legacy completions, whole and in a stream", async () => {
  const ask = { model: "sim-small", prompt };
  const answer = await client().completions.create(ask);
  assert.match(answer.choices[0].text, opening);
  await charged(answer._request_id, answer.usage.prompt_tokens, answer.usage.completion_tokens);
  let text = "";
  for await (const chunk of await client().completions.create({ ...ask, stream: true })) {
    text += chunk.choices[0].text;
  }
  assert.match(text, opening);
});

test("the helper for tools of chats runs the whole round", async () => {
  let ran = 0;
  const weather = {
    name: "weather",
    description: "Tells the weather.",
    parameters: schema,
    parse: JSON.parse,
    function: ({ city }) => {
      ran += 1;
      return `sunny in ${city}`;
    },
  };
  const runner = client().chat.completions.runTools({
    model: "sim-small",
    stream: true,
    messages: [{ role: "user", content: cue }],
    tools: [{ type: "function", function: weather }],
  });
  assert.match(await runner.finalContent(), opening);
  assert.equal(ran, 1);
});

test("what is refused for good is asked once", async () => {
  const count = async (options, request, kind) => {
    let requests = 0;
    const counting = (...call) => {
      requests += 1;
      return fetch(...call);
    };
    const patient = client({ maxRetries: 2, fetch: counting, ...options });
    await assert.rejects(patient.responses.create({ ...asked, ...request }), kind);
    return requests;
  };
  assert.equal(await count({ apiKey: "t1_live_unknown" }, {}, OpenAI.AuthenticationError), 1);
  assert.equal(await count({}, { model: "gpt-unknown" }, OpenAI.NotFoundError), 1);
  assert.equal(await count({}, { stream: "yes" }, OpenAI.BadRequestError), 1);
  const wish = { defaultHeaders: { "x-simulate": "status=429;retry_after_ms=5" } };
  assert.equal(await count(wish, {}, OpenAI.RateLimitError), 3, "a provider's wish is passed on");
});

test("a key that is spent is not asked with again", async () => {
  const once = { headers: { "Idempotency-Key": `spent-${Date.now()}` } };
  const ask = (options) => client(options).chat.completions.create({ model: "sim-small", messages }, once);
  await settled((await ask())._request_id);
  await assert.rejects(ask({ maxRetries: 2 }), (error) => {
    assert.ok(error instanceof OpenAI.ConflictError);
    return error.headers.get("x-should-retry") === "false";
  });
});
