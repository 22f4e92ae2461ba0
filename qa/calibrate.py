"""What a model's reading is worth, measured on questions with known answers."""

from collections.abc import Callable, Sequence

from ..index import Retriever
from .calibration import LIMIT, Calibration, Case, fit
from .choosing import place, read_sentences
from .evaluate import Question, facts
from .found import look
from .llm import LanguageModel
from .reader import Reader


def calibrate(
    retriever: Retriever,
    model: LanguageModel,
    questions: Sequence[Question],
    progress: Callable[[int, int], None] | None = None,
) -> Calibration:
    """Return the calibration of a model; it reads the leading sentences of each question, off-topic ones left out.

    What the briefs have nothing on is refused without a model, and would make any reader look good.

    Raises:
        ModelError: the model fails.
        SettingsError: the questions are too few, or all answerable.
    """
    reader = Reader(model, budget=float("inf"))
    asked = [question for question in questions if question.type != "offtopic"]
    readings, confidences, answerable = [], [], []
    cases: list[Case] = []
    for number, question in enumerate(asked, start=1):
        found = look(retriever, question.text, question.history, None)
        values = read_sentences(reader, found)
        readings.append(max(values.values(), default=-LIMIT))
        confidences.append(found.probability)
        answerable.append(question.answerable)
        read = [each for reading in found.readings for each in reading.sentences if place(each) in values]
        answering = [facts(question, each.text) > 0 for each in read]
        if any(answering) and not all(answering):
            cases.append(([each.score for each in read], [values[place(each)] for each in read], answering))
        if progress:
            progress(number, len(asked))
    return fit(readings, confidences, answerable, cases)
