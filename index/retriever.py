"""The retriever: a question in, passages out, ranked by words, by meaning, and by late interaction of both."""

import json
import sqlite3
import threading
from collections.abc import Sequence

import numpy as np

from ..corpus import QuestionError
from .fuse import capped, fuse, scaled
from .index import Index, View
from .ingest import front_text
from .late import idf_weights, late_scores
from .lexical import search_terms
from .store import allowed_numbers, read_packed, read_passages, read_vectors
from .types import Encoder, Encoding, Filter, Floats, Hit, Ints

DEPTH = 50  # passages taken from each ranking
CANDIDATES = 40  # of the fused ranking, re-ranked
DENSE_WEIGHT, LEXICAL_WEIGHT = 0.4, 0.6
FUSED_WEIGHT, LATE_WEIGHT = 0.3, 0.7
# Chosen on the training questions; tests/benchmarks/README.md has the tables.
MAX_QUESTION = 4_000  # characters; a pasted document is no question


class Retriever:
    """Searches an index. Safe to share between threads.

    `rerank` false leaves out late interaction; `cap` is the number of passages that one brief may take before others
    have had theirs, None for no cap.
    """

    def __init__(self, index: Index, *, rerank: bool = True, cap: int | None = None) -> None:
        self.index = index
        self.rerank = rerank
        self.cap = cap
        self._lock = threading.Lock()
        self._last: tuple[str, Encoding] | None = None

    def search(self, question: str, k: int = 8, history: Sequence[str] = (), where: Filter | None = None) -> list[Hit]:
        """Return at most `k` hits, best first; `history` holds the earlier questions, oldest first.

        Raises:
            QuestionError: the question is empty or longer than MAX_QUESTION characters.
            ValueError: `k` is less than 1.
        """
        if k < 1:
            raise ValueError(f"found k = {k}, expected at least 1")
        query = with_history(checked_question(question), history)
        encoding = self._encoded(query)
        with self.index.reading() as view, view.store.reading() as connection:
            if not len(view.dense):
                return []
            allowed = allowed_numbers(connection, where) if where else None
            numbers, scores = fuse(
                [
                    view.dense.search(encoding.vector, max(DEPTH, k), allowed),
                    search_terms(connection, query, max(DEPTH, k), len(view.dense), allowed),
                ],
                [DENSE_WEIGHT, LEXICAL_WEIGHT],
            )
            if self.rerank and view.codec:
                numbers, scores, similar = _reranked(connection, view, encoding, numbers, scores)
            else:
                similar = read_vectors(connection, numbers, len(encoding.vector)) @ encoding.vector
            return self._hits(connection, numbers, scores, similar, k)

    def score_spans(self, query: str, hits: Sequence[Hit], spans: Sequence[Sequence[tuple[int, int]]]) -> list[Floats]:
        """Return, for each hit, how well each span of its passage meets the query, in [0, 1].

        `spans` are (start, end) in `hit.passage.text`, such as its sentences. The score is late interaction with the
        stored token vectors of the span, which saw the whole passage when they were made. Without stored ones, and for
        a passage that has left the index, it is the share of the query's words that the span holds.
        """
        encoding = self._encoded(query)
        with self.index.reading() as view, view.store.reading() as connection:
            weights = _weights(connection, view, encoding)
            packed = read_packed(connection, [hit.passage.id for hit in hits]) if view.codec else {}
            return [
                _span_scores(self.index.encoder, view, encoding, weights, hit, places, packed)
                for hit, places in zip(hits, spans, strict=True)
            ]

    def _encoded(self, query: str) -> Encoding:
        """The query's encoding; an answer needs the last one again."""
        with self._lock:
            if self._last is None or self._last[0] != query:
                encoder = self.index.encoder
                self._last = (query, encoder.encode([encoder.spec.query_prefix + query])[0])
            return self._last[1]

    def _hits(
        self, connection: sqlite3.Connection, numbers: Ints, scores: Floats, similar: Floats, k: int
    ) -> list[Hit]:
        order = list(range(len(numbers)))[:k]
        if self.cap:
            order = capped(_briefs_of(connection, numbers), self.cap, k)
        found = read_passages(connection, [int(numbers[position]) for position in order])
        hits = []
        for position in order:
            passage, brief = found[int(numbers[position])]
            score, similarity = float(min(1.0, scores[position])), float(np.clip(similar[position], 0, 1))
            hits.append(Hit(score, passage, brief, similarity))
        return sorted(hits, key=lambda hit: -hit.score)


def checked_question(question: str) -> str:
    """Return the question without surrounding white space.

    Raises:
        QuestionError: it is empty or longer than MAX_QUESTION characters.
    """
    question = question.strip()
    if not question:
        raise QuestionError("found an empty question, expected a sentence; type what you want to know")
    if len(question) > MAX_QUESTION:
        raise QuestionError(
            f"found a question of {len(question):,} characters, expected at most {MAX_QUESTION:,}; "
            "ask a shorter one, and add long texts as briefs"
        )
    return question


def with_history(question: str, history: Sequence[str]) -> str:
    """Return the text that is searched: the previous question, if there is one, in front of this one.

    Putting it in front of both searches raised nDCG@10 on dialogues made by others from 0.835 to 0.887.
    """
    previous = next((turn.strip() for turn in reversed(history) if turn.strip()), "")
    return f"{previous[:MAX_QUESTION]} {question}" if previous else question


def _reranked(
    connection: sqlite3.Connection, view: View, query: Encoding, numbers: Ints, scores: Floats
) -> tuple[Ints, Floats, Floats]:
    """The first CANDIDATES in the order of fused and late score together, with their late scores; the rest behind."""
    assert view.codec is not None
    top, rest = numbers[:CANDIDATES], numbers[CANDIDATES:]
    packed = dict(
        connection.execute(
            "SELECT n, packed FROM tokens WHERE n IN (SELECT value FROM json_each(?))", (json.dumps(top.tolist()),)
        ).fetchall()
    )
    codes = [packed.get(int(n), b"") for n in top]
    rows, sizes = view.codec.unpack(b"".join(codes)), [view.codec.size(code) for code in codes]
    late = late_scores(query, _weights(connection, view, query), rows, sizes)
    mixed = FUSED_WEIGHT * scores[:CANDIDATES] + LATE_WEIGHT * scaled(late)
    order = np.lexsort((top, -mixed))
    behind = FUSED_WEIGHT * scores[CANDIDATES:]
    similar = np.concatenate([late[order], np.zeros(len(rest), np.float32)])
    return np.concatenate([top[order], rest]), np.concatenate([mixed[order], behind]), similar


def _weights(connection: sqlite3.Connection, view: View, query: Encoding) -> Floats:
    rows = dict(
        connection.execute(
            "SELECT piece, passages FROM pieces WHERE piece IN (SELECT value FROM json_each(?))",
            (json.dumps(query.pieces.tolist()),),
        ).fetchall()
    )
    counts = np.array([rows.get(int(piece), 0) for piece in query.pieces], dtype=np.float32)
    return idf_weights(counts, len(view.dense))


def _briefs_of(connection: sqlite3.Connection, numbers: Ints) -> list[str]:
    rows = dict(
        connection.execute(
            "SELECT n, brief FROM passages WHERE n IN (SELECT value FROM json_each(?))", (json.dumps(numbers.tolist()),)
        ).fetchall()
    )
    return [str(rows[int(n)]) for n in numbers]


def _span_scores(
    encoder: Encoder,
    view: View,
    query: Encoding,
    weights: Floats,
    hit: Hit,
    spans: Sequence[tuple[int, int]],
    packed: dict[str, tuple[str, bytes]],
) -> Floats:
    if view.codec is None or hit.passage.id not in packed:
        return _word_shares(query, encoder, hit.passage.text, spans)
    title, codes = packed[hit.passage.id]
    text, rows = front_text(title, encoder) + hit.passage.text, view.codec.unpack(codes)
    starts = np.array([start for start, _ in encoder.offsets(text)]) - (len(text) - len(hit.passage.text))
    if len(starts) != len(rows):  # made by an older tokenizer
        return _word_shares(query, encoder, hit.passage.text, spans)
    inside = [(starts >= start) & (starts < end) for start, end in spans]
    sizes = [int(mask.sum()) for mask in inside]
    return late_scores(query, weights, np.concatenate([rows[mask] for mask in inside] or [rows[:0]]), sizes)


def _word_shares(query: Encoding, encoder: Encoder, text: str, spans: Sequence[tuple[int, int]]) -> Floats:
    asked = set(query.pieces.tolist())
    return np.array(
        [len(asked & set(encoder.pieces(text[start:end]))) / max(1, len(asked)) for start, end in spans], np.float32
    )
