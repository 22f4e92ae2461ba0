"""Awaited work: the same results as without, a loop that goes on, few calls at once, and cancellation that ends it."""

import asyncio
import os
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from northbrief.corpus import Brief, QuestionError
from northbrief.index import Filter, Index, Retriever
from northbrief.index.asynchronous import WORKERS, in_thread, parts_in_thread
from northbrief.qa import Assistant

QUESTION = "What did the Tumen bridge cost?"


@pytest.fixture
def filled(index: Index, make_brief: Callable[..., Brief]) -> Index:
    index.add(
        [
            make_brief("bridge", "The Tumen bridge cost 40 million roubles. It opened to lorries first."),
            make_brief("ferry", "The Wonsan ferry carries 300 passengers. Tickets are sold on the quay."),
        ]
    )
    return index


def test_an_awaited_search_finds_what_a_search_finds(filled: Index) -> None:
    retriever, where = Retriever(filled), Filter(briefs=("ferry",))
    found = asyncio.run(retriever.asearch(QUESTION, 3, ["And the ferry?"], where))
    assert found == retriever.search(QUESTION, 3, ["And the ferry?"], where)
    assert {hit.brief.id for hit in found} == {"ferry"}


def test_an_awaited_answer_is_the_answer(filled: Index) -> None:
    assistant = Assistant(filled)
    assert asyncio.run(assistant.aask(QUESTION)) == assistant.ask(QUESTION)


def test_an_awaited_stream_yields_the_parts_of_the_stream(filled: Index) -> None:
    assistant = Assistant(filled)

    async def parts() -> list[object]:
        return [part async for part in assistant.astream(QUESTION)]

    assert asyncio.run(parts()) == list(assistant.stream(QUESTION))


def test_an_error_arrives_where_it_is_awaited(filled: Index) -> None:
    async def stream() -> None:
        async for _ in Assistant(filled).astream(" "):
            pass

    with pytest.raises(QuestionError):
        asyncio.run(Retriever(filled).asearch(" "))
    with pytest.raises(QuestionError):
        asyncio.run(stream())


def test_the_loop_goes_on_and_only_a_few_calls_run_at_once() -> None:
    running, most, lock = 0, 0, threading.Lock()

    def work() -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.02)
        with lock:
            running -= 1

    async def crowd() -> int:
        ticks, calls = 0, asyncio.gather(*(in_thread(work) for _ in range(4 * WORKERS)))
        while not calls.done():
            await asyncio.sleep(0.001)
            ticks += 1
        return ticks

    assert asyncio.run(crowd()) > 4
    assert most == WORKERS


def test_a_call_that_is_cancelled_while_it_waits_is_never_made() -> None:
    release = threading.Event()
    called: list[str] = []

    async def crowd() -> None:
        busy = [asyncio.create_task(in_thread(release.wait, 10)) for _ in range(WORKERS)]
        await asyncio.sleep(0.05)
        waiting = asyncio.create_task(in_thread(called.append, "made"))
        await asyncio.sleep(0.05)
        waiting.cancel()
        await asyncio.wait([waiting])
        await asyncio.sleep(0.01)  # a future passes its cancellation on in the loop's next turn
        release.set()
        await asyncio.gather(*busy)
        await in_thread(lambda: None)

    asyncio.run(crowd())
    assert called == []


def test_a_stream_that_is_left_ends_at_the_part_it_is_at() -> None:
    closed = threading.Event()
    made: list[int] = []

    def endless() -> Iterator[int]:
        try:
            while True:
                made.append(len(made))
                yield len(made)
                time.sleep(0.01)
        finally:
            closed.set()

    async def leave() -> None:
        parts = parts_in_thread(endless)
        assert await anext(parts) == 1
        await parts.aclose()

    asyncio.run(leave())
    assert closed.wait(5)
    assert len(made) < 50


def test_a_stream_stays_in_one_thread() -> None:
    def threads() -> Iterator[int]:
        for _ in range(20):
            yield threading.get_ident()

    async def parts() -> set[int]:
        return {part async for part in parts_in_thread(threads)}

    assert len(asyncio.run(parts())) == 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork on this system")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_a_child_process_has_threads_of_its_own() -> None:
    assert asyncio.run(in_thread(os.getpid)) == os.getpid()
    child = os.fork()
    if child == 0:
        try:
            os._exit(0 if asyncio.run(in_thread(os.getpid)) == os.getpid() else 1)
        finally:
            os._exit(2)
    deadline = time.monotonic() + 20
    done, status = 0, 1
    while not done and time.monotonic() < deadline:
        done, status = os.waitpid(child, os.WNOHANG)
        time.sleep(0.02)
    if not done:
        os.kill(child, 9)
        os.waitpid(child, 0)
    assert (done, status) == (child, 0)
