"""Files as they come in: hostile until they are parsed, held in memory under a secret name, never written anywhere.

A file's own name is only shown, and read for its suffix and a date; it never becomes a path.
"""

import asyncio
import math
import re
import secrets
import time
import unicodedata
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from ..corpus.kinds import KINDS, SUFFIXES
from .strings import language_of, say

ROOM = 4  # of the largest files, in bytes: what is held in memory of files that came in and are not read yet
OF_ONE = 2  # files of one browser among them, or on their way in; its page sends the next when one is read
KEEP_SECONDS = 60.0  # for which a file waits for its page to ask that it be added; from then on it has no limit
BODY_SECONDS = 300.0  # for a file to come in
PAUSE_SECONDS = 20.0  # without a byte of it: its room is then another's
HOUR = 3600.0
MOST_NAME = 150  # characters


@dataclass(frozen=True, slots=True)
class Allowance:
    """What may come in: bytes of one file; files and bytes from one client within an hour. `open`: whether any may."""

    size: int = 25_000_000
    files: int = 500
    total: int = 2_000_000_000
    open: bool = True


@dataclass(slots=True)
class _Held:
    data: bytes
    sender: str
    until: float


@dataclass(slots=True)
class Uploads:
    """The files that came in and wait to be read.

    Those of all share the memory, those of one browser have OF_ONE places in it: the rest are told to wait, by a reply
    503 and a sentence, and sent again when there is room.
    """

    allowance: Allowance = Allowance()
    _held: OrderedDict[str, _Held] = field(default_factory=OrderedDict)
    _coming: list[tuple[str, int]] = field(default_factory=list)  # sender, bytes that it may turn out to have
    _seen: dict[str, deque[tuple[float, int]]] = field(default_factory=dict)

    def claim(self, token: object) -> None:
        """Keep the file of this secret name until it is taken, since somebody waits in line to have it added."""
        self._expire(time.monotonic())
        if held := self._held.get(str(token)):
            held.until = math.inf

    def take(self, token: object) -> bytes | None:
        """Return the file of this secret name and forget it; None if there is none."""
        self._expire(time.monotonic())
        held = self._held.pop(str(token), None)
        return held.data if held else None

    async def receive(self, request: Request) -> JSONResponse:
        """Take a file in; the reply names it, or says in one sentence why it is not taken."""
        language = language_of(request.query_params.get("language"))
        now = time.monotonic()
        refused = self._refusal(request, now)
        if refused:
            status, key = refused
            return _said(status, say(language, key, **self._limits()))
        coming = (_sender(request), self._largest(request))
        self._coming.append(coming)
        try:
            async with asyncio.timeout(BODY_SECONDS):
                data = await self._body(request)
        except (ClientDisconnect, TimeoutError):
            return _said(408, say(language, "upload_broken"))
        finally:
            self._coming.remove(coming)
        if data is None:
            return _said(413, say(language, "upload_large", **self._limits()))
        token = secrets.token_urlsafe(24)
        self._held[token] = _Held(data, coming[0], time.monotonic() + KEEP_SECONDS)
        self._seen.setdefault(client_of(request), deque()).append((now, len(data)))
        return JSONResponse({"file": token})

    def _refusal(self, request: Request, now: float) -> tuple[int, str] | None:
        """The status and the key of the sentence for a file that is not taken, by what its head says."""
        self._expire(now)
        recent = self._seen.get(client_of(request), ())
        length = request.headers.get("content-length", "")
        checks = (
            (not signed_in(request), 401, "upload_signed_out"),
            (not same_origin(request), 403, "upload_foreign"),
            (not self.allowance.open, 403, "read_only"),
            (suffix_of(request.query_params.get("name", "")) not in SUFFIXES, 415, "upload_type"),
            (length.isdigit() and int(length) > self.allowance.size, 413, "upload_large"),
            (len(recent) >= self.allowance.files, 429, "upload_many"),
            (sum(size for _, size in recent) >= self.allowance.total, 429, "upload_many"),
            (not self._room(request), 503, "upload_busy"),
        )
        return next(((status, key) for wrong, status, key in checks if wrong), None)

    def _room(self, request: Request) -> bool:
        """Whether one more file of this sender may come in now."""
        there = [(held.sender, len(held.data)) for held in self._held.values()] + self._coming
        own = sum(sender == _sender(request) for sender, _ in there)
        size = sum(size for _, size in there) + self._largest(request)
        return own < OF_ONE and size <= ROOM * self.allowance.size

    def _largest(self, request: Request) -> int:
        """The bytes that the file has by its own word, else the most that it may have."""
        length = request.headers.get("content-length", "")
        return min(int(length), self.allowance.size) if length.isdigit() else self.allowance.size

    async def _body(self, request: Request) -> bytes | None:
        """The file, or None as soon as it is larger than allowed."""
        parts, size, clock = [], 0, asyncio.get_running_loop().time
        async with asyncio.timeout(PAUSE_SECONDS) as pause:
            async for part in request.stream():
                size += len(part)
                if size > self.allowance.size:
                    return None
                parts.append(part)
                pause.reschedule(clock() + PAUSE_SECONDS)
        return b"".join(parts)

    def _expire(self, now: float) -> None:
        for token in [token for token, held in self._held.items() if held.until < now]:
            del self._held[token]
        for client in list(self._seen):
            times = self._seen[client]
            while times and times[0][0] < now - HOUR:
                times.popleft()
            if not times:
                del self._seen[client]

    def _limits(self) -> dict[str, object]:
        return {"size": f"{self.allowance.size / 1e6:g}", "kinds": " ".join(KINDS), "files": self.allowance.files}

    def route(self) -> Route:
        """Return the route that files are sent to."""
        endpoint: Callable[[Request], Awaitable[JSONResponse]] = self.receive
        return Route("/northbrief/upload", endpoint, methods=["POST"])


def shown_name(name: object) -> str:
    """Return the last part of a file's name, on one line and of bounded length, fit to be shown and told apart by.

    >>> shown_name("../../etc/passwd\\n.txt")
    'passwd .txt'
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", str(name)).strip().rstrip("/\\"))[-1]
    printable = "".join(letter if letter.isprintable() else " " for letter in last)
    clean = " ".join(printable.split()).lstrip(".")
    suffix = suffix_of(clean)
    return f"{clean.removesuffix(suffix)[: MOST_NAME - len(suffix)]}{suffix}" if len(clean) > MOST_NAME else clean


def suffix_of(name: str) -> str:
    """Return the end of a file's name, in lower case: ".pdf"."""
    return PurePosixPath(name.replace("\\", "/")).suffix.lower()[:10]


def same_origin(request: Request) -> bool:
    """Whether the page that sends this is ours: a browser says where a POST comes from."""
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc.lower() == request.headers.get("host", "").lower()


def signed_in(request: Request) -> bool:
    """Whether the sender is signed in, where the window asks for a user and a password."""
    window = request.app  # Gradio's own application, which knows who signed in
    if window.auth is None and window.auth_dependency is None:
        return True
    names = (f"access-token-{window.cookie_id}", f"access-token-unsecure-{window.cookie_id}")
    token = next((request.cookies[name] for name in names if request.cookies.get(name)), None)
    return token is not None and window.tokens.get(token) is not None


def client_of(request: Request) -> str:
    """Return the address that a request comes from."""
    return request.client.host if request.client else ""


def _sender(request: Request) -> str:
    """The browser that a file comes from, as far as it says so."""
    return f"{client_of(request)}/{request.query_params.get('browser', '')[:40]}"


def _said(status: int, words: str) -> JSONResponse:
    return JSONResponse({"error": words}, status_code=status)
