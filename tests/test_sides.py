"""Sides of comparisons: the table of cases, ordinary questions, the library's own names, and text of any kind."""

import json
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from northbrief.index.names import NameTable
from northbrief.index.numbered import numbered
from northbrief.index.sides import find_sides
from northbrief.index.types import Side

CASES = Path(__file__).with_name("cases")
TABLE = NameTable.load()
INSTITUTIONS = ("Polish Institute of International Affairs (PISM)", "Sejong Institute", "Brookings Institution")
AUTHORS = ("Oskar Pietrewicz", "Hong Min")


def rows(file: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (CASES / file).read_text(encoding="utf-8").splitlines()]


def serves(side: Side, own: list[str], all_words: list[list[str]]) -> bool:
    """Whether the side holds its own words, and its query none that only other sides have."""
    query = side.query.lower()
    others = {word for words in all_words for word in words} - set(own)
    return all(word in f"{side.label} {query}".lower() for word in own) and not any(word in query for word in others)


@pytest.mark.parametrize("row", rows("cases-comparisons.jsonl"), ids=lambda row: row["query"])
def test_each_side_is_asked_for_alone(row: dict[str, Any]) -> None:
    sides = find_sides(row["query"], TABLE)
    assert len(sides) == len(row["sides"])
    assert any(
        all(serves(side, words, row["sides"]) for side, words in zip(order, row["sides"], strict=True))
        for order in permutations(sides)
    )


@pytest.mark.parametrize("row", rows("cases-plain.jsonl"), ids=lambda row: row["query"])
def test_an_ordinary_question_has_no_sides(row: dict[str, Any]) -> None:
    assert find_sides(row["query"], TABLE, INSTITUTIONS, AUTHORS) == ()


@pytest.mark.parametrize(
    "question",
    [
        "What did KINU publish from 2019 to 2023?",
        "relations between China and Russia",
        "How did exports fall and imports rise in 2020?",
        "More than 300 people and 20 cows crossed the river",
        "How have relations with Russia and China changed?",
        "Which articles cover the floods in July and August?",
        "Who is the premier, and what does he do?",
        "What did the plenum decide, and who spoke?",
        "Where is Rason and how large is it?",
        "Since when and until when did the talks last in 2018?",
        "as of March 2018 and until the summit of June 2018",
        "He served in Moscow as ambassador in 2012",
        "북한과 러시아의 군사협력",
        "중국과의 무역은 어떻게 변했나?",
        "전쟁 대비 훈련",
    ],
)
def test_and_between_and_than_alone_compare_nothing(question: str) -> None:
    assert find_sides(question, TABLE) == ()


@pytest.mark.parametrize(
    ("question", "queries"),
    [
        (
            "How did trade with China change from 2019 to 2023?",
            ["trade with China in 2019", "trade with China in 2023"],
        ),
        ("policy toward China and toward Russia", ["policy toward China", "policy toward Russia"]),
        ("Compare trade with China with trade with Russia", ["trade with China", "trade with Russia"]),
        ("Was trade larger in 2023 than in 2019?", ["trade larger in 2023", "trade larger in 2019"]),
        ("How is KINU's view different from that of INSS?", ["KINU's view", "INSS's view"]),
        (
            "Compare KINU, INSS and PISM on deterrence",
            ["KINU on deterrence", "INSS on deterrence", "PISM on deterrence"],
        ),
        ("Do PISM and Sejong agree on arms control?", ["PISM on arms control", "Sejong on arms control"]),
        ("What do Pietrewicz and Hong Min say about it?", ["Pietrewicz say about it", "Hong Min say about it"]),
        ("Does Brookings agree with pism about sanctions?", ["Brookings about sanctions", "pism about sanctions"]),
        ("How do KINU and INSS differ on China and Russia?", ["KINU on China and Russia", "INSS on China and Russia"]),
        ("코로나 전후 시장 변화", ["코로나 전 시장 변화", "코로나 후 시장 변화"]),
        ("북한의 대중국 정책과 대러시아 정책 비교", ["북한의 대중국 정책", "북한의 대러시아 정책"]),
        ("노동 시장과 금융 시장을 비교해 줘", ["노동 시장", "금융 시장"]),
        ("농업과 공업의 차이는?", ["농업", "공업"]),
    ],
)
def test_a_query_keeps_what_the_sides_share(question: str, queries: list[str]) -> None:
    assert [side.query for side in find_sides(question, TABLE, INSTITUTIONS, AUTHORS)] == queries


@pytest.mark.parametrize(
    ("question", "sides"),
    [
        ("Compare Clause 12 and Clause 14", ["Clause 12", "Clause 14"]),
        ("Compare Clause 12 and 14 of the code", ["Clause 12 of the code", "Clause 14 of the code"]),
        ("What is the difference between clauses 3, 5 and 7?", ["clause 3", "clause 5", "clause 7"]),
        ("How does Chapter 2 differ from Annex 5?", ["Chapter 2", "Annex 5"]),
        ("Brigade 11 versus Brigade 30 in training", ["Brigade 11 in training", "Brigade 30 in training"]),
        ("Compare UN Resolution 2087 and UN Resolution 2094", ["UN Resolution 2087", "UN Resolution 2094"]),
    ],
)
def test_a_number_belongs_to_the_noun_before_it(question: str, sides: list[str]) -> None:
    assert [side.query for side in find_sides(question, TABLE)] == sides


@pytest.mark.parametrize(
    "question",
    [
        "Which clauses bind Brigade 11 and Brigade 30?",
        "Do 300 boats and 20 barges differ in price?",
        "How did the 12 delegates differ from 30 years ago?",
    ],
)
def test_a_count_and_a_number_that_is_not_compared_make_no_side(question: str) -> None:
    assert not numbered(question)


def test_years_beside_a_noun_are_times_and_no_labels() -> None:
    assert not numbered("Compare tests 2017 and 2019")


@pytest.mark.parametrize(
    "sentence",
    [
        "Moon promised a railway in his 2017 address. When was it done?",
        "Did the 2018 agreement survive until 2023?",
        "What happened between 2019 and 2021?",
        "Which plan that began in 2016 and which ended in 2020 was dropped?",
        "When the border closed in January 2020, who stayed in Beijing until March 2021?",
        "Who signed the treaty of June 2024 and ratified it in November 2024?",
        "How many people died or went missing in the floods of 2015 and 2016?",
        "Is the report of May 2016 cited in the study of June 2019 and by whom?",
        "Kim visited Beijing in March 2018 and Vladivostok in April 2019",
        "Since the ban of 2017 and the floods of 2016, who feeds Hoeryong?",
        "Who led the ministry from 2012 to 2016 and what did he do?",
        "What happened between the Sixth Congress and the Seventh Congress?",
    ],
)
def test_two_periods_or_congresses_alone_compare_nothing(sentence: str) -> None:
    assert find_sides(sentence, TABLE) == ()


@pytest.mark.parametrize(
    ("question", "sides"),
    [
        (
            "Plan versus market: which way did it lean in 2012, and where was it by 2021?",
            [
                Side("2012", "Plan versus market: which way did it lean in 2012"),
                Side("2021", "Plan versus market: where was it by 2021"),
            ],
        ),
        (
            "What did Obama offer Havana in March 2016, and how did he speak of Havana by May 2022?",
            [
                Side("March 2016", "What did Obama offer Havana in March 2016"),
                Side("May 2022", "How did Obama speak of Havana by May 2022"),
            ],
        ),
        (
            "How did prices stand in spring 2002, autumn 2002 and early 2004?",
            [
                Side("spring 2002", "How did prices stand in spring 2002"),
                Side("autumn 2002", "How did prices stand in autumn 2002"),
                Side("early 2004", "How did prices stand in early 2004"),
            ],
        ),
        (
            "What did the 2012 budget and the 2013 budget give to schools?",
            [
                Side("2012 budget", "What did the 2012 budget give to schools"),
                Side("2013 budget", "What did the 2013 budget give to schools"),
            ],
        ),
    ],
)
def test_a_period_is_asked_for_in_its_own_clause_or_phrase(question: str, sides: list[Side]) -> None:
    assert list(find_sides(question, TABLE)) == sides


def test_more_than_before_is_a_comparison_of_now_and_before() -> None:
    sides = find_sides("Has the market become more open than before?", TABLE)
    assert [side.label for side in sides] == ["now", "before"]


@pytest.mark.parametrize(
    "text", ["", " ", "?", "versus", "and", "compare", "비교", "A versus", "versus B", "or than or"]
)
def test_a_text_with_nothing_on_one_side_has_no_sides(text: str) -> None:
    assert find_sides(text, TABLE) == ()


TEXT = "compare KINU INSS and or versus 2019 2023 than before after the with to from between 비교 중국과 러시아의 차이"
TEXT += " in 2012, what; how he did each respectively . When May 2016 of First Congress Second"
WORDS = TEXT.split()


@settings(deadline=None, max_examples=150)
@given(st.one_of(st.text(max_size=80), st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join)))
def test_any_text_gives_no_side_or_at_least_two_that_are_not_empty(text: str) -> None:
    sides = find_sides(text, TABLE, INSTITUTIONS, AUTHORS)
    assert len(sides) != 1
    assert all(side.label and side.query for side in sides)
