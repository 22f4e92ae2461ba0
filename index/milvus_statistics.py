"""How many passages have a word or a word piece, from the counts that each brief brought along.

Milvus keeps such numbers for its own BM25 and does not tell them. A weight needs no exact one: up to SAMPLE briefs are
counted, by their numbers, which are as good as drawn by lot; what they show stands for all.
"""

from collections import Counter

from .facts import MOST_UNDATED
from .lexical import terms
from .milvus_catalog import Catalog
from .milvus_client import Collections
from .milvus_rows import count_keys, unpacked_counts
from .moment import years_named
from .stems import stemmed

SAMPLE = 5_000  # briefs, about 15,000 passages: a word in one of a thousand passages is met 15 times
WHOLE = 1 << 62  # numbers of briefs lie below


class Statistics:
    """The counts of one generation; the next one's are made from them by reading what is new."""

    def __init__(self, generation: int = -1) -> None:
        self.generation = generation
        self.total = 0  # passages
        self._counted = 0  # of them
        self._words: Counter[str] = Counter()
        self._pieces: Counter[str] = Counter()
        self._briefs: dict[tuple[int, int], tuple[int, Counter[str], Counter[str]]] = {}
        self._years: dict[tuple[int, int], frozenset[int]] = {}  # of undated briefs
        self._undated: tuple[tuple[str, frozenset[int]], ...] | None = None

    def next(self, generation: int, catalog: Catalog, collections: Collections) -> "Statistics":
        """Return the counts of another generation."""
        made = Statistics(generation)
        made._years = self._years
        briefs = catalog.size()
        heads = catalog.all_heads(WHOLE if briefs <= SAMPLE else WHOLE // briefs * SAMPLE)
        sampled = sum(head.extent.passages for head in heads)
        made.total = sampled if briefs <= SAMPLE else collections.count(collections.passages)
        wanted = {(head.owner, head.extent.version): head for head in heads}
        made._words, made._pieces = self._words.copy(), self._pieces.copy()
        made._briefs = {key: self._briefs[key] for key in wanted.keys() & self._briefs.keys()}
        for key in self._briefs.keys() - wanted.keys():
            _, words, pieces = self._briefs[key]
            made._words.subtract(words)
            made._pieces.subtract(pieces)
        missing = {key: count_keys(key[0], wanted[key].extent) for key in wanted.keys() - self._briefs.keys()}
        asked = [part for parts in missing.values() for part in parts]
        rows = {row["key"]: row["text"] for row in collections.read(collections.payload, asked, ["key", "text"])}
        for key, parts in missing.items():
            if all(part in rows for part in parts):
                words, pieces = unpacked_counts("".join(rows[part] for part in parts))
                made._briefs[key] = (wanted[key].extent.passages, words, pieces)
                made._words.update(words)
                made._pieces.update(pieces)
        made._counted = sum(passages for passages, _, _ in made._briefs.values())
        return made

    def undated(self, catalog: Catalog) -> tuple[tuple[str, frozenset[int]], ...]:
        """Return the ids of briefs without a date, each with the years that its title, or else its text, names."""
        if self._undated is None:
            heads = {(head.owner, head.extent.version): head for head in catalog.undated(MOST_UNDATED)}
            years = {key: self._years[key] for key in heads.keys() & self._years.keys()}
            new = {key: years_named(heads[key].title) for key in heads.keys() - years.keys()}
            texts = catalog.texts(heads[key] for key, named in new.items() if not named)
            years |= {key: named or years_named(texts.get(key[0], "")) for key, named in new.items()}
            self._years, self._undated = years, tuple(sorted((heads[key].id, named) for key, named in years.items()))
        return self._undated

    def word(self, word: str) -> int:
        """Return how many passages have a word, as `terms` gives it."""
        [stems] = stemmed([word])
        return min((self._scaled(self._words[stem]) for stem in stems), default=0)

    def phrase(self, form: str) -> int:
        """Return how many passages have all words of a form at most."""
        return min((self.word(word) for word in terms(form.lower())), default=0)

    def piece(self, piece: int) -> int:
        """Return how many passages have a word piece."""
        return self._scaled(self._pieces[str(piece)])

    def _scaled(self, count: int) -> int:
        return round(count * self.total / self._counted) if self._counted not in (0, self.total) else count
