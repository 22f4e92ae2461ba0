"""Feeds, sitemaps, lists, pages: what an address leads to, and what a second run asks for."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from northbrief.corpus import Brief, BriefError, DateSource
from northbrief.corpus.addresses import AddressLoader, Limits, document_name, load_addresses
from northbrief.corpus.feeds import Kind, kind_of, read_feed, read_list
from northbrief.corpus.fetch import Fetcher
from northbrief.corpus.sitemaps import SITEMAPS, read_sitemap
from northbrief.corpus.visits import Visit

if TYPE_CHECKING:
    from northbrief.tests.conftest import Site

Load = Callable[..., AddressLoader]


class Remembered:
    """A memory in two dicts: what an index remembers once it has the briefs."""

    def __init__(self) -> None:
        self.visits: dict[str, Visit] = {}
        self.briefs: dict[str, Brief] = {}

    def visit(self, url: str) -> Visit | None:
        return self.visits.get(url)

    def holds(self, url: str) -> bool:
        return url in self.briefs

    def keep(self, loader: AddressLoader) -> list[Brief]:
        """Take all briefs of the loader, as `index.add` would, then its visits."""
        briefs = list(loader)
        self.briefs |= {brief.source: brief for brief in briefs}
        self.visits |= {visit.url: visit for visit in loader.visits}
        return briefs


@pytest.fixture
def memory() -> Remembered:
    return Remembered()


@pytest.fixture
def load(memory: Remembered) -> Iterator[Load]:
    with Fetcher(allow_private=True, delay=0.0, seconds=5.0) as fetcher:
        yield lambda *urls, **limits: load_addresses(*urls, memory=memory, fetcher=fetcher, limits=Limits(**limits))


def page(title: str, text: str = "", head: str = "") -> bytes:
    prose = text or f"The report on {title} says that trade grew by a third in the year after the border opened again."
    return (
        f"<html><head><title>{title}</title>{head}</head><body><article><p>{prose}</p></article></body></html>".encode()
    )


def rss(*items: tuple[str, str], date: str = "Mon, 05 Feb 2024 10:00:00 GMT") -> bytes:
    entries = "".join(
        f"<item><title>{title}</title><link>{link}</link><pubDate>{date}</pubDate></item>" for title, link in items
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>{entries}</channel></rss>'.encode()


def atom(*items: tuple[str, str]) -> bytes:
    """Entries of (link, updated)."""
    entries = "".join(
        f'<entry><title>t</title><link rel="self" href="/self"/><link rel="alternate" href="{link}"/>'
        f"<updated>{updated}</updated></entry>"
        for link, updated in items
    )
    return f'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom">{entries}</feed>'.encode()


def sitemap(*items: tuple[str, str], root: str = "urlset", entry: str = "url") -> bytes:
    """Entries of (address, last change)."""
    urls = "".join(f"<{entry}><loc>{url}</loc><lastmod>{stamp}</lastmod></{entry}>" for url, stamp in items)
    return f'<?xml version="1.0"?><{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</{root}>'.encode()


def reasons(loader: AddressLoader) -> list[str]:
    return [failure.reason for failure in loader.failed]


# --- what it is ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (rss(), Kind.FEED),
        (atom(), Kind.FEED),
        (b'<rdf:RDF xmlns:rdf="x">', Kind.FEED),
        (b"\xef\xbb\xbf\n<!-- made by hand -->\n<rss>", Kind.FEED),
        (b'<?xml-stylesheet href="a.xsl"?><!DOCTYPE rss [<!ENTITY nbsp "&#160;">]><RSS>', Kind.FEED),
        ('<?xml version="1.0" encoding="utf-16"?><rss>'.encode("utf-16"), Kind.FEED),
        (sitemap(), Kind.SITEMAP),
        (gzip.compress(sitemap()), Kind.SITEMAP),
        (sitemap(root="sitemapindex", entry="sitemap"), Kind.SITEMAP),
        (page("a"), Kind.DOCUMENT),
        (b"<!DOCTYPE html><html><body>about &lt;rss&gt; <rss>", Kind.DOCUMENT),
        (b"%PDF-1.7", Kind.DOCUMENT),
        (b"plain text on <rss>", Kind.DOCUMENT),
        (b"", Kind.DOCUMENT),
        (b"\x1f\x8b\x00", Kind.DOCUMENT),
    ],
)
def test_what_an_address_gives_is_told_from_its_root(data: bytes, kind: Kind) -> None:
    assert kind_of(data) is kind


@settings(max_examples=100)
@given(st.binary(max_size=300))
def test_any_bytes_are_of_some_kind(data: bytes) -> None:
    assert kind_of(data) in Kind
    assert kind_of(b"<?xml " + data) in Kind


# --- pages -----------------------------------------------------------------------------------------------------------


def test_a_page_becomes_a_brief_with_its_address(site: Site, load: Load) -> None:
    site.pages["/briefs/trade.html"] = page("Trade")
    (brief,) = load(site.url("/briefs/trade.html"))
    assert (brief.title, brief.source, brief.url) == ("Trade", site.url("/briefs/trade.html"), brief.source)
    assert "grew by a third" in brief.text


def test_a_page_in_a_legacy_encoding_is_read_by_its_headers(site: Site, load: Load) -> None:
    text = "<html><title>무역</title><p>무역이 지난해보다 삼분의 일 늘었다고 보고서가 밝혔다.</p></html>"
    site.pages["/a.html"] = (200, {"Content-Type": "text/html; charset=euc-kr"}, text.encode("euc-kr"))
    (brief,) = load(site.url("/a.html"))
    assert "무역이 지난해보다" in brief.text


def test_where_a_redirect_ends_is_the_address_shown_and_what_was_asked_the_source(site: Site, load: Load) -> None:
    site.pages |= {"/old": (301, {"Location": "/new.html"}, b""), "/new.html": page("Trade")}
    (brief,) = load(site.url("/old"))
    assert (brief.source, brief.url) == (site.url("/old"), site.url("/new.html"))


def test_an_address_given_twice_is_asked_once(site: Site, load: Load) -> None:
    site.pages["/a"] = page("a")
    assert len(list(load(site.url("/a"), site.url("/a#part")))) == 1
    assert site.paths() == ["/a"]


def test_a_bad_address_stops_no_other(site: Site, load: Load) -> None:
    site.pages["/b"] = page("b")
    loader = load(site.url("/missing"), "http://user:x@host/", site.url("/b"))
    assert [brief.title for brief in loader] == ["b"]
    assert [failure.source for failure in loader.failed] == [site.url("/missing"), "http://user:x@host/"]


def test_nothing_is_asked_for_before_the_loader_is_read(site: Site, load: Load) -> None:
    load(site.url("/a"))
    assert site.asked == []


def test_bytes_of_no_document_are_refused_whatever_their_type_says(site: Site, load: Load) -> None:
    site.pages["/a.html"] = (200, {"Content-Type": "text/html"}, b"\x7fELF\x02\x01\x01" + bytes(500))
    loader = load(site.url("/a.html"))
    assert (list(loader), len(loader.failed)) == ([], 1)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("http://x.org/a/b.pdf", "b.pdf"),
        ("http://x.org/", "x.org"),
        ("http://x.org/a/?q=1", "a"),
        ("http://x.org/%2e%2e/%2e%2e/etc/passwd", "passwd"),
        ("http://x.org/..%2f..%2fetc%2fshadow", "shadow"),
        ("http://x.org/C:%5Cwindows%5Cwin.ini", "C-windows-win.ini"),
        ("http://x.org/" + "a" * 500 + ".html", "a" * 95 + ".html"),
        ("http://x.org/...", "x.org"),
        ("http://x.org/북한.pdf", "북한.pdf"),
    ],
)
def test_the_name_of_an_address_is_no_path(url: str, name: str) -> None:
    assert document_name(url) == name


def test_the_pdf_that_a_page_names_is_taken_where_asked_for(
    site: Site, load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.pages["/a.html"] = page("Landing", head='<meta name="citation_pdf_url" content="/files/a.txt">')
    site.pages["/files/a.txt"] = (200, {"Content-Type": "text/plain"}, b"The whole report. It has many pages on trade.")
    (with_pdf,) = load(site.url("/a.html"), pdf=True)
    (without,) = load(site.url("/a.html"))
    assert ("whole report" in with_pdf.text, "whole report" in without.text) == (True, False)
    assert (with_pdf.title, with_pdf.source) == ("Landing", site.url("/a.html"))


# --- a second run ----------------------------------------------------------------------------------------------------


def test_an_unchanged_page_is_not_sent_again(site: Site, load: Load, memory: Remembered) -> None:
    site.pages["/a"] = (200, {"ETag": '"1"'}, page("a"))
    memory.keep(load(site.url("/a")))
    site.pages["/a"] = (304, {}, b"")
    loader = load(site.url("/a"))
    assert (memory.keep(loader), loader.unchanged, loader.failed) == ([], [site.url("/a")], [])
    assert site.asked[-1][1]["If-None-Match"] == '"1"'


def test_a_page_whose_brief_was_removed_is_sent_again(site: Site, load: Load, memory: Remembered) -> None:
    site.pages["/a"] = (200, {"ETag": '"1"'}, page("a"))
    memory.keep(load(site.url("/a")))
    memory.briefs.clear()
    assert len(memory.keep(load(site.url("/a")))) == 1
    assert "If-None-Match" not in site.asked[-1][1]


def test_a_page_that_is_gone_says_so(site: Site, load: Load, memory: Remembered) -> None:
    site.pages["/a"] = (200, {"ETag": '"1"'}, page("a"))
    memory.keep(load(site.url("/a")))
    site.pages["/a"] = (410, {}, b"")
    loader = load(site.url("/a"))
    assert list(loader) == []
    assert "410" in reasons(loader)[0]


# --- feeds -----------------------------------------------------------------------------------------------------------


def test_the_entries_of_a_feed_are_fetched_and_dated_by_it(site: Site, load: Load) -> None:
    site.pages |= {"/feed": rss(("A", "/a"), ("B", "/b")), "/a": page("a"), "/b": page("b")}
    briefs = list(load(site.url("/feed")))
    assert [brief.title for brief in briefs] == ["a", "b"]
    assert {(brief.published, brief.published_from) for brief in briefs} == {(date(2024, 2, 5), DateSource.METADATA)}


def test_the_entries_of_an_atom_feed_are_its_alternate_links(site: Site, load: Load) -> None:
    site.pages |= {"/feed": atom(("/a", "2024-02-05T10:00:00Z")), "/a": page("a")}
    (brief,) = load(site.url("/feed"))
    assert (brief.source, brief.published) == (site.url("/a"), None)  # "updated" is no date of publication


def test_a_second_run_asks_for_new_entries_only(site: Site, load: Load, memory: Remembered) -> None:
    site.pages |= {"/feed": rss(("A", "/a")), "/a": page("a"), "/b": page("b")}
    memory.keep(load(site.url("/feed")))
    site.pages["/feed"] = rss(("B", "/b"), ("A", "/a"))
    site.asked.clear()
    loader = load(site.url("/feed"))
    assert [brief.title for brief in memory.keep(loader)] == ["b"]
    assert (site.paths(), loader.unchanged) == (["/feed", "/b"], [site.url("/a")])


def test_an_entry_that_the_feed_calls_updated_is_asked_for_again(site: Site, load: Load, memory: Remembered) -> None:
    site.pages |= {"/feed": atom(("/a", "2024-02-05T10:00:00Z")), "/a": (200, {"ETag": '"1"'}, page("a"))}
    memory.keep(load(site.url("/feed")))
    site.pages["/feed"] = atom(("/a", "2024-03-01T10:00:00Z"))
    site.pages["/a"] = (200, {"ETag": '"2"'}, page("a, second edition"))
    (brief,) = memory.keep(load(site.url("/feed")))
    assert brief.title == "a, second edition"
    assert site.asked[-1][1]["If-None-Match"] == '"1"'


def test_an_entry_whose_brief_was_removed_does_not_come_back(site: Site, load: Load, memory: Remembered) -> None:
    site.pages |= {"/feed": rss(("A", "/a")), "/a": page("a")}
    memory.keep(load(site.url("/feed")))
    memory.briefs.clear()
    assert memory.keep(load(site.url("/feed"))) == []


def test_an_unchanged_feed_costs_one_request(site: Site, load: Load, memory: Remembered) -> None:
    site.pages |= {"/feed": (200, {"ETag": '"1"'}, rss(("A", "/a"))), "/a": page("a")}
    memory.keep(load(site.url("/feed")))
    site.pages["/feed"] = (304, {}, b"")
    site.asked.clear()
    loader = load(site.url("/feed"))
    assert (memory.keep(loader), loader.failed, site.paths()) == ([], [], ["/feed"])


def test_an_entry_that_failed_for_now_is_tried_again_although_the_feed_is_unchanged(
    site: Site, load: Load, memory: Remembered
) -> None:
    site.pages |= {"/feed": (200, {"ETag": '"1"'}, rss(("A", "/a"))), "/a": (500, {}, b"")}
    loader = load(site.url("/feed"))
    assert (memory.keep(loader), "500" in reasons(loader)[0]) == ([], True)
    site.pages["/a"] = page("a")
    assert len(memory.keep(load(site.url("/feed")))) == 1
    assert "If-None-Match" not in site.asked[-2][1]


def test_an_entry_that_failed_for_good_is_not_tried_again(site: Site, load: Load, memory: Remembered) -> None:
    site.pages |= {"/feed": rss(("A", "/a")), "/a": (404, {}, b"")}
    memory.keep(load(site.url("/feed")))
    site.asked.clear()
    loader = load(site.url("/feed"))
    assert (memory.keep(loader), loader.failed, site.paths()) == ([], [], ["/feed"])


def test_another_filter_asks_for_the_whole_feed_again(site: Site, load: Load, memory: Remembered) -> None:
    site.pages |= {"/feed": (200, {"ETag": '"1"'}, rss(("A", "/a"), ("B", "/b"))), "/a": page("a"), "/b": page("b")}
    memory.keep(load(site.url("/feed"), filter="/a"))
    assert [brief.title for brief in memory.keep(load(site.url("/feed"), filter="/b"))] == ["b"]


def test_what_is_over_the_limit_is_left_for_the_next_run(site: Site, load: Load, memory: Remembered) -> None:
    site.pages |= {"/feed": (200, {"ETag": '"1"'}, rss(*((str(n), f"/{n}") for n in range(5))))}
    site.pages |= {f"/{n}": page(str(n)) for n in range(5)}
    loaders = [load(site.url("/feed"), most=2) for _ in range(3)]
    assert [[brief.title for brief in memory.keep(loader)] for loader in loaders] == [["0", "1"], ["2", "3"], ["4"]]
    assert [loader.left for loader in loaders] == [3, 1, 0]


@pytest.mark.parametrize(
    "feed",
    [
        rss(("A & B", "/a")),  # a bare ampersand
        rss(("A", "/a")).replace(b"</channel></rss>", b""),
        rss(("A", "/a")).replace(b"<title>News</title>", b"<title>&nbsp;<b>News</title>"),
        b"\n\n" + rss(("A", "/a")),
        rss(("A", "/a"), date="some day"),
        rss(("A", "/a")).replace(b'<?xml version="1.0"?>', b'<?xml version="1.0" encoding="nonsense"?>'),
        rss(("A", "/a")).decode().replace('"1.0"?', '"1.0" encoding="utf-16"?').encode("utf-16"),
    ],
)
def test_a_malformed_feed_gives_what_can_be_read(feed: bytes) -> None:
    assert [item.url for item in read_feed(feed, "http://x.org/feed")] == ["http://x.org/a"]


@pytest.mark.parametrize(
    "feed", [b"<rss><channel><item>", b"<rss", b"<rss><channel><item><title>t</title></item></channel></rss>"]
)
def test_a_feed_without_a_readable_entry_says_so(feed: bytes) -> None:
    with pytest.raises(BriefError, match="without a readable entry"):
        read_feed(feed, "http://x.org/feed")


def test_an_empty_feed_is_no_failure() -> None:
    assert read_feed(rss(), "http://x.org/feed") == []


def test_a_feed_of_a_pdf_enclosed_leads_to_it() -> None:
    entry = b'<item><enclosure url="/a.pdf" type="application/pdf" length="1"/></item>'
    feed = b'<rss version="2.0"><channel>' + entry + b"</channel></rss>"
    assert [item.url for item in read_feed(feed, "http://x.org/feed")] == ["http://x.org/a.pdf"]


def test_a_feed_whose_entities_multiply_is_refused() -> None:
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 7))
    bomb = f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a0 "ha">{entities}]><rss><channel><item>'
    bomb += "<link>http://x.org/a?&a6;</link></item></channel></rss>"
    with pytest.raises(BriefError, match="entities made of entities"):
        read_feed(bomb.encode(), "http://x.org/feed")


def test_a_feed_that_names_a_file_reads_none(tmp_path: Path, site: Site, load: Load) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("A secret sentence about something.", "utf-8")
    site.pages["/feed"] = rss(("A", secret.as_uri()))
    loader = load(site.url("/feed"))
    assert list(loader) == []
    assert "begins with http" in reasons(loader)[0]


def test_feed_data_that_is_the_name_of_a_file_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "<rss>").write_bytes(rss(("A", "http://x.org/stolen")))
    with pytest.raises(BriefError):
        read_feed(b"<rss>", "http://x.org/feed")


# --- sitemaps --------------------------------------------------------------------------------------------------------


def test_the_pages_of_a_sitemap_are_fetched_last_changed_first(site: Site, load: Load) -> None:
    site.pages["/sitemap.xml"] = sitemap((site.url("/a"), "2024-01-01"), (site.url("/b"), "2024-05-01"))
    site.pages |= {"/a": page("a"), "/b": page("b")}
    assert [brief.title for brief in load(site.url("/sitemap.xml"))] == ["b", "a"]


@pytest.mark.parametrize("filter_", ["/briefs/", "*/briefs/*", "http://*/briefs/?"])
def test_a_filter_chooses_among_the_pages(site: Site, load: Load, filter_: str) -> None:
    site.pages["/sitemap.xml"] = sitemap((site.url("/about"), ""), (site.url("/briefs/a"), ""))
    site.pages |= {"/about": page("about"), "/briefs/a": page("a")}
    assert [brief.title for brief in load(site.url("/sitemap.xml"), filter=filter_)] == ["a"]


def test_a_second_run_asks_only_for_pages_that_the_sitemap_calls_changed(
    site: Site, load: Load, memory: Remembered
) -> None:
    site.pages |= {"/a": page("a"), "/b": page("b")}
    site.pages["/sitemap.xml"] = sitemap((site.url("/a"), "2024-01-01"), (site.url("/b"), "2024-05-01"))
    memory.keep(load(site.url("/sitemap.xml")))
    site.pages["/sitemap.xml"] = sitemap((site.url("/a"), "2024-06-01"), (site.url("/b"), "2024-05-01"))
    site.asked.clear()
    memory.keep(load(site.url("/sitemap.xml")))
    assert site.paths() == ["/sitemap.xml", "/a"]


def test_nested_and_compressed_sitemaps_are_read(site: Site, load: Load) -> None:
    site.pages["/index.xml"] = sitemap(
        (site.url("/one.xml"), ""), (site.url("/two.xml.gz"), ""), root="sitemapindex", entry="sitemap"
    )
    site.pages["/one.xml"] = sitemap((site.url("/deep.xml"), ""), root="sitemapindex", entry="sitemap")
    site.pages["/deep.xml"] = sitemap((site.url("/a"), "2024-01-01"))
    site.pages["/two.xml.gz"] = gzip.compress(sitemap((site.url("/b"), "2023-01-01")))
    site.pages |= {"/a": page("a"), "/b": page("b")}
    assert [brief.title for brief in load(site.url("/index.xml"))] == ["a", "b"]


def test_sitemaps_in_a_circle_end(site: Site, load: Load) -> None:
    site.pages["/one.xml"] = sitemap((site.url("/two.xml"), ""), root="sitemapindex", entry="sitemap")
    site.pages["/two.xml"] = sitemap((site.url("/one.xml"), ""), root="sitemapindex", entry="sitemap")
    assert list(load(site.url("/one.xml"))) == []
    assert site.paths() == ["/one.xml", "/two.xml"]


def test_sitemaps_nested_without_end_are_left_at_a_limit(site: Site, load: Load) -> None:
    names = [(site.url(f"/{n}.xml"), "") for n in range(SITEMAPS + 20)]
    site.pages["/index.xml"] = sitemap(*names, root="sitemapindex", entry="sitemap")
    loader = load(site.url("/index.xml"))
    assert list(loader) == []
    assert len(site.paths()) == SITEMAPS + 1
    assert f"over {SITEMAPS} nested sitemaps, 20 were left" in reasons(loader)[-1]


def test_the_pages_of_other_hosts_are_not_a_sitemaps_to_name(site: Site, load: Load) -> None:
    site.pages["/sitemap.xml"] = sitemap((site.url("/a"), ""), ("http://169.254.169.254/", ""), ("file:///a", ""))
    site.pages["/a"] = page("a")
    loader = load(site.url("/sitemap.xml"))
    assert [brief.title for brief in loader] == ["a"]
    assert "2 addresses of other hosts" in reasons(loader)[0]


def test_a_sitemap_of_many_pages_costs_one_request_and_the_limit(site: Site, load: Load) -> None:
    site.pages["/sitemap.xml"] = sitemap(*((site.url(f"/{n}"), "") for n in range(20_000)))
    site.pages |= {f"/{n}": page(str(n)) for n in range(3)}
    loader = load(site.url("/sitemap.xml"), most=3)
    assert (len(list(loader)), loader.left, len(site.paths())) == (3, 19_997, 4)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (sitemap(), "without addresses"),
        (b"<urlset><url><loc>", "no XML"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><urlset>' + b"<url><loc>&a;</loc></url></urlset>", "document type"),
        (gzip.compress(bytes(60_000_000)), "over 50 MB"),
    ],
)
def test_a_sitemap_that_cannot_be_read_says_why(data: bytes, message: str) -> None:
    with pytest.raises(BriefError, match=message):
        read_sitemap(data)


def test_a_sitemap_cut_off_gives_what_stands_before() -> None:
    whole = sitemap(("http://x.org/a", "2024-01-01"), ("http://x.org/b", ""))
    assert [item.url for item in read_sitemap(whole[:-60])] == ["http://x.org/a"]


# --- lists -----------------------------------------------------------------------------------------------------------


def test_a_list_gives_its_lines_but_not_its_comments(tmp_path: Path) -> None:
    file = tmp_path / "addresses.txt"
    file.write_text("\ufeff# think tanks\nhttp://x.org/a\n\n  http://x.org/b  \nhttp://x.org/a\n", "utf-8")
    assert read_list(file) == ["http://x.org/a", "http://x.org/b"]


def test_a_list_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(BriefError, match="cannot be read as a list"):
        read_list(tmp_path / "none.txt")


def test_a_limit_of_none_is_refused() -> None:
    with pytest.raises(BriefError, match="at least 1"):
        Limits(most=0)


# --- the command -----------------------------------------------------------------------------------------------------


def run_add(tmp_path: Path, *arguments: str, code: int = 0) -> dict[str, Any]:
    from northbrief.ui.cli import app
    from typer.testing import CliRunner

    result = CliRunner().invoke(app, ["--home", str(tmp_path / "home"), "add", "--json", *arguments])
    assert result.exit_code == code, result.output
    return json.loads(result.stdout) if result.stdout else {}


def test_the_command_adds_addresses_files_and_lists_together(site: Site, tmp_path: Path, encoder: object) -> None:
    site.pages |= {"/a.html": page("Trade"), "/feed": rss(("B", "/b.html")), "/b.html": page("Fisheries")}
    (tmp_path / "c.txt").write_text("Coal exports fell by half in that year.", "utf-8")
    (tmp_path / "list.txt").write_text(f"# feeds\n{site.url('/feed')}\n", "utf-8")
    arguments = [str(tmp_path / "c.txt"), site.url("/a.html"), "--list", str(tmp_path / "list.txt"), "--allow-private"]
    report = run_add(tmp_path, *arguments)
    assert (sorted(report["added"]), report["failed"]) == (["a", "b", "c"], [])
    again = run_add(tmp_path, *arguments)
    assert (again["added"], again["replaced"], len(again["unchanged"])) == ([], [], 3)


def test_the_command_refuses_this_machine_unless_allowed(site: Site, tmp_path: Path) -> None:
    site.pages["/a.html"] = page("Trade")
    report = run_add(tmp_path, site.url("/a.html"), code=2)
    assert "--allow-private" in report["failed"][0]["reason"]
    assert site.asked == []


def test_the_command_without_anything_to_add_says_so(tmp_path: Path) -> None:
    run_add(tmp_path, code=2)
