"""The retriever as LlamaIndex's. Needs the extra: pip install 'northbrief[llama-index]'."""

from collections.abc import Sequence

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.schema import NodeRelationship, NodeWithScore, QueryBundle, RelatedNodeInfo, TextNode

from .records import flat
from .retriever import Retriever
from .types import Filter, Hit

__all__ = ["NorthbriefRetriever"]

FOR_READERS = frozenset({"title", "authors", "institution", "published"})
"""The metadata that a language model is shown with a passage; the rest is for programs."""


class NorthbriefRetriever(BaseRetriever):
    """Passages as `TextNode`s with their scores, everything of `flat` as metadata, and their brief as the source."""

    def __init__(self, retriever: Retriever, k: int = 8, where: Filter | None = None) -> None:
        self.retriever = retriever
        self.k = k
        self.where = where
        super().__init__()

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return nodes(self.retriever.search(query_bundle.query_str, self.k, where=self.where))

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return nodes(await self.retriever.asearch(query_bundle.query_str, self.k, where=self.where))


def nodes(hits: Sequence[Hit]) -> list[NodeWithScore]:
    """Return the hits as nodes with scores, in their order."""
    return [NodeWithScore(node=_node(hit), score=hit.score) for hit in hits]


def _node(hit: Hit) -> TextNode:
    metadata = flat(hit)
    hidden = [key for key in metadata if key not in FOR_READERS]
    return TextNode(
        id_=hit.passage.id,
        text=hit.passage.text,
        start_char_idx=hit.passage.start,
        end_char_idx=hit.passage.end,
        metadata=metadata,
        excluded_llm_metadata_keys=hidden,
        excluded_embed_metadata_keys=list(metadata),  # the index has its own vectors; nothing is embedded again
        relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=hit.brief.id)},
    )
