"""Claude Code, unmodified, in print mode: with a provider of its own dialect and with both others."""

from support.agent import Agent
from support.sdk import OPENING, PROMPT

ENDPOINTS = {"messages": "messages", "chat": "chat_completions", "responses": "responses"}


class ClaudeCode(Agent):
    aliases = {
        f"claude-{what}by-{dialect}": (dialect, script)
        for what, script in [("", ""), ("plain-", ""), ("reads-", "tool_call=Read")]
        for dialect in ENDPOINTS
    }

    def claude(self, model, *args, key=None, **env):
        """Asks it, and gives the result that it prints."""
        env |= {
            "ANTHROPIC_BASE_URL": self.base_url,
            "ANTHROPIC_AUTH_TOKEN": key or self.key,
            "ANTHROPIC_MODEL": model,
            "ANTHROPIC_SMALL_FAST_MODEL": model,
            "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
            "DISABLE_AUTOUPDATER": "1",
            "DISABLE_TELEMETRY": "1",
        }
        # The wrapper finds the program of this platform without the package's install script.
        ended = self.run_program(
            "@anthropic-ai/claude-code/cli-wrapper.cjs",
            "-p", PROMPT, "--output-format", "json", "--allowedTools", "Read", *args,
            **env,
        )
        [result] = self.lines(ended) or self.fail(ended.stdout + ended.stderr)
        return result

    def test_it_answers(self):
        for dialect, endpoint in self.each(ENDPOINTS):
            with self.subTest(dialect):
                result = self.claude(f"claude-by-{dialect}")
                self.assertFalse(result["is_error"], result)
                self.assertIn(OPENING, result["result"])
                [bill] = self.billed(endpoint, 1)
                told = (result["usage"]["input_tokens"], result["usage"]["output_tokens"])
                self.assertEqual(told, (bill["prompt_tokens"], bill["completion_tokens"]))

    def test_nothing_is_refused_whether_it_searches_for_tools_or_not(self):
        for dialect, endpoint in self.each(ENDPOINTS):
            with self.subTest(dialect):
                for search in ["true", "false"]:
                    result = self.claude(f"claude-plain-by-{dialect}", ENABLE_TOOL_SEARCH=search)
                    self.assertFalse(result["is_error"], result)
                self.billed(endpoint, 2)
                with self.server.database() as database:
                    calls = database.execute(
                        "select outcome from app.call where alias = %s", (f"claude-plain-by-{dialect}",)
                    )
                    self.assertEqual(calls.fetchall(), [("completed",)] * 2)

    def test_a_conversation_goes_on(self):
        # Its own earlier answer goes back with it, and what that thought.
        for dialect, endpoint in self.each(ENDPOINTS):
            with self.subTest(dialect):
                first = self.claude(f"claude-by-{dialect}")
                second = self.claude(f"claude-by-{dialect}", "--resume", first["session_id"])
                self.assertFalse(second["is_error"], second)
                first_bill, second_bill = self.billed(endpoint, 2)
                self.assertGreater(second_bill["prompt_tokens"], first_bill["prompt_tokens"])

    def test_it_runs_a_tool_and_goes_on(self):
        # The simulator makes up the name of what is to be read.
        (self.home / "work" / "simulated").write_text("A page that is there.\n" * 40)
        for dialect, endpoint in self.each(ENDPOINTS):
            with self.subTest(dialect):
                result = self.claude(f"claude-reads-by-{dialect}")
                self.assertFalse(result["is_error"], result)
                self.assertEqual(result["num_turns"], 2)
                self.assertIn(OPENING, result["result"])
                self.billed(endpoint, 2)

    def test_it_says_what_we_say_when_it_may_not(self):
        for model, key, status in [("claude-unknown", None, 404), ("claude-by-chat", "t1_live_x", 401)]:
            with self.subTest(status):
                result = self.claude(model, key=key)
                self.assertTrue(result["is_error"])
                self.assertEqual(result["api_error_status"], status)
        self.billed("none", 0)
