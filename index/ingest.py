"""From briefs to rows: cutting, encoding, and writing each brief whole or not at all."""

import hashlib
import sqlite3
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import Path

import numpy as np

from ..corpus import Brief, BriefError, Passage
from ..corpus.chunk import Chunking, split_brief
from .copies import forget_name
from .late import TokenCodec
from .lexical import add_terms, remove_terms
from .relatives import forget, record, replace_all
from .store import brief_row
from .types import Encoder, Encoding

TITLE_PIECES = 48  # of a title in front of each passage; longer ones are cut so that the passage keeps its room
_SPECIALS = 2  # word pieces the encoder puts around a text


@dataclass(frozen=True, slots=True)
class Prepared:
    """A brief cut into passages, each with the text that the encoder reads and that text's digest."""

    brief: Brief
    digest: bytes
    passages: tuple[Passage, ...]
    inputs: tuple[str, ...]

    def input_digests(self) -> list[bytes]:
        return [input_digest(text) for text in self.inputs]


def prepare(brief: Brief, encoder: Encoder, chunking: Chunking) -> Prepared:
    """Cut `brief` so that no passage, with its title and prefix in front, is longer than the encoder reads."""

    @cache  # the splitter asks for each sentence several times
    def count(text: str) -> int:
        return len(encoder.pieces(text))

    front = front_text(brief.title, encoder)
    room = encoder.spec.max_pieces - _SPECIALS - count(front)
    passages = tuple(split_brief(brief, count, min(chunking.pieces, room)))
    if not passages:
        raise BriefError(f"found only headings in the brief {brief.id!r}, expected at least one sentence of text")
    return Prepared(brief, brief_digest(brief), passages, tuple(front + passage.text for passage in passages))


def front_text(title: str, encoder: Encoder) -> str:
    """Return what the encoder reads before each passage: its prefix and the title, of at most TITLE_PIECES pieces."""
    title = title[: 8 * TITLE_PIECES]
    while title and len(encoder.pieces(title)) > TITLE_PIECES:
        title = title.rsplit(None, 1)[0] if " " in title.strip() else title[: len(title) // 2]
    return f"{encoder.spec.passage_prefix}{title}\n"


def brief_digest(brief: Brief) -> bytes:
    """Return 16 bytes that change whenever the text or anything known of the brief changes, save where it lies."""
    digest = hashlib.blake2b(digest_size=16)
    for field in fields(brief):
        if field.name != "source":
            digest.update(f"{field.name}={getattr(brief, field.name)!r}\x00".encode("utf-8", "surrogatepass"))
    return digest.digest()


def input_digest(text: str) -> bytes:
    """Return 16 bytes for a text as the encoder reads it: the key under which an earlier encoding is found again."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def identified(connection: sqlite3.Connection, brief: Brief, claimed: dict[str, str]) -> Brief:
    """Return `brief` under the id it has, or gets, in this index.

    An id that a user gave stands; a second brief that claims it in the same add is refused. One derived from a file
    name stays with its file: the same source keeps the id it got; another file of the same name, with another text,
    gets an id with six digits of its source behind. `claimed` holds who has each id in this add, and takes this one's.

    Raises:
        BriefError: the given id was claimed before.
    """
    if not brief.derived_id:
        if brief.id in claimed:
            raise BriefError(f"found the id {brief.id!r} again, expected each once; {claimed[brief.id]} has it")
        claimed[brief.id] = brief.source or "a brief before it"
        return brief
    row = connection.execute("SELECT id FROM briefs WHERE source = ? AND derived_id", (brief.source,)).fetchone()
    if row and claimed.get(row[0], brief.source) == brief.source and row[0].startswith(brief.id):
        found = replace(brief, id=row[0])
    elif claimed.get(brief.id, brief.source) == brief.source and _is_free(connection, brief):
        found = brief
    else:
        suffix = hashlib.blake2b(brief.source.encode("utf-8", "surrogatepass"), digest_size=3).hexdigest()
        found = replace(brief, id=f"{brief.id}-{suffix}")
    claimed[found.id] = brief.source
    return found


def _is_free(connection: sqlite3.Connection, brief: Brief) -> bool:
    """Whether no other file holds the brief's id; one that was moved is not another."""
    row = connection.execute("SELECT source, text FROM briefs WHERE id = ?", (brief.id,)).fetchone()
    return row is None or row[0] == brief.source or (row[1] == brief.text and not Path(row[0]).exists())


def known_encodings(
    connection: sqlite3.Connection, digests: Sequence[bytes]
) -> dict[bytes, tuple[bytes, bytes | None]]:
    """Return (vector, packed tokens) of the inputs that some passage of the index was already made from."""
    known = {}
    for digest in set(digests):
        row = connection.execute(
            "SELECT vector, packed FROM passages LEFT JOIN tokens USING (n) WHERE input = ? LIMIT 1", (digest,)
        ).fetchone()
        if row:
            known[digest] = (row[0], row[1])
    return known


def write_brief(
    connection: sqlite3.Connection,
    prepared: Prepared,
    encodings: dict[bytes, tuple[bytes, bytes | None]],
    encoder: Encoder,
) -> None:
    """Write the brief in place of any earlier one of its id; the caller's transaction makes it whole."""
    remove_brief(connection, prepared.brief.id, encoder)
    row = brief_row(prepared.brief, prepared.digest)
    marks = ", ".join(f":{key}" for key in row)
    number = connection.execute(f"INSERT INTO briefs ({', '.join(row)}) VALUES ({marks})", row).lastrowid
    lexical = []
    for passage, digest in zip(prepared.passages, prepared.input_digests(), strict=True):
        vector, packed = encodings[digest]
        n = connection.execute(
            "INSERT INTO passages (id, brief, start, stop, page, heading, input, vector) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (passage.id, number, passage.start, passage.end, passage.page, passage.heading, digest, vector),
        ).lastrowid
        if packed is not None:
            connection.execute("INSERT INTO tokens VALUES (?, ?)", (n, packed))
        lexical.append((int(n or 0), lexical_text(prepared.brief.title, passage.heading, passage.text)))
    add_terms(connection, lexical)
    _count_pieces(connection, [text for _, text in lexical], encoder, +1)
    record(connection, int(number or 0), prepared.brief.text, prepared.brief.body)
    forget_name(connection, prepared.brief.id)


def remove_brief(connection: sqlite3.Connection, brief_id: str, encoder: Encoder) -> bool:
    """Remove the brief and everything made from it; False if there is none of this id."""
    found = connection.execute("SELECT n, title, text FROM briefs WHERE id = ?", (brief_id,)).fetchone()
    if found is None:
        return False
    number, title, text = found
    rows = connection.execute("SELECT n, start, stop, heading FROM passages WHERE brief = ?", (number,)).fetchall()
    lexical = [(n, lexical_text(title, heading, text[start:stop])) for n, start, stop, heading in rows]
    remove_terms(connection, lexical)
    _count_pieces(connection, [terms for _, terms in lexical], encoder, -1)
    connection.execute("DELETE FROM tokens WHERE n IN (SELECT n FROM passages WHERE brief = ?)", (number,))
    connection.execute("DELETE FROM passages WHERE brief = ?", (number,))
    connection.execute("DELETE FROM briefs WHERE n = ?", (number,))
    forget(connection, number)
    return True


def replace_content(connection: sqlite3.Connection, other: sqlite3.Connection) -> None:
    """Put the content of `other` in place of this store's, within the caller's transaction.

    Passages get numbers that were never given here, so that no reader's old number names a new passage.
    """
    last = connection.execute("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'passages'").fetchone()
    offset = last[0] if last else 0
    connection.execute("INSERT INTO lexical (lexical) VALUES ('delete-all')")
    for table in ("tokens", "passages", "briefs", "pieces"):
        connection.execute(f"DELETE FROM {table}")
    connection.execute("DELETE FROM settings WHERE key NOT IN ('format', 'generation')")
    kept = other.execute("SELECT key, value FROM settings WHERE key NOT IN ('format', 'generation')")
    connection.executemany("INSERT INTO settings VALUES (?, ?)", kept)
    for table, numbered in (("briefs", False), ("pieces", False), ("passages", True), ("tokens", True)):
        for row in other.execute(f"SELECT * FROM {table}"):
            values = (row[0] + offset, *row[1:]) if numbered else row
            connection.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", values)
    rows = connection.execute(
        "SELECT p.n, b.title, p.heading, b.text, p.start, p.stop FROM passages p JOIN briefs b ON b.n = p.brief"
    )
    add_terms(connection, ((n, lexical_text(title, heading, text[a:b])) for n, title, heading, text, a, b in rows))
    replace_all(connection)


def lexical_text(title: str, heading: str, text: str) -> str:
    """What the lexical index reads of a passage."""
    return "\n".join(part for part in (title, heading, text) if part)


def pack_vector(vector: np.ndarray) -> bytes:
    """Return the vector as half floats, the form in which it is stored."""
    return vector.astype(np.float16).tobytes()


def _count_pieces(connection: sqlite3.Connection, texts: Sequence[str], encoder: Encoder, sign: int) -> None:
    """Keep the number of passages that hold each word piece: the document frequencies of late interaction."""
    counts: Counter[int] = Counter()
    for text in texts:
        counts.update(set(encoder.pieces(text)))
    connection.executemany(
        "INSERT INTO pieces VALUES (:piece, :count) ON CONFLICT (piece) DO UPDATE SET passages = passages + :count",
        [{"piece": piece, "count": sign * count} for piece, count in counts.items()],
    )


def make_encodings(
    texts: Sequence[str], encoder: Encoder, codec: TokenCodec | None
) -> dict[bytes, tuple[bytes, bytes | None]]:
    """Encode the texts; with a codec their token vectors are kept, too."""

    def stored(encoding: Encoding) -> tuple[bytes, bytes | None]:
        return pack_vector(encoding.vector), codec.pack(encoding.tokens) if codec else None

    with ThreadPoolExecutor() as threads:
        return dict(zip(map(input_digest, texts), threads.map(stored, encoder.encode(texts)), strict=True))
