"""Title, authors, institution, series and date from the head lines of a plain text.

A text copied from a web page begins with lines that are about the document: its series, its title (often twice), a date
with a view counter, the author's name, e-mail address and position. They are recognised one by one; what is not
recognised stays in the body, so a text without such a head loses nothing.
"""

import re
from dataclasses import dataclass
from datetime import date

from .dates import find_day

_MAX_LINES = 15  # heads are short; the longest seen has nine lines
_MAX_LENGTH = 200  # a longer line is prose

_SERIES = re.compile(
    r"^\s*[(\[]?\s*((?:[A-Z][\w&]+ ){0,3}(?:brief|paper|report|bulletin|insight|commentary|issue|note|no\.|vol\.)s?"
    r"\s*(?:no\.?\s*)?\d[\w.-]*(?:\s*\(\d+\))?)\s*[)\]]?[\s:.–-]*",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"\b(date|published(?: on)?|posted(?: on)?|updated|writer|authors?|by|views?|hits)\b\s*[:：]?\s+"
    r"|(작성일|등록일|발행일|게시일|작성자|저자|글쓴이|필자|조회수?)\s*[:：]?\s*",
    re.IGNORECASE,
)
_AUTHOR_LABELS = {"writer", "author", "authors", "by", "작성자", "저자", "글쓴이", "필자"}
_DATE_LABELS = {"date", "published", "published on", "posted", "posted on", "작성일", "등록일", "발행일", "게시일"}
_EMAIL = re.compile(r"^\S+@\S+\.\w+$")
_POSITION = re.compile(
    r"\b(fellow|director|professor|analyst|researcher|president|chair|editor|correspondent|scholar|lecturer|expert)\b"
    r"|(연구위원|연구원|교수|실장|센터장|소장|기자)$",
    re.IGNORECASE,
)
_INSTITUTION = re.compile(
    r"\b(institut\w*|cent(?:er|re)|university|foundation|council|academy|society|association|ministry|agency|bureau"
    r"|service|college|school|think tank)\b|(연구소|연구원|대학교|재단|협회|학회|센터)$",
    re.IGNORECASE,
)
_NAME = re.compile(r"^(?:dr\.?\s+|prof\.?\s+)?[^\W\d_][\w'’.-]+(?:\s+[^\W\d_][\w'’.-]*){1,3}$", re.IGNORECASE)
_HANGUL_NAME = re.compile(r"^[가-힣]{2,4}$")
_CLOCK = re.compile(
    r"^[\s,.|·-]*(?:\d{1,2}\s*시\s*\d{1,2}\s*분|\d{1,2}:\d{2}(?::\d{2})?(?:\s*[ap]m)?)?[\s,.|·-]*$", re.I
)
_SENTENCE_END = re.compile(r"[.!?。…][\"'”’)\]]*$")


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
        labels = _labelled(line)
        if title and _plain(line[tag.end() :] if tag else line) == _plain(title):
            series = series or (tag[1].strip() if tag else "")
        elif labels:
            for label, value in labels:
                if label in _AUTHOR_LABELS:
                    authors += [name for name in re.split(r",| and |&|·", value) if name.strip()]
                elif label in _DATE_LABELS and (day := find_day(value)):
                    published = published or day[0]
        elif _is_date(line):
            day = find_day(line)
            published = published or (day[0] if day else None)
        elif _EMAIL.match(line) or (_POSITION.search(line) and len(line.split()) <= 8 and title):
            pass
        elif title and _INSTITUTION.search(line) and len(line.split()) <= 8:
            institution = institution or line
        elif title and _is_name(line) and end and _after_title(head, number, title):
            authors.append(line)
        elif title and number < _position(head, title):
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
    for match in re.finditer(r"[^\n]+", text):
        line = match[0].strip("\ufeff \t\r\xa0")
        if not line:
            continue
        prose = len(line) > _MAX_LENGTH or (len(line) > 60 and _SENTENCE_END.search(line))
        if prose or line.startswith("#"):
            return lines
        if len(lines) == _MAX_LINES:
            return []  # a list or a poem, not a head
        lines.append((line, match.end()))
    return []  # nothing but short lines: there is no body to be the head of


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
        described = _labelled(line) or _is_date(line) or _EMAIL.match(line)
        if not described and len(line.split()) >= 2 and not _SENTENCE_END.search(line):
            return line
    return ""


def _position(head: list[tuple[str, int]], title: str) -> int:
    return next((n for n, (line, _) in enumerate(head) if _plain(line).endswith(_plain(title))), 0)


def _after_title(head: list[tuple[str, int]], number: int, title: str) -> bool:
    return number > _position(head, title)


def _labelled(line: str) -> list[tuple[str, str]]:
    """ "Date 2025-08-08 View 1,808 Writer CHOI Eun-ju" -> [("date", "2025-08-08"), ("view", "1,808"), ...]."""
    found = list(_LABEL.finditer(line))
    if not found or found[0].start() != 0:
        return []
    ends = [match.start() for match in found[1:]] + [len(line)]
    pairs = [
        ((match[1] or match[2]).lower(), line[match.end() : end].strip(" ,|"))
        for match, end in zip(found, ends, strict=True)
    ]
    return pairs if all(_fits(label, value) for label, value in pairs) else []


def _fits(label: str, value: str) -> bool:
    """Whether the value is of its label's kind; "By 2025 exports will fall" is no author line."""
    if label in _DATE_LABELS or label == "updated":
        return find_day(value) is not None
    if label in _AUTHOR_LABELS:
        return all(_is_name(name.strip()) for name in re.split(r",| and |&|·", value) if name.strip())
    return bool(re.fullmatch(r"[\d,. ]+", value))


def _is_date(line: str) -> bool:
    day = find_day(line)
    return day is not None and bool(_CLOCK.match(line[: day[1]]) and _CLOCK.match(line[day[2] :]))


def _is_name(line: str) -> bool:
    if _HANGUL_NAME.match(line):
        return True
    if not _NAME.match(line) or _INSTITUTION.search(line) or _POSITION.search(line):
        return False
    return all(word[0].isupper() or word in {"de", "van", "von", "der", "al", "bin"} for word in line.split())


def _merge(authors: list[str]) -> tuple[str, ...]:
    """One entry a person: "CHOI Eun-ju" and "Eun-ju Choi" are the same, the later and better written form stays."""
    people: dict[frozenset[str], str] = {}
    for name in authors:
        people[frozenset(re.split(r"[\s,]+", name.strip().lower()))] = re.sub(r"\s+", " ", name.strip())
    return tuple(people.values())


def _plain(line: str) -> str:
    return re.sub(r"\W+", " ", line).strip().lower()
