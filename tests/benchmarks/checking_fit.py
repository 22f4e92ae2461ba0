"""Fits the weights of the checker: python -m tests.benchmarks.checking_fit [--data DATA] [--claims FOLDER]

Logistic regression (L2) on claims in which no other part finds a fault: the claims by hand that are not locked, claims
as they stand and cited wrongly, and every file *.fit.jsonl in FOLDER, one claim a line: `claim`, `quotes` (a list) and
`supported`. Each set and label weighs the same. Each set is predicted from the others, and its share of true claims and
of false ones below each threshold is printed: what a threshold costs and what it catches.
"""

import argparse
import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from northbrief.corpus import load_briefs
from northbrief.corpus.shelf import load_shelf
from northbrief.index import Encoder
from northbrief.index.encoder import load_encoder
from northbrief.qa.faults import PARTS, WEIGHTS, features, fit
from northbrief.qa.texts import read, read_quotes
from northbrief.qa.verify import without_markers
from numpy.typing import NDArray

from ..planted import planted, true_claims
from .checking import by_hand

HANDS = {"fresh": ("fresh", "second"), "older": ("fit", "test", "late", "tune")}
MOST = 300  # claims of a set
THRESHOLDS = (0.15, 0.2, 0.25, 0.28, 0.3, 0.35, 0.4, 0.45, 0.5)

RIDGE, STEPS = 1.0, 12

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Row = tuple[str, tuple[str, ...], bool]


def from_files(folder: Path) -> dict[str, list[Row]]:
    """The sets of claims in a folder, by name."""
    found = {}
    for path in sorted(folder.glob("*.fit.jsonl")):
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
        found[path.name.split(".")[0]] = [(row["claim"], tuple(row["quotes"]), row["supported"]) for row in rows][:MOST]
    return found


def seen(claim: str, quotes: tuple[str, ...], encoder: Encoder) -> list[float] | None:
    """The figures of a claim, None where another part finds a fault or there is nothing to compare."""
    said, evidence = read(without_markers(claim)), read_quotes(quotes)
    if not said.free or not evidence.sentences:
        return None
    others = (part for name, part in PARTS.items() if name != "meaning")
    if any(True for part in others for _ in part(said, evidence, encoder)):
        return None
    found = features(said, evidence, fit(said, evidence, encoder)[0], encoder)
    return [found[name] for name in WEIGHTS]


def fitted(sets: Iterable[tuple[Floats, Bools]]) -> tuple[Floats, float]:
    """Weights and bias by Newton's method; every set and label weighs the same."""
    sets = list(sets)
    x, y = np.concatenate([x for x, _ in sets]), np.concatenate([y for _, y in sets]).astype(np.float64)
    weight = np.concatenate([[100 / (y == label).sum() for label in y] for _, y in sets])
    mean, spread = x.mean(axis=0), x.std(axis=0)
    columns = np.column_stack([(x - mean) / spread, np.ones(len(x))])
    ridge = np.diag([RIDGE] * x.shape[1] + [0.0])
    beta = np.zeros(columns.shape[1])
    for _ in range(STEPS):
        p = 1 / (1 + np.exp(-columns @ beta))
        slope = columns.T @ (weight * (y - p)) - ridge @ beta
        curve = (columns * (weight * p * (1 - p))[:, None]).T @ columns + ridge
        beta = beta + np.linalg.solve(curve, slope)
    weights = beta[:-1] / spread
    return weights, float(beta[-1] - weights @ mean)


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
    true = true_claims(briefs, MOST, 7)
    rows: dict[str, list[Row]] = {
        "as they stand": [(each.claim, (each.quote,), True) for each in true],
        "cited wrongly": [(each.claim, (each.quote,), False) for each in planted(true, 7) if each.kind == "citation"],
    }
    for name, splits in HANDS.items():
        rows[name] = [(c.claim, (c.quote,), not c.kind) for split in splits for c in by_hand(split)]
    if options.claims:
        rows |= from_files(options.claims)
    sets = {}
    for name, claims in rows.items():
        kept = [(figures, ok) for claim, quotes, ok in claims if (figures := seen(claim, quotes, encoder))]
        sets[name] = np.array([figures for figures, _ in kept]), np.array([ok for _, ok in kept], dtype=bool)
    weights, bias = fitted(sets.values())
    print({name: round(float(value), 2) for name, value in zip(WEIGHTS, weights, strict=True)}, round(bias, 2))
    print(f"{'below':<34}" + "".join(f"{threshold:>12}" for threshold in THRESHOLDS))
    for name, (x, y) in sets.items():
        others, other_bias = fitted(each for other, each in sets.items() if other != name)
        carried = 1 / (1 + np.exp(-other_bias - x @ others))
        groups = [carried[y == label] for label in (True, False)]
        shown = ["/".join(f"{np.mean(group < t):.2f}" if len(group) else "-" for group in groups) for t in THRESHOLDS]
        print(f"{name:<34}" + "".join(f"{each:>12}" for each in shown))


if __name__ == "__main__":
    main()
