"""A real inference server that nobody here wrote, llama.cpp's, as a provider."""

import os
import sys
import unittest
from pathlib import Path

import anthropic
import openai

from support.instance import ROOT, Process, Server
from support.sdk import MESSAGES, Sdk

KEY = "the-key-of-the-engine"
# The model's words mean nothing, so their number is all that can be told beforehand.
TOKENS = 24
# It serves responses besides, whose streams lack the indexes and numbers that OpenAI's packages need.
SURFACES = ["chat", "messages"]
FORMAT = {
    "type": "object",
    "properties": {"city": {"enum": ["Bern", "Rome"]}},
    "required": ["city"],
    "additionalProperties": False,
}


class LlamaCpp(Sdk):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.addClassCleanup(cls.server.remove)
        engine = Process(
            [sys.executable, str(ROOT / "end2end/support/llama.py"), str(cls.server.folder / "tiny.gguf"), KEY],
            {"PATH": os.environ["PATH"]},
            "llama ready",
            Path(cls.server.folder) / "llama.log",
        )
        cls.addClassCleanup(engine.end)
        credential = cls.server.credential(KEY)
        parts = [
            f"""
[[provider]]
slug = "llama-{surface}"
base_url = "{engine.url}/v1"
surfaces = ["{surface}"]
private_network = true
credential_file = "{credential}"

[[alias]]
name = "by-{surface}"
targets = [{{ provider = "llama-{surface}", model = "tiny", price_provider = "simulator", price_model = "sim-small" }}]
"""
            for surface in SURFACES
        ]
        cls.server.config.write_text("".join(parts))
        cls.server.start()
        cls.estate = cls.server.estate()

    def openai(self):
        return openai.OpenAI(api_key=self.key, base_url=f"{self.base_url}/v1", max_retries=0)

    def anthropic(self):
        return anthropic.Anthropic(api_key=self.key, base_url=self.base_url, max_retries=0)

    def each(self, check):
        for surface in SURFACES:
            with self.subTest(surface):
                check(f"by-{surface}")

    def test_chats(self):
        def check(model):
            answer = self.openai().chat.completions.create(model=model, messages=MESSAGES, max_tokens=TOKENS)
            self.assertTrue(answer.choices[0].message.content)
            self.assertEqual((answer.choices[0].finish_reason, answer.usage.completion_tokens), ("length", TOKENS))
            self.charged(answer._request_id, answer.usage.prompt_tokens, TOKENS)

        self.each(check)

    def test_chats_in_streams(self):
        def check(model):
            with self.openai().chat.completions.create(
                model=model, messages=MESSAGES, max_tokens=TOKENS, stream=True, stream_options={"include_usage": True}
            ) as stream:
                request_id = stream.response.headers["x-request-id"]
                chunks = list(stream)
            self.assertTrue("".join(c.choices[0].delta.content or "" for c in chunks if c.choices))
            self.assertEqual([c.choices[0].finish_reason for c in chunks if c.choices][-1], "length")
            [usage] = [chunk.usage for chunk in chunks if chunk.usage]
            self.charged(request_id, usage.prompt_tokens, TOKENS)

        self.each(check)

    def test_a_stream_without_usage_is_settled_all_the_same(self):
        with self.openai().chat.completions.create(
            model="by-chat", messages=MESSAGES, max_tokens=TOKENS, stream=True
        ) as stream:
            request_id = stream.response.headers["x-request-id"]
            self.assertTrue(all(chunk.choices and chunk.usage is None for chunk in stream), "T26")
        call = self.settled(request_id)
        self.assertEqual((call["row"]["output_tokens"], call["row"]["usage"]), (TOKENS, "reported"))

    def test_responses(self):
        def check(model):
            with self.openai().responses.stream(
                model=model, input=MESSAGES, max_output_tokens=TOKENS
            ) as stream:
                request_id = stream._response.headers["x-request-id"]
                events = list(stream)
            self.assertEqual(events[-1].type, "response.incomplete", "T28")
            final = events[-1].response
            self.assertEqual(final.incomplete_details.reason, "max_output_tokens")
            self.charged(request_id, final.usage.input_tokens, TOKENS)

        self.each(check)

    def test_messages(self):
        def check(model):
            with self.anthropic().messages.stream(model=model, messages=MESSAGES, max_tokens=TOKENS) as stream:
                final, request_id = stream.get_final_message(), stream.request_id
            self.assertTrue(final.content[0].text)
            self.assertEqual(final.stop_reason, "max_tokens")
            self.charged(request_id, final.usage.input_tokens + (final.usage.cache_read_input_tokens or 0), TOKENS)

        self.each(check)

    def test_a_shape_is_kept_to_by_the_engine(self):
        # It makes the words by the grammar of this schema, so it must have reached it unharmed.
        shape = {"type": "json_schema", "name": "place", "schema": FORMAT, "strict": True}
        answer = self.openai().responses.create(
            model="by-chat", input=MESSAGES, text={"format": shape}, max_output_tokens=512
        )
        self.assertRegex(answer.output_text, r'^\{\s*"city"\s*:\s*"(Bern|Rome)"\s*\}$')

    def test_what_is_too_long_is_said_in_the_engines_words(self):
        long = [{"role": "user", "content": "word " * 2000}]
        with self.assertRaises(openai.BadRequestError) as raised:
            self.openai().chat.completions.create(model="by-chat", messages=long, max_tokens=1)
        self.assertIn("context", str(raised.exception))
        self.settled(raised.exception.request_id, "upstream_error")

    def test_a_client_that_hangs_up_is_charged_for_what_there_was(self):
        with self.openai().chat.completions.create(
            model="by-chat", messages=MESSAGES, max_tokens=1500, stream=True
        ) as stream:
            request_id = stream.response.headers["x-request-id"]
            next(iter(stream))
        call = self.estate.console().call(request_id)
        # The engine may have been quicker than the client's farewell.
        self.assertIn(call["row"]["outcome"], ["client_closed", "completed"])
        self.assertGreater(call["row"]["output_tokens"], 0)
        self.assertGreater(call["row"]["charge"], 0)


if __name__ == "__main__":
    unittest.main()
