"""Which sentences answer, by a model that has read the leading ones: their order, and whether any does."""

from dataclasses import replace

import numpy as np

from .answering import side_of
from .calibration import Calibration, clipped
from .excerpts import in_turn, of_sentence
from .extract import Reading, Sentence
from .found import Found
from .reader import Reader

READ = 6  # sentences of a question; of a comparison these are shared by its sides
Place = tuple[str, int]  # of a sentence: its brief and where it begins


def read_sentences(reader: Reader, found: Found) -> dict[Place, float]:
    """Return the log-odds that the leading sentences state the answer, as far as the reader's time goes.

    Raises:
        ModelError: none could be read.
    """
    values: dict[Place, float] = {}
    sides = [side_of(found, number)[0] for number in range(len(found.readings))]
    leading = in_turn([[(number, each) for each in side] for number, side in enumerate(sides)])[:READ]
    for number, inquiry in enumerate(found.plan.inquiries):
        mine = [sentence for side, sentence in leading if side == number]
        question = inquiry.english if inquiry.label else found.plan.standalone
        share = reader.budget * len(mine) / max(1, len(leading))
        read = reader.read(question, [of_sentence(each) for each in mine], share) if mine else []
        values |= {place(each): value for each, value in zip(mine, read, strict=True) if value is not None}
    return values


def chosen_anew(found: Found, values: dict[Place, float], calibration: Calibration) -> Found:
    """Return what was found with sentences in the order, and with the probability, that their reading gives.

    What was not read counts as the least likely of what was. Nothing read, nothing changed.
    """
    if not values:
        return found
    probability = calibration.probability(max(values.values()), found.probability)
    floor = min(map(clipped, values.values()))
    gains = {key: calibration.choice * (clipped(value) - floor) for key, value in values.items()}
    readings = tuple(_with(reading, gains) for reading in found.readings)
    return replace(found, readings=readings, probability=probability)


def place(sentence: Sentence) -> Place:
    """Return what tells a sentence from all others."""
    return sentence.hit.brief.id, sentence.start


def _with(reading: Reading, gains: dict[Place, float]) -> Reading:
    """The reading, each sentence's score with its gain; chances are among all sentences again, kept or not."""
    gained = [gains.get(place(each), 0.0) for each in reading.sentences]
    told = [each.chance for each in reading.sentences]
    chances = np.array(told) * np.exp(gained)
    chances /= max(float(chances.sum() + max(0.0, 1 - sum(told))), 1e-9)
    scored = [
        replace(each, score=each.score + gain, chance=float(chance))
        for each, gain, chance in zip(reading.sentences, gained, chances, strict=True)
    ]
    return replace(reading, sentences=tuple(sorted(scored, key=lambda each: -each.score)))
