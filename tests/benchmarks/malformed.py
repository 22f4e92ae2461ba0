"""Malformed requests: python -m tests.benchmarks.malformed [--requests 10000] [--part http|mcp]

Schemathesis makes them from the service's own OpenAPI page, valid and broken ones; every answer is held against the
page, no server error may come, and no stack trace. Then as many messages to the MCP server, by the suite's own test.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import httpx
from northbrief.index import Index
from northbrief.index.encoder import load_encoder
from northbrief.qa import Assistant
from northbrief.ui.guard import Limits
from northbrief.ui.service import OPEN, build_service
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..serving import BRIEFS, served

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
OPERATIONS = 4  # of the page's eight there are that many with much to vary; the others are soon exhausted


class Watched:
    """The application, and which of its answers showed the inside of it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.shown: list[bytes] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def watched(message: Message) -> None:
            body = message.get("body", b"")
            if b"Traceback" in body or b'.py", line' in body or b"site-packages" in body:
                self.shown.append(body)
            await send(message)

        await self.app(scope, receive, watched)


def hammer(address: str, requests: int, phases: str = "coverage,fuzzing", seed: int = 1) -> tuple[int, str]:
    """Send about so many requests to the service; schemathesis' exit code and what it printed."""
    command = [
        *(sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()", "run"),
        *(f"{address}/openapi.json", "--mode", "all", "--phases", phases, "--checks", CHECKS),
        *("--max-examples", str(max(1, requests // OPERATIONS)), "--seed", str(seed), "--generation-database", "none"),
        *("--continue-on-failure", "--no-color", "--warnings", "off"),
        *("--suppress-health-check", "all", "--request-timeout", "60"),
    ]
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def counted(address: str) -> dict[str, int]:
    """Requests that the service has answered, by status."""
    found: dict[str, int] = {}
    lines = httpx.get(f"{address}/metrics", timeout=60).text
    for status, count in re.findall(r'^northbrief_requests_total\{.*status="(\d+)"\} ([\d.]+)$', lines, re.MULTILINE):
        found[status] = found.get(status, 0) + int(float(count))
    return found


def over_http(requests: int) -> int:
    """Send them to the service; 0 when all went well."""
    with tempfile.TemporaryDirectory() as folder, Index.open(folder, encoder=load_encoder()) as index:
        index.add(BRIEFS)
        assistant = Assistant(index)
        watched = Watched(build_service(assistant.retriever, assistant, Limits(rate=0, open=OPEN)))
        with served(watched) as address:
            code, printed = hammer(address, requests)
            answers = counted(address)
    print(printed)
    print(f"{sum(answers.values()):,} requests: {answers}; answers with a stack trace: {len(watched.shown)}")
    return code or len(watched.shown)


def over_mcp(requests: int) -> int:
    """Send them to the MCP server by the suite's own test; 0 when all went well."""
    tests = Path(__file__).resolve().parents[1] / "test_mcp.py"
    command = [sys.executable, "-m", "pytest", "-q", str(tests), "-k", "malformed", "--timeout", "0"]
    return subprocess.run(command, env=os.environ | {"NORTHBRIEF_MALFORMED": str(requests)}).returncode


def main() -> None:
    """Print what was sent and what came back; exit code 1 on any fault."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--part", choices=("http", "mcp"))
    arguments = parser.parse_args()
    parts = {"http": over_http, "mcp": over_mcp}
    chosen = [arguments.part] if arguments.part else list(parts)
    codes = [parts[part](arguments.requests) for part in chosen]
    sys.exit(1 if any(codes) else 0)


if __name__ == "__main__":
    main()
