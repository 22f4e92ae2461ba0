"""Lexical search in a large index, by tantivy: BM25 over all words of a question.

FTS5 scores every passage that holds one of the words, so that common ones have to be left out (`ROWS` in `lexical`).
Tantivy skips passages that cannot come first (block-max WAND, Ding and Suel 2011). It reads the same `terms`, stemmed
by Snowball's rules for English where FTS5 has Porter's, and holds what filters ask about, too. It is derived: a folder
beside the store for the passages up to a number, and the few since then in memory.
"""

import gc
import math
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import tantivy

from .columns import Columns
from .ingest import lexical_rows
from .lexical import terms
from .types import Filter, Floats, Ints

HEAP, FEW = 120_000_000, 10_000  # bytes of the writer's memory, an eighth of it for few passages
LAST_DAY = date.max.toordinal()

_FIELDS = ("institutions", "languages", "authors")


def _analyzer() -> Any:
    folded = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).filter(tantivy.Filter.lowercase())
    return folded.filter(tantivy.Filter.ascii_fold()).filter(tantivy.Filter.stemmer("English")).build()


def _schema() -> Any:
    fields = tantivy.SchemaBuilder()
    fields.add_text_field("terms", stored=False, tokenizer_name="terms", index_option="freq")
    fields.add_integer_field("n", stored=False, indexed=True, fast=True)
    fields.add_integer_field("day", stored=False, indexed=True, fast=True)
    for name in _FIELDS:
        fields.add_text_field(name, stored=False, tokenizer_name="raw", index_option="basic")
    return fields.build()


SCHEMA, ANALYZER = _schema(), _analyzer()


class Words:
    """The words of some passages, as they were when this was made; later ones may be added meanwhile."""

    def __init__(self, index: Any, written: list[int]) -> None:
        index.register_tokenizer("terms", ANALYZER)
        index.reload()
        self._index = index
        self._searcher = index.searcher()
        self._written = written  # the last number, shared by all that were made of one index

    @classmethod
    def in_memory(cls) -> "Words":
        """Return an empty one that lies in no folder."""
        return cls(tantivy.Index(SCHEMA), [0])

    @classmethod
    def at(cls, folder: Path) -> "Words":
        """Return the one in the folder, empty if there was none.

        Raises:
            ValueError: what lies there cannot be read.
        """
        folder.mkdir(parents=True, exist_ok=True)
        return cls(tantivy.Index(SCHEMA, path=str(folder)), [0])

    @classmethod
    def kept_at(cls, folder: Path) -> "Words":
        """Return the one in the folder, which may be one that cannot be written.

        Raises:
            ValueError: what lies there cannot be read.
        """
        try:
            return cls.at(folder)
        except ValueError:  # tantivy opens nothing where it cannot write the file that it locks
            with TemporaryDirectory(prefix="northbrief-") as place:
                for file in folder.iterdir():
                    if file.suffix != ".lock":
                        (Path(place) / file.name).symlink_to(file.resolve())
                return cls.at(Path(place))  # it holds the files open: their names there are not needed again

    def __len__(self) -> int:
        return int(self._searcher.num_docs)

    def with_rows(self, rows: Iterable[tuple[int, str]], columns: Columns, gone: Ints | None = None) -> "Words":
        """Return this with more passages: (number, text) rows in the order of `columns`, which has their facts, and
        without those that are gone."""
        self._index.register_tokenizer("terms", ANALYZER)
        writer = self._index.writer(heap_size=HEAP if len(columns) > FEW else HEAP // 8, num_threads=1)
        if gone is not None and len(gone):
            writer.delete_documents_by_query(tantivy.Query.term_set_query(SCHEMA, "n", gone.tolist()))
        facts = [[[name.casefold() for name in names] for names in columns.names(row)] for row in range(3)]
        for place, (number, text) in enumerate(rows):
            if number != columns.numbers[place]:
                raise ValueError(f"found passage {number}, expected {columns.numbers[place]}")
            if number <= self._written[0]:  # by an earlier attempt, which failed afterwards
                continue
            document = tantivy.Document()
            document.add_text("terms", " ".join(terms(text)))
            document.add_integer("n", number)
            document.add_integer("day", int(columns.days[place]))
            for row, field in enumerate(_FIELDS):
                for name in facts[row][columns.codes[row, place]]:
                    document.add_text(field, name)
            writer.add_document(document)
        writer.commit()
        self._written[0] = max([self._written[0], *columns.numbers[-1:].tolist()])
        writer.wait_merging_threads()
        del writer
        gc.collect()  # the lock on the folder lies with the writer
        return Words(self._index, self._written)

    def count(self, stem: str) -> int:
        """Return how many passages hold a stem."""
        return int(self._searcher.doc_freq("terms", stem))

    def naming(self, forms: Sequence[Sequence[str]]) -> int:
        """Return how many passages hold all words of one of the forms."""
        queries = [_all_of(stems_of(words)) for words in forms if words]
        if not queries:
            return 0
        return int(self._searcher.search(_any_of(queries), 1, count=True).count)

    def search(self, weights: dict[str, float], k: int, scope: Sequence[Any]) -> tuple[Ints, Floats]:
        """Return numbers (n,) and scores (n,) of at most `k` passages, best first; BM25, each stem's part times its
        weight. `scope` is what `conditions` made of the filters."""
        scored = [
            (tantivy.Occur.Should, _weighted(stem, weight)) for stem, weight in weights.items() if self.count(stem)
        ]
        if not scored:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        query = tantivy.Query.boolean_query(scored)
        if scope:
            query = tantivy.Query.boolean_query([(tantivy.Occur.Must, each) for each in (query, *scope)])
        hits = self._searcher.search(query, k, count=False).hits
        numbers = self._searcher.fast_field_values("n", [place for _, place in hits])
        return np.array(numbers, np.int64), np.array([score for score, _ in hits], np.float32)


def stems_of(words: Iterable[str]) -> list[str]:
    """Return the stems under which words are found, each once."""
    return list(dict.fromkeys(stem for word in words for stem in ANALYZER.analyze(word)))


def search_words(
    base: Words, since: Words | None, stems: Sequence[str], k: int, scope: Sequence[Any]
) -> tuple[Ints, Floats]:
    """Return what `Words.search` does over both, the passages since then weighed by the words' rarity among all."""
    total = len(base) + (len(since) if since else 0)
    held = {stem: base.count(stem) + (since.count(stem) if since else 0) for stem in stems}
    parts = []
    for words in filter(None, (base, since)):
        weights = {
            stem: _idf(count, total) / _idf(words.count(stem), len(words)) for stem, count in held.items() if count
        }
        parts.append(words.search(weights, k, scope))
    numbers = np.concatenate([part[0] for part in parts])
    scores = np.concatenate([part[1] for part in parts])
    order = np.lexsort((numbers, -scores))[:k]
    return numbers[order], scores[order]


def conditions(scope: Sequence[Filter], named: Sequence[Ints | None]) -> list[Any]:
    """Return the filters as conditions; `named` has the passages of the briefs that each names, None for no briefs."""
    made: list[Any] = []
    for where, numbers in zip(scope, named, strict=True):
        if where.since or where.until:
            first = where.since.toordinal() if where.since else 1
            last = where.until.toordinal() if where.until else LAST_DAY
            made.append(tantivy.Query.range_query(SCHEMA, "day", tantivy.FieldType.Integer, first, last))
        for field, values in zip(_FIELDS, (where.institutions, where.languages, where.authors), strict=True):
            if values:
                folded = sorted({value.casefold() for value in values})
                made.append(tantivy.Query.term_set_query(SCHEMA, field, folded))
        if numbers is not None:
            made.append(tantivy.Query.term_set_query(SCHEMA, "n", numbers.tolist()))
    return [tantivy.Query.const_score_query(each, 0.0) for each in made]


def _idf(count: int, total: int) -> float:
    """Tantivy's: 1 + (N - n + 0.5) / (n + 0.5), of which the logarithm."""
    return math.log(1 + (total - count + 0.5) / (count + 0.5))


def _term(stem: str) -> Any:
    return tantivy.Query.term_query(SCHEMA, "terms", stem, index_option="freq")


def _weighted(stem: str, weight: float) -> Any:
    return _term(stem) if weight == 1.0 else tantivy.Query.boost_query(_term(stem), weight)


def _all_of(stems: Sequence[str]) -> Any:
    return tantivy.Query.boolean_query([(tantivy.Occur.Must, _term(stem)) for stem in stems])


def _any_of(queries: Sequence[Any]) -> Any:
    return tantivy.Query.boolean_query([(tantivy.Occur.Should, query) for query in queries])


def words_up_to(connection: sqlite3.Connection, folder: Path, columns: Columns, gone: Ints | None = None) -> None:
    """Add to the words in the folder the passages of `columns`, all newer, and take out those that are gone."""
    above = int(columns.numbers[0]) - 1 if len(columns) else 0
    rows = lexical_rows(connection, above) if len(columns) else iter(())
    Words.at(folder).with_rows(rows, columns, gone)
