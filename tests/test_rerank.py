"""Leading passages in the order that a model's reading gives them, in time, and never without a passage."""

import time
from collections.abc import Callable, Iterator

import pytest
from northbrief.index import Encoder, Index, Retriever
from northbrief.qa.llm import LanguageModel
from northbrief.qa.reader import Reader
from northbrief.qa.rerank import READ, ReadingRetriever
from northbrief.qa.written import WritingAssistant

from .chat_server import Behaviour, chat_served, fails, hangs, reads
from .serving import BRIEFS, QUESTION

SIDES = "Compare the Tumen bridge with the Wonsan ferry."


@pytest.fixture(scope="module")
def plain(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Retriever]:
    with Index.open(tmp_path_factory.mktemp("library"), encoder=encoder) as opened:
        opened.add(BRIEFS)
        yield Retriever(opened)


def stating(words: str) -> Behaviour:
    """A model that finds the answer wherever these words stand."""
    return reads(lambda asked: 5.0 if words in asked else -5.0)


def test_what_the_model_reads_an_answer_in_comes_first(plain: Retriever) -> None:
    found = plain.search(QUESTION)
    last = found[-1]
    with chat_served(stating(last.passage.text[:40])) as chat:
        reading = ReadingRetriever(plain, Reader(LanguageModel(chat.url, "parrot")))
        hits, again, first = reading.search(QUESTION), reading.search(QUESTION), reading.search(QUESTION, 1)
    assert len(chat.asked) == len(found) <= READ  # each is read once
    assert hits == again and hits[:1] == first
    assert hits[0].passage.id == last.passage.id
    assert {hit.passage.id for hit in hits} == {hit.passage.id for hit in found}
    scores = [hit.score for hit in hits]
    assert scores == sorted(scores, reverse=True) and all(0 <= score <= 1 for score in scores)


def test_a_model_that_finds_the_answer_nowhere_changes_no_order(plain: Retriever) -> None:
    with chat_served(stating("green cheese")) as chat:
        hits = ReadingRetriever(plain, Reader(LanguageModel(chat.url, "parrot"))).search(QUESTION)
    assert [hit.passage.id for hit in hits] == [hit.passage.id for hit in plain.search(QUESTION)]


@pytest.mark.parametrize("behaviour", [hangs, fails(500), reads(lambda asked: 0.0)])
def test_a_model_that_does_not_read_leaves_the_search_as_it_is(plain: Retriever, behaviour: Behaviour) -> None:
    with chat_served(behaviour) as chat:
        began = time.monotonic()
        hits = ReadingRetriever(plain, Reader(LanguageModel(chat.url, "parrot")), budget=0.5).search(QUESTION)
        assert time.monotonic() - began < 3
    assert hits == plain.search(QUESTION)


def test_each_side_of_a_comparison_is_read_for_itself_and_they_go_on_taking_turns(plain: Retriever) -> None:
    found = plain.search(SIDES)
    sides = list(dict.fromkeys(hit.side for hit in found))
    assert len(sides) == 2
    with chat_served(stating("40 million")) as chat:
        hits = ReadingRetriever(plain, Reader(LanguageModel(chat.url, "parrot"))).search(SIDES)
    assert [hit.side for hit in hits[:2]] == sides
    for side in sides:
        assert {hit.passage.id for hit in hits if hit.side == side} == {h.passage.id for h in found if h.side == side}
    asked = {request["messages"][-1]["content"].rsplit("Question: ", 1)[1] for request in chat.asked}
    assert asked == {inquiry.english for inquiry in plain.plan(SIDES).inquiries}


@pytest.mark.parametrize("budget", [0.0, 5.0])
def test_passages_are_ordered_only_if_that_is_asked_for(plain: Retriever, budget: float) -> None:
    counts: Callable[[str], float] = lambda asked: 1.0  # noqa: E731
    with chat_served(reads(counts, "The Tumen bridge cost 40 million roubles [1].")) as chat:
        WritingAssistant(plain, LanguageModel(chat.url, "parrot"), rerank_budget=budget).ask(QUESTION)
    read = [request for request in chat.asked if not request.get("stream")]
    assert bool(read) is bool(budget)
