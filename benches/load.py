"""The load generator: wrk where it is installed, else autocannon."""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
AUTOCANNON = HERE.parent / "end2end/node_modules/.bin/autocannon"


@dataclass
class Cell:
    """What one target did at one number of connections."""

    calls: int
    seconds: float
    p50_us: float
    p99_us: float
    errors: int

    @property
    def per_second(self):
        return self.calls / self.seconds


def generator():
    return "wrk" if shutil.which("wrk") else "autocannon"


def load(url, headers, body, connections, seconds):
    """Calls as fast as it is answered, over so many connections."""
    headers = headers | {"content-type": "application/json"}
    run = _wrk if generator() == "wrk" else _autocannon
    return run(url, headers, body, connections, seconds)


def _wrk(url, headers, body, connections, seconds):
    lines = "\n".join(f"{name}: {value}" for name, value in headers.items())
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "-s", str(HERE / "chat.lua"), url]
    env = os.environ | {"BENCH_BODY": body, "BENCH_HEADERS": lines}
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=seconds + 60, check=True)
    line = next(line for line in done.stdout.splitlines() if line.startswith("RESULT "))
    calls, micros, p50, p99, refused, broken = map(int, line.split()[1:])
    return Cell(calls, micros / 1e6, p50, p99, refused + broken)


def _autocannon(url, headers, body, connections, seconds):
    command = [str(AUTOCANNON), "-j", "-n", "-m", "POST", "-b", body, "-c", str(connections), "-d", str(seconds)]
    for name, value in headers.items():
        command += ["-H", f"{name}={value}"]
    done = subprocess.run([*command, url], capture_output=True, text=True, timeout=seconds + 60, check=True)
    told = json.loads(done.stdout)
    errors = told["non2xx"] + told["errors"] + told["timeouts"]
    latency = told["latency"]
    return Cell(told["2xx"], told["duration"], latency["p50"] * 1e3, latency["p99"] * 1e3, errors)
