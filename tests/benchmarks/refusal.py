"""The refusal: python -m tests.benchmarks.refusal [--fit] [--ablation] [--data DATA --home INDEX]

Weights of `qa.confidence`, logistic in the features of `qa.evidence`, fitted on the half "fit" of the shelf's own
questions (answerable against near misses, off-topic text and orders) and reported on the half "test"; with DATA, on its
development questions as well, which take no part in the fit.
"""

import argparse
import json
import math
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from northbrief.corpus import load_briefs
from northbrief.corpus.shelf import load_shelf
from northbrief.index import Index
from northbrief.qa import Assistant
from northbrief.qa.confidence import BIAS, HEDGE_BELOW, MIDDLE, REFUSE_BELOW, SLOPE, WEIGHTS
from northbrief.qa.evaluate import Question, auroc, read_questions
from northbrief.qa.evidence import names
from northbrief.qa.found import look
from numpy.typing import NDArray

QUESTIONS = Path(__file__).parents[1] / "shelf_questions.jsonl"
STEPS, RIDGE, BINS = 4000, 0.05, 10
PRIOR = -1.0  # every lack counts against an answer, also one of which the questions have no case to tell how much
Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Case:
    """A question with the features of its evidence and what the assistant makes of it; orders are told otherwise."""

    question: Question
    features: tuple[float, ...]
    confidence: float
    abstained: bool
    hedged: bool
    order: bool

    @property
    def kind(self) -> str:
        """ "answerable", "near" or "offtopic"."""
        return "answerable" if self.question.answerable else "offtopic" if self.question.type == "offtopic" else "near"


def cases(assistant: Assistant, questions: Sequence[Question]) -> list[Case]:
    """Return a case for each question, asked one at a time."""
    made = []
    for question in questions:
        heard = assistant.hear(question.text)
        found = look(assistant.retriever, heard.question or question.text, question.history, None)
        chance = found.probability if heard.question else 0.0
        refused = chance < REFUSE_BELOW or not any(reading.sentences for reading in found.readings)
        hedged = not refused and chance < HEDGE_BELOW
        made.append(Case(question, tuple(found.evidence.values()), chance, refused, hedged, not heard.question))
    return made


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """Constants of `qa.confidence`."""

    slope: float
    middle: float
    weights: Numbers
    bias: float

    def probability(self, case: Case) -> float:
        """Return what these constants make of a case."""
        if case.order:
            return 0.0
        topic = self.slope * (case.features[0] - self.middle)
        held = float(np.array(case.features[1:]) @ self.weights) + self.bias
        return 1 / (1 + math.exp(-topic)) / (1 + math.exp(-held))


def fitted(given: Sequence[Case], columns: Sequence[int]) -> Fit:
    """Return the constants, the weights of features outside `columns` 0; the two logistics are fitted one by one."""
    near = [case for case in given if case.kind != "offtopic"]
    rows = np.array([case.features[1:] for case in near])[:, columns]
    weights, bias = logistic(rows, np.array([float(case.question.answerable) for case in near]), PRIOR)
    made = np.zeros(len(names()) - 1)
    made[list(columns)] = weights
    far = [case for case in given if case.kind != "near" and not case.order]
    truth = np.array([float(case.question.answerable) for case in far])
    [slope], start = logistic(np.array([case.features[:1] for case in far]), truth, balanced=True)
    return Fit(float(slope), -start / float(slope), made, bias)


def logistic(rows: Numbers, truth: Numbers, prior: float = 0.0, *, balanced: bool = False) -> tuple[Numbers, float]:
    """Return weights and bias by gradient descent on the log loss, with a ridge that pulls each weight towards `prior`;
    `balanced`, both classes weigh alike and there is no ridge."""
    mean, scale = rows.mean(axis=0), rows.std(axis=0) + 1e-6
    scaled = (rows - mean) / scale
    share = (
        np.where(truth == 1, 0.5 / truth.sum(), 0.5 / (1 - truth).sum())
        if balanced
        else np.full(len(truth), 1 / len(truth))
    )
    weights, bias = np.zeros(rows.shape[1]), 0.0
    for _ in range(STEPS):
        error = share * (1 / (1 + np.exp(-(scaled @ weights + bias))) - truth)
        weights -= 0.3 * (scaled.T @ error + RIDGE * (weights - prior * scale) * (not balanced))
        bias -= 0.3 * float(error.sum())
    return weights / scale, bias - float(weights / scale @ mean)


def calibration_error(chances: Sequence[float], truths: Sequence[bool]) -> float:
    """Return the expected calibration error: the mean gap of confidence and truth over BINS bins of equal width."""
    bins = np.minimum((np.array(chances) * BINS).astype(int), BINS - 1)
    gaps = [
        (bins == each).mean() * abs(np.array(chances)[bins == each].mean() - np.array(truths)[bins == each].mean())
        for each in set(bins.tolist())
    ]
    return float(sum(gaps))


def line(name: str, given: Sequence[Case], chances: Sequence[float]) -> str:
    """Return one row: both AUROCs and the calibration error."""
    by = {
        kind: [c for case, c in zip(given, chances, strict=True) if case.kind == kind]
        for kind in ("answerable", "near", "offtopic")
    }
    near, far = auroc(by["answerable"], by["near"]), auroc(by["answerable"], by["offtopic"])
    error = calibration_error(chances, [case.question.answerable for case in given])
    return f"| {name} | {near or 0:.3f} | {far or 0:.3f} | {error:.3f} |"


def shares(name: str, given: Sequence[Case]) -> None:
    """Print how many of each kind are refused, and how many answered as "not stated"."""
    kinds = ["answerable", "near", "offtopic"]
    groups = {kind: [case for case in given if case.kind == kind] for kind in kinds}
    groups["facts"] = [case for case in given if case.question.type == "fact"]
    for kind, group in groups.items():
        if group:
            refused = sum(case.abstained for case in group) / len(group)
            hedged = sum(case.hedged for case in group) / len(group)
            print(f"| {name} | {kind} | {len(group)} | {refused:.2f} | {hedged:.2f} |")


def main() -> None:
    """Print the tables, and with --fit the constants."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fit", action="store_true")
    parser.add_argument("--ablation", action="store_true")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--home", type=Path, help="an index of DATA, if there is one; else it is made")
    options = parser.parse_args()
    questions = read_questions(QUESTIONS)
    splits = {value["id"]: value["split"] for value in map(json.loads, QUESTIONS.read_text("utf-8").splitlines())}
    with tempfile.TemporaryDirectory() as folder:
        with Index.open(Path(folder) / "shelf") as index:
            index.add(load_shelf())
            found = cases(Assistant(index), questions)
        groups = {split: [case for case in found if splits[case.question.id] == split] for split in ("fit", "test")}
        if options.data:
            with Index.open(options.home or Path(folder) / "data") as index:
                if not len(index):
                    index.add(load_briefs(*(options.data / name for name in ("briefs", "korean", "kcna-2024.jsonl"))))
                groups["dev"] = cases(Assistant(index), read_questions(options.data / "questions-dev.jsonl"))
    print(f"in use: refused below {REFUSE_BELOW}, not stated below {HEDGE_BELOW}")
    print("| questions | near misses, AUROC | off topic, AUROC | ECE |\n|---|---|---|---|")
    for name, group in groups.items():
        print(line(name, group, [case.confidence for case in group]))
    print("\n| questions | kind | | refused | not stated |\n|---|---|---|---|---|")
    for name, group in groups.items():
        shares(name, group)
    features = names()[1:]
    everything = list(range(len(features)))
    chosen = {"all": everything} if options.fit else {}
    if options.ablation:
        chosen |= {f"without {features[left]}": [c for c in everything if c != left] for left in everything}
    for name, columns in chosen.items():
        fit = fitted(groups["fit"], columns)
        for where, group in groups.items():
            print(line(f"{name}, {where}", group, [fit.probability(case) for case in group]))
        if name == "all":
            print(f"SLOPE, MIDDLE = {fit.slope:.1f}, {fit.middle:.3f}  # now {SLOPE}, {MIDDLE}")
            print("WEIGHTS = (" + ", ".join(f"{value:.2f}" for value in fit.weights) + f")  # now {WEIGHTS}")
            print(f"BIAS = {fit.bias:.2f}  # now {BIAS}")
            truths = [case.question.answerable for case in groups["fit"]]
            for bias in (0.8, 1.0, 1.1, 1.2, 1.3, 1.4):  # on its own, with the weights in use
                used = Fit(SLOPE, MIDDLE, np.array(WEIGHTS), bias)
                error = calibration_error([used.probability(case) for case in groups["fit"]], truths)
                print(f"BIAS {bias}: ECE {error:.3f} on the half fit")


if __name__ == "__main__":
    main()
