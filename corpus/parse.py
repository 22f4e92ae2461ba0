"""Bytes of one document in, what it says out: the kind is told, the reader run within limits of time and memory."""

import atexit
import os
import queue
import subprocess
import sys
import threading
from contextlib import suppress
from datetime import date
from typing import Any

from .errors import BriefError
from .kinds import TEXT_KINDS, sniff
from .protocol import receive, send, too_much_memory
from .read import OWN, Document
from .types import DateSource

SECONDS = 60.0
"""A file is given up after this time; a page of a scan that is recognised takes seconds, so with OCR it is longer."""
OCR_SECONDS = 1800.0
MAX_BYTES = 200_000_000
WORKERS = min(4, os.cpu_count() or 1)
"""Processes that parse at the same time, started as they are needed."""


def read_document(
    data: bytes, name: str, *, url: str = "", content_type: str = "", ocr: bool = False, apart: bool = False
) -> list[Document]:
    """Return the documents in `data`: one, or one a line of .jsonl.

    `name` is the file's name, of which the suffix and a date count; `url` the address it came from, `content_type` what
    the server said. `apart` reads text in the worker, too, as one does with what a stranger sent. Thread-safe.

    Raises:
        BriefError: it is no document, it is damaged, or reading it took more time or memory than allowed.
    """
    if len(data) > MAX_BYTES:
        raise BriefError(f"found {len(data):,} bytes, expected at most {MAX_BYTES:,}; split the file")
    if not data:
        raise BriefError("found an empty file, expected text")
    kind = sniff(data, name, content_type)
    if kind in TEXT_KINDS and not apart:
        return list(OWN[kind](data))
    request = {"kind": kind, "name": name, "url": url, "type": content_type, "ocr": ocr, "size": len(data)}
    reply = _workers.ask(request, data, OCR_SECONDS if ocr else SECONDS)
    if "error" in reply:
        raise BriefError(reply["error"])
    return [_document(values) for values in reply["documents"]]


def _document(values: dict[str, Any]) -> Document:
    fields = values["fields"]
    if "published" in fields:
        fields["published"] = date.fromisoformat(fields["published"])
        fields["published_from"] = DateSource(fields["published_from"])
    for key in ("authors", "pages"):
        if key in fields:
            fields[key] = tuple(fields[key])
    left_out = tuple((text, reason, page) for text, reason, page in values["left_out"])
    place, reason = values.get("place", ""), values.get("reason", "")
    return Document(fields, place, reason, values["origins"], left_out, tuple(values["notes"]))


class _Worker:
    """One process that parses, started when first needed and again after it was ended."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0

    def ask(self, request: dict[str, Any], data: bytes, seconds: float) -> dict[str, Any]:
        """Return the worker's reply, or {"error": ...} if it was ended at a limit."""
        with self._lock:
            process = self._running()
            assert process.stdin is not None and process.stdout is not None
            late = threading.Event()

            def stop() -> None:
                late.set()
                process.kill()

            timer = threading.Timer(seconds, stop)
            timer.daemon = True
            timer.start()
            try:
                send(process.stdin, request, data)  # type: ignore[arg-type]
                reply = receive(process.stdout)  # type: ignore[arg-type]
            except OSError:
                reply = None
            finally:
                timer.cancel()
            if reply is None or reply.get("spent"):
                self._end()
            if late.is_set():
                return {
                    "error": f"found a file that takes over {seconds:.0f} s to read, expected less; split or convert it"
                }
            if reply is None:
                return {"error": f"the reader broke down on it; {too_much_memory()}"}
            return reply

    def _running(self) -> subprocess.Popen[bytes]:
        if self._owner != os.getpid():  # after a fork the pipes belong to the parent
            self._process, self._owner = None, os.getpid()
        if self._process is None or self._process.poll() is not None:
            # -P: a module of the user's working directory must not shadow one of ours.
            command = [sys.executable, "-P", "-m", f"{__package__}.worker"]
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None or self._owner != os.getpid():
            return
        process.kill()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with suppress(OSError):  # bytes that the ended process will never read
                    stream.close()
        process.wait()

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._end()


class _Workers:
    """The processes, each lent to one request at a time."""

    def __init__(self) -> None:
        self._idle: queue.LifoQueue[_Worker] = queue.LifoQueue()  # the last one used first: others need never start
        self._all = [_Worker() for _ in range(WORKERS)]
        for worker in self._all:
            self._idle.put(worker)

    def ask(self, request: dict[str, Any], data: bytes, seconds: float) -> dict[str, Any]:
        """Return the reply of the next free worker."""
        worker = self._idle.get()
        try:
            return worker.ask(request, data, seconds)
        finally:
            self._idle.put(worker)

    def close(self) -> None:
        """End all processes."""
        for worker in self._all:
            worker.close()


_workers = _Workers()


@atexit.register
def close_workers() -> None:
    """End the processes that parse; the next document starts one again."""
    _workers.close()
