"""An index and a plain dictionary side by side: whatever is done to both, in any order, they agree.

In full, 2,000 steps: python -m tests.benchmarks.keeping machine
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from northbrief.corpus import Brief
from northbrief.index import Index, Retriever
from northbrief.index.backup import backup_index, restore_index
from northbrief.index.check import check_index
from northbrief.index.ingest import remove_brief
from northbrief.index.sync import apply_sync, known_documents, plan_sync, scan

from .conftest import FakeEncoder

NAMES = ("a", "b", "c", "d")
HARMS = (
    "UPDATE passages SET vector = zeroblob(length(vector)) WHERE n = (SELECT min(n) FROM passages)",
    "UPDATE passages SET start = start + 1 WHERE n = (SELECT max(n) FROM passages)",
    "DELETE FROM tokens WHERE n = (SELECT min(n) FROM passages)",
    "DELETE FROM pieces",
    "INSERT INTO lexical (lexical) VALUES ('delete-all')",
    "INSERT INTO lexical (rowid, terms) VALUES (99999, 'ghost')",
)
texts = st.lists(st.sampled_from([f"t{n}" for n in range(12)]), min_size=1, max_size=3, unique=True).map(
    lambda parts: "\n\n".join(" ".join(f"{part}w{i}" for i in range(30)) + "." for part in parts)
)
names = st.sampled_from(NAMES)


class Library(RuleBasedStateMachine):
    """`given` is what scripts added, by id; `files` what lies in the folder; `synced` what the last sync saw there."""

    def __init__(self) -> None:
        super().__init__()
        self.place = Path(tempfile.mkdtemp())
        self.docs = self.place / "docs"
        self.docs.mkdir()
        self.encoder = FakeEncoder()
        self.given: dict[str, str] = {}
        self.files: dict[str, str] = {}
        self.synced: dict[str, str] = {}
        self.saved: tuple[dict[str, str], dict[str, str]] | None = None
        self.crashes = 0

    @initialize()
    def start(self) -> None:
        self.index = Index.open(self.place / "0" / "index.db", encoder=self.encoder)

    @rule(drawn=st.dictionaries(names, texts, min_size=1))
    def add(self, drawn: dict[str, str]) -> None:
        briefs = {name: f"{name} {text}" for name, text in drawn.items()}  # one text under two ids would be one brief
        report = self.index.add(Brief(id=name, title=f"Title of {name}", text=text) for name, text in briefs.items())
        changed = {name for name in briefs if self.given.get(name) != briefs[name]}
        assert {*report.added, *report.replaced} == changed
        assert set(report.replaced) == changed & self.given.keys()
        self.given |= briefs

    @rule(name=names)
    def remove(self, name: str) -> None:
        assert self.index.remove(name) == (self.given.pop(name, None) is not None)

    @rule(name=names, text=texts)
    def write_file(self, name: str, text: str) -> None:
        self.files[f"file-{name}.txt"] = text
        (self.docs / f"file-{name}.txt").write_text(text, "utf-8")

    @precondition(lambda self: self.files)
    @rule(data=st.data())
    def delete_file(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.files)))
        del self.files[name]
        (self.docs / name).unlink()

    @precondition(lambda self: self.files)
    @rule(data=st.data(), new=st.sampled_from(["moved-x.txt", "moved-y.txt", "file-a.txt"]))
    def move_file(self, data: st.DataObject, new: str) -> None:
        name = data.draw(st.sampled_from(sorted(self.files)))
        self.files[new] = self.files.pop(name)
        (self.docs / name).replace(self.docs / new)

    @rule()
    def sync(self) -> None:
        found = scan([self.docs], known := known_documents(self.index))
        report = apply_sync(self.index, found, plan_sync(known, found), prune=True)
        if self.files or not self.synced:  # an empty folder is taken for one that is not mounted
            assert report.added.failed == ()
            self.synced = dict(self.files)
        else:
            assert "mounted" in report.added.failed[0].reason

    @rule(name=names)
    def crash(self, name: str) -> None:
        """Go on with the files as a process leaves them that is killed amid a change."""
        self.crashes += 1
        after = self.place / str(self.crashes)
        after.mkdir()

        class KilledError(Exception):
            pass

        try:
            with self.index.store.writing() as connection:
                remove_brief(connection, name, self.encoder)
                connection.execute("DELETE FROM documents")
                for file in ("index.db", "index.db-wal"):
                    if (self.index.path.parent / file).exists():
                        shutil.copyfile(self.index.path.parent / file, after / file)
                raise KilledError
        except KilledError:
            self.index.close()
        self.index = Index.open(after / "index.db", encoder=self.encoder)

    @rule(harm=st.sampled_from(HARMS))
    def damage_and_repair(self, harm: str) -> None:
        with closing(sqlite3.connect(self.index.path)) as connection:
            connection.execute(harm)
            connection.commit()
        assert check_index(self.index.path, encoder=self.encoder, repair=True).faults == ()
        self.index.close()
        self.index = Index.open(self.index.path, encoder=self.encoder)

    @rule()
    def rebuild(self) -> None:
        Index.rebuild(self.index.path, encoder=self.encoder)

    @rule()
    def back_up(self) -> None:
        backup_index(self.index.path, self.place / "copy.db")
        self.saved = dict(self.given), dict(self.synced)

    @precondition(lambda self: self.saved)
    @rule()
    def restore(self) -> None:
        assert self.saved
        restore_index(self.index.path, self.place / "copy.db", encoder=self.encoder)
        self.given, self.synced = dict(self.saved[0]), dict(self.saved[1])

    @invariant()
    def both_agree(self) -> None:
        briefs = self.index.briefs()
        assert {brief.id: brief.text for brief in briefs if not brief.source} == self.given
        assert sorted(brief.text for brief in briefs if brief.source) == sorted(set(self.synced.values()))

    @precondition(lambda self: self.given)
    @rule(data=st.data())
    def search(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.given)))
        wanted = self.given[name].split(".")[0].removeprefix(f"{name} ")
        found = Retriever(self.index, cap=None).search(wanted, k=100)
        assert any(wanted in hit.passage.text for hit in found)  # in this brief, or in one that is nearly the same
        stored = {brief.id: brief.text for brief in self.index.briefs()}
        assert all(hit.passage.text in stored[hit.brief.id] for hit in found)

    def teardown(self) -> None:
        if hasattr(self, "index"):
            assert check_index(self.index.path, encoder=self.encoder).faults == ()
            self.index.close()
        shutil.rmtree(self.place, ignore_errors=True)


TestLibrary = Library.TestCase
TestLibrary.settings = settings(
    max_examples=6,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=True,
)
