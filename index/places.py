"""Where the index lies: a file, by default in the user's data folder, or a collection of Milvus."""

import os
from pathlib import Path

import platformdirs

from ..corpus import StoreError

FILE_NAME = "index.db"
SCHEMES = ("http://", "https://", "milvus://")


def chosen(path: str | os.PathLike[str] | None) -> str:
    """Return where the index is to be: `path`, else NORTHBRIEF_HOME, else the user's data folder."""
    if path is not None:
        return os.fspath(path)
    return os.environ.get("NORTHBRIEF_HOME") or platformdirs.user_data_dir("northbrief", appauthor=False)


def is_address(path: str) -> bool:
    """Whether an index's place is Milvus' and no file."""
    return path.startswith(SCHEMES)


def index_file(path: str | os.PathLike[str] | None) -> Path:
    """Return the file of the index at `path`: itself, or FILE_NAME in it if it is a folder or has no suffix.

    Raises:
        StoreError: it is the address of an index in Milvus.
    """
    named = chosen(path)
    if is_address(named):
        raise StoreError(
            f"found {named}, expected a file: this is only for an index in one; `northbrief move` makes one"
        )
    if path is None:
        return Path(named).expanduser() / FILE_NAME
    place = Path(path).expanduser()
    return place / FILE_NAME if place.is_dir() or not place.suffix else place
