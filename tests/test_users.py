"""Several users of the window at once: everybody served, told their place, and nobody shown another's conversation."""

import asyncio

import httpx
import pytest
from northbrief.ui.line import Line, LineFull

from .benchmarks.users import Seen, ask, crowd
from .test_window import BRIDGE, CHANGE, COMPARE, FERRY, Server

USERS = 8


@pytest.fixture(scope="module")
def server(open_window: Server) -> Server:
    return open_window


def test_users_at_once_lose_nothing_and_see_only_their_own(server: Server) -> None:
    questions = [BRIDGE, FERRY, CHANGE, COMPARE]
    seen = asyncio.run(crowd(server.address, 0, USERS, questions, 0.0, uploads=False))
    assert (seen.answered, seen.lost, seen.busy, seen.foreign) == (USERS * len(questions), [], 0, 0)
    assert seen.waited > 0


def test_one_browser_has_only_so_many_questions_under_way(server: Server) -> None:

    async def all_at_once() -> Seen:
        seen = Seen()
        async with httpx.AsyncClient(base_url=server.address, timeout=60) as client:
            await asyncio.gather(*(ask(client, "one", CHANGE, f"t{n}", seen) for n in range(12)))
        return seen

    seen = asyncio.run(all_at_once())
    assert seen.lost == []
    assert seen.busy > 0
    assert seen.answered >= 4
    assert seen.answered + seen.busy == 12


# --- the line --------------------------------------------------------------------------------------------------------


def test_a_line_serves_in_order_and_tells_each_its_position() -> None:
    async def run() -> tuple[list[str], dict[str, list[int]], int]:
        line = Line(slots=2, most=10, each=1)
        served: list[str] = []
        told: dict[str, list[int]] = {}
        at_once = highest = 0

        async def one(name: str) -> None:
            nonlocal at_once, highest
            place = line.join(name)
            told[name] = [position async for position in line.turn(place)]
            served.append(name)
            at_once += 1
            highest = max(highest, at_once)
            await asyncio.sleep(0.01)
            at_once -= 1
            line.leave(place)

        await asyncio.gather(*map(one, "abcdef"))
        assert len(line) == 0
        return served, told, highest

    served, told, highest = asyncio.run(run())
    assert served == list("abcdef")
    assert highest == 2
    assert (told["a"], told["b"], told["c"]) == ([], [], [1])
    assert told["f"][0] == 4
    assert told["f"] == sorted(told["f"], reverse=True)


def test_a_full_line_refuses_and_one_who_leaves_makes_room() -> None:
    line = Line(slots=1, most=2, each=2)
    first, second = line.join("a"), line.join("a")
    with pytest.raises(LineFull):
        line.join("a")
    other = line.join("b")
    with pytest.raises(LineFull):
        line.join("c")
    line.leave(first)
    line.leave(first)
    assert (line.position(other), line.position(second)) == (0, 1)
    assert line.position(line.join("c")) == 2
