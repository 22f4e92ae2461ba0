"""What a search costs as the index grows: python -m tests.benchmarks.scale --data DATA --home FOLDER

Makes the indexes that are not there yet (`made`), measures each in a process of its own, writes `scale.json` into
FOLDER and `scale.png` beside this file (needs matplotlib). Sizes measured before are kept; `--again` measures anew.
Questions are those of DATA, planned and searched as `Retriever.search` does; no vector of theirs lies in the index.
Times are given by the clock and in processor time of the searching thread, which other work on the machine changes
less.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from northbrief.corpus import Brief
from northbrief.index import Filter, Index, Retriever
from northbrief.index.types import Floats, Ints
from northbrief.index.vectors import read_all_vectors
from northbrief.qa.evaluate import Question, read_questions

HERE = Path(__file__).parent
SIZES = (10_000, 100_000, 1_000_000)
TRAIN = 60  # training questions searched beside the dev ones
BLOCK = 50_000  # vectors compared at a time for the exact neighbours
NEEDLE = Brief(
    id="needle",
    title="A note on quarry wagons",
    text="The seventeen quarry wagons of Hyesan were repainted in turquoise by a cooperative of retired millers.",
)
FILTERS = {
    "one institution, a year": Filter(since=date(2011, 1, 1), until=date(2011, 12, 31), institutions=("Institute 17",)),
    "a year": Filter(since=date(2011, 1, 1), until=date(2011, 12, 31)),
    "since 2010": Filter(since=date(2010, 1, 1)),
}
MEMORY = {"resident": "VmRSS", "not of files": "RssAnon", "peak": "VmHWM"}


def milliseconds(times: Sequence[float]) -> dict[str, float]:
    """p50, p95 and worst of seconds, in milliseconds."""
    found = {"p50": statistics.median(times), "p95": float(np.percentile(times, 95)), "worst": max(times)}
    return {name: round(1000 * value, 1) for name, value in found.items()}


def memory() -> dict[str, int]:
    """MB of this process: resident, of it not mapped from files, and the most that was ever resident."""
    lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text("ascii").splitlines())
    return {name: int(lines[key].split()[0]) // 1024 for name, key in MEMORY.items()}


def timed(
    retriever: Retriever, questions: Sequence[Question], where: Filter | None = None
) -> list[tuple[float, float]]:
    """Seconds of each search, one at a time: by the clock, and of the processor."""
    times = []
    for question in questions:
        began, used = time.perf_counter(), time.thread_time()
        retriever.search(question.text, history=question.history, where=where)
        times.append((time.perf_counter() - began, time.thread_time() - used))
    return times


def both(times: Sequence[tuple[float, float]]) -> dict[str, dict[str, float]]:
    """The figures of `timed`."""
    return {"clock": milliseconds([t for t, _ in times]), "processor": milliseconds([t for _, t in times])}


def exact_neighbours(index: Index, queries: Floats, k: int) -> list[set[int]]:
    """The numbers of the k passages nearest to each query, by comparing it with all vectors."""
    numbers: Ints = np.empty((len(queries), 0), np.int64)
    scores: Floats = np.empty((len(queries), 0), np.float32)
    above = 0
    with index.store.reading() as connection:
        while True:
            found, vectors = read_all_vectors(connection, queries.shape[1], above, BLOCK)
            if not len(found):
                return [set(row.tolist()) for row in numbers]
            above = int(found[-1])
            scores = np.concatenate([scores, queries @ vectors.T], axis=1)
            numbers = np.concatenate([numbers, np.broadcast_to(found, (len(queries), len(found)))], axis=1)
            best = np.argsort(-scores, axis=1)[:, :k]
            scores, numbers = np.take_along_axis(scores, best, 1), np.take_along_axis(numbers, best, 1)


def recall(index: Index, questions: Sequence[Question], k: int = 10) -> float:
    """The share of the exact k nearest passages among the k that a search for the nearest returns."""
    retriever = Retriever(index)
    texts = [inquiry.english for each in questions for inquiry in retriever.plan(each.text, each.history).inquiries]
    queries = np.array([encoding.vector for encoding in index.encoder.encode(texts)])
    wanted = exact_neighbours(index, queries, k)
    with index.reading() as view:
        found = [set(view.nearest(query, k, ())[0].tolist()) for query in queries]
    return round(float(np.mean([len(f & w) / k for f, w in zip(found, wanted, strict=True)])), 4)


def visible(index: Index) -> dict[str, float]:
    """Seconds of adding one brief, until it is found, of removing it, and until it is not."""
    retriever, question = Retriever(index), "How many quarry wagons were repainted in turquoise?"
    retriever.search(question)
    began = time.perf_counter()
    index.add([NEEDLE])
    added = time.perf_counter()
    if retriever.search(question)[0].brief.id != NEEDLE.id:
        raise AssertionError("the added brief is not found")
    found = time.perf_counter()
    index.remove(NEEDLE.id)
    removed = time.perf_counter()
    if any(hit.brief.id == NEEDLE.id for hit in retriever.search(question)):
        raise AssertionError("the removed brief is found")
    gone = time.perf_counter()
    times = {"added": added - began, "found": found - began, "removed": removed - found, "gone": gone - found}
    return {name: round(value, 2) for name, value in times.items()}


def measured(folder: Path, data: Path) -> dict[str, Any]:
    """The figures of one index, in this process; what is derived of it is made before, if it is due."""
    dev = read_questions(data / "questions-dev.jsonl")
    train = [question for question in read_questions(data / "questions-train.jsonl") if question.answerable]
    questions = [*dev, *train[:: max(1, len(train) // TRAIN)][:TRAIN]]
    with Index.open(folder) as index:
        began = time.perf_counter()
        index.save_dense()
        derived = time.perf_counter() - began
    began = time.perf_counter()
    index = Index.open(folder)
    retriever = Retriever(index)
    retriever.search(questions[0].text, history=questions[0].history)
    first = time.perf_counter() - began
    opened = memory()
    cold = timed(retriever, questions)
    warm = timed(retriever, questions)
    kinds = dict.fromkeys(question.type for question in dev)
    searched = memory()
    figures = {
        "passages": len(index),
        "open until first hits, s": round(first, 2),
        "derived parts made, s": round(derived, 1),
        "first pass, ms": both(cold),
        "search, ms": both(warm),
        "by type, ms": {
            kind: both([t for t, question in zip(warm, questions, strict=True) if question.type == kind])
            for kind in kinds
        },
        "filtered, ms": {name: both(timed(retriever, questions[::6], where)) for name, where in FILTERS.items()},
        "memory after the first search, MB": opened,
        "memory after searches, MB": searched,
        "one brief, s": visible(index),
        "search after that, ms": both(timed(retriever, questions[::3])),
        "recall@10": recall(index, questions[::2]),
        "disk, MB": sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) >> 20,
    }
    index.close()
    return figures


def draw(found: dict[str, Any], target: Path) -> None:
    """Write the picture: each figure against the size, with what it should stay under."""
    import matplotlib.pyplot as plt  # type: ignore[import-not-found,unused-ignore]

    rows = sorted(found.values(), key=lambda row: row["passages"])
    sizes = [row["passages"] for row in rows]
    lines: list[tuple[str, dict[str, Callable[[Any], float]]]] = [
        (
            "one search, ms of the processor",
            {
                "p50": lambda r: r["search, ms"]["processor"]["p50"],
                "p95": lambda r: r["search, ms"]["processor"]["p95"],
            },
        ),
        (
            "MB in memory",
            {
                "resident": lambda r: r["memory after searches, MB"]["resident"],
                "not of files": lambda r: r["memory after searches, MB"]["not of files"],
            },
        ),
        ("recall@10 of the exact neighbours", {"recall": lambda r: r["recall@10"]}),
        ("open until first hits, s", {"open": lambda r: r["open until first hits, s"]}),
        ("an added brief is found, s", {"found": lambda r: r["one brief, s"]["found"]}),
        ("MB on disk", {"disk": lambda r: r["disk, MB"]}),
    ]
    figure, axes = plt.subplots(2, 3, figsize=(11, 6), layout="constrained")
    for axis, (title, curves) in zip(axes.flat, lines, strict=True):
        for name, value in curves.items():
            axis.plot(sizes, [value(row) for row in rows], marker="o", label=name)
        axis.set_xscale("log")
        axis.set_title(title, fontsize=10)
        axis.set_ylim(bottom=0)
        axis.set_xlabel("passages")
        if len(curves) > 1:
            axis.legend()
    figure.savefig(target, dpi=110)


def main() -> None:
    """Make, measure, draw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--passages", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--again", action="store_true", help="measure anew what was measured before")
    parser.add_argument("--one", action="store_true", help="measure one index that is there, in this process")
    arguments = parser.parse_args()
    shared = ["--data", str(arguments.data), "--home", str(arguments.home)]
    if arguments.one:
        folder = arguments.home / str(arguments.passages[0])
        print(json.dumps(measured(folder, arguments.data)))
        return
    sizes = [str(passages) for passages in sorted(arguments.passages)]
    subprocess.run([sys.executable, "-m", "tests.benchmarks.made", *shared, "--passages", *sizes], check=True)
    kept = arguments.home / "scale.json"
    found: dict[str, Any] = json.loads(kept.read_text("utf-8")) if kept.exists() else {}
    for size in sizes:
        if size not in found or arguments.again:
            command = [sys.executable, "-m", "tests.benchmarks.scale", *shared, "--one", "--passages", size]
            found[size] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
            kept.write_text(json.dumps(found, indent=1), "utf-8")
    print(json.dumps(found, indent=1))
    draw(found, HERE / "scale.png")


if __name__ == "__main__":
    main()
