"""A coding agent that somebody else wrote, run as its users run it, and alone: with a home of its own and
no way to learn anything from this machine's."""

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from support.instance import ROOT, by_dialect
from support.sdk import Sdk

MODULES = ROOT / "end2end/node_modules"
RUN_S_MAX = 60


class Agent(Sdk):
    """Tests with a server whose aliases the class names, and a folder for the agent to work in."""

    aliases = {}

    @classmethod
    def setUpClass(cls):
        cls.server, cls.simulator = by_dialect(cls, cls.aliases)
        cls.estate = cls.server.estate()

    def setUp(self):
        self.home = Path(tempfile.mkdtemp(prefix="tokenone-agent-"))
        self.addCleanup(shutil.rmtree, self.home, ignore_errors=True)
        (self.home / "work").mkdir()
        self.before = len(self.simulator.bills())

    def each(self, endpoints):
        """The dialects and the endpoints that they are spoken at; bills count anew for each."""
        for dialect, endpoint in endpoints.items():
            self.before = len(self.simulator.bills())
            yield dialect, endpoint

    def run_program(self, script, *args, **env):
        """Runs a program of an npm package, and gives what it printed and how it ended."""
        return subprocess.run(
            ["node", str(MODULES / script), *args],
            cwd=self.home / "work",
            env={"PATH": os.environ["PATH"], "HOME": str(self.home), "TMPDIR": str(self.home)} | env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=RUN_S_MAX,
        )

    def lines(self, ended):
        """The lines of JSON that it printed."""
        return [json.loads(line) for line in ended.stdout.splitlines() if line.startswith("{")]

    def billed(self, endpoint, calls):
        """Checks that the provider was called so often, in its own dialect, and every call is charged as the
        provider bills it."""
        bills = self.simulator.bills()[self.before :]
        self.assertEqual([bill["endpoint"] for bill in bills], [endpoint] * calls)
        for bill in bills:
            self.charged(bill["x_client_request_id"], bill["prompt_tokens"], bill["completion_tokens"])
        return bills
