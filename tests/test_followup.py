"""Follow-up questions: the table of cases, the forms shown to the user, ordinary questions, and text of any kind."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from northbrief.index.followup import standalone
from northbrief.index.names import NameTable
from northbrief.index.particles import bare, fitted
from northbrief.index.parts import parts

CASES = Path(__file__).with_name("cases")
TABLE = NameTable.load()
TRADE = "How did trade with Russia change in 2024?"
TOURISM = "What did Kim Jong Un say about tourism in January 2025?"


def rows(file: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (CASES / file).read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize(
    "row", rows("cases-followups.jsonl"), ids=lambda row: f"{row['history'][-1]} {row['question']}"
)
def test_a_follow_up_carries_what_it_needs_and_no_more(row: dict[str, Any]) -> None:
    made = standalone(row["question"], row["history"], TABLE).lower()
    assert [word for word in row["must_contain"] if word not in made] == []
    assert [word for word in row["must_not_contain"] if word in made] == []


@pytest.mark.parametrize("last", [TRADE, "2023년 쌀값은 어땠나?"])
@pytest.mark.parametrize("row", rows("cases-plain.jsonl"), ids=lambda row: row["query"])
def test_an_ordinary_question_stands_alone_after_any_other(row: dict[str, Any], last: str) -> None:
    assert standalone(row["query"], [last], TABLE) == row["query"]


@pytest.mark.parametrize(
    ("last", "question", "made"),
    [
        (TRADE, "And what about China?", "How did trade with China change in 2024?"),
        (TRADE, "And the year before?", "How did trade with Russia change in 2023?"),
        (TRADE, "Why?", "Why did trade with Russia change in 2024?"),
        (TRADE, "Who gained from it?", "Who gained from it? (trade Russia 2024)"),
        (TRADE, "No, in 2019", "How did trade with Russia change in 2019?"),
        (TOURISM, "and about health?", "What did Kim Jong Un say about health in January 2025?"),
        (TOURISM, "And Kim Yo Jong?", "What did Kim Yo Jong say about tourism in January 2025?"),
        (TOURISM, "a month later?", "What did Kim Jong Un say about tourism in February 2025?"),
        (TOURISM, "What did he say in 2024?", "What did Kim Jong Un say in 2024? (tourism)"),
        ("Who attended the parade?", "Who else?", "Who else attended the parade?"),
        ("How much coal did China import?", "How much iron ore?", "How much iron ore did China import?"),
        ("What is the 20x10 policy?", "Who runs it?", "Who runs the 20x10 policy?"),
        ("중국과의 무역은 2023년에 얼마나 늘었나?", "러시아는?", "러시아와의 무역은 2023년에 얼마나 늘었나?"),
        ("8차 당대회에서 경제 목표는?", "국방 목표는?", "8차 당대회에서 국방 목표는?"),
    ],
)
def test_the_form_shown_reads_like_a_question(last: str, question: str, made: str) -> None:
    assert standalone(question, [last], TABLE) == made


def test_a_chain_of_ellipses_keeps_its_subject() -> None:
    assert standalone("Why?", [TRADE, "And in 2023?", "And with China?"], TABLE) == (
        "Why did trade with China change in 2023?"
    )


def test_a_new_topic_in_the_history_ends_the_one_before() -> None:
    made = standalone("And in 2019?", [TRADE, "New topic: how many defectors came in 2020?"], TABLE)
    assert made == "how many defectors came in 2019?"


def test_a_correction_with_a_question_of_its_own_carries_nothing() -> None:
    made = standalone("No, I meant the drone found in October. Who flew it?", [TRADE], TABLE)
    assert made == "the drone found in October. Who flew it?"


@pytest.mark.parametrize("history", [[], [""], ["?"], ["  "]])
@pytest.mark.parametrize("question", ["Why?", "", " ", "And in 2024?", "그럼 왜?"])
def test_without_a_topic_the_question_stays(question: str, history: list[str]) -> None:
    assert standalone(question, history, TABLE) == question


def test_parts_are_the_spans_of_the_question() -> None:
    found = parts("How did rice prices move in Wonsan in 2023?", TABLE)
    assert [(part.text, part.kind) for part in found] == [
        ("rice prices", "noun"),
        ("move", "verb"),
        ("Wonsan", "place"),
        ("2023", "period"),
    ]


@pytest.mark.parametrize(
    ("word", "noun"), [("당대회에서", "당대회"), ("하노이", "하노이"), ("무역은", "무역"), ("국가", "국가")]
)
def test_a_particle_is_cut_where_the_sound_allows_it(word: str, noun: str) -> None:
    assert bare(word) == noun


def test_a_particle_follows_the_sound_of_its_noun() -> None:
    assert (fitted("러시아", "과의"), fitted("중국", "는"), fitted("KINU", "는")) == ("러시아와의", "중국은", "KINU는")


TEXT = (
    "and what about China why he it 2019 the year before ? who else a month later in I meant 그럼 2024년은? 왜 러시아는"
)
WORDS = TEXT.split()
TEXTS = st.one_of(st.text(max_size=60), st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join))


@settings(deadline=None, max_examples=200)
@given(TEXTS, st.lists(st.one_of(TEXTS, st.just(TRADE)), max_size=4))
def test_any_question_after_any_history_gives_a_text(question: str, history: list[str]) -> None:
    made = standalone(question, history, TABLE)
    assert bool(made.strip()) == bool(question.strip())


@settings(deadline=None, max_examples=100)
@given(TEXTS)
def test_parts_hold_the_text_they_point_to(text: str) -> None:
    assert all(text[part.start : part.end] == part.text for part in parts(text, TABLE))
