"""The query plan: what a question asks for, read out of it before anything is searched, without a language model.

A plan is a value: printable, comparable, made in about a millisecond. `Planner.plan` makes it from the question and the
earlier ones; `Retriever.search` carries it out, and takes one ready-made, too.
"""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from ..corpus.language import guess_language
from .followup import standalone
from .korean import Concept, Glossary
from .names import NameTable
from .sides import find_sides, written_by
from .timeframe import find_window, wants_latest
from .types import Filter, Window

_NUMBER = re.compile(r"\d[\d,.]*\d")


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was read out of the question: what kind, from which words, and what it became."""

    kind: str
    found: str
    made: str


@dataclass(frozen=True, slots=True)
class Inquiry:
    """One search: what the encoder reads, and what is looked up as words besides it.

    `english` and `korean` are the same question for passages of either language; `korean` is empty when nothing of the
    question has a Korean form; `concepts` are its ideas, each in the forms that a Korean passage may give it. `label`
    names the side of a comparison, and is empty otherwise; `where` lets through the briefs of the institution or author
    that the side is.
    """

    english: str
    korean: str = ""
    concepts: tuple[Concept, ...] = ()
    window: Window | None = None
    label: str = ""
    typed_korean: bool = False
    where: Filter | None = None

    @property
    def topic(self) -> str:
        """The English form without the words of its window and its author: what is said, whenever and by whom."""
        text = _without(self.english, self.window)
        if self.where:  # a brief does not name its own author
            text = re.sub(rf"{re.escape(self.label)}(?:['’]s?)?", " ", text)
        return " ".join(text.split()) or self.english


@dataclass(frozen=True, slots=True)
class QueryPlan:
    """What is searched for a question. `inquiries` has one entry, or one for each side of a comparison."""

    question: str
    standalone: str
    inquiries: tuple[Inquiry, ...]
    latest: bool = False
    steps: tuple[Step, ...] = ()

    @property
    def window(self) -> Window | None:
        """The window of the question, where it is no comparison."""
        return self.inquiries[0].window if len(self.inquiries) == 1 else None

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return asdict(self)


class Planner:
    """Makes plans with the shipped tables, and the user's own name files behind them."""

    def __init__(self, *names: Path) -> None:
        self.names = NameTable.load(*names)
        self.glossary = Glossary.load()

    def plan(
        self,
        question: str,
        history: Sequence[str] = (),
        now: date | None = None,
        institutions: Sequence[str] = (),
        authors: Sequence[str] = (),
    ) -> QueryPlan:
        """Return the plan of `question`; relative dates count from `now`, by default today.

        `institutions` and `authors` are those of the library, by which the sides of a comparison may be told.
        """
        today = now or date.today()
        full = standalone(question, history, self.names) if history else question
        steps = [] if full == question else [Step("follow-up", question, full)]
        sides = find_sides(full, self.names, institutions, authors)
        inquiries = []
        for label, text in [(side.label, side.query) for side in sides] or [("", full)]:
            inquiry, made = self._inquiry(text, label, today)
            if label and (where := written_by(label, institutions, authors)):
                inquiry = replace(inquiry, where=where)
            inquiries.append(inquiry)
            steps += made
        return QueryPlan(question, full, tuple(inquiries), wants_latest(full), tuple(steps))

    def _inquiry(self, text: str, label: str, today: date) -> tuple[Inquiry, list[Step]]:
        steps = [Step("side", text, label)] if label else []
        window = find_window(text, today) or (find_window(f"in {label}", today) if label else None)
        if label and window and window.until and not window.since and window.text.lower().startswith("by "):
            window = _state_of(window, today)
        if window:
            steps.append(Step("time", window.text, f"{window.since or '...'} to {window.until or '...'}"))
        topic = _without(text, window) if label else text
        if guess_language(text) == "ko":
            english = self.glossary.to_english(text, self.names)
            steps.append(Step("Korean", text, english))
            concepts = self.glossary.concepts(topic, self.names)
            return Inquiry(english or text, text, concepts, window, label, typed_korean=True), steps
        english = self.names.canonical(text)
        if english != text:
            steps.append(Step("names", text, english))
        korean = self.glossary.to_korean(text, self.names)
        if korean:
            korean += tuple(_NUMBER.findall(text))  # years and amounts are written alike
        concepts = self.glossary.concepts(topic, self.names) if korean else ()
        return Inquiry(english, " ".join(korean), concepts, window, label), steps


def _without(text: str, window: Window | None) -> str:
    """The text without the words of its window."""
    for words in window.text.split("; ") if window else ():
        text = text.replace(words, " ")
    return text


def _state_of(window: Window, today: date) -> Window:
    """Of a side, "by October 2024" is how things stood then: not all that was before."""
    then = find_window(re.sub(r"^by\b", "in", window.text, flags=re.IGNORECASE), today)
    return replace(then, text=window.text) if then and then.since else window


@lru_cache(maxsize=1)
def default_planner() -> Planner:
    """Return the planner with the shipped tables, loaded once."""
    return Planner()
