"""Long streams and many of them: what a chunk costs on its way through, and what an open stream holds."""

import asyncio
import json
import statistics
import time
import urllib.parse
from dataclasses import dataclass

CHUNKS = 2_000
REQUEST_BYTES = 200_000
RUNS = 7
OPEN = 1_000
OPEN_CHUNKS = 60
OPEN_CHUNK_DELAY_MS = 500


@dataclass
class Streams:
    """What one target did with them."""

    request_ms: float
    chunk_us: float
    open_kb: float


def request(url, headers, body):
    parts = urllib.parse.urlsplit(url)
    fields = {"host": parts.netloc, "content-type": "application/json", "content-length": str(len(body)), "connection": "close"}
    lines = "".join(f"{name}: {value}\r\n" for name, value in (headers | fields).items())
    return parts.hostname, parts.port, f"POST {parts.path} HTTP/1.1\r\n{lines}\r\n".encode() + body


def body(model, prompt_bytes, script):
    return json.dumps({
        "model": f"{model}",
        "messages": [{"role": "user", "content": "x " * (prompt_bytes // 2)}],
        "stream": True,
    }).encode(), {"x-simulate": script}


async def once(url, headers, payload):
    """Seconds to the first byte of the answer, and from there to the last."""
    host, port, head = request(url, headers, payload)
    reader, writer = await asyncio.open_connection(host, port, limit=1 << 20)
    began = time.perf_counter()
    writer.write(head)
    first = await reader.read(65_536)
    assert first.startswith(b"HTTP/1.1 200"), first[:300]
    at_first = time.perf_counter()
    pieces = [first]
    while piece := await reader.read(65_536):
        pieces.append(piece)
    ended = time.perf_counter()
    writer.close()
    events = b"".join(pieces).count(b"data: {")
    assert events >= CHUNKS * 0.9, f"{events} events came"
    return at_first - began, ended - at_first


async def long(url, headers, model):
    payload, script = body(model, REQUEST_BYTES, f"chunks={CHUNKS}")
    runs = [await once(url, headers | script, payload) for _ in range(RUNS)]
    return statistics.median(first for first, _ in runs), statistics.median(rest for _, rest in runs)


async def hold(url, headers, payload, begun):
    host, port, head = request(url, headers, payload)
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(head)
    first = await reader.read(4_096)
    assert first.startswith(b"HTTP/1.1 200"), first[:300]
    begun.append(1)
    while await reader.read(4_096):
        pass
    writer.close()


async def many(url, headers, model, megabytes):
    """What each of a thousand open streams adds to the memory, in kB."""
    payload, script = body(model, 200, f"chunks={OPEN_CHUNKS};chunk_delay_ms={OPEN_CHUNK_DELAY_MS}")
    before = megabytes()
    begun = []
    tasks = []
    for index in range(OPEN):
        tasks.append(asyncio.create_task(hold(url, headers | script, payload, begun)))
        if index % 50 == 49:
            await asyncio.sleep(0.05)
    for _ in range(300):
        if len(begun) == OPEN or any(task.done() for task in tasks):
            break
        await asyncio.sleep(0.05)
    assert len(begun) == OPEN, f"{len(begun)} of {OPEN} streams are open"
    await asyncio.sleep(2)
    during = megabytes()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return (during - before) * 1024 / OPEN


def streams(target):
    model = getattr(target, "model", "sim-small")
    first, rest = asyncio.run(long(target.url, target.headers, model))
    kilobytes = asyncio.run(many(target.url, target.headers, model, target.megabytes))
    return Streams(first * 1e3, rest / CHUNKS * 1e6, kilobytes)


def table(results, direct):
    lines = [
        f"| {REQUEST_BYTES // 1000} kB in, {CHUNKS:,} chunks out | first byte ms | added ms | µs a chunk | added µs a chunk | kB an open stream |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for name, one in results.items():
        lines.append(
            f"| {name} | {one.request_ms:.2f} | {one.request_ms - direct.request_ms:.2f} | {one.chunk_us:.1f} "
            f"| {one.chunk_us - direct.chunk_us:.1f} | {one.open_kb:.0f} |"
        )
    return "\n".join(lines)
