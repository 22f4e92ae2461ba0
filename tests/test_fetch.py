"""Fetching: what a hostile or broken server may do, and how politely a well-behaved one is asked."""

from __future__ import annotations

import gzip
import socket
import ssl
import subprocess
import time
import zlib
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpcore
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from northbrief.corpus import BriefError
from northbrief.corpus.errors import AddressError
from northbrief.corpus.fetch import REDIRECTS, Fetcher, agent
from northbrief.corpus.guard import is_public
from northbrief.corpus.urls import web_address
from northbrief.corpus.visits import Visit

if TYPE_CHECKING:
    from northbrief.tests.conftest import Site

PAGE = b"<html><title>Trade</title><p>Trade grew in 2024.</p></html>"


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    with Fetcher(allow_private=True, delay=0.0, seconds=2.0, most_bytes=100_000) as made:
        yield made


def moved(place: str, status: int = 302) -> tuple[int, dict[str, str], bytes]:
    return status, {"Location": place}, b""


def refused(fetcher: Fetcher, url: str, message: str, known: Visit | None = None) -> BriefError:
    with pytest.raises(BriefError, match=message) as raised:
        fetcher.fetch(url, known)
    return raised.value


# --- a page ----------------------------------------------------------------------------------------------------------


def test_a_page_is_returned_as_it_came(site: Site, fetcher: Fetcher) -> None:
    site.pages["/a"] = (200, {"Content-Type": "text/html; charset=euc-kr"}, "무역".encode("euc-kr"))
    fetched = fetcher.fetch(site.url("/a"))
    assert (fetched.data, fetched.content_type) == ("무역".encode("euc-kr"), "text/html; charset=euc-kr")


def test_the_agent_says_its_name_and_address(site: Site, fetcher: Fetcher) -> None:
    site.pages["/a"] = PAGE
    fetcher.fetch(site.url("/a"))
    assert {headers["User-Agent"] for _, headers, _ in site.asked} == {agent()}
    assert agent().startswith("Northbrief/")
    assert "(+https://" in agent()


def test_a_fragment_is_not_part_of_the_address(site: Site, fetcher: Fetcher) -> None:
    site.pages["/a"] = PAGE
    assert fetcher.fetch(site.url("/a#top")).url == site.url("/a")


def test_a_compressed_page_is_unpacked(site: Site, fetcher: Fetcher) -> None:
    site.pages["/a"] = (200, {"Content-Encoding": "gzip"}, gzip.compress(PAGE) + gzip.compress(b"more") + b"\0\0")
    assert fetcher.fetch(site.url("/a")).data == PAGE + b"more"


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_a_proxy_of_the_environment_is_not_used(
    site: Site, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, "http://127.0.0.1:9")
    site.pages["/a"] = PAGE
    assert fetcher.fetch(site.url("/a")).data == PAGE


# --- which addresses -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ftp://example.org/a", "begins with http"),
        ("file:///etc/passwd", "begins with http"),
        ("javascript:alert(1)", "begins with http"),
        ("http://", "expected a host"),
        ("http:///a", "expected a host"),
        ("http://user:secret@example.org/a", "password"),
        ("http://user@example.org/a", "password"),
        ("http://example.org/" + "a" * 3000, "at most"),
        ("http://example.org/\r\nHost: other", "printable"),
        ("http://example.org:99999/", "port 99999"),
        ("http://[::1/", "no web address"),
        ("", "begins with http"),
    ],
)
def test_what_is_no_web_address_is_refused(text: str, message: str) -> None:
    with pytest.raises(BriefError, match=message):
        web_address(text)


def test_the_message_about_a_password_does_not_repeat_it() -> None:
    with pytest.raises(BriefError) as raised:
        web_address("http://user:secret@example.org/a")
    assert "secret" not in str(raised.value)


def test_a_korean_address_is_written_in_ascii() -> None:
    assert str(web_address("https://통일부.한국/북한 경제")).isascii()


@settings(max_examples=50)
@given(st.text(max_size=60))
def test_any_text_is_an_address_or_a_clear_refusal(text: str) -> None:
    for each in (text, f"http://{text}"):
        try:
            url = web_address(each)
        except BriefError:
            continue
        assert url.scheme in ("http", "https")
        assert web_address(str(url)) == url


# --- private networks ------------------------------------------------------------------------------------------------

PRIVATE = [
    "0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254", "172.16.0.1", "172.31.9.9",
    "192.0.0.8", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.51.100.7", "203.0.113.9", "224.0.0.1",
    "239.1.1.1", "240.0.0.1", "255.255.255.255", "::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
    "::ffff:0:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1",
    "2002:7f00:1::", "2002:a00:1::1", "3fff::1", "5f00::1", "fc00::1", "fd12:3456::1", "fe80::1", "fe80::1%eth0",
    "fec0::1", "ff02::1", "ff0e::1", "localhost", "", "1", "0x7f000001",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_of_no_public_host_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"]
)
def test_an_address_of_a_public_host_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]", "0"]
)
def test_no_way_to_write_the_loopback_is_fetched(site: Site, host: str) -> None:
    site.pages["/a"] = PAGE
    with Fetcher() as fetcher:
        refused(fetcher, site.url("/a", host), "expected a public address|no network address")
    assert site.asked == []


@pytest.mark.parametrize("address", ["10.0.0.5", "169.254.169.254", "::1", "fd00::1"])
def test_a_name_that_resolves_to_a_private_network_is_refused(address: str) -> None:
    with Fetcher(resolver=lambda host, port: [address]) as fetcher:
        error = refused(fetcher, "http://intranet.example/a", "expected a public address")
    assert "--allow-private" in str(error)


def test_a_name_with_one_private_address_among_public_ones_is_refused() -> None:
    with Fetcher(resolver=lambda host, port: ["93.184.216.34", "10.0.0.5"]) as fetcher:
        refused(fetcher, "http://mixed.example/a", "10.0.0.5")


class Wire(httpcore.NetworkBackend):
    """Stands for the network below the guard: notes the numbers connected to, and leads all to the test's site."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.connected: list[str] = []

    def connect_tcp(self, host: str, port: int, timeout: float | None = None, *_: Any) -> httpcore.NetworkStream:
        self.connected.append(host)
        return httpcore.SyncBackend().connect_tcp("127.0.0.1", self.port, timeout)


@pytest.fixture
def wire(site: Site, monkeypatch: pytest.MonkeyPatch) -> Wire:
    made = Wire(site.port)
    monkeypatch.setattr("northbrief.corpus.guard.WIRE", made)
    return made


def answering(*answers: str) -> Callable[[str, int], list[str]]:
    """A resolver whose answer changes: each call gives the next, the last one for ever."""
    left = list(answers)
    return lambda host, port: [left.pop(0) if len(left) > 1 else left[0]]


def test_a_public_name_is_connected_to_by_the_number_that_was_checked(site: Site, wire: Wire) -> None:
    site.pages["/a"] = PAGE
    with Fetcher(resolver=answering("93.184.216.34"), delay=0.0) as fetcher:
        assert fetcher.fetch("http://public.example/a").data == PAGE
    assert set(wire.connected) == {"93.184.216.34"}
    assert {headers["Host"] for _, headers, _ in site.asked} == {"public.example"}


def test_a_name_whose_answer_turns_private_is_never_connected_to_there(site: Site, wire: Wire) -> None:
    site.pages["/robots.txt"] = (404, {"Connection": "close"}, b"none")
    site.pages["/a"] = PAGE
    with Fetcher(resolver=answering("93.184.216.34", "127.0.0.1"), delay=0.0) as fetcher:
        refused(fetcher, "http://rebinding.example/a", "127.0.0.1, expected a public address")
    assert wire.connected == ["93.184.216.34"]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_to_a_private_address_is_refused(site: Site, wire: Wire, status: int) -> None:
    site.pages["/a"] = moved("http://10.0.0.5/admin", status)

    def resolver(host: str, port: int) -> list[str]:
        return ["93.184.216.34"] if host == "public.example" else [host]

    with Fetcher(resolver=resolver, delay=0.0) as fetcher:
        refused(fetcher, "http://public.example/a", "10.0.0.5, expected a public address")
    assert set(wire.connected) == {"93.184.216.34"}


def test_a_redirect_of_robots_to_a_private_address_is_refused(site: Site, wire: Wire) -> None:
    site.pages["/robots.txt"] = moved("http://10.0.0.5/")
    with Fetcher(resolver=lambda host, _: ["1.1.1.1" if host == "public.example" else host], delay=0.0) as fetcher:
        refused(fetcher, "http://public.example/a", "10.0.0.5, expected a public address")
    assert set(wire.connected) == {"1.1.1.1"}


@pytest.mark.parametrize("place", ["file:///etc/passwd", "ftp://example.org/", "http://user:secret@127.0.0.1/"])
def test_a_redirect_to_what_is_no_web_address_is_refused(site: Site, fetcher: Fetcher, place: str) -> None:
    site.pages["/a"] = moved(place)
    refused(fetcher, site.url("/a"), "expected|no web address")


def test_the_ports_of_other_services_are_refused() -> None:
    with Fetcher(resolver=lambda host, port: ["93.184.216.34"]) as fetcher:
        refused(fetcher, "http://public.example:25/", "port 25")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for secure.example, signed by itself."""
    file = tmp_path_factory.mktemp("tls") / "both.pem"
    names = ["-subj", "/CN=secure.example", "-addext", "subjectAltName=DNS:secure.example"]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *names]
    try:
        subprocess.run([*command, "-keyout", str(file), "-out", str(file) + ".crt"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("there is no openssl to make a certificate with")
    file.write_text(file.read_text() + Path(f"{file}.crt").read_text())
    return file


@pytest.mark.parametrize(("host", "answered"), [("secure.example", True), ("other.example", False)])
def test_a_certificate_is_held_against_the_name_not_the_number(
    site: Site, wire: Wire, certificate: Path, host: str, answered: bool
) -> None:
    site.pages["/a"] = PAGE
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    site.server.socket = context.wrap_socket(site.server.socket, server_side=True)
    with Fetcher(
        resolver=answering("93.184.216.34"), delay=0.0, tls=ssl.create_default_context(cafile=str(certificate))
    ) as fetcher:
        if answered:
            assert fetcher.fetch(f"https://{host}/a").data == PAGE
        else:
            refused(fetcher, f"https://{host}/a", "robots.txt")


# --- redirects -------------------------------------------------------------------------------------------------------


def test_redirects_are_followed_and_both_ends_are_told(site: Site, fetcher: Fetcher) -> None:
    site.pages |= {"/a": moved("b?x=1", 301), "/b?x=1": moved("/c", 307), "/c": PAGE}
    fetched = fetcher.fetch(site.url("/a"))
    assert (fetched.url, fetched.final, fetched.data) == (site.url("/a"), site.url("/c"), PAGE)


def test_a_circle_of_redirects_ends(site: Site, fetcher: Fetcher) -> None:
    site.pages |= {"/a": moved("/b"), "/b": moved("/a")}
    refused(fetcher, site.url("/a"), "in a circle")
    assert site.paths() == ["/a", "/b"]


def test_a_chain_of_redirects_without_end_ends(site: Site, fetcher: Fetcher) -> None:
    site.pages |= {f"/{n}": moved(f"/{n + 1}") for n in range(30)}
    refused(fetcher, site.url("/0"), f"over {REDIRECTS} redirects")
    assert len(site.paths()) == REDIRECTS + 1


def test_a_redirect_without_a_place_is_refused(site: Site, fetcher: Fetcher) -> None:
    site.pages["/a"] = (302, {}, b"")
    refused(fetcher, site.url("/a"), "leads nowhere")


# --- size and time ---------------------------------------------------------------------------------------------------


def test_a_length_over_the_limit_is_refused_before_the_body(site: Site, fetcher: Fetcher) -> None:
    site.pages["/a"] = (200, {"Content-Length": "100001"}, b"begun")
    start = time.monotonic()
    refused(fetcher, site.url("/a"), "found more than 0.1 MB")
    assert time.monotonic() - start < 1.0


def test_an_endless_body_is_refused_at_the_limit(site: Site, fetcher: Fetcher) -> None:
    sent = []

    def endless(handler: Any) -> None:
        handler.send_response(200)
        handler.end_headers()
        while True:
            sent.append(handler.wfile.write(b"a" * 10_000))

    site.pages["/a"] = endless
    refused(fetcher, site.url("/a"), "found more than 0.1 MB")
    assert sum(sent) < 20_000_000  # what the system's buffers took


@pytest.mark.parametrize("copies", [1, 50])
def test_a_bomb_of_compression_is_not_unpacked(site: Site, fetcher: Fetcher, copies: int) -> None:
    import tracemalloc

    bomb = gzip.compress(bytes(20_000_000))
    site.pages["/a"] = (200, {"Content-Encoding": "gzip"}, b"".join([bomb] * copies)[:99_000])
    tracemalloc.start()
    try:
        refused(fetcher, site.url("/a"), "found more than 0.1 MB")
        assert tracemalloc.get_traced_memory()[1] < 3_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("encoding", "body", "message"),
    [
        ("br", b"anything", "encoded as 'br'"),
        ("zstd", b"anything", "encoded as 'zstd'"),
        ("gzip, gzip", gzip.compress(gzip.compress(PAGE)), "encoded as"),
        ("gzip", PAGE, "damaged compression"),
        ("gzip", gzip.compress(PAGE)[:-12], "too early"),
        ("gzip", zlib.compress(PAGE), "damaged compression"),
    ],
)
def test_compression_that_was_not_asked_for_or_is_damaged_is_refused(
    site: Site, fetcher: Fetcher, encoding: str, body: bytes, message: str
) -> None:
    site.pages["/a"] = (200, {"Content-Encoding": encoding}, body)
    refused(fetcher, site.url("/a"), message)


def drip(prelude: bytes) -> Callable[[Any], None]:
    """Sends the bytes, then one a tenth of a second."""

    def send(handler: Any) -> None:
        handler.wfile.write(prelude)
        while True:
            time.sleep(0.1)
            handler.wfile.write(b"a")
            handler.wfile.flush()

    return send


@pytest.mark.parametrize(
    "prelude",
    [b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nX-Head: ", b"HTTP/1.1 2", b""],
    ids=["body", "headers", "status", "nothing"],
)
def test_a_server_that_drips_is_left_at_the_deadline(site: Site, prelude: bytes) -> None:
    site.pages["/a"] = drip(prelude)
    with Fetcher(allow_private=True, delay=0.0, seconds=0.6) as fetcher:
        start = time.monotonic()
        error = refused(fetcher, site.url("/a"), "silent|not done|properly")
        assert isinstance(error, AddressError)
        assert time.monotonic() - start < 1.5


def test_a_server_that_never_answers_is_left_at_the_deadline() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, Fetcher(allow_private=True, seconds=0.4) as fetcher:
        start = time.monotonic()
        refused(fetcher, f"http://127.0.0.1:{silent.getsockname()[1]}/a", "robots.txt")
        assert time.monotonic() - start < 1.5


def test_a_body_that_ends_too_early_may_be_had_another_time(site: Site, fetcher: Fetcher) -> None:
    def short(handler: Any) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nbegun")

    site.pages["/a"] = short
    assert isinstance(refused(fetcher, site.url("/a"), "properly"), AddressError)


def test_what_is_no_http_is_refused(site: Site, fetcher: Fetcher) -> None:
    site.pages["/a"] = lambda handler: handler.wfile.write(b"SSH-2.0-OpenSSH_9.6\r\n")
    refused(fetcher, site.url("/a"), "properly")


def test_a_host_that_is_not_there_may_be_another_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with Fetcher(allow_private=True, seconds=1.0) as fetcher:
        assert isinstance(refused(fetcher, f"http://127.0.0.1:{port}/a", "robots.txt"), AddressError)


# --- answers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "passing"),
    [(204, True), (304, True), (401, False), (403, False), (404, False), (410, False), (429, True), (500, True)],
)
def test_an_answer_without_a_document_is_told_with_its_status(
    site: Site, fetcher: Fetcher, status: int, passing: bool
) -> None:
    site.pages["/a"] = (status, {}, b"")
    assert isinstance(refused(fetcher, site.url("/a"), f"status {status}"), AddressError) is passing


@pytest.mark.parametrize("kind", ["image/png", "video/mp4", "audio/mpeg", "text/css", "font/woff2"])
def test_what_is_no_document_is_refused_by_its_type(site: Site, fetcher: Fetcher, kind: str) -> None:
    site.pages["/a"] = (200, {"Content-Type": kind}, b"anything")
    refused(fetcher, site.url("/a"), f"type {kind}")


def test_an_empty_answer_is_refused(site: Site, fetcher: Fetcher) -> None:
    site.pages["/a"] = b" \n"
    refused(fetcher, site.url("/a"), "empty")


def test_a_page_is_not_sent_again_while_it_has_not_changed(site: Site, fetcher: Fetcher) -> None:
    site.pages["/a"] = (200, {"ETag": '"1"', "Last-Modified": "Mon, 05 Feb 2024 10:00:00 GMT"}, PAGE)
    visit = fetcher.fetch(site.url("/a")).visit
    site.pages["/a"] = (304, {}, b"")
    again = fetcher.fetch(site.url("/a"), visit)
    headers = site.asked[-1][1]
    assert (again.unchanged, again.visit) == (True, visit)
    assert (headers["If-None-Match"], headers["If-Modified-Since"]) == ('"1"', "Mon, 05 Feb 2024 10:00:00 GMT")


# --- manners ---------------------------------------------------------------------------------------------------------


def robots(site: Site, text: str) -> None:
    site.pages["/robots.txt"] = (200, {"Content-Type": "text/plain"}, text.encode())


@pytest.mark.parametrize(
    ("rules", "allowed"),
    [
        ("User-agent: *\nDisallow: /private/", True),
        ("User-agent: *\nDisallow: /briefs/", False),
        ("User-agent: *\nDisallow: /*.html$", False),
        ("User-agent: *\nDisallow: /briefs/\nAllow: /briefs/a", True),
        ("User-agent: Northbrief\nDisallow: /", False),
        ("User-agent: *\nDisallow: /\n\nUser-agent: northbrief\nAllow: /", True),
        ("User-agent: OtherBot\nDisallow: /", True),
        ("<html>no rules at all</html>", True),
        ("", True),
    ],
)
def test_robots_decides(site: Site, fetcher: Fetcher, rules: str, allowed: bool) -> None:
    robots(site, rules)
    site.pages["/briefs/a.html"] = PAGE
    if allowed:
        assert fetcher.fetch(site.url("/briefs/a.html")).data == PAGE
    else:
        refused(fetcher, site.url("/briefs/a.html"), "robots.txt forbids")
        assert site.paths() == []


@pytest.mark.parametrize(("status", "allowed"), [(404, True), (403, True), (410, True), (500, False), (503, False)])
def test_rules_that_are_missing_allow_and_rules_that_fail_forbid(
    site: Site, fetcher: Fetcher, status: int, allowed: bool
) -> None:
    site.pages |= {"/robots.txt": (status, {}, b""), "/a": PAGE}
    if allowed:
        assert fetcher.fetch(site.url("/a")).data == PAGE
    else:
        assert isinstance(refused(fetcher, site.url("/a"), "robots.txt"), AddressError)


def test_robots_is_asked_for_once_a_host(site: Site, fetcher: Fetcher) -> None:
    site.pages |= {"/a": PAGE, "/b": PAGE}
    fetcher.fetch(site.url("/a"))
    fetcher.fetch(site.url("/b"))
    assert [path for path, _, _ in site.asked] == ["/robots.txt", "/a", "/b"]


def test_robots_is_asked_of_the_host_that_a_redirect_leads_to(site: Site, fetcher: Fetcher) -> None:
    robots(site, "User-agent: *\nDisallow: /b")
    site.pages |= {"/a": moved("/b"), "/b": PAGE}
    refused(fetcher, site.url("/a"), "robots.txt forbids")
    assert site.paths() == ["/a"]


def test_a_robots_file_without_end_is_read_up_to_the_limit(site: Site, fetcher: Fetcher) -> None:
    robots(site, "User-agent: *\nDisallow: /a\n" + "# more\n" * 200_000)
    refused(fetcher, site.url("/a"), "robots.txt forbids")


@pytest.mark.parametrize("line", ["Disallow: /" + "*a" * 20_000, "Disallow: /" + "a*" * 20_000 + "$"])
def test_a_rule_full_of_wildcards_takes_no_time(site: Site, fetcher: Fetcher, line: str) -> None:
    robots(site, f"User-agent: *\n{line}")
    site.pages["/" + "a" * 1000] = PAGE
    start = time.monotonic()
    fetcher.fetch(site.url("/" + "a" * 1000))
    assert time.monotonic() - start < 1.0


def test_a_host_is_given_a_pause_between_two_requests(site: Site) -> None:
    site.pages |= {"/a": PAGE, "/b": PAGE}
    with Fetcher(allow_private=True, delay=0.2) as fetcher:
        fetcher.fetch(site.url("/a"))
        fetcher.fetch(site.url("/b"))
    times = [at for _, _, at in site.asked]
    assert min(later - sooner for sooner, later in pairwise(times)) >= 0.2


@pytest.mark.parametrize(("asked", "slept"), [("2", 2.0), ("0.1", 0.5)])
def test_the_pause_is_the_longer_of_ours_and_what_robots_asks_for(site: Site, asked: str, slept: float) -> None:
    pauses: list[float] = []
    robots(site, f"User-agent: *\nCrawl-delay: {asked}")
    site.pages["/a"] = PAGE
    with Fetcher(allow_private=True, delay=0.5, sleep=pauses.append) as fetcher:
        fetcher.fetch(site.url("/a"))
    assert pauses == [pytest.approx(slept, abs=0.2)]


def test_a_pause_of_minutes_is_not_waited_for(site: Site, fetcher: Fetcher) -> None:
    robots(site, "User-agent: *\nCrawl-delay: 600")
    refused(fetcher, site.url("/a"), "asks for 600 s")


def test_a_server_that_says_when_is_asked_again_then(site: Site) -> None:
    pauses: list[float] = []

    def busy(handler: Any) -> None:
        site.pages["/a"] = PAGE
        handler._give((503, {"Retry-After": "7"}, b""))

    site.pages["/a"] = busy
    with Fetcher(allow_private=True, delay=0.0, sleep=pauses.append) as fetcher:
        assert fetcher.fetch(site.url("/a")).data == PAGE
    assert pauses == [7.0]
