"""The kind of answer that a question wants, told from its words."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from northbrief.index.plan import default_planner
from northbrief.qa.question import Asked, Kind, asked_in, read_question

CASES = [line.split("\t") for line in (Path(__file__).parent / "cases" / "kinds.tsv").read_text("utf-8").splitlines()]


@pytest.mark.parametrize(("kind", "question"), CASES)
def test_the_kind_of_a_question_is_read_from_its_words(kind: str, question: str) -> None:
    assert asked_in(question).kind == kind


def test_there_are_cases_of_every_kind_in_both_languages() -> None:
    kinds = {kind for kind, _ in CASES}
    assert len(CASES) >= 100
    assert kinds == {kind.value for kind in Kind}
    assert len({kind for kind, question in CASES if any("가" <= letter <= "힣" for letter in question)}) >= 8


@pytest.mark.parametrize(
    ("question", "noun"),
    [
        ("How many guests can it take?", "guests"),
        ("How many North Korean soldiers died?", "soldiers"),
        ("How much heavy fuel oil was promised?", "oil"),
        ("Which Russian deputy foreign minister came?", "minister"),
        ("What share of trade goes through China?", "share"),
        ("What is the name of the submarine?", "name"),
        ("What did they sign?", ""),
        ("How high did it fly?", ""),
        ("Who came?", ""),
    ],
)
def test_the_noun_asked_for_is_the_one_that_is_counted_or_chosen(question: str, noun: str) -> None:
    assert asked_in(question).noun == noun


@pytest.mark.parametrize(
    ("question", "kinds"),
    [
        ("When and where did they meet?", ("when", "where")),
        ("Who warned of it, and under what condition?", ("who", "what")),
        ("How much did Seoul demand, and when did it file?", ("amount", "when")),
        ("Did he say when it would open?", ("yes/no",)),
        ("When the office was blown up, who gave the order?", ("when", "who")),
    ],
)
def test_everything_that_is_asked_is_told_in_order(question: str, kinds: tuple[str, ...]) -> None:
    assert asked_in(question).kinds == kinds


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Compare rice prices in 2022 and 2024", Kind.CHANGE),
        ("How did Moon and Yoon differ on leaflets?", Kind.COMPARE),
        ("How many tests were there in 2016?", Kind.AMOUNT),
    ],
)
def test_a_plan_with_sides_is_a_comparison_and_one_with_periods_a_change(question: str, kind: Kind) -> None:
    assert read_question(default_planner().plan(question)).kind is kind


def test_a_short_follow_up_asks_what_was_asked_before() -> None:
    plan = default_planner().plan("And in 2019?", ["How many tests were there in 2016?"])
    assert read_question(plan).kind is Kind.AMOUNT


@given(st.text(max_size=80))
def test_any_text_has_a_kind(text: str) -> None:
    asked = asked_in(text)
    assert isinstance(asked, Asked)
    assert asked.kinds[0] is asked.kind
