"""SQLite's errors, and values that are none of those we write, as our own errors: the one seam for both."""

import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..corpus import StoreDamaged, StoreError, StoreLocked
from .holder import current_holder


class BadValue(ValueError):
    """A stored value that is none of those we write."""


def sound(data: bytes, crc: int) -> bytes:
    """Return the stored bytes, if they are those that were written.

    Raises:
        BadValue: they are others.
    """
    if not isinstance(data, bytes) or zlib.crc32(data) != crc:
        raise BadValue("stored vectors are not as they were written")
    return data


@contextmanager
def our_errors(path: Path, waited: float) -> Iterator[None]:
    """SQLite's errors as ours; `waited` is how many seconds a writer waits for another."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if "locked" in str(error) or "busy" in str(error):
            holder = current_holder(path) or "another process"
            raise StoreLocked(
                f"{path} has been held for over {waited:.0f} s by {holder}; try again when it has ended"
            ) from error
        if "unable to open" in str(error) or "readonly" in str(error) or "disk" in str(error):
            raise StoreError(
                f"{path} cannot be opened or written ({error}); check the folder and the free space"
            ) from error
        raise _damaged(path, error) from error
    except (sqlite3.DatabaseError, UnicodeDecodeError, BadValue) as error:  # a damaged name in a message of SQLite's
        raise _damaged(path, error) from error


def _damaged(path: Path, error: Exception) -> StoreDamaged:
    return StoreDamaged(
        f"{path} is damaged or no index ({error}), expected a Northbrief index; "
        "`northbrief check` says what is damaged; `northbrief restore` puts a backup in its place"
    )
