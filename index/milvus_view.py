"""The view of an index in Milvus: what one search asks, answered by the server, each answer kept until the search ends.

A passage counts if its brief's head names the same version; so a brief that is being written, or was replaced or
removed, is not found, whatever rows there are of it. Rows that vanish under a search are left out.
"""

import json
from base64 import b64decode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..corpus import Brief, Passage
from .late import TokenCodec
from .lexical import COMMON_SHARE, terms
from .milvus_catalog import Catalog
from .milvus_client import Collections
from .milvus_rows import Head, filter_number, owner_of, passage_numbers
from .milvus_statistics import Statistics
from .stems import stemmed
from .types import Filter, Floats, Ints
from .view import Known, Moment, Scope, Version

MOST = 16_384  # that Milvus returns
SPARE = 16  # more than asked for are fetched, in place of passages that turn out to be of an old version


@dataclass(frozen=True, slots=True)
class _Row:
    """A passage as the payload has it."""

    facts: dict[str, Any]
    text: str


class MilvusView:
    """A `View` of the collections; `statistics` are those of its generation."""

    def __init__(
        self,
        collections: Collections,
        catalog: Catalog,
        statistics: Statistics,
        codec: TokenCodec | None,
        dimension: int,
    ) -> None:
        self.codec = codec
        self._collections = collections
        self._catalog = catalog
        self._statistics = statistics
        self._dimension = dimension
        self._owners: dict[int, int] = {}  # of passages
        self._heads: dict[int, Head | None] = {}
        self._rows: dict[int, _Row] = {}
        self._vectors: dict[int, Floats] = {}
        self._packed: dict[int, bytes] = {}
        self._texts: dict[int, str] = {}  # of briefs
        self._sizes: dict[str, int] = {}

    @property
    def generation(self) -> int:
        return self._statistics.generation

    def __len__(self) -> int:
        return self._statistics.total

    # --- searching -----------------------------------------------------------------------------------------------

    def size(self, scope: Scope) -> int:
        if not scope:
            return len(self)
        condition = self._condition(scope)
        if condition not in self._sizes:
            self._sizes[condition] = self._collections.count(self._collections.passages, condition)
        return self._sizes[condition]

    def nearest(self, vector: Floats, k: int, scope: Scope) -> tuple[Ints, Floats]:
        return self._found("vector", np.asarray(vector, np.float32), k, scope)

    def worded(self, text: str, k: int, scope: Scope) -> tuple[Ints, Floats]:
        words = list(dict.fromkeys(terms(text.lower())))
        counts = self.counts(words)
        rare = [word for word in words if 0 < counts[word] <= COMMON_SHARE * len(self)]
        [stems] = stemmed([" ".join(rare or words)])
        if not stems:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        return self._found("sparse", " ".join(dict.fromkeys(stems)), k, scope)

    def _found(self, field: str, asked: Any, k: int, scope: Scope) -> tuple[Ints, Floats]:
        wanted, condition = min(k + SPARE, MOST), self._condition(scope)
        while True:
            found = self._collections.search(field, asked, wanted, condition)
            self._read_heads(row["owner"] for row, _ in found)
            live = []
            for row, score in found:
                head = self._heads[row["owner"]]
                if head is not None and head.extent.version == row["version"] and row["place"] < head.extent.passages:
                    self._owners[row["n"]] = row["owner"]
                    live.append((row["n"], score))
            live = self._whole(live)
            if len(live) >= k or len(found) < wanted or wanted == MOST:
                break
            wanted = min(4 * wanted, MOST)  # a long brief that is being written, or left by a killed process
        numbers = np.array([n for n, _ in live], np.int64)
        scores = np.array([score for _, score in live], np.float32)
        order = np.lexsort((numbers, -scores))[:k]
        return numbers[order], scores[order]

    def _whole(self, live: list[tuple[int, float]]) -> list[tuple[int, float]]:
        """Those whose texts are there, which are read now."""
        self._read_rows(n for n, _ in live if n not in self._rows)
        return [(n, score) for n, score in live if n in self._rows]

    def _condition(self, scope: Scope) -> str:
        return " and ".join(part for where in scope for part in self._parts(where))

    def _parts(self, where: Filter) -> list[str]:
        parts = []
        if where.since:
            parts.append(f"day >= {where.since.toordinal()}")
        if where.until:
            parts += ["day > 0", f"day <= {where.until.toordinal()}"]
        for field, values in (("institution", where.institutions), ("language", where.languages)):
            if values:
                parts.append(f"{field} in [{', '.join(str(filter_number(field, value)) for value in values)}]")
        if where.authors:
            named = (f'authors like "%|{filter_number("author", author)}|%"' for author in where.authors)
            parts.append(f"({' or '.join(named)})")
        if where.briefs:
            owners = [owner_of(brief_id) for brief_id in where.briefs]
            owners += self._catalog.own_names(owners).values()
            parts.append(f"owner in [{', '.join(map(str, owners))}]")
        return parts

    # --- counts --------------------------------------------------------------------------------------------------

    def counts(self, words: Sequence[str]) -> dict[str, int]:
        return {word: self._statistics.word(word) for word in words}

    def naming(self, ideas: Sequence[Sequence[str]], most: int) -> list[int]:
        return [min(most, sum(self._statistics.phrase(form) for form in forms)) for forms in ideas]

    def pieces(self, pieces: Ints) -> list[int]:
        return [self._statistics.piece(piece) for piece in pieces.tolist()]

    # --- passages ------------------------------------------------------------------------------------------------

    def vectors(self, numbers: Ints) -> Floats:
        wanted = [n for n in numbers.tolist() if n not in self._vectors]
        for row in self._collections.read(self._collections.passages, wanted, ["n", "vector"]):
            self._vectors[int(row["n"])] = np.asarray(row["vector"], np.float32)
        nothing = np.zeros(self._dimension, np.float32)
        found = [self._vectors.get(n, nothing) for n in numbers.tolist()]
        return np.array(found, np.float32).reshape(len(found), self._dimension)

    def tokens(self, numbers: Ints) -> list[bytes]:
        self._read_packed(numbers.tolist())
        return [self._packed.get(n, b"") for n in numbers.tolist()]

    def packed(self, passages: Sequence[Passage]) -> dict[str, tuple[str, bytes]]:
        owners = {owner_of(passage.brief_id) for passage in passages}
        self._read_heads(owners)
        heads = {head.id: head for owner in owners if (head := self._heads[owner])}
        keys = [f"p{n}" for head in heads.values() for n in passage_numbers(head.owner, head.extent)]
        wanted = {passage.id: passage.brief_id for passage in passages}
        found: dict[str, tuple[str, bytes]] = {}
        places = {}
        for row in self._collections.read(self._collections.payload, keys, ["key", "facts"]):
            if (passage_id := json.loads(row["facts"])["id"]) in wanted:
                places[passage_id] = int(row["key"][1:])
        self._read_packed(list(places.values()))
        for passage_id, n in places.items():
            if packed := self._packed.get(n):
                found[passage_id] = (heads[wanted[passage_id]].title, packed)
        return found

    def texts(self, numbers: Ints) -> list[str]:
        return [f"{self._head(n).title} {self._rows[n].text}" for n in numbers.tolist()]

    def beside(self, numbers: Ints) -> list[str]:
        self._read_texts([self._head(n) for n in numbers.tolist()])
        found = []
        for n in numbers.tolist():
            text, facts = self._texts.get(self._owners[n], ""), self._rows[n].facts
            start, end = facts["start"], facts["end"]
            found.append(f"{text[max(0, 2 * start - end) : start]} {text[end : 2 * end - start]}")
        return found

    def owners(self, numbers: Ints) -> list[str]:
        return [str(self._owners[n]) for n in numbers.tolist()]

    def moments(self, numbers: Ints) -> list[Moment]:
        heads = [self._head(n) for n in numbers.tolist()]
        self._read_texts([head for head in heads if head.published is None])
        return [
            Moment(
                head.published,
                f"{head.title} {self._rows[n].text}",
                "" if head.published else self._texts.get(head.owner, ""),
                head.title,
            )
            for n, head in zip(numbers.tolist(), heads, strict=True)
        ]

    def passages(self, numbers: Ints) -> dict[int, tuple[Passage, Brief]]:
        heads = {n: self._head(n) for n in numbers.tolist()}
        self._read_texts(list(heads.values()))
        briefs = {
            head.owner: head.brief(self._texts[head.owner]) for head in heads.values() if head.owner in self._texts
        }
        found = {}
        for n, head in heads.items():
            if head.owner in briefs:
                facts, brief = self._rows[n].facts, briefs[head.owner]
                start, end = facts["start"], facts["end"]
                passage = Passage(
                    id=facts["id"],
                    brief_id=brief.id,
                    start=start,
                    end=end,
                    text=brief.text[start:end],
                    page=facts["page"],
                    heading=facts["heading"],
                )
                found[n] = (passage, brief)
        return found

    # --- versions ------------------------------------------------------------------------------------------------

    def versions(self, numbers: Ints) -> list[Version]:
        found = {self._owners[n] for n in numbers.tolist()}
        linked: dict[int, set[int]] = {}
        for owner, other in self._links(found):
            if other in found:
                linked.setdefault(owner, set()).add(other)
        return [
            Version(n, str(owner), day.isoformat() if day else "", self._rows[n].text, frozenset(map(str, others)))
            for n in numbers.tolist()
            if (others := linked.get(owner := self._owners[n]))
            for day in [self._head(n).published]
        ]

    def newer(self, brief_ids: Sequence[str]) -> dict[str, str]:
        owners = {owner_of(brief_id): brief_id for brief_id in brief_ids}
        links = self._links(owners)
        self._read_heads(number for link in links for number in link)
        best: dict[str, tuple[str, str]] = {}
        for owner, other in links:
            own, newer = self._heads[owner], self._heads[other]
            if own and newer and own.published and newer.published and newer.published > own.published:
                candidate = (newer.published.isoformat(), newer.id)
                best[owners[owner]] = max(best.get(owners[owner], candidate), candidate)
        return {brief_id: newest for brief_id, (_, newest) in best.items()}

    def known(self) -> Known:
        return replace(self._catalog.known(), undated=self._statistics.undated(self._catalog))

    def _links(self, owners: Iterable[int]) -> list[tuple[int, int]]:
        return [(link.owner, link.other) for link in self._catalog.links(owners)]

    # --- reading -------------------------------------------------------------------------------------------------

    def _head(self, number: int) -> Head:
        head = self._heads[self._owners[number]]
        assert head is not None  # _found has left out the others
        return head

    def _read_heads(self, owners: Iterable[int]) -> None:
        wanted = {owner for owner in owners if owner not in self._heads}
        found = self._catalog.heads(wanted) if wanted else {}
        for owner in wanted:
            self._heads[owner] = found.get(owner)

    def _read_rows(self, numbers: Iterable[int]) -> None:
        keys = [f"p{n}" for n in numbers]
        for row in self._collections.read(self._collections.payload, keys, ["key", "facts", "text"]):
            self._rows[int(row["key"][1:])] = _Row(json.loads(row["facts"]), row["text"])

    def _read_texts(self, heads: Sequence[Head]) -> None:
        wanted = {head.owner: head for head in heads if head.owner not in self._texts}
        self._texts |= self._catalog.texts(wanted.values())

    def _read_packed(self, numbers: Sequence[int]) -> None:
        wanted = [f"p{n}" for n in numbers if n not in self._packed]
        for row in self._collections.read(self._collections.payload, wanted, ["key", "packed"]):
            self._packed[int(row["key"][1:])] = b64decode(row["packed"])
