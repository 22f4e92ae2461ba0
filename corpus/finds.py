"""What a document says of itself, each finding with its place, and the choice among them.

A reader reports everything it finds: a property, a meta tag, a line of the head. Here the most trustworthy finding of
each field is taken. Dates are the hard part: a print, save or upload date looks like a publication date. So a date
counts only when a whole calendar day is given, it is not in the future, and, where it comes from a property that
programs write by themselves, only when the document's own words agree.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from .dates import find_day
from .types import DateSource

STATED, LIKELY, WEAK = 3, 2, 1
"""How far a finding is trusted: made for the purpose (citation_title), usually right (og:title), often not."""

_FIRST_YEAR = 1900
_MACHINE_NAMES = re.compile(
    r"^(?:admin(?:istrator)?|editor|editorial(?: board| team)?|the editors|newsroom|staff|user|owner|author|unknown"
    r"|anonymous|root|guest|default|webmaster|test|none|n/?a"
    r"|microsoft office user|python-docx|windows user|관리자|운영자|사용자|.*@.*|https?:.*|www\..*|[\d\W_]*)$",
    re.IGNORECASE,
)
_MACHINE_TITLES = re.compile(
    r"^(?:microsoft (?:word|powerpoint|office \w+)\s*-\s*.*|untitled.*"
    r"|.*\.(?:docx?|pptx?|indd|hwpx?|tex|dvi|ps|pdf|rtf|odt|qxd|key|pages|html?)|\S+\.[a-z]\w{1,3}"
    r"|powerpoint presentation|presentation title|document\d*|slide \d+|title|no title|제목 없음|문서\s?\d*|[\d\W_]+)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Find:
    """One finding: `field` of Brief, its value in words, where it stood, and how far it is trusted (WEAK to STATED)."""

    field: str
    value: str
    origin: str
    trust: int = LIKELY
    source: DateSource = DateSource.METADATA


@dataclass(frozen=True, slots=True)
class Made:
    """A day written by a program (created, saved, printed): evidence that needs a second one.

    A PDF is made when a paper is done, so the same month in its head confirms the day. An Office file is begun and
    saved at any time: nothing confirms those days.
    """

    day: date
    origin: str
    confirmable: bool = True


def choose(
    finds: Sequence[Find], made: Iterable[Made] = (), head: str = "", name: str = "", url: str = ""
) -> tuple[dict[str, Any], dict[str, str], list[str]]:
    """Return the fields of `Brief`, the place where each was found, and what was set aside and why.

    `head` is the beginning of the text, against which titles, and days that programs wrote, are held.
    """
    fields: dict[str, Any] = {}
    origins: dict[str, str] = {}
    aside: list[str] = []
    for field in ("title", "institution", "series", "language", "url"):
        best = _best([find for find in finds if find.field == field and _sound(find)])
        if best:
            fields[field], origins[field] = _line(best.value), best.origin
    authors = _authors(finds)
    if authors:
        fields["authors"], origins["authors"] = authors
    day, source, origin = _day(
        [find for find in finds if find.field == "published"], list(made), head, name, url, aside
    )
    if day:
        fields |= {"published": day, "published_from": source}
        origins["published"] = origin
    return fields, origins, aside


def _best(finds: list[Find]) -> Find | None:
    return max(finds, key=lambda find: find.trust, default=None)  # the first of the most trusted


def _sound(find: Find) -> bool:
    value = _line(find.value)
    if not value or len(value) > 500:
        return False
    return not (find.field == "title" and _MACHINE_TITLES.match(value))


def _authors(finds: Sequence[Find]) -> tuple[tuple[str, ...], str] | None:
    named = [find for find in finds if find.field == "authors" and not _MACHINE_NAMES.match(_line(find.value))]
    best = _best(named)
    if best is None:
        return None
    names = [_name(find.value) for find in named if find.origin == best.origin and find.trust == best.trust]
    return tuple(dict.fromkeys(name for name in names if name)), best.origin


def _name(value: str) -> str:
    """ "Lee, Min-ji" -> "Min-ji Lee"; "By Min-ji Lee" -> "Min-ji Lee"."""
    value = re.sub(r"^(?:by|written by|글|by:)\s+", "", _line(value), flags=re.IGNORECASE)
    parts = [part.strip() for part in value.split(",")]
    if len(parts) == 2 and all(parts) and len(value.split()) <= 4:
        return f"{parts[1]} {parts[0]}"
    return value


def _day(
    finds: list[Find], made: list[Made], head: str, name: str, url: str, aside: list[str]
) -> tuple[date | None, DateSource, str]:
    """The most trusted day, its kind and its place."""
    candidates: list[tuple[int, date, DateSource, str]] = []
    for find in finds:
        day = whole_day(find.value)
        if day is None:
            aside.append(f"date {find.value.strip()[:40]!r} ({find.origin}): not a whole calendar day")
        elif not plausible(day):
            aside.append(f"date {day} ({find.origin}): not a possible day of publication")
        else:
            candidates.append((find.trust, day, find.source, find.origin))
    for place, text in (("the address", url), ("the file name", name)):
        day = day_in_name(text)
        if day and plausible(day):
            candidates.append((WEAK, day, DateSource.URL, place))
    candidates.sort(key=lambda entry: -entry[0])
    if candidates:
        first = candidates[0]
        agreeing = [entry for entry in candidates if abs((entry[1] - first[1]).days) <= 2]
        others = [entry for entry in candidates if entry not in agreeing]
        rivals = [entry for entry in others if sum(abs((entry[1] - one[1]).days) <= 2 for one in others) >= 2]
        if rivals and len(agreeing) == 1 and {entry[2] for entry in rivals} != {first[2]}:
            # Two places of different kinds against one: a moved site stamps old pages with the day of the move.
            aside.append(f"date {first[1]} ({first[3]}): {rivals[0][3]} and another place say {rivals[0][1]}")
            first = rivals[0]
        else:
            aside += [f"date {day} ({origin}): {first[3]} is trusted more" for _, day, _, origin in others]
        return first[1], first[2], first[3]
    for stamp in made:
        if not plausible(stamp.day):
            continue
        place = _agreeing(stamp.day, head, name, url) if stamp.confirmable else ""
        written = {day for day in _days(head) if (day.year, day.month) == (stamp.day.year, stamp.day.month)}
        if place and written:
            if len(written) == 1:
                return written.pop(), DateSource.HEADER, f"the head of the text, with the month of the {stamp.origin}"
            aside.append(f"date {stamp.day} ({stamp.origin}): the head of the text has several days of that month")
        elif place:
            return stamp.day, DateSource.METADATA, f"{stamp.origin}, with the same month in {place}"
        aside.append(
            f"date {stamp.day} ({stamp.origin}): a day of making or saving, which nothing in the text confirms"
        )
    return None, DateSource.NONE, ""


def whole_day(value: str) -> date | None:
    """Return the day that `value` gives in full, an ISO date or one in words; None for a month or a year."""
    value = value.strip()
    compact = re.match(r"(\d{4})(\d{2})(\d{2})(?:T?\d{4,6}.*)?$", value)
    if compact:
        value = "-".join(compact.groups()[:3])
    found = find_day(re.sub(r"^(\d{4}-\d{2}-\d{2})T.*", r"\1", value))
    return found[0] if found else None


def plausible(day: date) -> bool:
    """Whether something can have been published on that day: not before print on our shelves, not after tomorrow."""
    return day.year >= _FIRST_YEAR and day <= date.today() + timedelta(days=1)


_NAMED_DAY = re.compile(
    r"(?<!\d)((?:19|20)\d{2})(?:([-_./])(0?[1-9]|1[0-2])\2(0?[1-9]|[12]\d|3[01])|(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01]))(?!\d)"
)


def day_in_name(text: str) -> date | None:
    """Return the day in a file name or an address: "2024-03-05-note.pdf", "/2024/03/05/", "20240305"; else None."""
    for match in _NAMED_DAY.finditer(text):
        year, _, month, day, month_, day_ = match.groups()
        try:
            return date(int(year), int(month or month_), int(day or day_))
        except ValueError:
            continue
    return None


def _days(text: str) -> list[date]:
    """Every whole day in `text`."""
    days: list[date] = []
    at = 0
    while found := find_day(text[at:]):
        days.append(found[0])
        at += found[2]
    return days


_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)


def _agreeing(day: date, head: str, name: str, url: str) -> str:
    """Where the same month stands: in the head of the text, the file name or the address; "" if nowhere."""
    month = _MONTHS[day.month - 1]
    written = re.compile(
        rf"\b(?:{month}|{month[:3]}\.?)\s+(?:\d{{1,2}}(?:st|nd|rd|th)?,?\s+)?{day.year}\b"
        rf"|\b{day.year}(?:[-./]\s?0?{day.month}(?!\d)|\s*년\s*0?{day.month}\s*월)",
        re.IGNORECASE,
    )
    if written.search(head):
        return "the head of the text"
    numbered = re.compile(rf"(?<!\d){day.year}[-_./]?{day.month:02d}(?!\d{{3}})")
    if numbered.search(name):
        return "the file name"
    return "the address" if numbered.search(url) else ""


def _line(value: str) -> str:
    return re.sub(r"\s+", " ", value).strip()
