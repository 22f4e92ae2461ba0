"""The service under load: python -m tests.benchmarks.service [--seconds 60] [--connections 50]

The service runs in a process of its own over the shipped shelf, on loopback, without a rate limit; so many connections
each send the next question as soon as the last is answered, to /search, to /v1/chat/completions and to MCP in turn.
Printed: answers by status, how many a second, p50 and p95, the processor time the service needed for one, its memory
at a sixth of the time and at the end. Then the same with the default rate, beyond which all have to be 429.
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from northbrief.corpus.shelf import load_shelf
from northbrief.index import Index
from northbrief.index.encoder import load_encoder
from northbrief.ui.settings import Settings

from ..serving import Program

QUESTIONS = [
    "What did the Singapore statement promise?",
    "How did trade with China change after 2020?",
    "Who signed the treaty with Russia, and when?",
    "What is byungjin?",
    "북한의 핵무력 법제화는 언제였나?",
    "Which nuclear tests were held between 2006 and 2017?",
    "Write a poem about my cat and a pizza.",
]


HEAD = """| | answers by status | a second | p50 / p95 ms | processor ms an answer | MB early / at the end |
|---|---|---|---|---|---|"""


@dataclass(slots=True)
class Load:
    """What came back: seconds of each answer, and how many of each status."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)


def asked(kind: str, question: str) -> tuple[str, dict[str, Any]]:
    """The path and the body that put the question."""
    if kind == "search":
        return "/search", {"question": question}
    if kind == "v1":
        return "/v1/chat/completions", {"messages": [{"role": "user", "content": question}], "stream": True}
    call = {"name": "search_briefs", "arguments": {"question": question}}
    return "/mcp", {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}


async def loaded(address: str, kind: str, connections: int, until: float) -> Load:
    """Ask over so many connections until the time is up."""
    load = Load()
    headers = {"Accept": "application/json, text/event-stream"}
    limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)

    async def one(client: httpx.AsyncClient, start: int) -> None:
        questions = cycle(QUESTIONS[start % len(QUESTIONS) :] + QUESTIONS[: start % len(QUESTIONS)])
        while time.monotonic() < until:
            path, body = asked(kind, next(questions))
            began = time.perf_counter()
            response = await client.post(path, json=body)
            load.statuses[response.status_code] += 1
            if response.status_code == 200:
                load.seconds.append(time.perf_counter() - began)
                assert b'"isError":true' not in response.content, response.text
            else:
                await asyncio.sleep(0.2)

    async with httpx.AsyncClient(base_url=address, headers=headers, limits=limits, timeout=120) as client:
        await asyncio.gather(*(one(client, number) for number in range(connections)))
    return load


def memory(pid: int) -> float:
    """Megabytes that the process holds."""
    lines = Path(f"/proc/{pid}/status").read_text("utf-8").splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024


def worked(pid: int) -> float:
    """Seconds of processor time that the process has used: what a busy machine does not change much."""
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def measured(program: Program, kind: str, connections: int, seconds: float) -> tuple[Load, float, float, float]:
    """The load, the memory at a sixth of the time and at the end, and the processor seconds it took."""
    before = worked(program.process.pid)
    task = asyncio.create_task(loaded(program.address, kind, connections, time.monotonic() + seconds))
    await asyncio.sleep(seconds / 6)
    early = memory(program.process.pid)
    load = await task
    return load, early, memory(program.process.pid), worked(program.process.pid) - before


def report(kind: str, load: Load, seconds: float, early: float, late: float, worked: float) -> str:
    """One row of the table."""
    statuses = ", ".join(f"{status}: {count:,}" for status, count in sorted(load.statuses.items()))
    times = load.seconds or [float("nan")]
    return (
        f"| {kind} | {statuses} | {len(load.seconds) / seconds:.0f} | {1000 * np.percentile(times, 50):.0f} / "
        f"{1000 * np.percentile(times, 95):.0f} | {1000 * worked / len(times):.0f} | {early:.0f} / {late:.0f} |"
    )


def main() -> None:
    """Print the table; exit code 1 where there was a server error but 503."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--connections", type=int, default=50)
    arguments = parser.parse_args()
    faults = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with Index.open(folder, encoder=load_encoder()) as index:
            index.add(load_shelf())
        print(
            HEAD,
            flush=True,
        )
        default = str(Settings.model_fields["rate"].default)
        for rate, kinds in (("0", ["search", "v1", "mcp"]), (default, [f"search, rate {default}"])):
            with Program(folder, "serve", "--rate", rate, NORTHBRIEF_HOME=name) as program:
                for question in QUESTIONS:  # warm
                    httpx.post(f"{program.address}/search", json={"question": question}, timeout=60)
                for kind in kinds:
                    work = measured(program, kind.split(",")[0], arguments.connections, arguments.seconds)
                    load, early, late, spent = asyncio.run(work)
                    print(report(kind, load, arguments.seconds, early, late, spent), flush=True)
                    faults += sum(count for status, count in load.statuses.items() if status >= 500 and status != 503)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
