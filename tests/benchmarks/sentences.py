"""The choice of sentences: python -m tests.benchmarks.sentences --data DATA [--fit] [--ablation]

Weights of `qa.extract`, fitted by the softmax over the sentences read for a question: on the answerable training
questions of DATA and on the half "fit" of the shelf's, those of comparisons left out. Reports the share of needed facts
in what is quoted, and the words that takes, for both halves of the training questions (each by the weights of the
other), for the half "test" of the shelf's questions, and for the development questions.
"""

import argparse
import json
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median

import numpy as np
from northbrief.corpus import load_briefs
from northbrief.corpus.shelf import load_shelf
from northbrief.index import Index, Retriever
from northbrief.qa.evaluate import Question, covers, read_questions
from northbrief.qa.extract import FEATURES, WEIGHTS, Sentence, read
from northbrief.qa.found import PASSAGES
from northbrief.qa.question import read_question
from northbrief.qa.select import ENOUGH, FACT_WORDS, SENTENCES, select
from numpy.typing import NDArray

SHELF = Path(__file__).parents[1] / "shelf_questions.jsonl"
EVERY = 1_000  # sentences
STEPS, RATE, RIDGE = 250, 0.05, 2e-3
Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """A question with the sentences read for it: features (n, FEATURES), and 1 for each that answers (n,)."""

    question: Question
    sentences: tuple[Sentence, ...]
    features: Numbers
    right: Numbers


def answers(question: Question, sentence: Sentence) -> bool:
    """Whether a sentence lies in a gold place and, where wordings are given, holds one of them."""
    text = sentence.text
    placed = any(
        gold.doc_id == sentence.hit.brief.id
        and (covers(sentence.hit.brief, sentence.start, sentence.end, gold) or gold.quote in text or text in gold.quote)
        for gold in question.gold
    )
    wordings = [wording.lower() for each in question.answers for wording in each]
    return placed and (not wordings or any(wording in text.lower() for wording in wordings))


def cases(retriever: Retriever, questions: Iterable[Question]) -> list[Case]:
    """Return a case for each answerable question for which a sentence was read, comparisons left out."""
    made = []
    for question in questions:
        plan = retriever.plan(question.text, question.history)
        if not question.answerable or question.type == "compare" or len(plan.inquiries) > 1:
            continue
        hits = retriever.search(question.text, PASSAGES, question.history, plan=plan)
        found = read(retriever, plan.inquiries[0], read_question(plan), plan.question, hits, EVERY).sentences
        if found:
            features = np.array([sentence.features for sentence in found])
            made.append(Case(question, found, features, np.array([float(answers(question, s)) for s in found])))
    return made


def fitted(given: Sequence[Case], columns: Sequence[int]) -> Numbers:
    """Return the weights (FEATURES,), 0 outside `columns`, by Adam on the softmax loss."""
    known = [(case.features[:, columns], case.right / case.right.sum()) for case in given if case.right.any()]
    stacked = np.concatenate([features for features, _ in known])
    mean_of, scale = stacked.mean(axis=0), stacked.std(axis=0) + 1e-6
    scaled = [((features - mean_of) / scale, right) for features, right in known]
    weights, first, second = (np.zeros(len(columns)) for _ in range(3))
    for step in range(1, STEPS + 1):
        slope = RIDGE * weights
        for features, right in scaled:
            scores = features @ weights
            chances = np.exp(scores - scores.max())
            slope = slope - (right - chances / chances.sum()) @ features / len(scaled)
        first, second = 0.9 * first + 0.1 * slope, 0.99 * second + 0.01 * slope * slope
        weights = weights - RATE * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.99**step)) + 1e-8)
    made = np.zeros(len(FEATURES))
    made[list(columns)] = weights / scale
    return made


def rescored(case: Case, weights: Numbers) -> list[Sentence]:
    """Return the sentences as these weights order them, best first, with their chances."""
    scores = case.features @ weights
    chances = np.exp(scores - scores.max())
    chances /= chances.sum()
    return [
        Sentence(s.hit, s.start, s.end, s.features, s.met, float(scores[n]), float(chances[n]))
        for n, s in sorted(enumerate(case.sentences), key=lambda pair: -scores[pair[0]])
    ]


def row(given: Sequence[Case], weights: Callable[[int], Numbers], enough: float = ENOUGH) -> str:
    """Return the facts found, the same by the first sentence alone, and the median of words quoted."""
    found: list[float] = []
    alone: list[float] = []
    words: list[int] = []
    for number, case in enumerate(given):
        chosen = select(rescored(case, weights(number)), FACT_WORDS, SENTENCES, enough=enough)
        for texts, shares in ((chosen, found), (chosen[:1], alone)):
            text = " ".join(sentence.text for sentence in texts).lower()
            needed = case.question.answers
            shares.append(mean(any(w.lower() in text for w in each) for each in needed) if needed else 0.0)
        words.append(sum(len(sentence.text.split()) for sentence in chosen))
    return f"{mean(found):.3f} | {mean(alone):.3f} | {median(words):.0f}"


def main() -> None:
    """Print the weights, and the table of what they choose."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--home", type=Path, help="an index of DATA, if there is one; else it is made")
    parser.add_argument("--fit", action="store_true")
    parser.add_argument("--ablation", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        with Index.open(options.home or Path(folder) / "data") as index:
            if not len(index):
                index.add(load_briefs(*(options.data / name for name in ("briefs", "korean", "kcna-2024.jsonl"))))
            train = cases(Retriever(index), read_questions(options.data / "questions-train.jsonl"))
            dev = cases(Retriever(index), read_questions(options.data / "questions-dev.jsonl"))
        with Index.open(Path(folder) / "shelf") as index:
            index.add(load_shelf())
            splits = {value["id"]: value["split"] for value in map(json.loads, SHELF.read_text("utf-8").splitlines())}
            shelf = cases(Retriever(index), read_questions(SHELF))
    fit = [case for case in shelf if splits[case.question.id] == "fit"]
    test = [case for case in shelf if splits[case.question.id] == "test"]
    everything = list(range(len(FEATURES)))

    def report(name: str, columns: Sequence[int]) -> None:
        halves = [fitted([*train[part::2], *fit], columns) for part in (1, 0)]
        whole = fitted([*train, *fit], columns)
        print(f"| {name} | {row(train, lambda n: halves[n % 2])} | {row(test, lambda n: whole)} |")

    print("| weights | train: facts | first alone | words | shelf test: facts | first alone | words |")
    print("|---|---|---|---|---|---|---|")
    in_use = np.array(WEIGHTS)
    print(f"| in use | {row(train, lambda n: in_use)} | {row(test, lambda n: in_use)} |")
    facts = [case for case in dev if case.question.type == "fact"]
    groups = {"train": train, "shelf test": test, "dev": dev, "dev facts": facts}
    for enough in (0.7, 0.8, 0.85, 0.9, 0.95):
        print(f"enough {enough}:", "; ".join(f"{n} {row(g, lambda _: in_use, enough)}" for n, g in groups.items()))
    if options.fit:
        report("fitted, by halves", everything)
        values = fitted([*train, *fit], everything)
        print("WEIGHTS = (" + ", ".join(f"{value:.1f}" for value in values) + ")")
        print(", ".join(f"{name} {value:.2f}" for name, value in zip(FEATURES, values, strict=True)))
    if options.ablation:
        for left in everything:
            report(f"without {FEATURES[left]}", [column for column in everything if column != left])


if __name__ == "__main__":
    main()
