"""The official packages, through aliases whose provider speaks another dialect than they do."""

import json

import anthropic
import openai
import pydantic

from support.instance import by_dialect
from support.sdk import ARGUMENTS, CUE, MESSAGES, OPENING, PROMPT, SCHEMA, Sdk

DESCRIPTION = "Tells the weather."
FUNCTION = {"name": "weather", "description": DESCRIPTION, "parameters": SCHEMA, "strict": True}
ASKING = [{"role": "user", "content": CUE}]


class Forecast(pydantic.BaseModel):
    city: str
    days: int


class Translated(Sdk):
    """One server for the three kinds of client."""

    @classmethod
    def setUpClass(cls):
        cls.server, cls.simulator = by_dialect(
            cls, {f"by-{dialect}": (dialect, "") for dialect in ["chat", "responses", "messages"]}
        )
        cls.estate = cls.server.estate()

    def openai(self):
        return openai.OpenAI(api_key=self.key, base_url=f"{self.base_url}/v1", max_retries=0)

    def anthropic(self):
        return anthropic.Anthropic(api_key=self.key, base_url=self.base_url, max_retries=0)

    def each(self, own, check):
        """Checks with every dialect but the client's own, and that this dialect was really spoken."""
        endpoints = {"chat": "chat_completions", "responses": "responses", "messages": "messages"}
        for dialect, endpoint in endpoints.items():
            if dialect == own:
                continue
            with self.subTest(f"{own} by {dialect}"):
                before = len(self.simulator.bills())
                check(f"by-{dialect}")
                spoken = {bill["endpoint"] for bill in self.simulator.bills()[before:]}
                self.assertLessEqual(spoken, {endpoint})

    def test_chats(self):
        def whole(model):
            answer = self.openai().chat.completions.create(
                model=model, messages=[{"role": "system", "content": "Be brief."}, *MESSAGES]
            )
            self.assertIn(OPENING, answer.choices[0].message.content)
            self.assertEqual((answer.model, answer.choices[0].finish_reason), (model, "stop"))
            self.charged(answer._request_id, answer.usage.prompt_tokens, answer.usage.completion_tokens)

        def stream(model):
            options = {"stream_options": {"include_usage": True}}
            with self.openai().chat.completions.stream(model=model, messages=MESSAGES, **options) as events:
                deltas = [event.delta for event in events if event.type == "content.delta"]
                final = events.get_final_completion()
            self.assertGreater(len(deltas), 2)
            self.assertIn(OPENING, final.choices[0].message.content)
            self.assertGreater(final.usage.prompt_tokens, 0)

        def shape(model):
            answer = self.openai().chat.completions.parse(
                model=model, messages=MESSAGES, response_format=Forecast
            )
            self.assertEqual(answer.choices[0].message.parsed.city, ARGUMENTS["city"])

        for check in [whole, stream, shape]:
            self.each("chat", check)

    def test_chats_with_tools(self):
        tools = [{"type": "function", "function": FUNCTION}]

        def round_trip(model):
            ask = self.openai().chat.completions
            first = ask.create(model=model, messages=ASKING, tools=tools).choices[0]
            self.assertEqual(first.finish_reason, "tool_calls")
            [call] = first.message.tool_calls
            self.assertEqual(json.loads(call.function.arguments), ARGUMENTS)
            said = first.message.model_dump(exclude_none=True)
            result = {"role": "tool", "tool_call_id": call.id, "content": "sunny"}
            second = ask.create(model=model, messages=[*ASKING, said, result], tools=tools)
            self.assertIn(OPENING, second.choices[0].message.content)

        def stream(model):
            with self.openai().chat.completions.stream(model=model, messages=ASKING, tools=tools) as events:
                [call] = events.get_final_completion().choices[0].message.tool_calls
            self.assertEqual(call.function.parsed_arguments, ARGUMENTS)

        for check in [round_trip, stream]:
            self.each("chat", check)

    def test_responses(self):
        def whole(model):
            answer = self.openai().responses.create(model=model, input=PROMPT, instructions="Be brief.")
            self.assertIn(OPENING, answer.output_text)
            self.assertEqual((answer.model, answer.status), (model, "completed"))
            self.charged(answer._request_id, answer.usage.input_tokens, answer.usage.output_tokens)

        def stream(model):
            with self.openai().responses.create(model=model, input=PROMPT, stream=True) as events:
                request_id = events.response.headers["x-request-id"]
                events = list(events)
            kinds = [event.type for event in events]
            self.assertEqual(kinds[:2], ["response.created", "response.in_progress"])
            self.assertEqual(kinds[-2:], ["response.output_item.done", "response.completed"], "T28")
            self.assertEqual([event.sequence_number for event in events], list(range(len(events))))
            final = events[-1].response
            self.assertIn(OPENING, final.output_text)
            self.charged(request_id, final.usage.input_tokens, final.usage.output_tokens)

        def shape(model):
            answer = self.openai().responses.parse(model=model, input=PROMPT, text_format=Forecast)
            self.assertEqual(answer.output_parsed.city, ARGUMENTS["city"])

        def reasoning(model):
            asked = {"effort": "medium", "summary": "auto"}
            with self.openai().responses.stream(model=model, input=PROMPT, reasoning=asked) as events:
                final = events.get_final_response()
            self.assertGreater(final.usage.output_tokens_details.reasoning_tokens, 0)
            shown = [item.summary[0].text for item in final.output if item.type == "reasoning"]
            # OpenAI's chats count their reasoning and keep it to themselves.
            self.assertEqual(any(shown), model != "by-chat")

        for check in [whole, stream, shape, reasoning]:
            self.each("responses", check)

    def test_responses_with_tools(self):
        tools = [{"type": "function", **FUNCTION}]

        def round_trip(model):
            ask = self.openai().responses
            with ask.stream(model=model, input=ASKING, tools=tools) as events:
                first = events.get_final_response()
            [call] = [item for item in first.output if item.type == "function_call"]
            self.assertEqual(call.parsed_arguments, ARGUMENTS)
            said = [item.to_dict() for item in first.output]
            for item in said:
                # What the package has added to it.
                item.pop("parsed_arguments", None)
            result = {"type": "function_call_output", "call_id": call.call_id, "output": "sunny"}
            second = ask.create(model=model, input=[*ASKING, *said, result], tools=tools)
            self.assertIn(OPENING, second.output_text)

        def free_text(model):
            tool = {"type": "custom", "name": "patch", "description": "Applies a patch."}
            answer = self.openai().responses.create(model=model, input=CUE, tools=[tool])
            [call] = [item for item in answer.output if item.type == "custom_tool_call"]
            self.assertEqual(call.name, "patch")

        for check in [round_trip, free_text]:
            self.each("responses", check)

    def test_messages(self):
        ask = {"max_tokens": 2048, "messages": MESSAGES}

        def whole(model):
            answer = self.anthropic().messages.create(model=model, system="Be brief.", **ask)
            self.assertIn(OPENING, answer.content[0].text)
            self.assertEqual((answer.model, answer.stop_reason), (model, "end_turn"))
            self.charged(answer._request_id, answer.usage.input_tokens, answer.usage.output_tokens)

        def stream(model):
            events = list(self.anthropic().messages.create(model=model, stream=True, **ask))
            kinds = [event.type for event in events if event.type != "ping"]
            self.assertEqual(kinds[:3], ["message_start", "content_block_start", "content_block_delta"])
            self.assertEqual(kinds[-3:], ["content_block_stop", "message_delta", "message_stop"])
            self.assertGreater(events[0].message.usage.input_tokens, 0, "T27")

        def helper(model):
            with self.anthropic().messages.stream(model=model, **ask) as events:
                text = "".join(events.text_stream)
                final, request_id = events.get_final_message(), events.request_id
            self.assertIn(OPENING, text)
            self.charged(request_id, final.usage.input_tokens, final.usage.output_tokens)

        for check in [whole, stream, helper]:
            self.each("messages", check)

    def test_messages_with_tools_and_thinking(self):
        tools = [{"name": "weather", "description": DESCRIPTION, "input_schema": SCHEMA}]

        def round_trip(model, **more):
            ask = {"model": model, "max_tokens": 2048, "tools": tools} | more
            with self.anthropic().messages.stream(messages=ASKING, **ask) as events:
                first = events.get_final_message()
            self.assertEqual((first.stop_reason, first.content[-1].input), ("tool_use", ARGUMENTS))
            result = {"type": "tool_result", "tool_use_id": first.content[-1].id, "content": "sunny"}
            turns = [{"role": "assistant", "content": first.content}, {"role": "user", "content": [result]}]
            second = self.anthropic().messages.create(messages=[*ASKING, *turns], **ask)
            self.assertIn(OPENING, second.content[-1].text)
            return first

        def thinking(model):
            first = round_trip(model, thinking={"type": "enabled", "budget_tokens": 1024})
            shown = [] if model == "by-chat" else ["thinking"]
            self.assertEqual([block.type for block in first.content], [*shown, "tool_use"])

        for check in [round_trip, thinking]:
            self.each("messages", check)

    def test_what_cannot_be_said_is_refused_with_its_place(self):
        calls = len(self.simulator.bills())
        for model in ["by-chat", "by-messages"]:
            with self.subTest(model), self.assertRaises(openai.BadRequestError) as raised:
                self.openai().responses.create(model=model, input=PROMPT, previous_response_id="resp_1")
            self.assertEqual(raised.exception.param, "previous_response_id")
            self.unsettled(raised.exception.request_id)
        with self.assertRaises(openai.BadRequestError) as raised:
            self.openai().chat.completions.create(model="by-messages", messages=MESSAGES, n=2)
        self.assertEqual(raised.exception.param, "n")
        search = {"type": "web_search_20250305", "name": "web_search"}
        with self.assertRaises(anthropic.BadRequestError) as raised:
            self.anthropic().messages.create(
                model="by-chat", max_tokens=64, messages=MESSAGES, tools=[search]
            )
        self.assertIn("tools[0]", str(raised.exception))
        self.assertEqual(len(self.simulator.bills()), calls, "nothing was sent")

    def test_a_providers_errors_are_of_the_clients_own_classes(self):
        limited = {"extra_headers": {"x-simulate": "status=429"}}
        with self.assertRaises(openai.RateLimitError) as raised:
            self.openai().chat.completions.create(model="by-messages", messages=MESSAGES, **limited)
        self.assertTrue(raised.exception.body["message"])
        with self.assertRaises(openai.RateLimitError):
            self.openai().responses.create(model="by-messages", input=PROMPT, **limited)
        with self.assertRaises(anthropic.RateLimitError) as raised:
            self.anthropic().messages.create(model="by-chat", max_tokens=64, messages=MESSAGES, **limited)
        self.assertEqual(raised.exception.type, "rate_limit_error")

    def test_a_stream_that_fails_says_so_to_each_client(self):
        broken = {"extra_headers": {"x-simulate": "chunks=9;error_after=3"}}
        with self.assertRaises(openai.APIError):
            list(self.openai().chat.completions.create(
                model="by-messages", messages=MESSAGES, stream=True, **broken
            ))
        events = list(self.openai().responses.create(model="by-messages", input=PROMPT, stream=True, **broken))
        self.assertEqual(events[-1].type, "response.failed", "T28")
        with self.assertRaises(anthropic.APIStatusError):
            list(self.anthropic().messages.create(
                model="by-chat", max_tokens=64, messages=MESSAGES, stream=True, **broken
            ))
