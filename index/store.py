"""The SQLite store: briefs, passages, vectors, token vectors and the lexical index, in one file and one transaction.

It is the only source of truth. Every change of the content raises `generation`, by which readers notice it. Vectors are
kept as half floats (the ranking is the same, half the bytes) and token vectors in a table of their own, so that
reading all vectors does not page through them.
"""

import json
import os
import sqlite3
import threading
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from ..corpus import Brief, BriefError, DateSource, Passage, StoreDamaged, StoreError, StoreLocked, StoreMismatch
from .holder import current_holder, recorded, scratch_name
from .lexical import CREATE_LEXICAL
from .migrate import migrate
from .proof import brief_digest, facts_checksum
from .types import Filter, Floats, Ints

FORMAT = 2
WAIT_SECONDS = 60.0  # how long a second writer waits for the first

_SCHEMA = f"""
CREATE TABLE settings (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE briefs (
    n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, title TEXT NOT NULL, text TEXT NOT NULL, authors TEXT NOT NULL,
    institution TEXT NOT NULL, series TEXT NOT NULL, published TEXT, published_from TEXT NOT NULL,
    language TEXT NOT NULL, url TEXT NOT NULL, source TEXT NOT NULL, body INTEGER NOT NULL,
    derived_id INTEGER NOT NULL, pages TEXT NOT NULL DEFAULT '[]', digest BLOB NOT NULL
);
CREATE INDEX briefs_source ON briefs (source);
CREATE TABLE passages (
    n INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, brief INTEGER NOT NULL REFERENCES briefs (n),
    start INTEGER NOT NULL, stop INTEGER NOT NULL, page INTEGER, heading TEXT NOT NULL,
    input BLOB NOT NULL, vector BLOB NOT NULL, facts INTEGER, crc INTEGER
);
CREATE INDEX passages_brief ON passages (brief);
CREATE INDEX passages_input ON passages (input);
CREATE TABLE tokens (n INTEGER PRIMARY KEY REFERENCES passages (n), packed BLOB NOT NULL, crc INTEGER);
CREATE TABLE documents (
    source TEXT PRIMARY KEY, root TEXT NOT NULL, digest BLOB NOT NULL, stamp TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE copies (
    id TEXT PRIMARY KEY, brief TEXT NOT NULL, source TEXT NOT NULL, known TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX copies_brief ON copies (brief);
CREATE INDEX copies_source ON copies (source);
CREATE TABLE visits (
    url TEXT PRIMARY KEY, etag TEXT NOT NULL, modified TEXT NOT NULL, stamp TEXT NOT NULL, listing INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE corrections (id TEXT PRIMARY KEY, fields TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE pieces (piece INTEGER PRIMARY KEY, passages INTEGER NOT NULL);
{CREATE_LEXICAL};
CREATE VIRTUAL TABLE lexical_terms USING fts5vocab (lexical, row);
"""
# AUTOINCREMENT: a passage's number is never given again, so a reader's old number can't name a new passage.
CONTENT = ("briefs", "passages", "tokens", "pieces")  # what a rebuild makes anew
MEMORY = (
    "documents",
    "copies",
    "visits",
    "corrections",
)  # what is remembered beside it: a rebuild leaves it, a restored backup replaces it

_BRIEF_COLUMNS = (
    "id, title, text, authors, institution, series, published, published_from, language, url, source, body, "
    "derived_id, pages"
)


class Store:
    """One index file. Safe to share between threads: each has a connection of its own."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        self._connections: list[tuple[threading.Thread, sqlite3.Connection]] = []
        self._guard = threading.Lock()
        self._uri = ""
        self._prepare()

    def close(self) -> None:
        """Close the connections of all threads."""
        with self._guard:
            for _, connection in self._connections:
                connection.close()
            self._connections.clear()
        self._local = threading.local()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection that sees one generation, whatever writers do meanwhile."""
        connection = self._connection()
        if connection.in_transaction:  # already within one: nested reads share its view
            yield connection
            return
        with _our_errors(self.path):
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                connection.execute("ROLLBACK")

    @contextmanager
    def writing(self, *, same_content: bool = False) -> Iterator[sqlite3.Connection]:
        """A connection whose changes become visible together, and the generation with them, or not at all.

        With `same_content` nothing is changed that a search sees, and the generation stays.
        """
        connection = self._connection()
        with _our_errors(self.path):
            connection.execute("BEGIN IMMEDIATE")
            try:
                with recorded(self.path):
                    yield connection
                    if not same_content:
                        connection.execute("UPDATE settings SET value = value + 1 WHERE key = 'generation'")
                    connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def setting(self, key: str) -> Any:
        """Return the recorded value, or None."""
        with self.reading() as connection:
            row = connection.execute("SELECT value FROM settings WHERE key = ?", (key,)).fetchone()
        return row[0] if row else None

    def checked(self, key: str, data: bytes) -> bytes:
        """Return the setting's bytes if they agree with the checksum recorded beside them."""
        with _our_errors(self.path):
            return _sound(data, self.setting(f"{key}_crc"))

    def json_setting(self, key: str) -> Any:
        """Return the recorded value, which is JSON, or None."""
        with self.reading() as connection, _our_errors(self.path):
            row = connection.execute("SELECT value FROM settings WHERE key = ?", (key,)).fetchone()
            try:
                return json.loads(row[0]) if row else None
            except ValueError as error:
                raise _BadValue(f"the setting {key} cannot be read: {error}") from error

    def generation(self) -> int:
        """Return the number of changes made so far."""
        return int(self.setting("generation"))

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            with _our_errors(self.path):
                connection = sqlite3.connect(
                    self._uri, uri=True, timeout=WAIT_SECONDS, isolation_level=None, check_same_thread=False
                )
                connection.execute("PRAGMA foreign_keys = ON")
                connection.execute("PRAGMA synchronous = FULL")  # what was reported as added survives a power cut
                connection.execute("PRAGMA mmap_size = 1073741824")
            self._local.connection = connection
            with self._guard:
                for thread, left in self._connections:
                    if not thread.is_alive():
                        left.close()
                self._connections = [(thread, left) for thread, left in self._connections if thread.is_alive()]
                self._connections.append((threading.current_thread(), connection))
        return connection

    def _prepare(self) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(
                f"cannot make the folder {self.path.parent} ({error.strerror}); choose another place"
            ) from error
        with _our_errors(self.path):
            if not self.path.exists():
                self._create()
            _check_length(self.path)
            self._uri = _uri(self.path)
            try:
                found = self.setting("format")
            except sqlite3.OperationalError:
                found = None
            if isinstance(found, int) and 0 < found < FORMAT:
                self._migrate()
                found = self.setting("format")
        if found != FORMAT:
            raise StoreMismatch(
                f"{self.path} has index format {found}, expected {FORMAT}; update northbrief if the index is of a "
                "later version, or move the file away and add the briefs again with `northbrief add`"
            )

    def _create(self) -> None:
        """Make an empty index under another name and move it to its place: the file is never there half made."""
        left = [name for name in _beside(self.path) if name.exists() and name.stat().st_size]
        if left:
            raise _BadValue(f"the file is missing, while {left[0].name} is there")
        scratch = self.path.with_name(f"{scratch_name(self.path.name)}{threading.get_ident()}")
        try:
            connection = sqlite3.connect(scratch, isolation_level=None)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript(f"BEGIN; {_SCHEMA} COMMIT")
            connection.executemany("INSERT INTO settings VALUES (?, ?)", [("format", FORMAT), ("generation", 0)])
            connection.close()
            with suppress(FileExistsError):  # somebody was faster
                _place(scratch, self.path)
        finally:
            for name in (scratch, *_beside(scratch)):
                name.unlink(missing_ok=True)

    def _migrate(self) -> None:
        """Bring an older format to the present one; another process may have been first."""
        try:
            with self.writing() as connection:
                found = connection.execute("SELECT value FROM settings WHERE key = 'format'").fetchone()[0]
                if found < FORMAT:
                    migrate(connection, found, FORMAT, _SCHEMA)
        except StoreDamaged:
            raise
        except StoreError as error:
            raise StoreMismatch(
                f"{self.path} has index format {self.setting('format')}, expected {FORMAT}, and cannot be brought to "
                f"it here ({error}); run `northbrief check` once where it can be written"
            ) from error


def _uri(path: Path) -> str:
    """The address under which SQLite opens the file, which is there.

    In a folder that cannot be written it is read as it is, unless a log beside it holds changes.
    """
    log = Path(f"{path}-wal")
    closed = not os.access(path.parent, os.W_OK) and not (log.exists() and log.stat().st_size)
    return f"{path.absolute().as_uri()}?{'immutable=1' if closed else 'mode=rw'}"


def _check_length(path: Path) -> None:
    """Refuse a file that is shorter than its first page says; while it has a log, its length says nothing."""
    logs = _beside(path)
    if not any(log.exists() for log in logs):
        with path.open("rb") as file:
            head = file.read(100)
        page_size = int.from_bytes(head[16:18], "big")
        wanted = (65536 if page_size == 1 else page_size) * int.from_bytes(head[28:32], "big")
        length = path.stat().st_size
        if (not length or (head.startswith(b"SQLite format 3\x00") and length < wanted)) and not logs[0].exists():
            raise _BadValue(f"the file has {length} bytes of {wanted or 'some'}")


def _beside(path: Path) -> tuple[Path, Path]:
    """The files that SQLite keeps beside the database while it is open."""
    return Path(f"{path}-wal"), Path(f"{path}-shm")


def _place(scratch: Path, path: Path) -> None:
    """Give the file its name unless that is taken.

    Raises:
        FileExistsError: it is.
    """
    try:
        os.link(scratch, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        if path.exists():
            raise FileExistsError(path) from None
        os.replace(scratch, path)


@contextmanager
def _our_errors(path: Path) -> Iterator[None]:
    """SQLite's errors as ours, at this one seam."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if "locked" in str(error) or "busy" in str(error):
            holder = current_holder(path) or "another process"
            raise StoreLocked(
                f"{path} has been held for over {WAIT_SECONDS:.0f} s by {holder}; try again when it has ended"
            ) from error
        if "unable to open" in str(error) or "readonly" in str(error) or "disk" in str(error):
            raise StoreError(
                f"{path} cannot be opened or written ({error}); check the folder and the free space"
            ) from error
        raise _damaged(path, error) from error
    except (sqlite3.DatabaseError, UnicodeDecodeError, _BadValue) as error:  # a damaged name in a message of SQLite's
        raise _damaged(path, error) from error


class _BadValue(ValueError):
    """A stored value that is none of those we write."""


def _damaged(path: Path, error: Exception) -> StoreDamaged:
    return StoreDamaged(
        f"{path} is damaged or no index ({error}), expected a Northbrief index; "
        "`northbrief check` says what is damaged; `northbrief restore` puts a backup in its place"
    )


# --- rows and values -------------------------------------------------------------------------------------------------


def brief_row(brief: Brief, digest: bytes) -> dict[str, Any]:
    """Return the columns of `brief`."""
    return {
        "id": brief.id,
        "title": brief.title,
        "text": brief.text,
        "authors": json.dumps(brief.authors, ensure_ascii=False),
        "institution": brief.institution,
        "series": brief.series,
        "published": brief.published.isoformat() if brief.published else None,
        "published_from": brief.published_from.value,
        "language": brief.language,
        "url": brief.url,
        "source": brief.source,
        "body": brief.body,
        "derived_id": int(brief.derived_id),
        "pages": json.dumps(brief.pages),
        "digest": digest,
    }


def _brief(row: Sequence[Any]) -> Brief:
    """The brief of a row of _BRIEF_COLUMNS and digest, which must agree."""
    *values, digest = row
    fields = dict(zip(_BRIEF_COLUMNS.split(", "), values, strict=True))
    try:
        fields["authors"] = tuple(json.loads(fields["authors"]))
        fields["published"] = date.fromisoformat(fields["published"]) if fields["published"] else None
        fields["published_from"] = DateSource(fields["published_from"])
        fields["derived_id"] = bool(fields["derived_id"])
        fields["pages"] = tuple(json.loads(fields["pages"]))
        brief = Brief(**fields)
    except (ValueError, TypeError, BriefError) as error:  # bytes flipped inside a value
        raise _BadValue(f"the brief {fields['id']!a} cannot be read: {error}") from error
    if brief_digest(brief) != digest:
        raise _BadValue(f"the brief {fields['id']!a} is not as it was written")
    return brief


def read_briefs(connection: sqlite3.Connection, ids: Iterable[str] | None = None) -> list[Brief]:
    """Return the briefs with these ids, or all, newest first and undated last."""
    query = f"SELECT {_BRIEF_COLUMNS}, digest FROM briefs"
    parameters: tuple[str, ...] = ()
    if ids is not None:
        query, parameters = f"{query} WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(list(ids)),)
    rows = connection.execute(f"{query} ORDER BY published IS NULL, published DESC, id", parameters)
    return [_brief(row) for row in rows]


def read_passages(connection: sqlite3.Connection, numbers: Sequence[int]) -> dict[int, tuple[Passage, Brief]]:
    """Return passage and brief of each passage number that is there."""
    asked = json.dumps([int(n) for n in numbers])
    rows = connection.execute(
        "SELECT p.n, p.id, p.start, p.stop, p.page, p.heading, b.n, p.input, p.facts "
        "FROM passages p JOIN briefs b ON b.n = p.brief "
        "WHERE p.n IN (SELECT value FROM json_each(?))",
        (asked,),
    ).fetchall()
    briefs = {
        row[0]: _brief(row[1:])
        for row in connection.execute(
            f"SELECT n, {_BRIEF_COLUMNS}, digest FROM briefs WHERE n IN (SELECT value FROM json_each(?))",
            (json.dumps(sorted({row[6] for row in rows})),),
        )
    }
    found = {}
    for n, passage_id, start, stop, page, heading, number, digest, facts in rows:
        if facts_checksum(passage_id, start, stop, page, heading, digest) != facts:
            raise _BadValue(f"the passage {passage_id!a} is not as it was written")
        brief = briefs[number]
        passage = Passage(
            id=passage_id,
            brief_id=brief.id,
            start=start,
            end=stop,
            text=brief.text[start:stop],
            page=page,
            heading=heading,
        )
        found[n] = (passage, brief)
    return found


@dataclass(frozen=True, slots=True)
class Moment:
    """What places a passage in time: its brief's date; its text, with the brief's title; the whole text if undated."""

    published: date | None
    text: str
    whole: str
    title: str = ""


def read_moments(connection: sqlite3.Connection, numbers: Ints) -> list[Moment]:
    """Return the moments of the passages with these numbers, in their order."""
    asked = json.dumps(numbers.tolist())
    rows = connection.execute(
        "SELECT n, brief, start, stop FROM passages WHERE n IN (SELECT value FROM json_each(?))", (asked,)
    ).fetchall()
    briefs = {
        n: (date.fromisoformat(day) if day else None, title, text)
        for n, day, title, text in connection.execute(
            "SELECT n, published, title, text FROM briefs WHERE n IN (SELECT value FROM json_each(?))",
            (json.dumps(sorted({brief for _, brief, _, _ in rows})),),
        )
    }
    found = {}
    for n, brief, start, stop in rows:
        day, title, text = briefs[brief]
        found[n] = Moment(day, f"{title} {text[start:stop]}", "" if day else text, title)
    return [found[n] for n in numbers.tolist()]


@dataclass(frozen=True, slots=True)
class Known:
    """Names that the library's briefs carry, and whether any of it is Korean."""

    institutions: tuple[str, ...]
    authors: tuple[str, ...]
    korean: bool


def known_values(connection: sqlite3.Connection) -> Known:
    """Return the institutions and authors of the library, and whether it holds Korean."""

    def column(query: str) -> tuple[str, ...]:
        return tuple(row[0] for row in connection.execute(query))

    return Known(
        column("SELECT DISTINCT institution FROM briefs WHERE institution != '' ORDER BY 1"),
        column("SELECT DISTINCT a.value FROM briefs, json_each(briefs.authors) a ORDER BY 1"),
        bool(column("SELECT 1 FROM briefs WHERE language = 'ko' LIMIT 1")),
    )


def read_packed(connection: sqlite3.Connection, ids: Sequence[str]) -> dict[str, tuple[str, bytes]]:
    """Return the brief's title and the packed token vectors of each passage, by passage id, that has any."""
    rows = connection.execute(
        "SELECT p.id, b.title, t.packed, t.crc FROM passages p JOIN tokens t ON t.n = p.n "
        "JOIN briefs b ON b.n = p.brief WHERE p.id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(ids)),),
    )
    return {passage_id: (title, _sound(packed, crc)) for passage_id, title, packed, crc in rows}


def read_tokens(connection: sqlite3.Connection, numbers: Ints) -> list[bytes]:
    """Return the packed token vectors of the passages with these numbers, in their order; empty where none are."""
    asked = json.dumps(numbers.tolist())
    rows = connection.execute("SELECT n, packed, crc FROM tokens WHERE n IN (SELECT value FROM json_each(?))", (asked,))
    found = {n: _sound(packed, crc) for n, packed, crc in rows}
    return [found.get(n, b"") for n in numbers.tolist()]


def read_all_vectors(connection: sqlite3.Connection, dimension: int, above: int = 0) -> tuple[Ints, Floats]:
    """Return the numbers (n,) and vectors (n, dimension) float32 of all passages with a number over `above`."""
    rows = connection.execute("SELECT n, vector, crc FROM passages WHERE n > ? ORDER BY n", (above,)).fetchall()
    numbers = np.array([row[0] for row in rows], dtype=np.int64)
    return numbers, _matrix([_sound(vector, crc) for _, vector, crc in rows], dimension)


def read_vectors(connection: sqlite3.Connection, numbers: Ints, dimension: int) -> Floats:
    """Return the vectors (n, dimension) float32 of the passages with these numbers, in their order."""
    asked = json.dumps(numbers.tolist())
    rows = connection.execute(
        "SELECT n, vector, crc FROM passages WHERE n IN (SELECT value FROM json_each(?))", (asked,)
    )
    found = {n: _sound(vector, crc) for n, vector, crc in rows}
    if len(found) < len(numbers):
        raise _BadValue("the lexical or dense index names passages that are not there")
    return _matrix([found[n] for n in numbers.tolist()], dimension)


def _sound(data: bytes, crc: int) -> bytes:
    """The stored bytes, if they are those that were written."""
    if not isinstance(data, bytes) or zlib.crc32(data) != crc:
        raise _BadValue("stored vectors are not as they were written")
    return data


def _matrix(blobs: list[bytes], dimension: int) -> Floats:
    try:
        rows = np.frombuffer(b"".join(blobs), dtype=np.float16).reshape(len(blobs), dimension)
    except ValueError as error:
        raise _BadValue(f"stored vectors have another size than {dimension} values") from error
    return rows.astype(np.float32)


def allowed_numbers(connection: sqlite3.Connection, where: Filter) -> Ints:
    """Return the numbers of the passages that `where` allows, ascending."""
    clauses: list[str] = []
    parameters: list[str] = []
    if where.since:
        clauses.append("b.published >= ?")
        parameters.append(where.since.isoformat())
    if where.until:
        clauses.append("b.published <= ?")
        parameters.append(where.until.isoformat())
    for column, values in (("institution", where.institutions), ("language", where.languages)):
        if values:
            clauses.append(f"casefold(b.{column}) IN (SELECT value FROM json_each(?))")
            parameters.append(json.dumps([value.casefold() for value in values]))
    if where.briefs:
        named = "(SELECT value FROM json_each(?))"
        clauses.append(f"(b.id IN {named} OR b.id IN (SELECT brief FROM copies WHERE id IN {named}))")
        parameters += [json.dumps(where.briefs)] * 2
    if where.authors:
        clauses.append(
            "EXISTS (SELECT 1 FROM json_each(b.authors) a JOIN json_each(?) w ON casefold(a.value) = w.value)"
        )
        parameters.append(json.dumps([author.casefold() for author in where.authors]))
    connection.create_function("casefold", 1, str.casefold, deterministic=True)
    rows = connection.execute(
        "SELECT p.n FROM passages p JOIN briefs b ON b.n = p.brief WHERE "
        + " AND ".join(clauses or ["1"])
        + " ORDER BY p.n",
        parameters,
    ).fetchall()
    return np.fromiter((row[0] for row in rows), dtype=np.int64, count=len(rows))
