"""The store: what goes in comes out, and readers and writers that are at work at the same time."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from northbrief.corpus import Brief, DateSource, StoreLocked
from northbrief.index import Index, Retriever

if TYPE_CHECKING:
    from northbrief.tests.conftest import FakeEncoder

MakeBrief = Callable[..., Brief]

any_text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40)
filled_text = st.one_of(
    any_text.filter(str.strip),
    st.sampled_from(
        ["병진노선은 끝났다.", "\"quoted\" and 'single'", "'; DROP TABLE briefs; --", "é e\u0301 \U0001f1f0\U0001f1f5"]
    ),
)
prose = st.lists(filled_text, min_size=1, max_size=4).map("\n\n".join)
briefs = st.builds(
    Brief,
    id=st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40).filter(str.strip),
    title=filled_text,
    text=prose,
    authors=st.lists(any_text, max_size=3).map(tuple),
    institution=any_text,
    series=any_text,
    published=st.none() | st.dates(),
    published_from=st.sampled_from(DateSource),
    language=st.sampled_from(["", "en", "ko", "zh-Hans"]),
    url=any_text,
    source=any_text,
    derived_id=st.booleans(),
)


@given(made=briefs)
@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_brief_comes_out_of_the_store_as_it_went_in(index: Index, made: Brief) -> None:
    report = index.add([made])
    [stored_id] = report.added + report.replaced + report.unchanged
    assert index.brief(stored_id) == made
    index.remove(stored_id)


@given(made=briefs)
@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_passage_comes_out_as_the_slice_of_its_brief(index: Index, made: Brief) -> None:
    [stored_id] = index.add([made]).added
    for hit in Retriever(index).search(made.title[:4000].strip(), k=50):
        assert hit.passage.text == made.text[hit.passage.start : hit.passage.end] != ""
    index.remove(stored_id)


# --- views -----------------------------------------------------------------------------------------------------------


def seen(index: Index) -> tuple[list[str], int, list[str]]:
    hits = Retriever(index).search("alpha beta gamma", k=50)
    return [brief.id for brief in index.briefs()], len(index), [hit.passage.id for hit in hits]


def change(index: Index, make_brief: MakeBrief) -> None:
    index.remove("b1")
    index.add([make_brief("b0", "alpha again, in other words"), make_brief("new", "alpha beta gamma delta")])


@pytest.fixture
def filled(index: Index, make_brief: MakeBrief) -> Index:
    words = ["alpha one", "beta two", "gamma three", "delta four", "epsilon five"]
    index.add(make_brief(f"b{n}", text) for n, text in enumerate(words))
    return index


def test_a_readers_view_does_not_change_while_another_connection_writes(
    filled: Index, fake: FakeEncoder, make_brief: MakeBrief
) -> None:
    with Index.open(filled.path, encoder=fake) as other, filled.reading():
        before = seen(filled)
        change(other, make_brief)
        assert seen(filled) == before


def test_a_readers_view_does_not_change_while_another_thread_writes(filled: Index, make_brief: MakeBrief) -> None:
    with filled.reading():
        before = seen(filled)
        thread = threading.Thread(target=change, args=(filled, make_brief))
        thread.start()
        thread.join()
        assert seen(filled) == before


def test_after_its_view_a_reader_sees_the_change(filled: Index, fake: FakeEncoder, make_brief: MakeBrief) -> None:
    with Index.open(filled.path, encoder=fake) as other:
        with filled.reading():
            change(other, make_brief)
        assert seen(filled) == seen(other)


def test_another_index_object_on_the_file_sees_a_change(
    filled: Index, fake: FakeEncoder, make_brief: MakeBrief
) -> None:
    with Index.open(filled.path, encoder=fake) as other:
        before = seen(other)
        change(filled, make_brief)
        assert before != seen(other) == seen(filled)


def test_a_change_by_another_process_is_seen(filled: Index) -> None:
    program = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None); c.execute('BEGIN IMMEDIATE');"
        "c.execute(\"UPDATE briefs SET source = 'elsewhere' WHERE id = 'b2'\");"
        "c.execute(\"UPDATE settings SET value = value + 1 WHERE key = 'generation'\"); c.execute('COMMIT')"
    )
    before = filled.generation()
    subprocess.run([sys.executable, "-c", program, str(filled.path)], check=True, timeout=60)
    found = filled.brief("b2")
    assert found
    assert (found.source, filled.generation()) == ("elsewhere", before + 1)


def test_the_generation_grows_with_every_change(filled: Index, make_brief: MakeBrief) -> None:
    numbers = [filled.generation()]
    filled.add([make_brief("more", "zeta")])
    numbers.append(filled.generation())
    filled.add([make_brief("more", "zeta and eta")])
    numbers.append(filled.generation())
    filled.remove("more")
    numbers.append(filled.generation())
    assert numbers == sorted(set(numbers))


def test_the_generation_stays_when_nothing_changes(filled: Index, make_brief: MakeBrief) -> None:
    before = filled.generation()
    filled.add([make_brief("b0", "alpha one")])
    filled.remove("nothing")
    seen(filled)
    assert filled.generation() == before


# --- writers ---------------------------------------------------------------------------------------------------------


class Holding:
    """A thread that holds the store's `writing()` until it is told to let go."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._holds, self._release = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        with self._index._store.writing() as connection:
            connection.execute("UPDATE briefs SET source = 'half done'")
            self._holds.set()
            self._release.wait(30)
            connection.execute("UPDATE briefs SET source = 'all done'")

    def __enter__(self) -> Holding:
        self._thread.start()
        assert self._holds.wait(30)
        return self

    def release(self) -> None:
        self._release.set()

    def __exit__(self, *_: object) -> None:
        self.release()
        self._thread.join()


def test_readers_do_not_wait_for_a_writer_nor_see_its_half(filled: Index) -> None:
    before = seen(filled)
    with Holding(filled):
        started = time.monotonic()
        assert seen(filled) == before
        assert {brief.source for brief in filled.briefs()} == {""}
        assert time.monotonic() - started < 5


def test_a_second_writer_waits_until_the_first_has_ended(
    filled: Index, fake: FakeEncoder, make_brief: MakeBrief
) -> None:
    with Index.open(filled.path, encoder=fake) as other, Holding(filled) as holding:
        threading.Timer(0.4, holding.release).start()
        report = other.add([make_brief("second", "zeta")])
        found = other.brief("b0")
        assert found
        assert (report.added, found.source) == (("second",), "all done")


def test_a_second_writer_that_waited_long_enough_gets_a_clear_error(
    filled: Index, fake: FakeEncoder, make_brief: MakeBrief, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("northbrief.index.store.WAIT_SECONDS", 0.2)
    with (
        Index.open(filled.path, encoder=fake) as other,
        Holding(filled),
        pytest.raises(StoreLocked, match=r"index\.db.*another thread of this process, since .*try again"),
    ):
        other.add([make_brief("second", "zeta")])


def test_a_writer_that_was_locked_out_changed_nothing_and_can_try_again(
    filled: Index, fake: FakeEncoder, make_brief: MakeBrief, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("northbrief.index.store.WAIT_SECONDS", 0.2)
    with Index.open(filled.path, encoder=fake) as other:
        with Holding(filled), pytest.raises(StoreLocked):
            other.add([make_brief("second", "zeta")])
        assert len(other) == 5
        assert other.add([make_brief("second", "zeta")]).added == ("second",)


def test_an_exception_while_writing_leaves_nothing_of_it(filled: Index) -> None:
    before = (filled.briefs(), filled.generation())
    with pytest.raises(ZeroDivisionError), filled._store.writing() as connection:
        connection.execute("UPDATE briefs SET source = 'half done'")
        raise ZeroDivisionError
    assert (filled.briefs(), filled.generation()) == before


def test_writers_on_two_threads_lose_nothing(filled: Index, make_brief: MakeBrief) -> None:
    def work(name: str) -> None:
        for n in range(8):
            filled.add([make_brief(f"{name}{n}", f"zeta {name} {n}")])

    threads = [threading.Thread(target=work, args=(name,)) for name in ("x", "y")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {brief.id for brief in filled.briefs()} >= {f"{name}{n}" for name in "xy" for n in range(8)}


def test_dates_of_all_years_sort_as_dates(index: Index, make_brief: MakeBrief) -> None:
    days = [date(9999, 12, 31), date(2000, 1, 1), date(999, 5, 5), date(1, 1, 1)]
    index.add(make_brief(f"b{n}", f"text {n}", published=day) for n, day in enumerate(days))
    assert [brief.published for brief in index.briefs()] == days
