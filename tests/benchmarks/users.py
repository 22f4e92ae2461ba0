"""Many users of the window at once: python -m tests.benchmarks.users [--users 20] [--questions 20] [--think 10]

Starts `northbrief chat` on the shipped shelf. Each user is a client of its own that asks the shelf's questions in an
order of its own, by the calls that the page makes, and reads each answer for `--think` seconds on average; one of them
uploads a document and finds it in an answer. Printed: questions answered and lost, seconds until the first words of an
answer (p50, p95), how many were told their place in line, the memory after a quarter and at the end. Nothing is
waited for longer than a minute.
"""

import argparse
import asyncio
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from northbrief.corpus.shelf import load_shelf
from northbrief.index import Index

from ..serving import free_port

QUESTIONS = Path(__file__).resolve().parents[1] / "shelf_questions.jsonl"
LONGEST = 60.0  # seconds that one question may take


@dataclass(slots=True)
class Seen:
    """What the users saw."""

    first: list[float] = field(default_factory=list)
    waited: int = 0
    answered: int = 0
    busy: int = 0
    lost: list[str] = field(default_factory=list)
    foreign: int = 0
    memory: list[float] = field(default_factory=list)


async def ask(client: httpx.AsyncClient, browser: str, question: str, turn: str, seen: Seen) -> dict[str, Any]:
    """Ask as the page does; return the last part."""
    began, first, waited, last = time.perf_counter(), None, False, {}
    request = {"question": question, "turn": turn, "browser": browser, "history": [], "language": "en"}
    async for part in stream(client, "ask", request):
        last = part
        waited = waited or "waiting" in part
        if first is None and "html" in part:
            first = time.perf_counter() - began
    seen.waited += waited
    if last.get("busy"):
        seen.busy += 1
    elif first is None:
        seen.lost.append(str(last)[:200])
    else:
        seen.first.append(first)
        seen.answered += 1
        seen.foreign += last["record"]["question"] != question or last["record"]["turn"] != turn
    return last


async def stream(client: httpx.AsyncClient, name: str, value: dict[str, Any]) -> Any:
    """Yield the parts that a call of the window gives."""
    joined = await client.post(f"gradio_api/call/window_{name}", json={"data": [value]})
    event = joined.raise_for_status().json()["event_id"]
    async with client.stream("GET", f"gradio_api/call/window_{name}/{event}") as reply:
        async for line in reply.aiter_lines():
            if line.startswith("data: ["):
                data = json.loads(line[6:])
                if data and isinstance(data[0], dict):
                    yield data[0]


async def user(number: int, address: str, questions: list[str], think: float, seen: Seen) -> None:
    """One user, from the first question to the last."""
    chance = random.Random(number)
    own = chance.sample(questions, len(questions))
    async with httpx.AsyncClient(base_url=address, timeout=LONGEST) as client:
        await asyncio.sleep(chance.uniform(0, think))
        for n, question in enumerate(own):
            try:
                async with asyncio.timeout(LONGEST):
                    await ask(client, f"user{number}", question, f"u{number}t{n}", seen)
            except (TimeoutError, httpx.HTTPError) as error:
                seen.lost.append(repr(error))
            if think:
                await asyncio.sleep(min(chance.expovariate(1 / think), 3 * think))


async def upload(address: str, seen: Seen) -> str:
    """Send one document of some length, and find it."""
    prose = " ".join(f"The depot of Kanggye counted {n} crates on day {n}." for n in range(4_000))
    text = f"The cable car of Myohyang lifts 640 guests an hour.\n\n{prose}"
    async with httpx.AsyncClient(base_url=address, timeout=LONGEST) as client:
        sent = await client.post("northbrief/upload", params={"name": "depot.txt"}, content=text.encode())
        request = {"file": sent.raise_for_status().json()["file"], "name": "depot.txt", "job": "j", "browser": "up"}
        began = time.perf_counter()
        said = [part async for part in stream(client, "add", request)][-1].get("said", "")
        took = time.perf_counter() - began
        last = await ask(client, "up", "How many guests does the cable car of Myohyang lift?", "up", seen)
        return f"{said} {took:.0f} s, found: {'640' in last.get('html', '')}"


def memory_of(process: int) -> float:
    """Return the resident megabytes of the process."""
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{process}/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


async def crowd(address: str, process: int, users: int, questions: list[str], think: float, uploads: bool) -> Seen:
    """All users at once; memory is read meanwhile."""
    seen = Seen()
    everybody = asyncio.gather(*(user(n, address, questions, think, seen) for n in range(users)))
    sent = asyncio.ensure_future(upload(address, seen)) if uploads else None
    while not everybody.done():
        if process:
            seen.memory.append(memory_of(process))
        await asyncio.sleep(1)
    await everybody
    if sent:
        print(f"upload: {await sent}")
    return seen


def told(seen: Seen, users: int, think: float, seconds: float) -> str:
    """Return the row of the table."""
    first = np.percentile(seen.first, [50, 95])
    early = seen.memory[len(seen.memory) // 4]
    return (
        f"| {users} | {think:g} s | {seen.answered} | {len(seen.lost)} | {seen.busy} | {seen.foreign} | "
        f"{first[0]:.2f} / {first[1]:.2f} s | {seen.waited} | {seen.answered / seconds:.1f} | "
        f"{early:.0f} / {seen.memory[-1]:.0f} |"
    )


HEAD = """\
| users | reading | answered | lost | busy | of another | first words p50 / p95 | told place | a second | MB |
|---|---|---|---|---|---|---|---|---|---|"""


def main() -> None:
    """Start the window, let the users in, print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--questions", type=int, default=20)
    parser.add_argument("--think", type=float, default=10.0)
    parser.add_argument("--no-upload", action="store_true")
    options = parser.parse_args()
    asked = [json.loads(line)["question"] for line in QUESTIONS.read_text("utf-8").splitlines()][: options.questions]
    with tempfile.TemporaryDirectory() as home:
        with Index.open(home) as index:
            index.add(load_shelf())
        address = f"http://127.0.0.1:{(port := free_port())}/"
        command = [sys.executable, "-m", "northbrief.ui", "chat", "--port", str(port)]
        with Path(home, "log.txt").open("w") as log:
            server = subprocess.Popen(
                command, cwd=home, env={**os.environ, "NORTHBRIEF_HOME": home}, stdout=log, stderr=log
            )
        try:
            ready(address)
            began = time.perf_counter()
            seen = asyncio.run(crowd(address, server.pid, options.users, asked, options.think, not options.no_upload))
            print(f"{HEAD}\n{told(seen, options.users, options.think, time.perf_counter() - began)}")
            for each in seen.lost[:5]:
                print("lost:", each)
        finally:
            server.terminate()
            server.wait(timeout=30)


def ready(address: str) -> None:
    """Wait until the window answers a question."""
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        try:
            asyncio.run(warm(address))
            return
        except (httpx.HTTPError, OSError):
            time.sleep(0.3)
    raise SystemExit("the window did not open")


async def warm(address: str) -> None:
    """Ask one question, so that the encoder is loaded."""
    async with httpx.AsyncClient(base_url=address, timeout=LONGEST) as client:
        await ask(client, "warm", "What is byungjin?", "w", Seen())


if __name__ == "__main__":
    main()
