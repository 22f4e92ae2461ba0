"""The retriever as LangChain's. Needs the extra: pip install 'northbrief[langchain]'."""

from collections.abc import Sequence

from langchain_core.callbacks import AsyncCallbackManagerForRetrieverRun, CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever

from .records import flat
from .retriever import Retriever
from .types import Filter, Hit

__all__ = ["NorthbriefRetriever"]


class NorthbriefRetriever(BaseRetriever):
    """Passages as `Document`s: the text, the passage's id, and everything of `flat` as metadata.

    `k`, `history` and `where` may be given to one call, too: `invoke(question, k=3, where=Filter(...))`.
    """

    retriever: Retriever
    k: int = 8
    where: Filter | None = None

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,
        k: int | None = None,
        history: Sequence[str] = (),
        where: Filter | None = None,
    ) -> list[Document]:
        return documents(self.retriever.search(query, k or self.k, history, where or self.where))

    async def _aget_relevant_documents(
        self,
        query: str,
        *,
        run_manager: AsyncCallbackManagerForRetrieverRun,
        k: int | None = None,
        history: Sequence[str] = (),
        where: Filter | None = None,
    ) -> list[Document]:
        return documents(await self.retriever.asearch(query, k or self.k, history, where or self.where))


def documents(hits: Sequence[Hit]) -> list[Document]:
    """Return the hits as documents, in their order."""
    return [Document(id=hit.passage.id, page_content=hit.passage.text, metadata=flat(hit)) for hit in hits]
