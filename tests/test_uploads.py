"""Files on their way in, without a browser: who has to wait, for how long, and what everybody is told."""

import asyncio
import sys
import threading
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
from northbrief.corpus import Brief
from northbrief.index import Encoder, Index
from northbrief.ui import uploads
from northbrief.ui.librarian import Librarian
from northbrief.ui.line import Line
from northbrief.ui.uploads import OF_ONE, Allowance, Uploads
from starlette.applications import Starlette

KITE = b"The kite festival of Kaesong draws many visitors each spring. It lasts for two days."
pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def client_of(taken: Uploads) -> httpx.AsyncClient:
    """A client of nothing but the route that files are sent to."""
    app: Any = Starlette(routes=[taken.route()])
    app.auth = app.auth_dependency = None
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1")


async def post(client: httpx.AsyncClient, browser: str, data: bytes = KITE, language: str = "en") -> httpx.Response:
    return await client.post(
        "/northbrief/upload", params={"name": "a.txt", "browser": browser, "language": language}, content=data
    )


async def test_one_browser_that_sends_without_end_leaves_room_for_others() -> None:
    async with client_of(Uploads()) as client:
        greedy = [(await post(client, "greedy")).status_code for _ in range(8)]
        assert greedy == [200] * OF_ONE + [503] * (8 - OF_ONE)
        others = [(await post(client, f"other {n}")).status_code for n in range(8)]
    assert others == [200] * 8


async def test_the_memory_that_waiting_files_take_has_an_end_whoever_sent_them() -> None:
    taken = Uploads(Allowance(size=1_000))
    async with client_of(taken) as client:
        replies = [await post(client, f"browser {n}", b"x" * 900) for n in range(10)]
        assert [reply.status_code for reply in replies] == [200] * 4 + [503] * 6
        assert taken.take(replies[0].json()["file"]) == b"x" * 900
        assert (await post(client, "browser 11", b"x" * 900)).status_code == 200


async def test_who_is_told_to_wait_is_told_why_in_the_readers_language() -> None:
    async with client_of(Uploads()) as client:
        for _ in range(OF_ONE):
            await post(client, "a")
        english, korean = await post(client, "a"), await post(client, "a", language="ko")
    assert "sent as soon as" in english.json()["error"]
    assert "자리가 나는 대로" in korean.json()["error"]


async def test_a_file_that_nobody_asks_to_have_added_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "KEEP_SECONDS", 0.05)
    taken = Uploads()
    async with client_of(taken) as client:
        token = (await post(client, "a")).json()["file"]
        await asyncio.sleep(0.1)
        assert taken.take(token) is None


async def test_a_file_waits_in_line_however_long_the_adds_before_it_take(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any, encoder: Encoder
) -> None:
    monkeypatch.setattr(uploads, "KEEP_SECONDS", 0.05)
    with Index.open(tmp_path / "index.db", encoder=encoder) as index:
        librarian = Librarian(index)
        before = librarian._line.join("somebody else")
        async with client_of(librarian.uploads) as client:
            token = (await post(client, "a")).json()["file"]
        states = []

        async def added() -> None:
            async for part in librarian.add({"file": token, "name": "kites.txt", "browser": "a", "job": "1"}):
                states.append(part)

        work = asyncio.ensure_future(added())
        await asyncio.sleep(0.3)  # six times as long as a file is kept that nobody asked for
        librarian._line.leave(before)
        await work
    assert states[0] == {"state": "Waiting, number 1 in line"}
    assert states[-1]["said"] == "Added: kites."


async def test_a_cancelled_add_gives_its_memory_back(
    index: Index, make_brief: Callable[..., Brief], monkeypatch: pytest.MonkeyPatch
) -> None:
    librarian = Librarian(index)
    before = librarian._line.join("somebody else")
    async with client_of(librarian.uploads) as client:
        token = (await post(client, "a")).json()["file"]
        parts = librarian.add({"file": token, "name": "kites.txt", "browser": "a", "job": "1"})
        await anext(parts)
        await parts.aclose()
        librarian._line.leave(before)
        assert librarian.uploads.take(token) is None
        assert [(await post(client, "a")).status_code for _ in range(OF_ONE)] == [200] * OF_ONE


async def test_a_page_that_goes_away_leaves_no_bytes_behind_though_the_reader_is_busy(index: Index) -> None:
    librarian, busy = Librarian(index), threading.Event()
    async with client_of(librarian.uploads) as client:
        token = (await post(client, "a")).json()["file"]
    data = librarian.uploads._held[token].data
    for _ in range(librarian._adder._max_workers):
        librarian._adder.submit(busy.wait)
    parts = librarian.add({"file": token, "name": "kites.txt", "browser": "a", "job": "1"})
    try:
        assert (await anext(parts))["state"].startswith("Reading")
        before = sys.getrefcount(data)
        await parts.aclose()
        assert sys.getrefcount(data) == before - 1
    finally:
        busy.set()


async def test_a_file_that_stops_coming_gives_its_room_to_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "PAUSE_SECONDS", 0.05)
    taken = Uploads()

    async def stalled() -> AsyncIterator[bytes]:
        yield b"half"
        await asyncio.sleep(60)

    async with client_of(taken) as client, asyncio.timeout(20):
        reply = await client.post("/northbrief/upload", params={"name": "kites.txt"}, content=stalled())
        assert (reply.status_code, taken._coming) == (408, [])


async def test_one_who_joined_the_line_often_does_not_hold_up_one_who_joined_once() -> None:
    line = Line(slots=1, most=10, each=5)
    often = [line.join("often") for _ in range(4)]
    once = line.join("once")
    assert [line.position(place) for place in (*often, once)] == [0, 2, 3, 4, 1]
    line.leave(often[0])
    assert [line.position(place) for place in (*often[1:], once)] == [1, 2, 3, 0]
    later = line.join("later")
    assert [line.position(place) for place in (*often[1:], later)] == [1, 3, 4, 2]
    line.leave(once)
    assert [line.position(place) for place in (*often[1:], later)] == [0, 2, 3, 1]
