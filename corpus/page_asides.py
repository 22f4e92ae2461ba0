"""Blocks of a page that are about the site and not part of its article."""

import re
from collections.abc import Iterator
from typing import Any

from .page_shown import said
from .parsed import LeftOut

_JUNK = re.compile(
    r"cookie|consent|gdpr|newsletter|subscribe|share|social|related|breadcrumb|menu|sidebar|banner|advert", re.I
)
_FRAMES = ("div", "section", "header", "ul", "form")


def asides(tree: Any) -> Iterator[LeftOut]:
    """Yield the blocks that are about the site, so that a user sees what was not taken."""
    pending = [tree]
    while pending:
        element = pending.pop()
        if not isinstance(element.tag, str) or element.tag in ("script", "style", "svg", "head"):
            continue
        match = _JUNK.search(f"{element.get('class') or ''} {element.get('id') or ''}")
        if element.tag in ("nav", "footer", "aside") or (match and element.tag in _FRAMES):
            words = said(element)
            reason = f"about the site ({match[0].lower()})" if match else f"navigation ({element.tag})"
            if 0 < len(words) < 3000:  # more is the article's own frame
                yield LeftOut(words[:200], reason)
                continue
        pending += reversed(element)
