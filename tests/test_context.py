"""Quotes that can be read alone."""

import pytest
from northbrief.corpus import Brief, Passage
from northbrief.index import Hit
from northbrief.qa.context import points_back, with_antecedent


def hit_of(text: str) -> Hit:
    brief = Brief(id="b", title="T", text=text)
    return Hit(1.0, Passage(id="p", brief_id="b", start=0, end=len(text), text=text), brief)


@pytest.mark.parametrize(
    ("text", "back"),
    [
        ("He left.", True),
        ("This was denied.", True),
        ("The latter refused.", True),
        ("The two sides agreed.", True),
        ("However, prices rose.", True),
        ("Hepatitis spread.", False),
        ("Kim left.", False),
        ("The two factories opened.", False),
    ],
)
def test_a_sentence_that_points_back_is_told_by_its_first_words(text: str, back: bool) -> None:
    assert points_back(text) is back


def test_the_sentence_before_comes_along_where_there_is_room() -> None:
    text = "Seoul closed the office. This was denied in Pyongyang."
    start = text.index("This")
    assert with_antecedent(hit_of(text), start, len(text), 20) == (0, len(text), "")


def test_a_person_is_named_in_brackets_where_there_is_none() -> None:
    text = "Kim Myong Gil read a statement of many words to the press. He left at once."
    start = text.index("He")
    assert with_antecedent(hit_of(text), start, len(text), 3) == (start, len(text), "[He: Kim Myong Gil]")


def test_of_two_persons_none_is_chosen() -> None:
    text = "Kim Myong Gil and Stephen Biegun read a statement. He left at once."
    start = text.index("He")
    assert with_antecedent(hit_of(text), start, len(text), 3) == (start, len(text), "")


def test_a_paragraph_before_does_not_come_along() -> None:
    text = "Prices rose.\nThis was denied."
    start = text.index("This")
    assert with_antecedent(hit_of(text), start, len(text), 20) == (start, len(text), "")


def test_a_quote_that_stands_alone_is_left_as_it_is() -> None:
    text = "Seoul closed the office. Pyongyang denied it."
    start = text.index("Pyongyang")
    assert with_antecedent(hit_of(text), start, len(text), 20) == (start, len(text), "")
