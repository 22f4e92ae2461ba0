"""Briefs as rows of Milvus' collections, and back.

All rows of one writing of a brief carry its `version`. The row in the catalog is written last: the brief is there, with
all its passages, from that moment on, and rows of any other version count for nothing wherever they turn up.
"""

import json
import zlib
from base64 import b64decode
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

import numpy as np

from ..corpus import Brief, BriefError, DateSource, StoreDamaged
from .ingest import Prepared, lexical_text
from .milvus_client import Row, number_of, packed_text, pieces_of
from .milvus_schema import TEXT
from .minhash import text_digest
from .proof import brief_digest
from .stems import stemmed
from .types import Encoder

HEAD, WRITING, SETTING, COPY, CORRECTION, NAME, LINK = range(1, 8)  # kinds of rows in the catalog
AUTHORS = 3_000  # of a brief: their numbers are one string
HEAD_FIELDS = ("owner", "version", "other", "facts")


@dataclass(frozen=True, slots=True)
class Extent:
    """How many rows one writing of a brief has: passages, parts of its text, parts of its counts."""

    version: int
    passages: int
    texts: int
    counts: int


@dataclass(frozen=True, slots=True)
class Head:
    """What the catalog knows of a brief: everything but its text."""

    owner: int
    text: int  # number of the text
    digest: str
    extent: Extent
    known: Mapping[str, Any]

    @property
    def id(self) -> str:
        """The brief's id."""
        return str(self.known["id"])

    @property
    def title(self) -> str:
        """The brief's title."""
        return str(self.known["title"])

    @property
    def source(self) -> str:
        """The file or address it was read from."""
        return str(self.known["source"])

    @property
    def published(self) -> date | None:
        """The brief's date."""
        return date.fromisoformat(self.known["published"]) if self.known["published"] else None

    def bare(self, text: str = "") -> Brief:
        """Return what is known of the brief; with its text it is the brief, without it has a text of one character."""
        values = dict(self.known) | {"text": text or "-", "published": self.published}
        values |= {"published_from": DateSource(values["published_from"]), "body": self.known["body"] if text else 0}
        values |= {"authors": tuple(values["authors"]), "pages": tuple(values["pages"])}
        return Brief(**values)

    def brief(self, text: str) -> Brief:
        """Return the brief with its text.

        Raises:
            StoreDamaged: they do not belong together.
        """
        brief = self.bare(text)
        if brief_digest(brief).hex() != self.digest:
            raise StoreDamaged(f"the brief {self.id!a} in Milvus is not as it was written; add it again")
        return brief


def head_of(row: Row) -> Head:
    """Return the head that a row of the catalog holds."""
    facts = json.loads(row["facts"])
    extent = Extent(int(row["version"]), facts["passages"], facts["texts"], facts["counts"])
    return Head(int(row["owner"]), int(row["other"]), facts["digest"], extent, facts["known"])


def catalog_row(key: str, kind: int, facts: Any, **columns: int) -> Row:
    """Return a row of the catalog; columns that are not given are 0.

    Raises:
        BriefError: the facts are longer than Milvus takes.
    """
    written = json.dumps(facts, ensure_ascii=False)
    if len(written.encode("utf-8")) > TEXT:
        raise BriefError(f"found title, authors and other facts of over {TEXT:,} bytes, which Milvus does not take")
    columns = {"owner": 0, "version": 0, "source": 0, "other": 0, "day": 0} | columns
    return {"key": key, "kind": kind, "facts": written, **columns}


def new_head(brief: Brief, extent: Extent) -> Head:
    """Return the head of a brief that is written to this extent."""
    known: dict[str, Any] = {field.name: getattr(brief, field.name) for field in fields(brief) if field.name != "text"}
    known["published"] = brief.published.isoformat() if brief.published else None
    return Head(owner_of(brief.id), text_number(brief.text), brief_digest(brief).hex(), extent, known)


def head_row(head: Head) -> Row:
    """Return the row that makes the brief there.

    Raises:
        BriefError: title, authors and the rest are longer than Milvus takes.
    """
    extent = head.extent
    facts: dict[str, Any] = {"digest": head.digest, "known": dict(head.known)}
    facts |= {"passages": extent.passages, "texts": extent.texts, "counts": extent.counts}
    return catalog_row(
        f"b{head.owner}",
        HEAD,
        facts,
        owner=head.owner,
        version=extent.version,
        source=number_of("source", head.source),
        other=head.text,
        day=head.published.toordinal() if head.published else 0,
    )


def check_fits(brief: Brief) -> None:
    """Refuse a brief with more facts than Milvus takes.

    Raises:
        BriefError: it has.
    """
    head_row(new_head(brief, Extent(0, 0, 0, 0)))
    if len(brief.authors) > AUTHORS:
        raise BriefError(f"found {len(brief.authors):,} authors, expected at most {AUTHORS:,} in Milvus")


def moved(head: Head, source: str) -> Head:
    """Return the head of the same brief, read from another place."""
    return replace(head, known=dict(head.known) | {"source": source})


def owner_of(brief_id: str) -> int:
    """Return the number that stands for a brief in all its rows."""
    return number_of("brief", brief_id)


def text_number(text: str) -> int:
    """Return a number that texts share which differ in white space only."""
    return number_of("text", text_digest(text).hex())


def filter_number(field: str, value: str) -> int:
    """Return the number that a filter asks for: upper and lower case are one."""
    return number_of(field, value.casefold())


def passage_numbers(owner: int, extent: Extent) -> list[int]:
    """Return the keys of a brief's passages, in their order."""
    return [number_of(owner, extent.version, place) for place in range(extent.passages)]


def payload_keys(owner: int, extent: Extent) -> list[str]:
    """Return the keys of everything in the payload that one writing of a brief has."""
    passages = [f"p{number}" for number in passage_numbers(owner, extent)]
    return [*passages, *text_keys(owner, extent), *count_keys(owner, extent)]


def text_keys(owner: int, extent: Extent) -> list[str]:
    """Return the keys of the parts of a brief's text."""
    return [f"t{owner}-{extent.version}-{part}" for part in range(extent.texts)]


def count_keys(owner: int, extent: Extent) -> list[str]:
    """Return the keys of the parts of a brief's counts."""
    return [f"q{owner}-{extent.version}-{part}" for part in range(extent.counts)]


@dataclass(frozen=True, slots=True)
class Written:
    """The rows of one brief, before its head."""

    brief: Brief
    extent: Extent
    passages: list[Row]
    payload: list[Row]


def written(
    prepared: Prepared, version: int, encodings: Mapping[bytes, tuple[bytes, bytes | None]], encoder: Encoder
) -> Written:
    """Return the rows of a brief that was cut and encoded."""
    brief, owner = prepared.brief, owner_of(prepared.brief.id)
    read = [lexical_text(brief.title, passage.heading, passage.text) for passage in prepared.passages]
    stems = stemmed(read)
    parts = pieces_of(brief.text)
    counts = pieces_of(_packed_counts(stems, read, encoder))
    extent = Extent(version, len(prepared.passages), len(parts), len(counts))
    numbers = passage_numbers(owner, extent)
    common = {
        "owner": owner,
        "version": version,
        "day": brief.published.toordinal() if brief.published else 0,
        "institution": filter_number("institution", brief.institution),
        "language": filter_number("language", brief.language),
        "authors": "|".join(["", *(str(filter_number("author", author)) for author in brief.authors), ""]),
    }
    passages, payload = [], []
    digests = prepared.input_digests()
    for place, (n, passage, digest) in enumerate(zip(numbers, prepared.passages, digests, strict=True)):
        vector, packed = encodings[digest]
        values = np.frombuffer(vector, np.float16).astype(np.float32)
        passages.append(
            common | {"n": n, "place": place, "vector": values, "stems": pieces_of(" ".join(stems[place]))[0]}
        )
        facts = {"id": passage.id, "start": passage.start, "end": passage.end, "page": passage.page}
        facts |= {"heading": passage.heading, "input": digest.hex()}
        payload.append(_payload(f"p{n}", json.dumps(facts, ensure_ascii=False), passage.text, packed or b""))
    payload += [_payload(key, "", part) for key, part in zip(text_keys(owner, extent), parts, strict=True)]
    payload += [_payload(key, "", part) for key, part in zip(count_keys(owner, extent), counts, strict=True)]
    return Written(brief, extent, passages, payload)


def _payload(key: str, facts: str, text: str, packed: bytes = b"") -> Row:
    return {"key": key, "facts": facts, "text": text, "packed": packed_text(packed)}


def _packed_counts(stems: Sequence[Sequence[str]], read: Sequence[str], encoder: Encoder) -> str:
    """How many passages of a brief have each word and each word piece."""
    words = Counter(word for each in stems for word in set(each))
    pieces = Counter(str(piece) for text in read for piece in set(encoder.pieces(text)))
    return packed_text(zlib.compress(json.dumps([words, pieces], ensure_ascii=False).encode("utf-8")))


def unpacked_counts(text: str) -> tuple[Counter[str], Counter[str]]:
    """Return how many passages of a brief have each word, and each word piece (its number, as a string)."""
    words, pieces = json.loads(zlib.decompress(b64decode(text)))
    return Counter(words), Counter(pieces)
