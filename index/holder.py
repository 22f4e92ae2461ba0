"""Who is at work on an index, and what killed processes left behind.

A small file beside the index says who writes it, only to tell a second writer whom it waits for. The lock itself is
SQLite's, which a process that ends, however it ends, lets go. So the file may be wrong or missing and nothing breaks: a
record whose process has ended is not believed.
"""

import glob
import json
import os
import re
import shutil
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

SHOWN = 100  # characters of a command line


@dataclass(frozen=True, slots=True)
class Holder:
    """A writing process: its id, its machine, its command line, and since when (ISO time, local)."""

    pid: int
    host: str
    command: str
    since: str

    def __str__(self) -> str:
        if self.pid == os.getpid() and self.host == socket.gethostname():
            return f"another thread of this process, since {self.since}"
        return f"process {self.pid} on {self.host} ({self.command}), since {self.since}"


@contextmanager
def recorded(store: Path) -> Iterator[None]:
    """Say, for the length of the block, that this process writes the index; it holds SQLite's lock already."""
    place = _place(store)
    command = " ".join([Path(sys.argv[0] or "python").name, *sys.argv[1:]])[:SHOWN]
    holder = Holder(os.getpid(), socket.gethostname(), command, datetime.now().isoformat(" ", "seconds"))
    with suppress(OSError):  # a full disk: the write itself will say so
        place.write_text(json.dumps(asdict(holder)), "utf-8")
    try:
        yield
    finally:
        with suppress(OSError):
            place.unlink()


def current_holder(store: Path) -> Holder | None:
    """Return who writes the index, or None when nobody said so or the one who did has ended."""
    try:
        holder = Holder(**json.loads(_place(store).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    return holder if holder.host != socket.gethostname() or is_alive(holder.pid) else None


def is_alive(pid: int) -> bool:
    """Whether a process of this machine has this id; on Windows, where asking would end it, always."""
    if sys.platform == "win32":
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):  # another user's
        return True
    return True


def scratch_name(name: str) -> str:
    """Return how the names of this process's scratch files beside the file `name` begin."""
    return f".{name}.{os.getpid()}-"


def leftovers(store: Path) -> list[Path]:
    """Return the scratch files and folders beside the store whose process was killed."""
    found = []
    for path in store.parent.glob(f".{glob.escape(store.stem)}*"):
        match = re.fullmatch(rf"\.{re.escape(store.stem)}.*?\.(\d+)-.*", path.name)
        if match and not is_alive(int(match[1])):
            found.append(path)
    return found


def clear_leftovers(store: Path) -> None:
    """Remove the scratch files and folders beside the store whose process was killed."""
    for path in leftovers(store):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            with suppress(OSError):
                path.unlink()


def _place(store: Path) -> Path:
    return store.with_name(store.name + "-writer")
