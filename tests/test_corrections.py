"""Corrections of briefs, kept over re-adding; removal undone; long briefs told of and ended; the list without text."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from northbrief.corpus import Brief, BriefError, DateSource
from northbrief.corpus.load import to_brief
from northbrief.corpus.parse import read_document
from northbrief.index import Index, Retriever
from northbrief.index.backup import backup_index, restore_index
from northbrief.index.check import check_index
from northbrief.index.corrections import Correction
from northbrief.index.ingest import prepare

from .conftest import FakeEncoder

TEXT = "The ferry sails at dawn. It carries three hundred passengers."
CORRECTION: Correction = {
    "title": "The ferry: a correction",
    "authors": ("Han Ji-won", "A. Author"),
    "institution": "Institute of Ports",
    "published": date(2024, 2, 3),
}


@pytest.fixture
def ferry(make_brief: Callable[..., Brief]) -> Brief:
    return make_brief("ferry", TEXT, source="ferry.txt", published=date(2020, 1, 1))


def test_a_correction_holds_at_once_and_over_re_adding(index: Index, ferry: Brief) -> None:
    index.add([ferry])
    index.correct("ferry", CORRECTION)
    assert index.add([ferry]).unchanged == ("ferry",)
    assert index.add([replace(ferry, text=TEXT + " It is blue.")]).replaced == ("ferry",)
    [brief] = index.briefs()
    assert (brief.title, brief.authors, brief.institution) == tuple(list(CORRECTION.values())[:3])
    assert (brief.published, brief.published_from) == (date(2024, 2, 3), DateSource.GIVEN)
    assert brief.text.endswith("It is blue.")
    [hit] = Retriever(index).search("When does the ferry sail?", k=1)
    assert hit.brief.title == "The ferry: a correction"
    [entry] = index.entries()
    assert (entry.title, entry.corrected, entry.passages) == ("The ferry: a correction", True, len(index))


def test_later_corrections_add_to_earlier_ones_and_a_date_can_be_taken_away(index: Index, ferry: Brief) -> None:
    index.add([ferry])
    index.correct("ferry", {"title": "One"})
    index.correct("ferry", {"published": None})
    index.add([replace(ferry, text=TEXT + " More.")])
    [brief] = index.briefs()
    assert (brief.title, brief.published, brief.published_from) == ("One", None, DateSource.NONE)


def test_an_empty_title_is_refused_and_nothing_changes(index: Index, ferry: Brief) -> None:
    index.add([ferry])
    with pytest.raises(BriefError, match="empty title"):
        index.correct("ferry", {"title": " "})
    assert index.correct("nobody", {"title": "x"}) is None
    assert (index.briefs()[0].title, index.entries()[0].corrected) == (ferry.title, False)


def test_a_rebuild_keeps_corrections_and_a_backup_brings_them_back(
    tmp_path: Path, fake: FakeEncoder, ferry: Brief
) -> None:
    home = tmp_path / "home"
    with Index.open(home, encoder=fake) as index:
        index.add([ferry])
        index.correct("ferry", CORRECTION)
        backup_index(home, tmp_path / "copy.db")
        Index.rebuild(home, encoder=fake)
        assert index.add([ferry]).unchanged == ("ferry",)
        index.correct("ferry", {"title": "Another"})
        restore_index(home, tmp_path / "copy.db", encoder=fake)
        assert index.add([ferry]).unchanged == ("ferry",)
        assert index.briefs()[0].title == "The ferry: a correction"
    assert not check_index(home, encoder=fake).faults


def test_a_backup_from_before_corrections_restores_and_leaves_none(
    tmp_path: Path, fake: FakeEncoder, ferry: Brief
) -> None:
    home = tmp_path / "home"
    with Index.open(home, encoder=fake) as index:
        with index.store.writing(same_content=True) as connection:
            connection.execute("DROP TABLE corrections")
        index.add([ferry])
        assert index.add([ferry]).unchanged == ("ferry",)
        backup_index(home, tmp_path / "old.db")
        index.correct("ferry", CORRECTION)
        restore_index(home, tmp_path / "old.db", encoder=fake)
        assert index.briefs()[0] == ferry
        assert index.add([ferry]).unchanged == ("ferry",)


def test_what_was_taken_out_can_be_put_back_with_its_names_and_corrections(index: Index, ferry: Brief) -> None:
    index.add([ferry])
    index.add([replace(ferry, id="again", source="again.txt")])
    index.correct("ferry", {"institution": "Institute of Ports"})
    before = index.briefs(), index.names("ferry"), index.entries()
    removed = index.take_out("again")
    assert removed is not None
    assert (index.briefs(), index.holds(["ferry", "again", "x"])) == ([], set())
    assert index.put_back(removed).added == ("ferry",)
    assert (index.briefs(), index.names("ferry"), index.entries()) == before
    assert index.holds(["ferry", "again", "x"]) == {"ferry", "again"}
    assert index.put_back(removed).unchanged == ("ferry",)
    assert index.take_out("nobody") is None


def test_another_brief_that_gets_the_id_has_none_of_its_corrections(index: Index, ferry: Brief) -> None:
    index.add([ferry])
    index.correct("ferry", CORRECTION)
    index.remove("ferry")
    index.add([ferry])
    assert index.briefs() == [ferry]


def test_a_long_brief_tells_its_progress_and_can_be_ended_within(
    index: Index, make_brief: Callable[..., Brief]
) -> None:
    long = make_brief("long", " ".join(f"Sentence number {n} has words of its own and ends here." for n in range(3000)))
    told: list[tuple[int, int]] = []

    def stop(seen: int, passages: int) -> None:
        told.append((seen, passages))
        if len(told) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        index.add([long], progress=stop)
    assert told == [(0, 128), (0, 256)]
    assert (index.briefs(), len(index)) == ([], 0)


def test_text_is_read_apart_as_it_is_read_here() -> None:
    files = {
        "a.txt": b"A title\n2024-05-02\n\nSome text stands here. And more.",
        "b.md": b"---\ntitle: T\npublished: 2024-01-02\nauthors: [A, B]\n---\n# T\n\nText.",
        "c.jsonl": b'{"id": "x", "title": "X", "text": "Words."}\n{"id": "y"}\n',
    }
    for name, data in files.items():
        own, apart = read_document(data, name), read_document(data, name, apart=True)
        assert [(each.place, each.reason) for each in apart] == [(each.place, each.reason) for each in own]
        for one, other in zip(own, apart, strict=True):
            if not one.reason:
                assert to_brief(one, {}, source="", name=name) == to_brief(other, {}, source="", name=name)
    bomb = b"---\na: &a [x,x,x,x,x,x,x,x,x]\n" + b"".join(
        b"%c: &%c [%s]\n" % (n, n, b",".join([b"*%c" % (n - 1)] * 9)) for n in range(ord("b"), ord("m"))
    )
    with pytest.raises(BriefError):
        read_document(bomb + b"title: *l\n---\ntext", "bomb.md", apart=True)


def test_a_removed_brief_leaves_no_correction_behind_under_any_of_its_names(
    index: Index, make_brief: Callable[..., Brief]
) -> None:
    index.add([make_brief("a", "One text about trade.")])
    index.correct("a", {"title": "Right title"})
    index.add([make_brief("b", "One text about trade.")])
    index.remove("a")
    index.add([make_brief("a", "Another text, about floods.", title="Floods")])
    found = index.brief("a")
    assert found is not None
    assert found.title == "Floods"


@pytest.mark.parametrize("published", [date(2024, 2, 3), None])
@pytest.mark.parametrize("order", [("ferry", "again"), ("again", "ferry")])
@pytest.mark.parametrize("words", ["", " It is blue."])
def test_a_corrected_date_holds_when_the_brief_and_its_copy_come_again(
    index: Index, ferry: Brief, published: date | None, order: tuple[str, str], words: str
) -> None:
    both = {"ferry": ferry, "again": replace(ferry, id="again", source="again.txt")}
    index.add(both.values())
    index.correct("ferry", {"published": published})
    for _ in range(2):
        index.add(replace(both[name], text=TEXT + words) for name in order)
        [brief] = index.briefs()
        assert (brief.id, brief.published) == ("ferry", published)
        assert [name.id for name in index.names("ferry")] == ["ferry", "again"]


def test_a_correction_a_removal_and_its_undoing_are_one_change_each(index: Index, ferry: Brief) -> None:
    index.add([ferry, replace(ferry, id="again", source="again.txt")])
    seen = index.generation()
    index.correct("ferry", {"institution": "Institute of Ports"})
    assert index.generation() == seen + 1
    removed = index.take_out("ferry")
    assert index.generation() == seen + 2
    assert removed is not None
    index.put_back(removed)
    assert index.generation() == seen + 3


def test_nobody_sees_a_brief_put_back_without_its_names_and_correction(
    index: Index, ferry: Brief, monkeypatch: pytest.MonkeyPatch
) -> None:
    index.add([ferry, replace(ferry, id="again", source="again.txt")])
    index.correct("ferry", {"title": "One"})
    removed = index.take_out("ferry")
    assert removed is not None

    def cut(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr("northbrief.index.index.put_copies", cut)
        with pytest.raises(KeyboardInterrupt):
            index.put_back(removed)
    assert index.briefs() == []
    assert index.put_back(removed).added == ("ferry",)
    assert [(entry.title, entry.corrected) for entry in index.entries()] == [("One", True)]


def test_a_correction_is_made_of_the_brief_as_it_is_when_it_is_written(
    index: Index, ferry: Brief, monkeypatch: pytest.MonkeyPatch
) -> None:
    index.add([ferry])
    newer = replace(ferry, text=TEXT + " It is blue.")
    changes = [newer]

    def slow(*arguments: Any) -> Any:
        prepared = prepare(*arguments)
        if changes:  # another process adds the document again meanwhile
            index.add([changes.pop()])
        return prepared

    monkeypatch.setattr("northbrief.index.index.prepare", slow)
    index.correct("ferry", {"title": "One"})
    [brief] = index.briefs()
    assert (brief.title, brief.text) == ("One", newer.text)
    monkeypatch.setattr(
        "northbrief.index.index.prepare", lambda *arguments: index.remove("ferry") and prepare(*arguments)
    )
    assert index.correct("ferry", {"title": "Two"}) is None
    assert index.briefs() == []
