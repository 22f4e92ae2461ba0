"""Dated events that people reckon from, by the names they go by: "Hanoi", "the Eighth Party Congress", "코로나"."""

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from .timewords import MONTH_NAME, YEAR_NUMBER


@dataclass(frozen=True, slots=True)
class Event:
    """A dated event; `last` equals `first` where it took a day. `variants` are in lower case, the name among them."""

    name: str
    first: date
    last: date
    variants: tuple[str, ...]


_HEAD = re.compile(
    rf"(?:(?:{MONTH_NAME})\s+)?(?:{YEAR_NUMBER}\s+)?(?:(?:failed|collapsed|aborted|historic|un)\s+)?"
    r"(?:(?:summit|meeting|talks|collapse|failure|breakdown|end|start|outbreak|signing|adoption|announcement|conclusion"
    r"|time|days|events?)\s+(?:of|in|at|with)\s+)?(?:the\s+|un\s+)?",
    re.IGNORECASE,
)
_EVENT_DATE = re.compile(
    rf"\s*,?\s*(?:of|in|on|\()\s*(?:(?:{MONTH_NAME})\s+)?(?:\d\d?,?\s+)?(?P<year>{YEAR_NUMBER})", re.IGNORECASE
)
_EVENT_NOUN = re.compile(
    r"(?:\s*(?:정상회담|회담|회의|합의|선언|사건|사태|결렬|개최|체결|채택|발표|발생|시작|시기|종료|결정|출범|취임|선거))*"
)
_PLAIN = str.maketrans("’‐‑-·", "'   .")


@cache
def load_events() -> tuple[Event, ...]:
    """Return the shipped table of dated events, read once."""
    rows = Path(__file__).with_name("events.tsv").read_text("utf-8").splitlines()[1:]
    events = []
    for row in filter(None, rows):
        name, first, last, variants = row.split("\t")
        days = date.fromisoformat(first), date.fromisoformat(last or first)
        events.append(Event(name, *days, tuple(dict.fromkeys([name.lower(), *variants.lower().split("|")]))))
    return tuple(events)


@cache
def _events_by_start() -> dict[str, list[tuple[str, Event]]]:
    """The variants of all events, longest first, by their first two characters as `plain_text` writes them."""
    found: dict[str, dict[str, Event]] = {}
    for event in load_events():
        for variant in event.variants:
            plain = plain_text(variant)
            joined = plain if plain.isascii() else plain.replace(" ", "")
            for form in (plain, plain.removeprefix("un "), plain.removeprefix("the "), joined):
                found.setdefault(form[:2], {}).setdefault(form, event)
    return {start: sorted(forms.items(), key=lambda form: -len(form[0])) for start, forms in found.items()}


def plain_text(text: str) -> str:
    """The text in lower case with one kind of apostrophe, dot and space, character for character."""
    low = text.lower()
    if len(low) != len(text):  # İ becomes two characters
        low = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    return low.translate(_PLAIN)


def _named_at(plain: str, at: int) -> tuple[int, Event] | None:
    """The event whose name starts at `at`, the longest name first, and where the name ends."""
    for form, event in _events_by_start().get(plain[at : at + 2], ()):
        if plain.startswith(form, at):
            end = at + len(form)
            # "after Singapore's election" is not after the summit; hangul may follow as a particle.
            if re.match(r"[a-z0-9_]|'s\b", plain[end : end + 2]) is None:
                return end, event
    return None


def event_at(plain: str, at: int) -> tuple[int, Event] | None:
    """Return where the name of an event at `at` ends, and the event; "the failed 2019 summit in Hanoi" is Hanoi.

    `plain` is the text as `plain_text` writes it. A date of the event behind its name belongs to the name.
    """
    head = _HEAD.match(plain, at)
    hit = _named_at(plain, at) or (_named_at(plain, head.end()) if head and head.end() > at else None)
    if hit is None:
        return None
    end, event = hit
    if (dated := _EVENT_DATE.match(plain, end)) and int(dated["year"]) == event.first.year:
        end = dated.end()
    noun = _EVENT_NOUN.match(plain, end)
    return (noun.end() if noun else end), event
