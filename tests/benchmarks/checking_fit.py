"""Fits the weights of the checker: python -m tests.benchmarks.checking_fit [--data DATA] [--claims FOLDER]

Logistic regression on how well a claim's words are met and on the signs that its parts find: on the claims by hand,
claims as they stand with errors planted in them and in the fair claims by hand, and every file *.fit.jsonl in FOLDER,
one claim a line: `claim`, `quotes` (a list) and `supported`. Each label of a set weighs the same. No sign may speak for
a claim: its weight is 0 where the fit would have it so. Each set is predicted from the others, and its share of true
claims and of false ones below each threshold is printed: what a threshold costs and what it catches.
"""

import argparse
import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from northbrief.corpus import load_briefs
from northbrief.corpus.shelf import load_shelf
from northbrief.index import Encoder
from northbrief.index.encoder import load_encoder
from northbrief.qa.faults import PARTS
from northbrief.qa.meaning import ALIKE
from northbrief.qa.texts import read, read_quotes
from northbrief.qa.verify import without_markers
from northbrief.qa.weighing import MOST, SIGNS, WEIGHTS, features, fit
from numpy.typing import NDArray

from ..planted import planted, true_claims
from .checking import SPLITS, by_hand

CLAIMS = 300  # of a set
FEWEST = 20  # claims of a label that weigh as a set's; fewer weigh less
THRESHOLDS = (0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5)
WEIGHT = {"as they stand": 4.0, "planted by hand": 12.0}  # of a set, beside 1 for a split of the claims by hand
OTHERS = 0.05  # of a set from a file: other texts, and other ideas of what a text supports
RIDGE = {"features": 0.3, "signs": 3.0}
PRIOR = -2.5  # what a sign weighs that was hardly ever met
# A copy with one of these is wrong whatever its other words; the claims by hand have few of them, and the fit would let
# them pass.
AT_MOST = {"number": -4.2, "opposite": -3.2, "unstated": -3.8, "reach": -3.0, "word added": -2.6}
STEPS = 40

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Row = tuple[str, tuple[str, ...], bool]


def from_files(folder: Path) -> dict[str, list[Row]]:
    """The sets of claims in a folder, by name."""
    found = {}
    for path in sorted(folder.glob("*.fit.jsonl")):
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
        found[path.name.split(".")[0]] = [(row["claim"], tuple(row["quotes"]), row["supported"]) for row in rows][
            :CLAIMS
        ]
    return found


def seen(claim: str, quotes: tuple[str, ...], encoder: Encoder) -> tuple[list[float], bool] | None:
    """The figures of a claim, and whether it is supported without being weighed; None without quotes."""
    said, evidence = read(without_markers(claim)), read_quotes(quotes)
    if not evidence.sentences:
        return None
    signs = Counter(fault.sign for part in PARTS.values() for fault in part(said, evidence, encoder))
    score, unmet, _ = fit(said, evidence, encoder)
    found = features(said, evidence, score, signs, encoder)
    figures = [*(found[name] for name in WEIGHTS), *(float(min(MOST, signs[sign])) for sign in SIGNS)]
    return figures, not signs and score >= ALIKE and not unmet


def fitted(sets: Iterable[tuple[Floats, Bools, float]]) -> Floats:
    """The weights of the features and the signs, and the bias, by Newton's method with signs held at 0 or below."""
    sets = list(sets)
    x, y = np.concatenate([x for x, _, _ in sets]), np.concatenate([y for _, y, _ in sets]).astype(np.float64)
    weight = np.concatenate([[100 * of_set / max(FEWEST, (y == label).sum()) for label in y] for _, y, of_set in sets])
    columns = np.column_stack([x, np.ones(len(x))])
    ridge = np.diag([RIDGE["features"]] * len(WEIGHTS) + [RIDGE["signs"]] * len(SIGNS) + [0.0])
    prior = np.array([0.0] * len(WEIGHTS) + [PRIOR] * len(SIGNS) + [0.0])
    beta = prior.copy()
    of_signs = slice(len(WEIGHTS), -1)
    for _ in range(STEPS):
        p = 1 / (1 + np.exp(-columns @ beta))
        slope = columns.T @ (weight * (y - p)) - ridge @ (beta - prior)
        curve = (columns * (weight * p * (1 - p))[:, None]).T @ columns + ridge
        free = np.ones(len(beta), dtype=bool)
        free[of_signs] = (beta[of_signs] < 0) | (slope[of_signs] < 0)
        beta[free] += np.clip(np.linalg.solve(curve[np.ix_(free, free)], slope[free]), -2, 2)
        beta[of_signs] = np.minimum(0.0, beta[of_signs])
    for number, sign in enumerate(SIGNS, len(WEIGHTS)):
        beta[number] = min(beta[number], AT_MOST.get(sign, 0.0))
    return beta


def main() -> None:
    """Print the weights and what each threshold costs and catches."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, default=None, help="folder with kcna-2024.jsonl and briefs/")
    parser.add_argument("--claims", type=Path, default=None, help="folder with *.fit.jsonl")
    options = parser.parse_args()
    encoder = load_encoder()
    briefs = list(load_shelf())
    if options.data:
        briefs += load_briefs(options.data / "kcna-2024.jsonl", options.data / "briefs")
    true = true_claims(briefs, CLAIMS, 7)
    hands = {split: by_hand(split) for split in SPLITS}
    fair = [claim for claims in hands.values() for claim in claims if not claim.kind]
    made = {"as they stand": [*true, *planted(true, 7)], "planted by hand": list(planted(fair, 3)), **hands}
    rows: dict[str, list[Row]] = {
        name: [(each.claim, (each.quote,), not each.kind) for each in claims] for name, claims in made.items()
    }
    if options.claims:
        rows |= from_files(options.claims)
    sets, passed = {}, {}
    for name, claims in rows.items():
        kept = [(found, ok) for claim, quotes, ok in claims if (found := seen(claim, quotes, encoder))]
        of_set = WEIGHT.get(name, 1.0 if name in SPLITS else OTHERS)
        sets[name] = np.array([found[0] for found, _ in kept]), np.array([ok for _, ok in kept], dtype=bool), of_set
        passed[name] = np.array([found[1] for found, _ in kept], dtype=bool)
    beta = fitted(sets.values())
    for names, values in ((WEIGHTS, beta), (SIGNS, beta[len(WEIGHTS) :]), (["bias"], beta[-1:])):
        print({name: round(float(value), 2) for name, value in zip(names, values, strict=False)})
    print(f"{'below':<34}" + "".join(f"{threshold:>12}" for threshold in THRESHOLDS))
    for name, (x, y, _) in sets.items():
        others = fitted(each for other, each in sets.items() if other != name)
        carried = np.where(passed[name], 1.0, 1 / (1 + np.exp(-others[-1] - x @ others[:-1])))
        groups = [carried[y == label] for label in (True, False)]
        shown = ["/".join(f"{np.mean(group < t):.2f}" if len(group) else "-" for group in groups) for t in THRESHOLDS]
        print(f"{name:<34}" + "".join(f"{each:>12}" for each in shown))


if __name__ == "__main__":
    main()
