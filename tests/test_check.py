"""What `check` finds in a damaged index, what it mends, and that nothing damaged is ever shown."""

from __future__ import annotations

import random
import sqlite3
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from northbrief.corpus import Brief, NorthbriefError, StoreDamaged, StoreError
from northbrief.index import Index, Retriever
from northbrief.index.check import check_index

if TYPE_CHECKING:
    from northbrief.tests.conftest import FakeEncoder

MakeBrief = Callable[..., Brief]
QUESTION = "w1 w22 w333"


def words(seed: int, count: int) -> str:
    pick = random.Random(seed)
    return " ".join(f"w{pick.randrange(400)}" for _ in range(count))


def briefs(make_brief: MakeBrief) -> Iterator[Brief]:
    for n in range(20):
        text = "\n\n".join(words(10 * n + part, 40) + "." for part in range(3))
        yield make_brief(f"b{n}", text, authors=("Kim",), institution="Institute")


@pytest.fixture(scope="module")
def made() -> dict[str, bytes]:
    """The bytes of the file below, once it is made."""
    return {}


@pytest.fixture
def kept(tmp_path: Path, fake: FakeEncoder, make_brief: MakeBrief, made: dict[str, bytes]) -> Path:
    """The file of a closed index with sixty passages."""
    path = tmp_path / "kept.db"
    if not made:
        with Index.open(path, encoder=fake) as index:
            index.add(briefs(make_brief))
        made["kept"] = path.read_bytes()
    path.write_bytes(made["kept"])
    return path


def change(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def found(path: Path, fake: FakeEncoder) -> list[tuple[str, str, float]]:
    with Index.open(path, encoder=fake) as index:
        hits = Retriever(index).search(QUESTION, k=60)
    return [(hit.passage.id, hit.passage.text, hit.score) for hit in hits]


def test_a_sound_index_has_no_faults(kept: Path, fake: FakeEncoder) -> None:
    report = check_index(kept, encoder=fake)
    assert (report.faults, report.notes, report.briefs, report.passages) == ((), (), 20, 60)


def test_an_empty_index_has_no_faults(index: Index, fake: FakeEncoder) -> None:
    assert check_index(index.path, encoder=fake).sound


def test_an_index_that_is_not_there_is_not_made_by_checking(tmp_path: Path, fake: FakeEncoder) -> None:
    with pytest.raises(StoreError, match="found no index"):
        check_index(tmp_path / "none.db", encoder=fake)
    assert list(tmp_path.iterdir()) == []


HARMS = {
    "a vector": ("passages", "UPDATE passages SET vector = zeroblob(64) WHERE n = 7"),
    "a vector's size": ("passages", "UPDATE passages SET vector = x'00' WHERE n = 7"),
    "a span": ("passages", "UPDATE passages SET start = start + 1 WHERE n = 7"),
    "a heading": ("passages", "UPDATE passages SET heading = 'Other' WHERE n = 7"),
    "an id": ("passages", "UPDATE passages SET id = 'ffff' WHERE n = 7"),
    "an input": ("passages", "UPDATE passages SET input = zeroblob(16) WHERE n = 7"),
    "no passages": ("passages", "DELETE FROM passages WHERE brief = 3"),
    "token vectors": ("tokens", "UPDATE tokens SET packed = substr(packed, 2) WHERE n = 7"),
    "no token vectors": ("tokens", "DELETE FROM tokens WHERE n = 7"),
    "token vectors of nothing": ("database", "INSERT INTO tokens VALUES (999, x'00', 0)"),
    "a word too many": ("lexical", "INSERT INTO lexical (rowid, terms) VALUES (7, 'ghost')"),
    "words of a passage that is gone": ("lexical", "INSERT INTO lexical (rowid, terms) VALUES (999, 'w1')"),
    "no words": ("lexical", "INSERT INTO lexical (lexical) VALUES ('delete-all')"),
    "a passage's length": ("lexical", "UPDATE lexical_docsize SET sz = x'01' WHERE id = 7"),
    "a count": ("pieces", "UPDATE pieces SET passages = passages + 1 WHERE piece = (SELECT min(piece) FROM pieces)"),
    "no counts": ("pieces", "DELETE FROM pieces"),
    "a document": ("documents", "INSERT INTO documents VALUES ('/a', '/', x'00', '')"),
    "a text's digest": ("relatives", "UPDATE signatures SET digest = zeroblob(16) WHERE brief = 7"),
    "a version of nothing": ("relatives", "INSERT INTO relatives VALUES (7, 999, 1.0)"),
    "the codec": ("codec", "UPDATE settings SET value = zeroblob(length(value)) WHERE key = 'codec'"),
}


@pytest.mark.parametrize(("part", "harm"), HARMS.values(), ids=HARMS)
def test_damage_to_what_is_derived_is_found_and_mended(kept: Path, fake: FakeEncoder, part: str, harm: str) -> None:
    before = found(kept, fake)
    change(kept, harm)
    report = check_index(kept, encoder=fake)
    assert part in {fault.part for fault in report.faults}
    assert all(fault.derived for fault in report.faults)
    mended = check_index(kept, encoder=fake, repair=True)
    assert (mended.faults, set(mended.repaired)) == ((), set(report.faults))
    assert sorted(found(kept, fake)) == sorted(before)


def test_mending_encodes_only_what_was_damaged(kept: Path, fake: FakeEncoder) -> None:
    change(kept, "UPDATE passages SET vector = zeroblob(64) WHERE n = 7")
    check_index(kept, encoder=fake, repair=True)
    assert len(fake.encoded) == 1


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE briefs SET text = text || ' more' WHERE n = 7",
        "UPDATE briefs SET title = 'Other' WHERE n = 7",
        "UPDATE briefs SET published = '2020-01-01' WHERE n = 7",
        "UPDATE briefs SET authors = '[\"Lee\"]' WHERE n = 7",
        "UPDATE briefs SET text = CAST(x'ff20ff' AS TEXT) WHERE n = 7",
    ],
)
def test_damage_to_a_brief_is_told_and_never_mended_nor_shown(kept: Path, fake: FakeEncoder, harm: str) -> None:
    change(kept, harm)
    [fault] = [fault for fault in check_index(kept, encoder=fake).faults if fault.part == "briefs"]
    assert (fault.brief, fault.derived) == ("b6", False)
    assert "b6" in {fault.brief for fault in check_index(kept, encoder=fake, repair=True).faults}
    with Index.open(kept, encoder=fake) as index, pytest.raises(StoreDamaged, match=r"b6|not decode"):
        Retriever(index).search("Title of b6 " + words(60, 40), k=60)


@pytest.mark.parametrize("harm", ["text = text || ' more'", "text = CAST(x'ff20ff' AS TEXT)"])
def test_a_damaged_brief_can_be_removed_and_added_again(
    kept: Path, fake: FakeEncoder, make_brief: MakeBrief, harm: str
) -> None:
    before = found(kept, fake)
    change(kept, f"UPDATE briefs SET {harm} WHERE n = 7")
    with Index.open(kept, encoder=fake) as index:
        assert index.remove("b6")
        assert check_index(kept, encoder=fake).sound
        assert index.add(briefs(make_brief)).added == ("b6",)
    assert check_index(kept, encoder=fake).sound
    assert sorted(found(kept, fake)) == sorted(before)


@pytest.mark.parametrize("seed", range(40))
def test_a_flipped_bit_is_found_or_changes_nothing_and_what_is_shown_is_as_it_was_written(
    kept: Path, fake: FakeEncoder, seed: int
) -> None:
    before = found(kept, fake)
    true_texts = {id_: text for id_, text, _ in before}
    noise = random.Random(seed)
    data = bytearray(kept.read_bytes())
    data[noise.randrange(len(data))] ^= 1 << noise.randrange(8)
    kept.write_bytes(data)
    try:
        shown = found(kept, fake)
    except NorthbriefError as error:
        assert str(kept) in str(error)
        shown = []
    assert all(true_texts.get(id_) == text for id_, text, _ in shown)
    try:
        sound = check_index(kept, encoder=fake).sound
    except NorthbriefError:  # the encoder's name or the format is hit
        sound = False
    if sound:
        assert shown == before


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.999])
def test_a_file_that_is_cut_is_damaged_and_answers_nothing(kept: Path, fake: FakeEncoder, share: float) -> None:
    data = kept.read_bytes()
    kept.write_bytes(data[: int(share * len(data))])
    [*faults] = check_index(kept, encoder=fake).faults
    assert any(fault.part == "database" and not fault.derived for fault in faults)
    with pytest.raises(StoreDamaged, match=r"kept\.db"):
        found(kept, fake)


def test_a_missing_file_whose_log_is_there_is_damaged(kept: Path, fake: FakeEncoder) -> None:
    Path(f"{kept}-wal").write_bytes(b"log" * 99)
    kept.unlink()
    with pytest.raises(StoreDamaged, match="missing"):
        Index.open(kept, encoder=fake)
    assert not check_index(kept, encoder=fake).sound
    assert not kept.exists()


def test_a_file_of_format_1_is_brought_to_the_present_one_without_encoding(kept: Path, fake: FakeEncoder) -> None:
    before = found(kept, fake)
    fake.encoded.clear()
    change(
        kept,
        "ALTER TABLE passages DROP COLUMN facts",
        "ALTER TABLE passages DROP COLUMN crc",
        "ALTER TABLE tokens DROP COLUMN crc",
        "ALTER TABLE briefs DROP COLUMN pages",
        *(f"DROP TABLE {name}" for name in ("documents", "copies", "visits", "signatures", "bands", "relatives")),
        "DELETE FROM settings WHERE key = 'codec_crc'",
        "UPDATE briefs SET digest = randomblob(16)",
        "UPDATE settings SET value = 1 WHERE key = 'format'",
    )
    assert check_index(kept, encoder=fake).sound
    assert fake.encoded == []
    assert found(kept, fake) == before


def test_a_process_that_was_killed_is_not_named_as_the_holder(kept: Path) -> None:
    from northbrief.index.holder import current_holder, recorded

    with recorded(kept):
        assert current_holder(kept)
        record = Path(f"{kept}-writer").read_text("utf-8")
    assert current_holder(kept) is None
    process = zlib.crc32(b"no such process") | 1 << 30
    Path(f"{kept}-writer").write_text(record.replace('"pid": ', f'"pid": {process}, "x": '), "utf-8")
    assert current_holder(kept) is None
