"""Backups: a consistent copy while the index is in use, and back again.

A backup is one SQLite file, complete and compared with itself before it takes its name. Restoring compares it again and
puts its content in place of the index's in one transaction, so open windows and scripts go on with it. Only where the
index itself is damaged the file is put in its place, and the damaged one is kept beside it.
"""

import os
import shutil
import sqlite3
import time
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from ..corpus import StoreDamaged, StoreError
from .check import content_faults
from .holder import clear_leftovers, scratch_name
from .index import Index
from .ingest import replace_content
from .places import index_file
from .schema import CONTENT, MEMORY
from .store import Store
from .types import Encoder


@dataclass(frozen=True, slots=True)
class BackupReport:
    """A backup or a restored index: its file, what it holds, and where a damaged index was put, if there was one."""

    path: Path
    briefs: int
    passages: int
    aside: Path | None = None


def backup_index(path: Path | str | None, target: Path) -> BackupReport:
    """Write a copy of the index at `path`, as it is at this moment, to the file `target`; nobody has to wait.

    Raises:
        StoreDamaged: the copy does not agree with itself, because the index does not; an earlier backup is left.
        StoreError: there is no index, or the place cannot be written.
    """
    file = index_file(path)
    target = target.expanduser().absolute()
    if not file.exists():
        raise StoreError(f"found no index at {file}, expected one; `northbrief add` makes one")
    if target.is_dir() or (target.exists() and target.samefile(file)):
        raise StoreError(f"found {target} as the place of the backup, expected the name of another file")
    clear_leftovers(target)
    scratch = target.with_name(f"{scratch_name(target.name)}backup")
    store = Store(file)
    try:
        with closing(sqlite3.connect(scratch, isolation_level=None)) as copy:
            _copy(store, copy, target)
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, with no log beside it
        report = _sound_copy(scratch, target)
        _to_disk(scratch)
        os.replace(scratch, target)
        _to_disk(target.parent)
        return report
    except OSError as error:
        raise StoreError(f"cannot write the backup to {target} ({error.strerror}); choose another place") from error
    except sqlite3.Error as error:
        raise StoreError(f"cannot write the backup to {target} ({error}); check the free space") from error
    finally:
        store.close()
        for left in (scratch, Path(f"{scratch}-journal"), Path(f"{scratch}-wal"), Path(f"{scratch}-shm")):
            left.unlink(missing_ok=True)


def restore_index(path: Path | str | None, source: Path, *, encoder: Encoder | str | None = None) -> BackupReport:
    """Put the content of the backup `source` in place of that of the index at `path`, which may be in use or missing.

    Raises:
        StoreDamaged: the backup does not agree with itself; the index is as it was.
        StoreMismatch: the backup was made by another encoder or a later format; the index is as it was.
        StoreError: there is no backup, or the index cannot be written.
    """
    file, source = index_file(path), source.expanduser().absolute()
    if not source.is_file():
        raise StoreError(f"found no backup at {source}, expected a file that `northbrief backup` wrote")
    file.parent.mkdir(parents=True, exist_ok=True)
    clear_leftovers(file)
    scratch = file.with_name(f"{scratch_name(file.name)}restore")
    beside = [scratch, Path(f"{scratch}-wal"), Path(f"{scratch}-shm"), Path(f"{scratch}-journal")]
    try:
        shutil.copyfile(source, scratch)  # an older format is migrated in the copy
        with Index.open(scratch, encoder=encoder):
            report = _sound_copy(scratch, file)
        aside = _put(scratch, file)
        return BackupReport(file, report.briefs, report.passages, aside)
    except OSError as error:
        raise StoreError(f"cannot restore to {file} ({error.strerror}); check the folder and the free space") from error
    finally:
        for left in beside:
            with suppress(OSError):
                left.unlink(missing_ok=True)


def _put(scratch: Path, file: Path) -> Path | None:
    """Take over the content of the sound copy, or its file where the index is damaged; that is returned."""
    made = Store(scratch)
    try:
        store = Store(file)
        try:
            with made.reading() as other, store.writing() as connection:
                replace_content(connection, other, (*CONTENT, *MEMORY))
        finally:
            store.close()
    except StoreDamaged:
        made.close()
        stamp = time.strftime("%Y%m%d-%H%M%S")
        aside = file.with_name(f"{file.name}.damaged-{stamp}")
        with closing(sqlite3.connect(scratch, isolation_level=None)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.execute("PRAGMA journal_mode = WAL")
        _to_disk(scratch)
        for suffix in ("-wal", "-shm"):  # the log of another file would spoil this one
            with suppress(FileNotFoundError):
                os.replace(f"{file}{suffix}", f"{aside}{suffix}")
        if file.exists():
            os.link(file, aside)
        os.replace(scratch, file)
        _to_disk(file.parent)
        return aside if aside.exists() else None
    else:
        made.close()
        return None


def _copy(store: Store, copy: sqlite3.Connection, target: Path) -> None:
    with store.reading() as connection:
        try:
            connection.backup(copy)
        except sqlite3.OperationalError as error:  # the new file's; a damaged store raises another
            raise StoreError(f"cannot write the backup to {target} ({error}); check the free space") from error


def _sound_copy(scratch: Path, named: Path) -> BackupReport:
    """What the copy holds, once it agrees with itself.

    Raises:
        StoreDamaged: it does not.
    """
    with closing(sqlite3.connect(scratch, isolation_level=None)) as connection:
        faults = content_faults(connection)
        if faults:
            raise StoreDamaged(
                f"the copy for {named} is not sound ({faults[0].found}), expected one without faults; "
                "`northbrief check --repair` mends what can be mended"
            )
        briefs, passages = (
            connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("briefs", "passages")
        )
    return BackupReport(named, briefs, passages)


def _to_disk(path: Path) -> None:
    """Wait until the file, or the folder's list of files, is on the disk."""
    if path.is_dir() and os.name == "nt":
        return
    handle = os.open(path, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
