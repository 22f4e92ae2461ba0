"""Retrieval quality and its ablation: python -m tests.benchmarks.retrieval --data ../shared/data --out retrieval.json

Each row changes one thing against the default; all rows search one index, made once. Reported are R@1, R@5, R@10 and
MRR over the answerable English questions of both sets, and the paired difference of MRR with its 95 % interval.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from northbrief.corpus import load_briefs
from northbrief.index import Index, Retriever, late, lexical, preferring, rank
from northbrief.qa.evaluate import Outcome, Question, compare, figures, read_questions, run

COLUMNS = ("R@1", "R@5", "R@10", "MRR")


@contextmanager
def changed(module: Any, **values: Any) -> Iterator[None]:
    """Constants of a module set to other values, and back."""
    before = {name: getattr(module, name) for name in values}
    for name, value in values.items():
        setattr(module, name, value)
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(module, name, value)


def rows(index: Index) -> Iterator[tuple[str, Callable[[], Retriever], Any, dict[str, Any]]]:
    """(name, retriever, module, its changed constants) of each row of the ablation."""

    def full() -> Retriever:
        return Retriever(index)

    def plain() -> Retriever:
        return Retriever(index, rerank=False)

    yield "default", full, rank, {}
    yield "without late interaction", plain, rank, {}
    yield "dense alone", plain, rank, {"DENSE_WEIGHT": 1.0, "LEXICAL_WEIGHT": 0.0}
    yield "lexical alone", plain, rank, {"DENSE_WEIGHT": 0.0, "LEXICAL_WEIGHT": 1.0}
    yield "half dense, half lexical", plain, rank, {"DENSE_WEIGHT": 0.5, "LEXICAL_WEIGHT": 0.5}
    for share in (0.1, 0.2, 1.0):
        yield f"words in up to {share:.0%} of passages, no re-ranking", plain, lexical, {"COMMON_SHARE": share}
    for count in (20, 30, 60, 100):
        yield f"{count} candidates", full, rank, {"CANDIDATES": count, "DEPTH": max(50, count)}
    for weight in (0.0, 0.1, 0.4):
        yield f"fused weight {weight}", full, rank, {"FUSED_WEIGHT": weight, "LATE_WEIGHT": 0.64 - weight}
    yield "without cover and weakest pieces", full, rank, {"COVER_WEIGHT": 0.0, "WEAKEST_WEIGHT": 0.0}
    for exponent in (0.0, 1.0, 1.5, 2.0):
        yield f"idf exponent {exponent}", full, late, {"IDF_EXPONENT": exponent}
    yield "versions of a brief as any others", full, preferring, {"SAME": 2.0, "REWORDED": 2.0}
    for cap in (2, 3, None):
        yield f"at most {cap or 'all'} of a brief", partial(Retriever, index, cap=cap), rank, {}


def main() -> None:
    """Print the table; write the figures where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--only", default="", help="rows whose name holds this, and the default")
    arguments = parser.parse_args()
    data: Path = arguments.data
    with tempfile.TemporaryDirectory() as folder, Index.open(folder) as index:
        index.add(load_briefs(data / "briefs", data / "korean", data / "kcna-2024.jsonl"))
        sets = {name: questions(data / f"questions-{name}.jsonl") for name in ("train", "dev")}
        results = {}
        default: dict[str, list[Outcome]] = {}
        print(
            "| setting | set | " + " | ".join(COLUMNS) + " | MRR against the default |\n|" + "---|" * (len(COLUMNS) + 3)
        )
        for name, make, module, constants in rows(index):
            if name != "default" and arguments.only not in name:
                continue
            for which, asked in sets.items():
                with changed(module, **constants):
                    outcomes = run(make(), asked)
                default.setdefault(which, outcomes)
                made = figures(outcomes)
                difference = compare(default[which], outcomes)
                results[f"{name}, {which}"] = made
                shown = " | ".join(f"{made[key]:.3f}" if key in ("MRR",) else f"{made[key]:.2f}" for key in COLUMNS)
                against = f"{difference.difference:+.3f} ({difference.low:+.3f} to {difference.high:+.3f})"
                print(f"| {name} | {which} | {shown} | {against} |")
                sys.stdout.flush()
    if arguments.out:
        arguments.out.write_text(json.dumps(results, indent=2), "utf-8")


def questions(path: Path) -> list[Question]:
    """The answerable English questions on English texts."""
    return [
        question
        for question in read_questions(path)
        if question.answerable and question.language == "en" and question.type != "ko-doc"
    ]


if __name__ == "__main__":
    main()
