"""Opening the SQLite file: made where there is none, refused where it is damaged or of a later format."""

import os
import sqlite3
import threading
from contextlib import suppress
from pathlib import Path

from .damage import BadValue
from .holder import scratch_name
from .schema import FORMAT, SCHEMA


def create(path: Path) -> None:
    """Make an empty index under another name and move it to its place: the file is never there half made.

    Raises:
        BadValue: the log of a missing file is there.
    """
    left = [name for name in _beside(path) if name.exists() and name.stat().st_size]
    if left:
        raise BadValue(f"the file is missing, while {left[0].name} is there")
    scratch = path.with_name(f"{scratch_name(path.name)}{threading.get_ident()}")
    try:
        connection = sqlite3.connect(scratch, isolation_level=None)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(f"BEGIN; {SCHEMA} COMMIT")
        connection.executemany("INSERT INTO settings VALUES (?, ?)", [("format", FORMAT), ("generation", 0)])
        connection.close()
        with suppress(FileExistsError):  # somebody was faster
            _place(scratch, path)
    finally:
        for name in (scratch, *_beside(scratch)):
            name.unlink(missing_ok=True)


def address(path: Path) -> str:
    """Return the address under which SQLite opens the file, which is there.

    In a folder that cannot be written it is read as it is, unless a log beside it holds changes.
    """
    log = Path(f"{path}-wal")
    closed = not os.access(path.parent, os.W_OK) and not (log.exists() and log.stat().st_size)
    return f"{path.absolute().as_uri()}?{'immutable=1' if closed else 'mode=rw'}"


def check_length(path: Path) -> None:
    """Refuse a file that is shorter than its first page says; while it has a log, its length says nothing.

    Raises:
        BadValue: it is shorter.
    """
    logs = _beside(path)
    if not any(log.exists() for log in logs):
        with path.open("rb") as file:
            head = file.read(100)
        page_size = int.from_bytes(head[16:18], "big")
        wanted = (65536 if page_size == 1 else page_size) * int.from_bytes(head[28:32], "big")
        length = path.stat().st_size
        if (not length or (head.startswith(b"SQLite format 3\x00") and length < wanted)) and not logs[0].exists():
            raise BadValue(f"the file has {length} bytes of {wanted or 'some'}")


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
