"""A question as the page sends it, and a turn of a conversation as the browser keeps it.

The server keeps no conversation: whatever it needs of earlier turns comes with the question, and is checked here.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ..corpus import QuestionError
from ..index import Filter
from ..qa import Answer
from ..qa.saved import EvidenceError, pack, unpack
from .strings import language_of, say

MOST_TURNS = 200  # earlier questions and saved turns read from one request
_TURN = re.compile(r"[a-z0-9]{1,16}")
_LISTS = ("institutions", "authors", "languages", "briefs")


@dataclass(frozen=True, slots=True)
class Request:
    """A question with all that it is asked under; `without` names what was read out of it and shall not count."""

    question: str
    turn: str
    language: str = "en"
    history: tuple[str, ...] = ()
    where: Filter | None = None
    without: tuple[str, ...] = ()
    model: bool = True


@dataclass(frozen=True, slots=True)
class Turn:
    """A question with its answer; `id` is unlike any other turn's, so that [1] of one is not [1] of another."""

    id: str
    question: str
    answer: Answer
    where: Filter | None = None
    without: tuple[str, ...] = ()


def read_request(values: Mapping[str, Any]) -> Request:
    """Return the question of a request.

    Raises:
        QuestionError: a value of the wrong form, or a filter whose dates are none or the wrong way round.
    """
    language = language_of(values.get("language"))
    return Request(
        question=_text(values, "question").strip(),
        turn=_turn_id(values.get("turn")),
        language=language,
        history=_texts(values, "history")[-MOST_TURNS:],
        where=read_filter(values.get("filter") or {}, language),
        without=_texts(values, "without"),
        model=values.get("model", True) is not False,
    )


def read_filter(values: Mapping[str, Any], language: str = "en") -> Filter | None:
    """Return the filter that the page's fields give, None where all are empty.

    Raises:
        QuestionError: a date that is none, or the first day after the last; in the window's language.
    """
    if not isinstance(values, Mapping):
        raise QuestionError("found a filter that is no table of fields")
    since, until = (_day(values, key, language) for key in ("since", "until"))
    if since and until and since > until:
        raise QuestionError(say(language, "bad_order", since=since, until=until))
    where = Filter(since, until, **{key: _texts(values, key) for key in _LISTS})
    return where if where else None


def filter_dict(where: Filter | None) -> dict[str, Any]:
    """Return a filter as the page sends it."""
    if where is None:
        return {}
    days = {key: value.isoformat() for key in ("since", "until") if (value := getattr(where, key))}
    return days | {key: list(value) for key in _LISTS if (value := getattr(where, key))}


def turn_dict(turn: Turn) -> dict[str, Any]:
    """Return a turn as plain values that the browser keeps."""
    return {
        "turn": turn.id,
        "question": turn.question,
        "filter": filter_dict(turn.where),
        "without": list(turn.without),
        "answer": pack(turn.answer),
    }


def read_turn(values: Mapping[str, Any]) -> Turn:
    """Return the turn that `turn_dict` wrote.

    Raises:
        EvidenceError: it is none.
    """
    try:
        return Turn(
            _turn_id(values.get("turn")),
            _text(values, "question"),
            unpack(values.get("answer") or {}),
            read_filter(values.get("filter") or {}),
            _texts(values, "without"),
        )
    except (QuestionError, AttributeError) as error:
        raise EvidenceError(str(error)) from error


def _turn_id(value: object) -> str:
    if not isinstance(value, str) or not _TURN.fullmatch(value):
        raise QuestionError(f"found the turn {value!r}, expected letters and digits")
    return value


def _text(values: Mapping[str, Any], key: str) -> str:
    value = values.get(key, "")
    if not isinstance(value, str):
        raise QuestionError(f"found {key} = {value!r}, expected text")
    return value


def _texts(values: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = values.get(key) or []
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise QuestionError(f"found {key} = {value!r}, expected a list of texts")
    return tuple(each.strip() for each in value if each.strip())


def _day(values: Mapping[str, Any], key: str, language: str) -> date | None:
    value = _text(values, key).strip()
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        raise QuestionError(say(language, "bad_date", value=value)) from None
