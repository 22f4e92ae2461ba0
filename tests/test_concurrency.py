"""Several processes on one index: many search, one or two write, and nobody sees half of anything."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from northbrief.corpus import Brief, StoreLocked
from northbrief.index import Index, Retriever

if TYPE_CHECKING:
    from northbrief.tests.conftest import FakeEncoder

ROOT = Path(__file__).resolve().parents[1]
MakeBrief = Callable[..., Brief]

HOLD = """
import sys, time
from northbrief.index.store import Store
from pathlib import Path
with Store(Path(sys.argv[1])).writing() as connection:
    print("held", flush=True)
    sys.stdin.readline()
"""
FOLLOW = """
import sys, time
from pathlib import Path
from northbrief.index.rows import read_briefs
from northbrief.index.store import Store
from northbrief.index import Index
store = Store(Path(sys.argv[1]))
print("open", flush=True)
while True:
    with store.reading() as connection:
        ids = [brief.id for brief in read_briefs(connection)]
    if "a" not in ids:
        print(time.time(), flush=True)
        break
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked")
def test_searching_and_writing_processes_meet_no_error_and_no_torn_result() -> None:
    command = [sys.executable, "-m", "tests.benchmarks.keeping", "concurrency", "--seconds", "3", "--searching", "3"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stdout + done.stderr
    figures = json.loads(done.stdout)
    assert min(figures["two writing"]["added"]) > 0
    assert figures["written"]["searches"] > 0


def test_a_second_writer_is_told_which_process_holds_the_index(
    index: Index, make_brief: MakeBrief, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("northbrief.index.store.WAIT_SECONDS", 0.2)
    with (
        subprocess.Popen(
            [sys.executable, "-c", HOLD, str(index.path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as holder,
        Index.open(index.path, encoder=index.encoder) as second,
    ):
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(StoreLocked, match=rf"process {holder.pid} on .* since \d{{4}}-"):
            second.add([make_brief("b", "words")])
        holder.kill()
        holder.wait()
        assert second.add([make_brief("b", "words")]).added == ("b",)  # the dead hold nothing


def test_a_removed_brief_is_gone_from_another_process_within_a_second(index: Index, make_brief: MakeBrief) -> None:
    index.add([make_brief("a", "alpha words"), make_brief("b", "beta words")])
    with subprocess.Popen([sys.executable, "-c", FOLLOW, str(index.path)], stdout=subprocess.PIPE, text=True) as reader:
        assert reader.stdout
        assert reader.stdout.readline() == "open\n"
        index.remove("a")
        removed = time.time()
        assert float(reader.stdout.readline()) - removed < 1


def test_a_removed_brief_is_not_retrievable_by_any_search_filter_or_citation(
    index: Index, fake: FakeEncoder, make_brief: MakeBrief
) -> None:
    from northbrief.index import Filter
    from northbrief.index.lexical import search_terms
    from northbrief.qa import Assistant

    index.add([make_brief("a", "The alpha bridge cost nine million.", institution="Gone"), make_brief("b", "Beta.")])
    with Index.open(index.path, encoder=fake) as other:
        question = "What did the alpha bridge cost?"
        [hit] = [hit for hit in Retriever(other).search(question) if hit.brief.id == "a"]
        index.remove("a")
        for each in (index, other):
            for rerank in (True, False):
                retriever = Retriever(each, rerank=rerank)
                assert [found.brief.id for found in retriever.search(question)] == ["b"]
                for where in (Filter(briefs=("a",)), Filter(institutions=("Gone",))):
                    assert retriever.search(question, where=where) == []
            with each.reading() as view:
                assert [len(found) for found in search_terms(view.connection, "alpha bridge", 9, 1)] == [0, 0]
                numbers, _ = view.nearest(fake.encode([hit.passage.text])[0].vector, 9, ())
                assert len(numbers) == 1
            assert "alpha" not in Assistant(each).ask(question).text
            assert {citation.brief.id for citation in Assistant(each).ask(question).citations} <= {"b"}


def test_a_rebuild_lets_others_write_and_takes_in_what_they_wrote(
    index: Index, fake: FakeEncoder, make_brief: MakeBrief
) -> None:
    index.add(make_brief(f"b{n}", f"words {n}") for n in range(4))
    written: list[str] = []

    def meanwhile(seen: int, passages: int) -> None:
        if not written:
            written.extend(index.add([make_brief("new", "gamma words"), make_brief("b1", "changed words")]).added)
            index.remove("b2")

    report = Index.rebuild(index.path, encoder=fake, progress=meanwhile)
    texts = {brief.id: brief.text for brief in index.briefs()}
    assert texts == {"b0": "words 0", "b1": "changed words", "b3": "words 3", "new": "gamma words"}
    assert sorted(report.added) == sorted(texts)


def test_two_files_of_one_name_added_at_once_by_two_processes_are_both_kept(
    index: Index, fake: FakeEncoder, make_brief: MakeBrief, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = make_brief("report", "the first text", source="/a/report.txt", derived_id=True)
    second = make_brief("report", "the second text", source="/b/report.txt", derived_id=True)
    with Index.open(index.path, encoder=fake) as other:
        encode = fake.encode

        def encode_while_the_other_adds(texts: list[str]) -> object:
            monkeypatch.setattr(fake, "encode", encode)
            other.add([second])
            return encode(texts)

        monkeypatch.setattr(fake, "encode", encode_while_the_other_adds)
        report = index.add([first])
    assert sorted(brief.text for brief in index.briefs()) == ["the first text", "the second text"]
    assert report.added[0].startswith("report-")
