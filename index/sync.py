"""An index kept in step with folders: what is new, changed, moved or vanished, decided by content hashes.

`scan` looks at the folders, `plan_sync` compares with what is remembered, `apply_sync` does the steps.
A document is remembered after its briefs were committed, so a sync that broke off goes on where it stopped, and what it
does twice costs nothing. What was removed by hand stays removed until its file changes.
"""

import hashlib
import os
import time
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from ..corpus import BriefError, Failure, load_briefs
from ..corpus.records import Records, read_records
from .index import Index
from .types import AddReport, Progress

GROUP = 64  # files read, committed and remembered together
SETTLED_NS = 3_000_000_000  # a file changed within 3 s may change again within one tick of a coarse clock


class Action(StrEnum):
    """What a sync does with a document."""

    NEW = "new"
    CHANGED = "changed"
    MOVED = "moved"
    VANISHED = "vanished"


@dataclass(frozen=True, slots=True)
class Document:
    """A document as it was last read: where it lies, in which folder of the settings, the hash (16 bytes) of content,
    sidecar and entry in a reference list, and a stamp of their sizes and times, empty when those are too fresh."""

    source: str
    root: str
    digest: bytes
    stamp: str


@dataclass(frozen=True, slots=True)
class Scan:
    """What lies in the folders; under a path in `closed` nothing can be told to have vanished."""

    documents: tuple[Document, ...]
    roots: tuple[str, ...]
    closed: tuple[str, ...]
    failed: tuple[Failure, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do; `was` is where a moved document lay before."""

    action: Action
    source: str
    was: str = ""


@dataclass(frozen=True, slots=True)
class SyncPlan:
    """The steps, and the documents that need none."""

    steps: tuple[Step, ...]
    unchanged: tuple[str, ...]

    def of(self, *actions: Action) -> list[Step]:
        """Return the steps of these kinds."""
        return [step for step in self.steps if step.action in actions]


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What was done. `pruned` are ids of removed briefs, `vanished` ids of briefs that prune would remove."""

    plan: SyncPlan
    added: AddReport
    pruned: tuple[str, ...] = ()
    vanished: tuple[str, ...] = ()


def scan(folders: Iterable[Path], known: Mapping[str, Document], now_ns: int | None = None) -> Scan:
    """Return the documents in the folders; one whose stamp is the remembered one is not read again."""
    documents: dict[str, Document] = {}
    failed: list[Failure] = []
    closed: list[str] = []
    roots = []
    records: dict[Path, Records] = {}
    for folder in folders:
        root = str(folder.expanduser().resolve())
        roots.append(root)
        try:
            if not Path(root).is_dir():
                raise BriefError(f"found no folder at {root}; nothing that came from it is taken to have vanished")
            loader = load_briefs(root)
        except (BriefError, OSError) as error:
            failed.append(Failure(root, str(error)))
            closed.append(root)
            continue
        failed += loader.failed
        closed += [failure.source for failure in loader.failed]
        came = sum(document.root == root for document in known.values())
        if came and not loader.files:
            failed.append(
                Failure(root, f"found nothing in it, expected the {came} documents that came from it; is it mounted?")
            )
            closed.append(root)
        for file in loader.files:
            source = str(file.resolve())
            if source in documents:
                continue
            try:
                if file.parent not in records:
                    records[file.parent] = read_records(file.parent)
                entry = repr(sorted(records[file.parent].find(file.name)[0].items()))
                documents[source] = _seen(source, root, entry, known.get(source), now_ns or time.time_ns())
            except OSError as error:
                failed.append(Failure(source, f"could not be read ({error.strerror or error}); check its permissions"))
                closed.append(source)
    return Scan(tuple(documents.values()), tuple(roots), tuple(closed), tuple(failed))


def plan_sync(known: Mapping[str, Document], found: Scan, exists: Callable[[str], bool] = os.path.exists) -> SyncPlan:
    """Return what brings the index in step.

    A document that is new, with the content of a known one that is no longer in its place, was moved.
    """
    seen = {document.source: document for document in found.documents}
    unchanged = [source for source, each in seen.items() if source in known and known[source].digest == each.digest]
    away: dict[bytes, list[str]] = {}
    for source, document in sorted(known.items(), reverse=True):
        if source not in seen and not exists(source):
            away.setdefault(document.digest, []).append(source)
    moved, changed, new = [], [], []
    for source, document in seen.items():
        if source in known:
            if known[source].digest != document.digest:
                changed.append(Step(Action.CHANGED, source))
        elif away.get(document.digest):
            moved.append(Step(Action.MOVED, source, was=away[document.digest].pop()))
        else:
            new.append(Step(Action.NEW, source))
    left = {step.was for step in moved}
    vanished = [
        Step(Action.VANISHED, source)
        for source, document in sorted(known.items())
        if source not in seen and source not in left and document.root in found.roots
        if not any(source == path or source.startswith(path.rstrip(os.sep) + os.sep) for path in found.closed)
    ]
    return SyncPlan((*moved, *changed, *new, *vanished), tuple(unchanged))


def known_documents(index: Index) -> dict[str, Document]:
    """Return what is remembered of earlier syncs, by source."""
    with index.store.reading() as connection:
        rows = connection.execute("SELECT source, root, digest, stamp FROM documents")
        return {row[0]: Document(*row) for row in rows}


def apply_sync(
    index: Index, found: Scan, plan: SyncPlan, *, prune: bool = False, progress: Progress | None = None
) -> SyncReport:
    """Do the steps; with `prune`, briefs whose document has vanished are removed.

    Raises:
        StoreLocked: another process kept writing.
        WeightsError: the encoder cannot be loaded.
    """
    seen = {document.source: document for document in found.documents}
    for step in plan.of(Action.MOVED):
        index.move_source(step.was, step.source)
        _remember(index, [seen[step.source]], forget=[step.was])
    _remember(index, _restamped(index, [seen[source] for source in plan.unchanged]))
    sources = [step.source for step in plan.of(Action.CHANGED, Action.NEW)]
    claimed = _claimed(index, set(sources))
    reports: list[AddReport] = []
    stale: list[str] = []
    for start in range(0, len(sources), GROUP):
        group = sources[start : start + GROUP]
        before = _ids(index, group)
        report = _added(index, group, reports, claimed, progress)
        reports.append(report)
        failed = [failure.source for failure in report.failed]
        whole = [source for source in group if not any(f == source or f.startswith(f"{source}, ") for f in failed)]
        met = {*report.added, *report.unchanged, *report.replaced}
        after = _ids(index, whole)
        stale += [each for source in whole for each in after[source] if each in before[source] and each not in met]
        _remember(index, [seen[source] for source in whole])
    gone = plan.of(Action.VANISHED)
    vanished = [each for ids in _ids(index, [step.source for step in gone]).values() for each in ids] + stale
    pruned: list[str] = []
    if prune:
        for step in gone:
            pruned += index.drop_source(step.source)[1]
            _remember(index, [], forget=[step.source])
        pruned += [each for each in stale if len(index.names(each)) == 1 and index.remove(each)]
    added = AddReport.of([AddReport(failed=found.failed), *reports])
    return SyncReport(plan, added, tuple(pruned), () if prune else tuple(vanished))


def _seen(source: str, root: str, entry: str, known: Document | None, now_ns: int) -> Document:
    """The document as it is now; its bytes are read unless its stamp is the remembered one."""
    file = Path(source)
    paths = [file, file.with_name(file.name + ".toml"), file.with_suffix(".toml")]
    stats = [path.stat() if path.is_file() else None for path in paths]
    # A change sets ctime, which no program can set back; on Windows it is the time of creation, and mtime has to do.
    stamp = ";".join(f"{s.st_size}-{s.st_mtime_ns}-{s.st_ctime_ns}-{s.st_ino}" if s else "" for s in stats)
    stamp += f";{zlib.crc32(entry.encode('utf-8', 'surrogatepass')):x}"
    if known is not None and known.stamp == stamp:
        return Document(source, root, known.digest, stamp)
    newest = max(max(s.st_mtime_ns, s.st_ctime_ns) for s in stats if s)
    digest = hashlib.blake2b(entry.encode("utf-8", "surrogatepass"), digest_size=16)
    for number, (path, stat) in enumerate(zip(paths, stats, strict=True)):
        if stat:
            data = path.read_bytes()
            digest.update(f"{number}:{len(data)}:".encode())
            digest.update(data)
    return Document(source, root, digest.digest(), stamp if newest + SETTLED_NS < now_ns else "")


def _added(
    index: Index, group: Sequence[str], reports: Sequence[AddReport], claimed: dict[str, str], progress: Progress | None
) -> AddReport:
    done = sum(len(r.added) + len(r.unchanged) + len(r.replaced) for r in reports)
    passages = sum(report.passages for report in reports)
    return index.add(
        load_briefs(*group),
        progress and (lambda seen, written: progress(done + seen, passages + written)),
        claimed=claimed,
    )


def _ids(index: Index, sources: Sequence[str]) -> dict[str, list[str]]:
    with index.store.reading() as connection:
        return {
            source: [row[0] for row in connection.execute("SELECT id FROM briefs WHERE source = ?", (source,))]
            for source in sources
        }


def _claimed(index: Index, read: set[str]) -> dict[str, str]:
    """The given ids of documents that are not read this time: another file must not take them."""
    with index.store.reading() as connection:
        rows = connection.execute(
            "SELECT b.id, b.source FROM briefs b JOIN documents d ON d.source = b.source WHERE NOT b.derived_id"
        )
        return {brief_id: source for brief_id, source in rows if source not in read}


def _restamped(index: Index, documents: Sequence[Document]) -> list[Document]:
    known = known_documents(index)
    return [each for each in documents if known.get(each.source) != each]


def _remember(index: Index, documents: Sequence[Document], forget: Sequence[str] = ()) -> None:
    """Remember the documents as they were read; the content is the same, so the generation stays."""
    if not documents and not forget:
        return
    with index.store.writing(same_content=True) as connection:
        connection.executemany("DELETE FROM documents WHERE source = ?", [(source,) for source in forget])
        connection.executemany(
            "INSERT OR REPLACE INTO documents (source, root, digest, stamp) VALUES (?, ?, ?, ?)",
            [(each.source, each.root, each.digest, each.stamp) for each in documents],
        )
