"""What the tests of the services share: a small library, and an application served on loopback."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from northbrief.corpus import Brief

QUESTION = "What did the Tumen bridge cost?"
OFF_TOPIC = "Write a poem about my cat and a pizza."
BRIEFS = [
    Brief(
        id="bridge",
        title="The bridge over the Tumen",
        institution="Institute of Rivers",
        authors=("A. Author",),
        published=date(2025, 3, 2),
        url="https://rivers.example/bridge",
        source="/home/somebody/briefs/bridge.md",
        text=(
            "The two governments agreed on a road bridge in the spring. Work began at once on both banks. "
            "The Tumen bridge cost 40 million roubles. It opened to lorries before it opened to buses."
        ),
    ),
    Brief(
        id="ferry and/or boat",
        title="The ferry from Wonsan",
        institution="Institute of Ports",
        published=date(2024, 6, 1),
        text=(
            "A ferry has sailed along the east coast again since the summer. "
            "The Wonsan ferry carries 300 passengers on each voyage. Tickets are sold on the quay."
        ),
    ),
    Brief(id="mill", title="The mill of Sinuiju", text="The Sinuiju weaving mill runs 900 looms in two halls."),
]


@contextmanager
def served(app: Any) -> Iterator[str]:
    """The address at which the application is served meanwhile."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, access_log=False, ws="none"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        deadline = time.monotonic() + 30
        while not server.started:
            assert thread.is_alive() and time.monotonic() < deadline, "the service did not start"
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Program:
    """`northbrief ARGUMENTS` as a process of its own, listening on a free port."""

    def __init__(self, folder: Path, *arguments: str, **environment: str) -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.log = folder / "log.txt"
        command = [sys.executable, "-m", "northbrief.ui", *arguments, "--port", str(self.port)]
        with self.log.open("w") as log:
            self.process = subprocess.Popen(command, cwd=folder, env=os.environ | environment, stdout=log, stderr=log)

    def __enter__(self) -> "Program":
        deadline = time.monotonic() + 90
        while True:
            try:
                httpx.get(f"{self.address}/health", timeout=5)
                return self
            except httpx.HTTPError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    self.process.kill()
                    raise AssertionError(f"the service did not start: {self.log.read_text()}") from None
                time.sleep(0.1)

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(timeout=40)
