"""From briefs to rows: cutting, encoding, and writing each brief whole or not at all."""

import sqlite3
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache

import numpy as np

from ..corpus import Brief, BriefError, Passage
from ..corpus.chunk import Chunking, split_brief
from .copies import forget_name
from .late import TokenCodec
from .lexical import CREATE_LEXICAL, add_terms, remove_terms
from .proof import brief_digest, facts_checksum, input_digest
from .relatives import forget, record, replace_all
from .rows import brief_row, read_briefs
from .schema import CONTENT
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


def known_encodings(
    connection: sqlite3.Connection, digests: Sequence[bytes]
) -> dict[bytes, tuple[bytes, bytes | None]]:
    """Return (vector, packed tokens) of the inputs that some passage of the index was already made from."""
    known = {}
    for digest in set(digests):
        row = connection.execute(
            "SELECT vector, p.crc, packed, t.crc FROM passages p LEFT JOIN tokens t USING (n) WHERE input = ? LIMIT 1",
            (digest,),
        ).fetchone()
        if row and zlib.crc32(row[0]) == row[1] and (row[2] is None or zlib.crc32(row[2]) == row[3]):
            known[digest] = (row[0], row[2])
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
    lexical = write_passages(connection, int(number or 0), prepared, encodings)
    add_terms(connection, lexical)
    _count_pieces(connection, [text for _, text in lexical], encoder, +1)
    record(connection, int(number or 0), prepared.brief.text, prepared.brief.body)
    forget_name(connection, prepared.brief.id)


def write_passages(
    connection: sqlite3.Connection,
    number: int,
    prepared: Prepared,
    encodings: dict[bytes, tuple[bytes, bytes | None]],
) -> list[tuple[int, str]]:
    """Write the passages of the brief with this number; return what the lexical index is to read of each."""
    lexical = []
    for passage, digest in zip(prepared.passages, prepared.input_digests(), strict=True):
        vector, packed = encodings[digest]
        n = connection.execute(
            "INSERT INTO passages (id, brief, start, stop, page, heading, input, vector, facts, crc) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(passage.id, number, passage.start, passage.end, passage.page, passage.heading, digest, vector),
                facts_checksum(passage.id, passage.start, passage.end, passage.page, passage.heading, digest),
                zlib.crc32(vector),
            ),
        ).lastrowid
        if packed is not None:
            connection.execute("INSERT INTO tokens (n, packed, crc) VALUES (?, ?, ?)", (n, packed, zlib.crc32(packed)))
        lexical.append((int(n or 0), lexical_text(prepared.brief.title, passage.heading, passage.text)))
    return lexical


def remove_brief(connection: sqlite3.Connection, brief_id: str, encoder: Encoder) -> bool:
    """Remove the brief and everything made from it; False if there is none of this id."""
    found = connection.execute("SELECT n FROM briefs WHERE id = ?", (brief_id,)).fetchone()
    if found is None:
        return False
    [number] = found
    try:
        [brief] = read_briefs(connection, [brief_id])
    except (ValueError, sqlite3.OperationalError):  # damaged: which words it had indexed is not known any more
        brief = None
    if brief is not None:
        rows = connection.execute("SELECT n, start, stop, heading FROM passages WHERE brief = ?", (number,)).fetchall()
        lexical = [(n, lexical_text(brief.title, heading, brief.text[a:b])) for n, a, b, heading in rows]
        remove_terms(connection, lexical)
        _count_pieces(connection, [terms for _, terms in lexical], encoder, -1)
    connection.execute("DELETE FROM tokens WHERE n IN (SELECT n FROM passages WHERE brief = ?)", (number,))
    connection.execute("DELETE FROM passages WHERE brief = ?", (number,))
    connection.execute("DELETE FROM briefs WHERE n = ?", (number,))
    if brief is None:
        index_terms(connection)
        count_all_pieces(connection, encoder)
    forget(connection, number)
    return True


def replace_content(connection: sqlite3.Connection, other: sqlite3.Connection, tables: Sequence[str] = CONTENT) -> None:
    """Put the content of `other` in place of this store's, within the caller's transaction.

    Passages get numbers that were never given here, so that no reader's old number names a new passage.
    """
    missing = [table for table in tables if not _has_table(other, table)]  # of a file that had no use for it yet
    for table in missing:
        if _has_table(connection, table):
            connection.execute(f"DELETE FROM {table}")
    tables = [table for table in tables if table not in missing]
    for table in tables:
        if not _has_table(connection, table):
            connection.execute(other.execute("SELECT sql FROM sqlite_schema WHERE name = ?", (table,)).fetchone()[0])
    last = connection.execute("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'passages'").fetchone()
    offset = last[0] if last else 0
    for table in reversed(tables):
        connection.execute(f"DELETE FROM {table}")
    connection.execute("DELETE FROM settings WHERE key NOT IN ('format', 'generation')")
    kept = other.execute("SELECT key, value FROM settings WHERE key NOT IN ('format', 'generation')")
    connection.executemany("INSERT INTO settings VALUES (?, ?)", kept)
    for table in tables:
        rows = other.execute(f"SELECT * FROM {table}")
        names = [column[0] for column in rows.description]  # a migrated file has them in another order
        insert = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
        if table in ("passages", "tokens"):
            at = names.index("n")
            connection.executemany(insert, ((*row[:at], row[at] + offset, *row[at + 1 :]) for row in rows))
        else:
            connection.executemany(insert, rows)
    index_terms(connection)
    replace_all(connection)


def _has_table(connection: sqlite3.Connection, name: str) -> bool:
    return connection.execute("SELECT 1 FROM sqlite_schema WHERE name = ?", (name,)).fetchone() is not None


def index_terms(connection: sqlite3.Connection) -> None:
    """Make the lexical index anew from all passages."""
    connection.execute("DROP TABLE lexical_terms")
    connection.execute("DROP TABLE lexical")
    connection.execute(CREATE_LEXICAL)
    connection.execute("CREATE VIRTUAL TABLE lexical_terms USING fts5vocab (lexical, row)")
    add_terms(connection, lexical_rows(connection))


def count_all_pieces(connection: sqlite3.Connection, encoder: Encoder) -> None:
    """Count the word pieces of all passages anew."""
    connection.execute("DELETE FROM pieces")
    _count_pieces(connection, [text for _, text in lexical_rows(connection)], encoder, +1)


def lexical_rows(connection: sqlite3.Connection, above: int = 0) -> Iterator[tuple[int, str]]:
    """Each passage's number, over `above`, and what the lexical index reads of it."""
    rows = connection.execute(
        "SELECT p.n, b.title, p.heading, b.text, p.start, p.stop FROM passages p JOIN briefs b ON b.n = p.brief "
        "WHERE p.n > ? ORDER BY p.n",
        (above,),
    )
    return ((n, lexical_text(title, heading, text[a:b])) for n, title, heading, text, a, b in rows)


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
