"""A language model as a reader: does this passage state the answer? One token a passage, scored by log-probability.

No retrieval score tells a question that the briefs answer from one that they nearly answer; a model of 1.5 billion
parameters does. How far a model can be believed is its own: `Calibration` turns its log-odds and the confidence that
needs no model into one probability, fitted by `northbrief eval QUESTIONS --calibrate`.
"""

import json
import math
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..corpus import ModelError, SettingsError
from ..index import Hit
from . import prompts
from .llm import LanguageModel

Doubles = NDArray[np.float64]

LEADING = 1  # passages read, of a comparison one a side; more cost time and told near misses no better
AT_ONCE = 4  # requests under way; a server with fewer places queues them
KEPT = 2_000  # replies kept, by question and passage
LIMIT = 12.0  # log-odds beyond say no more
FORMAT = 1  # of the file of calibrations
FIRST = 4  # tokens beyond the longest reply that are kept free


@dataclass(frozen=True, slots=True)
class Calibration:
    """What a model's reading is worth: probability = 1 / (1 + exp(-(bias + reading * r + confidence * c))).

    `r` is the highest log-odds of the passages read, within +-LIMIT, `c` the log-odds of the confidence without a
    model. Below `refuse_below` the question is not answered. `auroc` is what the fit was worth on `questions` questions
    held out.
    """

    bias: float
    reading: float
    confidence: float
    refuse_below: float
    auroc: float = 0.0
    questions: int = 0

    def probability(self, reading: float, confidence: float) -> float:
        """Return the probability, in [0, 1], that the briefs answer."""
        return 1 / (1 + math.exp(-(self.bias + self.reading * clipped(reading) + self.confidence * logit(confidence))))


class Reader:
    """Asks a model whether passages state the answer. Safe to share between threads.

    `budget` is in seconds, for all passages of a question together; what is not read by then does not count.
    """

    def __init__(self, model: LanguageModel, *, budget: float = 20.0) -> None:
        self.model = model
        self.budget = budget
        self._lock = threading.Lock()
        self._known: dict[tuple[str, str], float] = {}

    def read(self, question: str, hits: Sequence[Hit], budget: float | None = None) -> list[float | None]:
        """Return for each hit the log-odds that its passage states the answer, None where the time did not suffice.

        `budget` is in seconds, by default the reader's own.

        Raises:
            ModelError: no passage could be read.
        """
        deadline = time.monotonic() + (self.budget if budget is None else budget)
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="northbrief-reader") as pool:
            found = list(pool.map(lambda hit: self._one(question, hit, deadline), hits))
        failed = [each for each in found if isinstance(each, ModelError)]
        if hits and len(failed) == len(hits):
            raise failed[0]
        return [None if isinstance(each, ModelError) else each for each in found]

    def _one(self, question: str, hit: Hit, deadline: float) -> float | ModelError:
        key = (question, hit.passage.id)
        with self._lock:
            if key in self._known:
                return self._known[key]
        left = deadline - time.monotonic()
        if left <= 0:
            return ModelError("it took too long")
        try:
            request = prompts.reading(question, hit, self.model.context - FIRST)
            value = self.model.yes_or_no(request, min(left, self.model.timeout))
        except ModelError as error:
            return error
        with self._lock:
            while len(self._known) >= KEPT:
                self._known.pop(next(iter(self._known)))
            self._known[key] = value
        return value


def leading(hits: Sequence[Hit]) -> list[Hit]:
    """Return the passages to be read, of a comparison the first of each side."""
    return prompts.in_turn(hits, lambda hit: hit.side)[: max(LEADING, len({hit.side for hit in hits}))]


def clipped(value: float) -> float:
    """Return the log-odds within +-LIMIT."""
    return max(-LIMIT, min(LIMIT, value))


def logit(probability: float) -> float:
    """Return the log-odds of a probability, within +-LIMIT."""
    bounded = min(1 - 1e-9, max(1e-9, probability))
    return clipped(math.log(bounded / (1 - bounded)))


def fit(
    readings: Sequence[float], confidences: Sequence[float], answerable: Sequence[bool], refused: float = 0.1
) -> Calibration:
    """Return the calibration fitted to questions with known answers, both kinds weighing the same.

    `refuse_below` is where the share `refused` of the answerable ones lies below. `auroc` is that of five-fold
    cross-validation. A model whose readings go the wrong way gets no weight.

    Raises:
        SettingsError: there are fewer than ten answerable questions or ten others.
    """
    from .evaluate import auroc

    truth = np.array(answerable, dtype=np.float64)
    if truth.sum() < 10 or (1 - truth).sum() < 10:
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
    return Calibration(bias, reading, confidence, bound, value, len(truth))


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
