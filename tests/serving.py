"""What the tests of the services share: a small library, and an application served on loopback."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

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
