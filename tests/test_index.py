"""The index: what add and remove do, which id a brief gets, and what is encoded again."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from northbrief.corpus import Brief, load_briefs
from northbrief.index import Encoding, Index, Retriever

if TYPE_CHECKING:
    from northbrief.tests.conftest import FakeEncoder

MakeBrief = Callable[..., Brief]


def paragraphs(*numbers: int) -> str:
    """Paragraphs of forty words, each with words of its own: with the fake encoder each becomes a passage."""
    return "\n\n".join(" ".join(f"p{number}w{i}" for i in range(40)) + "." for number in numbers)


def state(index: Index) -> tuple[list[Brief], int, list[str]]:
    hits = Retriever(index).search("p1w1 p2w2 p3w3", k=100)
    return index.briefs(), index.generation(), [hit.passage.id for hit in hits]


def passage_ids(index: Index, brief_id: str) -> dict[str, str]:
    with sqlite3.connect(index.path) as connection:
        rows = connection.execute(
            "SELECT substr(b.text, p.start + 1, p.stop - p.start), p.id "
            "FROM passages p JOIN briefs b ON b.n = p.brief WHERE b.id = ?",
            (brief_id,),
        ).fetchall()
    connection.close()
    return dict(rows)


# --- reports ---------------------------------------------------------------------------------------------------------


def test_new_briefs_are_reported_as_added(index: Index, make_brief: MakeBrief) -> None:
    report = index.add([make_brief("a", paragraphs(1)), make_brief("b", paragraphs(2, 3))])
    assert (report.added, report.unchanged, report.replaced, report.failed) == (("a", "b"), (), (), ())


def test_length_and_report_count_the_passages(index: Index, make_brief: MakeBrief) -> None:
    report = index.add([make_brief("a", paragraphs(1)), make_brief("b", paragraphs(2, 3))])
    assert report.passages == len(index) == 3


def test_the_same_brief_again_is_unchanged(index: Index, make_brief: MakeBrief) -> None:
    index.add([make_brief("a", paragraphs(1))])
    report = index.add([make_brief("a", paragraphs(1))])
    assert (report.added, report.unchanged, report.replaced, report.passages) == ((), ("a",), (), 0)


@pytest.mark.parametrize(
    "change",
    [{"text": paragraphs(2)}, {"title": "Another"}, {"published": date(2020, 1, 2)}, {"authors": ("Kim",)}],
    ids=lambda change: next(iter(change)),
)
def test_a_brief_changed_in_one_field_replaces_its_earlier_version(
    index: Index, make_brief: MakeBrief, change: dict[str, Any]
) -> None:
    first = make_brief("a", paragraphs(1))
    index.add([first])
    changed = make_brief(**({"brief_id": "a", "text": first.text} | change))
    assert (index.add([changed]).replaced, index.briefs()) == (("a",), [changed])


def test_a_file_that_cannot_be_read_is_reported_and_the_others_are_added(index: Index, tmp_path: Path) -> None:
    folder = tmp_path / "briefs"
    folder.mkdir()
    (folder / "good.txt").write_text("A sentence about trade.", "utf-8")
    (folder / "bad.txt").write_bytes(b"\xff\x00\xfa broken")
    report = index.add(load_briefs(folder))
    assert (report.added, [Path(failure.source).name for failure in report.failed]) == (("good",), ["bad.txt"])


def test_a_brief_that_cannot_be_stored_is_reported_and_the_others_are_added(
    index: Index, make_brief: MakeBrief
) -> None:
    report = index.add([make_brief("bad", "# Nothing but\n\n## headings"), make_brief("good", paragraphs(1))])
    assert (report.added, [failure.source for failure in report.failed]) == (("good",), ["bad"])


def test_progress_ends_at_all_briefs_and_passages(index: Index, make_brief: MakeBrief) -> None:
    calls: list[tuple[int, int]] = []
    index.add(
        (make_brief(f"b{n}", paragraphs(n)) for n in range(70)), lambda seen, written: calls.append((seen, written))
    )
    assert calls == sorted(calls)
    assert calls[-1] == (70, 70)


# --- briefs ----------------------------------------------------------------------------------------------------------


def test_briefs_come_newest_first_and_undated_last(index: Index, make_brief: MakeBrief) -> None:
    days = {"old": date(1999, 1, 1), "none": None, "new": date(2024, 5, 1), "middle": date(2010, 12, 31)}
    index.add(make_brief(key, paragraphs(n), published=day) for n, (key, day) in enumerate(days.items()))
    assert [brief.id for brief in index.briefs()] == ["new", "middle", "old", "none"]


def test_a_brief_is_found_by_its_id(index: Index, make_brief: MakeBrief) -> None:
    index.add([made := make_brief("a", paragraphs(1)), make_brief("b", paragraphs(2))])
    assert (index.brief("a"), index.brief("c")) == (made, None)


def test_a_removed_brief_takes_its_passages_with_it(index: Index, make_brief: MakeBrief) -> None:
    index.add([make_brief("a", paragraphs(1, 2)), make_brief("b", paragraphs(3))])
    assert index.remove("a")
    assert (len(index), [brief.id for brief in index.briefs()]) == (1, ["b"])


def test_removing_an_unknown_brief_changes_nothing(index: Index, make_brief: MakeBrief) -> None:
    index.add([make_brief("a", paragraphs(1))])
    before = state(index)
    assert not index.remove("b")
    assert state(index) == before


def test_removing_everything_leaves_no_row_of_any_kind(index: Index, make_brief: MakeBrief) -> None:
    index.add([make_brief("a", paragraphs(1, 2)), make_brief("b", "병진노선은 끝났다.")])
    index.remove("a")
    index.remove("b")
    connection = sqlite3.connect(index.path)
    counts = {
        table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("passages", "tokens")
    }
    counts["lexical"] = connection.execute("SELECT count(*) FROM lexical_terms").fetchone()[0]
    counts["pieces"] = connection.execute("SELECT count(*) FROM pieces WHERE passages != 0").fetchone()[0]
    connection.close()
    assert counts == {"passages": 0, "tokens": 0, "lexical": 0, "pieces": 0}


# --- what is encoded -------------------------------------------------------------------------------------------------


def test_adding_again_with_nothing_changed_encodes_nothing(
    index: Index, fake: FakeEncoder, make_brief: MakeBrief
) -> None:
    briefs = [make_brief(f"b{n}", paragraphs(n)) for n in range(5)]
    index.add(briefs)
    fake.encoded.clear()
    index.add(briefs)
    assert fake.encoded == []


def test_one_changed_paragraph_encodes_only_its_own_passage(
    index: Index, fake: FakeEncoder, make_brief: MakeBrief
) -> None:
    index.add([make_brief("a", paragraphs(1, 2, 3))])
    fake.encoded.clear()
    index.add([make_brief("a", paragraphs(1, 9, 3))])
    assert fake.encoded == [f"Title of a\n{paragraphs(9)}"]


def test_passages_around_a_change_keep_their_ids(index: Index, make_brief: MakeBrief) -> None:
    index.add([make_brief("a", paragraphs(1, 2, 3))])
    before = passage_ids(index, "a")
    index.add([make_brief("a", paragraphs(9, 1, 3))])
    after = passage_ids(index, "a")
    assert {text: after[text] for text in (paragraphs(1), paragraphs(3))} == {
        text: before[text] for text in (paragraphs(1), paragraphs(3))
    }


def test_passage_ids_are_the_same_in_every_index(tmp_path: Path, fake: FakeEncoder, make_brief: MakeBrief) -> None:
    found = []
    for name in ("one.db", "two.db"):
        with Index.open(tmp_path / name, encoder=fake) as index:
            index.add([make_brief("a", paragraphs(1, 2))])
            found.append(passage_ids(index, "a"))
    assert found[0] == found[1]


class FailingEncoder:
    """The fake encoder, until it meets a text with the word in `fails_on`."""

    def __init__(self, inner: FakeEncoder, fails_on: str, error: BaseException) -> None:
        self.inner, self.fails_on, self.error, self.spec = inner, fails_on, error, inner.spec
        self.pieces, self.offsets = inner.pieces, inner.offsets

    def encode(self, texts: Any) -> list[Encoding]:
        if any(self.fails_on in text for text in texts):
            raise self.error
        return self.inner.encode(texts)


@pytest.mark.parametrize("error", [RuntimeError("out of memory"), KeyboardInterrupt()], ids=["error", "interrupt"])
def test_an_add_that_breaks_off_keeps_whole_briefs_only(
    tmp_path: Path, fake: FakeEncoder, make_brief: MakeBrief, error: BaseException
) -> None:
    briefs = [make_brief(f"b{n}", paragraphs(*range(10 * n, 10 * n + 10))) for n in range(30)]
    with (
        Index.open(tmp_path / "i.db", encoder=FailingEncoder(fake, "p205w0", error)) as index,
        pytest.raises(type(error)),
    ):
        index.add(briefs)
    with Index.open(tmp_path / "i.db", encoder=fake) as index:
        there = index.briefs()
        assert there
        assert all(len(passage_ids(index, brief.id)) == 10 for brief in there)
        assert len(index) == 10 * len(there)


def test_an_interrupted_add_keeps_what_was_committed(index: Index, make_brief: MakeBrief) -> None:
    def broken() -> Iterator[Brief]:
        yield from (make_brief(f"b{n}", paragraphs(n)) for n in range(150))
        raise KeyboardInterrupt

    seen: list[int] = []
    with pytest.raises(KeyboardInterrupt):
        index.add(broken(), lambda _, written: seen.append(written))
    assert 0 < seen[-1] == len(index) == len(index.briefs())


# --- ids -------------------------------------------------------------------------------------------------------------


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize("together", [True, False], ids=["together", "one by one"])
def test_two_files_of_the_same_stem_get_two_ids(index: Index, tmp_path: Path, together: bool) -> None:
    files = [write(tmp_path / folder / "report.txt", f"A sentence for {folder}.") for folder in ("east", "west")]
    for paths in [files] if together else [[file] for file in files]:
        index.add(load_briefs(*paths))
    assert {brief.source: brief.text for brief in index.briefs()} == {
        str(file.resolve()): file.read_text("utf-8") for file in files
    }


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["first first", "second first"])
def test_two_files_of_the_same_stem_keep_their_ids_when_added_again_one_by_one(
    index: Index, tmp_path: Path, order: tuple[int, int]
) -> None:
    files = [write(tmp_path / folder / "report.txt", f"A sentence for {folder}.") for folder in ("east", "west")]
    for file in files:
        index.add(load_briefs(file))
    before = {brief.id: brief.source for brief in index.briefs()}
    for number in order:
        write(files[number], f"Another sentence, number {number}.")
        index.add(load_briefs(files[number]))
    assert {brief.id: brief.source for brief in index.briefs()} == before


def test_a_moved_file_keeps_its_id(index: Index, tmp_path: Path) -> None:
    old = write(tmp_path / "old" / "report.txt", "A sentence about trade.")
    index.add(load_briefs(old))
    new = tmp_path / "new" / "report.txt"
    new.parent.mkdir()
    index.add(load_briefs(shutil.move(old, new)))
    assert [brief.id for brief in index.briefs()] == ["report"]


def test_a_moved_file_shows_its_new_place(index: Index, tmp_path: Path) -> None:
    old = write(tmp_path / "old" / "report.txt", "A sentence about trade.")
    index.add(load_briefs(old))
    new = tmp_path / "new" / "report.txt"
    new.parent.mkdir()
    index.add(load_briefs(shutil.move(old, new)))
    assert [brief.source for brief in index.briefs()] == [str(new.resolve())]


def test_a_moved_file_that_is_edited_later_keeps_its_id(index: Index, tmp_path: Path) -> None:
    old = write(tmp_path / "old" / "report.txt", "A sentence about trade.")
    index.add(load_briefs(old))
    new = tmp_path / "new" / "report.txt"
    new.parent.mkdir()
    index.add(load_briefs(shutil.move(old, new)))
    write(new, "A sentence about trade and tariffs.")
    assert index.add(load_briefs(new)).replaced == ("report",)


def test_an_edited_file_in_its_place_keeps_its_id(index: Index, tmp_path: Path) -> None:
    file = write(tmp_path / "a" / "report.txt", "A sentence about trade.")
    index.add(load_briefs(file))
    write(file, "Another sentence.")
    assert index.add(load_briefs(file)).replaced == ("report",)


def test_a_given_id_replaces_the_brief_of_that_id_from_wherever_it_came(index: Index, make_brief: MakeBrief) -> None:
    index.add([make_brief("a", "First text.", source="/one/a.txt")])
    report = index.add([make_brief("a", "Second text.", source="/two/b.txt")])
    assert (report.replaced, [brief.text for brief in index.briefs()]) == (("a",), ["Second text."])
