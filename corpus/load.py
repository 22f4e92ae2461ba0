"""Files and folders in, briefs out; what cannot be read is kept with its reason and stops nothing else."""

import os
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from .errors import BriefError
from .kinds import KINDS, SUFFIXES
from .parse import WORKERS, read_document
from .read import Document, read_sidecar
from .records import RECORDS, Records, read_records
from .types import Brief, DateSource, Failure

_SETTINGS = "northbrief.toml"


class BriefLoader:
    """The briefs of some files, read one by one while iterating.

    `failed` fills up as files are read and is complete at the end; `len()` is the number of files, for progress bars.
    Iterating again reads the files again. `ocr`: pages without text are recognised, by tesseract.
    """

    def __init__(self, files: list[Path], failed: list[Failure], ocr: bool = False) -> None:
        self.files = files
        self.ocr = ocr
        self._unread = failed
        self.failed: list[Failure] = list(failed)

    def __len__(self) -> int:
        return len(self.files)

    def __iter__(self) -> Iterator[Brief]:
        self.failed = list(self._unread)
        records: dict[Path, Records] = {}
        with ThreadPoolExecutor(WORKERS) as threads:  # each waits for a worker process
            ahead: deque[tuple[Path, Future[list[Document]]]] = deque()
            for file in self.files:
                ahead.append((file, threads.submit(self._read, file)))
                if len(ahead) > 2 * WORKERS:
                    yield from self._briefs(*ahead.popleft(), records)
            while ahead:
                yield from self._briefs(*ahead.popleft(), records)

    def _read(self, file: Path) -> list[Document]:
        return read_document(file.read_bytes(), file.name, ocr=self.ocr)

    def _briefs(self, file: Path, read: "Future[list[Document]]", records: dict[Path, Records]) -> Iterator[Brief]:
        try:
            given, _ = given_beside(file, records)
            for document in read.result():
                place = f"{file}, {document.place}" if document.place else str(file)
                try:
                    if document.reason:
                        raise BriefError(document.reason)
                    yield to_brief(document, given, source=str(file.resolve()), name=file.name)
                except BriefError as error:
                    self.failed.append(Failure(place, str(error)))
        except (BriefError, OSError) as error:
            self.failed.append(Failure(str(file), _reason(error)))


def load_briefs(*paths: str | os.PathLike[str], ocr: bool = False) -> BriefLoader:
    """Return the briefs in `paths`: files, or folders that are searched to any depth.

    Hidden files, sidecars (`NAME.toml` beside `NAME.txt`), exports of reference managers (.bib, .ris, .json) and
    northbrief.toml are no briefs and are passed over. With `ocr`, pages without text are recognised by tesseract.

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
        elif path.suffix.lower() not in SUFFIXES:
            raise BriefError(f"{path}: {_unknown(path)}")
        else:
            files.append(path)
    return BriefLoader(list(dict.fromkeys(files)), failed, ocr)


def _walk(folder: Path) -> tuple[list[Path], list[Failure]]:
    files: list[Path] = []
    failed: list[Failure] = []

    def unreadable(error: OSError) -> None:
        failed.append(Failure(str(error.filename), _reason(error)))

    for root, folders, names in os.walk(folder, onerror=unreadable):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(root, name)
            if path.suffix.lower() in SUFFIXES and not name.startswith("."):
                files.append(path)
            elif not (name.startswith(".") or name == _SETTINGS or path.suffix in RECORDS or _is_sidecar(path, names)):
                failed.append(Failure(str(path), _unknown(path)))
    return files, failed


def _unknown(path: Path) -> str:
    return f"found the suffix {path.suffix or 'none'!r}, expected one of {' '.join(KINDS)}; convert the file"


def _is_sidecar(path: Path, names: list[str]) -> bool:
    others = [Path(name) for name in names if name != path.name]
    return path.suffix == ".toml" and any(path.stem in (other.name, other.stem) for other in others)


def given_beside(file: Path, records: dict[Path, Records]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the fields that files beside `file` give, and where each stands: its sidecar, else a reference list.

    `records` keeps the reference lists of the folders that were seen.
    """
    if file.parent not in records:
        records[file.parent] = read_records(file.parent)
    fields, name = records[file.parent].find(file.name)
    origins = dict.fromkeys(fields, f"the reference list {name}")
    for path in (file.with_name(file.name + ".toml"), file.with_suffix(".toml")):
        if path.is_file() and path.name != _SETTINGS:
            given = read_sidecar(path)
            return fields | given, origins | dict.fromkeys(given, f"the sidecar {path.name}")
    return fields, origins


def to_brief(document: Document, given: dict[str, Any], *, source: str, name: str) -> Brief:
    """Return the brief of `document`; keys that were given win over what the reader found.

    `name` is the name of its file, whose stem is its id where none was given.

    Raises:
        BriefError: it has no text, or a value cannot be stored.
    """
    fields = document.fields | given
    if "published" in given:
        fields["published_from"] = DateSource.GIVEN
    stem = Path(name).stem
    if "id" not in fields:
        fields |= {"id": stem, "derived_id": True}
    fields.setdefault("title", stem)
    return Brief(**fields, source=source)


def _reason(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"could not be read ({error.strerror or error}); check the file and its permissions"
    return str(error)
