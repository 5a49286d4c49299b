"""What a provider gets from us, and what a client gets of its answer. The provider is a plain HTTP server
that knows nothing of the gateway."""

import http.client
import http.server
import json
import threading
import unittest
from urllib.parse import urlsplit

import openai

from support.instance import Server

CREDENTIAL = "the-providers-own-key"
ANSWER = {
    "id": "answer-1",
    "object": "chat.completion",
    "created": 1,
    "model": "gpt-4o-mini-2024-07-18",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "Good."}, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18, "novel_tokens": 3},
    "from_tomorrow": {"kept": [1, "zwei"]},
}


class Provider(http.server.ThreadingHTTPServer):
    """Keeps what it is sent, and answers with the same thing always."""

    daemon_threads = True

    def __init__(self):
        self.seen = []
        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/v1"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.seen.append((self.path, dict(self.headers.items()), body))
        answer = json.dumps(ANSWER).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(answer)))
        self.send_header("x-request-id", "of-the-provider")
        self.send_header("x-ratelimit-remaining-requests", "41")
        self.send_header("openai-organization", "org-of-the-operator")
        self.send_header("set-cookie", "tracking=1")
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


class Passing(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.provider = Provider()
        cls.addClassCleanup(cls.provider.server_close)
        cls.addClassCleanup(cls.provider.shutdown)
        cls.server = Server()
        cls.addClassCleanup(cls.server.remove)
        cls.server.config.write_text(f"""
[[provider]]
slug = "openai"
base_url = "{cls.provider.url}"
private_network = true
credential_file = "{cls.server.credential(CREDENTIAL)}"

[[alias]]
name = "mini"
targets = [{{ provider = "openai", model = "gpt-4o-mini" }}]

[[alias]]
name = "unpriced"
targets = [{{ provider = "openai", model = "a-model-without-a-price" }}]
""")
        cls.server.start()
        cls.estate = cls.server.estate()

    def setUp(self):
        self.provider.seen.clear()

    def post(self, body, key=None):
        connection = http.client.HTTPConnection(urlsplit(self.server.url).netloc, timeout=20)
        headers = {
            "authorization": f"Bearer {key or self.estate.key()}",
            "content-type": "application/json",
            "cookie": "tokenone=stolen",
            "x-forwarded-for": "203.0.113.9",
            "openai-beta": "assistants=v2",
        }
        connection.request("POST", "/v1/chat/completions", body, headers)
        response = connection.getresponse()
        return response, response.read()

    def test_the_callers_bytes_go_upstream_with_only_the_model_replaced(self):
        body = (
            '{ "zeta" : [1.50, 1e3, -0, "\\u00e9\\ud83d\\ude00"],\n "model":"mini" ,'
            '"messages":[{"role":"user","content":"ü\\/"}], "seed":12345678901234567890}'
        )
        response, answer = self.post(body.encode())
        self.assertEqual(response.status, 200, answer)
        [(path, headers, sent)] = self.provider.seen
        self.assertEqual(path, "/v1/chat/completions")
        self.assertEqual(sent.decode(), body.replace('"mini"', '"gpt-4o-mini"'))
        headers = {name.lower(): value for name, value in headers.items()}
        self.assertEqual(headers["authorization"], f"Bearer {CREDENTIAL}")
        self.assertEqual(headers["openai-beta"], "assistants=v2")
        self.assertEqual(headers["x-client-request-id"], response.headers["x-request-id"])
        for name in ["cookie", "x-forwarded-for"]:
            self.assertNotIn(name, headers)

    def test_the_answer_comes_back_as_it_was(self):
        response, answer = self.post(b'{"model":"mini","messages":[{"role":"user","content":"x"}]}')
        self.assertEqual(json.loads(answer), ANSWER)
        self.assertEqual(response.headers["x-ratelimit-remaining-requests"], "41")
        for name in ["set-cookie", "openai-organization"]:
            self.assertIsNone(response.headers[name])
        call = self.estate.console().call(response.headers["x-request-id"])
        self.assertEqual((call["row"]["input_tokens"], call["row"]["output_tokens"]), (11, 7))
        self.assertEqual(call["row"]["model_served"], "gpt-4o-mini-2024-07-18")
        self.assertEqual(call["upstream_request_id"], "of-the-provider")
        self.assertFalse(call["row"]["simulated"])
        # 11 tokens at 0.15 $ and 7 at 0.60 $ a million.
        self.assertEqual(call["cost"], 11 * 150 + 7 * 600)

    def test_the_package_sees_fields_it_does_not_know(self):
        client = openai.OpenAI(api_key=self.estate.key(), base_url=f"{self.server.url}/v1", max_retries=0)
        answer = client.chat.completions.create(
            model="mini", messages=[{"role": "user", "content": "x"}], extra_body={"novel": True}
        )
        self.assertEqual(answer.model_extra["from_tomorrow"], {"kept": [1, "zwei"]})
        self.assertIs(json.loads(self.provider.seen[0][2])["novel"], True)

    def test_a_model_without_a_price_is_not_called(self):
        client = openai.OpenAI(api_key=self.estate.key(), base_url=f"{self.server.url}/v1", max_retries=0)
        with self.assertRaises(openai.PermissionDeniedError) as raised:
            client.chat.completions.create(model="unpriced", messages=[{"role": "user", "content": "x"}])
        self.assertEqual((raised.exception.code, raised.exception.param), ("model_unpriced", "model"))
        self.assertEqual(self.provider.seen, [])

    def test_what_is_refused_never_reaches_the_provider(self):
        for body, status in [
            (b"", 400),
            (b"{", 400),
            (b"\xff\xfe", 400),
            (b"[]", 400),
            (b'{"model":"mini","model":"mini","messages":[{"role":"user","content":"x"}]}', 400),
            (b'{"model":"nobody","messages":[{"role":"user","content":"x"}]}', 404),
            (b'{"model":"mini","messages":"x"}', 400),
            (b" " * (20 * 1024 * 1024 + 1), 413),
        ]:
            with self.subTest(body[:40]):
                response, answer = self.post(body)
                self.assertEqual(response.status, status, answer[:200])
                self.assertIn("message", json.loads(answer)["error"])
        self.assertEqual(self.provider.seen, [])

    def test_a_refusal_is_seen_even_by_a_client_that_first_sends_everything(self):
        body = json.dumps({"model": "mini", "messages": [{"role": "user", "content": "x" * 10_000_000}]})
        response, answer = self.post(body.encode(), key="t1_live_of_somebody_else")
        self.assertEqual(response.status, 401, answer[:200])


if __name__ == "__main__":
    unittest.main()
