"""Many clients at once, until told to stop."""

import http.client
import json
import threading
from urllib.parse import urlsplit


class Load:
    """Clients that call as fast as they are answered. What becomes of each call is kept."""

    def __init__(self, url, key, model, clients=32):
        self.address = urlsplit(url).netloc
        self.key = key
        self.model = model
        self.stopping = threading.Event()
        self.lock = threading.Lock()
        # Call ids by what the client saw: a whole answer, a part of one, a refusal.
        self.whole, self.broken, self.refused = [], [], []
        self.errors = 0
        self.threads = [threading.Thread(target=self._client, args=(n,), daemon=True) for n in range(clients)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        for thread in self.threads:
            thread.join(60)

    @property
    def answered(self):
        return len(self.whole)

    def _client(self, number):
        connection = None
        turn = number
        while not self.stopping.is_set():
            turn += 1
            try:
                if connection is None:
                    connection = http.client.HTTPConnection(self.address, timeout=30)
                self._call(connection, turn)
            except (OSError, http.client.HTTPException):
                with self.lock:
                    self.errors += 1
                connection = None
                # The server is away: no need to knock a thousand times a second.
                self.stopping.wait(0.05)

    def _call(self, connection, turn):
        streamed = turn % 2 == 0
        body = {
            "model": self.model,
            "messages": [{"role": "user", "content": f"call number {turn}"}],
            "stream": streamed,
        }
        script = f"chunks={4 + turn % 13};chunk_delay_ms=3" if streamed else f"latency_ms={turn % 40}"
        headers = {
            "authorization": f"Bearer {self.key}",
            "content-type": "application/json",
            "x-simulate": script,
        }
        connection.request("POST", "/v1/chat/completions", json.dumps(body), headers)
        response = connection.getresponse()
        call_id = response.headers["x-request-id"]
        try:
            answer = response.read()
        except (OSError, http.client.HTTPException):
            with self.lock:
                self.broken.append(call_id)
            raise
        complete = b"data: [DONE]" in answer if streamed else answer.endswith(b"}")
        with self.lock:
            if response.status != 200:
                self.refused.append(call_id)
            elif complete:
                self.whole.append(call_id)
            else:
                self.broken.append(call_id)
