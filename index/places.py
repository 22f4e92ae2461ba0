"""Where the index lies: a file, by default in the user's data folder."""

import os
from pathlib import Path

import platformdirs

FILE_NAME = "index.db"


def index_file(path: str | os.PathLike[str] | None) -> Path:
    """Return the file of the index at `path`: itself, or FILE_NAME in it if it is a folder or has no suffix."""
    if path is None:
        home = os.environ.get("NORTHBRIEF_HOME")
        return Path(home or platformdirs.user_data_dir("northbrief", appauthor=False)).expanduser() / FILE_NAME
    place = Path(path).expanduser()
    return place / FILE_NAME if place.is_dir() or not place.suffix else place
