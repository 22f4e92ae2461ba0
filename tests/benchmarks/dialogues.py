"""Follow-ups and comparisons over the shelf: python -m tests.benchmarks.dialogues

Each question comes with the turns before it and, side by side, what answers it: a brief and words that its passage
holds. A follow-up counts when such a passage is among the first five, a comparison when every side has one among the
first ten.
"""

import argparse
import json
import tempfile
from pathlib import Path
from typing import Any

from northbrief.corpus.shelf import load_shelf
from northbrief.index import Hit, Index, Retriever

CASES = Path(__file__).parents[1] / "cases"
SETS = {"dialogues.jsonl": 5, "shelf-comparisons.jsonl": 10}


def place(hits: list[Hit], gold: list[dict[str, str]]) -> int | None:
    """The 1-based place of the first passage that answers, or None."""
    for n, hit in enumerate(hits, start=1):
        if any(hit.brief.id == each["brief"] and each["holds"] in hit.passage.text for each in gold):
            return n
    return None


def places(retriever: Retriever, case: dict[str, Any]) -> list[int | None]:
    """The place of each side of what answers, among ten hits."""
    hits = retriever.search(case["question"], k=10, history=case["history"])
    return [place(hits, side) for side in case["gold"]]


def main() -> None:
    """Print the shares, and the questions that failed, with how they were read."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--failures", action="store_true", help="print those that failed")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Index.open(folder) as index:
        index.add(load_shelf())
        retriever = Retriever(index)
        for name, k in SETS.items():
            cases = [json.loads(line) for line in (CASES / name).read_text("utf-8").splitlines()]
            found = [places(retriever, case) for case in cases]
            good = [all(rank is not None and rank <= k for rank in ranks) for ranks in found]
            print(f"{name}: {sum(good)} of {len(good)} within {k}")
            for case, ranks, fine in zip(cases, found, good, strict=True):
                if arguments.failures and not fine:
                    plan = retriever.plan(case["question"], case["history"])
                    print(
                        f"- {ranks} {case['question']}", *(inquiry.english for inquiry in plan.inquiries), sep="\n    "
                    )


if __name__ == "__main__":
    main()
