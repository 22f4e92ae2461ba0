"""How near a machine's sentence keeps to its quotes: what a reader may be allowed to put freely, a machine may not.

A small model says wrong things in words that are all in the passages, and in words of its own what cannot be told from
fair paraphrases. So a sentence that stands the check is believed only where it has no fault at all and hardly a word
that one sentence of its quotes does not hold; otherwise the quote is shown.
"""

import re
from dataclasses import replace
from itertools import pairwise

from ..index import Encoder
from . import meaning
from .cues import attributed
from .faults import PARTS, wrong_quantities
from .synonyms import LIGHT_WORDS
from .texts import Evidence, Text
from .types import Verdict
from .weighing import fit
from .words import Word

OWN_WORDS = 0.8  # of what the quotes meet of a sentence: below, it is the model's more than theirs
UNMET_WORDS = 0.2  # share of them, by weight, that the quotes do not meet at all
WORD_MET = 0.6  # how well each content word has to be met
_JOINS = re.compile(r"\b(?:of|to|for|from|with|by|against|between|among)\b", re.IGNORECASE)


def close(claim: Text, evidence: Evidence, encoder: Encoder) -> Verdict:
    """Return whether a sentence that its quotes support keeps so near to them that a machine may be believed.

    Whom it names has to be named by the quotes too, where a reader would let "Pyongyang" pass for its leader; one
    sentence of the quotes has to hold its words; and words that it puts side by side may not belong to different
    things there.
    """
    for part in PARTS.values():
        for fault in part(claim, evidence, encoder):
            return Verdict("partly", fault.reason, fault.words)
    named = {name.canonical for name in (*evidence.whole.names, *evidence.context.names)}
    for name in claim.names:
        if name.kind == "person" and not any(name.canonical in other or other in name.canonical for other in named):
            return Verdict("partly", f"The quotes do not name {name.text}.", (name.text,))
    if claim.free and not any(_holds(claim, sentence, evidence, encoder) for sentence in evidence.sentences):
        return Verdict("partly", "It keeps too far from the words of the quotes.")
    return Verdict.SUPPORTED


def _holds(claim: Text, sentence: Text, evidence: Evidence, encoder: Encoder) -> bool:
    """Whether one sentence of the quotes holds the words of the claim, each of them, and its figures."""
    alone = replace(evidence, sentences=(sentence,), whole=sentence)
    score, _, share = fit(claim, alone, encoder)
    if score < OWN_WORDS or share > UNMET_WORDS or reattached(claim, sentence):
        return False
    if any(True for _ in wrong_quantities(claim, alone, encoder)):
        return False
    if attributed(sentence.text) and not attributed(claim.text):
        return False  # what somebody says is told as a fact
    met = meaning.met(claim.text, claim.free, [sentence.text], sentence.words, encoder)
    pairs = zip(claim.free, met, strict=True)
    return all(score >= WORD_MET for word, score in pairs if word.content and word.stem not in LIGHT_WORDS)


def reattached(claim: Text, sentence: Text) -> bool:
    """Whether two words that stand side by side in the claim are parted in the sentence by another thing and a
    preposition: "a land-based missile" of "a land-based relative of the missile"."""
    return any(
        first.content
        and second.content
        and first.clause == second.clause
        and not claim.text[first.end : second.start].strip(" -")
        and _parted(first, second, sentence)
        for first, second in pairwise(claim.words)
    )


def _parted(first: Word, second: Word, sentence: Text) -> bool:
    starts = [word for word in sentence.words if word.stem == first.stem]
    ends = [word for word in sentence.words if word.stem == second.stem]
    spans = [(a, b) for a in starts for b in ends]
    return bool(spans) and all(a.end < b.start and _thing_between(a, b, sentence) for a, b in spans)


def _thing_between(first: Word, second: Word, sentence: Text) -> bool:
    between = [word for word in sentence.words if first.end <= word.start < second.start and word.content]
    return bool(between) and bool(_JOINS.search(sentence.text, between[0].end, second.start))
