"""What the sentences read lack is told by form, and said in words; the notes beside the quotes."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from northbrief.corpus import Brief, Passage
from northbrief.corpus.shelf import load_shelf
from northbrief.index import Encoder, Hit, Index
from northbrief.index.plan import Planner
from northbrief.qa import Assistant
from northbrief.qa.confidence import confidence
from northbrief.qa.evidence import NOTHING, Evidence, names
from northbrief.qa.notes import age_note, newer_notes, unanswered_note
from northbrief.qa.question import asked_in
from northbrief.qa.types import Claim, Verdict

CASES = [
    line.split("\t")
    for line in (Path(__file__).parent / "cases/missing.tsv").read_text("utf-8").splitlines()
    if not line.startswith("#")
]


@pytest.fixture(scope="module")
def assistant(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with Index.open(tmp_path_factory.mktemp("shelf"), encoder=encoder) as index:
        index.add(load_shelf())
        yield Assistant(index)


@pytest.mark.parametrize(("question", "missing"), CASES)
def test_what_is_missing_is_told_by_form(assistant: Assistant, question: str, missing: str) -> None:
    evidence = assistant.evidence(question)
    assert list(evidence.missing) == ([missing] if missing else [])
    assert all(0 <= value <= 1 for value in evidence.values())


def test_each_lack_lowers_the_confidence_and_likeness_raises_it() -> None:
    best = Evidence(1, 0, 0, 0, 0, 0, 0, 0)
    lacks = [name for name in names() if name not in ("similarity", "uncounted")]  # that one has no weight of its own
    for name in lacks:
        assert confidence(replace(best, **{name: 1.0})) < confidence(best)  # type: ignore[arg-type]
    assert confidence(NOTHING) < 0.01


def hit(published: date | None, newer: str = "") -> Hit:
    text = "The ferry carried 40 guests in May 2019."
    brief = Brief(id="old", title="Ferries", text=text, published=published)
    return Hit(1.0, Passage(id="p", brief_id="old", start=0, end=len(text), text=text), brief, newer=newer)


@pytest.mark.parametrize(
    ("question", "published", "note"),
    [
        (
            "What happened in 2024?",
            date(2020, 1, 2),
            "The newest brief quoted is of January 2020, before the time asked about (in 2024).",
        ),
        ("What happened in 2024?", date(2025, 1, 2), ""),
        ("What happened in 2024?", None, ""),
        ("What is the latest on ferries?", date(2020, 1, 2), "The newest brief quoted is of January 2020."),
        ("What is a ferry?", date(2020, 1, 2), ""),
    ],
)
def test_evidence_older_than_the_question_says_so(question: str, published: date | None, note: str) -> None:
    plan = Planner().plan(question, now=date(2026, 11, 22))
    assert age_note(plan, [hit(published).brief], korean=False) == note


def test_a_later_version_is_named_unless_it_is_gone() -> None:
    later = Brief(id="new", title="Ferries, revised", text="x", published=date(2021, 3, 4))
    quoted = [hit(date(2020, 1, 2), "new")]
    assert newer_notes(quoted, lambda brief: later if brief == "new" else None, korean=False) == [
        "A later version of this brief exists: “Ferries, revised”, 4 March 2021."
    ]
    assert newer_notes(quoted, lambda _: None, korean=False) == []


@pytest.mark.parametrize(
    ("question", "note"),
    [
        ("How many guests did it carry, and when?", ""),
        ("How many guests did it carry, and who sailed it?", "Not found in what is quoted: who."),
        ("Who sailed it?", ""),
    ],
)
def test_the_part_of_a_question_that_nothing_quoted_answers_is_named(question: str, note: str) -> None:
    claim = Claim(hit(None).brief.text[:40], (1,), Verdict.SUPPORTED)
    assert unanswered_note(asked_in(question), question, [claim], korean=False) == note
