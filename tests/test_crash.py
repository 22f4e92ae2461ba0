"""A process that is killed, a disk that is full, a folder that cannot be written: nothing that was reported is lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from northbrief.corpus import Brief, StoreError
from northbrief.index import Index, Retriever
from northbrief.index.backup import backup_index
from northbrief.index.check import check_index
from northbrief.index.holder import scratch_name
from northbrief.index.large import Large

if TYPE_CHECKING:
    from northbrief.tests.conftest import FakeEncoder

ROOT = Path(__file__).resolve().parents[1]
MakeBrief = Callable[..., Brief]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked")
def test_a_process_killed_at_any_instant_loses_nothing_it_had_reported() -> None:
    command = [sys.executable, "-m", "tests.benchmarks.keeping", "kill", "--times", "10", "--seed", "7"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["instants"] == 10


def test_what_a_killed_process_left_is_told_and_cleared(index: Index, fake: FakeEncoder, make_brief: MakeBrief) -> None:
    index.add([make_brief("a", "some words")])
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    left = index.path.with_name(scratch_name(index.path.name).replace(str(os.getpid()), str(ended.pid)) + "x")
    left.mkdir()
    (left / "index.db").write_bytes(b"half")
    mine = index.path.with_name(scratch_name(index.path.name) + "x")
    mine.write_bytes(b"at work")
    report = check_index(index.path, encoder=fake)
    assert (report.sound, [left.name in note for note in report.notes]) == (True, [True])
    check_index(index.path, encoder=fake, repair=True)
    assert (left.exists(), mine.exists()) == (False, True)


# --- a disk of its own -----------------------------------------------------------------------------------------------


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of three megabytes."""
    place = tmp_path / "disk"
    place.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", place], capture_output=True, check=False)
    if made.returncode:
        pytest.skip("file systems cannot be mounted here")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def remount(disk: Path, options: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{options}", disk], check=True)


def filled(index: Index, make_brief: MakeBrief) -> list[str]:
    """Add briefs until the disk is full; the ids of those that were reported."""
    reported: list[str] = []
    with pytest.raises(StoreError, match="free space"):
        for n in range(2000):
            words = " ".join(f"n{n}w{i}" for i in range(600))
            reported += index.add([make_brief(f"b{n}", words)]).added
    return reported


def holds_exactly(path: Path, fake: FakeEncoder, ids: list[str]) -> None:
    assert check_index(path, encoder=fake).faults == ()
    with Index.open(path, encoder=fake) as index:
        assert sorted(brief.id for brief in index.briefs()) == sorted(ids)
        for brief_id in ids[:3]:
            assert Retriever(index).search(f"n{brief_id[1:]}w1 n{brief_id[1:]}w2")[0].brief.id == brief_id


def test_a_full_disk_is_said_and_what_was_reported_is_there(
    disk: Path, fake: FakeEncoder, make_brief: MakeBrief
) -> None:
    with Index.open(disk / "index.db", encoder=fake) as index:
        reported = filled(index, make_brief)
        assert len(reported) > 5
        assert Retriever(index).search("n1w1 n1w2")[0].brief.id == "b1"  # it can be searched all the same
    holds_exactly(disk / "index.db", fake, reported)
    remount(disk, "size=12m")
    with Index.open(disk / "index.db", encoder=fake) as index:
        reported += index.add([make_brief("late", "there is room again")]).added
    holds_exactly(disk / "index.db", fake, reported)


def test_a_process_killed_on_a_full_disk_loses_nothing(disk: Path, fake: FakeEncoder, make_brief: MakeBrief) -> None:
    index = Index.open(disk / "index.db", encoder=fake)
    reported = filled(index, make_brief)
    copied = disk.parent / "copied"  # the files as a killed process leaves them: the log not brought in
    copied.mkdir()
    for name in ("index.db", "index.db-wal"):
        (copied / name).write_bytes((disk / name).read_bytes())
    index.close()
    holds_exactly(copied / "index.db", fake, reported)


def test_a_rebuild_and_a_backup_on_a_full_disk_change_nothing(
    disk: Path, fake: FakeEncoder, make_brief: MakeBrief
) -> None:
    with Index.open(disk / "index.db", encoder=fake) as index:
        reported = filled(index, make_brief)
    with pytest.raises(StoreError):
        Index.rebuild(disk / "index.db", encoder=fake)
    with pytest.raises(StoreError):
        backup_index(disk / "index.db", disk / "copy.db")
    assert [path.name for path in disk.iterdir() if not path.name.startswith("index.db")] == []
    holds_exactly(disk / "index.db", fake, reported)


def test_an_index_in_a_folder_that_cannot_be_written_is_searched_and_not_changed(
    disk: Path, fake: FakeEncoder, make_brief: MakeBrief, tmp_path: Path
) -> None:
    with Index.open(disk / "index.db", encoder=fake) as index:
        index.add(make_brief(f"b{n}", f"n{n}w1 n{n}w2") for n in range(5))
    remount(disk, "ro")
    holds_exactly(disk / "index.db", fake, [f"b{n}" for n in range(5)])
    with Index.open(disk / "index.db", encoder=fake) as index:
        with pytest.raises(StoreError, match="cannot be opened or written"):
            index.add([make_brief("more", "words")])
        with pytest.raises(StoreError, match="cannot be opened or written"):
            index.remove("b1")
        assert len(index.briefs()) == 5
    with pytest.raises(StoreError):
        Index.rebuild(disk / "index.db", encoder=fake)
    assert backup_index(disk / "index.db", tmp_path / "copy.db").briefs == 5
    holds_exactly(disk / "index.db", fake, [f"b{n}" for n in range(5)])


def test_a_large_index_in_a_folder_that_cannot_be_written_is_searched_by_what_was_derived(
    disk: Path, fake: FakeEncoder, make_brief: MakeBrief, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("northbrief.index.dense.APPROXIMATE_FROM", 30)
    with Index.open(disk / "index.db", encoder=fake) as index:
        index.add(make_brief(f"b{n}", f"n{n}w1 n{n}w2") for n in range(40))
        index.save_dense()
    remount(disk, "ro")
    with Index.open(disk / "index.db", encoder=fake) as index:
        with index.reading() as view:
            assert isinstance(view.dense, Large)
        assert Retriever(index).search("n7w1 n7w2")[0].brief.id == "b7"
