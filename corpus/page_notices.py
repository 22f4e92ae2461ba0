"""Lines that stand within an article and speak of the site: appeals, notices, lists of other articles, credits.

They are known by what the page does with them (where their links lead, what stands beside them) and by their place, not
by their words, save the labels of a credit. Nothing is taken for one when so much would be that the page is made so.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from .page_shown import said

_MOST = 0.2  # of an article's characters that such lines may be; an article of one sentence each is none of them
_LAST = 6  # lines at an article's end among which credits stand
_NOWHERE = re.compile(r"#?$|javascript:", re.I)
_HEADINGS = ("h2", "h3", "h4", "h5", "h6")  # h1 is the article's own
_HEADLINE = 12  # characters; links that are shorter on average are buttons, not headlines of other pages
_PROSE = 60  # characters of a line from which on an article has begun
_RIGHTS = re.compile(r"©|ⓒ|\(c\)\s", re.I)
_CREDIT = re.compile(
    r"[\[(<]?\s*(?:sources?|credits?|(?:lead |cover |title )?(?:photo|image|picture)s?(?: credits?| by)?"
    r"|출처|사진(?:\s?제공)?|자료(?:\s?제공)?)\s*[:=：]",
    re.I,
)
_SENTENCE = re.compile(r"[.!?。…][\"'”’)\]]*$")


def notices(lines: Sequence[str], tree: Any, host: str = "") -> dict[int, str]:
    """Return the numbers of those lines of the page's article that are about the site, with the reason.

    Lines that are left out already come as "". `host` is the site's own name, "" where it is not known.
    """
    marked = dict(_marked(tree))
    found = {number: marked[key] for number, line in enumerate(lines) if (key := _key(line)) in marked}
    found |= dict.fromkeys(_lone_words(lines), "button")
    found |= dict.fromkeys(_credits(lines, host.lower().removeprefix("www.")), "credit")
    size = sum(len(lines[number]) for number in found)
    return found if size <= _MOST * sum(map(len, lines)) else {}


def _key(text: str) -> str:
    return re.sub(r"\W+", "", text).lower()


def _marked(tree: Any) -> Iterator[tuple[str, str]]:
    """Keys of lines that the page's own structure shows to be about the site."""
    framed = [link.get("href") for link in tree.iter("a") if not any(up.tag == "p" for up in link.iterancestors())]
    frame = {target for target in framed if target and not _NOWHERE.match(target)}
    for element in tree.iter("p", *_HEADINGS):
        words = said(element)
        if not words or len(words) > 400:
            continue
        if element.tag in _HEADINGS:
            if len(words.split()) <= 8 and not _SENTENCE.search(words) and _only_links(element.getnext()):
                yield _key(words), "heading of links to other pages"
        elif _leads_home(element, frame):
            yield _key(words), "appeal with the site's own links"
        elif _has_control(element.getparent()):
            yield _key(words), "notice that can be shut"


def _leads_home(paragraph: Any, frame: set[str]) -> bool:
    """Whether two or more of its links, and most of them, are links of the page's frame, too."""
    targets = [link.get("href") for link in paragraph.iter("a") if link.get("href")]
    home = sum(target in frame for target in targets)
    return home >= 2 and home > len(targets) / 2


def _has_control(block: Any) -> bool:
    """Whether a link that leads nowhere, or a button, stands in the block itself, which is no more than a notice."""
    return (
        block is not None
        and len(said(block)) <= 400
        and any(
            child.tag == "button"
            or (child.tag == "a" and said(child) and _NOWHERE.match(child.get("href", "x").strip()))
            for child in block
        )
    )


def _only_links(block: Any) -> bool:
    """Whether the block is a list of headlines that are links, and hardly anything else."""
    if block is None or block.tag not in ("ul", "ol", "div", "dl"):
        return False
    linked = [said(link) for link in block.iter("a")]
    size = sum(map(len, linked))
    return len(linked) >= 2 and size >= max(0.8 * len(said(block)), _HEADLINE * len(linked))


def _lone_words(lines: Sequence[str]) -> Iterator[int]:
    """Numbers of lists above the prose of one item of one word, or two: what is left of a row of buttons."""
    for number, line in enumerate(lines):
        if len(line) >= _PROSE:
            return
        near = (*lines[max(0, number - 1) : number], *lines[number + 1 : number + 2])
        alone = line.startswith("- ") and not any(other.startswith("- ") for other in near)
        if alone and len(line.split()) <= 3 and not _SENTENCE.search(line):
            yield number


def _credits(lines: Sequence[str], host: str) -> Iterator[int]:
    """Numbers of the last lines that name who made a picture or gave the news, or the site by its address."""
    written = [number for number, line in reversed(list(enumerate(lines))) if line.strip()]
    for number in islice(written, _LAST):
        line = lines[number].strip()
        short = len(line) <= 120 and not _SENTENCE.search(line)
        own = bool(host) and re.search(rf"(?<![\w.@]){re.escape(host)}\b", line.lower())
        if not (short and (_CREDIT.match(line) or _RIGHTS.search(line) or own)):
            return
        yield number
