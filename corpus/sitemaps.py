"""Sitemaps and their indexes: the pages of a site as its owner lists them."""

import io
import xml.etree.ElementTree as ElementTree
from collections import deque
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from .body import gunzipped
from .errors import BriefError
from .feeds import MOST_ITEMS, Item, Kind, kind_of
from .fetch import Fetched, Fetcher
from .types import Failure

SITEMAP_BYTES = 50_000_000  # what the protocol allows one file
SITEMAPS = 100  # files of a nested sitemap read in one run

_HEAD = 4_000  # bytes in which a document type would stand


def pages_of(fetcher: Fetcher, fetched: Fetched, failed: list[Failure]) -> list[Item]:
    """Return the pages of a sitemap and of those it leads to, last changed first.

    Addresses of other hosts are not its to name; they are left out and counted in `failed`, with the nested sitemaps
    that could not be had.

    Raises:
        BriefError: the sitemap itself cannot be read.
    """
    pages: dict[str, Item] = {}
    foreign = 0
    waiting: deque[str] = deque()
    met = {fetched.url, fetched.final}

    def read(place: str, data: bytes) -> int:
        others = 0
        for item in read_sitemap(data):
            url = urljoin(place, item.url)
            if _site(url) != _site(fetched.final):
                others += 1
            elif not item.nested:
                pages.setdefault(url, Item(url, item.stamp))
            elif url not in met:
                met.add(url)
                waiting.append(url)
        return others

    foreign += read(fetched.final, fetched.data)
    for _ in range(SITEMAPS):
        if not waiting:
            break
        url = waiting.popleft()
        try:
            deeper = fetcher.fetch(url)
            if kind_of(deeper.data) is not Kind.SITEMAP:
                raise BriefError("found no sitemap, expected one, as the sitemap above it says")
            foreign += read(deeper.final, deeper.data)
        except BriefError as error:
            failed.append(Failure(url, str(error)))
    if waiting:
        failed.append(
            Failure(
                fetched.url, f"found over {SITEMAPS} nested sitemaps, {len(waiting)} were left; add them one by one"
            )
        )
    if foreign:
        failed.append(Failure(fetched.url, f"found {foreign} addresses of other hosts, expected only its own"))
    return sorted(pages.values(), key=lambda item: item.stamp, reverse=True)


def read_sitemap(data: bytes) -> list[Item]:
    """Return the entries of a sitemap or of an index of sitemaps, in its order.

    A damaged one gives what stands before the damage.

    Raises:
        BriefError: it is too large, declares entities, or holds no address.
    """
    if data[:2] == b"\x1f\x8b":
        data = b"".join(_limited(gunzipped([data], SITEMAP_BYTES)))
    if len(data) > SITEMAP_BYTES:
        raise _too_large()
    if b"<!DOCTYPE" in data[:_HEAD] or b"<!ENTITY" in data:
        raise BriefError("found a sitemap with a document type, expected none; such a file may expand without end")
    items: list[Item] = []
    try:
        for _, element in ElementTree.iterparse(io.BytesIO(data)):
            name = _local(element.tag)
            if name not in ("url", "sitemap"):
                continue
            values = {_local(child.tag): (child.text or "").strip() for child in element}
            if values.get("loc"):
                items.append(Item(values["loc"], values.get("lastmod", "")[:40], nested=name == "sitemap"))
            element.clear()
            if len(items) >= MOST_ITEMS:
                break
    except (ElementTree.ParseError, ValueError, LookupError) as error:  # LookupError: an encoding that does not exist
        if not items:
            raise BriefError(f"found a sitemap that is no XML ({error}), expected <loc> elements; check it") from error
    if not items:
        raise BriefError("found a sitemap without addresses, expected <loc> elements; check the address")
    return items


def _limited(parts: Iterator[bytes]) -> Iterator[bytes]:
    size = 0
    for part in parts:
        size += len(part)
        if size > SITEMAP_BYTES:
            raise _too_large()
        yield part


def _too_large() -> BriefError:
    return BriefError(f"found a sitemap of over {SITEMAP_BYTES / 1e6:.0f} MB, expected at most that; add a part of it")


def _local(tag: object) -> str:
    return str(tag).rpartition("}")[2]


def _site(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:  # brackets that hold no address
        return ""
