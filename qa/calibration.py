"""What a model's reading is worth: one probability from its log-odds and the confidence that needs no model.

Each model has its own, measured by `northbrief eval QUESTIONS --calibrate` and kept in a file by the model's name.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..corpus import SettingsError

Doubles = NDArray[np.float64]
Case = tuple[Sequence[float], Sequence[float], Sequence[bool]]
"""The sentences read for a question: their scores, their log-odds, and which of them answer, at least one."""

LEAST = 10  # questions of a kind

CHOICE = 1.0  # where too few questions tell which sentence answers: log-odds are what scores are
LIMIT = 12.0  # log-odds beyond say no more
FORMAT = 2  # of the file of calibrations; 1 was of whole passages read


@dataclass(frozen=True, slots=True)
class Calibration:
    """What a model's reading is worth: probability = 1 / (1 + exp(-(bias + reading * r + confidence * c))).

    `r` is the highest log-odds of the sentences read, within +-LIMIT, `c` the log-odds of the confidence without a
    model. Below `refuse_below` the question is not answered. `choice` is how much log-odds count beside the score by
    which sentences are chosen. `auroc` is what the fit was worth on `questions` questions held out.
    """

    bias: float
    reading: float
    confidence: float
    refuse_below: float
    choice: float = CHOICE
    auroc: float = 0.0
    questions: int = 0

    def probability(self, reading: float, confidence: float) -> float:
        """Return the probability, in [0, 1], that the briefs answer."""
        return 1 / (1 + math.exp(-(self.bias + self.reading * clipped(reading) + self.confidence * logit(confidence))))


def clipped(value: float) -> float:
    """Return the log-odds within +-LIMIT."""
    return max(-LIMIT, min(LIMIT, value))


def logit(probability: float) -> float:
    """Return the log-odds of a probability, within +-LIMIT."""
    bounded = min(1 - 1e-9, max(1e-9, probability))
    return clipped(math.log(bounded / (1 - bounded)))


def fit(
    readings: Sequence[float],
    confidences: Sequence[float],
    answerable: Sequence[bool],
    cases: Sequence[Case] = (),
    refused: float = 0.1,
) -> Calibration:
    """Return the calibration fitted to questions with known answers, both kinds weighing the same.

    `refuse_below` is where the share `refused` of the answerable ones lies below. `auroc` is that of five-fold
    cross-validation. A model whose readings go the wrong way gets no weight.

    Raises:
        SettingsError: there are fewer than ten answerable questions or ten others.
    """
    from .evaluate import auroc

    truth = np.array(answerable, dtype=np.float64)
    if truth.sum() < LEAST or (1 - truth).sum() < LEAST:
        raise SettingsError(
            f"found {int(truth.sum())} questions with and {int((1 - truth).sum())} without an answer, expected ten each"
        )
    rows = np.array(
        [[1.0, clipped(reading), logit(value)] for reading, value in zip(readings, confidences, strict=True)]
    )
    weights = _logistic(rows, truth)
    chances = 1 / (1 + np.exp(-rows @ weights))
    folds = np.random.default_rng(0).permutation(len(truth)) % 5
    held = np.zeros(len(truth))
    for fold in range(5):
        mine = folds == fold
        held[mine] = rows[mine] @ _logistic(rows[~mine], truth[~mine])
    value = auroc(held[truth == 1].tolist(), held[truth == 0].tolist()) or 0.0
    bound = float(np.quantile(chances[truth == 1], refused))
    bias, reading, confidence = (float(weight) for weight in weights)
    return Calibration(bias, reading, confidence, bound, fit_choice(cases), value, len(truth))


def fit_choice(cases: Sequence[Case]) -> float:
    """Return the weight of log-odds beside scores that makes the sentences that answer likeliest: 0 to 6, by quarters.

    CHOICE where there are fewer than ten cases.
    """
    if len(cases) < LEAST:
        return CHOICE

    def likelihood(weight: float) -> float:
        total = 0.0
        for scores, odds, answering in cases:
            sums = np.array(scores) + weight * np.clip(odds, -LIMIT, LIMIT)
            chances = np.exp(sums - sums.max())
            total += float(np.log(max(chances[np.array(answering)].sum() / chances.sum(), 1e-12)))
        return total

    return max((step / 4 for step in range(25)), key=likelihood)


def _logistic(rows: Doubles, truth: Doubles) -> Doubles:
    """Weights by Newton's method, with a slight pull to 0; those of the two features are never below 0."""
    balance = np.where(truth == 1, 0.5 / truth.sum(), 0.5 / (1 - truth).sum())
    used = [0, 1, 2]
    while True:
        part = rows[:, used]
        weights = np.zeros(len(used))
        pull = np.diag([1e-6, *[1e-3] * (len(used) - 1)])
        for _ in range(50):
            chances = 1 / (1 + np.exp(-np.clip(part @ weights, -60, 60)))
            slope = part.T @ (balance * (chances - truth)) + pull @ weights
            curve = (part.T * (balance * chances * (1 - chances))) @ part + pull
            weights -= np.linalg.solve(curve, slope)
        wrong = [name for name, weight in zip(used[1:], weights[1:], strict=True) if weight < 0]
        if not wrong:
            made = np.zeros(3)
            made[used] = weights
            return made
        used.remove(wrong[0])


def save_calibration(path: Path, name: str, calibration: Calibration) -> None:
    """Write the calibration of a model beside those of others.

    Raises:
        SettingsError: it cannot be written there.
    """
    known = _calibrations(path)
    known[name] = asdict(calibration)
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(json.dumps({"format": FORMAT, "models": known}, indent=1) + "\n", "utf-8")
        part.replace(path)
    except OSError as error:
        raise SettingsError(f"cannot write {path}: {error.strerror or error}") from error


def load_calibration(path: Path, name: str) -> Calibration | None:
    """Return what a model's reading is worth, None where nobody measured it."""
    try:
        return Calibration(**_calibrations(path)[name])
    except (KeyError, TypeError):
        return None


def _calibrations(path: Path) -> dict[str, Any]:
    try:
        values = json.loads(path.read_text("utf-8"))
        return dict(values["models"]) if values["format"] == FORMAT else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}
