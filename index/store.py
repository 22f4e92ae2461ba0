"""The SQLite store: briefs, passages, vectors, token vectors and the lexical index, in one file and one transaction.

It is the only source of truth. Every change of the content raises `generation`, by which readers notice it.
"""

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from ..corpus import StoreDamaged, StoreError, StoreMismatch
from .damage import BadValue, our_errors, sound
from .holder import recorded
from .migrate import migrate
from .opening import address, check_length, create
from .schema import FORMAT, SCHEMA

WAIT_SECONDS = 60.0  # how long a second writer waits for the first


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
        with self._errors():
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
        with self._errors():
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
        with self._errors():
            return sound(data, self.setting(f"{key}_crc"))

    def json_setting(self, key: str) -> Any:
        """Return the recorded value, which is JSON, or None."""
        with self.reading() as connection, self._errors():
            row = connection.execute("SELECT value FROM settings WHERE key = ?", (key,)).fetchone()
            try:
                return json.loads(row[0]) if row else None
            except ValueError as error:
                raise BadValue(f"the setting {key} cannot be read: {error}") from error

    def generation(self) -> int:
        """Return the number of changes made so far."""
        return int(self.setting("generation"))

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            with self._errors():
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
        with self._errors():
            if not self.path.exists():
                create(self.path)
            check_length(self.path)
            self._uri = address(self.path)
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

    def _errors(self) -> AbstractContextManager[None]:
        return our_errors(self.path, WAIT_SECONDS)

    def _migrate(self) -> None:
        """Bring an older format to the present one; another process may have been first."""
        try:
            with self.writing() as connection:
                found = connection.execute("SELECT value FROM settings WHERE key = 'format'").fetchone()[0]
                if found < FORMAT:
                    migrate(connection, found, FORMAT, SCHEMA)
        except StoreDamaged:
            raise
        except StoreError as error:
            raise StoreMismatch(
                f"{self.path} has index format {self.setting('format')}, expected {FORMAT}, and cannot be brought to "
                f"it here ({error}); run `northbrief check` once where it can be written"
            ) from error
