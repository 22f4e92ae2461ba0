"""Files and folders in, briefs out; what cannot be read is kept with its reason and stops nothing else."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .errors import BriefError
from .read import READERS, Document, read_sidecar
from .types import Brief, DateSource, Failure

_SETTINGS = "northbrief.toml"


class BriefLoader:
    """The briefs of some files, read one by one while iterating.

    `failed` fills up as files are read and is complete at the end; `len()` is the number of files, for progress bars.
    Iterating again reads the files again.
    """

    def __init__(self, files: list[Path], failed: list[Failure]) -> None:
        self.files = files
        self._unread = failed
        self.failed: list[Failure] = list(failed)

    def __len__(self) -> int:
        return len(self.files)

    def __iter__(self) -> Iterator[Brief]:
        self.failed = list(self._unread)
        for file in self.files:
            yield from self._briefs(file)

    def _briefs(self, file: Path) -> Iterator[Brief]:
        try:
            given = _sidecar(file)
            for document in READERS[file.suffix.lower()](file.read_bytes()):
                place = f"{file}, {document.place}" if document.place else str(file)
                try:
                    if document.reason:
                        raise BriefError(document.reason)
                    yield _brief(document, given, file)
                except BriefError as error:
                    self.failed.append(Failure(place, str(error)))
        except (BriefError, OSError) as error:
            self.failed.append(Failure(str(file), _reason(error)))


def load_briefs(*paths: str | os.PathLike[str]) -> BriefLoader:
    """Return the briefs in `paths`: files, or folders that are searched to any depth.

    Hidden files, sidecars (`NAME.toml` beside `NAME.txt`) and northbrief.toml are no briefs and are passed over.

    Raises:
        BriefError: a path that does not exist, or a file given by name whose suffix no reader takes.
    """
    files: list[Path] = []
    failed: list[Failure] = []
    for path in map(Path, paths):
        path = path.expanduser()
        if path.is_dir():
            found, unread = _walk(path)
            files += found
            failed += unread
        elif not path.exists():
            raise BriefError(f"found nothing at {path}, expected a file or a folder; check the path")
        elif path.suffix.lower() not in READERS:
            raise BriefError(f"{path}: {_unknown(path)}")
        else:
            files.append(path)
    return BriefLoader(list(dict.fromkeys(files)), failed)


def _walk(folder: Path) -> tuple[list[Path], list[Failure]]:
    files: list[Path] = []
    failed: list[Failure] = []

    def unreadable(error: OSError) -> None:
        failed.append(Failure(str(error.filename), _reason(error)))

    for root, folders, names in os.walk(folder, onerror=unreadable):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(root, name)
            if path.suffix.lower() in READERS and not name.startswith("."):
                files.append(path)
            elif not (name.startswith(".") or name == _SETTINGS or _is_sidecar(path, names)):
                failed.append(Failure(str(path), _unknown(path)))
    return files, failed


def _unknown(path: Path) -> str:
    return f"found the suffix {path.suffix or 'none'!r}, expected one of {' '.join(READERS)}; convert the file"


def _is_sidecar(path: Path, names: list[str]) -> bool:
    others = [Path(name) for name in names if name != path.name]
    return path.suffix == ".toml" and any(path.stem in (other.name, other.stem) for other in others)


def _sidecar(file: Path) -> dict[str, Any]:
    """The sidecar's fields: `report.txt.toml` if it is there, else `report.toml`."""
    for path in (file.with_name(file.name + ".toml"), file.with_suffix(".toml")):
        if path.is_file() and path.name != _SETTINGS:
            return read_sidecar(path)
    return {}


def _brief(document: Document, given: dict[str, Any], file: Path) -> Brief:
    fields = document.fields | given  # given keys win over what the reader found
    if "published" in given:
        fields["published_from"] = DateSource.GIVEN
    if "id" not in fields:
        fields |= {"id": file.stem, "derived_id": True}
    fields.setdefault("title", file.stem)
    return Brief(**fields, source=str(file.resolve()))


def _reason(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"could not be read ({error.strerror or error}); check the file and its permissions"
    return str(error)
