"""What stands before every route: who may ask, how often, how much at once; and the log line and count of each request.

A plain ASGI wrapper, so that streams pass through it unread. The window, where it is served too, has its own login.
"""

import asyncio
import hmac
import json
import logging
import math
import time
from collections import OrderedDict
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .metrics import Metrics
from .settings import LOOPBACK

CLIENTS = 10_000  # whose rates are remembered; the one not seen for longest is forgotten
BODY_SECONDS = 20  # for a request to arrive whole

log = logging.getLogger("northbrief.service")


@dataclass(frozen=True, slots=True)
class Limits:
    """What the guard lets through.

    Without a `token` only requests to a loopback name are answered, so that no other site's page can reach a service
    through a name of its own. `rate` is requests a minute for each client, 0 for no limit; `body` bytes of a request;
    `busy` requests with a body that may be under way. `open` are places that may be read without a token, `apart`
    one that has a login of its own and is only logged and counted.
    """

    token: str | None = None
    rate: int = 600
    body: int = 1_048_576
    busy: int = 64
    open: frozenset[str] = frozenset()
    apart: str | None = None
    log_questions: bool = False


class Rates:
    """A bucket a client: `rate` requests at once, refilled over a minute."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()  # (left, when)

    def wait(self, client: str, now: float) -> float:
        """Return 0 and take one, or the seconds until there is one to take."""
        if not self._rate:
            return 0.0
        left, when = self._buckets.pop(client, (float(self._rate), now))
        left = min(float(self._rate), left + (now - when) * self._rate / 60)
        allowed = left >= 1
        self._buckets[client] = (left - 1 if allowed else left, now)
        if len(self._buckets) > CLIENTS:
            self._buckets.popitem(last=False)
        return 0.0 if allowed else (1 - left) * 60 / self._rate


class ClientLeft(Exception):
    """The connection ended before the request did."""


class Guard:
    """Wraps an application: refuses what `Limits` leaves out, counts and logs everything."""

    def __init__(self, app: ASGIApp, limits: Limits, metrics: Metrics) -> None:
        self.app = app
        self.limits = limits
        self.metrics = metrics
        self._rates = Rates(limits.rate)
        self._running = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, status, whole = time.perf_counter(), 499, False  # 499: the client left before an answer began
        path = route_path(scope)  # a mounted application changes the scope

        async def watched(message: Message) -> None:
            nonlocal status, whole
            if message["type"] == "http.response.start":
                status = message["status"]
            else:
                whole = not message.get("more_body", False)
            await send(message)

        try:
            await self._guarded(path, scope, receive, watched)
        except Exception:
            if status != 499 and not whole:  # half an answer is out: the server cuts the connection
                raise
            log.exception("a request failed")
            if status == 499:
                await refuse(watched, 500, FAULT)
        finally:
            self._note(path, scope, status, time.perf_counter() - began)

    async def _guarded(self, path: str, scope: Scope, receive: Receive, send: Send) -> None:
        if any(below(path, place) for place in self.limits.open) and scope["method"] in {"GET", "HEAD"}:
            await self.app(scope, receive, send)
            return
        if self.limits.apart and below(path, self.limits.apart):
            if self._named(scope):
                await self.app(scope, receive, send)
            else:
                await refuse(send, 421, NO_NAME)
            return
        if wait := self._rates.wait(client_of(scope), time.monotonic()):
            said = f"found more than {self.limits.rate} requests a minute; wait {math.ceil(wait)} s"
            await refuse(send, 429, said, [(b"retry-after", str(math.ceil(wait)).encode())])
        elif not self._named(scope):
            await refuse(send, 421, NO_NAME)
        elif not self._allowed(scope):
            said = "found no valid token, expected the header 'Authorization: Bearer TOKEN'"
            await refuse(send, 401, said, [(b"www-authenticate", b"Bearer")])
        elif scope["method"] in {"GET", "HEAD", "OPTIONS", "DELETE"}:
            await self.app(scope, receive, send)
        elif self._running >= self.limits.busy:
            said = f"found {self._running} requests under way, as many as may be; try again"
            await refuse(send, 503, said, [(b"retry-after", b"1")])
        else:
            await self._worked(scope, receive, send)

    async def _worked(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through that brings a body, which is read here first, whole."""
        self._running += 1
        self.metrics.running.set(self._running)
        try:
            async with asyncio.timeout(BODY_SECONDS):
                body = await read_body(receive, self.limits.body)
        except ClientLeft:
            return
        except TimeoutError:
            await refuse(send, 408, f"found no whole request within {BODY_SECONDS} s; send it at once")
        else:
            if body is None:
                await refuse(send, 413, f"found a request of more than {self.limits.body:,} bytes; ask a shorter one")
            else:
                await self.app(scope, replayed(body, receive), send)
        finally:
            self._running -= 1
            self.metrics.running.set(self._running)

    def _named(self, scope: Scope) -> bool:
        """Whether the request may come by this name; one without a token only by a loopback one."""
        return self.limits.token is not None or hostname(header(scope, b"host")) in LOOPBACK

    def _allowed(self, scope: Scope) -> bool:
        if self.limits.token is None:
            return True
        kind, _, given = header(scope, b"authorization").partition(" ")
        same = hmac.compare_digest(given.strip().encode("utf-8", "replace"), self.limits.token.encode())
        return same and kind.lower() == "bearer"

    def _note(self, path: str, scope: Scope, status: int, seconds: float) -> None:
        route = route_of(path, scope, self.limits.apart)
        self.metrics.request(scope["method"], route, status, seconds)
        fields = {
            "method": scope["method"],
            "route": route,
            "status": status,
            "ms": round(1000 * seconds, 1),
            "client": client_of(scope),
        }
        if self.limits.log_questions and "question" in scope:
            fields["question"] = scope["question"]
        log.info("request", extra={"fields": fields})


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncGenerator[None, None]:
    """Run what the parts of the application need while it runs."""
    async with AsyncExitStack() as stack:
        for enter in getattr(app.state, "contexts", []):
            await stack.enter_async_context(enter())
        yield


FAULT = "found a fault of the service; its log has the details"
NO_NAME = "found a request by a name that is not this machine's; a service without a token answers on loopback only"


async def refuse(send: Send, status: int, message: str, headers: list[tuple[bytes, bytes]] | None = None) -> None:
    """Answer with an error in the one form that all errors have."""
    body = json.dumps(error_body(status, message)).encode()
    sized = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": [*sized, *(headers or [])]})
    await send({"type": "http.response.body", "body": body})


def error_body(status: int, message: str) -> dict[str, object]:
    """Return an error as clients of the OpenAI form read it."""
    kinds = {401: "authentication_error", 404: "not_found_error", 429: "rate_limit_error"}
    kind = kinds.get(status, "server_error" if status >= 500 else "invalid_request_error")
    return {"error": {"message": message, "type": kind, "param": None, "code": None}}


async def read_body(receive: Receive, most: int) -> bytes | None:
    """Return the whole body, or None when it has more than `most` bytes.

    Raises:
        ClientLeft: before all of it had come.
    """
    parts: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientLeft
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > most:
            return None
        more = message.get("more_body", False)
    return b"".join(parts)


def replayed(body: bytes, receive: Receive) -> Receive:
    """Return a receiver that gives the body that was read, and then what comes after it."""
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


def header(scope: Scope, name: bytes) -> str:
    """Return the header's value, or "" when there is none, or not exactly one."""
    values = [value for key, value in scope["headers"] if key == name]
    return values[0].decode("latin-1") if len(values) == 1 else ""


def hostname(host: str) -> str:
    """Return the name of a Host header, without its port: "[::1]:8000" -> "[::1]"."""
    name, colon, port = host.rpartition(":")
    return (name if colon and port.isdigit() and (":" not in name or name.endswith("]")) else host).lower()


def client_of(scope: Scope) -> str:
    """Return the client's address; behind a proxy on this machine, the one that it names."""
    return scope["client"][0] if scope.get("client") else "unknown"


def route_path(scope: Scope) -> str:
    """Return the path below the root path that a proxy serves us under."""
    path, root = str(scope["path"]), str(scope.get("root_path", ""))
    return path[len(root) :] or "/" if root and path.startswith(root) else path


def below(path: str, place: str) -> bool:
    """Whether the path is the place or lies under it."""
    return path == place or path.startswith(place + "/")


def route_of(path: str, scope: Scope, apart: str | None) -> str:
    """Return the pattern of the route that was taken; "none" for an unknown one or a refusal before it."""
    route = getattr(scope.get("route"), "path", None)
    if apart and below(path, apart):
        return apart
    return str(route) if route else "none"
