"""Web pages and pages saved as one file: the article by trafilatura, what the page says of itself by its own marks."""

import email
import email.policy
import json
import re
from collections.abc import Iterator, Sequence
from email.message import EmailMessage
from typing import Any

from .article import article_blocks, framed, with_lost
from .dates import find_day
from .decode import decode_page
from .errors import BriefError
from .finds import LIKELY, STATED, WEAK, Find
from .headline import is_name
from .labels import DAY_LABEL, dated_lines, site_line
from .parsed import LeftOut, Parsed
from .types import DateSource

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
_SEPARATOR = re.compile(r"\s+[|\-–—:·»<>]+\s+")
_SAVED = re.compile(r"<!--\s*saved from url=\(\d+\)(\S+?)\s*-->")
_ARTICLES = {
    "article",
    "newsarticle",
    "reportagenewsarticle",
    "analysisnewsarticle",
    "opinionnewsarticle",
    "scholarlyarticle",
    "techarticle",
    "report",
    "blogposting",
    "webpage",
    "policybrief",
}


def read_html(data: bytes, content_type: str = "") -> Parsed:
    """Return the article of a page, headings as Markdown, tables row by row.

    Raises:
        BriefError: the page has no text.
    """
    return read_page_text(decode_page(data, content_type))


def read_mhtml(data: bytes) -> Parsed:
    """Return the article of a page saved as one file (.mhtml): its first part of HTML.

    Raises:
        BriefError: it holds no page.
    """
    message = email.message_from_bytes(data, policy=email.policy.default)
    address = str(message.get("Snapshot-Content-Location") or message.get("Content-Location") or "")
    for part in message.walk():
        if isinstance(part, EmailMessage) and part.get_content_type() in ("text/html", "application/xhtml+xml"):
            raw = part.get_payload(decode=True)
            if isinstance(raw, bytes) and raw.strip():
                return read_page_text(decode_page(raw, str(part.get("Content-Type", ""))), address)
    raise BriefError("found a saved page (.mhtml) without any HTML in it, expected one; save the page again")


def read_page_text(html: str, address: str = "") -> Parsed:
    """Return the article of the page `html`."""
    from lxml import etree
    from lxml import html as lxml_html

    if not html.strip():
        raise BriefError("found an empty page, expected text")
    saved = _SAVED.search(html[:4000])
    address = address or (saved[1] if saved else "")
    try:
        parser = lxml_html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
        tree = lxml_html.document_fromstring(html.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, ValueError) as error:
        raise BriefError(f"found no page in this HTML ({error}), expected one") from error
    finds = tuple(_finds(tree, address))
    lines = _article(tree)
    finds = (*finds, *dated_lines("\n".join(lines)[:4_000]))
    left_out = (*(LeftOut(line, "line about the site") for line in lines if site_line(line)), *_junk(tree))
    text = "\n".join(line for line in lines if not site_line(line))
    return Parsed(re.sub(r"\n{3,}", "\n\n", text).strip(), (), finds, (), left_out)


def _article(tree: Any) -> list[str]:
    """The article's lines, by trafilatura, which gives it as a tree of its own few kinds of element."""
    import trafilatura

    found = trafilatura.bare_extraction(
        tree, include_comments=False, include_tables=True, favor_recall=True, with_metadata=False
    )
    body = getattr(found, "body", None)
    blocks = [] if body is None else [block for block in article_blocks(body) if block]
    return [line for block in with_lost(blocks, tree) for line in (*block.split("\n"), "")]


def _finds(tree: Any, address: str) -> Iterator[Find]:
    meta: dict[str, list[str]] = {}
    for element in tree.iter("meta"):
        key = (element.get("property") or element.get("name") or element.get("itemprop") or "").strip().lower()
        value = (element.get("content") or "").strip()
        if key and value:
            meta.setdefault(key, []).append(value)
    yield from _json_ld(tree)
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
    yield from _visible(tree, meta)
    yield from _address(tree, meta, address)


def _without_site(title: str, sites: Sequence[str]) -> str:
    """ "A treaty - The Site" -> "A treaty"."""
    head, *rest = _SEPARATOR.split(title)
    return head if len(rest) == 1 and rest[0] in sites else title


def _visible(tree: Any, meta: dict[str, list[str]]) -> Iterator[Find]:
    """What the page shows: its heading, its title, its marked dates and bylines."""
    site = next(iter(meta.get("og:site_name", ())), "")
    headings = [_said(element) for element in tree.iter("h1")]
    headings = [heading for heading in headings if heading and heading != site]
    window = _said(next(tree.iter("title"), None))
    parts = _SEPARATOR.split(window)
    for heading in headings:
        shared = any(_plain(heading) == _plain(part) or _plain(heading) in _plain(window) for part in parts)
        yield Find("title", heading, "heading h1", LIKELY if shared else 0)  # else it may be the site's name
    if window:
        trimmed = next((part for part in parts if part != site and len(part) > 0.4 * len(window)), window)
        yield from (Find("title", said, "element named as a headline", WEAK) for said in _headlines(tree))
        yield Find("title", trimmed, "title of the window", WEAK)
        if len(parts) > 1 and not site and len(parts[-1].split()) <= 6:
            yield Find("institution", parts[-1], "end of the window's title", WEAK)
    for element in tree.iter("time"):
        marks = " ".join((element.get("class") or "", element.get("itemprop") or "")).lower()
        stated = element.get("pubdate") is not None or "datepublished" in marks
        if stated or re.search(r"publish|entry-date|post-date|pub-?date", marks):
            if "modified" in marks or ("updated" in marks and "published" not in marks):
                continue
            value = element.get("datetime") or _said(element)
            yield Find("published", value, "element time", STATED if stated else LIKELY)
    yield from _shown_days(tree)
    for element in tree.xpath("//*[@data-date-time]"):
        yield Find("published", element.get("data-date-time"), "attribute data-date-time", LIKELY)
    for element in tree.xpath("//*[@itemprop='datePublished'][not(self::meta) and not(self::time)]"):
        yield Find("published", element.get("content") or _said(element), "itemprop datePublished", STATED)
    for element in tree.xpath("//*[@rel='author' or @itemprop='author'][not(self::meta)]"):
        yield from (Find("authors", name, "byline", WEAK) for name in split_names(_said(element)) if is_name(name))
    language = (tree.get("lang") or next(iter(meta.get("og:locale", ())), "")).replace("_", "-").split("-")[0].lower()
    if re.fullmatch(r"[a-z]{2,3}", language):
        yield Find("language", language, "language of the page")


_HEADLINE = re.compile(
    r"(?:article|news|view|post|board|entry|content)\w*[-_ ]?(?:tit|title|subject|headline|head)", re.I
)


def _headlines(tree: Any) -> list[str]:
    """The first element whose class says that it is the article's headline."""
    for element in tree.iter("h1", "h2", "h3", "h4", "p", "div", "strong", "span", "td"):
        said = _said(element) if _HEADLINE.search(f"{element.get('class') or ''} {element.get('id') or ''}") else ""
        if 8 <= len(said) <= 150 and len(said.split()) >= 2:
            return [said]
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


def _json_ld(tree: Any) -> Iterator[Find]:
    for script in tree.xpath("//script[@type='application/ld+json']"):
        try:
            values = json.loads(script.text or "", strict=False)
        except (ValueError, RecursionError):
            continue
        for thing in _things(values):
            kinds = thing.get("@type")
            named = {str(kind).lower() for kind in (kinds if isinstance(kinds, list) else [kinds])}
            if not named & _ARTICLES:
                continue
            trust = WEAK if named == {"webpage"} else STATED
            for key, field in (("headline", "title"), ("datePublished", "published")):
                if isinstance(thing.get(key), str):
                    yield Find(field, thing[key], f"JSON-LD {key}", trust)
            for person in _listed(thing.get("author")):
                name = person.get("name") if isinstance(person, dict) else person
                if isinstance(name, str) and not (isinstance(person, dict) and person.get("@type") == "Organization"):
                    yield from (Find("authors", one, "JSON-LD author", trust) for one in split_names(name))
            for publisher in _listed(thing.get("publisher")):
                if isinstance(publisher, dict) and isinstance(publisher.get("name"), str):
                    yield Find("institution", publisher["name"], "JSON-LD publisher", LIKELY)


def _things(values: Any) -> Iterator[dict[str, Any]]:
    """The objects of a JSON-LD script: itself, those of a list, those of its graph."""
    for value in _listed(values):
        if isinstance(value, dict):
            yield value
            yield from (thing for thing in _listed(value.get("@graph")) if isinstance(thing, dict))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def split_names(value: str) -> Iterator[str]:
    """ "Ann Lee and Bo Kim" -> "Ann Lee", "Bo Kim"; "Lee, Ann" stays one."""
    value = re.sub(r"^\s*(?:by|written by)[:\s]+", "", value, flags=re.IGNORECASE)
    for part in re.split(r";|\||\band\b|&|·|,(?=\s*\S+\s+\S+)", value):
        name = part.strip(" ,")
        if name and not (name != value and _POST.search(name)):
            yield name


_POST = re.compile(
    r"\b(?:writers?|reporters?|staff|editors?|correspondents?|desk|team|press|news|contributors?)\b", re.I
)


_JUNK = re.compile(
    r"cookie|consent|gdpr|newsletter|subscribe|share|social|related|breadcrumb|menu|sidebar|banner|advert", re.I
)


_FRAMES = ("div", "section", "header", "ul", "form")


def _junk(tree: Any) -> Iterator[LeftOut]:
    """Blocks that are about the site: reported, so that a user sees what was not taken."""
    pending = [tree]
    while pending:
        element = pending.pop()
        if not isinstance(element.tag, str) or element.tag in ("script", "style", "svg", "head"):
            continue
        match = _JUNK.search(f"{element.get('class') or ''} {element.get('id') or ''}")
        if element.tag in ("nav", "footer", "aside") or (match and element.tag in _FRAMES):
            said = _said(element)
            reason = f"about the site ({match[0].lower()})" if match else f"navigation ({element.tag})"
            if 0 < len(said) < 3000:  # more is the article's own frame
                yield LeftOut(said[:200], reason)
                continue
        pending += reversed(element)


def _said(element: Any) -> str:
    return re.sub(r"\s+", " ", element.text_content()).strip() if element is not None else ""


def _plain(text: str) -> str:
    return re.sub(r"\W+", " ", text).strip().lower()
