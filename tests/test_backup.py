"""Backups: what a copy holds, what is refused, and that the index stays until a sound copy is in."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from northbrief.corpus import Brief, StoreDamaged, StoreError, StoreMismatch
from northbrief.corpus.chunk import Chunking
from northbrief.index import Encoding, Index, Retriever
from northbrief.index.backup import backup_index, restore_index
from northbrief.index.check import check_index
from northbrief.index.ingest import prepare
from northbrief.index.late import train_codec
from northbrief.index.sync import apply_sync, known_documents, plan_sync, scan

if TYPE_CHECKING:
    from northbrief.tests.conftest import FakeEncoder

MakeBrief = Callable[..., Brief]


@pytest.fixture
def filled(index: Index, make_brief: MakeBrief) -> Index:
    index.add(make_brief(f"b{n}", f"words n{n}w1 n{n}w2", authors=("Kim",)) for n in range(6))
    return index


def ids(index: Index) -> list[str]:
    return sorted(brief.id for brief in index.briefs())


def damage(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(statement)
        connection.commit()


def test_a_restored_index_holds_what_it_held_when_it_was_copied(
    filled: Index, tmp_path: Path, fake: FakeEncoder, make_brief: MakeBrief
) -> None:
    before, hits = filled.briefs(), Retriever(filled).search("n3w1 n3w2")
    assert backup_index(filled.path, tmp_path / "copy.db").briefs == 6
    filled.remove("b3")
    filled.add([make_brief("new", "later words"), make_brief("b1", "changed words")])
    assert restore_index(filled.path, tmp_path / "copy.db", encoder=fake).briefs == 6
    assert (filled.briefs(), Retriever(filled).search("n3w1 n3w2")) == (before, hits)
    assert check_index(filled.path, encoder=fake).sound


def test_a_copy_made_while_another_writes_is_of_one_moment(
    filled: Index, tmp_path: Path, fake: FakeEncoder, make_brief: MakeBrief
) -> None:
    stop = threading.Event()

    def write() -> None:
        n = 0
        while not stop.is_set():
            n += 1
            filled.add([make_brief("x", f"pair {n}"), make_brief("y", f"pair {n}")])

    thread = threading.Thread(target=write)
    thread.start()
    try:
        for n in range(5):
            backup_index(filled.path, tmp_path / f"copy{n}.db")
    finally:
        stop.set()
        thread.join()
    for n in range(5):
        with Index.open(tmp_path / f"copy{n}.db", encoder=fake) as copy:
            pair = {brief.text for brief in copy.briefs() if brief.id in "xy"}
            assert len(pair) <= 1
        assert check_index(tmp_path / f"copy{n}.db", encoder=fake).sound


def test_a_copy_is_one_file(filled: Index, tmp_path: Path) -> None:
    (tmp_path / "copies").mkdir()
    backup_index(filled.path, tmp_path / "copies" / "copy.db")
    assert [path.name for path in (tmp_path / "copies").iterdir()] == ["copy.db"]


@pytest.mark.parametrize("harm", ["cut", "flipped", "brief"])
def test_a_damaged_copy_is_refused_and_the_index_stays(
    filled: Index, tmp_path: Path, fake: FakeEncoder, harm: str
) -> None:
    copy = tmp_path / "copy.db"
    backup_index(filled.path, copy)
    data = bytearray(copy.read_bytes())
    if harm == "cut":
        copy.write_bytes(data[: len(data) // 2])
    elif harm == "flipped":
        data[data.index(b"n3w1")] ^= 1
        copy.write_bytes(data)
    else:
        damage(copy, "UPDATE briefs SET title = 'Other' WHERE id = 'b2'")
    filled.remove("b0")
    with pytest.raises(StoreDamaged):
        restore_index(filled.path, copy, encoder=fake)
    assert ids(filled) == ["b1", "b2", "b3", "b4", "b5"]
    assert [path.name for path in filled.path.parent.iterdir() if path.name.startswith(".")] == []


def test_a_damaged_index_is_not_copied_over_an_earlier_backup(filled: Index, tmp_path: Path) -> None:
    backup_index(filled.path, tmp_path / "copy.db")
    before = (tmp_path / "copy.db").read_bytes()
    damage(filled.path, "UPDATE briefs SET title = 'Other' WHERE id = 'b2'")
    with pytest.raises(StoreDamaged):
        backup_index(filled.path, tmp_path / "copy.db")
    assert (tmp_path / "copy.db").read_bytes() == before


@pytest.mark.parametrize("harm", ["cut", "noise", "missing"])
def test_an_index_that_is_damaged_is_put_aside_and_replaced(
    filled: Index, tmp_path: Path, fake: FakeEncoder, harm: str
) -> None:
    backup_index(filled.path, tmp_path / "copy.db")
    filled.close()
    data = filled.path.read_bytes()
    if harm == "missing":
        filled.path.unlink()
    else:
        filled.path.write_bytes(data[: len(data) // 3] if harm == "cut" else b"\xff" * 5000)
    report = restore_index(filled.path, tmp_path / "copy.db", encoder=fake)
    with Index.open(filled.path, encoder=fake) as index:
        assert ids(index) == [f"b{n}" for n in range(6)]
    assert check_index(filled.path, encoder=fake).sound
    assert (report.aside is None) == (harm == "missing")
    assert report.aside is None or report.aside.exists()


def test_a_copy_by_another_encoder_is_refused_and_the_index_stays(
    filled: Index, tmp_path: Path, fake: FakeEncoder, make_brief: MakeBrief
) -> None:
    other = type(fake)(name="other", dimension=48)
    with Index.open(tmp_path / "other.db", encoder=other) as index:
        index.add([make_brief("o", "other words")])
    backup_index(tmp_path / "other.db", tmp_path / "copy.db")
    with pytest.raises(StoreMismatch, match="other"):
        restore_index(filled.path, tmp_path / "copy.db", encoder=fake)
    assert len(ids(filled)) == 6


def test_places_that_make_no_sense_are_refused(filled: Index, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="another file"):
        backup_index(filled.path, filled.path)
    with pytest.raises(StoreError, match="another file"):
        backup_index(filled.path, tmp_path)
    with pytest.raises(StoreError, match="found no index"):
        backup_index(tmp_path / "none.db", tmp_path / "copy.db")
    with pytest.raises(StoreError, match="found no backup"):
        restore_index(filled.path, tmp_path / "none.db")
    with pytest.raises(StoreError, match="copy"):
        backup_index(filled.path, tmp_path / "no" / "such" / "copy.db")


def test_a_restored_index_knows_the_documents_of_its_backup(index: Index, tmp_path: Path, fake: FakeEncoder) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "a.txt").write_text("Words of a document.", "utf-8")
    found = scan([docs], {})
    apply_sync(index, found, plan_sync({}, found))
    backup_index(index.path, tmp_path / "copy.db")
    (docs / "b.txt").write_text("Words of another.", "utf-8")
    found = scan([docs], known := known_documents(index))
    apply_sync(index, found, plan_sync(known, found))
    restore_index(index.path, tmp_path / "copy.db", encoder=fake)
    known = known_documents(index)
    steps = [(step.action.value, Path(step.source).name) for step in plan_sync(known, scan([docs], known)).steps]
    assert steps == [("new", "b.txt")]


def test_what_is_added_after_a_restore_is_packed_as_the_restored_content_is(
    filled: Index, tmp_path: Path, fake: FakeEncoder, make_brief: MakeBrief, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The backup has a codec of its own, as one from another machine has; the handle that writes was open before."""
    other = train_codec(np.random.default_rng(7).standard_normal((4_000, 32)).astype(np.float32))
    with monkeypatch.context() as fitted:
        fitted.setattr("northbrief.index.build.fitted_codec", lambda _: other)
        with Index.open(tmp_path / "other", encoder=fake) as index:
            index.add([make_brief("old", "words of the old one")])
            backup_index(index.path, tmp_path / "copy.db")

    def packed(brief_id: str) -> list[bytes]:
        query = "SELECT packed FROM tokens JOIN passages p USING (n) JOIN briefs b ON b.n = p.brief WHERE b.id = ?"
        with filled.store.reading() as connection:
            return [row[0] for row in connection.execute(query, (brief_id,))]

    def expected(brief: Brief) -> list[bytes]:
        return [other.pack(fake.encode([text])[0].tokens) for text in prepare(brief, fake, Chunking()).inputs]

    before, during = make_brief("before", "words that come after"), make_brief("during", "words that come meanwhile")
    restore_index(filled.path, tmp_path / "copy.db", encoder=fake)
    filled.add([before])
    assert packed("before") == expected(before)
    Index.rebuild(filled.path, encoder=fake)  # with this machine's own codec again
    encode = fake.encode
    restored: list[object] = []

    def restoring(texts: Sequence[str]) -> list[Encoding]:
        if not restored:  # while a writer encodes
            restored.append(restore_index(filled.path, tmp_path / "copy.db", encoder=fake))
        return encode(texts)

    with monkeypatch.context() as slow:
        slow.setattr(fake, "encode", restoring)
        filled.add([during])
    assert packed("during") == expected(during)
