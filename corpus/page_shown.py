"""What a page shows a reader: its heading, the window's title, marked dates and bylines, its language."""

import re
from collections.abc import Iterator
from typing import Any

from .article import framed
from .bylines import split_names
from .dates import find_day
from .finds import LIKELY, STATED, WEAK, Find
from .headline import is_name
from .labels import DAY_LABEL
from .types import DateSource

SEPARATOR = re.compile(r"\s+[|\-–—:·»<>]+\s+")
"""Between the parts of a window's title."""
_HEADLINE = re.compile(
    r"(?:article|news|view|post|board|entry|content)\w*[-_ ]?(?:tit|title|subject|headline|head)", re.I
)


def shown_finds(tree: Any, meta: dict[str, list[str]]) -> Iterator[Find]:
    """Yield what the page shows; `meta` holds what its head says, by name."""
    site = next(iter(meta.get("og:site_name", ())), "")
    headings = [said(element) for element in tree.iter("h1")]
    headings = [heading for heading in headings if heading and heading != site]
    window = said(next(tree.iter("title"), None))
    parts = SEPARATOR.split(window)
    for heading in headings:
        shared = any(_plain(heading) == _plain(part) or _plain(heading) in _plain(window) for part in parts)
        yield Find("title", heading, "heading h1", LIKELY if shared else 0)  # else it may be the site's name
    if window:
        trimmed = next((part for part in parts if part != site and len(part) > 0.4 * len(window)), window)
        yield from (Find("title", line, "element named as a headline", WEAK) for line in _headlines(tree))
        yield Find("title", trimmed, "title of the window", WEAK)
        if len(parts) > 1 and not site and len(parts[-1].split()) <= 6:
            yield Find("institution", parts[-1], "end of the window's title", WEAK)
    for element in tree.iter("time"):
        marks = " ".join((element.get("class") or "", element.get("itemprop") or "")).lower()
        stated = element.get("pubdate") is not None or "datepublished" in marks
        if stated or re.search(r"publish|entry-date|post-date|pub-?date", marks):
            if "modified" in marks or ("updated" in marks and "published" not in marks):
                continue
            value = element.get("datetime") or said(element)
            yield Find("published", value, "element time", STATED if stated else LIKELY)
    yield from _shown_days(tree)
    for element in tree.xpath("//*[@data-date-time]"):
        yield Find("published", element.get("data-date-time"), "attribute data-date-time", LIKELY)
    for element in tree.xpath("//*[@itemprop='datePublished'][not(self::meta) and not(self::time)]"):
        yield Find("published", element.get("content") or said(element), "itemprop datePublished", STATED)
    for element in tree.xpath("//*[@rel='author' or @itemprop='author'][not(self::meta)]"):
        yield from (Find("authors", name, "byline", WEAK) for name in split_names(said(element)) if is_name(name))
    language = (tree.get("lang") or next(iter(meta.get("og:locale", ())), "")).replace("_", "-").split("-")[0].lower()
    if re.fullmatch(r"[a-z]{2,3}", language):
        yield Find("language", language, "language of the page")


def _headlines(tree: Any) -> list[str]:
    """The first element whose class says that it is the article's headline."""
    for element in tree.iter("h1", "h2", "h3", "h4", "p", "div", "strong", "span", "td"):
        words = said(element) if _HEADLINE.search(f"{element.get('class') or ''} {element.get('id') or ''}") else ""
        if 8 <= len(words) <= 150 and len(words.split()) >= 2:
            return [words]
    return []


def _shown_days(tree: Any) -> Iterator[Find]:
    """The day behind a label such as "Published" anywhere on the page, if every such label has the same."""
    days: dict[str, str] = {}
    for element in tree.iter("span", "p", "div", "li", "td", "dd", "em", "strong"):
        text = element.text_content()
        match = DAY_LABEL.match(text.strip()) if len(text) <= 120 else None
        found = find_day(text.strip()[match.end() : match.end() + 40]) if match else None
        if match and found and found[1] <= 12 and not framed(element):
            days.setdefault(found[0].isoformat(), match[0].strip(" |([:：\n"))
    if len(days) == 1:
        day, label = days.popitem()
        yield Find("published", day, f"the page, after {label!r}", LIKELY, DateSource.HEADER)


def said(element: Any) -> str:
    """Return the words of an element on one line; "" for none."""
    return re.sub(r"\s+", " ", element.text_content()).strip() if element is not None else ""


def _plain(text: str) -> str:
    return re.sub(r"\W+", " ", text).strip().lower()
