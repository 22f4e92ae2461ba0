"""Blocking work awaited: a few threads of our own, so that an event loop is never held up and a crowd waits in line."""

import asyncio
import contextvars
import os
import threading
from collections.abc import AsyncGenerator, Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache, partial
from typing import ParamSpec, TypeVar

Given = ParamSpec("Given")
Part = TypeVar("Part")
Result = TypeVar("Result")

WORKERS = max(2, min(8, os.cpu_count() or 2))
"""Calls that run at once, in the whole process; the encoder and FAISS keep the cores busy with as many."""


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(WORKERS, thread_name_prefix="northbrief")


if hasattr(os, "register_at_fork"):  # a child has none of its parent's threads
    os.register_at_fork(after_in_child=_pool.cache_clear)


async def in_thread(function: Callable[Given, Result], *args: Given.args, **kwargs: Given.kwargs) -> Result:
    """Return `function(*args, **kwargs)`, called in a thread.

    Cancelled while it waits for a thread, it is never called; cancelled later, it runs out and its result is dropped.
    """
    call = partial(contextvars.copy_context().run, function, *args, **kwargs)
    return await asyncio.wrap_future(_pool().submit(call))


async def parts_in_thread(make: Callable[[], Iterator[Part]]) -> AsyncGenerator[Part, None]:
    """Yield what the iterator of `make()` yields, which lives in one thread from beginning to end.

    When the consumer leaves early, it is closed after the part that it is at.
    """
    loop = asyncio.get_running_loop()
    ready: asyncio.Queue[Part | None] = asyncio.Queue()  # None: no more
    left = threading.Event()

    def produce() -> None:
        parts = make()
        try:
            for part in parts:
                if left.is_set():
                    break
                loop.call_soon_threadsafe(ready.put_nowait, part)
        finally:
            if hasattr(parts, "close"):
                parts.close()

    def ended(_: Future[None]) -> None:
        if not left.is_set():  # the loop may be closed by now
            loop.call_soon_threadsafe(ready.put_nowait, None)

    work = _pool().submit(contextvars.copy_context().run, produce)
    work.add_done_callback(ended)
    try:
        while (part := await ready.get()) is not None:
            yield part
        work.result()  # raises what the iterator raised
    finally:
        left.set()
        work.cancel()
