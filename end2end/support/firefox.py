"""Firefox, spoken to by WebDriver BiDi over its own port: no driver stands between."""

import json
import queue
import re
import shutil
import subprocess
import tempfile
import threading
from pathlib import Path

from websockets.sync.client import connect

from support.instance import wait_for

START_S_MAX = 60
ANSWER_S_MAX = 30
ENTER = "\ue007"
# Nothing but what is tested: no first run, no reports, no experiments from elsewhere.
PREFERENCES = {
    "app.normandy.enabled": False,
    "app.update.disabledForTesting": True,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "http://127.0.0.1:9/",
    "signon.rememberSignons": False,
}


class Firefox:
    """One window with a profile of its own, which is removed in the end."""

    def __init__(self, program):
        self.noise = []
        self.sent = 0
        self.socket = None
        self.profile = Path(tempfile.mkdtemp(prefix="tokenone-firefox-"))
        lines = [f'user_pref("{name}", {json.dumps(value)});' for name, value in PREFERENCES.items()]
        (self.profile / "user.js").write_text("\n".join(lines))
        self.child = subprocess.Popen(
            [program, "--headless", "--no-remote", "--profile", str(self.profile), "--remote-debugging-port=0"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )
        try:
            self.socket = connect(f"{self._address()}/session", max_size=None)
            self.tell("session.new", capabilities={})
            self.tell("session.subscribe", events=["log.entryAdded"])
            self.context = self.tell("browsingContext.getTree")["contexts"][0]["context"]
        except BaseException:
            self.close()
            raise

    def _address(self):
        found = queue.Queue()

        def read():
            # To the end, or the pipe fills up and Firefox stops.
            for line in self.child.stderr:
                if told := re.search(r"BiDi listening on (ws://\S+)", line):
                    found.put(told[1])

        threading.Thread(target=read, daemon=True).start()
        return found.get(timeout=START_S_MAX)

    def tell(self, method, **params):
        """Sends a command and returns its result. What the page complained about meanwhile is kept."""
        self.sent += 1
        self.socket.send(json.dumps({"id": self.sent, "method": method, "params": params}))
        while True:
            answer = json.loads(self.socket.recv(timeout=ANSWER_S_MAX))
            if answer.get("method") == "log.entryAdded" and answer["params"]["level"] in ("error", "warn"):
                self.noise.append(answer["params"]["text"])
            if answer.get("id") == self.sent:
                if answer["type"] == "error":
                    raise RuntimeError(f"{method}: {answer['message']}")
                return answer["result"]

    def open(self, url):
        """Opens a page and waits until scripts have taken over."""
        self.tell("browsingContext.navigate", context=self.context, url=url, wait="complete")
        self.awake()

    def awake(self):
        wait_for("scripts have taken over", lambda: self.ask("document.documentElement.matches('[data-awake]')"))

    def ask(self, expression):
        """What an expression is in the page, where that is a plain value."""
        target = {"context": self.context}
        found = self.tell("script.evaluate", expression=expression, target=target, awaitPromise=True)
        if found["type"] == "exception":
            raise RuntimeError(found["exceptionDetails"]["text"])
        return found["result"].get("value")

    def shows(self, text):
        """Waits until the page says something."""
        wait_for(f"the page says {text!r}", lambda: text in self.ask("document.body.innerText"))

    def fill(self, label, text):
        """Types into the field of a label, in place of what it holds."""
        self.ask(
            f"(() => {{ const label = {json.dumps(label)};"
            " const named = [...document.querySelectorAll('label')].find((it) => it.textContent.trim() === label);"
            " named.control.focus(); named.control.select(); })()"
        )
        self.type(text)

    def type(self, keys):
        strokes = [{"type": stroke, "value": key} for key in keys for stroke in ("keyDown", "keyUp")]
        source = {"type": "key", "id": "keyboard", "actions": strokes}
        self.tell("input.performActions", context=self.context, actions=[source])

    def close(self):
        if self.socket:
            self.socket.close()
        self.child.terminate()
        try:
            self.child.wait(20)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
        self.child.stderr.close()
        shutil.rmtree(self.profile, ignore_errors=True)
