"""Rebuilding an index while others hold it open, and ids that clash within one add."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from northbrief.corpus import Brief, StoreMismatch
from northbrief.index import Encoder, Index, Retriever

MakeBrief = Callable[..., Brief]


@pytest.fixture
def filled(tmp_path: Path, fake: Encoder, make_brief: MakeBrief) -> Path:
    with Index.open(tmp_path / "kept.db", encoder=fake) as index:
        index.add([make_brief("a", "alpha trade grew in spring"), make_brief("b", "beta missiles flew in autumn")])
        return index.path


def test_a_rebuilt_index_holds_the_same_briefs_and_finds_the_same(filled: Path, fake: Encoder) -> None:
    report = Index.rebuild(filled, encoder=fake)
    with Index.open(filled, encoder=fake) as index:
        assert sorted(report.added) == sorted(brief.id for brief in index.briefs()) == ["a", "b"]
        assert Retriever(index).search("alpha trade grew in spring")[0].brief.id == "a"


def test_a_handle_that_was_open_goes_on_after_a_rebuild_and_loses_nothing(
    filled: Path, fake: Encoder, make_brief: MakeBrief
) -> None:
    with Index.open(filled, encoder=fake) as index:
        assert len(Retriever(index).search("alpha")) == 2
        Index.rebuild(filled, encoder=fake)
        index.add([make_brief("new", "gamma treaties were signed")])
        assert Retriever(index).search("gamma treaties were signed")[0].brief.id == "new"
    with Index.open(filled, encoder=fake) as index:
        assert {brief.id for brief in index.briefs()} == {"a", "b", "new"}


def test_a_handle_with_the_old_encoder_is_refused_after_a_rebuild_with_another(filled: Path, fake: Encoder) -> None:
    other = type(fake)(dimension=48, name="other")  # type: ignore[call-arg]
    with Index.open(filled, encoder=fake) as index:
        Index.rebuild(filled, encoder=other)
        with pytest.raises(StoreMismatch, match="other"):
            Retriever(index).search("alpha")


def test_a_file_that_moves_during_a_rebuild_is_known_by_its_new_place(
    tmp_path: Path, fake: Encoder, make_brief: MakeBrief
) -> None:
    home = tmp_path / "moving"
    with Index.open(home, encoder=fake) as index:
        index.add([make_brief("a", "alpha trade grew", source="/old/a.md")])
        Index.rebuild(home, encoder=fake, progress=lambda seen, passages: index.move_source("/old/a.md", "/new/a.md"))
        assert [brief.source for brief in index.briefs()] == ["/new/a.md"]


def test_an_interrupted_rebuild_changes_nothing(filled: Path, fake: Encoder) -> None:
    def stop(seen: int, passages: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Index.rebuild(filled, encoder=type(fake)(dimension=48, name="other"), progress=stop)  # type: ignore[call-arg]
    with Index.open(filled, encoder=fake) as index:
        assert (len(index.briefs()), len(Retriever(index).search("alpha"))) == (2, 2)
    assert [path.name for path in filled.parent.iterdir() if path.is_dir()] == []


def test_a_given_id_that_is_claimed_twice_in_one_add_is_refused_the_second_time(
    index: Index, make_brief: MakeBrief
) -> None:
    report = index.add([make_brief("x", "the first text"), make_brief("x", "the second text")])
    assert (report.added, len(report.failed)) == (("x",), 1)
    assert "expected each once" in report.failed[0].reason


def test_a_file_whose_stem_was_given_as_an_id_gets_an_id_of_its_own(index: Index, make_brief: MakeBrief) -> None:
    given = make_brief("report", "the first text", source="/a.md")
    derived = make_brief("report", "the second text", source="/report.md", derived_id=True)
    report = index.add([given, derived])
    assert (len(set(report.added)), len(index.briefs())) == (2, 2)


def test_threads_that_have_ended_leave_no_connection_behind(filled: Path, fake: Encoder) -> None:
    with Index.open(filled, encoder=fake) as index:
        for _ in range(20):
            thread = threading.Thread(target=lambda: len(index))
            thread.start()
            thread.join()
        assert len(index._store._connections) <= 3
