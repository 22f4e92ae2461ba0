"""Fetching one address, politely and within limits.

robots.txt is honoured (RFC 9309), a host gets one request at a time with a pause between two, the agent says its name,
what has not changed is not sent again, and sizes, times and redirects have limits. Every redirect is checked like the
address itself. Proxies that the environment names are not used: behind one, nothing could be checked.
"""

import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version

import httpcore
import httpx
from protego import Protego

from .body import check_head, read_body
from .errors import AddressError, BriefError
from .guard import GuardedBackend, Resolver, resolve
from .urls import web_address
from .visits import Visit

AGENT = "Northbrief"
HOMEPAGE = "https://github.com/northbrief/northbrief"
SECONDS = 60.0  # for one document, from the first byte sent to the last received
STEP_SECONDS = 20.0  # for one connection or one silence
MEGABYTES = 50  # of a document, decompressed
ROBOTS_BYTES = 512_000  # RFC 9309 asks for at least 500 kibibytes
REDIRECTS = 8
DELAY = 1.0  # seconds between two requests to a host
MOST_DELAY = 30.0  # of what a robots.txt or a Retry-After may ask for; over that the address fails instead

_REDIRECTS = frozenset([301, 302, 303, 307, 308])
_PASSING = frozenset([408, 425, 429])  # of the 4xx, those that may go away
_ACCEPT = "text/html, application/xhtml+xml, application/pdf, application/rss+xml, application/atom+xml, */*;q=0.8"


@dataclass(frozen=True, slots=True)
class Fetched:
    """What an address gave: `data` as it came, decompressed, or nothing where it is `unchanged` since the last visit.

    `url` is the address asked for, `final` where the redirects ended.
    """

    url: str
    final: str
    visit: Visit
    data: bytes = b""
    content_type: str = ""
    unchanged: bool = False


class Fetcher:
    """Fetches addresses, one at a time. Safe to share between threads: the others wait.

    `delay` is the pause between two requests to a host, in seconds; `sleep` and `resolver` are for tests.
    """

    def __init__(
        self,
        *,
        allow_private: bool = False,
        delay: float = DELAY,
        seconds: float = SECONDS,
        most_bytes: int = MEGABYTES * 1_000_000,
        resolver: Resolver = resolve,
        sleep: Callable[[float], None] = time.sleep,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.delay = delay
        self.seconds = seconds
        self.most_bytes = most_bytes
        self._backend = GuardedBackend(resolver, allow_private)
        self._pool = httpcore.ConnectionPool(
            ssl_context=tls or _trusted(),
            network_backend=self._backend,
            max_keepalive_connections=4,
        )
        self._any_port = allow_private
        self._sleep = sleep
        self._lock = threading.RLock()
        self._rules: dict[str, Protego | str] = {}  # a text says why the host's rules could not be had
        self._asked: dict[str, float] = {}  # when a host was last asked

    def close(self) -> None:
        """Close the connections."""
        self._pool.close()

    def __enter__(self) -> "Fetcher":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def fetch(self, address: str, known: Visit | None = None) -> Fetched:
        """Return what the address gives; with `known`, only if it has changed since.

        Raises:
            AddressError: it did not answer, or with an error of its own; another time it may.
            BriefError: it cannot be had: no web address, not public, forbidden by robots.txt, gone, too large.
        """
        with self._lock:
            asked = web_address(address)
            url = asked
            passed = {str(url)}
            for _ in range(REDIRECTS + 1):
                self._check(url)
                response = self._asked_politely(url, known)
                if response.status not in _REDIRECTS:
                    return self._taken(asked, url, response, known)
                url = _target(url, response)
                if str(url) in passed:
                    raise BriefError(f"found that it redirects in a circle, by {url}; give the address behind it")
                passed.add(str(url))
            raise BriefError(f"found over {REDIRECTS} redirects, the last to {url}; give the address behind them")

    def _check(self, url: httpx.URL) -> None:
        """Refuse what robots.txt or the port forbids."""
        if not (self._any_port or url.port is None or url.port >= 1024):
            raise BriefError(f"found port {url.port}, expected 80, 443 or one from 1024 on; such ports serve no pages")
        rules = self._robots(url)
        if isinstance(rules, str):
            raise AddressError(f"{_origin(url)}/robots.txt, which says what may be fetched, was not given: {rules}")
        if not rules.can_fetch(str(url), AGENT):
            raise BriefError(f"found that {_origin(url)}/robots.txt forbids it; save the page, and add the file")

    def _robots(self, url: httpx.URL) -> Protego | str:
        origin = _origin(url)
        if origin not in self._rules:
            self._rules[origin] = self._fetched_robots(httpx.URL(f"{origin}/robots.txt"))
        return self._rules[origin]

    def _fetched_robots(self, url: httpx.URL) -> Protego | str:
        """The host's rules; a missing file allows everything, one that the server fails to give nothing."""
        for _ in range(REDIRECTS):
            try:
                response = self._request(url, None, ROBOTS_BYTES, cut=True)
            except AddressError as error:
                return str(error)
            if response.status in _REDIRECTS:
                try:
                    url = _target(url, response)
                except BriefError:
                    return Protego.parse("")
                continue
            if response.status >= 500 or response.status == 429:
                return f"found status {response.status}; try again later"
            text = response.body.decode("utf-8", "replace") if response.status == 200 else ""
            return Protego.parse(text)
        return Protego.parse("")

    def _asked_politely(self, url: httpx.URL, known: Visit | None) -> "_Response":
        """The answer, asked for once more when the server says when."""
        response = self._request(url, known, self.most_bytes)
        if response.status not in (429, 503):
            return response
        wait = response.headers.get("retry-after", "")
        if not wait.isdigit() or int(wait) > MOST_DELAY:
            return response
        self._sleep(float(wait))
        return self._request(url, known, self.most_bytes)

    def _request(self, url: httpx.URL, known: Visit | None, most: int, cut: bool = False) -> "_Response":
        """One request, after the host's pause; the body is read for an answer of 200 only."""
        self._wait(url)
        headers: dict[str | bytes, str | bytes] = {"User-Agent": agent(), "Accept": _ACCEPT, "Accept-Encoding": "gzip"}
        if known and known.etag:
            headers["If-None-Match"] = known.etag
        if known and known.modified:
            headers["If-Modified-Since"] = known.modified
        self._backend.deadline = time.monotonic() + self.seconds
        steps = dict.fromkeys(("connect", "read", "write", "pool"), min(STEP_SECONDS, self.seconds))
        try:
            with (
                _our_errors(url, self.seconds),
                self._pool.stream("GET", str(url), headers=headers, extensions={"timeout": steps}) as response,
            ):
                found = {key.decode("latin-1").lower(): value.decode("latin-1") for key, value in response.headers}
                body = b""
                if response.status == 200:
                    if not cut:
                        check_head(found, most)
                    body = read_body(response.iter_stream(), found.get("content-encoding", ""), most, cut)
                return _Response(response.status, found, body)
        finally:
            self._asked[_origin(url)] = time.monotonic()

    def _wait(self, url: httpx.URL) -> None:
        """Sleep until the host may be asked again."""
        last = self._asked.get(_origin(url))
        if last is None:
            return
        rules = self._rules.get(_origin(url))
        wanted = max(self.delay, float((rules.crawl_delay(AGENT) if isinstance(rules, Protego) else None) or 0.0))
        if wanted > max(MOST_DELAY, self.delay):
            raise BriefError(
                f"found that {_origin(url)}/robots.txt asks for {wanted:.0f} s between requests, expected at most "
                f"{MOST_DELAY:.0f} s; save the page yourself and add the file"
            )
        if (left := last + wanted - time.monotonic()) > 0:
            self._sleep(left)

    def _taken(self, asked: httpx.URL, url: httpx.URL, response: "_Response", known: Visit | None) -> Fetched:
        headers, status = response.headers, response.status
        if status == 304 and known and (known.etag or known.modified):
            return Fetched(str(asked), str(url), known, unchanged=True)
        if 400 <= status < 500 and status not in _PASSING:
            reason = {401: "asks for a login", 403: "refuses it", 404: "has no such page", 410: "has removed it"}
            raise BriefError(
                f"found status {status}: {url.host} {reason.get(status, 'does not give it')}; check the address"
            )
        if status != 200:
            raise AddressError(f"found status {status} from {url.host}, expected 200; try again later")
        if not response.body.strip():
            raise BriefError("found an empty answer, expected a document; open the address in a browser")
        visit = Visit(str(asked), headers.get("etag", "")[:500], headers.get("last-modified", "")[:100])
        return Fetched(str(asked), str(url), visit, response.body, headers.get("content-type", "")[:200])


@dataclass(frozen=True, slots=True)
class _Response:
    status: int
    headers: dict[str, str]
    body: bytes


def agent() -> str:
    """Return the name that servers see, with where to read about it."""
    try:
        number = version("northbrief")
    except PackageNotFoundError:  # run from a checkout
        number = "0"
    return f"{AGENT}/{number} (+{HOMEPAGE})"


def _target(url: httpx.URL, response: _Response) -> httpx.URL:
    place = response.headers.get("location", "").strip()
    if not place:
        raise BriefError(f"found a redirect of {url.host} that leads nowhere; check the address")
    try:
        return web_address(str(url.join(place)))
    except (httpx.InvalidURL, UnicodeError, ValueError) as error:
        raise BriefError(f"found a redirect to {place[:100]!r}, which is no web address; check the address") from error


def _origin(url: httpx.URL) -> str:
    return f"{url.scheme}://{url.netloc.decode('ascii')}"


@cache  # reading the authorities takes 0.1 s
def _trusted() -> ssl.SSLContext:
    return httpcore.default_ssl_context()


@contextmanager
def _our_errors(url: httpx.URL, seconds: float) -> Iterator[None]:
    """httpcore's errors as ours, at this one seam."""
    try:
        yield
    except httpcore.TimeoutException as error:
        raise AddressError(
            f"found {url.host} silent for {STEP_SECONDS:g} s, or not done after {seconds:g} s; try again later"
        ) from error
    except (httpcore.NetworkError, ssl.SSLError, OSError) as error:
        raise AddressError(
            f"{url.host} could not be reached ({error or type(error).__name__}); try again later"
        ) from error
    except httpcore.ProtocolError as error:
        raise AddressError(f"found that {url.host} does not speak HTTP properly ({error}); try again later") from error
