"""Figures for a set of questions: what is retrieved, what is answered, what is refused, by question type.

A question counts as found at the rank of the first passage that covers at least half of a gold quote; a comparison at
the rank at which every side is covered. R@k is the share found within k, MRR the mean of 1 / rank within 10.
"""

import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean
from typing import Any

import numpy as np

from ..corpus import Brief, BriefError
from ..index import Hit, Retriever
from .assistant import Assistant

LIMIT = 10
SAMPLES = 10_000  # of the bootstrap


@dataclass(frozen=True, slots=True)
class Gold:
    """A place that answers: an exact substring of the brief `doc_id`. `alt` marks one that is equally good."""

    doc_id: str
    quote: str
    alt: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """A question with what answers it; `answers` lists the needed facts, each with its accepted wordings."""

    id: str
    text: str
    type: str
    language: str = "en"
    history: tuple[str, ...] = ()
    answerable: bool = True
    gold: tuple[Gold, ...] = ()
    answers: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happened to one question. `rank` is 1-based, None where nothing within LIMIT; times are in seconds."""

    question: Question
    rank: int | None
    search_seconds: float
    facts: float | None = None  # share of the needed facts in the answer
    cited: bool | None = None  # a gold passage is among the citations
    abstained: bool | None = None
    confidence: float | None = None
    words: int | None = None
    ask_seconds: float | None = None

    @property
    def reciprocal(self) -> float:
        """1 / rank, 0 where not found."""
        return 1 / self.rank if self.rank else 0.0


@dataclass(frozen=True, slots=True)
class Comparison:
    """Mean difference of MRR, second setting minus first, over the same questions, with its 95 % interval."""

    difference: float
    low: float
    high: float
    better: int
    worse: int
    by_type: dict[str, float] = field(default_factory=dict)


def read_questions(path: Path) -> list[Question]:
    """Return the questions of a .jsonl file, in either form: `gold` and `answers`, or `doc_id`, `quote` and `answer`.

    A line whose `gold` is null is left out: feedback on a bad answer, whose right answer nobody has filled in. Of
    several lines of feedback (`thumb`) on one answer the last counts.

    Raises:
        BriefError: the file is missing, or a line is no question.
    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except OSError as error:
        raise BriefError(f"found no questions at {path} ({error.strerror}), expected a .jsonl file") from error
    except UnicodeDecodeError as error:
        raise BriefError(f"found bytes in {path} that are no UTF-8 text, expected a .jsonl file") from error
    questions: dict[str, Question | None] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            values = json.loads(line)
            key = str(values["id"]) if "thumb" in values else f"line {number}"
            unknown = "gold" in values and values["gold"] is None
            questions[key] = None if unknown else _question(values)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BriefError(
                f"{path}, line {number}: found no question ({error!r}), expected id, question, gold"
            ) from error
    known = [question for question in questions.values() if question]
    if not known:
        raise BriefError(f"found no question in {path} whose answer is known, expected one a line")
    return known


def _question(values: dict[str, Any]) -> Question:
    if "gold" in values:
        gold = tuple(Gold(place["doc_id"], place["quote"], bool(place.get("alt"))) for place in values["gold"])
        answers = tuple(tuple(wordings) for wordings in values.get("answers", []))
    else:
        gold = (Gold(values["doc_id"], values["quote"]),) if values.get("quote") else ()
        answers = ((values["answer"],),) if values.get("answer") else ()
    answerable = bool(values.get("answerable", gold))
    return Question(
        id=str(values["id"]),
        text=values["question"],
        type=values.get("type") or ("answerable" if answerable else values.get("miss") or "unanswerable"),
        language=values.get("lang", "en"),
        history=tuple(values.get("history", ())),
        answerable=answerable,
        gold=gold if answerable else (),
        answers=answers,
    )


def covers(brief: Brief, start: int, end: int, gold: Gold) -> bool:
    """Whether `brief.text[start:end]` holds at least half of the gold quote."""
    if brief.id != gold.doc_id:
        return False
    place = brief.text.find(gold.quote)
    return place >= 0 and 2 * (min(end, place + len(gold.quote)) - max(start, place)) >= len(gold.quote)


def rank(hits: Sequence[Hit], question: Question) -> int | None:
    """Return the 1-based rank at which the question is found, or None."""

    def first(places: Iterable[Gold]) -> int | None:
        golds = list(places)
        for n, hit in enumerate(hits, start=1):
            if any(covers(hit.brief, hit.passage.start, hit.passage.end, gold) for gold in golds):
                return n
        return None

    if question.type == "compare":
        sides = [first([gold]) for gold in question.gold if not gold.alt]
        found = [side for side in sides if side is not None]
        return max(found) if found and len(found) == len(sides) else None
    return first(question.gold)


def run(retriever: Retriever, questions: Iterable[Question], assistant: Assistant | None = None) -> list[Outcome]:
    """Search for, and with an assistant ask, every question, one at a time."""
    outcomes = []
    for question in questions:
        began = time.perf_counter()
        hits = retriever.search(question.text, k=LIMIT, history=question.history)
        seconds = time.perf_counter() - began
        answered = _asked(assistant, question) if assistant else {}
        outcomes.append(Outcome(question, rank(hits, question), seconds, **answered))
    return outcomes


def _asked(assistant: Assistant, question: Question) -> dict[str, Any]:
    began = time.perf_counter()
    answer = assistant.ask(question.text, history=question.history)
    seconds = time.perf_counter() - began
    cited = any(
        covers(citation.brief, citation.start, citation.end, gold)
        or covers(citation.brief, citation.passage.start, citation.passage.end, gold)
        for citation in answer.citations
        for gold in question.gold
    )
    return {
        "facts": (0.0 if answer.abstained else facts(question, answer.text)) if question.answerable else None,
        "cited": (cited and not answer.abstained) if question.answerable else None,
        "abstained": answer.abstained,
        "confidence": answer.confidence,
        "words": len(answer.text.split()),
        "ask_seconds": seconds,
    }


def facts(question: Question, text: str) -> float:
    """Return the share of the needed facts that stand in a text, in [0, 1]; 0 where none is known."""
    plain = text.lower().replace("**", "")
    return mean([any(wording.lower() in plain for wording in wordings) for wordings in question.answers] or [False])


def figures(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Return the figures of some outcomes; retrieval over the answerable ones, refusal over all."""
    answerable = [outcome for outcome in outcomes if outcome.question.answerable]
    made: dict[str, Any] = {"questions": len(outcomes), "answerable": len(answerable)}
    for k in (1, 5, 10):
        made[f"R@{k}"] = _mean(outcome.rank is not None and outcome.rank <= k for outcome in answerable)
    made["MRR"] = _mean(outcome.reciprocal for outcome in answerable)
    milliseconds = [1000 * outcome.search_seconds for outcome in outcomes]
    made["search p50 ms"], made["search p95 ms"] = (float(np.percentile(milliseconds, p)) for p in (50, 95))
    if any(outcome.abstained is not None for outcome in outcomes):
        made |= _answer_figures(outcomes, answerable)
    return made


def _answer_figures(outcomes: Sequence[Outcome], answerable: Sequence[Outcome]) -> dict[str, Any]:
    silent = [outcome for outcome in outcomes if not outcome.question.answerable]
    milliseconds = [1000 * (outcome.ask_seconds or 0) for outcome in outcomes]
    return {
        "facts found": _mean(outcome.facts or 0 for outcome in answerable),
        "gold cited": _mean(bool(outcome.cited) for outcome in answerable),
        "answerable refused": _mean(bool(outcome.abstained) for outcome in answerable),
        "unanswerable refused": _mean(bool(outcome.abstained) for outcome in silent),
        "AUROC": auroc([o.confidence or 0 for o in answerable], [o.confidence or 0 for o in silent]),
        "words": _mean(outcome.words or 0 for outcome in answerable),
        "ask p50 ms": float(np.percentile(milliseconds, 50)),
    }


def table(outcomes: Sequence[Outcome]) -> dict[str, dict[str, Any]]:
    """Return the figures of each question type, of the English questions together, and of all."""
    groups: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        groups.setdefault(outcome.question.type, []).append(outcome)
    english = [outcome for outcome in outcomes if outcome.question.language == "en"]
    if len(english) < len(outcomes):
        groups["English"] = english
    return {name: figures(group) for name, group in [*sorted(groups.items()), ("all", list(outcomes))]}


def compare(first: Sequence[Outcome], second: Sequence[Outcome], seed: int = 0) -> Comparison:
    """Return how the second run differs from the first on the same answerable questions.

    The interval is a paired bootstrap over questions: where it holds 0, the difference may be chance.
    """
    pairs = [(a, b) for a, b in zip(first, second, strict=True) if a.question.answerable]
    if not pairs:
        return Comparison(0.0, 0.0, 0.0, 0, 0)
    differences = np.array([b.reciprocal - a.reciprocal for a, b in pairs])
    draws = np.random.default_rng(seed).integers(0, len(differences), (SAMPLES, len(differences)))
    low, high = np.percentile(differences[draws].mean(axis=1), [2.5, 97.5])
    by_type: dict[str, list[float]] = {}
    for (outcome, _), difference in zip(pairs, differences, strict=True):
        by_type.setdefault(outcome.question.type, []).append(float(difference))
    return Comparison(
        float(differences.mean()),
        float(low),
        float(high),
        int((differences > 0).sum()),
        int((differences < 0).sum()),
        {name: mean(values) for name, values in sorted(by_type.items())},
    )


def auroc(positives: Sequence[float], negatives: Sequence[float]) -> float | None:
    """Return the probability that a positive scores above a negative, ties half; None without both."""
    if not positives or not negatives:
        return None
    ups, downs = np.array(positives)[:, None], np.array(negatives)[None, :]
    return float((ups > downs).mean() + 0.5 * (ups == downs).mean())


def _mean(values: Iterable[float]) -> float | None:
    kept = list(values)
    return float(mean(kept)) if kept else None
