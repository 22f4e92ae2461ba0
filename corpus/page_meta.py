"""What a page says of itself in its head, the part for machines: title, authors, day, site, address."""

from collections.abc import Iterator, Sequence
from typing import Any

from .bylines import split_names
from .finds import LIKELY, STATED, WEAK, Find
from .page_linked import linked_finds
from .page_shown import SEPARATOR, shown_finds

_TITLES = (
    ("citation_title", STATED),
    ("dc.title", LIKELY),
    ("dcterms.title", LIKELY),
    ("og:title", LIKELY),
    ("twitter:title", WEAK),
)
_AUTHORS = (
    ("citation_author", STATED),
    ("dc.creator", LIKELY),
    ("dcterms.creator", LIKELY),
    ("parsely-author", LIKELY),
    ("author", LIKELY),
    ("article:author", LIKELY),
    ("sailthru.author", LIKELY),
    ("byl", LIKELY),
)
_DATES = (
    ("citation_publication_date", STATED),
    ("citation_online_date", LIKELY),
    ("article:published_time", STATED),
    ("og:article:published_time", STATED),
    ("datepublished", STATED),
    ("dc.date.issued", STATED),
    ("dcterms.issued", STATED),
    ("dc.date", LIKELY),
    ("dcterms.date", LIKELY),
    ("parsely-pub-date", STATED),
    ("sailthru.date", LIKELY),
    ("pubdate", STATED),
    ("publishdate", STATED),
    ("publish-date", STATED),
    ("publish_date", STATED),
    ("published-date", STATED),
    ("date", LIKELY),
)
_SITES = (
    ("citation_technical_report_institution", STATED),
    ("citation_publisher", LIKELY),
    ("dc.publisher", LIKELY),
    ("og:site_name", LIKELY),
    ("application-name", WEAK),
)


def page_finds(tree: Any, address: str) -> Iterator[Find]:
    """Yield what the page says of itself: JSON-LD, the head, what it shows, its addresses."""
    meta: dict[str, list[str]] = {}
    for element in tree.iter("meta"):
        key = (element.get("property") or element.get("name") or element.get("itemprop") or "").strip().lower()
        value = (element.get("content") or "").strip()
        if key and value:
            meta.setdefault(key, []).append(value)
    yield from linked_finds(tree)
    for field, table in (("title", _TITLES), ("authors", _AUTHORS), ("published", _DATES), ("institution", _SITES)):
        for key, trust in table:
            for value in meta.get(key, ()):
                if field == "authors":
                    yield from (Find(field, name, f"meta {key}", trust) for name in split_names(value))
                elif field == "title" and value in meta.get("og:site_name", ()):
                    yield Find(field, value, f"meta {key}, which is the site's name", 0)
                elif field == "title":
                    yield Find(field, _without_site(value, meta.get("og:site_name", ())), f"meta {key}", trust)
                else:
                    yield Find(field, value, f"meta {key}", trust)
    yield from shown_finds(tree, meta)
    yield from _address(tree, meta, address)


def _without_site(title: str, sites: Sequence[str]) -> str:
    """ "A treaty - The Site" -> "A treaty"."""
    head, *rest = SEPARATOR.split(title)
    return head if len(rest) == 1 and rest[0] in sites else title


def _address(tree: Any, meta: dict[str, list[str]], address: str) -> Iterator[Find]:
    if address.startswith(("http://", "https://")):
        yield Find("url", address, "address it was saved from", STATED)
    for element in tree.iter("link"):
        target = (element.get("href") or "").strip()
        if (element.get("rel") or "").lower() == "canonical" and target.startswith(("http://", "https://")):
            yield Find("url", target, "link canonical")
    for value in meta.get("og:url", ()):
        if value.startswith(("http://", "https://")):
            yield Find("url", value, "meta og:url", WEAK)
