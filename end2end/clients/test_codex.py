"""Codex, unmodified, without its terminal: with a provider of its own dialect and with both others."""

import json

from support.agent import Agent
from support.sdk import ARGUMENTS, OPENING, PROMPT, SCHEMA

ENDPOINTS = {"responses": "responses", "chat": "chat_completions", "messages": "messages"}


class Codex(Agent):
    aliases = {f"gpt-by-{dialect}": (dialect, "") for dialect in ENDPOINTS} | {
        f"gpt-runs-by-{dialect}": (dialect, "tool_call=exec_command") for dialect in ENDPOINTS
    }

    def codex(self, model, *args, key=None):
        """Asks it, and gives the events that it prints."""
        home = self.home / "codex"
        home.mkdir(exist_ok=True)
        (home / "config.toml").write_text(f"""
model = "{model}"
model_provider = "gateway"
sandbox_mode = "read-only"
check_for_update_on_startup = false

[model_providers.gateway]
name = "TokenOne"
base_url = "{self.base_url}/v1"
env_key = "TOKENONE_KEY"
wire_api = "responses"
""")
        ended = self.run_program(
            "@openai/codex/bin/codex.js",
            "exec", "--json", "--skip-git-repo-check", *args,
            CODEX_HOME=str(home),
            TOKENONE_KEY=key or self.key,
        )
        return self.lines(ended) or self.fail(ended.stdout + ended.stderr)

    def items(self, events, kind):
        done = [event["item"] for event in events if event["type"] == "item.completed"]
        return [item for item in done if item["type"] == kind]

    def test_it_answers(self):
        for dialect, endpoint in self.each(ENDPOINTS):
            with self.subTest(dialect):
                events = self.codex(f"gpt-by-{dialect}", PROMPT)
                self.assertEqual(events[-1]["type"], "turn.completed", events)
                [said] = self.items(events, "agent_message")
                self.assertIn(OPENING, said["text"])
                [bill] = self.billed(endpoint, 1)
                usage = events[-1]["usage"]
                told = (usage["input_tokens"], usage["output_tokens"])
                self.assertEqual(told, (bill["prompt_tokens"], bill["completion_tokens"]))

    def test_a_conversation_goes_on(self):
        # Its own earlier answer goes back with it, and the reasoning that was encrypted for its provider.
        for dialect, endpoint in self.each(ENDPOINTS):
            with self.subTest(dialect):
                first = self.codex(f"gpt-by-{dialect}", PROMPT)
                second = self.codex(f"gpt-by-{dialect}", "resume", first[0]["thread_id"], PROMPT)
                self.assertEqual(second[-1]["type"], "turn.completed", second)
                first_bill, second_bill = self.billed(endpoint, 2)
                self.assertGreater(second_bill["prompt_tokens"], first_bill["prompt_tokens"])

    def test_it_is_answered_in_a_shape(self):
        shape = self.home / "shape.json"
        shape.write_text(json.dumps(SCHEMA))
        for dialect in ENDPOINTS:
            with self.subTest(dialect):
                events = self.codex(f"gpt-by-{dialect}", "--output-schema", str(shape), PROMPT)
                [said] = self.items(events, "agent_message")
                self.assertEqual(json.loads(said["text"]), ARGUMENTS)

    def test_it_runs_a_tool_and_goes_on(self):
        for dialect, endpoint in self.each(ENDPOINTS):
            with self.subTest(dialect):
                events = self.codex(f"gpt-runs-by-{dialect}", PROMPT)
                self.assertEqual(events[-1]["type"], "turn.completed", events)
                [run] = self.items(events, "command_execution")
                self.assertIn("simulated", run["command"])
                self.assertEqual(len(self.items(events, "agent_message")), 1)
                self.billed(endpoint, 2)

    def test_it_says_what_we_say_when_it_may_not(self):
        for model, key, word in [("gpt-unknown", None, "gpt-unknown"), ("gpt-by-chat", "t1_live_x", "API key")]:
            with self.subTest(word):
                events = self.codex(model, PROMPT, key=key)
                self.assertEqual(events[-1]["type"], "turn.failed")
                self.assertIn(word, events[-1]["error"]["message"])
        self.billed("none", 0)
