"""How probable it is that quotes carry a claim: how well its words are met, and what speaks against it.

One logistic regression, fitted by `python -m tests.benchmarks.checking_fit`. No sign alone condemns a claim because it
once was found in a wrong one: it weighs as much as it was found more often in wrong claims than in fair ones, and a
claim whose words are all met bears more.
"""

import math
from collections.abc import Iterable

from ..index import Encoder
from . import meaning
from .named import stands_for
from .synonyms import LIGHT_WORDS
from .texts import Evidence, Text

# `copied` is negative because the score is high for copies and for paraphrases alike: among claims as well met, one
# that repeats the quote but for a word has changed that word, and one in other words throughout has not.
# `signed` is `copied` again where a sign speaks against it: in a copy a sign is seldom mistaken.
WEIGHTS = {"score": 6.00, "cosine": 6.68, "copied": -5.49, "signed": -1.59}
SIGNS = {
    "number": -4.20,
    "unstated": -3.80,
    "counted": -2.41,
    "turned": -2.93,
    "date": -4.02,
    "undated": -1.97,
    "name": -4.01,
    "unnamed": -1.76,
    "no added": -1.48,
    "no dropped": -2.34,
    "no nowhere": -2.60,
    "no edited": -2.82,
    "maybe added": -1.63,
    "maybe dropped": -2.67,
    "maybe nowhere": -3.19,
    "maybe edited": -2.73,
    "later added": -2.52,
    "later dropped": -2.57,
    "later nowhere": -2.56,
    "later edited": -2.51,
    "reported": -1.27,
    "opposite": -3.20,
    "reach": -3.00,
    "role": -2.90,
    "places": -2.15,
    "name edited": -2.46,
    "quantity edited": -2.55,
    "word edited": -1.35,
    "word added": -2.60,
}
ADDED = frozenset(["unnamed", "undated", "counted"])
"""Signs of something that the quotes lack, with nothing else in its place: a reader may know it from around them."""
BIAS = -5.23
SUPPORTED_FROM = 0.2  # probability that the quotes carry it, below which it says something of its own
UNSUPPORTED_BELOW = 0.1
LIGHT = 0.2  # how much a word counts that only carries others: "said", "made", "the article"
UNMET = 0.35  # a word below is met by nothing
STANDS_FOR = 0.8  # how well a name meets a noun of its kind: "the capital" for Pyongyang
MOST = 2  # signs of one kind that count


def carried(found: dict[str, float], signs: Iterable[str]) -> float:
    """Return the probability, in [0, 1], that the quotes carry a claim with these features and these signs."""
    against = list(signs)
    total = BIAS + sum(WEIGHTS[name] * value for name, value in found.items())
    total += sum(SIGNS[sign] * min(MOST, against.count(sign)) for sign in set(against))
    return 1 / (1 + math.exp(-total))


def features(claim: Text, evidence: Evidence, score: float, signs: Iterable[str], encoder: Encoder) -> dict[str, float]:
    """Return what the probability is reckoned from beside the signs, by name: the mean fit, the nearest sentence's
    cosine, and the share of content words that stand in the quotes in some form, once more where a sign contradicts."""
    cosine = meaning.closeness(claim.text, [sentence.text for sentence in evidence.sentences], encoder)
    stems = {word.stem for word in evidence.whole.words}
    content = [word for word in claim.words if word.content]
    copied = sum(word.stem in stems for word in content) / max(1, len(content))
    signed = 0.0 if ADDED.issuperset(signs) else copied
    return {"score": score, "cosine": cosine, "copied": copied, "signed": signed}


def fit(claim: Text, evidence: Evidence, encoder: Encoder) -> tuple[float, tuple[str, ...], float]:
    """Return the weighted mean of how well the claim's words are met, the words that are not, and their share."""
    if not claim.free:
        return 1.0, (), 0.0
    quotes = [sentence.text for sentence in evidence.sentences]
    met = meaning.met(claim.text, claim.free, quotes, evidence.whole.words, encoder)
    there = evidence.whole.names
    met = [max(score, STANDS_FOR * stands_for(word, there)) for word, score in zip(claim.free, met, strict=True)]
    light = [word.stem in LIGHT_WORDS for word in claim.free]
    weight = [LIGHT * w if slight else w for w, slight in zip(meaning.weights(claim.free, encoder), light, strict=True)]
    total = sum(weight)
    missed = [score < UNMET and not slight for score, slight in zip(met, light, strict=True)]
    unmet = tuple(word.text for word, missing in zip(claim.free, missed, strict=True) if missing)
    share = sum(w for w, missing in zip(weight, missed, strict=True) if missing) / total
    return sum(w * score for w, score in zip(weight, met, strict=True)) / total, unmet, share
