"""Title, authors, institution, series and date from the head lines of a plain text.

A text copied from a web page begins with lines that are about the document: its series, its title (often twice), a date
with a view counter, the author's name, e-mail address and position. They are recognised one by one; what is not
recognised stays in the body, so a text without such a head loses nothing.
"""

import re
from dataclasses import dataclass
from datetime import date

from .dates import find_day
from .headline import (
    AUTHOR_LABELS,
    DATE_LABELS,
    SENTENCE_END,
    is_contact,
    is_date,
    is_described,
    is_institution,
    is_name,
    is_position,
    labelled,
)

_MAX_LINES = 15  # heads are short; the longest seen has nine lines
_MAX_LENGTH = 200  # a longer line is prose

_SERIES = re.compile(
    r"^\s*[(\[]?\s*((?:[A-Z][\w&]+ ){0,3}(?:brief|paper|report|bulletin|insight|commentary|issue|note|no\.|vol\.)s?"
    r"\s*(?:no\.?\s*)?\d[\w.-]*(?:\s*\(\d+\))?)\s*[)\]]?[\s:.–-]*",
    re.IGNORECASE,
)
_BULLET = re.compile(r"(?:[-–*+•▪◦○●■□]|\(?\d{1,2}[.)])\s")
_RUNNING_WORD = re.compile(r"[^\W\d_][\w'’-]*[,.;:!?)”\"]*(?=\s|$)")  # no address of a page or a person


@dataclass(frozen=True, slots=True)
class Header:
    """What the head says; empty values where it says nothing. `end` is the offset at which the body begins."""

    title: str = ""
    authors: tuple[str, ...] = ()
    institution: str = ""
    series: str = ""
    published: date | None = None
    end: int = 0


def read_header(text: str) -> Header:
    """Return what the first lines of `text` say about the document."""
    head = _head_lines(text)
    if not head:
        return Header()
    title = _title(head)
    authors: list[str] = []
    institution = series = ""
    published: date | None = None
    end = 0
    for number, (line, stop) in enumerate(head):
        tag = _SERIES.match(line)
        labels = labelled(line)
        if title and _plain(line[tag.end() :] if tag else line) == _plain(title):
            series = series or (tag[1].strip() if tag else "")
        elif labels:
            for label, value in labels:
                if label in AUTHOR_LABELS:
                    authors += [name for name in re.split(r",| and |&|·", value) if name.strip()]
                elif label in DATE_LABELS and (day := find_day(value)):
                    published = published or day[0]
        elif is_date(line):
            day = find_day(line)
            published = published or (day[0] if day else None)
        elif is_contact(line) or (title and is_position(line)):
            pass
        elif title and is_institution(line):
            institution = institution or line
        elif title and end and number > _position(head, title) and is_name(line):
            authors.append(line)
        elif title and number < _position(head, title) and not SENTENCE_END.search(line):
            pass  # the name of the site or the series above the title
        else:
            break
        end = stop
    if not end:
        return Header()
    return Header(title, _merge(authors), institution, series, published, end)


def _head_lines(text: str) -> list[tuple[str, int]]:
    """Non-empty short lines above the first line of prose, each with the offset of its end."""
    lines: list[tuple[str, int]] = []
    paragraph: list[str] = []  # begins below a blank line, or below one that can only be about the document
    above = 0  # lines before the paragraph
    for match in re.finditer(r"([^\n]*)\n?", text):
        line = match[1].strip("\ufeff \t\r\xa0")
        if line:
            paragraph.append(line)
        ends = _ends_head(line)
        full = len(lines) == _MAX_LINES
        if (ends or full or not line) and _is_wrapped(paragraph):
            return lines[:above]
        if ends:
            return lines
        if line and full:
            return []  # a list or a poem, not a head
        if line:
            lines.append((line, match.end(1)))
        if not line or is_described(line):
            paragraph, above = [], len(lines)
    return []  # nothing but short lines: there is no body to be the head of


def _ends_head(line: str) -> bool:
    """Whether the line is prose, a Markdown heading or an item of a list."""
    prose = len(line) > _MAX_LENGTH or (len(line) > 60 and SENTENCE_END.search(line))
    return bool(prose or line.startswith("#") or _BULLET.match(line))


def _is_wrapped(paragraph: list[str]) -> bool:
    """Whether the lines are prose, cut at some width: one goes on in lower case, or all but the last are full."""
    if len(paragraph) < 2:
        return False
    if any(line[0].islower() and _RUNNING_WORD.match(line) for line in paragraph[1:]):
        return True
    full = min(map(len, paragraph[:-1])) >= 0.7 * max(map(len, paragraph))
    return full and bool(SENTENCE_END.search(paragraph[-1]))


def _title(head: list[tuple[str, int]]) -> str:
    """The line with a series tag, the line that stands twice, or the first one that can be a title."""
    lines = [line for line, _ in head]
    for line in lines:
        if (tag := _SERIES.match(line)) and len(line[tag.end() :].split()) >= 3:
            return line[tag.end() :].strip()
    for line in lines:
        if lines.count(line) > 1 and len(line.split()) >= 2:
            return line
    for line in lines:
        if not is_described(line) and len(line.split()) >= 2 and not SENTENCE_END.search(line):
            return line
    return ""


def _position(head: list[tuple[str, int]], title: str) -> int:
    return next((n for n, (line, _) in enumerate(head) if _plain(line).endswith(_plain(title))), 0)


def _merge(authors: list[str]) -> tuple[str, ...]:
    """One entry a person: "HONG Gil-dong" and "Gil-dong Hong" are the same, the later and better written form stays."""
    people: dict[frozenset[str], str] = {}
    for name in authors:
        people[frozenset(re.split(r"[\s,]+", name.strip().lower()))] = re.sub(r"\s+", " ", name.strip())
    return tuple(people.values())


def _plain(line: str) -> str:
    return re.sub(r"\W+", " ", line).strip().lower()
