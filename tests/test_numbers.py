"""Quantities are read whatever they are written like, and one follows from another only where it does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from northbrief.qa.entailed import FAIR, entails
from northbrief.qa.numbers import Quantity, quantities


def one(text: str) -> Quantity:
    found = quantities(text)
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize(
    ("stated", "claimed"),
    [
        ("20,000 troops", "20 000 troops"),
        ("20,000", "twenty thousand"),
        ("2.5 million tonnes", "2,500,000 tons"),
        ("30 percent", "30%"),
        ("US$1.5 billion", "1.5bn dollars"),
        ("35 percent", "more than 30 percent"),
        ("30 percent", "at least 30 percent"),
        ("more than 30 percent", "over 30 per cent"),
        ("about 1,500", "1,500"),
        ("1,503", "about 1,500"),
        ("50 percent", "half"),
        ("a dozen", "12"),
        ("from five to 15 years", "5-15 years"),
        ("100 km", "62 miles"),
        ("10:42 p.m.", "22:42"),
        ("the sixth", "the 6th"),
        ("4.83 million", "4.8 million"),
    ],
)
def test_a_quantity_follows_from_another_way_to_write_it(stated: str, claimed: str) -> None:
    assert entails(one(stated), one(claimed))


@pytest.mark.parametrize(
    ("stated", "claimed"),
    [
        ("more than 30 percent", "30 percent"),
        ("30 percent", "more than 30 percent"),
        ("30 percent", "30 dollars"),
        ("20,000", "2,000"),
        ("20 million", "20 billion"),
        ("3,000", "more than 30"),
        ("less than 30", "less than 300"),
        ("about 350", "about 360"),
        ("up to 40", "at least 40"),
        ("from 24 to 30 people", "from 26 to 30 people"),
        ("5 km", "5 tonnes"),
        ("the sixth", "the fifth"),
        ("10:42 p.m.", "10:42 a.m."),
    ],
)
def test_no_quantity_follows_from_another(stated: str, claimed: str) -> None:
    assert not entails(one(stated), one(claimed))


@pytest.mark.parametrize("text", ["Hwasong-17", "the A/HRC", "hundreds of people", "one of them", "the 1990s"])
def test_parts_of_names_and_vague_words_are_no_quantities(text: str) -> None:
    assert quantities(text) == []


@given(st.integers(2, 10**12))
def test_a_number_follows_from_itself_with_or_without_commas(number: int) -> None:
    assert entails(one(f"{number:,} people"), one(f"{number} people"))


@given(st.integers(2, 10**9), st.integers(2, 10**9))
def test_at_least_follows_exactly_from_what_is_as_large_and_less_than_a_third_larger(stated: int, bound: int) -> None:
    assert entails(one(f"{stated:,} people"), one(f"at least {bound:,} people")) == (bound <= stated < FAIR * bound)
