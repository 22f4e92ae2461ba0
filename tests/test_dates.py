"""Calendar days as documents write them, in English and Korean."""

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from northbrief.corpus.dates import find_day

MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September"]
MONTHS += ["October", "November", "December"]
FORMS: dict[str, Callable[[date], str]] = {
    "iso": lambda day: day.isoformat(),
    "dots": lambda day: f"{day.year:04}.{day.month}.{day.day}",
    "Korean dots": lambda day: f"{day.year:04}. {day.month}. {day.day}.",
    "slashes": lambda day: f"{day.year:04}/{day.month:02}/{day.day:02}",
    "day first": lambda day: f"{day.day} {MONTHS[day.month - 1]} {day.year:04}",
    "month first": lambda day: f"{MONTHS[day.month - 1]} {day.day}, {day.year:04}",
    "month first, short": lambda day: f"{MONTHS[day.month - 1][:3]}. {day.day}, {day.year:04}",
    "capitals": lambda day: f"{MONTHS[day.month - 1].upper()} {day.day}, {day.year:04}",
    "Korean": lambda day: f"{day.year:04}년 {day.month}월 {day.day}일",
    "Korean, no blanks": lambda day: f"{day.year:04}년{day.month:02}월{day.day:02}일",
}


@pytest.mark.parametrize("form", FORMS)
@given(day=st.dates(min_value=date(1900, 1, 1), max_value=date(2099, 12, 31)))
@settings(deadline=None, max_examples=40)
def test_a_day_is_read_back_from_every_form(form: str, day: date) -> None:
    found = find_day(FORMS[form](day))
    assert found is not None
    assert found[0] == day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("1st January 2024", date(2024, 1, 1)),
        ("2nd Feb. 2024", date(2024, 2, 2)),
        ("Sept. 9, 2024", date(2024, 9, 9)),
        ("October 3rd, 2024", date(2024, 10, 3)),
        ("29 February 2024", date(2024, 2, 29)),
        ("2024-13-45, mended on 2024-01-02", date(2024, 1, 2)),
        ("From 2 May 2024 to 2024-05-01", date(2024, 5, 2)),
    ],
)
def test_the_first_possible_day_is_taken(text: str, day: date) -> None:
    found = find_day(text)
    assert found is not None
    assert found[0] == day


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no day at all",
        "August 2025",
        "2025년 8월",
        "in 2025",
        "2025-13-45",
        "29 February 2023",
        "31 April 2024",
        "2024년 2월 30일",
        "12025-08-08",
        "2025-08-081",
        "8 mayhem 2025",
        "call 02-2025-0808",
    ],
)
def test_what_is_no_full_and_possible_day_is_none(text: str) -> None:
    assert find_day(text) is None


@pytest.mark.parametrize("day", ["8 August 2025", "2025-08-08", "Aug. 8, 2025", "2025년 8월 8일"])
def test_the_span_is_that_of_the_day(day: str) -> None:
    text = f"Published {day}, revised later"
    found = find_day(text)
    assert found is not None
    assert text[found[1] : found[2]] == day
