// The Vercel AI SDK by each of its three providers, against the gateway.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createAnthropic } from "@ai-sdk/anthropic";
import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { APICallError, embedMany, generateText, Output, stepCountIs, streamText, tool } from "ai";
import { z } from "zod";
import { estate } from "./estate.mjs";
import { called, cue, opening, prompt } from "./sdk.mjs";

const to = { baseURL: `${estate.baseUrl}/v1`, apiKey: estate.key() };
const compatible = createOpenAICompatible({
  name: "tokenone",
  includeUsage: true,
  supportsStructuredOutputs: true,
  ...to,
});
const openai = createOpenAI(to);
const providers = {
  "openai-compatible": (model) => compatible(model),
  "openai, responses": (model) => openai.responses(model),
  "openai, chat": (model) => openai.chat(model),
  anthropic: createAnthropic(to),
};

for (const [name, provider] of Object.entries(providers)) {
  const ask = { model: provider("sim-small"), maxRetries: 0, maxOutputTokens: 512 };
  const weather = tool({
    description: "Tells the weather.",
    inputSchema: z.object({ city: z.string() }),
    execute: ({ city }) => `sunny in ${city}`,
  });
  const agent = { ...ask, prompt: cue, tools: { weather }, stopWhen: stepCountIs(3) };

  test(`${name}: a text`, async () => {
    const answer = await generateText({ ...ask, prompt, system: "Be brief." });
    assert.match(answer.text, opening);
    assert.equal(answer.finishReason, "stop");
    assert.ok(answer.usage.inputTokens > 0 && answer.usage.outputTokens > 0);
  });

  test(`${name}: a stream`, async () => {
    const answer = streamText({ ...ask, prompt });
    let text = "";
    for await (const delta of answer.textStream) text += delta;
    assert.match(text, opening);
    assert.ok((await answer.usage).outputTokens > 0);
  });

  test(`${name}: a round with a tool`, async () => {
    const answer = await generateText(agent);
    assert.deepEqual(answer.steps[0].toolCalls[0].input, called);
    assert.match(answer.text, opening);
  });

  test(`${name}: a round with a tool in streams`, async () => {
    const answer = streamText(agent);
    assert.match(await answer.text, opening);
    assert.equal((await answer.steps).length, 2);
  });

  test(`${name}: a shape`, async () => {
    const shape = Output.object({ schema: z.object({ city: z.string() }) });
    const answer = await generateText({ ...ask, prompt, output: shape });
    assert.deepEqual(answer.output, called);
  });

  test(`${name}: an error has our message`, async () => {
    await assert.rejects(generateText({ ...ask, model: provider("unknown-model"), prompt }), (error) => {
      assert.ok(APICallError.isInstance(error), `${error}`);
      assert.deepEqual([error.statusCode, error.isRetryable], [404, false]);
      return /unknown-model/.test(error.message);
    });
  });
}

test("embeddings", async () => {
  for (const makes of [compatible, openai]) {
    const model = makes.embeddingModel("sim-embed");
    const { embeddings } = await embedMany({ model, values: ["one", "two"] });
    assert.equal(embeddings.length, 2);
  }
});
