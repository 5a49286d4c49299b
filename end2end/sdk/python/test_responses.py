"""The official Python package's newer surface, and the two that are neither chats nor responses."""

import json
import unittest

import openai
import pydantic

from support.sdk import ARGUMENTS, CUE, OPENING, PROMPT, SCHEMA, Sdk

WEATHER = {"type": "function", "name": "weather", "parameters": SCHEMA, "strict": True}


class Forecast(pydantic.BaseModel):
    city: str
    days: int


class OpenAi(Sdk):
    def client(self, **options):
        options = {"api_key": self.key, "base_url": f"{self.base_url}/v1", "max_retries": 0} | options
        return openai.OpenAI(**options)

    def respond(self, prompt=PROMPT, **more):
        return self.client().responses.create(model="sim-small", input=prompt, **more)


class Responses(OpenAi):
    def test_a_whole_answer(self):
        answer = self.respond(instructions="Be brief.")
        self.assertIn(OPENING, answer.output_text)
        self.assertEqual((answer.status, answer.error), ("completed", None))
        self.charged(answer._request_id, answer.usage.input_tokens, answer.usage.output_tokens)

    def test_a_stream_has_its_events_in_order_and_ends_completed(self):
        with self.client().responses.with_streaming_response.create(
            model="sim-small", input=PROMPT, stream=True
        ) as raw:
            request_id = raw.headers["x-request-id"]
            events = list(raw.parse())
        kinds = [event.type for event in events]
        self.assertEqual(kinds[:3], ["response.created", "response.in_progress", "response.output_item.added"])
        self.assertEqual(kinds[-2:], ["response.output_item.done", "response.completed"])
        self.assertEqual(kinds.count("response.completed"), 1, "T28")
        numbers = [event.sequence_number for event in events]
        self.assertEqual(numbers, list(range(numbers[0], numbers[0] + len(numbers))))
        text = "".join(event.delta for event in events if event.type == "response.output_text.delta")
        final = events[-1].response
        self.assertEqual(text, final.output_text)
        self.charged(request_id, final.usage.input_tokens, final.usage.output_tokens)

    def test_the_helper_for_streams_ends_with_a_whole_response(self):
        with self.client().responses.stream(model="sim-small", input=PROMPT) as stream:
            for event in stream:
                if event.type == "response.output_text.delta":
                    self.assertTrue(event.snapshot.endswith(event.delta))
            final = stream.get_final_response()
        self.assertIn(OPENING, final.output_text)

    def test_a_stream_that_fails_says_so(self):
        with self.client().responses.create(
            model="sim-small", input=PROMPT, stream=True, extra_headers={"x-simulate": "chunks=9;reset_after=3"}
        ) as stream:
            last = list(stream)[-1]
        self.assertEqual(last.type, "response.failed", "T28")
        self.assertTrue(last.response.error.message)
        # So that the provider is not left alone, for failing so often on end.
        self.respond()

    def test_a_round_with_a_tool(self):
        asking = [{"role": "user", "content": CUE}]
        first = self.respond(asking, tools=[WEATHER])
        [call] = [item for item in first.output if item.type == "function_call"]
        self.assertEqual((call.name, json.loads(call.arguments)), ("weather", ARGUMENTS))
        result = {"type": "function_call_output", "call_id": call.call_id, "output": "sunny"}
        second = self.respond([*asking, *(item.to_dict() for item in first.output), result], tools=[WEATHER])
        self.assertIn(OPENING, second.output_text)
        self.settled(second._request_id)

    def test_a_tool_is_called_in_a_stream(self):
        with self.client().responses.stream(model="sim-small", input=CUE, tools=[WEATHER]) as stream:
            final = stream.get_final_response()
        [call] = [item for item in final.output if item.type == "function_call"]
        self.assertEqual(json.loads(call.arguments), ARGUMENTS)

    def test_a_shape_is_parsed(self):
        answer = self.client().responses.parse(model="sim-small", input=PROMPT, text_format=Forecast)
        self.assertEqual(answer.output_parsed, Forecast(**ARGUMENTS | {"days": answer.output_parsed.days}))

    def test_reasoning_is_shown_and_counted(self):
        answer = self.respond(reasoning={"effort": "low", "summary": "auto"})
        self.assertEqual(answer.output[0].type, "reasoning")
        self.assertGreater(answer.usage.output_tokens_details.reasoning_tokens, 0)
        self.charged(answer._request_id, answer.usage.input_tokens, answer.usage.output_tokens)

    def test_an_answer_follows_another(self):
        first = self.respond()
        second = self.respond("And then?", previous_response_id=first.id)
        self.assertEqual(second.previous_response_id, first.id)
        self.settled(second._request_id)


class Others(OpenAi):
    def test_embeddings(self):
        for asked in ["one", ["one", "two"]]:
            answer = self.client().embeddings.create(model="sim-embed", input=asked)
            self.assertEqual(len(answer.data), 1 if isinstance(asked, str) else 2)
            # The package asks for base64 and unpacks it.
            self.assertIsInstance(answer.data[0].embedding[0], float)
            self.assertGreater(answer.usage.prompt_tokens, 0)

    def test_embeddings_are_charged(self):
        raw = self.client().embeddings.with_raw_response.create(model="sim-embed", input=PROMPT)
        self.charged(raw.headers["x-request-id"], raw.parse().usage.prompt_tokens, 0)

    def test_legacy_completions(self):
        answer = self.client().completions.create(model="sim-small", prompt=PROMPT)
        self.assertIn(OPENING, answer.choices[0].text)
        self.charged(answer._request_id, answer.usage.prompt_tokens, answer.usage.completion_tokens)

    def test_legacy_completions_in_a_stream(self):
        with self.client().completions.create(model="sim-small", prompt=PROMPT, stream=True) as stream:
            request_id = stream.response.headers["x-request-id"]
            chunks = list(stream)
        self.assertTrue(all(chunk.choices and chunk.usage is None for chunk in chunks), "T26")
        self.assertIn(OPENING, "".join(chunk.choices[0].text for chunk in chunks))
        self.assertGreater(self.settled(request_id)["row"]["output_tokens"], 0)

    def test_a_chat_is_parsed(self):
        answer = self.client().chat.completions.parse(
            model="sim-small", messages=[{"role": "user", "content": PROMPT}], response_format=Forecast
        )
        self.assertEqual(answer.choices[0].message.parsed.city, ARGUMENTS["city"])

    def test_the_helper_for_streams_of_chats_gathers_a_call(self):
        tool = {"type": "function", "function": {"name": "weather", "parameters": SCHEMA, "strict": True}}
        with self.client().chat.completions.stream(
            model="sim-small", messages=[{"role": "user", "content": CUE}], tools=[tool]
        ) as stream:
            final = stream.get_final_completion()
        [call] = final.choices[0].message.tool_calls
        self.assertEqual((final.choices[0].finish_reason, call.function.parsed_arguments), ("tool_calls", ARGUMENTS))


class Retries(OpenAi):
    def asked(self, client, **more):
        """How often the package asks until it gives up."""
        seen = []
        patient = client.with_options(
            max_retries=2, http_client=openai.DefaultHttpxClient(event_hooks={"request": [seen.append]})
        )
        with self.assertRaises(openai.APIStatusError) as raised:
            patient.responses.create(**{"model": "sim-small", "input": PROMPT} | more)
        return len(seen), raised.exception

    def test_what_we_refuse_for_good_is_asked_once(self):
        for client, more, kind in [
            (self.client(api_key="t1_live_unknown"), {}, openai.AuthenticationError),
            (self.client(), {"model": "gpt-unknown"}, openai.NotFoundError),
            (self.client(), {"extra_body": {"stream": "yes"}}, openai.BadRequestError),
        ]:
            with self.subTest(kind.__name__):
                count, error = self.asked(client, **more)
                self.assertIsInstance(error, kind)
                self.assertEqual((count, error.response.headers["x-should-retry"]), (1, "false"))

    def test_a_spent_idempotency_key_is_asked_once(self):
        headers = {"Idempotency-Key": f"spent-{id(self)}"}
        self.respond(extra_headers=headers)
        # The package would try a conflict again by itself.
        count, error = self.asked(self.client(), extra_headers=headers)
        self.assertIsInstance(error, openai.ConflictError)
        self.assertEqual((count, error.code), (1, "idempotency_key_used"))

    def test_a_providers_own_wish_is_passed_on(self):
        count, error = self.asked(self.client(), extra_headers={"x-simulate": "status=429;retry_after_ms=5"})
        self.assertIsInstance(error, openai.RateLimitError)
        self.assertEqual(count, 3)


if __name__ == "__main__":
    unittest.main()
