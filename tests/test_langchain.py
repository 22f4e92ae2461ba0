"""The LangChain retriever: LangChain's own standard tests, and metadata from which a passage can be found again."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("langchain_core")
standard = pytest.importorskip("langchain_tests.integration_tests", exc_type=ImportError)

from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import RunnableLambda
from northbrief.corpus import Brief
from northbrief.index import Filter, Index, Retriever
from northbrief.index.langchain import NorthbriefRetriever

from .conftest import FakeEncoder, brief

QUESTION = "What did the Tumen bridge cost?"
TEXTS = [
    "The Tumen bridge cost 40 million roubles.",
    "The Wonsan ferry carries 300 passengers.",
    "The Sinuiju mill runs 900 looms.",
    "The Rason port has three piers.",
]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Retriever]:
    with Index.open(tmp_path_factory.mktemp("index"), encoder=FakeEncoder()) as index:
        for number, text in enumerate(TEXTS):
            fields = {"authors": ("A. Author",), "institution": "Institute", "published": date(2024, 1, 1 + number)}
            index.add([brief(f"b{number}", text, **fields)])
        yield Retriever(index)


class TestStandard(standard.RetrieversIntegrationTests):  # type: ignore[misc,name-defined]
    """LangChain's tests; the one coroutine among them is run by anyio's plugin."""

    pytestmark = pytest.mark.anyio

    @pytest.fixture(autouse=True)
    def _over(self, filled: Retriever) -> None:
        self.searched = filled

    @property
    def retriever_constructor(self) -> type[BaseRetriever]:
        return NorthbriefRetriever

    @property
    def retriever_constructor_params(self) -> dict[str, Any]:
        return {"retriever": self.searched}

    @property
    def retriever_query_example(self) -> str:
        return QUESTION

    @pytest.fixture
    def anyio_backend(self) -> str:
        return "asyncio"


def test_a_document_carries_its_date_authors_offsets_page_and_score(filled: Retriever) -> None:
    hit = filled.search(QUESTION, 1)[0]
    (document,) = NorthbriefRetriever(retriever=filled, k=1).invoke(QUESTION)
    assert document.page_content == hit.passage.text == TEXTS[0]
    assert document.id == hit.passage.id
    known = document.metadata
    assert (known["published"], known["authors"], known["institution"]) == ("2024-01-01", ["A. Author"], "Institute")
    assert hit.brief.text[known["start"] : known["end"]] == document.page_content
    assert known["page"] is None
    assert known["score"] == pytest.approx(hit.score, abs=1e-4)
    assert known["brief"] == "b0"


def test_a_filter_and_a_history_reach_the_search(filled: Retriever) -> None:
    retriever = NorthbriefRetriever(retriever=filled, where=Filter(briefs=("b1",)))
    assert [found.metadata["brief"] for found in retriever.invoke(QUESTION)] == ["b1"]
    found = retriever.invoke("And the mill?", history=[QUESTION], where=Filter(since=date(2024, 1, 3)))
    assert {each.metadata["brief"] for each in found} <= {"b2", "b3"}
    assert found


def test_awaited_documents_are_the_same_documents(filled: Retriever) -> None:
    retriever = NorthbriefRetriever(retriever=filled)
    assert asyncio.run(retriever.ainvoke(QUESTION, k=2)) == retriever.invoke(QUESTION, k=2)


def test_it_stands_in_a_chain(filled: Retriever) -> None:
    chain = NorthbriefRetriever(retriever=filled, k=1) | RunnableLambda(lambda found: found[0].metadata["title"])
    assert chain.invoke(QUESTION) == "Title of b0"


def test_a_page_stands_in_the_metadata(tmp_path: Path, fake: FakeEncoder, make_brief: Callable[..., Brief]) -> None:
    from dataclasses import replace

    from northbrief.index.records import flat

    with Index.open(tmp_path / "paged", encoder=fake) as index:
        index.add([make_brief("b", TEXTS[0])])
        hit = Retriever(index).search(QUESTION, 1)[0]
    assert flat(replace(hit, passage=replace(hit.passage, page=7)))["page"] == 7
