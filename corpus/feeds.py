"""What leads to documents: RSS and Atom feeds, lists in a file, and how a feed or a sitemap is told from a document."""

import io
import os
import re
from calendar import timegm
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import feedparser

from .body import gunzipped
from .errors import BriefError

FEED_BYTES = 3_000_000  # feedparser takes some 8 s for a hostile megabyte
MOST_ITEMS = 50_000  # what the protocol of sitemaps allows one file
MOST_LINES = 10_000

_ROOT = re.compile(
    rb"\s*(?:<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>|\s)*<(?:[\w.-]+:)?(\w+)", re.DOTALL | re.IGNORECASE
)
_NESTED_ENTITY = re.compile(rb"<!ENTITY[^>\"']*[\"'][^\"'>]*&(?!#)")
_HEAD = 4_000  # bytes in which the root element stands
_XML_ROOTS = {b"rss": "feed", b"feed": "feed", b"rdf": "feed", b"urlset": "sitemap", b"sitemapindex": "sitemap"}


class Kind(StrEnum):
    """What an address leads to."""

    FEED = "feed"
    SITEMAP = "sitemap"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class Item:
    """One address of a feed or sitemap. `stamp` changes when the document does, if the server keeps it; `published`
    is the day that a feed gives. `nested` leads to another sitemap."""

    url: str
    stamp: str = ""
    published: date | None = None
    nested: bool = False


def kind_of(data: bytes) -> Kind:
    """Return what the bytes are, by their root element; the content type is wrong too often.

    >>> kind_of(b'<?xml version="1.0"?><rss version="2.0">')
    <Kind.FEED: 'feed'>
    """
    head = data[:_HEAD]
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        head = head.decode("utf-16", "ignore").encode()
    elif head[:2] == b"\x1f\x8b":  # a sitemap is often kept compressed
        head = next(gunzipped([head], _HEAD), b"")
    match = _ROOT.match(head.removeprefix(b"\xef\xbb\xbf"))
    return Kind(_XML_ROOTS.get(match[1].lower(), "document")) if match else Kind.DOCUMENT


def read_feed(data: bytes, url: str, content_type: str = "") -> list[Item]:
    """Return the entries of an RSS or Atom feed, those without a link left out, each once.

    Raises:
        BriefError: it is too large, or no entry can be found in it.
    """
    if len(data) > FEED_BYTES:
        raise BriefError(f"found a feed of over {FEED_BYTES / 1e6:.0f} MB, expected less; add its pages one by one")
    if _NESTED_ENTITY.search(data):
        raise BriefError(
            "found a feed with entities made of entities, expected none; such a file may expand without end"
        )
    headers = {"content-type": content_type or "application/xml", "content-location": url}
    # A stream, because feedparser takes bytes for the name of a file first.
    parsed: Any = feedparser.parse(io.BytesIO(data), response_headers=headers, sanitize_html=False)
    items: dict[str, Item] = {}
    for entry in parsed.entries[:MOST_ITEMS]:
        if link := _link(entry):
            link = urljoin(url, link)
            items.setdefault(link, Item(link, _stamp(entry), _day(entry.get("published_parsed"))))
    if not items and (parsed.bozo or parsed.entries):
        problem = " ".join(str(parsed.get("bozo_exception") or "its entries have no links").split())[:120]
        raise BriefError(f"found a feed without a readable entry ({problem}), expected RSS or Atom; check the address")
    return list(items.values())


def _link(entry: Any) -> str:
    """The entry's page, else the document it encloses."""
    if link := str(entry.get("link") or ""):
        return link
    papers = [str(each.get("href", "")) for each in entry.get("enclosures", ()) if "pdf" in str(each.get("type", ""))]
    return papers[0] if papers else ""


def _stamp(entry: Any) -> str:
    """When the entry was last changed, as a fixed text; "" if the feed does not say."""
    moment = entry.get("updated_parsed" if "updated_parsed" in entry else "published_parsed")
    try:
        return datetime.fromtimestamp(timegm(moment), UTC).isoformat() if moment else ""
    except (ValueError, OverflowError, OSError):
        return ""


def _day(moment: Any) -> date | None:
    try:
        return date(*moment[:3]) if moment else None
    except ValueError:
        return None


def read_list(path: str | os.PathLike[str]) -> list[str]:
    """Return the addresses of a text file, one a line; empty lines and those that begin with # are passed over.

    Raises:
        BriefError: it cannot be read, or a line is no address.
    """
    try:
        lines = Path(path).expanduser().read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BriefError(f"{path} cannot be read as a list of addresses ({error}); save it as UTF-8 text") from error
    found = [line.strip() for line in lines]
    found = [line for line in found if line and not line.startswith("#")]
    if len(found) > MOST_LINES:
        raise BriefError(f"found {len(found):,} lines in {path}, expected at most {MOST_LINES:,}; split it")
    return list(dict.fromkeys(found))
