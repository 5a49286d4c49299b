"""A server of a test's own: its data, key store, configuration, database and processes."""

import json
import os
import queue
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import psycopg

from support.estate import Estate

ROOT = Path(__file__).resolve().parents[2]
SERVER = os.environ.get("E2E_SERVER", str(ROOT / "target/release/tokenone"))
SIMULATOR = os.environ.get("E2E_SIMULATOR", str(ROOT / "target/debug/tokenone-simulator"))
READY_S_MAX = 60
STOP_S_MAX = 40


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def alive(pid):
    try:
        # A zombie has ended; only its parent has not looked yet.
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def children(pid):
    """A process and everything below it."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text().rpartition(")")[2].split()
                parents[int(entry.name)] = int(stat[1])
            except (FileNotFoundError, ProcessLookupError):
                continue
    found = [pid] if pid in parents else []
    for known in found:
        found += [child for child, parent in parents.items() if parent == known]
    return found


def wait_for(what, condition, timeout_s=15):
    """Waits until a condition holds, and returns what it gave."""
    end = time.monotonic() + timeout_s
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError(f"not within {timeout_s} s: {what}")
        time.sleep(0.05)


class Process:
    """A program that prints a line when it is ready."""

    def __init__(self, command, env, ready, log):
        self.lines = []
        self.found = queue.Queue()
        with open(log, "ab") as errors:
            self.child = subprocess.Popen(
                command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=errors, text=True,
                stdin=subprocess.DEVNULL, start_new_session=True,
            )
        threading.Thread(target=self._read, args=(ready,), daemon=True).start()
        try:
            self.url = self.found.get(timeout=READY_S_MAX)
        except queue.Empty:
            self.url = None
        if self.url is None:
            self.child.kill()
            code = self.child.wait()
            raise RuntimeError(f"{command[0]} ended with {code}: {Path(log).read_text()[-2000:]}")

    def _read(self, ready):
        for line in self.child.stdout:
            self.lines.append(line.rstrip("\n"))
            if line.startswith(ready):
                self.found.put(line.split()[2])
        self.found.put(None)

    def end(self, how=signal.SIGTERM, timeout_s=STOP_S_MAX):
        """Sends a signal, waits, and returns the exit code."""
        self.child.send_signal(how)
        try:
            return self.child.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
            raise


class Simulator:
    """The stand-alone simulator, which keeps a log of what it would bill."""

    def __init__(self, folder, key=None):
        self.log = Path(folder) / "bills.jsonl"
        env = {"PATH": os.environ["PATH"]}
        if key:
            env["TOKENONE_SIMULATOR_KEY"] = key
        command = [SIMULATOR, "--listen", "127.0.0.1:0", "--log", str(self.log)]
        self.process = Process(command, env, "tokenone-simulator ready", Path(folder) / "simulator.log")
        self.url = self.process.url

    def bills(self):
        """What it has written down so far, in order."""
        text = self.log.read_text() if self.log.exists() else ""
        return [json.loads(line) for line in text.splitlines()]

    def stop(self):
        self.process.end(signal.SIGINT)


class Server:
    """A TokenOne with everything that belongs to it, in a folder that is removed in the end."""

    def __init__(self, config="", args=("serve",), log_filter="info"):
        self.folder = Path(tempfile.mkdtemp(prefix="tokenone-e2e-"))
        # PostgreSQL may run as another user, who has to reach its data.
        self.folder.chmod(0o711)
        (self.folder / "keys").mkdir(mode=0o700)
        self.data = self.folder / "data"
        self.config = self.folder / "tokenone.toml"
        self.config.write_text(config)
        self.log = self.folder / "server.log"
        self.args = list(args)
        self.metrics = f"127.0.0.1:{free_port()}"
        self.process = None
        self.log_filter = log_filter

    def env(self, **more):
        env = {name: os.environ[name] for name in ("PATH", "HOME", "TOKENONE_POSTGRES_BIN") if name in os.environ}
        return env | {
            "TOKENONE_CONFIG": str(self.config),
            "TOKENONE_LISTEN": "127.0.0.1:0",
            "TOKENONE_SERVER_METRICS_LISTEN": self.metrics,
            "TOKENONE_DATA": str(self.data),
            "TOKENONE_KEYSTORE": str(self.folder / "keys" / "keystore"),
            "TOKENONE_LOG": self.log_filter,
        } | more

    @property
    def running(self):
        return self.process is not None and self.process.child.poll() is None

    def start(self):
        """Starts it where it does not run, and returns the seconds until it was ready."""
        if self.running:
            return 0.0
        began = time.monotonic()
        self.process = Process([SERVER, *self.args], self.env(), "tokenone ready", self.log)
        return time.monotonic() - began

    def command(self, *args, **env):
        """Runs another command of the program with the same surroundings."""
        return subprocess.run(
            [SERVER, *args], cwd=ROOT, env=self.env(**env), capture_output=True, text=True, timeout=60
        )

    def credential(self, secret):
        """A provider's key in a file of its own, readable by us only, as the server wants it."""
        file = self.folder / "credential"
        file.write_text(secret + "\n")
        file.chmod(0o600)
        return file

    @property
    def url(self):
        return self.process.url

    def estate(self):
        return Estate(self.url, self.data)

    def postmaster(self):
        return int((self.data / "postgres/pg/cluster/postmaster.pid").read_text().split("\n")[0])

    def processes(self):
        """The server, its database, and everything below them."""
        return children(self.process.child.pid) + children(self.postmaster())

    def kill_everything(self):
        """What a power cut does: nobody may clean up."""
        pids = self.processes()
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process.child.wait()
        wait_for("everything has ended", lambda: not any(alive(pid) for pid in pids))

    def database(self):
        """The embedded database, as its superuser."""
        home = self.data / "postgres/pg"
        return psycopg.connect(
            host="127.0.0.1",
            port=int((home / "port").read_text()),
            user="postgres",
            password=(home / "superuser.password").read_text().strip(),
            dbname="postgres",
            autocommit=True,
        )

    def remove(self):
        try:
            if self.running:
                self.process.end()
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)


def beside_simulator(test, credential, **options):
    """A server, not started yet, and the stand-alone simulator that answers its alias `elsewhere-small`. Both
    end with the class of tests."""
    server = Server(**options)
    test.addClassCleanup(server.remove)
    simulator = Simulator(server.folder, credential)
    test.addClassCleanup(simulator.stop)
    server.config.write_text(f"""
[[provider]]
slug = "elsewhere"
name = "A simulator elsewhere"
base_url = "{simulator.url}/v1"
private_network = true
on_hangup = "drain"
credential_file = "{server.credential(credential)}"

[[alias]]
name = "elsewhere-small"
targets = [{{ provider = "elsewhere", model = "sim-small", price_provider = "simulator" }}]
""")
    return server, simulator


def by_dialect(test, aliases):
    """A server, started, and the stand-alone simulator behind three providers, each of which serves one
    dialect only. An alias is given as its dialect and what the simulator is to do, `""` for nothing special.
    Both end with the class of tests."""
    server = Server()
    test.addClassCleanup(server.remove)
    simulator = Simulator(server.folder, "the-key-of-all-three")
    test.addClassCleanup(simulator.stop)
    credential = server.credential("the-key-of-all-three")
    parts = [
        f"""
[[provider]]
slug = "{dialect}-only"
kind = "{kind}"
surfaces = ["{dialect}"]
base_url = "{simulator.url}/v1"
private_network = true
on_hangup = "drain"
credential_file = "{credential}"
"""
        for dialect, kind in [("chat", "compatible"), ("responses", "openai"), ("messages", "anthropic")]
    ]
    for name, (dialect, script) in aliases.items():
        model = f"sim-small+fault={script}" if script else "sim-small"
        price = 'price_provider = "simulator", price_model = "sim-small"'
        parts.append(f"""
[[alias]]
name = "{name}"
targets = [{{ provider = "{dialect}-only", model = "{model}", {price} }}]
""")
    server.config.write_text("".join(parts))
    server.start()
    return server, simulator
