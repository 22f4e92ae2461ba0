"""How much the words of a question matter: the shipped direction, and where none is known."""

from dataclasses import replace

import numpy as np
import pytest
from northbrief.index.encoder import load_encoder
from northbrief.index.importance import REACH, importance
from northbrief.index.rank import weighed
from northbrief.index.types import Encoder


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return load_encoder()


def test_words_that_only_ask_count_less_than_what_is_asked_about(encoder: Encoder) -> None:
    text = "How many centrifuges did the inspectors report at Yongbyon?"
    encoding = encoder.encode([text])[0]
    factors = importance(encoding, encoder.spec)
    assert factors is not None
    by_word: dict[str, list[float]] = {}
    for (start, end), factor in zip(encoder.offsets(text), factors.tolist(), strict=True):
        word = next(word for word in text.split() if text.index(word) <= start < end <= text.index(word) + len(word))
        by_word.setdefault(word, []).append(factor)
    asking = np.mean([np.mean(by_word[word]) for word in ("How", "many", "did", "the", "at")])
    asked = np.mean([np.mean(by_word[word]) for word in ("centrifuges", "inspectors", "Yongbyon?")])
    assert asked > asking


def test_factors_stay_within_their_reach_and_weights_sum_to_one(encoder: Encoder) -> None:
    encoding = encoder.encode(["rice prices in Pyongyang"])[0]
    factors = importance(encoding, encoder.spec)
    assert factors is not None and np.all((factors >= np.exp(-REACH)) & (factors <= np.exp(REACH)))
    even = np.full(len(factors), 1 / len(factors), np.float32)
    assert np.isclose(weighed(even, replace(encoding, importance=factors)).sum(), 1.0)


def test_of_another_encoder_nothing_is_known_and_nothing_changes(encoder: Encoder) -> None:
    encoding = encoder.encode(["rice prices"])[0]
    assert importance(encoding, replace(encoder.spec, weights="of another model")) is None
    weights = np.array([0.25, 0.75], np.float32)
    assert weighed(weights, replace(encoding, importance=None)) is weights
