"""What a client is told of a provider that fails again and again."""

import unittest

import openai

from support.instance import beside_simulator

FAILS = {"x-simulate": "status=500"}


class Failing(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server, cls.simulator = beside_simulator(cls, "provider-key-of-the-failing-tests")
        cls.server.start()
        cls.estate = cls.server.estate()

    def test_its_error_is_passed_on_until_it_is_left_alone(self):
        client = openai.OpenAI(api_key=self.estate.key(), base_url=f"{self.server.url}/v1", max_retries=0)
        told = []
        # The fifth opens the circuit: a call counts once, however often it was tried.
        for _ in range(7):
            with self.assertRaises(openai.InternalServerError) as raised:
                client.chat.completions.create(
                    model="elsewhere-small", messages=[{"role": "user", "content": "x"}], extra_headers=FAILS
                )
            error = raised.exception
            told.append((error.status_code, error.code))
            if error.code == "provider_circuit_open":
                self.assertGreater(int(error.response.headers["retry-after"]), 0)
        # The call that opens it still has the provider's answer.
        self.assertEqual(told, sorted(told, key=lambda one: one[0]))
        self.assertEqual(set(told), {(500, None), (503, "provider_circuit_open")})


if __name__ == "__main__":
    unittest.main()
