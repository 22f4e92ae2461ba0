"""What a model's reading is worth, measured on questions with known answers."""

from collections.abc import Callable, Sequence

from ..index import Retriever
from .assistant import Assistant
from .evaluate import Question
from .llm import LanguageModel
from .reader import LIMIT, Calibration, Reader, fit, leading


def calibrate(
    retriever: Retriever,
    model: LanguageModel,
    questions: Sequence[Question],
    progress: Callable[[int, int], None] | None = None,
) -> Calibration:
    """Return the calibration of a model; it reads the leading passages of each question, off-topic ones left out.

    What the briefs have nothing on is refused without a model, and would make any reader look good.

    Raises:
        ModelError: the model fails.
        SettingsError: the questions are too few, or all answerable.
    """
    assistant, reader = Assistant(retriever), Reader(model, budget=float("inf"))
    asked = [question for question in questions if question.type != "offtopic"]
    readings, confidences, answerable = [], [], []
    for number, question in enumerate(asked, start=1):
        default = assistant.ask(question.text, history=question.history)
        values = [value for value in reader.read(default.question, leading(default.hits)) if value is not None]
        readings.append(max(values, default=-LIMIT))
        confidences.append(default.confidence)
        answerable.append(question.answerable)
        if progress:
            progress(number, len(asked))
    return fit(readings, confidences, answerable)
