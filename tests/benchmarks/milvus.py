"""An index in Milvus Lite beside one in a file: python -m tests.benchmarks.milvus rank --data DATA | kill | --help.

`rank` adds the real documents to a file, moves them to Milvus Lite and back, and asks the questions of each; `kill`
ends a loading process by SIGKILL at random instants until all is loaded, again and again, and compares the collections
row by row with what was acknowledged. Exit code 1: it did not hold.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from northbrief.corpus import load_briefs
from northbrief.index import Index, Retriever
from northbrief.index.milvus import MilvusIndex
from northbrief.index.moving import move_index
from northbrief.qa.evaluate import figures, run

from ..conftest import FakeEncoder
from ..test_milvus import LOADER, leftovers, many
from .retrieval import questions

COLUMNS = ["R@1", "R@5", "R@10", "MRR"]


def rank(data: Path, made: Path | None, sets: list[str]) -> bool:
    """Print the table; whether R@5 in Milvus is within 0.02 of the file's and the round trip ranks the same."""
    with tempfile.TemporaryDirectory() as folder:
        own, back = Index.open(made or Path(folder, "own.db")), Index.open(Path(folder, "back.db"))
        there = Index.open(f"milvus://{folder}/lite.db")
        own.add(load_briefs(data / "briefs", data / "korean", data / "kcna-2024.jsonl"))
        for label, start, goal in (("to Milvus Lite", own, there), ("and back", there, back)):
            began = time.perf_counter()
            moved = move_index(start, goal)
            seconds = time.perf_counter() - began
            print(f"{label}: {moved.copied} briefs, {moved.passages} passages in {seconds:.0f} s", flush=True)
        print("\n| index | questions | " + " | ".join(COLUMNS) + " | search p50, p95 | processor p50, p95 |")
        print("|" + "---|" * (len(COLUMNS) + 4))
        recall: dict[tuple[str, str], float] = {}
        for name in sets:
            asked = questions(data / f"questions-{name}.jsonl")
            texts = [each.text for each in asked]
            for label, index in (("file", own), ("Milvus Lite", there), ("back in a file", back)):
                shown = figures(run(Retriever(index), asked))
                recall[label, name] = shown["R@5"]
                cells = [f"{shown[column]:.3f}" for column in COLUMNS]
                print(f"| {label} | {name}, {len(asked)} | {' | '.join(cells)} | {times(index, texts)} |", flush=True)
        texts = [each.text for each in questions(data / "questions-dev.jsonl")]
        rankings = {label: listed(index, texts) for label, index in (("own", own), ("there", there), ("back", back))}
        same = sum(map(list.__eq__, rankings["own"], rankings["back"]))
        first = sum(a[0][0] == b[0][0] for a, b in zip(rankings["own"], rankings["there"], strict=True))
        print(f"\nThere and back, {same} of {len(texts)} rankings are the same, scores included;", end=" ")
        print(f"in Milvus Lite, {first} have the same first passage.")
        for index in (own, there, back):
            index.close()
        near = all(abs(recall["file", name] - recall["Milvus Lite", name]) <= 0.02 for name in sets)
        return near and same == len(texts)


def listed(index: Index, asked: list[str]) -> list[list[tuple[str, float]]]:
    """What is found for each question, with scores."""
    retriever = Retriever(index)
    return [[(hit.passage.id, round(hit.score, 6)) for hit in retriever.search(text, 10)] for text in asked]


def times(index: Index, asked: list[str]) -> str:
    """Milliseconds of a search, its question encoded, by the clock and of all processors together.

    Milvus Lite serves from threads of this process, so its work is counted, too; other programs' is not.
    """
    retriever = Retriever(index)
    taken, worked = [], []
    for question in asked[:60]:
        began, before = time.perf_counter(), time.process_time()
        retriever.search(question)
        taken.append(1000 * (time.perf_counter() - began))
        worked.append(1000 * (time.process_time() - before))
    return " | ".join(f"{np.median(each):.0f}, {np.percentile(each, 95):.0f} ms" for each in (taken, worked))


def kill(rounds: int, briefs: int) -> bool:
    """Kill loaders; whether every acknowledged brief is there, once, and nothing else."""
    kills = lost = doubled = 0
    for number in range(rounds):
        chance = random.Random(number)
        with tempfile.TemporaryDirectory() as folder:
            place = f"milvus://{folder}/lite.db"
            acknowledged: set[str] = set()
            while "done" not in acknowledged:
                command = [sys.executable, "-c", LOADER, place, str(briefs), "first"]
                before, patience = len(acknowledged), chance.randrange(1, briefs // 3)
                with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as loader:
                    assert loader.stdout
                    for line in loader.stdout:
                        acknowledged.add(line.strip())
                        if len(acknowledged) - before >= patience and "done" not in acknowledged:
                            time.sleep(chance.random() / 4)
                            os.kill(loader.pid, signal.SIGKILL)
                            kills += 1
                            break
                    acknowledged |= {line.strip() for line in loader.stdout}
            with MilvusIndex.at(place, FakeEncoder()) as index:
                found = {brief.id: brief for brief in index.briefs()}
                lost += len((acknowledged - {"done"}) - found.keys())
                lost += found != {brief.id: brief for brief in many(briefs)}
                faults = leftovers(index)
                doubled += bool(faults)
                print(f"round {number}: {kills} kills so far, {len(found)} briefs, faults {faults}", flush=True)
    print(f"{rounds} rounds, {kills} kills, {lost} lost, {doubled} with rows too many or too few")
    return not (lost or doubled)


def main() -> None:
    """Run what the command line names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["rank", "kill"])
    parser.add_argument("--data", type=Path)
    parser.add_argument("--index", type=Path, help="an index of the data that was made before")
    parser.add_argument("--sets", nargs="+", default=["dev"], help="dev, train")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--briefs", type=int, default=150)
    arguments = parser.parse_args()
    if arguments.what == "rank":
        held = rank(arguments.data, arguments.index, arguments.sets)
    else:
        held = kill(arguments.rounds, arguments.briefs)
    sys.exit(0 if held else 1)


if __name__ == "__main__":
    main()
