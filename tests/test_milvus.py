"""What is Milvus' alone: no transaction to rely on, processes that are killed, workers, moves, addresses."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from northbrief.corpus import Brief, StoreError, StoreMismatch
from northbrief.index import Filter, Index, Retriever
from northbrief.index.places import index_file

from .conftest import FakeEncoder
from .conftest import brief as make
from .test_conformance import library

pytest.importorskip("pymilvus", reason="the extra is not installed")
pytest.importorskip("milvus_lite", reason="milvus-lite has no wheel for this system")

from northbrief.index.loading import load
from northbrief.index.milvus import MilvusIndex
from northbrief.index.milvus_address import Address, parse_address
from northbrief.index.milvus_client import Collections, in_parts, pieces_of
from northbrief.index.milvus_rows import head_of, owner_of, passage_numbers, payload_keys
from northbrief.index.moving import move_index

# Milvus Lite leaves files of its log to the garbage collector, which says so whenever it comes by.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

NUMBERS = count()
TESTS = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1] / ".alias")}  # `northbrief.tests` is not installed
LOADER = """
import sys
from northbrief.index import Index
from northbrief.index.loading import load
from northbrief.tests.conftest import FakeEncoder
from northbrief.tests.test_milvus import many
with Index.open(sys.argv[1], encoder=FakeEncoder()) as index:
    def tell(report):
        for brief_id in (*report.added, *report.replaced, *report.unchanged):
            print(brief_id, flush=True)
    load(index, many(int(sys.argv[2]), sys.argv[3]), threads=2, acknowledged=tell)
    print("done", flush=True)
"""


def many(number: int, edition: str = "first") -> Iterator[Brief]:
    """Briefs of one to four passages."""
    for n in range(number):
        yield make(f"b{n}", " ".join(f"{edition} w{n} x{n * i}" for i in range(20 + 40 * (n % 4))))


@pytest.fixture(scope="module")
def lite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("milvus") / "lite.db"


@pytest.fixture
def address(lite: Path) -> str:
    return f"milvus://{lite}/c{next(NUMBERS)}"


@pytest.fixture
def index(address: str, fake: FakeEncoder) -> Iterator[MilvusIndex]:
    with MilvusIndex.at(address, fake) as opened:
        yield opened


def leftovers(index: MilvusIndex) -> dict[str, Any]:
    """What is not as the heads say: rows too many, rows missing, rows there twice; empty when all is right."""
    held = index.collections
    heads = index.catalog.all_heads()
    wanted = {n for head in heads for n in passage_numbers(head.owner, head.extent)}
    keys = {key for head in heads for key in payload_keys(head.owner, head.extent)}
    numbers = [row["n"] for row in held.scan(held.passages, "n >= 0", ["n"])] if held.made else []
    payload = [row["key"] for row in held.scan(held.payload, 'key != ""', ["key"])]
    payload = [key for key in payload if not key.startswith("codec")]
    notes = held.count(held.catalog, "kind == 2")
    faults = {
        "passages too many": set(numbers) - wanted,
        "passages missing": wanted - set(numbers),
        "passages twice": [n for n, times in Counter(numbers).items() if times > 1],
        "payload too much": set(payload) - keys,
        "payload missing": keys - set(payload),
        "notes": notes,
    }
    return {what: found for what, found in faults.items() if found}


# --- a brief is whole or not there, wherever a writer ends ------------------------------------------------------------


class Ended(Exception):
    """The writer is gone."""


class Ending:
    """Ends a writer before its n-th change of the collections."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
        self.left = after
        for name in ("write", "delete"):
            real = getattr(Collections, name)
            monkeypatch.setattr(Collections, name, self._counted(real))

    def _counted(self, real: Callable[..., None]) -> Callable[..., None]:
        def counted(held: Collections, name: str, rows: Sequence[Any]) -> None:
            if self.left == 0:
                raise Ended
            if rows:
                self.left -= 1
            real(held, name, rows)

        return counted


@pytest.mark.parametrize("after", range(9))
def test_a_writer_that_ends_before_any_of_its_writes_leaves_the_old_brief_or_the_new_one(
    index: MilvusIndex, address: str, fake: FakeEncoder, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    old, new = list(many(4)), list(many(4, "second"))
    index.add(old)
    with monkeypatch.context() as patch, pytest.raises(Ended):
        Ending(patch, after)
        index.add(new)
        raise Ended  # it had fewer writes
    with MilvusIndex.at(address, fake) as again:
        found = {brief.id: brief for brief in again.briefs()}
        assert set(found.values()) in (set(old), set(new))
        for brief in found.values():
            hits = Retriever(again).search(brief.text[:300], k=50, where=Filter(briefs=(brief.id,)))
            assert hits and {hit.brief for hit in hits} == {brief}
        again.add(new)
        assert set(again.briefs()) == set(new)
        assert leftovers(again) == {}


def test_what_a_killed_writer_left_of_a_brief_that_never_came_again_is_cleaned_up(
    index: MilvusIndex, address: str, fake: FakeEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    index.add(many(1))
    with monkeypatch.context() as patch, pytest.raises(Ended):
        Ending(patch, 3)  # note, payload and passages are written, the head is not
        index.add([make("lost", "Never to be seen again.")])
    with MilvusIndex.at(address, fake) as soon:
        soon.add([make("other", "Written while the first may still be at work.")])
        assert leftovers(soon).keys() == {"passages too many", "payload too much", "notes"}
    monkeypatch.setattr("northbrief.index.milvus_writing.GRACE", 0.0)
    with MilvusIndex.at(address, fake) as later:
        later.add([make("third", "Written when it is certain.")])
        assert (leftovers(later), len(later.briefs())) == ({}, 3)


@pytest.mark.parametrize("after", range(4))
def test_a_removal_that_ends_halfway_is_done_or_not(
    index: MilvusIndex, address: str, fake: FakeEncoder, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    index.add(many(3))
    with monkeypatch.context() as patch, pytest.raises(Ended):
        Ending(patch, after)
        index.remove("b1")
        raise Ended
    with MilvusIndex.at(address, fake) as again:
        left = {brief.id for brief in again.briefs()}
        assert left in ({"b0", "b1", "b2"}, {"b0", "b2"})
        assert {hit.brief.id for hit in Retriever(again).search("first w1", k=50)} == left
        again.add(many(3))
        assert (len(again.briefs()), leftovers(again)) == (3, {})


def test_a_loader_that_is_killed_loses_nothing_it_acknowledged_and_doubles_nothing(
    tmp_path: Path, fake: FakeEncoder, caplog: pytest.LogCaptureFixture
) -> None:
    place, number = f"milvus://{tmp_path / 'own.db'}", 96
    acknowledged: set[str] = set()
    ended: list[int] = []
    chance = random.Random(5)
    for attempt in range(2):
        command = [sys.executable, "-c", LOADER, place, str(number), "first"]
        with (
            (tmp_path / "errors").open("a") as errors,
            subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True, env=TESTS) as loader,
        ):
            assert loader.stdout
            for line in loader.stdout:
                acknowledged.add(line.strip())
                if attempt < 1 and len(acknowledged) >= 16:
                    time.sleep(chance.random() / 10)
                    os.kill(loader.pid, signal.SIGKILL)
                    break
            acknowledged |= {line.strip() for line in loader.stdout}
        ended.append(loader.returncode)
    with MilvusIndex.at(place, fake) as index:
        told = caplog.text + (tmp_path / "errors").read_text("utf-8")
        if "WAL recovery stopped" in told:  # what it had acknowledged itself is lost then
            pytest.skip("Milvus Lite could not read its own log after the kill")
        assert ended[0] == -signal.SIGKILL or "done" in acknowledged
        assert ended[1] == 0
        found = {brief.id: brief for brief in index.briefs()}
        assert found == {brief.id: brief for brief in many(number)}
        assert acknowledged - {"done"} == set(found)
        assert leftovers(index) == {}


# --- workers ---------------------------------------------------------------------------------------------------------


def test_workers_at_once_write_every_brief_once(address: str, fake: FakeEncoder) -> None:
    briefs = list(many(90))
    handles = [MilvusIndex.at(address, FakeEncoder()) for _ in range(3)]
    seen: list[str] = []

    def work(number: int) -> None:
        report = load(handles[number - 1], briefs, part=(number, 3), threads=2)
        seen.extend(report.added)

    workers = [threading.Thread(target=work, args=(number,)) for number in (3, 2, 1)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(seen) == sorted(brief.id for brief in briefs)
    with MilvusIndex.at(address, fake) as index:
        assert set(index.briefs()) == set(briefs)
        assert leftovers(index) == {}
        assert len(load(index, briefs, part=(2, 3)).unchanged) in range(20, 41)
    for handle in handles:
        handle.close()


def test_a_later_worker_waits_for_the_first_to_begin(index: MilvusIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("northbrief.index.loading.WAIT", 0.1)
    with pytest.raises(StoreError, match="begin with the first part"):
        load(index, many(3), part=(2, 2))
    with pytest.raises(ValueError, match="part 3 of 2"):
        load(index, many(3), part=(3, 2))


def test_one_who_writes_at_the_same_time_is_not_cleaned_up_after(
    index: MilvusIndex, address: str, fake: FakeEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    index.add(many(1))
    index.writer.alone = False  # as it is with a server
    with monkeypatch.context() as patch, pytest.raises(Ended):
        Ending(patch, 3)  # note, payload and passages are written, the head is not
        index.add(many(1, "second"))
    index.add([make("b0", "third edition")])
    assert [brief.text for brief in index.briefs()] == ["third edition"]
    assert {hit.passage.text for hit in Retriever(index).search("second w0", k=9)} == {"third edition"}


# --- moving ----------------------------------------------------------------------------------------------------------


def ranking(index: Index) -> list[tuple[str, float]]:
    questions = ["treaty alliance of part 3", "병진노선", "What of the grain price in 2019?", "word7 ferry"]
    return [(hit.passage.id, round(hit.score, 6)) for each in questions for hit in Retriever(index).search(each, k=12)]


@pytest.fixture
def own(tmp_path: Path, fake: FakeEncoder) -> Iterator[Index]:
    """An index in a file with copies, corrections and versions."""
    prose = " ".join(f"p{n}" for n in range(200))
    with Index.open(tmp_path / "own.db", encoder=fake) as opened:
        opened.add(library())
        opened.add([make("copy", library()[4].text, source="/copy"), make("gone", "Removed in between.")])
        opened.add(make(f"v{year}", f"{prose} {year}", published=make_day(year)) for year in (2020, 2021))
        opened.remove("gone")
        opened.correct("b2", {"title": "Corrected"})
        yield opened


def make_day(year: int) -> Any:
    from datetime import date

    return date(year, 1, 1)


def test_a_round_trip_encodes_nothing_and_gives_the_same_ranking(
    own: Index, address: str, tmp_path: Path, fake: FakeEncoder
) -> None:
    before, passages = ranking(own), len(own)
    with MilvusIndex.at(address, fake) as there, Index.open(tmp_path / "back.db", encoder=fake) as back:
        fake.encoded.clear()
        assert move_index(own, there).passages == move_index(there, back).passages == passages
        assert fake.encoded == []
        assert {brief.id: brief for brief in there.briefs()} == {brief.id: brief for brief in own.briefs()}
        assert ranking(back) == before
        for moved in (there, back):
            assert [name.id for name in moved.names("b4")] == ["b4", "copy"]
            assert [relative.id for relative in moved.relatives("v2020")] == ["v2021"]
            assert Retriever(moved).search("p3 p4 p5", where=Filter(until=make_day(2020)))[0].newer == "v2021"
            moved.add(library())
            found = moved.brief("b2")
            assert found and found.title == "Corrected"
        assert leftovers(there) == {}


def test_a_move_goes_on_where_it_ended(own: Index, address: str, fake: FakeEncoder) -> None:
    def stop(seen: int, passages: int) -> None:
        raise KeyboardInterrupt

    with MilvusIndex.at(address, fake) as there:
        with pytest.raises(KeyboardInterrupt):
            move_index(own, there, stop)
        part = len(there.briefs())
        report = move_index(own, there)
        assert (report.there, report.copied) == (part, len(own.briefs()) - part)
        assert move_index(own, there).copied == 0
        assert set(there.briefs()) == set(own.briefs())


def test_a_move_into_other_codebooks_is_refused(own: Index, address: str, fake: FakeEncoder) -> None:
    with MilvusIndex.at(address, fake, late=False) as there:
        there.add([make("x", "text")])
        with pytest.raises(StoreMismatch, match=r"other codebooks.*move to a new index"):
            move_index(own, there)


# --- addresses and errors --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("http://milvus:19530/library", Address("http://milvus:19530", "library")),
        ("https://kim:p%40ss@h/library", Address("https://h", "library", "kim:p@ss")),
        ("milvus:///data/x.db", Address("/data/x.db", "northbrief", local=True)),
        ("milvus:///data/x.db/two", Address("/data/x.db", "two", local=True)),
    ],
)
def test_an_address_is_read_as_written(text: str, wanted: Address) -> None:
    assert parse_address(text) == wanted


@pytest.mark.parametrize(
    "text", ["http://host:19530", "http://host/a-b", "http:///x", "milvus:///x", "milvus:///x.db/a b"]
)
def test_an_address_without_a_collection_or_file_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(StoreError, match=r"^found .*, expected .*$"):
        parse_address(text)


def test_a_server_that_is_not_there_is_said_in_one_sentence(fake: FakeEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("northbrief.index.milvus_client.WAIT", 0.5)
    with pytest.raises(StoreError, match=r"library at http://127.0.0.1:9 .*check that it runs"):
        Index.open("http://127.0.0.1:9/library", encoder=fake)


def test_a_missing_extra_is_said_with_what_to_install(fake: FakeEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pymilvus", None)
    with pytest.raises(StoreError, match=r"pip install 'northbrief\[milvus\]'"):
        Index.open("http://127.0.0.1:9/library", encoder=fake)


def test_another_format_is_refused(index: MilvusIndex, address: str, fake: FakeEncoder) -> None:
    index.add([make("a", "text")])
    index.catalog.put_settings({"format": 99})
    with pytest.raises(StoreMismatch, match="index format 99, expected 1"):
        Index.open(address, encoder=fake)


def test_a_collection_of_somebody_else_is_left_alone(lite: Path, fake: FakeEncoder) -> None:
    held = Collections(Address(str(lite), "theirs", local=True))
    held.create_passages(8)
    held._client.drop_collection("theirs_catalog")
    with pytest.raises(StoreMismatch, match="none of Northbrief's"):
        Index.open(f"milvus://{lite}/theirs", encoder=fake)


def test_what_is_for_files_only_says_so(address: str, index: MilvusIndex, fake: FakeEncoder) -> None:
    with pytest.raises(StoreError, match="expected a file"):
        index_file(address)
    with pytest.raises(StoreError, match="expected a file"):
        Index.rebuild(address, encoder=fake)
    with pytest.raises(StoreError, match="expected a file"):
        _ = index.store


def test_a_brief_whose_facts_milvus_cannot_take_is_refused_alone(index: MilvusIndex) -> None:
    report = index.add(
        [make("a", "Text."), make("b", "Text too.", authors=("x" * 70_000,)), make("c", "한", title="한글" * 9_000)]
    )
    assert (report.added, [failure.source for failure in report.failed]) == (("a", "c"), ["b"])
    assert "which Milvus does not take" in report.failed[0].reason


def test_damage_is_told_and_not_shown(index: MilvusIndex) -> None:
    from northbrief.corpus import StoreDamaged

    index.add([make("a", "The whole text.")])
    held = index.collections
    [row] = held.select(held.catalog, "kind == 1", ["key", "facts"])
    facts = json.loads(row["facts"])
    facts["known"]["title"] = "Another"
    full = held.read(held.catalog, [row["key"]], ["key", "kind", "owner", "version", "source", "other", "day"])[0]
    held.write(held.catalog, [full | {"facts": json.dumps(facts)}])
    with pytest.raises(StoreDamaged, match="not as it was written"):
        index.briefs()
    assert head_of(held.read(held.catalog, [f"b{owner_of('a')}"], ["owner", "version", "other", "facts"])[0]).id == "a"


@pytest.mark.parametrize("text", ["", "abc", "한국어" * 50, "a" + "é" * 9 + "𝄞" * 7])
def test_a_text_in_parts_is_the_text_and_no_part_is_too_long(text: str) -> None:
    parts = pieces_of(text, size=7)
    assert "".join(parts) == text and all(len(part.encode()) <= 7 for part in parts)
    assert list(in_parts("abcde", 2)) == [["a", "b"], ["c", "d"], ["e"]]


# --- command line ----------------------------------------------------------------------------------------------------


def test_the_command_line_loads_searches_and_moves(
    tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from northbrief.ui.cli import app

    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.md").write_text("---\ntitle: Ferry\n---\nThe ferry returned to the harbour in March.\n", "utf-8")

    def run(*arguments: str) -> str:
        with pytest.raises(SystemExit) as ended:
            app([*arguments])
        assert ended.value.code in (None, 0), capsys.readouterr()
        return capsys.readouterr().out

    assert "1 added" in run("--home", address, "load", "a.md", "--log", "stored.txt")
    assert (tmp_path / "stored.txt").read_text("utf-8") == '"a"\n'
    assert "1 unchanged" in run("--home", address, "load", "a.md", "--part", "1/1", "--threads", "2")
    assert "harbour" in run("--home", address, "search", "When did the ferry return?")
    assert "Copied 1 briefs" in run("move", address, "back.db")
    assert json.loads(run("--home", "back.db", "list", "--json"))[0]["id"] == "a"


@pytest.mark.parametrize(
    "address", ["http://host:99999/x", "http://host:abc/x", "http://[bad/x", "http://me:secret@host/"]
)
def test_an_address_that_cannot_be_read_is_refused_without_its_password(address: str) -> None:
    with pytest.raises(StoreError, match="expected http://host:19530/collection") as raised:
        parse_address(address)
    assert "secret" not in str(raised.value)


def test_a_new_index_in_milvus_lite_does_not_wait_for_indexes_that_are_there(
    address: str, fake: FakeEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pymilvus.client.grpc_handler import GrpcHandler

    waited: list[str] = []

    def waiting(*_: object, index_name: str, **__: object) -> tuple[bool, str]:
        waited.append(index_name)
        return True, ""

    monkeypatch.setattr(GrpcHandler, "wait_for_creating_index", waiting)
    with MilvusIndex.at(address, fake) as index:
        index.add(many(2))
        assert Retriever(index).search("first w1")
    assert waited == []


def test_an_opening_that_is_refused_leaves_no_connection(
    index: MilvusIndex, address: str, lite: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index.add(many(1))
    theirs = Collections(Address(str(lite), "others", local=True))
    theirs.create_passages(8)
    theirs._client.drop_collection("others_catalog")
    closed: list[Collections] = []
    real = Collections.close

    def close(held: Collections) -> None:
        closed.append(held)
        real(held)

    monkeypatch.setattr(Collections, "close", close)
    for place in (address, f"milvus://{lite}/others"):
        with pytest.raises(StoreMismatch):
            MilvusIndex.at(place, FakeEncoder(name="another", dimension=48))
    assert len(closed) == 2
