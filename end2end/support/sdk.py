"""What every test with a client of a provider's checks of a call."""

import unittest

from support.estate import Estate

PROMPT = "How does a ledger stay balanced?"
MESSAGES = [{"role": "user", "content": PROMPT}]
OPENING = "This is a simulated answer"
# A word of the user's that makes the simulator call the first tool that it is offered.
CUE = "Please call the tool."
SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "days": {"type": "integer", "minimum": 3}},
    "required": ["city", "days"],
    "additionalProperties": False,
}
# What the simulator makes of it.
ARGUMENTS = {"city": "simulated", "days": 3}


class Sdk(unittest.TestCase):
    """Tests against the server that runs already. Those with a server of their own name its estate."""

    estate = None

    @classmethod
    def setUpClass(cls):
        cls.estate = cls.estate or Estate()

    @property
    def key(self):
        return self.estate.key()

    @property
    def base_url(self):
        return self.estate.base_url

    def settled(self, call_id, outcome="completed"):
        """Checks that a call was settled once and its books are balanced."""
        call = self.estate.console().call(call_id)
        self.assertEqual(call["row"]["outcome"], outcome)
        self.assertEqual(call["ledger"]["sum"], 0)
        legs = [(t["kind"], t["leg"]) for t in call["ledger"]["transfers"]]
        self.assertEqual(len(legs), len(set(legs)), "nothing is booked twice")
        return call

    def charged(self, call_id, input_tokens, output_tokens):
        """Checks that a call was settled with the tokens that the client was told."""
        call = self.settled(call_id)
        told = (call["row"]["input_tokens"], call["row"]["output_tokens"], call["row"]["usage"])
        self.assertEqual(told, (input_tokens, output_tokens, "reported"))
        self.assertGreater(call["row"]["charge"], call["cost"], "the tenant pays a markup")
        return call

    def unsettled(self, call_id):
        """Checks that a refused call has a trail and touched no books."""
        call = self.estate.console().call(call_id)
        self.assertEqual(call["row"]["outcome"], "refused")
        self.assertEqual(call["row"]["charge"], 0)
        self.assertEqual(call["ledger"]["transfers"], [])
        return call
