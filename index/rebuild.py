"""An index made again from the briefs it holds, beside the old one, which is read and written meanwhile."""

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..corpus import Failure, StoreError
from .holder import scratch_name
from .ingest import replace_content
from .rows import read_briefs
from .store import Store
from .types import AddReport, Progress
from .writing import Writer

CATCH_UP = 3  # times that a rebuild follows what others write meanwhile, before it makes them wait


def take_over(store: Store, fresh: Store, writer: Writer, progress: Progress | None) -> AddReport:
    """Fill the `fresh` store through its `writer` with the briefs of `store`, and put its content in their place.

    Raises:
        StoreError: a brief cannot be made again; the store is as it was.
    """
    for _ in range(CATCH_UP):
        with store.reading() as connection:
            _follow(connection, fresh, writer, progress)
            seen = store.generation()
        if store.generation() == seen:
            break
    with store.writing() as connection:
        _follow(connection, fresh, writer, progress)
        sources = connection.execute("SELECT source, id FROM briefs").fetchall()
        with fresh.reading() as made:
            replace_content(connection, made)
            ids = tuple(brief.id for brief in read_briefs(made))
            passages = int(made.execute("SELECT count(*) FROM passages").fetchone()[0])
        # A file that moved meanwhile changes no digest, so it was not followed.
        connection.executemany("UPDATE briefs SET source = ? WHERE id = ?", sources)
    return AddReport(added=ids, passages=passages)


def _follow(other: sqlite3.Connection, fresh: Store, writer: Writer, progress: Progress | None) -> None:
    """Bring the fresh store in step with the briefs of another one, whose view `other` is."""
    wanted = dict(other.execute("SELECT id, digest FROM briefs").fetchall())
    with fresh.reading() as connection:
        have = dict(connection.execute("SELECT id, digest FROM briefs").fetchall())
    for brief_id in have.keys() - wanted.keys():
        writer.remove(brief_id)
    changed = [brief_id for brief_id, digest in wanted.items() if have.get(brief_id) != digest]
    failed: list[Failure] = []
    seen = written = 0
    for part in writer.prepared(read_briefs(other, changed), failed):
        written += writer.write(part, {"added": [], "replaced": []}, as_named=True)
        seen += len(part)
        if progress:
            progress(seen, written)
    if failed:  # never a rebuilt index with less in it
        raise StoreError(f"cannot make {failed[0].source} again ({failed[0].reason}); the index is as it was")


@contextmanager
def scratch_folder(store: Path) -> Iterator[str]:
    """A folder beside the store that is gone afterwards.

    Raises:
        StoreError: it cannot be made.
    """
    try:
        folder = tempfile.TemporaryDirectory(prefix=scratch_name(store.name), dir=store.parent)
    except OSError as error:
        raise StoreError(f"cannot write beside {store} ({error.strerror}); check the folder and the space") from error
    with folder as name:
        yield name
