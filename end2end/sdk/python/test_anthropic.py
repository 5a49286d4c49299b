"""Anthropic's official Python package, unmodified, against the gateway."""

import unittest

import anthropic

from support.sdk import ARGUMENTS, CUE, MESSAGES, OPENING, SCHEMA, Sdk

WEATHER = {"name": "weather", "description": "Tells the weather.", "input_schema": SCHEMA}
THINKING = {"type": "enabled", "budget_tokens": 1024}


class Anthropic(Sdk):
    def client(self, **options):
        options.setdefault("api_key", self.key)
        # This package adds /v1 by itself.
        return anthropic.Anthropic(base_url=self.base_url, max_retries=0, **options)

    def say(self, messages=MESSAGES, client=None, **more):
        more = {"model": "sim-small", "max_tokens": 2048} | more
        return (client or self.client()).messages.create(messages=messages, **more)

    def stream(self, messages=MESSAGES, **more):
        return self.client().messages.stream(model="sim-small", max_tokens=2048, messages=messages, **more)


class Messages(Anthropic):
    def test_a_whole_answer(self):
        answer = self.say(system="Be brief.")
        self.assertIn(OPENING, answer.content[0].text)
        self.assertEqual((answer.type, answer.role, answer.stop_reason), ("message", "assistant", "end_turn"))
        self.charged(answer._request_id, answer.usage.input_tokens, answer.usage.output_tokens)

    def test_both_ways_of_showing_a_key(self):
        for client in [
            anthropic.Anthropic(base_url=self.base_url, api_key=self.key, auth_token=None),
            anthropic.Anthropic(base_url=self.base_url, api_key=None, auth_token=self.key),
        ]:
            self.settled(self.say(client=client)._request_id)

    def test_a_stream_has_its_events_in_order(self):
        stream = self.say(stream=True)
        request_id = stream.response.headers["request-id"]
        events = [event for event in stream if event.type != "ping"]
        kinds = [event.type for event in events]
        self.assertEqual(kinds[:3], ["message_start", "content_block_start", "content_block_delta"])
        self.assertEqual(kinds[-3:], ["content_block_stop", "message_delta", "message_stop"])
        self.assertGreater(events[0].message.usage.input_tokens, 0, "T27")
        self.charged(request_id, events[0].message.usage.input_tokens, events[-2].usage.output_tokens)

    def test_the_helper_for_streams_gathers_the_whole_message(self):
        with self.stream() as stream:
            text = "".join(stream.text_stream)
            final = stream.get_final_message()
            request_id = stream.request_id
        self.assertIn(OPENING, text)
        self.assertEqual(final.content[0].text, text)
        self.charged(request_id, final.usage.input_tokens, final.usage.output_tokens)

    def test_a_round_with_a_tool(self):
        asking = [{"role": "user", "content": CUE}]
        first = self.say(asking, tools=[WEATHER])
        self.assertEqual(first.stop_reason, "tool_use")
        [call] = [block for block in first.content if block.type == "tool_use"]
        self.assertEqual((call.name, call.input), ("weather", ARGUMENTS))
        result = {"type": "tool_result", "tool_use_id": call.id, "content": "sunny"}
        turns = [{"role": "assistant", "content": first.content}, {"role": "user", "content": [result]}]
        second = self.say([*asking, *turns], tools=[WEATHER])
        self.assertIn(OPENING, second.content[0].text)
        self.settled(second._request_id)

    def test_a_tool_is_called_in_a_stream(self):
        with self.stream([{"role": "user", "content": CUE}], tools=[WEATHER]) as stream:
            final = stream.get_final_message()
        self.assertEqual((final.stop_reason, final.content[-1].input), ("tool_use", ARGUMENTS))

    def test_thinking_comes_with_its_signature_and_goes_back_with_it(self):
        with self.stream([{"role": "user", "content": CUE}], tools=[WEATHER], thinking=THINKING) as stream:
            first = stream.get_final_message()
        thought, call = first.content
        self.assertEqual((thought.type, call.type), ("thinking", "tool_use"))
        self.assertTrue(thought.signature)
        result = {"type": "tool_result", "tool_use_id": call.id, "content": "sunny"}
        # The simulator refuses thinking that was altered, as Anthropic does.
        second = self.say(
            [
                {"role": "user", "content": CUE},
                {"role": "assistant", "content": first.content},
                {"role": "user", "content": [result]},
            ],
            tools=[WEATHER],
            thinking=THINKING,
        )
        self.assertEqual([block.type for block in second.content], ["thinking", "text"])
        self.charged(second._request_id, second.usage.input_tokens, second.usage.output_tokens)

    def test_what_a_beta_asks_for_is_passed_on(self):
        answer = self.client().beta.messages.create(
            model="sim-small", max_tokens=64, messages=MESSAGES, betas=["a-beta-2026-01-01", "another-2026-02-02"]
        )
        self.assertIn(OPENING, answer.content[0].text)
        self.settled(answer._request_id)

    def test_tokens_are_counted_for_nothing(self):
        raw = self.client().messages.with_raw_response.count_tokens(model="sim-small", messages=MESSAGES)
        self.assertEqual(raw.parse().input_tokens, self.say().usage.input_tokens)
        call = self.estate.console().call(raw.headers["request-id"])
        self.assertEqual(call["row"]["charge"], 0)


class Models(Anthropic):
    def test_models_are_listed_and_shown(self):
        listed = {model.id: model for model in self.client().models.list(limit=1000)}
        self.assertLessEqual({"sim-small", "sim-large"}, set(listed))
        self.assertTrue(listed["sim-small"].display_name)
        self.assertEqual(self.client().models.retrieve("sim-small").id, "sim-small")

    def test_an_unknown_model_is_not_shown(self):
        with self.assertRaises(anthropic.NotFoundError) as raised:
            self.client().models.retrieve("claude-unknown")
        self.assertEqual(raised.exception.type, "not_found_error")


class Errors(Anthropic):
    def test_an_unknown_key(self):
        for options in [{"api_key": "sk-ant-something"}, {"api_key": None, "auth_token": "t1_live_unknown"}]:
            with self.subTest(options), self.assertRaises(anthropic.AuthenticationError) as raised:
                self.say(client=self.client(**options))
            self.assertEqual(raised.exception.type, "authentication_error")

    def test_an_unknown_model(self):
        with self.assertRaises(anthropic.NotFoundError) as raised:
            self.say(model="claude-unknown")
        self.assertEqual(raised.exception.type, "not_found_error")
        self.assertIn("claude-unknown", raised.exception.body["error"]["message"])
        self.unsettled(raised.exception.request_id)

    def test_a_wrong_field_is_named(self):
        for more in [{"messages": []}, {"extra_body": {"stream": "yes"}}, {"extra_body": {"max_tokens": -1}}]:
            with self.subTest(more), self.assertRaises(anthropic.BadRequestError) as raised:
                self.say(**more)
            self.assertEqual(raised.exception.type, "invalid_request_error")
            self.unsettled(raised.exception.request_id)

    def test_a_providers_errors_pass_through(self):
        for status, kind, name in [
            (429, anthropic.RateLimitError, "rate_limit_error"),
            (500, anthropic.InternalServerError, "api_error"),
            (529, anthropic.OverloadedError, "overloaded_error"),
        ]:
            with self.subTest(status), self.assertRaises(kind) as raised:
                self.say(extra_headers={"x-simulate": f"status={status}"})
            self.assertEqual(raised.exception.type, name)
            call = self.settled(raised.exception.request_id, "upstream_error")
            self.assertEqual((call["row"]["status"], call["row"]["charge"]), (status, 0))
            # So that the provider is not left alone, for failing so often on end.
            self.say()

    def test_a_stream_that_breaks_off_says_so(self):
        with self.assertRaises(anthropic.APIStatusError) as raised:
            for _ in self.say(stream=True, extra_headers={"x-simulate": "chunks=9;reset_after=3"}):
                pass
        self.assertEqual(raised.exception.type, "api_error")
        self.say()


if __name__ == "__main__":
    unittest.main()
