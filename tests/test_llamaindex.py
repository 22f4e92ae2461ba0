"""The LlamaIndex retriever inside a query engine with a fake model: what the model is shown, and what comes back."""

import asyncio
from collections.abc import Callable

import pytest

pytest.importorskip("llama_index.core")

from datetime import date

from llama_index.core.llms import MockLLM
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.response_synthesizers import ResponseMode
from llama_index.core.schema import MetadataMode
from northbrief.corpus import Brief
from northbrief.index import Filter, Index, Retriever
from northbrief.index.llamaindex import NorthbriefRetriever

QUESTION = "What did the Tumen bridge cost?"
BRIDGE, FERRY = "The Tumen bridge cost 40 million roubles.", "The Wonsan ferry carries 300 passengers."


@pytest.fixture
def retriever(index: Index, make_brief: Callable[..., Brief]) -> Retriever:
    known = {"authors": ("A. Author",), "published": date(2024, 3, 2), "institution": "Institute of Rivers"}
    index.add([make_brief("bridge", BRIDGE, **known), make_brief("ferry", FERRY)])
    return Retriever(index)


def test_a_query_engine_shows_the_model_the_passage_with_its_title_authors_and_date(retriever: Retriever) -> None:
    engine = RetrieverQueryEngine.from_args(
        NorthbriefRetriever(retriever, k=1), llm=MockLLM(), response_mode=ResponseMode.COMPACT
    )
    response = engine.query(QUESTION)
    shown = str(response)  # the fake model repeats its prompt
    assert all(text in shown for text in (BRIDGE, "Title of bridge", "A. Author", "2024-03-02", "Institute of Rivers"))
    assert "similarity" not in shown
    assert [node.node.metadata["brief"] for node in response.source_nodes] == ["bridge"]


def test_an_awaited_query_engine_answers_the_same(retriever: Retriever) -> None:
    engine = RetrieverQueryEngine.from_args(NorthbriefRetriever(retriever, k=1), llm=MockLLM())
    assert str(asyncio.run(engine.aquery(QUESTION))) == str(engine.query(QUESTION))


def test_a_node_carries_its_score_offsets_and_source(retriever: Retriever) -> None:
    hit = retriever.search(QUESTION, 1)[0]
    (found,) = NorthbriefRetriever(retriever, k=1).retrieve(QUESTION)
    node = found.node
    assert found.score == hit.score
    assert (node.node_id, node.ref_doc_id) == (hit.passage.id, "bridge")
    assert hit.brief.text[node.metadata["start"] : node.metadata["end"]] == BRIDGE
    assert node.get_content(MetadataMode.EMBED) == BRIDGE
    assert (node.metadata["published"], node.metadata["page"]) == ("2024-03-02", None)


def test_a_filter_reaches_the_search(retriever: Retriever) -> None:
    found = NorthbriefRetriever(retriever, where=Filter(briefs=("ferry",))).retrieve(QUESTION)
    assert [each.node.metadata["brief"] for each in found] == ["ferry"]
