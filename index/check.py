"""Everything in an index compared with everything else; what is derived can be made again.

Briefs are what was given, and each carries its digest. All else follows from them: passages from a brief's text,
vectors and token vectors from the passages, the lexical index and the counts of word pieces from both, the FAISS file
from the vectors. So damage to a brief, or to the SQLite file as such, is only told; the rest is repaired.
"""

import json
import sqlite3
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ..corpus import BriefError, StoreDamaged, StoreError, WeightsError
from ..corpus.chunk import Chunking, passage_id
from .base import clear_base, load_base, saved_label
from .build import fitted_codec
from .holder import clear_leftovers, leftovers
from .index import Index
from .ingest import (
    count_all_pieces,
    front_text,
    index_terms,
    known_encodings,
    lexical_rows,
    make_encodings,
    prepare,
    write_passages,
)
from .late import TokenCodec, codec_from_bytes
from .lexical import CREATE_LEXICAL, terms
from .minhash import text_digest
from .places import index_file
from .proof import facts_checksum, input_digest
from .relatives import has_tables, replace_all
from .rows import read_briefs
from .types import Encoder, EncoderSpec
from .vectors import read_present
from .weights import MINILM, pinned_folder

UNIT = 0.01  # half floats keep a vector's length to a thousandth
SAMPLE = 50  # stored vectors that must find themselves in the FAISS file
NEAR = 0.9  # cosine of a vector with its own 8-bit code, at least


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it was written: in which part, what was found, and whether it can be made again."""

    part: str  # "database", "settings", "weights", "briefs", "passages", "tokens", "lexical", "pieces", "faiss", ...
    found: str
    derived: bool
    brief: str = ""  # the brief it belongs to, if to one


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What was compared and what was found; `repaired` holds the faults that are gone."""

    path: Path
    briefs: int = 0
    passages: int = 0
    generation: int = 0
    faults: tuple[Fault, ...] = ()
    repaired: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong, or is wrong any more."""
        return not self.faults


def check_index(
    path: Path | str | None = None, *, encoder: Encoder | str | None = None, repair: bool = False
) -> CheckReport:
    """Compare everything in the index at `path`; with `repair`, make again what is derived and compare once more.

    Raises:
        StoreError: there is no index.
        StoreMismatch: it was made by another encoder or a later format.
    """
    file = index_file(path)
    if not file.exists() and not any(file.parent.glob(f"{file.stem}.*")):
        raise StoreError(f"found no index at {file}, expected one; `northbrief add` makes one")
    try:
        with Index.open(file, encoder=encoder) as index:
            report = _checked(index)
            if (
                repair
                and report.faults
                and not any(fault.part == "database" and not fault.derived for fault in report.faults)
            ):
                _repair(index, report.faults)
                after = _checked(index)
                gone = tuple(fault for fault in report.faults if fault not in after.faults)
                report = replace(after, repaired=gone)
            if repair:
                clear_leftovers(file)
            return report
    except StoreDamaged as error:
        return CheckReport(file, faults=(Fault("database", str(error), derived=False),))


def content_faults(connection: sqlite3.Connection, encoder: Encoder | None = None) -> list[Fault]:
    """Return what is wrong with a store, as far as its own file shows; more with the encoder."""
    found = _tried("database", _database(connection))
    if any(not fault.derived for fault in found):
        return found  # nothing that such a file says can be relied on
    made: list[EncoderSpec | None] = []
    codec: list[TokenCodec | None] = []
    found += _tried("settings", _settings(connection, made, codec))
    if not made or not codec:
        return found
    if made[0] is not None:
        dimension = made[0].dimension
        found += _tried("passages", _passages(connection, dimension, encoder))
        if not any(fault.part == "codec" for fault in found):
            found += _tried("tokens", _tokens(connection, len(codec[0].codebooks) if codec[0] else 0))
    found += _tried("lexical", _lexical(connection))
    found += _tried("documents", _documents(connection))
    found += _tried("relatives", _relatives(connection))
    if encoder is not None:
        found += _tried("pieces", _pieces(connection, encoder))
    return found


def _checked(index: Index) -> CheckReport:
    found: list[Fault] = []
    encoder: Encoder | None = None
    try:
        made = index.store.json_setting("encoder")
        if made is not None:
            encoder = index.encoder
            if made["name"] == MINILM.name:
                pinned_folder(MINILM)
    except WeightsError as error:
        found.append(Fault("weights", str(error), derived=False))
    with index.store.reading() as connection:
        connection.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
        try:
            found += content_faults(connection, encoder)
            notes: list[str] = []
            if all(fault.derived or fault.part in ("weights", "briefs") for fault in found):
                found += _tried("faiss", _faiss(index, connection, notes))
            left = leftovers(index.path)
            notes += [f"{path.name} was left by a process that was killed" for path in left]
            briefs = passages = 0
            with suppress(sqlite3.Error):
                briefs = connection.execute("SELECT count(*) FROM briefs").fetchone()[0]
                passages = connection.execute("SELECT count(*) FROM passages").fetchone()[0]
            generation = index.store.generation()
            return CheckReport(index.path, briefs, passages, generation, tuple(found), notes=tuple(notes))
        finally:
            connection.text_factory = str


def _tried(part: str, faults: Iterator[Fault]) -> list[Fault]:
    """The faults of a part; what cannot even be read is one, too."""
    found: list[Fault] = []
    try:
        found.extend(faults)
    except (sqlite3.Error, StoreDamaged, ValueError, TypeError, KeyError, OverflowError) as error:
        found.append(Fault(part, f"cannot be read: {error}", derived=part in ("lexical", "pieces", "faiss", "tokens")))
    return found


def _database(connection: sqlite3.Connection) -> Iterator[Fault]:
    for (line,) in connection.execute("PRAGMA integrity_check"):
        if line != "ok":
            yield Fault("database", line, derived="index" in line and "page" not in line.lower())
    for table, row, other, _ in connection.execute("PRAGMA foreign_key_check"):
        yield Fault(
            "database", f"row {row} of {table} names a row of {other} that is not there", derived=table == "tokens"
        )


def _settings(
    connection: sqlite3.Connection, made: list[EncoderSpec | None], codec: list[TokenCodec | None]
) -> Iterator[Fault]:
    """Faults of the settings; the encoder's spec and the codec that they hold are put into the lists."""
    values = dict(connection.execute("SELECT key, value FROM settings").fetchall())
    if not isinstance(values.get("generation"), int) or values["generation"] < 0:
        yield Fault("settings", f"found the generation {values.get('generation')!r}, expected a number", derived=False)
    if values.get("encoder") is None:
        if connection.execute("SELECT 1 FROM passages").fetchone():
            yield Fault("settings", "passages are there, but no word on their encoder", derived=False)
        else:
            made.append(None)
            codec.append(None)
        return
    made.append(EncoderSpec(**json.loads(values["encoder"])))
    Chunking(**json.loads(values["chunking"]))
    if "codec" not in values:
        codec.append(None)
    elif zlib.crc32(values["codec"]) != values.get("codec_crc"):
        codec.append(None)
        yield Fault("codec", "the codebooks of token vectors are not as they were written", derived=True)
    else:
        codec.append(codec_from_bytes(values["codec"], made[0].dimension if made[0] else 0))


def _passages(connection: sqlite3.Connection, dimension: int, encoder: Encoder | None) -> Iterator[Fault]:
    last = connection.execute("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'passages'").fetchone()
    for n, brief_id in connection.execute("SELECT n, id FROM briefs ORDER BY n").fetchall():
        try:
            [brief] = read_briefs(connection, [brief_id])
        except ValueError as error:
            source = connection.execute("SELECT source FROM briefs WHERE n = ?", (n,)).fetchone()[0]
            yield Fault("briefs", f"{error}; it came from {source or 'a script'}", derived=False, brief=brief_id)
            continue
        rows = connection.execute(
            "SELECT n, id, start, stop, page, heading, input, vector, facts, crc FROM passages "
            "WHERE brief = ? ORDER BY n",
            (n,),
        ).fetchall()
        front = front_text(brief.title, encoder) if encoder else ""
        wrong = "" if rows else "has no passages"
        seen: Counter[str] = Counter()
        for number, id_, start, stop, page, heading, digest, vector, facts, crc in rows:
            text = brief.text[start:stop]
            seen[text] += 1
            if number > last[0] or facts_checksum(id_, start, stop, page, heading, digest) != facts:
                wrong = "a passage is not as it was written"
            elif not brief.body <= start < stop <= len(brief.text) or id_ != passage_id(brief.id, text, seen[text]):
                wrong = "a passage does not agree with the text it was cut from"
            elif encoder and digest != input_digest(front + text):
                wrong = "a passage was encoded from another text"
            elif not isinstance(vector, bytes) or zlib.crc32(vector) != crc or not _is_unit(vector, dimension):
                wrong = "a vector is not as it was written"
        if wrong:
            yield Fault("passages", f"{brief_id}: {wrong}", derived=True, brief=brief_id)


def _is_unit(vector: bytes, dimension: int) -> bool:
    """Whether the bytes are half floats of a vector of length 1; a text without words may have length 0."""
    if len(vector) != 2 * dimension:
        return False
    length = float(np.linalg.norm(np.frombuffer(vector, np.float16).astype(np.float32)))
    return length == 0 or abs(length - 1) < UNIT


def _tokens(connection: sqlite3.Connection, parts: int) -> Iterator[Fault]:
    """`parts` is the number of bytes a token vector takes, 0 for none."""
    rows = connection.execute(
        "SELECT b.id, t.packed, t.crc FROM passages p JOIN briefs b ON b.n = p.brief LEFT JOIN tokens t ON t.n = p.n"
    )
    wrong = {}
    for brief_id, packed, crc in rows:
        if (packed is None) != (not parts):
            wrong[brief_id] = "token vectors are missing" if parts else "token vectors are there without their codec"
        elif packed is not None and (zlib.crc32(packed) != crc or len(packed) % parts):
            wrong[brief_id] = "token vectors are not as they were written"
    for brief_id, what in wrong.items():
        yield Fault("tokens", f"{brief_id}: {what}", derived=True, brief=brief_id)


def _lexical(connection: sqlite3.Connection) -> Iterator[Fault]:
    """Compare every occurrence of every word, and the lengths that BM25 divides by, with an index made anew."""
    with closing(sqlite3.connect(":memory:")) as fresh:
        fresh.execute(CREATE_LEXICAL)
        rows = ((n, " ".join(terms(text))) for n, text in lexical_rows(connection))
        fresh.executemany("INSERT INTO lexical (rowid, terms) VALUES (?, ?)", rows)
        fresh.commit()
        listings = []
        for each in (connection, fresh):
            each.execute(
                "CREATE VIRTUAL TABLE IF NOT EXISTS temp.occurrences USING fts5vocab (main, lexical, instance)"
            )
            listings.append(each.execute("SELECT term, doc, offset FROM occurrences"))
        for ours, wanted in zip(*listings, strict=False):
            if ours != wanted:
                yield Fault("lexical", f"found {ours}, expected {wanted} (word, passage, place)", derived=True)
                return
        if any(listing.fetchone() for listing in listings):
            yield Fault("lexical", "words of some passages are missing, or of passages that are gone", derived=True)
        for query in ("SELECT id, sz FROM lexical_docsize ORDER BY id", "SELECT block FROM lexical_data WHERE id = 1"):
            if connection.execute(query).fetchall() != fresh.execute(query).fetchall():
                yield Fault("lexical", "the lengths of passages are not as they were written", derived=True)
                return


def _pieces(connection: sqlite3.Connection, encoder: Encoder) -> Iterator[Fault]:
    wanted: Counter[int] = Counter()
    for _, text in lexical_rows(connection):
        wanted.update(set(encoder.pieces(text)))
    found = dict(connection.execute("SELECT piece, passages FROM pieces WHERE passages != 0").fetchall())
    if found != dict(wanted):
        yield Fault("pieces", "the counts of word pieces do not agree with the passages", derived=True)


def _documents(connection: sqlite3.Connection) -> Iterator[Fault]:
    for source, digest, stamp in connection.execute("SELECT source, digest, stamp FROM documents"):
        if not isinstance(digest, bytes) or len(digest) != 16 or not isinstance(stamp, str):
            yield Fault("documents", f"what is known of {source} cannot be read", derived=True)


def _relatives(connection: sqlite3.Connection) -> Iterator[Fault]:
    """Every brief's text must be known where versions of it are looked for, and every link lead to a brief."""
    if not has_tables(connection):
        return
    wanted = {n: text_digest(text) for n, text in connection.execute("SELECT n, text FROM briefs")}
    if dict(connection.execute("SELECT brief, digest FROM signatures").fetchall()) != wanted:
        yield Fault("relatives", "what is known of versions does not agree with the briefs", derived=True)
    elif any(brief not in wanted for row in connection.execute("SELECT brief, other FROM relatives") for brief in row):
        yield Fault("relatives", "a version is linked with a brief that is gone", derived=True)


def _faiss(index: Index, connection: sqlite3.Connection, notes: list[str]) -> Iterator[Fault]:
    """What is derived of a large index is compared if it says it is of this store; another one's is not used, and is no
    fault, nor is one that lacks the last passages, which are searched beside it."""
    file, store, generation = index.path.with_suffix(".faiss"), index.store.setting("store") or "", index.generation()
    label = saved_label(file)
    if label is None:
        if file.exists():
            notes.append(f"{file.name} has no label that can be read, and is made again when needed")
        return
    if label["store"] != store or label["generation"] > generation:
        notes.append(f"{file.name} is of another state, and is made again when needed")
        return
    base = load_base(connection, file, store, generation)
    if base is None:
        yield Fault("faiss", f"{file.name}, or a part beside it, is damaged or missing", derived=True)
        return
    found = connection.execute("SELECT n FROM passages WHERE n <= ? ORDER BY n", (base.top,))
    numbers = np.fromiter((n for (n,) in found), np.int64)
    there, vectors = read_present(connection, numbers[:: max(1, len(numbers) // SAMPLE)], int(base.index.d))
    for n, query in zip(there.tolist(), vectors, strict=True):
        if query.any() and base.cosine(n, query) < NEAR:
            yield Fault("faiss", f"{file.name} does not hold the vector of passage {n}", derived=True)
            return


# --- repair ----------------------------------------------------------------------------------------------------------


def _repair(index: Index, faults: tuple[Fault, ...]) -> None:
    """Make again what is derived, in one transaction; nothing while a brief itself is damaged."""
    encoder = index.encoder if index.store.json_setting("encoder") else None
    if any(fault.part == "briefs" for fault in faults):
        return  # what follows from a damaged brief would be as wrong as it is
    again = {fault.brief for fault in faults if fault.brief}
    parts: set[str] = {fault.part for fault in faults}
    steps: dict[str, Callable[[sqlite3.Connection], object]] = {
        "database": lambda c: c.execute("REINDEX"),
        "documents": lambda c: c.execute("DELETE FROM documents"),
        "relatives": replace_all,
    }
    with index.store.writing() as connection:
        for part in parts & steps.keys():
            steps[part](connection)
        connection.execute("DELETE FROM tokens WHERE n NOT IN (SELECT n FROM passages)")
        if encoder is not None:
            if "codec" in parts:
                _restore_codec(connection, encoder)
            for brief_id in sorted(again):
                _cut_again(connection, brief_id, encoder)
            if again or "pieces" in parts:
                count_all_pieces(connection, encoder)
        if again or "lexical" in parts:
            index_terms(connection)
    if "faiss" in parts:
        clear_base(index.path.with_suffix(".faiss"))
        index.forget_derived()
        index.save_dense()


def _restore_codec(connection: sqlite3.Connection, encoder: Encoder) -> None:
    """Put the codebooks back if this machine keeps the same; with others, token vectors would mean nothing."""
    data = fitted_codec(encoder).tobytes()
    wanted = connection.execute("SELECT value FROM settings WHERE key = 'codec_crc'").fetchone()
    if wanted and zlib.crc32(data) == wanted[0]:
        connection.execute("UPDATE settings SET value = ? WHERE key = 'codec'", (data,))


def _cut_again(connection: sqlite3.Connection, brief_id: str, encoder: Encoder) -> None:
    """Passages, vectors and token vectors of one brief from its text; vectors that are sound are kept."""
    [brief] = read_briefs(connection, [brief_id])
    number = connection.execute("SELECT n FROM briefs WHERE id = ?", (brief_id,)).fetchone()[0]
    row = connection.execute("SELECT value FROM settings WHERE key = 'codec'").fetchone()
    codec = codec_from_bytes(row[0], encoder.spec.dimension) if row else None
    with suppress(BriefError):
        prepared = prepare(brief, encoder, Chunking())
        known = known_encodings(connection, prepared.input_digests())
        encodings = {
            digest: (vector, packed)
            for digest, (vector, packed) in known.items()
            if _is_unit(vector, encoder.spec.dimension) and (packed is None) == (codec is None)
        }
        fresh = [text for text in prepared.inputs if input_digest(text) not in encodings]
        encodings |= make_encodings(fresh, encoder, codec) if fresh else {}
        connection.execute("DELETE FROM tokens WHERE n IN (SELECT n FROM passages WHERE brief = ?)", (number,))
        connection.execute("DELETE FROM passages WHERE brief = ?", (number,))
        write_passages(connection, number, prepared, encodings)
