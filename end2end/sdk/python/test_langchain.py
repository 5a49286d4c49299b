"""LangChain's two packages, which many programs stand on, against the gateway."""

import unittest

from langchain_anthropic import ChatAnthropic
from langchain_core.messages import HumanMessage, ToolMessage
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI, OpenAIEmbeddings

from support.sdk import CUE, OPENING, PROMPT, Sdk


@tool
def weather(city: str) -> str:
    """Tells the weather of a city."""
    return f"It is sunny in {city}."


class LangChain(Sdk):
    def models(self):
        """The same model, by each of the dialects that LangChain speaks."""
        openai = {"base_url": f"{self.base_url}/v1", "api_key": self.key, "max_retries": 0, "model": "sim-small"}
        return {
            "chat": ChatOpenAI(use_responses_api=False, stream_usage=True, **openai),
            "responses": ChatOpenAI(use_responses_api=True, **openai),
            "messages": ChatAnthropic(
                model="sim-small", base_url=self.base_url, api_key=self.key, max_retries=0, max_tokens=512
            ),
        }

    def each(self, check):
        for dialect, model in self.models().items():
            with self.subTest(dialect):
                check(model)

    def test_a_whole_answer(self):
        def check(model):
            answer = model.invoke(PROMPT)
            self.assertIn(OPENING, answer.text)
            self.assertGreater(answer.usage_metadata["output_tokens"], 0)

        self.each(check)

    def test_a_stream(self):
        def check(model):
            chunks = list(model.stream(PROMPT))
            self.assertGreater(len(chunks), 2)
            whole = sum(chunks[1:], chunks[0])
            self.assertIn(OPENING, whole.text)
            self.assertGreater(whole.usage_metadata["input_tokens"], 0)

        self.each(check)

    def test_a_round_with_a_tool(self):
        def check(model):
            able = model.bind_tools([weather])
            asked = able.invoke([HumanMessage(CUE)])
            [call] = asked.tool_calls
            self.assertEqual((call["name"], call["args"]), ("weather", {"city": "simulated"}))
            result = weather.invoke(call)
            self.assertIsInstance(result, ToolMessage)
            self.assertIn(OPENING, able.invoke([HumanMessage(CUE), asked, result]).text)

        self.each(check)

    def test_a_tool_is_called_in_a_stream(self):
        def check(model):
            chunks = list(model.bind_tools([weather]).stream(CUE))
            [call] = sum(chunks[1:], chunks[0]).tool_calls
            self.assertEqual(call["args"], {"city": "simulated"})

        self.each(check)

    def test_a_shape_is_kept_to(self):
        def check(model):
            shape = {"title": "forecast", "description": "A forecast.", "type": "object"}
            shape |= {"properties": {"city": {"type": "string"}}, "required": ["city"]}
            self.assertEqual(model.with_structured_output(shape).invoke(PROMPT), {"city": "simulated"})

        self.each(check)

    def test_embeddings(self):
        makes = OpenAIEmbeddings(
            model="sim-embed",
            base_url=f"{self.base_url}/v1",
            api_key=self.key,
            # Its tokenizer would be fetched from elsewhere.
            check_embedding_ctx_length=False,
        )
        self.assertEqual(len(makes.embed_documents(["one", "two"])), 2)


if __name__ == "__main__":
    unittest.main()
