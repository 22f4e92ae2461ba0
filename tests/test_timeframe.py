"""Windows: rows of a table written before the method, sentences that name no time, and what holds for any text."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from northbrief.index.timeframe import Event, find_window, load_events, wants_latest

CASES = Path(__file__).parent / "cases"
NOW = date(2025, 8, 15)
ANY_DATE = st.dates()
FEW = settings(deadline=None, max_examples=150)


def rows(name: str) -> list[dict[str, str]]:
    return [json.loads(line) for line in (CASES / name).read_text("utf-8").splitlines() if line.strip()]


def query(row: dict[str, str]) -> str:
    return row["query"]


def days(text: str, now: date = NOW) -> tuple[str | None, str | None] | None:
    """The window's bounds as ISO dates."""
    if (window := find_window(text, now)) is None:
        return None
    return str(window.since) if window.since else None, str(window.until) if window.until else None


@pytest.mark.parametrize("row", rows("cases-windows.jsonl"), ids=query)
def test_the_window_of_a_question_is_the_one_a_reader_means(row: dict[str, str]) -> None:
    assert days(row["query"], date.fromisoformat(row["now"])) == (row["since"], row["until"])


@pytest.mark.parametrize("row", rows("cases-plain.jsonl"), ids=query)
def test_an_ordinary_sentence_names_no_time(row: dict[str, str]) -> None:
    assert days(row["query"]) is None


@pytest.mark.parametrize("row", rows("cases-plain.jsonl"), ids=query)
def test_an_ordinary_sentence_does_not_ask_for_the_latest(row: dict[str, str]) -> None:
    assert not wants_latest(row["query"])


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("What happened between Singapore and Hanoi?", "2018-06-12", "2019-02-28"),
        ("statements after the failed Hanoi summit", "2019-03-01", None),
        ("싱가포르와 하노이 사이의 변화", "2018-06-12", "2019-02-28"),
        ("after Singapore and before Hanoi", "2018-06-13", "2019-02-26"),
        ("after the 2019 Hanoi summit", "2019-03-01", None),
        ("코로나 이전 무역", None, "2020-03-10"),
        ("post-Hanoi policy", "2019-03-01", None),
    ],
)
def test_an_event_with_a_bounding_word_bounds_the_window(text: str, since: str | None, until: str | None) -> None:
    assert days(text) == (since, until)


@pytest.mark.parametrize(
    "text",
    [
        "Why did Hanoi fail?",
        "What was decided at the Eighth Party Congress?",
        "하노이 회담의 결과",
        "trade with Singapore",
    ],
)
def test_an_event_alone_is_a_topic(text: str) -> None:
    assert days(text) is None


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("How open was Pyongyang in 2020 versus 2025?", "2020-01-01", "2025-12-31"),
        ("How did openness change between the start of 2020 and mid-2025?", "2020-01-01", "2025-08-31"),
        ("rice prices in 2022 compared with 2024", "2022-01-01", "2024-12-31"),
        ("2019년과 2023년 북중 무역 비교", "2019-01-01", "2023-12-31"),
    ],
)
def test_two_periods_compared_are_covered_by_one_window(text: str, since: str, until: str) -> None:
    assert days(text) == (since, until)


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("before the summit in June 2018", None, "2018-06-30"),
        ("since the floods of July 2024", "2024-07-01", None),
        ("2022년 3월 24일 발사 이후", "2022-03-24", None),
        ("from 2018 to now", "2018-01-01", None),
        ("from March to June 2022", "2022-03-01", "2022-06-30"),
        ("2020년 3월부터 6월까지", "2020-03-01", "2020-06-30"),
    ],
)
def test_the_bounding_word_may_stand_apart_from_the_date(text: str, since: str | None, until: str | None) -> None:
    assert days(text) == (since, until)


@pytest.mark.parametrize(
    "text", ["before and after Hanoi", "markets before the pandemic and after it", "2021년 이전과 이후"]
)
def test_before_and_after_together_mean_any_time(text: str) -> None:
    assert days(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "more than 2000 tons of rice",
        "the novel “1984” in Pyongyang",
        "since resolution 1985",
        "a crowd of 2018 delegates",
    ],
)
def test_a_number_that_is_no_year_names_no_time(text: str) -> None:
    assert days(text) is None


@pytest.mark.parametrize(
    "text", ["What is the latest on Kaesong?", "Who is premier now?", "최근 김여정 담화", "현재 환율은?"]
)
def test_words_for_the_present_ask_for_the_latest(text: str) -> None:
    assert wants_latest(text)


@pytest.mark.parametrize("text", ["the current account deficit", "trade from 2018 until now", "2018년 현재 핵교리"])
def test_words_for_the_present_in_another_sense_do_not_ask_for_the_latest(text: str) -> None:
    assert not wants_latest(text)


def test_the_window_keeps_the_words_that_named_it() -> None:
    window = find_window("How many tests were there in early 2020?", NOW)
    assert window is not None and window.text == "in early 2020"


def test_an_empty_text_names_no_time() -> None:
    assert days("") is None


def test_every_event_ends_on_or_after_the_day_it_starts() -> None:
    assert all(event.first <= event.last for event in load_events())


@pytest.mark.parametrize("event", load_events(), ids=lambda event: event.name)
def test_since_an_event_starts_on_its_first_day(event: Event) -> None:
    window = find_window(f"since {event.name}", NOW)
    assert window is not None and window.since == event.first


@FEW
@given(st.text(), ANY_DATE)
def test_any_text_on_any_day_is_read_without_an_error(text: str, now: date) -> None:
    window = find_window(text, now)
    assert window is None or window.since or window.until


PIECES = (
    "since until between and 2019 March 31 last two years ago winter Hanoi early 90s 하노이 이후 2월 작년 3분기 ~ - '"
)


@FEW
@given(st.lists(st.sampled_from(PIECES.split()), max_size=8).map(" ".join), ANY_DATE)
def test_a_window_never_ends_before_it_starts(text: str, now: date) -> None:
    window = find_window(text, now)
    assert window is None or window.since is None or window.until is None or window.since <= window.until


@FEW
@given(st.dates(date(1900, 1, 1), date(2049, 12, 31)))
def test_a_day_is_found_in_each_way_of_writing_it(day: date) -> None:
    forms = (
        f"on {day}",
        f"on {day.day} {day:%B %Y}",
        f"{day:%B} {day.day}, {day.year}",
        f"{day:%Y}년 {day.month}월 {day.day}일",
    )
    assert {days(form) for form in forms} == {(str(day), str(day))}


@FEW
@given(st.dates(date(1901, 1, 1), date(2049, 12, 31)))
def test_before_a_day_and_since_it_leave_no_gap(day: date) -> None:
    since, before = find_window(f"since {day}", NOW), find_window(f"before {day}", NOW)
    assert since and before and since.since == day and before.until == day - timedelta(1)
