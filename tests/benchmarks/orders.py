"""Orders and requests: python -m tests.benchmarks.orders [--fit] [FILE ...]

The weights of `qa.manner`, logistic in the encoder's vector of a text and in a few things told by form. Fitted on the
patterns of `tests/cases/order-patterns.tsv`, each with several matters, on `tests/cases/orders.tsv` and
`orders-later.tsv`, and on the questions of `tests/shelf_questions.jsonl` as what is no order. Reports by five folds of
patterns, and, for each FILE of lines "refuse", "ask" or "both", a tab and a text, what is told right by words alone and
by both.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from northbrief.corpus.language import guess_language
from northbrief.index import Encoder
from northbrief.index.encoder import load_encoder
from northbrief.index.types import Floats
from northbrief.qa.evaluate import auroc
from northbrief.qa.heard import hear
from northbrief.qa.manner import features, write_manner
from northbrief.qa.orders import is_order

CASES = Path(__file__).parents[1] / "cases"
QUESTIONS = Path(__file__).parents[1] / "shelf_questions.jsonl"
EACH = 4  # matters a pattern
FOLDS, STEPS, RIDGE = 5, 12, 2e-4
TEXT = tuple[str, bool, int]
"""A text, whether it is an order, and the number of its pattern."""


def texts() -> list[TEXT]:
    """Return everything that is fitted on."""
    made: list[TEXT] = []
    rows = lines(CASES / "order-patterns.tsv")
    matters = [text for kind, text in rows if kind == "matter"]
    patterns = [(kind, text) for kind, text in rows if kind != "matter"]
    for number, (kind, pattern) in enumerate(patterns):
        filled = [pattern.replace("{}", matters[(7 * number + 11 * each) % len(matters)]) for each in range(EACH)]
        made += [(text, kind == "refuse", number) for text in dict.fromkeys(filled)]
    typed = [*lines(CASES / "orders.tsv"), *lines(CASES / "orders-later.tsv")]
    others = [(text, kind == "refuse") for kind, text in typed if kind != "both" for _ in range(EACH)]
    for line in QUESTIONS.read_text("utf-8").splitlines():
        row = json.loads(line)
        if row["split"] == "fit" and row["type"] != "offtopic":
            others.append((row["question"], False))
    english = [(text, order) for text, order in others if guess_language(text) != "ko"]
    numbers = {text: len(patterns) + n for n, text in enumerate(dict(english))}
    return made + [(text, order, numbers[text]) for text, order in english]


def lines(path: Path) -> list[list[str]]:
    """Return the rows of a file of cases, two columns each."""
    return [line.split("\t") for line in path.read_text("utf-8").splitlines() if not line.startswith("#")]


def rows_of(encoder: Encoder, given: Sequence[str]) -> Floats:
    """Return the features (n, d + flags) of texts."""
    order = sorted(range(len(given)), key=lambda n: len(given[n]))
    made: dict[int, Floats] = {}
    for start in range(0, len(order), 16):
        batch = order[start : start + 16]
        vectors = [each.vector for each in encoder.encode([given[n] for n in batch])]
        made |= {n: features(v, given[n]) for n, v in zip(batch, vectors, strict=True)}
    return np.array([made[n] for n in range(len(given))])


def fitted(rows: Floats, truth: Floats) -> tuple[Floats, float]:
    """Return weights and bias of a ridge logistic in which both kinds weigh alike, by Newton's method."""
    design = np.hstack([rows, np.ones((len(rows), 1))]).astype(np.float64)
    share = np.where(truth == 1, 0.5 / truth.sum(), 0.5 / (1 - truth).sum())
    ridge = np.full(design.shape[1], RIDGE)
    ridge[-1] = 1e-9  # the bias is free
    weights = np.zeros(design.shape[1])
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-(design @ weights)))
        slope = design.T @ (share * (chance - truth)) + ridge * weights
        curve = (design * (share * chance * (1 - chance))[:, None]).T @ design + np.diag(ridge)
        weights -= np.linalg.solve(curve, slope)
    return weights[:-1].astype(np.float32), float(weights[-1])


def main() -> None:
    """Print the tables, and with --fit write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fit", action="store_true")
    parser.add_argument("files", nargs="*", type=Path)
    options = parser.parse_args()
    encoder = load_encoder()
    if options.fit:
        given = texts()
        rows = rows_of(encoder, [text for text, _, _ in given])
        truth = np.array([order for _, order, _ in given], np.float32)
        folds = np.array([number % FOLDS for _, _, number in given])
        scores = np.zeros(len(given))
        for fold in range(FOLDS):
            weights, bias = fitted(rows[folds != fold], truth[folds != fold])
            scores[folds == fold] = rows[folds == fold] @ weights + bias
        orders, others = scores[truth == 1], scores[truth == 0]
        print(f"{len(orders)} orders, {len(others)} others, AUROC {auroc(orders.tolist(), others.tolist()):.3f}")
        for bound in (-0.5, 0.0, 0.5, 1.0, 1.5):
            print(f"above {bound}: {(orders > bound).mean():.3f} of orders, {(others > bound).mean():.3f} of others")
        for n in np.argsort(-scores):
            if truth[n] == 0 and scores[n] > 1:
                print(f"  taken for an order: {given[n][0]} ({scores[n]:.1f})")
        write_manner(encoder.spec, *fitted(rows, truth))
    for path in options.files:
        for kind in ("refuse", "ask", "both"):
            wrong = []
            of_kind = [text for each, text in lines(path) if each == kind]
            words = sum(is_order(text) == (kind != "ask") for text in of_kind)
            for text in of_kind:
                heard = hear(text, encoder)
                if bool(heard.question) != (kind != "refuse") or heard.ordered != (kind != "ask"):
                    wrong.append(f"{text} -> {heard.question or 'nothing'}")
            if of_kind:
                print(
                    f"{path.name}, {kind}: {len(of_kind)}, right by words {words}, by both {len(of_kind) - len(wrong)}"
                )
            for line in wrong:
                print(f"  {line}")


if __name__ == "__main__":
    main()
