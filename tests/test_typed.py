"""Spans that have the form of an answer: persons, dates, places, amounts, reasons."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from northbrief.qa.question import TYPED, Kind, asked_in
from northbrief.qa.typed import amounts, answers, dates, persons, places, reasons


def texts(found: list[tuple[int, int]], text: str) -> list[str]:
    return [text[start:end] for start, end in found]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The envoy, Kim Myong Gil, left Stockholm.", ["Kim Myong Gil"]),
        ("Defence Minister No Kwang Chol spoke for the Workers' Party.", ["No Kwang Chol"]),
        ("The Central Committee met in the House of Culture.", []),
        ("In March 2013 the United Nations voted.", []),
        ("President Roh and Tomas Ojea Quintana met.", ["Roh", "Tomas Ojea Quintana"]),
        ("KCNA praised the Hwasong-18.", []),
    ],
)
def test_persons_are_runs_of_capitals_without_bodies_places_and_months(text: str, found: list[str]) -> None:
    assert texts(persons(text), text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It opened on 1 July 2025.", ["1 July 2025"]),
        ("It opened in early 2026, a year later.", ["early 2026", "a year later"]),
        ("The law of May 2011 was changed on Monday.", ["May 2011", "Monday"]),
        ("2013년 3월 31일에 채택되었다.", ["2013년 3월 31일"]),
        ("They sold 2,018 tons.", []),
    ],
)
def test_dates_are_days_months_and_years(text: str, found: list[str]) -> None:
    assert texts(dates(text), text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("They met in Hanoi.", ["Hanoi"]),
        ("It left from the Sohae Satellite Launching Ground on Monday.", ["the Sohae Satellite Launching Ground"]),
        ("In March it closed.", []),
    ],
)
def test_places_stand_behind_a_preposition(text: str, found: list[str]) -> None:
    assert texts(places(text), text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It has 20,000 beds.", ["20,000 beds"]),
        ("They took $1.5 billion from Bybit.", ["$1.5 billion"]),
        ("The Hwasong-18 flew 1,001 km on 12 July 2023.", ["1,001 km"]),
        ("Article 4 of resolution 1718 binds thirteen states.", ["thirteen states"]),
        ("Trade fell by 80% in 2020.", ["80%"]),
        ("Moscow asked for some 5,000 North Korean builders.", ["some 5,000 North Korean builders"]),
        ("It opened in the first half of the year, and half of the rooms were let.", ["half"]),
        ("Two North Koreans fled, 30 South Korean and Polish ships came.", ["Two North Koreans", "30 South Korean"]),
        ("It cost them, 12 U.S. soldiers said, 40 days.", ["12 U.S. soldiers", "40 days"]),
        ("세 차례 만났다.", ["세 차례"]),
    ],
)
def test_amounts_are_numbers_with_what_they_count_and_no_dates_or_labels(text: str, found: list[str]) -> None:
    assert texts(amounts(text), text) == found


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("It closed because of the test.", True),
        ("Workers stayed in order to earn currency.", True),
        ("폭우 때문에 연기되었다.", True),
        ("The port is large.", False),
    ],
)
def test_reasons_are_told_by_the_words_that_introduce_them(text: str, holds: bool) -> None:
    assert bool(reasons(text)) is holds


def test_what_the_question_names_is_no_answer_to_it() -> None:
    question = "Who met Kim Jong Un in 2019?"
    found = answers(Kind.WHO, asked_in(question), question, "Kim Jong Un met Stephen Biegun in 2019.")
    assert texts(found, "Kim Jong Un met Stephen Biegun in 2019.") == ["Stephen Biegun"]


@pytest.mark.parametrize(
    ("question", "text", "holds"),
    [
        ("How far did it fly?", "It carried 300 guests.", False),
        ("How far did it fly?", "It flew 950 kilometres.", True),
        ("How long did the talks last?", "The talks lasted two days.", True),
        ("What did it cost in US dollars?", "It cost 4,500 tons.", False),
        ("What did it cost in US dollars?", "It cost 4.5 million dollars.", True),
        ("What share of trade is it?", "It is more than 90 percent.", True),
        ("What share of trade is it?", "It is 5,000 tons.", False),
    ],
)
def test_an_amount_has_to_be_in_the_unit_asked_for(question: str, text: str, holds: bool) -> None:
    assert bool(answers(Kind.AMOUNT, asked_in(question), question, text)) is holds


@given(st.text(max_size=120), st.sampled_from(sorted(TYPED)))
def test_spans_lie_in_the_text_in_order(text: str, kind: Kind) -> None:
    found = answers(kind, asked_in("How many?"), "How many?", text)
    assert all(0 <= start < end <= len(text) for start, end in found)
    assert found == sorted(found)
