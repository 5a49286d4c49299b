"""The same request, on the same machine, in one run: direct, through TokenOne, through peers.

Nothing is asserted: numbers depend on the machine. What was measured is reconciled with the books, so that
no call counts as fast that was not kept.
"""

import argparse
import json
import os
import platform
import statistics
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "end2end"))

from load import generator, load  # noqa: E402
import streams  # noqa: E402
from support.instance import Simulator  # noqa: E402
from targets import Direct, LiteLLM, Portkey, TokenOne  # noqa: E402

CONNECTIONS = [1, 64]
WARM_UP_S = 2
COMMITS = 200
COMMIT_BYTES = 8192


def commit_ms(folder):
    """The median time in which this disk makes eight kilobytes durable."""
    times = []
    with tempfile.TemporaryFile(dir=folder) as file:
        for _ in range(COMMITS):
            began = time.perf_counter()
            file.write(b"\0" * COMMIT_BYTES)
            file.flush()
            os.fdatasync(file.fileno())
            times.append((time.perf_counter() - began) * 1e3)
    return statistics.median(times)


def body(target):
    return json.dumps({
        "model": getattr(target, "model", "sim-small"),
        "messages": [
            {"role": "system", "content": "You are a helpful assistant."},
            {"role": "user", "content": "How does a ledger stay balanced? " * 8},
        ],
        "max_tokens": 64,
    })


def measure(kind, simulator, work, seconds):
    """A target at every level; what it holds in memory; and what else is to be said of it."""
    target = kind(simulator, work)
    try:
        cells, notes = {}, []
        for connections in CONNECTIONS:
            load(target.url, target.headers, body(target), connections, WARM_UP_S)
            cells[connections] = load(target.url, target.headers, body(target), connections, seconds)
        megabytes = target.megabytes()
        flows = None
        try:
            flows = streams.streams(target)
        except AssertionError as error:
            notes.append(f"{target.name}, streams: {error}.")
        if isinstance(target, TokenOne):
            notes.append(f"PostgreSQL beside it: {target.database_megabytes():.0f} MB (shared pages once).")
            held, settled, opened, unbalanced = target.books()
            notes.append(
                f"Reconciled afterwards: {held} calls held, {settled} settled, {opened} open, {unbalanced} unbalanced."
            )
        return cells, megabytes, notes, flows
    finally:
        target.stop()


def table(results, direct):
    heads = ["", "connections", "calls/s", "p50 ms", "p99 ms", "added p50 ms", "added p99 ms", "of direct", "errors", "RSS MB"]
    rows = [heads]
    for connections in CONNECTIONS:
        base = direct[connections]
        for name, (cells, megabytes, _, _) in results.items():
            cell = cells[connections]
            rows.append([
                name, str(connections), f"{cell.per_second:,.0f}", f"{cell.p50_us / 1e3:.2f}", f"{cell.p99_us / 1e3:.2f}",
                f"{(cell.p50_us - base.p50_us) / 1e3:.2f}", f"{(cell.p99_us - base.p99_us) / 1e3:.2f}",
                f"{cell.per_second / base.per_second:.3f}", str(cell.errors), f"{megabytes:.0f}",
            ])
    widths = [max(len(row[column]) for row in rows) for column in range(len(heads))]
    align = lambda row: "| " + " | ".join(  # noqa: E731
        text.ljust(width) if column == 0 else text.rjust(width)
        for column, (text, width) in enumerate(zip(row, widths))
    ) + " |"
    ruler = "|" + "|".join("-" * (w + 2) if c == 0 else "-" * (w + 1) + ":" for c, w in enumerate(widths)) + "|"
    return "\n".join([align(rows[0]), ruler, *map(align, rows[1:])])


def versions(results):
    pinned = {
        "LiteLLM": (HERE / "requirements.txt").read_text().split("==")[-1].strip(),
        "Portkey gateway": json.loads((HERE / "package.json").read_text())["dependencies"]["@portkey-ai/gateway"],
    }
    return "; ".join(f"{name} {version}" for name, version in pinned.items() if name in results)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=10, help="length of each measurement")
    parser.add_argument("--without-peers", action="store_true", help="only direct and TokenOne")
    parser.add_argument("--record", action="store_true", help="write benches/RESULTS.md")
    options = parser.parse_args()
    kinds = [Direct, TokenOne]
    if not options.without_peers:
        for peer in [Portkey, LiteLLM]:
            if peer.installed.exists():
                kinds.append(peer)
            else:
                print(f"bench: {peer.name} is not installed and is left out", file=sys.stderr)

    results, notes = {}, []
    with tempfile.TemporaryDirectory(prefix="tokenone-bench-") as folder:
        work = Path(folder)
        disk = commit_ms(work)
        for kind in kinds:
            print(f"bench: {kind.name}", file=sys.stderr)
            # Each has a simulator of its own, so that none finds a warmer one.
            simulator = Simulator(work)
            try:
                results[kind.name] = measure(kind, simulator, work, options.seconds)
                notes += results[kind.name][2]
            except AssertionError as error:
                notes.append(f"{kind.name} is left out: {error}.")
            finally:
                simulator.stop()
    lines = [
        f"{os.cpu_count()} cores ({platform.machine()}) shared by gateway, database, simulator and load generator "
        f"({generator()}); {options.seconds} s a cell.",
        f"This disk makes {COMMIT_BYTES // 1024} kB durable in {disk:.2f} ms (median of {COMMITS}).",
        "TokenOne holds and settles every call durably and keeps prompts sealed; peers run without a database and keep nothing.",
        *([f"Peers: {versions(results)}."] if versions(results) else []),
        *notes,
    ]
    flows = {name: flows for name, (_, _, _, flows) in results.items() if flows}
    told = table(results, results[Direct.name][0]) + "\n\n"
    if Direct.name in flows:
        told += streams.table(flows, flows[Direct.name]) + "\n\n"
    told += "\n".join(f"- {line}" for line in lines) + "\n"
    print(told)
    if options.record:
        (HERE / "RESULTS.md").write_text(f"# Measured {time.strftime('%Y-%m-%d', time.gmtime())}\n\n{told}")


main()
