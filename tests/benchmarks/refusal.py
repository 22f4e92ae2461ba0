"""The refusal's two constants: python -m tests.benchmarks.refusal

Fits confidence = 1 / (1 + exp(-SLOPE * (best similarity - MIDDLE))) on the half "fit" of the shelf's own questions,
answerable against off-topic, and reports on the half "test". Near misses are reported, too, and not fitted: no score
of a passage tells them from answerable questions, since they share more words with it.
"""

import json
import tempfile
from pathlib import Path

import numpy as np
from northbrief.corpus.shelf import load_shelf
from northbrief.index import Index, Retriever
from northbrief.qa.assistant import MIDDLE, REFUSE_BELOW, SLOPE
from northbrief.qa.evaluate import auroc
from numpy.typing import NDArray

QUESTIONS = Path(__file__).parents[1] / "shelf_questions.jsonl"
STEPS = 20_000


def fitted(scores: NDArray[np.float64], answerable: NDArray[np.float64]) -> tuple[float, float]:
    """Return slope and middle by gradient descent on the log loss, both classes weighing the same."""
    weights = np.where(answerable == 1, 0.5 / answerable.sum(), 0.5 / (1 - answerable).sum())
    slope, middle = 20.0, float(scores.mean())
    for _ in range(STEPS):
        error = weights * (1 / (1 + np.exp(-slope * (scores - middle))) - answerable)
        slope -= 200 * float((error * (scores - middle)).sum())
        middle += 0.002 * slope * float(error.sum())
    return slope, middle


def main() -> None:
    """Print the fit and what it does on the questions it has not seen."""
    questions = [json.loads(line) for line in QUESTIONS.read_text("utf-8").splitlines()]
    with tempfile.TemporaryDirectory() as folder, Index.open(folder) as index:
        index.add(load_shelf())
        retriever = Retriever(index)
        best: dict[tuple[str, str], list[float]] = {}
        for question in questions:
            hits = retriever.search(question["question"], history=question["history"])
            kind = "answerable" if question["answerable"] else question["type"]
            best.setdefault((question["split"], kind), []).append(max(hit.similarity for hit in hits))
    positive, negative = best["fit", "answerable"], best["fit", "offtopic"]
    scores = np.array(positive + negative)
    slope, middle = fitted(scores, np.array([1.0] * len(positive) + [0.0] * len(negative)))
    print(f"fitted on {len(scores)}: slope {slope:.1f}, middle {middle:.3f}; in use {SLOPE}, {MIDDLE}")
    for split in ("fit", "test"):
        for kind in ("offtopic", "unanswerable"):
            value = auroc(best[split, "answerable"], best[split, kind])
            print(f"{split}: {kind} against answerable, AUROC {value:.3f}")
        for kind in ("answerable", "offtopic", "unanswerable"):
            confidence = 1 / (1 + np.exp(-SLOPE * (np.array(best[split, kind]) - MIDDLE)))
            print(f"{split}: {kind} refused {np.mean(confidence < REFUSE_BELOW):.2f} of {len(confidence)}")


if __name__ == "__main__":
    main()
