"""A large index: derived parts against exact oracles, what comes and goes after they were made, damage and crashes."""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from northbrief.corpus import Brief
from northbrief.index import Filter, Index, Retriever
from northbrief.index.base import load_base, saved_label
from northbrief.index.check import check_index
from northbrief.index.columns import columns_from_bytes, joined, read_columns
from northbrief.index.derived import _alone
from northbrief.index.facts import allowed_numbers, known_values
from northbrief.index.large import Large
from northbrief.index.snapshot import Snapshot
from northbrief.index.types import Floats, Ints
from northbrief.index.vectors import read_all_vectors, read_present

if TYPE_CHECKING:
    from northbrief.tests.conftest import FakeEncoder

MakeBrief = Callable[..., Brief]
PASSAGES = 700
FILTERS = [
    Filter(since=date(2003, 1, 1)),
    Filter(until=date(2002, 6, 30), institutions=("INSTITUTE 1",)),
    Filter(languages=("ko",)),
    Filter(authors=("writer 3", "Nobody")),
    Filter(briefs=("b5", "b6", "b699", "none")),
    Filter(since=date(2001, 1, 1), authors=("Writer 2",), briefs=tuple(f"b{n}" for n in range(300))),
]


def made_briefs(make_brief: MakeBrief, first: int, count: int) -> Iterator[Brief]:
    """Briefs of one passage each: clustered words, rare ones, dates, institutions, authors, two languages."""
    for n in range(first, first + count):
        pick = random.Random(n)
        topic = pick.randrange(12)
        words = [f"t{topic}w{int(pick.paretovariate(0.9))}" for _ in range(30)] + [f"rare{n}"]
        yield make_brief(
            f"b{n}",
            " ".join(words),
            title=f"Of topic {topic}",
            institution=f"Institute {n % 5}",
            authors=(f"Writer {n % 7}", f"Writer {n % 4}"),
            published=date(2000, 1, 1) + timedelta(days=3 * n) if n % 10 else None,
            language="ko" if n % 6 == 0 else "en",
        )


@pytest.fixture(autouse=True)
def _small_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("northbrief.index.dense.APPROXIMATE_FROM", 300)
    monkeypatch.setattr("northbrief.index.large.PROBES", 24)
    monkeypatch.setattr("northbrief.index.large.EXACT", 40)


@pytest.fixture(scope="module")
def kept() -> dict[str, Path]:
    return {}


@pytest.fixture
def large(
    tmp_path: Path,
    fake: FakeEncoder,
    make_brief: MakeBrief,
    kept: dict[str, Path],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Index]:
    """An index of 700 passages with its derived parts, made once and copied."""
    if not kept:
        folder = tmp_path_factory.mktemp("large")
        with Index.open(folder, encoder=fake) as index:
            index.add(made_briefs(make_brief, 0, PASSAGES))
            index.save_dense()
        kept["folder"] = folder
    shutil.copytree(kept["folder"], tmp_path / "large")
    with Index.open(tmp_path / "large", encoder=fake) as opened:
        yield opened


@dataclass(frozen=True)
class Oracle:
    """All passages by brute force."""

    numbers: Ints
    vectors: Floats

    def nearest(self, query: Floats, k: int, allowed: Ints | None) -> list[int]:
        keep = np.ones(len(self.numbers), bool) if allowed is None else np.isin(self.numbers, allowed)
        numbers, scores = self.numbers[keep], self.vectors[keep] @ query
        return [int(n) for n in numbers[np.lexsort((numbers, -scores))][:k]]


def oracle(view: Snapshot) -> Oracle:
    return Oracle(*read_all_vectors(view.connection, view.dense.dimension))


def state(view: Snapshot) -> Large:
    assert isinstance(view.dense, Large)
    return view.dense


def agrees(index: Index, queries: list[str], fake: FakeEncoder) -> None:
    """The view counts, filters and searches as brute force and SQL do."""
    with index.reading() as view:
        brute = oracle(view)
        assert len(view) == len(brute.numbers)
        assert state(view).known(view.connection) == known_values(view.connection)
        for where in FILTERS:
            allowed = allowed_numbers(view.connection, where)
            assert np.array_equal(np.array(view.allowed((where,))), allowed) and view.size((where,)) == len(allowed)
        recalls = []
        for query in queries:
            vector = fake.encode([query])[0].vector
            for scope in ((), *((where,) for where in FILTERS)):
                numbers, scores = view.nearest(vector, 10, scope)
                wanted = brute.nearest(vector, 10, view.allowed(scope))
                recalls.append(len(set(wanted) & set(numbers.tolist())) / max(1, len(wanted)))
                assert len(numbers) == len(wanted)
                places = np.searchsorted(brute.numbers, numbers)
                assert np.allclose(scores, brute.vectors[places] @ vector, atol=1e-5)
                assert scores.tolist() == sorted(scores.tolist(), reverse=True)
                worded = view.worded(query, 10, scope)[0]
                inside = view.allowed(scope)
                assert np.isin(worded, brute.numbers if inside is None else inside).all()
        assert np.mean(recalls) > 0.95


# --- against exact oracles -------------------------------------------------------------------------------------------


def test_a_large_index_counts_filters_and_searches_as_brute_force_does(large: Index, fake: FakeEncoder) -> None:
    agrees(large, [f"t{topic}w1 t{topic}w2 t{topic}w5" for topic in range(12)], fake)


def test_what_came_and_went_after_the_derived_parts_were_made_is_searched_so_too(
    large: Index, fake: FakeEncoder, make_brief: MakeBrief
) -> None:
    with large.reading() as view:
        base = state(view).base
    for n in (3, 77, 699):
        assert large.remove(f"b{n}")
    large.add(made_briefs(make_brief, 700, 30))
    large.remove("b705")
    large.add([make_brief("b8", "t3w1 t3w2 entirely new", title="Of topic 3", institution="Institute 9")])
    agrees(large, [f"t{topic}w1 t{topic}w2 t{topic}w5" for topic in range(12)], fake)
    with large.reading() as view:
        assert state(view).base is base
        assert len(state(view).since) == 30 and len(state(view).gone) == 4


def test_words_rank_as_bm25_over_all_passages_ranks_them(large: Index, make_brief: MakeBrief) -> None:
    large.add(made_briefs(make_brief, 700, 40))
    with large.reading() as view:
        texts = dict(enumerate_texts(view))
        for query in ("t1w1 t1w3 rare700", "t5w2 t5w9 t5w1 t2w4", "rare5 rare720 t0w1"):
            numbers, scores = view.worded(query, 20, ())
            wanted = bm25(texts, query.split())
            assert np.allclose(scores, [wanted[n] for n in numbers.tolist()], rtol=0.12)
            assert set(numbers[:3].tolist()) <= set(sorted(wanted, key=wanted.__getitem__, reverse=True)[:8])


def enumerate_texts(view: Snapshot) -> Iterator[tuple[int, list[str]]]:
    numbers = oracle(view).numbers
    for number, text in zip(numbers.tolist(), view.texts(numbers), strict=True):
        yield number, text.lower().split()


def bm25(texts: dict[int, list[str]], words: list[str]) -> dict[int, float]:
    """Robertson's BM25 with k1 = 1.2 and b = 0.75 over all texts."""
    mean = float(np.mean([len(text) for text in texts.values()]))
    scores = dict.fromkeys(texts, 0.0)
    for word in words:
        count = sum(word in text for text in texts.values())
        idf = np.log(1 + (len(texts) - count + 0.5) / (count + 0.5))
        for number, text in texts.items():
            tf = text.count(word)
            scores[number] += idf * tf * 2.2 / (tf + 1.2 * (0.25 + 0.75 * len(text) / mean))
    return scores


def test_columns_survive_being_kept_and_joined(large: Index) -> None:
    with large.store.reading() as connection:
        whole = read_columns(connection)
        parts = joined(whole.only(whole.numbers <= 400), read_columns(connection, 400))
    again = columns_from_bytes(whole.tobytes())
    for where in FILTERS:
        assert (again.mask(where) == whole.mask(where)).all()
        assert (parts.mask(where) == whole.mask(where)).all()
    assert (parts.numbers == whole.numbers).all()


# --- what is removed and added ---------------------------------------------------------------------------------------


def test_a_removed_passage_is_never_returned(large: Index, fake: FakeEncoder) -> None:
    texts = {n: f"Of topic {n} rare{n}" for n in range(60)}
    for n in texts:
        large.remove(f"b{n}")
    retriever = Retriever(large)
    with large.reading() as view:
        left = set(oracle(view).numbers.tolist())
        for text in texts.values():
            vector = fake.encode([text])[0].vector
            assert set(view.nearest(vector, 50, ())[0].tolist()) <= left
            assert set(view.worded(text, 50, ())[0].tolist()) <= left
    for n, text in texts.items():
        assert all(hit.brief.id != f"b{n}" for hit in retriever.search(text))


def test_one_brief_added_is_found_by_reading_only_what_is_new(
    large: Index, make_brief: MakeBrief, monkeypatch: pytest.MonkeyPatch
) -> None:
    retriever = Retriever(large)
    retriever.search("t1w1")
    read: list[int] = []
    real = read_all_vectors

    def counted(connection: sqlite3.Connection, dimension: int, above: int = 0, most: int = -1) -> tuple[Ints, Floats]:
        found = real(connection, dimension, above, most)
        read.append(len(found[0]))
        return found

    monkeypatch.setattr("northbrief.index.large.read_all_vectors", counted)
    monkeypatch.setattr("northbrief.index.dense.read_all_vectors", counted)
    large.add([make_brief("new", "zeppelin harbour")])
    assert retriever.search("zeppelin harbour")[0].brief.id == "new"
    assert sum(read) == 1


def test_an_older_view_does_not_see_what_came_later_nor_miss_what_went(large: Index, make_brief: MakeBrief) -> None:
    with Index.open(large.path, encoder=large.encoder) as other, large.reading() as view:
        before = len(view)
        other.add([make_brief("new", "zeppelin harbour")])
        other.remove("b20")
        with other.reading() as newer:
            assert len(newer) == before
            assert newer.worded("rare20", 5, ())[0].tolist() == []
        assert view.worded("zeppelin", 5, ())[0].tolist() == []
        assert view.worded("rare20", 5, ())[0].tolist() == [21]


def test_many_changes_extend_the_derived_parts_behind_the_searches(
    large: Index, fake: FakeEncoder, make_brief: MakeBrief, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("northbrief.index.large.DUE", 20)
    for n in range(8):
        large.remove(f"b{n}")
    large.add(made_briefs(make_brief, 700, 40))
    large.save_dense()
    with large.reading() as view:
        assert len(state(view).since) == len(state(view).gone) == 0
        assert state(view).base.top == 740
    agrees(large, [f"t{topic}w1 t{topic}w2" for topic in range(12)], fake)
    assert len(list(large.path.parent.glob("*.words-*"))) == 1
    with Index.open(large.path, encoder=fake) as again, again.reading() as view:
        assert state(view).base.top == 740


def test_an_index_that_has_outgrown_its_lists_gets_new_ones(
    large: Index, fake: FakeEncoder, make_brief: MakeBrief, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("northbrief.index.base.OUTGROWN", 1.02)
    large.add(made_briefs(make_brief, 700, 40))
    large.save_dense()
    label = saved_label(large.path.with_suffix(".faiss"))
    assert label is not None and label["made_of"] == 740
    agrees(large, [f"t{topic}w1 t{topic}w2" for topic in range(12)], fake)


def test_adds_removals_and_searches_at_once_meet_no_error_and_no_removed_passage(
    large: Index, make_brief: MakeBrief, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("northbrief.index.large.DUE", 15)
    errors: list[BaseException] = []
    stop = threading.Event()
    removed: set[str] = set()

    def search() -> None:
        retriever = Retriever(large)
        try:
            while not stop.is_set():
                gone = set(removed)
                found = {hit.brief.id for hit in retriever.search("t1w1 t1w2 rare3", k=20)}
                assert not found & gone
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=search) for _ in range(3)]
    for thread in threads:
        thread.start()
    for n in range(12):
        large.add(made_briefs(make_brief, 700 + 3 * n, 3))
        large.remove(f"b{2 * n}")
        removed.add(f"b{2 * n}")
    stop.set()
    for thread in threads:
        thread.join()
    assert errors == []
    large.save_dense()
    with large.reading() as view:
        assert len(view) == PASSAGES + 36 - 12


# --- damage and crashes ----------------------------------------------------------------------------------------------


def words_gone(file: Path) -> None:
    shutil.rmtree(next(file.parent.glob("*.words-*")))


def words_flipped(file: Path) -> None:
    target = max(next(file.parent.glob("*.words-*")).iterdir(), key=lambda each: each.stat().st_size)
    data = bytearray(target.read_bytes())
    data[len(data) // 2] ^= 1
    target.write_bytes(data)


def words_of_garbage(file: Path) -> None:
    (next(file.parent.glob("*.words-*")) / "meta.json").write_text("{}", "utf-8")


def columns_gone(file: Path) -> None:
    file.with_suffix(".columns").unlink()


def columns_cut(file: Path) -> None:
    columns = file.with_suffix(".columns")
    columns.write_bytes(columns.read_bytes()[:-40])


def later(file: Path) -> None:
    label = file.with_name(file.name + ".json")
    label.write_text(json.dumps(json.loads(label.read_text("utf-8")) | {"generation": 10**6}), "utf-8")


def without_samples(file: Path) -> None:
    label = file.with_name(file.name + ".json")
    fields = json.loads(label.read_text("utf-8"))
    del fields["sample"]
    label.write_text(json.dumps(fields), "utf-8")


def of_other_vectors(file: Path) -> None:
    label = file.with_name(file.name + ".json")
    fields = json.loads(label.read_text("utf-8"))
    fields["sample"][-1][1] ^= 1
    label.write_text(json.dumps(fields), "utf-8")


@pytest.mark.parametrize(
    "harm",
    [words_gone, words_flipped, words_of_garbage, columns_gone, columns_cut, later, without_samples, of_other_vectors],
)
def test_derived_parts_that_cannot_be_trusted_are_made_again(
    large: Index, fake: FakeEncoder, harm: Callable[[Path], None]
) -> None:
    with large.reading() as view:
        file = large.path.with_suffix(".faiss")
    harm(file)
    with Index.open(large.path, encoder=fake) as again:
        with again.reading() as view, again.store.reading() as connection:
            assert load_base(connection, file, again.store.setting("store"), view.generation) is None or not isinstance(
                view.dense, Large
            )
        assert Retriever(again).search("rare44")[0].brief.id == "b44"
        again.save_dense()
        agrees(again, ["t1w1 t1w2"], fake)


def test_a_store_put_back_from_an_older_copy_is_not_searched_by_later_derived_parts(
    large: Index, fake: FakeEncoder, make_brief: MakeBrief, tmp_path: Path
) -> None:
    large.close()
    older = tmp_path / "older.db"
    shutil.copyfile(large.path, older)
    with Index.open(large.path, encoder=fake) as index:
        index.add(made_briefs(make_brief, 800, 30))
        with index.reading():
            pass
        file = index.path.with_suffix(".faiss")
        index._derived._base = None
        file.with_name(file.name + ".json").unlink()
        index.forget_derived()
        index.save_dense()
    assert (saved_label(file) or {})["top"] == 730
    shutil.copyfile(older, large.path)  # numbers are given again from 701 on, to other passages
    with Index.open(large.path, encoder=fake) as index:
        for n in range(40):
            index.add(made_briefs(make_brief, 900 + n, 1))
        index.save_dense()
        agrees(index, ["t1w1 t1w2"], fake)
        assert Retriever(index).search("rare905")[0].brief.id == "b905"


TESTS = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1] / ".alias")}  # `northbrief.tests` is not installed
KILLED = """
import os, sys
from pathlib import Path
from northbrief.index import Index, base, dense
from northbrief.tests.conftest import FakeEncoder
dense.APPROXIMATE_FROM = 300
step, at = sys.argv[2], {}
def dying(name):
    real = getattr(base, name)
    def then(*arguments, **named):
        if name == step:
            os._exit(9)
        return real(*arguments, **named)
    setattr(base, name, then)
for name in ("read_vectors", "words_up_to", "_save", "_replace", "clear_words"):
    dying(name)
with Index.open(Path(sys.argv[1]), encoder=FakeEncoder()) as index:
    index.save_dense()
os._exit(1)
"""


@pytest.mark.parametrize("step", ["read_vectors", "words_up_to", "_save", "_replace", "clear_words"])
def test_a_build_killed_at_any_step_leaves_nothing_that_lies(large: Index, fake: FakeEncoder, step: str) -> None:
    large.close()
    label = large.path.with_suffix(".faiss.json")
    fields = json.loads(label.read_text("utf-8"))
    label.write_text(json.dumps(fields | {"store": "f" * 32}), "utf-8")  # so that a build is due
    done = subprocess.run([sys.executable, "-c", KILLED, str(large.path), step], check=False, timeout=120, env=TESTS)
    assert done.returncode == 9
    with Index.open(large.path, encoder=fake) as again:
        again.save_dense()
        with again.reading() as view:
            assert isinstance(view.dense, Large)
        agrees(again, ["t1w1 t1w2"], fake)
        if step != "clear_words":  # nothing was due then, and what is left waits for the next time
            assert len(list(again.path.parent.glob("*.words-*"))) == 1


def test_versions_that_were_replaced_push_no_words_out(large: Index, fake: FakeEncoder, make_brief: MakeBrief) -> None:
    with Index.open(large.path, encoder=fake) as index:
        for number in range(12):
            index.add([make_brief("edited", f"zebra stripes counted {number} times")])
            with index.reading() as view:
                state(view)
        with index.reading() as view:
            assert len(view.worded("zebra", 5, ())[0]) == 1


def test_only_one_process_makes_the_base(large: Index) -> None:
    with _alone(large.path) as first, _alone(large.path) as second:
        assert first and not second
    with _alone(large.path) as again:
        assert again


def test_how_often_an_idea_is_named_does_not_depend_on_who_searched_before(large: Index) -> None:
    with large.reading() as view:
        few = view.naming([["t1w1"]], 1)
        assert few == [1] and view.naming([["t1w1"]], 500)[0] > 1


def test_a_check_reads_a_sample_of_the_vectors_that_the_derived_parts_must_hold(
    large: Index, fake: FakeEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []

    def counted(connection: sqlite3.Connection, numbers: Ints, dimension: int) -> tuple[Ints, Floats]:
        read.append(len(numbers))
        return read_present(connection, numbers, dimension)

    monkeypatch.setattr("northbrief.index.check.read_present", counted)
    assert check_index(large.path, encoder=fake).sound
    assert len(read) == 1 and 50 <= read[0] < 100
