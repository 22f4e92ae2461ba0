"""Opening an index: what is refused, what damage does, and the FAISS file that is made again."""

from __future__ import annotations

import json
import random
import sqlite3
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from northbrief.corpus import Brief, NorthbriefError, StoreDamaged, StoreError, StoreMismatch
from northbrief.index import Index, Retriever
from northbrief.index.derived import Derived
from northbrief.index.large import Large

if TYPE_CHECKING:
    from northbrief.tests.conftest import FakeEncoder

MakeBrief = Callable[..., Brief]
QUESTION = "w1 w22 w333"


def random_briefs(make_brief: MakeBrief, count: int, seed: int = 0, **fields: object) -> Iterator[Brief]:
    """Briefs of one passage each, of random words."""
    pick = random.Random(seed)
    for n in range(count):
        yield make_brief(f"s{seed}b{n}", " ".join(f"w{pick.randrange(400)}" for _ in range(40)), **fields)


def state(index: Index) -> tuple[list[Brief], int, list[tuple[str, float]]]:
    """All that is stored, as far as users can tell."""
    hits = Retriever(index).search(QUESTION, k=100)
    return index.briefs(), index.generation(), [(hit.passage.id, hit.score) for hit in hits]


@pytest.fixture(scope="module")
def made() -> dict[str, bytes]:
    """The bytes of the file below, once it is made."""
    return {}


@pytest.fixture
def kept(tmp_path: Path, fake: FakeEncoder, make_brief: MakeBrief, made: dict[str, bytes]) -> Path:
    """The file of a closed index with forty passages."""
    path = tmp_path / "kept.db"
    if not made:
        with Index.open(path, encoder=fake) as index:
            index.add(random_briefs(make_brief, 40, authors=("Kim",), published=date(2010, 12, 31)))
        made["kept"] = path.read_bytes()
    path.write_bytes(made["kept"])
    return path


def test_a_closed_index_opens_with_all_it_held(kept: Path, fake: FakeEncoder) -> None:
    with Index.open(kept, encoder=fake) as index:
        assert (len(index), len(index.briefs())) == (40, 40)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"name": "other"}, ("fake", "other")),
        ({"dimension": 16}, ("32", "16")),
        ({"weights": "1" * 64}, ("0" * 8, "1" * 8)),
        ({"precision": "fp32"}, ("int8", "fp32")),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_another_encoder_is_refused_with_both_named(
    kept: Path, fake: FakeEncoder, change: dict[str, Any], named: tuple[str, ...]
) -> None:
    with Index.open(kept, encoder=fake) as index:
        before = state(index)
    fake.spec = replace(ours := fake.spec, **change)
    with pytest.raises(StoreMismatch) as caught:
        Index.open(kept, encoder=fake)
    assert all(part in str(caught.value) for part in named), str(caught.value)
    fake.spec = ours
    with Index.open(kept, encoder=fake) as index:
        assert state(index) == before


def test_another_encoder_named_by_text_is_refused_with_both_named(kept: Path) -> None:
    with pytest.raises(StoreMismatch, match=r"fake.*all-MiniLM-L6-v2"):
        Index.open(kept, encoder="all-MiniLM-L6-v2")


def test_an_encoder_that_came_second_to_an_empty_index_cannot_add(
    tmp_path: Path, fake: FakeEncoder, make_brief: MakeBrief
) -> None:
    other = type(fake)(name="other")
    with Index.open(tmp_path / "i.db", encoder=fake) as first, Index.open(tmp_path / "i.db", encoder=other) as second:
        first.add([make_brief("a", "first words")])
        with pytest.raises(StoreMismatch):
            second.add([make_brief("b", "second words")])


def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(tmp_path: Path, fake: FakeEncoder) -> None:
    path = tmp_path / "notes.db"
    path.write_text("These are notes, not an index. " * 100, "utf-8")
    before = path.read_bytes()
    with pytest.raises(StoreDamaged, match=r"notes\.db"):
        Index.open(path, encoder=fake)
    assert path.read_bytes() == before


def test_a_database_of_something_else_is_refused_and_left_as_it_is(tmp_path: Path, fake: FakeEncoder) -> None:
    path = tmp_path / "other.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE cooking (recipe TEXT)")
    connection.commit()
    connection.close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match=r"other\.db"):
        Index.open(path, encoder=fake)
    assert path.read_bytes() == before


def test_a_newer_format_is_refused_with_both_formats_named(kept: Path, fake: FakeEncoder) -> None:
    connection = sqlite3.connect(kept)
    connection.execute("UPDATE settings SET value = 99 WHERE key = 'format'")
    connection.commit()
    connection.close()
    with pytest.raises(StoreMismatch, match=r"format 99, expected \d+"):
        Index.open(kept, encoder=fake)


# --- damage ----------------------------------------------------------------------------------------------------------


def used(path: Path, fake: FakeEncoder) -> None:
    """Open the index and read all of it."""
    with Index.open(path, encoder=fake) as index:
        state(index)


@pytest.mark.parametrize("offset", [0, 15, 16, 18, 19, 20, 21, 28, 31, 35, 40, 44, 47, 56, 59, 60, 95])
def test_a_flipped_header_byte_is_harmless_or_reported_as_our_error(kept: Path, fake: FakeEncoder, offset: int) -> None:
    data = bytearray(kept.read_bytes())
    data[offset] ^= 0xFF
    kept.write_bytes(data)
    try:
        used(kept, fake)
    except NorthbriefError as error:
        assert str(kept) in str(error)


@pytest.mark.parametrize("seed", range(12))
def test_noise_over_a_page_in_the_middle_is_harmless_or_reported_as_damage(
    kept: Path, fake: FakeEncoder, seed: int
) -> None:
    data, noise = bytearray(kept.read_bytes()), random.Random(seed)
    place = 4096 * noise.randrange(1, len(data) // 4096)
    data[place : place + 4096] = noise.randbytes(4096)
    kept.write_bytes(data)
    try:
        used(kept, fake)
    except StoreError as error:
        assert str(kept) in str(error)


@pytest.mark.parametrize(
    ("needle", "broken"),
    [
        (b" w333 ", b" \xff333 "),
        (b"Title of s0b7", b"Title \xff\xfe s0b7"),
        (b'["Kim"]', b'{"Kim"]'),
        (b"2010-12-31", b"2010-92-31"),
        (b'{"name": "fake"', b'["name": "fake"'),
    ],
    ids=["text", "title", "authors", "date", "encoder"],
)
def test_flipped_bytes_in_a_value_are_reported_as_damage(
    kept: Path, fake: FakeEncoder, needle: bytes, broken: bytes
) -> None:
    data = kept.read_bytes()
    assert needle in data
    kept.write_bytes(data.replace(needle, broken, 1))
    with pytest.raises(StoreDamaged, match=r"kept\.db"):
        used(kept, fake)


def test_a_file_cut_in_half_is_reported_as_damage(kept: Path, fake: FakeEncoder) -> None:
    kept.write_bytes(kept.read_bytes()[: kept.stat().st_size // 2])
    with pytest.raises(StoreDamaged, match=r"kept\.db"):
        used(kept, fake)


# --- the FAISS file --------------------------------------------------------------------------------------------------


@pytest.fixture
def approximate(tmp_path: Path, fake: FakeEncoder, make_brief: MakeBrief, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of a closed index that is large enough for a FAISS file."""
    monkeypatch.setattr("northbrief.index.dense.APPROXIMATE_FROM", 300)
    with Index.open(tmp_path / "large.db", encoder=fake) as index:
        index.add(random_briefs(make_brief, 320))
        return index.path


def wait_for_dense(index: Index) -> None:
    """Until the approximate index, which a first search asks for, has been built behind it."""
    with index.reading():
        pass
    for thread in threading.enumerate():
        if thread.name == "northbrief-dense":
            thread.join()


def missing(saved: Path, label: Path) -> None:
    saved.unlink()


def without_label(saved: Path, label: Path) -> None:
    label.unlink()


def older(saved: Path, label: Path) -> None:
    fields = json.loads(label.read_text("utf-8"))
    label.write_text(json.dumps(fields | {"generation": fields["generation"] - 1}), "utf-8")


def foreign(saved: Path, label: Path) -> None:
    label.write_text(json.dumps(json.loads(label.read_text("utf-8")) | {"store": "f" * 32}), "utf-8")


def cut(saved: Path, label: Path) -> None:
    saved.write_bytes(saved.read_bytes()[:-100])


def flipped(saved: Path, label: Path) -> None:
    data = bytearray(saved.read_bytes())
    data[len(data) // 2] ^= 0x10
    saved.write_bytes(data)


def bad_label(saved: Path, label: Path) -> None:
    label.write_text("[1, 2", "utf-8")


def test_a_large_index_leaves_a_faiss_file_beside_it(approximate: Path) -> None:
    assert approximate.with_suffix(".faiss").stat().st_size > 320 * 32


def test_while_the_approximate_index_is_built_searches_are_exact(
    approximate: Path, fake: FakeEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    approximate.with_suffix(".faiss").unlink()
    allowed = threading.Event()
    built = Derived._build_behind
    monkeypatch.setattr(Derived, "_build_behind", lambda derived: allowed.wait() and built(derived))
    with Index.open(approximate, encoder=fake) as index:
        with index.reading() as view:
            assert not isinstance(view.dense, Large)
        allowed.set()
        wait_for_dense(index)
        with index.reading() as view:
            assert isinstance(view.dense, Large)
    assert approximate.with_suffix(".faiss").exists()


@pytest.mark.parametrize("harm", [missing, without_label, older, foreign, cut, flipped, bad_label])
def test_a_faiss_file_that_cannot_be_trusted_is_made_again_without_encoding(
    approximate: Path, fake: FakeEncoder, harm: Callable[[Path, Path], None]
) -> None:
    with Index.open(approximate, encoder=fake) as index:
        before = state(index)
    saved = approximate.with_suffix(".faiss")
    harm(saved, saved.with_name(saved.name + ".json"))
    fake.encoded.clear()
    with Index.open(approximate, encoder=fake) as index:
        wait_for_dense(index)
        assert state(index) == before
    assert [text for text in fake.encoded if text.startswith("Title of")] == []  # questions only, no passages


def test_a_faiss_file_of_before_the_last_add_does_not_hide_what_was_added(
    approximate: Path, fake: FakeEncoder, make_brief: MakeBrief
) -> None:
    saved = approximate.with_suffix(".faiss")
    label = saved.with_name(saved.name + ".json")
    old = saved.read_bytes(), label.read_bytes()
    with Index.open(approximate, encoder=fake) as index:
        index.add([make_brief("new", "entirely different words here")])
    saved.write_bytes(old[0])
    label.write_bytes(old[1])
    with Index.open(approximate, encoder=fake) as index, index.reading() as view:
        [encoding] = fake.encode(["Title of new\nentirely different words here"])
        numbers, _ = view.nearest(encoding.vector, 1, ())
        assert numbers.tolist() == [321]


@pytest.mark.parametrize(("before", "after"), [(290, 320), (320, 290)], ids=["growing", "shrinking"])
def test_crossing_the_size_for_an_approximate_index_finds_the_same_as_opening_anew(
    tmp_path: Path,
    fake: FakeEncoder,
    make_brief: MakeBrief,
    monkeypatch: pytest.MonkeyPatch,
    before: int,
    after: int,
) -> None:
    monkeypatch.setattr("northbrief.index.dense.APPROXIMATE_FROM", 300)
    briefs = list(random_briefs(make_brief, max(before, after)))
    with Index.open(tmp_path / "i.db", encoder=fake) as index:
        index.add(briefs[:before])
        state(index)
        index.add(briefs[before:after])
        for brief in briefs[after:before]:
            index.remove(brief.id)
        index.save_dense()
        crossed = state(index)
    with Index.open(tmp_path / "i.db", encoder=fake) as index:
        assert state(index) == crossed
