"""Answers to the shelf's own questions keep their evidence, stay short, and refuse what is off topic."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from northbrief.corpus.shelf import load_shelf
from northbrief.index import Encoder, Index
from northbrief.qa import Answer, Assistant
from northbrief.qa.evaluate import Question, read_questions

EVERY = read_questions(Path(__file__).parent / "shelf_questions.jsonl")
ASKED = [question for n, question in enumerate(EVERY) if n % 4 == 0 or question.type == "offtopic"]

DOUBTED = {"How long does it take to fly from Seoul to Paris?"}  # a brief tells of flights; "not stated: Paris"


@pytest.fixture(scope="module")
def answers(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[tuple[Question, Answer]]]:
    with Index.open(tmp_path_factory.mktemp("shelf"), encoder=encoder) as index:
        index.add(load_shelf())
        assistant = Assistant(index)
        yield [(question, assistant.ask(question.text, question.history)) for question in ASKED]


def test_every_quote_is_exact_words_of_its_brief(answers: list[tuple[Question, Answer]]) -> None:
    quotes = [citation for _, answer in answers for citation in answer.citations]
    assert len(quotes) > 50
    for citation in quotes:
        assert citation.quote == citation.brief.text[citation.start : citation.end]
        assert citation.quote in citation.passage.text


def test_every_claim_stands_in_the_text_with_its_number(answers: list[tuple[Question, Answer]]) -> None:
    for _, answer in answers:
        plain = answer.text.replace("**", "")
        assert all(f"“{claim.text}” [{claim.citations[0]}]" in plain for claim in answer.claims)


def test_off_topic_questions_and_orders_are_refused(answers: list[tuple[Question, Answer]]) -> None:
    given = {question.text: answer for question, answer in answers if question.type == "offtopic"}
    assert len(given) > 40
    assert {text for text, answer in given.items() if not answer.abstained or answer.claims} <= DOUBTED
    assert all(given[text].abstained or given[text].lead for text in DOUBTED)


def test_few_facts_are_refused(answers: list[tuple[Question, Answer]]) -> None:
    given = [answer for question, answer in answers if question.type == "fact"]
    assert sum(answer.abstained for answer in given) <= 0.1 * len(given)
