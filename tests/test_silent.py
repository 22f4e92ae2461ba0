"""A side of a comparison is told by what speaks of it; where nothing does, the answer says so."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from northbrief.corpus import Brief, Passage
from northbrief.corpus.shelf import load_shelf
from northbrief.index import Encoder, Hit, Index
from northbrief.index.plan import default_planner
from northbrief.index.types import Window
from northbrief.qa import Answer, Assistant
from northbrief.qa.extract import FEATURES, Reading, Sentence, years_asked
from northbrief.qa.notes import differing
from northbrief.qa.question import Asked, Kind, asked_in
from northbrief.qa.select import in_window
from northbrief.qa.silent import of_side

CASES = [
    line.split("\t")
    for line in (Path(__file__).parent / "cases/sides.tsv").read_text("utf-8").splitlines()
    if not line.startswith("#")
]


@pytest.fixture(scope="module")
def answers(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Answer]:
    with Index.open(tmp_path_factory.mktemp("shelf"), encoder=encoder) as index:
        index.add(load_shelf())
        assistant = Assistant(index)
        return {question: assistant.ask(question) for question, _ in CASES}


@pytest.mark.parametrize(("question", "silent"), CASES)
def test_the_sides_of_which_nothing_is_found_are_said(answers: dict[str, Answer], question: str, silent: str) -> None:
    answer = answers[question]
    said = [claim.side for claim in answer.claims if claim.lead.startswith("Nothing found on")]
    assert said == ([silent] if silent else [])
    assert answer.partial is bool(silent)
    for side in said:
        assert [claim.side for claim in answer.claims].count(side) == 1


def test_a_sentence_that_speaks_of_both_sides_is_cited_once_and_stands_on_both(answers: dict[str, Answer]) -> None:
    answer = answers["How do the KINU and CSIS counts of official markets differ?"]
    assert [(claim.side, claim.citations) for claim in answer.claims] == [("KINU", (1,)), ("CSIS", (1,))]
    assert [citation.number for citation in answer.citations] == [1]


def test_what_a_person_says_stands_on_that_persons_side(answers: dict[str, Answer]) -> None:
    answer = answers["What did Trump and Ri Yong Ho each say about sanctions relief at Hanoi?"]
    for side in ("Trump", "Ri Yong Ho"):
        told = " ".join(claim.text for claim in answer.claims if claim.side == side)
        assert side in told
    assert "five of the eleven" in " ".join(claim.text for claim in answer.claims if claim.side == "Ri Yong Ho")


PLANNER = default_planner()


def told(text: str, late: float = 1.0, score: float = 0.0, chance: float = 0.2, **fields: Any) -> Sentence:
    """A sentence that is a brief of its own."""
    brief = Brief(**{"id": f"b{abs(hash(text))}", "title": "A brief", "text": text, **fields})
    hit = Hit(score, Passage(id=f"{brief.id}-0", brief_id=brief.id, start=0, end=len(text), text=text), brief)
    features = tuple(late if name == "late" else 0.0 for name in FEATURES)
    return Sentence(hit, 0, len(text), features, (1.0,), score, chance)


def sides_of(question: str, *readings: Sequence[Sentence]) -> list[tuple[list[str], bool]]:
    """What is told of each side, the best sentence first, and whether any sentence speaks of it."""
    inquiries = PLANNER.plan(question).inquiries
    read = [Reading("", tuple(each), ()) for each in readings]
    assert len(inquiries) == len(read)
    found = [of_side(read, number, inquiries, PLANNER.names) for number in range(len(read))]
    return [([sentence.text for sentence in sentences], spoken) for sentences, spoken in found]


def test_a_sentence_of_two_times_leads_on_its_own_side_only_where_the_other_has_one_of_its_own() -> None:
    both = told("Timber sales of 2030 were twice those of 2024.", score=5.0, published=date(2031, 1, 1))
    early = told("Timber sales came to nine loads in 2024.", published=date(2031, 1, 1))
    (then, _), (now, _) = sides_of("Compare timber sales in 2024 and 2030", [both, early], [both])
    assert then == [early.text, both.text]
    assert now == [both.text]
    assert sides_of("Compare timber sales in 2024 and 2030", [both], [both]) == [([both.text], True)] * 2


def test_a_sentence_that_looks_ahead_is_of_the_time_of_its_brief() -> None:
    plan = told("The plan of 2024 wants twice the timber by 2030.", score=5.0, published=date(2024, 3, 1))
    late = told("Timber sales came to nine loads in 2030.", published=date(2031, 1, 1))
    (then, _), (now, _) = sides_of("Compare timber sales in 2024 and 2030", [plan], [plan, late])
    assert then[0] == plan.text
    assert now[0] == late.text


def test_the_sides_of_a_korean_comparison_are_told_by_their_english_names() -> None:
    moon, yoon = told("Moon Jae-in met him thrice."), told("Yoon Suk Yeol met him never.")
    question = "문재인과 윤석열의 대북 정책을 비교해 줘"
    assert sides_of(question, [yoon, moon], [moon, yoon]) == [([moon.text], True), ([yoon.text], True)]
    assert sides_of(question, [moon], [moon]) == [([moon.text], True), ([moon.text], False)]


def test_korean_sides_without_an_english_name_take_what_was_read_for_them() -> None:
    found = sides_of("노동 시장과 금융 시장을 비교해 줘", [told("Wages rose.")], [told("Rates fell.")])
    assert found == [(["Wages rose."], True), (["Rates fell."], True)]


def test_a_numbered_side_is_spoken_of_where_the_number_stands_behind_its_noun() -> None:
    one, other = told("Clause 12 bans it, and 58 boats sank."), told("Clauses 12 and 58 ban it.")
    found = sides_of("Compare Clause 12 and Clause 58", [one, other], [one, other])
    assert found == [([one.text, other.text], True), ([other.text], True)]


@pytest.mark.parametrize("field", [{"id": "harbour-lab-2019-04"}, {"title": "Notes of the Harbour Lab, 4"}])
def test_a_brief_called_by_the_name_of_a_side_speaks_of_it(field: dict[str, Any]) -> None:
    own, other = told("Talks are all there is.", **field), told("The talks are no use.")
    question = "Compare Harbour Lab and Delta Forum on the talks"
    assert sides_of(question, [other, own], [other]) == [([own.text], True), ([other.text], False)]


def test_one_model_or_president_is_not_told_of_another() -> None:
    found = sides_of("Compare Trump and Biden", [told("Trump wrote to him.")], [told("Trump flew there.")])
    assert found == [(["Trump wrote to him.", "Trump flew there."], True), (["Trump flew there."], False)]
    found = sides_of("Compare the Hwasong-15 with the Hwasong-18", [told("The Hwasong-15 flew.")], [])
    assert found == [(["The Hwasong-15 flew."], True), ([], False)]


WINDOW = Window(date(2022, 1, 1), None, "since 2022")


@pytest.mark.parametrize("kind", [Kind.LIST, Kind.AMOUNT])
def test_a_list_within_a_time_leaves_out_what_names_other_years_alone(kind: Kind) -> None:
    sentences = [
        told(f"A shot{words}.") for words in (" on 9 May 2019, at noon", " in 2019 and 2023", "", " under 2087")
    ]
    kept = in_window(sentences, Asked(kind, (kind,), "shots"), WINDOW)
    assert kept == sentences[1:]
    assert in_window(sentences[:1], Asked(kind, (kind,), "shots"), WINDOW) == sentences[:1]
    assert in_window(sentences, Asked(Kind.WHAT, (Kind.WHAT,)), WINDOW) == sentences
    assert in_window(sentences, Asked(kind, (kind,), "shots"), None) == sentences


def test_how_long_it_was_may_be_counted_from_years_outside_the_time() -> None:
    sentences = [told("It came 36 years after that of 1980."), told("It came late.")]
    for noun in ("", "years"):
        assert in_window(sentences, Asked(Kind.AMOUNT, (Kind.AMOUNT,), noun), WINDOW) == sentences


@pytest.mark.parametrize(
    ("question", "first", "other", "differ"),
    [
        (
            "When did Kim Jong Il die?",
            "Kim Jong Il died on 17 December 2011.",
            "Kim Jong Il died on 16 May 2009.",
            True,
        ),
        ("When did Kim Jong Il die?", "Kim Jong Il died on 17 December 2011.", "His wife died on 2 May 2004.", False),
        (
            "When did Kim Jong Il die?",
            "Kim Jong Il died on 17 December 2011, and Kim Jong Un followed.",
            "Kim Il Sung died on 8 July 1994, and Kim Jong Il followed.",
            False,
        ),
        ("When did the talks end?", "The talks in Hanoi ended on 28 May 2019.", "Those in Rason ended in 2017.", False),
        ("When did the talks end?", "The talks in Hanoi ended on 28 May 2019.", "In Hanoi they ended in 2018.", True),
    ],
)
def test_briefs_differ_only_on_the_same_ones_named(question: str, first: str, other: str, differ: bool) -> None:
    reading = Reading(question, (told(first), told(other)), ())
    assert bool(differing(asked_in(question), question, reading, PLANNER.names)) is differ


def test_years_after_the_one_that_a_time_begins_with_are_asked_for_as_well() -> None:
    assert years_asked("shots since 2022", Window(date(2022, 1, 1), date(2024, 5, 1), "")) == {"2022", "2023", "2024"}
    assert years_asked("shots before 2022", Window(None, date(2021, 12, 31), "")) == {"2022"}
    assert years_asked("shots since Hanoi", Window(date(2019, 3, 1), None, "")) == set()
