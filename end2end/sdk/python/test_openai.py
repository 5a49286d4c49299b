"""The official Python package, unmodified, against the gateway."""

import asyncio
import json
import unittest
import uuid

import openai

from support.estate import Estate
from support.sdk import MESSAGES, Sdk

ESTATE = Estate()


def client(key=None, **options):
    options.setdefault("max_retries", 0)
    return openai.OpenAI(api_key=key or ESTATE.key(), base_url=f"{ESTATE.base_url}/v1", **options)


class Completions(Sdk):
    def test_a_whole_answer(self):
        answer = client().chat.completions.create(model="sim-small", messages=MESSAGES)
        self.assertIn("simulated answer", answer.choices[0].message.content)
        self.assertEqual(answer.choices[0].finish_reason, "stop")
        self.assertEqual(str(uuid.UUID(answer._request_id)), answer._request_id)
        call = self.settled(answer._request_id)
        self.assertEqual(call["row"]["input_tokens"], answer.usage.prompt_tokens)
        self.assertEqual(call["row"]["output_tokens"], answer.usage.completion_tokens)
        self.assertEqual(call["row"]["usage"], "reported")
        self.assertGreater(call["row"]["charge"], call["cost"], "the tenant pays a markup")

    def test_a_stream_without_usage_shows_none_and_is_settled_all_the_same(self):
        with client().chat.completions.with_raw_response.create(
            model="sim-small", messages=MESSAGES, stream=True
        ).parse() as stream:
            request_id = stream.response.headers["x-request-id"]
            chunks = list(stream)
        self.assertTrue(all(chunk.choices for chunk in chunks), "T26: no chunk without a choice")
        self.assertTrue(all(chunk.usage is None for chunk in chunks), "T26: no usage nobody asked for")
        text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
        self.assertIn("simulated answer", text)
        call = self.settled(request_id)
        self.assertTrue(call["row"]["streamed"])
        self.assertEqual(call["row"]["usage"], "reported")
        self.assertGreater(call["row"]["output_tokens"], 0)

    def test_a_stream_with_usage_shows_what_is_charged(self):
        stream = client().chat.completions.create(
            model="sim-large", messages=MESSAGES, stream=True, stream_options={"include_usage": True}
        )
        request_id = stream.response.headers["x-request-id"]
        usage = [chunk.usage for chunk in stream if chunk.usage]
        self.assertEqual(len(usage), 1)
        call = self.settled(request_id)
        self.assertEqual(call["row"]["input_tokens"], usage[0].prompt_tokens)
        self.assertEqual(call["row"]["output_tokens"], usage[0].completion_tokens)

    def test_a_round_with_a_tool(self):
        tool = {
            "type": "function",
            "function": {"name": "weather", "parameters": {"type": "object", "properties": {}}},
        }
        messages = [{"role": "user", "content": "Please call the tool."}]
        first = client().chat.completions.create(model="sim-small", messages=messages, tools=[tool])
        self.assertEqual(first.choices[0].finish_reason, "tool_calls")
        asked = first.choices[0].message.tool_calls[0]
        self.assertEqual(asked.function.name, "weather")
        self.assertTrue(json.loads(asked.function.arguments)["simulated"])
        messages += [
            first.choices[0].message.model_dump(exclude_none=True),
            {"role": "tool", "tool_call_id": asked.id, "content": "sunny"},
            {"role": "user", "content": "Thank you, and now in words."},
        ]
        second = client().chat.completions.create(model="sim-small", messages=messages, tools=[tool])
        self.assertIn("simulated answer", second.choices[0].message.content)
        self.settled(first._request_id)
        self.settled(second._request_id)

    def test_what_we_do_not_know_survives(self):
        answer = client().chat.completions.create(
            model="sim-small",
            messages=MESSAGES,
            extra_body={"tomorrow": {"deep": [1, 2.50, "drei"]}, "top_k": 40},
        )
        content = ESTATE.console().ask("call/content", id=answer._request_id)
        self.settled(answer._request_id)
        content = content or ESTATE.console().ask("call/content", id=answer._request_id)
        kept = json.loads(content["request"]["text"])
        self.assertEqual(kept["tomorrow"], {"deep": [1, 2.50, "drei"]})
        self.assertEqual(kept["top_k"], 40)

    def test_many_at_once_are_all_settled(self):
        async def calls():
            many = openai.AsyncOpenAI(
                api_key=ESTATE.key(), base_url=f"{ESTATE.base_url}/v1", max_retries=0
            )
            async with many:
                asked = (many.chat.completions.create(model="sim-small", messages=MESSAGES) for _ in range(24))
                return [answer._request_id for answer in await asyncio.gather(*asked)]

        ids = asyncio.run(calls())
        self.assertEqual(len(set(ids)), 24)
        for call_id in ids:
            self.settled(call_id)


class Models(Sdk):
    def test_models_are_listed_and_shown(self):
        models = {model.id: model for model in client().models.list()}
        self.assertLessEqual({"sim-small", "sim-large"}, set(models))
        shown = client().models.retrieve("sim-small")
        self.assertEqual((shown.id, shown.object, shown.owned_by), ("sim-small", "model", "simulator"))

    def test_an_unknown_model_is_not_shown(self):
        with self.assertRaises(openai.NotFoundError):
            client().models.retrieve("gpt-unknown")


class Errors(Sdk):
    def test_an_unknown_key(self):
        for key in ["t1_live_unknown", "sk-something", "t1_live_" + "a" * 48]:
            with self.assertRaises(openai.AuthenticationError) as raised:
                client(key).chat.completions.create(model="sim-small", messages=MESSAGES)
            self.assertEqual(raised.exception.code, "invalid_api_key")
            self.assertNotIn(key, str(raised.exception))

    def test_an_unknown_model(self):
        with self.assertRaises(openai.NotFoundError) as raised:
            client().chat.completions.create(model="gpt-unknown", messages=MESSAGES)
        error = raised.exception
        self.assertEqual((error.code, error.param), ("model_not_found", "model"))
        self.unsettled(error.request_id)

    def test_a_wrong_field_is_named(self):
        for body, field in [
            ({"messages": []}, "messages"),
            ({"messages": [{"content": "no role"}]}, "messages[0].role"),
            ({"messages": MESSAGES, "stream": "yes"}, "stream"),
            ({"messages": MESSAGES, "max_tokens": -1}, "max_tokens"),
        ]:
            with self.subTest(field), self.assertRaises(openai.BadRequestError) as raised:
                client().chat.completions.with_raw_response.create(
                    model="sim-small", messages=body.pop("messages"), extra_body=body
                )
            error = raised.exception
            self.assertEqual((error.code, error.param, error.type), ("invalid_request", field, "invalid_request_error"))
            self.unsettled(error.request_id)

    def test_a_route_that_we_do_not_have(self):
        with self.assertRaises(openai.NotFoundError) as raised:
            client().moderations.create(model="sim-small", input="Hello")
        self.assertEqual(raised.exception.code, "unknown_url")
        self.unsettled(raised.exception.request_id)

    def test_a_providers_errors_pass_through(self):
        for status, kind in [(429, openai.RateLimitError), (500, openai.InternalServerError)]:
            with self.subTest(status), self.assertRaises(kind) as raised:
                client().chat.completions.create(
                    model="sim-small",
                    messages=MESSAGES,
                    extra_headers={"x-simulate": f"status={status}"},
                )
            call = self.settled(raised.exception.request_id, "upstream_error")
            self.assertEqual((call["row"]["status"], call["row"]["charge"]), (status, 0))

    def test_the_package_retries_and_each_try_is_a_call(self):
        with self.assertRaises(openai.RateLimitError):
            client(max_retries=1).chat.completions.create(
                model="sim-small",
                messages=MESSAGES,
                extra_headers={"x-simulate": "status=429;retry_after=0"},
            )

    def test_an_answer_that_breaks_off(self):
        with self.assertRaises(openai.APIError):
            for _ in client().chat.completions.create(
                model="sim-small",
                messages=MESSAGES,
                stream=True,
                extra_headers={"x-simulate": "chunks=20;reset_after=5"},
            ):
                pass

    def test_a_second_use_of_an_idempotency_key(self):
        headers = {"Idempotency-Key": f"once-{uuid.uuid4()}"}
        first = client().chat.completions.create(model="sim-small", messages=MESSAGES, extra_headers=headers)
        with self.assertRaises(openai.ConflictError) as raised:
            client().chat.completions.create(model="sim-small", messages=MESSAGES, extra_headers=headers)
        self.assertIn(first._request_id, str(raised.exception))
        self.unsettled(raised.exception.request_id)


class HangingUp(Sdk):
    def hang_up_after(self, chunks):
        stream = client().chat.completions.create(
            model="sim-small",
            messages=MESSAGES,
            stream=True,
            extra_headers={"x-simulate": "chunks=30;chunk_delay_ms=20"},
        )
        request_id = stream.response.headers["x-request-id"]
        for number, _ in enumerate(stream):
            if number >= chunks:
                break
        stream.close()
        return request_id

    def test_t14_a_client_that_hangs_up_is_settled_once_and_not_for_nothing(self):
        for chunks in [0, 1, 5]:
            with self.subTest(chunks):
                call = self.settled(self.hang_up_after(chunks), "client_closed")
                posts = [t for t in call["ledger"]["transfers"] if t["kind"] == "post" and t["leg"] == "charge"]
                self.assertEqual(len(posts), 1)
                self.assertGreater(call["row"]["output_tokens"], chunks)
                self.assertGreater(call["row"]["charge"], 0)

    def test_a_client_that_does_not_wait_for_the_answer(self):
        impatient = client(timeout=0.2)
        with self.assertRaises(openai.APITimeoutError):
            impatient.chat.completions.create(
                model="sim-small", messages=MESSAGES, extra_headers={"x-simulate": "latency_ms=800"}
            )


if __name__ == "__main__":
    unittest.main()
