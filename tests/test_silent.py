"""A side of a comparison is told by what speaks of it; where nothing does, the answer says so."""

from pathlib import Path

import pytest
from northbrief.corpus.shelf import load_shelf
from northbrief.index import Encoder, Index
from northbrief.qa import Answer, Assistant

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
