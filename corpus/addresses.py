"""Web addresses in, briefs out: pages and documents, and what feeds and sitemaps lead to.

What an address is, is told from what it gives. Nothing here is ever called but for addresses that a user named.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote, urljoin

from .errors import AddressError, BriefError
from .feeds import Item, Kind, kind_of, read_feed
from .fetch import Fetched, Fetcher
from .load import to_brief
from .parse import read_document
from .sitemaps import pages_of
from .types import Brief, DateSource, Failure
from .urls import web_address
from .visits import Memory, NoMemory, Visit

MOST = 200  # documents fetched in one run

_HEAD = 200_000  # bytes of a page in which its <head> is looked for
_NAME = re.compile(r"[^\w.-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What is taken: `filter` is a glob over the addresses that feeds and sitemaps lead to, or a part of them if it has
    no `*` or `?`; `most` counts documents fetched in one run; `pdf` takes the PDF that a page names in its place.

    Raises:
        BriefError: `most` is less than 1.
    """

    filter: str = ""
    most: int = MOST
    pdf: bool = False
    allow_private: bool = False

    def __post_init__(self) -> None:
        if self.most < 1:
            raise BriefError(f"found a limit of {self.most} documents, expected at least 1")

    def takes(self, url: str) -> bool:
        """Whether the filter lets the address through."""
        if not self.filter:
            return True
        return fnmatchcase(url, self.filter) if re.search(r"[*?]", self.filter) else self.filter in url


class AddressLoader:
    """The briefs of some addresses, fetched one by one while iterating.

    Complete at the end are: `failed`, what could not be taken, with reasons; `unchanged`, the addresses that gave
    nothing new; `left`, the number of documents over the limit; `visits`, which a memory should keep once the briefs
    are in the index. `len()` is the number of addresses given. Iterating again asks the addresses again.
    """

    def __init__(self, addresses: list[str], memory: Memory, limits: Limits, fetcher: Fetcher | None) -> None:
        self.addresses = addresses
        self.memory = memory
        self.limits = limits
        self.fetcher = fetcher
        self._start()

    def _start(self) -> None:
        self.failed: list[Failure] = []
        self.unchanged: list[str] = []
        self.visits: list[Visit] = []
        self.left = 0
        self._taken = 0
        self._met: set[str] = set()

    def __len__(self) -> int:
        return len(self.addresses)

    def __iter__(self) -> Iterator[Brief]:
        self._start()
        fetcher = self.fetcher or Fetcher(allow_private=self.limits.allow_private)
        try:
            for address in self.addresses:
                yield from self._given(fetcher, address)
        finally:
            if fetcher is not self.fetcher:
                fetcher.close()

    def _given(self, fetcher: Fetcher, address: str) -> Iterator[Brief]:
        """The briefs of an address that the user gave."""
        try:
            url = str(web_address(address))
            if not self._is_new(url):
                return
            fetched = fetcher.fetch(url, self._known(url))
            if fetched.unchanged:
                self.unchanged.append(url)
                return
            kind = kind_of(fetched.data)
            if kind is Kind.DOCUMENT:
                yield from self._documents(fetcher, fetched)
            else:
                failures, left = len(self.failed), self.left
                yield from self._listed(fetcher, fetched, kind)
                if (len(self.failed), self.left) == (failures, left):  # else it must not answer "unchanged" next time
                    self.visits.append(replace(fetched.visit, stamp=self.limits.filter, listing=True))
        except BriefError as error:
            self.failed.append(Failure(address, str(error)))

    def _known(self, url: str) -> Visit | None:
        """The last visit, where an answer of "unchanged" would mean that there is nothing to do."""
        known = self.memory.visit(url)
        if known and known.listing:
            return known if known.stamp == self.limits.filter else None  # the filter of that time hid other items
        return known if self.memory.holds(url) else None  # it was removed, and is asked for again

    def _is_new(self, url: str) -> bool:
        new = url not in self._met
        self._met.add(url)
        return new

    # --- feeds and sitemaps --------------------------------------------------------------------------------------

    def _listed(self, fetcher: Fetcher, fetched: Fetched, kind: Kind) -> Iterator[Brief]:
        items: list[Item]
        if kind is Kind.FEED:
            items = read_feed(fetched.data, fetched.final, fetched.content_type)
        else:
            items = pages_of(fetcher, fetched, self.failed)
        for item in items:
            try:
                url = str(web_address(urljoin(fetched.final, item.url)))
                if self.limits.takes(url) and self._is_new(url):
                    yield from self._item(fetcher, url, item)
            except BriefError as error:
                self.failed.append(Failure(item.url, str(error)))

    def _item(self, fetcher: Fetcher, url: str, item: Item) -> Iterator[Brief]:
        """The briefs of an address that a feed or sitemap leads to, unless nothing is new there."""
        known = self.memory.visit(url)
        if known and known.stamp == item.stamp:
            self.unchanged.append(url)
            return
        if self._taken >= self.limits.most:
            self.left += 1
            return
        self._taken += 1
        try:
            fetched = fetcher.fetch(url, known if self.memory.holds(url) else None)
            visit = replace(fetched.visit, stamp=item.stamp)
            if fetched.unchanged:
                self.unchanged.append(url)
                self.visits.append(visit)
                return
            for brief in self._documents(fetcher, replace(fetched, visit=visit)):
                if brief.published is None and item.published:
                    brief = replace(brief, published=item.published, published_from=DateSource.METADATA)
                yield brief
        except AddressError:
            raise
        except BriefError:
            self.visits.append(Visit(url, stamp=item.stamp))  # it will not be better next time
            raise

    # --- documents -----------------------------------------------------------------------------------------------

    def _documents(self, fetcher: Fetcher, fetched: Fetched) -> Iterator[Brief]:
        """The briefs of what was fetched; the visit is kept only once they were all made."""
        page = briefs_of(fetched)
        link = pdf_link(fetched) if self.limits.pdf else ""
        if link:
            paper = fetcher.fetch(link)
            page = [_described(brief, page[0]) for brief in briefs_of(replace(paper, url=fetched.url))]
        yield from page
        self.visits.append(fetched.visit)


def load_addresses(
    *addresses: str, memory: Memory | None = None, limits: Limits | None = None, fetcher: Fetcher | None = None
) -> AddressLoader:
    """Return the briefs at web addresses: pages, documents, and what feeds and sitemaps lead to.

    With a `memory`, only what is new or has changed since is fetched; `fetcher` sets the pace and the limits of a
    request. Nothing is asked for before the loader is iterated.
    """
    return AddressLoader(list(addresses), memory or NoMemory(), limits or Limits(), fetcher)


def briefs_of(fetched: Fetched) -> list[Brief]:
    """Return the briefs that a fetched document holds; their `source` is the address that was asked for.

    Raises:
        BriefError: it cannot be read, or only in part.
    """
    name = document_name(fetched.final)
    briefs = []
    for document in read_document(fetched.data, name, url=fetched.final, content_type=fetched.content_type):
        if document.reason:
            raise BriefError(document.reason)
        briefs.append(to_brief(document, {}, source=fetched.url, name=name))
    return [brief if brief.url else replace(brief, url=fetched.final) for brief in briefs]


def document_name(url: str) -> str:
    """Return a file name for what the address gives, in which nothing but its last part is left.

    >>> document_name("https://example.org/briefs/On%20Trade.pdf?download=1")
    'On-Trade.pdf'
    """
    path = unquote(url.split("#")[0].split("?")[0].partition("://")[2])
    host, _, rest = path.partition("/")
    parts = [part for part in rest.split("/") if part.strip(". ")]
    name = _NAME.sub("-", parts[-1] if parts else host).strip("-.")
    return name[-100:] or "page"


def pdf_link(fetched: Fetched) -> str:
    """Return the address of the PDF that a page names as its own document, or ""."""
    if b"<" not in fetched.data[:_HEAD]:
        return ""
    finder = _PdfFinder()
    finder.feed(fetched.data[:_HEAD].decode("utf-8", "replace"))
    return urljoin(fetched.final, finder.found[0]) if finder.found else ""


class _PdfFinder(HTMLParser):
    """Finds `citation_pdf_url`, which libraries and journals give, or an alternate link of the type."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {key: value or "" for key, value in attrs}
        if tag == "meta" and values.get("name", "").lower() == "citation_pdf_url" and values.get("content"):
            self.found.insert(0, values["content"])
        elif tag == "link" and values.get("type", "").lower() == "application/pdf" and values.get("href"):
            self.found.append(values["href"])


def _described(paper: Brief, page: Brief) -> Brief:
    """The paper with what its own page says of it, which is right more often than a PDF's properties."""
    known: dict[str, Any] = {"title": page.title, "url": page.url or page.source}
    for key in ("authors", "institution", "series"):
        known[key] = getattr(page, key) or getattr(paper, key)
    if page.published:
        known |= {"published": page.published, "published_from": page.published_from}
    return replace(paper, **known)
