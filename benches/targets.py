"""Who is measured: the simulator itself, TokenOne in front of it, and peers in front of it."""

import json
import os
import signal
import subprocess
import urllib.error
import urllib.request
from pathlib import Path

from support.instance import Server, children, free_port, wait_for

HERE = Path(__file__).resolve().parent
STARTS_S_MAX = 120


def memory(pids, field):
    """Kilobytes of some processes: `Rss` of each, or `Pss`, which counts shared pages once."""
    total = 0
    for pid in pids:
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith(f"{field}:"))
    return total


class Direct:
    """The simulator without anything in front."""

    name = "direct to the simulator"

    def __init__(self, simulator, _work):
        self.url = f"{simulator.url}/v1/chat/completions"
        self.headers = {"authorization": "Bearer any"}
        self.pids = [simulator.process.child.pid]

    def megabytes(self):
        return memory(self.pids, "Rss") / 1024

    def stop(self):
        pass


class TokenOne:
    """This project, with durable holds, settlement and sealed prompts."""

    name = "TokenOne"

    def __init__(self, simulator, _work):
        self.server = Server(log_filter="warn")
        credential = self.server.folder / "credential"
        credential.write_text("any")
        credential.chmod(0o600)
        self.server.config.write_text(f"""
[[provider]]
slug = "bench"
base_url = "{simulator.url}/v1"
private_network = true
credential_file = "{credential}"

[[alias]]
name = "bench-small"
targets = [{{ provider = "bench", model = "sim-small", price_provider = "simulator" }}]
""")
        self.server.start()
        self.url = f"{self.server.url}/v1/chat/completions"
        self.model = "bench-small"
        self.headers = {"authorization": f"Bearer {self.server.estate().key()}"}

    def megabytes(self):
        return memory([self.server.process.child.pid], "Rss") / 1024

    def database_megabytes(self):
        return memory(children(self.server.postmaster()), "Pss") / 1024

    def books(self):
        """Calls held, settled and open, once nothing is in flight."""
        def quiet():
            with urllib.request.urlopen(f"http://{self.server.metrics}/metrics", timeout=5) as answer:
                return "\ntokenone_calls_in_flight 0\n" in answer.read().decode()

        wait_for("nothing is in flight", quiet, 60)
        wait_for("everything is settled", lambda: self._count()[2] == 0, 60)
        return self._count()

    def _count(self):
        with self.server.database() as database:
            [row] = database.execute(
                "select count(*) filter (where step = 0), count(*) filter (where step > 0 and leg = 0)"
                " from app.transfer t join app.call c on c.tenant_id = t.tenant_id and c.id = t.call_id"
                " where c.provider = 'bench'"
            ).fetchall()
            [(unbalanced,)] = database.execute(
                "select count(*) from (select from app.entry group by call_id having sum(amount) <> 0) e"
            ).fetchall()
            [(opened,)] = database.execute(
                "select count(*) from app.transfer h where h.step = 0 and not exists (select from app.transfer r"
                " where r.tenant_id = h.tenant_id and r.call_id = h.call_id and r.step > 0)"
            ).fetchall()
        return row[0], row[1], opened, unbalanced

    def stop(self):
        self.server.remove()


class Peer:
    """Somebody else's gateway, as its registry has it."""

    model = "sim-small"

    def start(self, command, env, work, path="/v1/chat/completions"):
        with open(work / f"{type(self).__name__}.log", "wb") as log:
            self.child = subprocess.Popen(
                command, env={"PATH": os.environ["PATH"], "HOME": str(work)} | env, cwd=work,
                stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True,
            )
        self.url = f"http://127.0.0.1:{self.port}{path}"
        try:
            wait_for(f"{self.name} answers", self._answers, STARTS_S_MAX)
        except AssertionError:
            self.stop()
            raise

    def _answers(self):
        if self.child.poll() is not None:
            raise AssertionError(f"{self.name} ended with {self.child.returncode}")
        body = json.dumps({"model": self.model, "messages": [{"role": "user", "content": "Hello"}]})
        headers = self.headers | {"content-type": "application/json"}
        try:
            with urllib.request.urlopen(urllib.request.Request(self.url, body.encode(), headers), timeout=10) as answer:
                return b"simulated" in answer.read()
        except (OSError, urllib.error.HTTPError):
            return False

    def megabytes(self):
        return memory(children(self.child.pid), "Rss") / 1024

    def stop(self):
        # Its own process group: nothing of it stays behind.
        try:
            os.killpg(self.child.pid, signal.SIGTERM)
            self.child.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self.child.pid, signal.SIGKILL)
            self.child.wait()
        except ProcessLookupError:
            pass


class Portkey(Peer):
    """No database, nothing is kept."""

    name = "Portkey gateway"
    installed = HERE / "node_modules/@portkey-ai/gateway/build/start-server.js"

    def __init__(self, simulator, work):
        self.port = free_port()
        self.headers = {
            "authorization": "Bearer any",
            "x-portkey-provider": "openai",
            "x-portkey-custom-host": f"{simulator.url}/v1",
        }
        command = ["node", str(self.installed), f"--port={self.port}", "--headless"]
        self.start(command, {"NODE_ENV": "production", "TRUSTED_CUSTOM_HOSTS": "127.0.0.1,localhost"}, work)


class LiteLLM(Peer):
    """No database, nothing is kept; one worker, its default."""

    name = "LiteLLM"
    installed = HERE / ".venv/bin/litellm"

    def __init__(self, simulator, work):
        self.port = free_port()
        self.headers = {"authorization": "Bearer sk-bench"}
        config = work / "litellm.yaml"
        config.write_text(f"""
model_list:
  - model_name: sim-small
    litellm_params:
      model: openai/sim-small
      api_base: {simulator.url}/v1
      api_key: any
general_settings:
  master_key: sk-bench

""")
        command = [str(self.installed), "--config", str(config), "--host", "127.0.0.1", "--port", str(self.port)]
        self.start(command, {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_LOG": "ERROR"}, work)
