"""The faults a claim may have against its quotes, each part looking for one kind and knowing nothing of the others.

A part speaks up where it can point at words of the claim; meaning, by the encoder, catches claims whose words the
quotes do not meet at all. None of them is a language model, and none judges an inference: what follows from a quote
only by reasoning is left to the reader.
"""

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from ..corpus.sentences import sentence_spans
from ..index import Encoder
from . import dates_said, edits, meaning, numbers, polarity, reach, roles
from .dates_said import Said, days_said
from .named import Named, named_there, names_in, run_there, stands_for, unknown_names
from .numbers import Quantity, quantities
from .synonyms import Word, opposite, plain, related, synonyms, words
from .types import Verdict

# Fitted (logistic, L2) on claims in which no other part finds a fault: by hand, cited wrongly, and from three public
# sets, each set and label weighing the same; each set was also predicted from the others. `copied` is negative because
# the score is high for copies and for paraphrases alike: among claims as well met, one that repeats the quote but for
# a word has changed that word, and one in other words throughout has not.
WEIGHTS = {"score": 2.54, "share": -1.57, "weakest": 2.85, "cosine": 2.22, "copied": -2.20}
BIAS = -2.76
SUPPORTED_FROM = 0.42  # probability that the quotes carry it, below which it says something of its own
UNSUPPORTED_BELOW = 0.2
UNMET = 0.35  # a word below is met by nothing
OPENING = 6  # characters; a name there is the claim's subject, which "he" of the quote may be
STANDS_FOR = 0.8  # how well a name meets a noun of its kind: "the capital" for Pyongyang
DAY = 86400.0  # seconds
ALIGNED = 0.35  # share of the claim's words that a sentence has to hold, for its cues and roles to be compared


_NOWHERE = {"no": "The quotes deny nothing of the kind", "maybe": "The quotes have no such doubt"}
_PRONOUN = re.compile(
    r"(?:It|He|She|They|His|Her|Its|Their|The (?:film|show|series|book|song|album|band|group|team|game|city|country"
    r"|company|institute|agency|resort|ministry|minister|leader|president|party|state|site))\b"
)
_CHANGES = {
    ("no", "added"): "the quote does not deny it",
    ("no", "dropped"): "the quote denies it",
    ("maybe", "added"): "the quote is sure of it",
    ("maybe", "dropped"): "the quote is not sure of it",
    ("later", "added"): "the quote tells it as done",
    ("later", "dropped"): "the quote tells it as intended or demanded, not done",
}


@dataclass(frozen=True, slots=True)
class Text:
    """A claim, or a sentence of a quote, with everything that is compared."""

    text: str
    words: tuple[Word, ...]
    names: tuple[Named, ...]
    days: tuple[Said, ...]
    quantities: tuple[Quantity, ...]
    free: tuple[Word, ...]  # content words outside names, dates and quantities


@dataclass(frozen=True, slots=True)
class Evidence:
    """All quotes together, sentence by sentence; `context` may resolve names and dates, and nothing else."""

    sentences: tuple[Text, ...]
    whole: Text
    context: Text
    published: date | None


@dataclass(frozen=True, slots=True)
class Fault:
    """Something in the claim that the quotes do not bear out."""

    label: Verdict
    reason: str
    words: tuple[str, ...]


@lru_cache(maxsize=1024)
def read(text: str, published: date | None = None) -> Text:
    """Return a text with its words, names, dates and quantities."""
    text = plain(text)
    found = words(text)
    names = names_in(text)
    days = tuple(days_said(text, published))
    spans = [*((name.start, name.end) for name in names), *((day.start, day.end) for day in days)]
    amounts = tuple(quantities(text, spans))
    spans += [(amount.start, amount.end) for amount in amounts]
    free = tuple(word for word in found if word.content and not any(a <= word.start < b for a, b in spans))
    return Text(text, found, names, days, amounts, free)


@lru_cache(maxsize=256)
def read_quotes(quotes: tuple[str, ...], published: date | None = None, context: str = "") -> Evidence:
    """Return the evidence that the quotes are."""
    pieces = []
    for quote in quotes:
        shown = plain(quote)
        pieces += [read(shown[start:end], published) for start, end in sentence_spans(shown)]
    whole = read("\n".join(piece.text for piece in pieces), published)
    return Evidence(tuple(pieces), whole, read(context, published), published)


def wrong_quantities(claim: Text, evidence: Evidence, encoder: Encoder) -> Iterator[Fault]:
    """Quantities that no quote states, or states otherwise: wrong where they have another of the unit instead."""
    dated = [(day.start, day.end) for day in evidence.whole.days]
    stated = quantities(evidence.whole.text, dated)  # also within names: "the Seventh Congress", "Resolution 1874"
    for quantity in claim.quantities:
        if numbers.supported(quantity, stated) or _counted_pair(quantity, claim, evidence):
            continue
        if _reckoned(quantity, claim, evidence):
            continue
        rivals = any(each.unit in ("ordinal", "label") for each in stated)
        if quantity.unit == "ordinal" and (quantity.text.lower() == "first" or (quantity.low <= 3 and not rivals)):
            continue  # "for the first time", "a second plant": a word like others
        others = [each for each in stated if each.unit == quantity.unit]
        other = next((each for each in others if not numbers.supported(each, claim.quantities)), None)
        label = Verdict.UNSUPPORTED if other else Verdict.PARTLY
        saying = f"the quotes say {_shown(other, evidence.whole)}" if other else "the quotes do not state it"
        yield Fault(label, f"“{_shown(quantity, claim)}”: {saying}.", (quantity.text,))


def wrong_dates(claim: Text, evidence: Evidence, encoder: Encoder) -> Iterator[Fault]:
    """Dates that no quote gives."""
    stated = [*evidence.whole.days]
    years = {day.days[0].year for day in (*stated, *evidence.context.days) if day.year}
    if evidence.published:
        years.add(evidence.published.year)
    for day in claim.days:
        if dates_said.supported(day, stated, frozenset(years)):
            continue
        if day.text.lower() in evidence.whole.text.lower():
            continue
        if not stated and evidence.context.days and dates_said.supported(day, evidence.context.days, frozenset(years)):
            continue
        if stated:
            yield Fault(Verdict.UNSUPPORTED, f"“{day.text}”: the quotes say {stated[0].text}.", (day.text,))
        else:
            yield Fault(Verdict.PARTLY, f"“{day.text}”: the quotes give no date.", (day.text,))


def wrong_names(claim: Text, evidence: Evidence, encoder: Encoder) -> Iterator[Fault]:
    """Names that no quote holds: wrong where the quotes have another of the kind that the claim leaves out."""
    whole, context = evidence.whole, evidence.context
    there = (*whole.names, *context.names)
    all_words = (*whole.words, *context.words)
    text = f"{whole.text}\n{context.text}"
    speaks_of_it = not context.text and bool(_PRONOUN.match(whole.text))
    for name in claim.names:
        if speaks_of_it and name.start < OPENING:
            continue
        if not named_there(name, text, all_words, there):
            said = {other.canonical for other in claim.names}
            rivals = [other for other in whole.names if other.kind == name.kind and other.canonical not in said]
            label = Verdict.UNSUPPORTED if rivals else Verdict.PARTLY
            yield Fault(label, f"The quotes do not name {name.text}.", (name.text,))
    taken = [*((name.start, name.end) for name in claim.names), *((day.start, day.end) for day in claim.days)]
    taken += [(amount.start, amount.end) for amount in claim.quantities]
    for run in unknown_names(claim.text, claim.words, taken):
        if speaks_of_it and run[0].start < OPENING:
            continue
        if not run_there(run, text, all_words):
            shown = claim.text[run[0].start : run[-1].end]
            yield Fault(Verdict.PARTLY, f"The quotes do not name {shown}.", (shown,))


def wrong_polarity(claim: Text, evidence: Evidence, encoder: Encoder) -> Iterator[Fault]:
    """Yes for no, did for may, and words that say the opposite."""
    near = nearest(claim, evidence)
    other = near or evidence.whole
    for kind in polarity.out_of_nowhere(claim.text, claim.words, other.text, other.words):
        yield Fault(Verdict.UNSUPPORTED if kind == "no" else Verdict.PARTLY, f"{_NOWHERE[kind]}.", ())
    if near is None:
        return
    for kind, shown, change in polarity.differences(claim.text, claim.words, near.text, near.words):
        yield Fault(
            Verdict.UNSUPPORTED if kind == "no" else Verdict.PARTLY, f"“{shown}”: {_CHANGES[kind, change]}.", (shown,)
        )
    for shown, change in polarity.denials(claim.text, claim.words, near.text, near.words):
        yield Fault(Verdict.UNSUPPORTED, f"“{shown}”: {_CHANGES['no', change]}.", (shown,))
    distance = polarity.contested(near.text)
    if distance and not polarity.attributed(claim.text):
        yield Fault(Verdict.PARTLY, f"The quote only reports it (“{distance}”).", ())
    stems = {word.stem for word in claim.words}
    for word in claim.free:
        if any(related(word.stem, other.stem) or synonyms(word.stem, other.stem) for other in evidence.whole.free):
            continue
        against = next((o for o in near.free if opposite(word.stem, o.stem) and o.stem not in stems), None)
        if against and not any(
            cue.kind == "no" for text in (claim, near) for cue in polarity.cues(text.text, text.words)
        ):
            yield Fault(Verdict.UNSUPPORTED, f"“{word.text}”: the quote says “{against.text}”.", (word.text,))


def overstated(claim: Text, evidence: Evidence, encoder: Encoder) -> Iterator[Fault]:
    """All for some, proof for report, a cause for a mere sequence, an end of what still is."""
    near = nearest(claim, evidence)
    if near is None:
        return
    for found in reach.overstatements(claim.text, evidence.whole.text):
        yield Fault(Verdict.PARTLY, f"“{found.words}”: {found.reason}.", (found.words,))


def wrong_roles(claim: Text, evidence: Evidence, encoder: Encoder) -> Iterator[Fault]:
    """Deeds of another."""
    near = nearest(claim, evidence)
    if near is None:
        return
    found = roles.swapped(claim.text, claim.words, claim.names, near.text, near.words, near.names)
    if found:
        mine, theirs = found
        yield Fault(Verdict.UNSUPPORTED, f"“{mine.text}”: in the quote it is {theirs.text}.", (mine.text,))


def edited(claim: Text, evidence: Evidence, encoder: Encoder) -> Iterator[Fault]:
    """Names, quantities and cues changed in a sentence that the claim otherwise repeats."""
    near = nearest(claim, evidence)
    if near is None:
        return
    mine, theirs = (edits.units(t.text, t.words, t.names, t.days, t.quantities) for t in (claim, near))
    for edit in edits.edits(mine, theirs):
        if edit.sort in ("name", "quantity"):
            yield Fault(Verdict.UNSUPPORTED, f"“{edit.mine}”: in the quote it is {edit.theirs}.", (edit.mine,))
        else:
            change = "added" if edit.mine else "dropped"
            label = Verdict.UNSUPPORTED if edit.sort == "no" else Verdict.PARTLY
            shown = edit.mine or edit.theirs
            yield Fault(label, f"“{shown}”: {_CHANGES[edit.sort, change]}.", (edit.mine,) if edit.mine else ())


def wrong_meaning(claim: Text, evidence: Evidence, encoder: Encoder) -> Iterator[Fault]:
    """Words that the quotes meet nowhere."""
    if not evidence.sentences:
        yield Fault(Verdict.UNSUPPORTED, "It cites nothing.", ())
        return
    if not claim.free:
        return
    score, unmet, share = fit(claim, evidence, encoder)
    if score >= meaning.ALIKE and not unmet:
        return
    carried = probability(claim, evidence, score, share, encoder)
    if carried < UNSUPPORTED_BELOW:
        yield Fault(Verdict.UNSUPPORTED, "The quotes speak of something else.", unmet)
    elif carried < SUPPORTED_FROM:
        shown = ", ".join(f"“{word}”" for word in unmet) or "part of it"
        yield Fault(Verdict.PARTLY, f"The quotes do not say {shown}.", unmet)


def probability(claim: Text, evidence: Evidence, score: float, share: float, encoder: Encoder) -> float:
    """Return how probable it is, in [0, 1], that the quotes carry a claim without other faults."""
    weakest, cosine = meaning.closeness(claim.text, [sentence.text for sentence in evidence.sentences], encoder)
    stems = {word.stem for word in evidence.whole.words}
    content = [word for word in claim.words if word.content]
    copied = sum(word.stem in stems for word in content) / max(1, len(content))
    found = {"score": score, "share": share, "weakest": weakest, "cosine": cosine, "copied": copied}
    return 1 / (1 + math.exp(-BIAS - sum(WEIGHTS[name] * value for name, value in found.items())))


PARTS: dict[str, Callable[[Text, Evidence, Encoder], Iterator[Fault]]] = {
    "quantities": wrong_quantities,
    "dates": wrong_dates,
    "names": wrong_names,
    "polarity": wrong_polarity,
    "reach": overstated,
    "roles": wrong_roles,
    "edits": edited,
    "meaning": wrong_meaning,
}
"""What is looked at, by name; each part yields the faults it finds."""


def fit(claim: Text, evidence: Evidence, encoder: Encoder) -> tuple[float, tuple[str, ...], float]:
    """Return the weighted mean of how well the claim's words are met, the words that are not, and their share."""
    quotes = [sentence.text for sentence in evidence.sentences]
    met = meaning.met(claim.text, claim.free, quotes, evidence.whole.words, encoder)
    there = evidence.whole.names
    met = [max(score, STANDS_FOR * stands_for(word, there)) for word, score in zip(claim.free, met, strict=True)]
    weight = meaning.weights(claim.free, encoder)
    total = sum(weight)
    unmet = tuple(word.text for word, score in zip(claim.free, met, strict=True) if score < UNMET)
    share = sum(w for w, score in zip(weight, met, strict=True) if score < UNMET) / total
    return sum(w * score for w, score in zip(weight, met, strict=True)) / total, unmet, share


def nearest(claim: Text, evidence: Evidence) -> Text | None:
    """Return the sentence of the quotes that holds most of the claim's words, None where none holds enough."""
    wanted = [word for word in claim.words if word.content]
    best, most = None, 0.0
    for sentence in evidence.sentences:
        stems = {word.stem for word in sentence.words if word.content}
        share = sum(1.0 if word.stem in stems else 0.5 * any(synonyms(word.stem, s) for s in stems) for word in wanted)
        share /= max(1, len(wanted))
        if share > most:
            best, most = sentence, share
    return best if most >= ALIGNED else None


def _counted_pair(quantity: Quantity, claim: Text, evidence: Evidence) -> bool:
    """Whether it is the "two" of "the two Koreas", which the quotes need not count."""
    if not (quantity.point and quantity.low == 2 and quantity.unit in ("", "times")):
        return False
    rest = claim.text[quantity.end : quantity.end + 14].lower()
    return bool(re.match(r"\s*(?:koreas?|sides?|countries|leaders|states|parties|men|governments)\b", rest)) or (
        quantity.unit == "times" and quantity.text.lower() == "both"
    )


def _reckoned(quantity: Quantity, claim: Text, evidence: Evidence) -> bool:
    """Whether the quotes give what it was reckoned from: a list of so many names, or two days so far apart."""
    if quantity.unit == "" and quantity.point and 2 <= quantity.low <= 12:
        return any(_enumerated(text, int(quantity.low)) for text in evidence.sentences)
    if quantity.unit == "time" and quantity.high >= DAY:
        days = [day for day in evidence.whole.days if (day.days[1] - day.days[0]).days < 31]
        apart = {abs((a.days[0] - b.days[0]).days) for a in days for b in days} - {0}
        roughly = 0.5 * min(quantity.factor, quantity.low) if quantity.point else 0.0
        return any(quantity.low - roughly <= DAY * gap <= quantity.high + roughly for gap in apart)
    return False


def _enumerated(text: Text, count: int) -> bool:
    """Whether so many names of one kind stand in a row, with commas and "and" between."""
    row = 1
    for last, name in zip(text.names, text.names[1:], strict=False):
        joined = name.kind == last.kind and re.fullmatch(
            r",?\s*(?:and\s+)?|,?\s*(?:and|or)\s+", text.text[last.end : name.start]
        )
        if not joined and row == count:
            return True
        row = row + 1 if joined else 1
    return row == count > 1


def _shown(quantity: Quantity, text: Text) -> str:
    """The quantity with the words before it that hedge it."""
    start = text.text.rfind(" ", 0, max(0, quantity.start - 1)) + 1
    return text.text[start : quantity.end] if quantity.low != quantity.high else quantity.text
