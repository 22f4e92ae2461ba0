"""Web pages and pages saved as one file: the article by trafilatura, what the page says of itself by its own marks."""

import email
import email.policy
import re
from collections.abc import Iterable
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit

from .article import article_blocks, with_lost
from .decode import decode_page
from .errors import BriefError
from .finds import Find
from .labels import dated_lines, site_line
from .page_asides import asides
from .page_meta import page_finds
from .page_notices import notices
from .parsed import LeftOut, Parsed

_SAVED = re.compile(r"<!--\s*saved from url=\(\d+\)(\S+?)\s*-->")


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
    finds = tuple(page_finds(tree, address))
    lines = _article(tree)
    finds = (*finds, *dated_lines("\n".join(lines)[:4_000]))
    aside = {number: "line about the site" for number, line in enumerate(lines) if site_line(line)}
    aside |= notices(["" if number in aside else line for number, line in enumerate(lines)], tree, _host(finds))
    left_out = (*(LeftOut(lines[number], reason) for number, reason in sorted(aside.items())), *asides(tree))
    text = "\n".join(line for number, line in enumerate(lines) if number not in aside)
    return Parsed(re.sub(r"\n{3,}", "\n\n", text).strip(), (), finds, (), left_out)


def _host(finds: Iterable[Find]) -> str:
    """The name of the site that the page says it is from; "" for none."""
    return next((urlsplit(find.value).hostname or "" for find in finds if find.field == "url"), "")


def _article(tree: Any) -> list[str]:
    """The article's lines, by trafilatura, which gives it as a tree of its own few kinds of element."""
    import trafilatura

    found = trafilatura.bare_extraction(
        tree, include_comments=False, include_tables=True, favor_recall=True, with_metadata=False
    )
    body = getattr(found, "body", None)
    blocks = [] if body is None else [block for block in article_blocks(body) if block]
    return [line for block in with_lost(blocks, tree) for line in (*block.split("\n"), "")]
