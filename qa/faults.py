"""The faults a claim may have against its quotes, each part looking for one kind and knowing nothing of the others.

A part speaks up where it can point at words of the claim; meaning, by the encoder, catches claims whose words the
quotes do not meet at all. None of them is a language model, and none judges an inference: what follows from a quote
only by reasoning is left to the reader.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from ..corpus.sentences import sentence_spans
from ..index import Encoder
from . import dates_said, edits, meaning, numbers, polarity, roles
from .dates_said import Said, days_said
from .named import Named, named_there, names_in, run_there, unknown_names
from .numbers import Quantity, quantities
from .synonyms import Word, opposite, plain, related, synonyms, words
from .types import Verdict

# On hand-made claims and public sets these lie on a plateau: 0.05 more or less moves balanced accuracy by 0.01.
SUPPORTED_FROM = 0.63  # mean over the claim's words of how well each is met
UNSUPPORTED_BELOW = 0.5
UNMET = 0.35  # a word below is met by nothing
UNMET_SHARE = 0.34  # of the weight of the claim's words, for the claim to say something of its own
OPENING = 6  # characters; a name there is the claim's subject, which "he" of the quote may be
ALIGNED = 0.35  # share of the claim's words that a sentence has to hold, for its cues and roles to be compared


_NOWHERE = {"no": "The quotes deny nothing of the kind", "maybe": "The quotes have no such doubt"}
_PRONOUN = re.compile(r"(?:It|He|She|They|His|Her|Its|Their)\b")
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
    """Quantities that no quote states, or states otherwise."""
    dated = [(day.start, day.end) for day in evidence.whole.days]
    stated = quantities(evidence.whole.text, dated)  # also within names: "the Seventh Congress", "Resolution 1874"
    for quantity in claim.quantities:
        if numbers.supported(quantity, stated) or _counted_pair(quantity, claim, evidence):
            continue
        if quantity.unit == "ordinal" and quantity.text.lower() == "first":
            continue  # "for the first time": a word like others
        other = next((each for each in stated if each.unit == quantity.unit), None)
        saying = f"the quotes say {_shown(other, evidence.whole)}" if other else "the quotes do not state it"
        yield Fault(Verdict.UNSUPPORTED, f"“{_shown(quantity, claim)}”: {saying}.", (quantity.text,))


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
    """Names that no quote holds."""
    whole, context = evidence.whole, evidence.context
    there = (*whole.names, *context.names)
    all_words = (*whole.words, *context.words)
    text = f"{whole.text}\n{context.text}"
    speaks_of_it = not context.text and bool(_PRONOUN.match(whole.text))
    for name in claim.names:
        if speaks_of_it and name.start < OPENING:
            continue
        if not named_there(name, text, all_words, there):
            rivals = [other for other in whole.names if other.kind == name.kind]
            label = Verdict.UNSUPPORTED if rivals else Verdict.PARTLY
            yield Fault(label, f"The quotes do not name {name.text}.", (name.text,))
    taken = [*((name.start, name.end) for name in claim.names), *((day.start, day.end) for day in claim.days)]
    taken += [(amount.start, amount.end) for amount in claim.quantities]
    for run in unknown_names(claim.text, claim.words, taken):
        if speaks_of_it and run[0].start < OPENING:
            continue
        if not run_there(run, text, all_words):
            shown = claim.text[run[0].start : run[-1].end]
            yield Fault(Verdict.UNSUPPORTED, f"The quotes do not name {shown}.", (shown,))


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


def wrong_meaning(claim: Text, evidence: Evidence, encoder: Encoder | None) -> Iterator[Fault]:
    """Words that the quotes meet nowhere."""
    if not evidence.sentences:
        yield Fault(Verdict.UNSUPPORTED, "It cites nothing.", ())
        return
    if not claim.free:
        return
    score, unmet, share = fit(claim, evidence, encoder)
    if score < UNSUPPORTED_BELOW:
        yield Fault(Verdict.UNSUPPORTED, "The quotes speak of something else.", unmet)
    elif score < SUPPORTED_FROM or share > UNMET_SHARE:
        shown = ", ".join(f"“{word}”" for word in unmet) or "part of it"
        yield Fault(Verdict.PARTLY, f"The quotes do not say {shown}.", unmet)


PARTS: dict[str, Callable[[Text, Evidence, Encoder], Iterator[Fault]]] = {
    "quantities": wrong_quantities,
    "dates": wrong_dates,
    "names": wrong_names,
    "polarity": wrong_polarity,
    "roles": wrong_roles,
    "edits": edited,
    "meaning": wrong_meaning,
}
"""What is looked at, by name; each part yields the faults it finds."""


def fit(claim: Text, evidence: Evidence, encoder: Encoder | None) -> tuple[float, tuple[str, ...], float]:
    """Return the weighted mean of how well the claim's words are met, the words that are not, and their share."""
    quotes = [sentence.text for sentence in evidence.sentences]
    met = meaning.met(claim.text, claim.free, quotes, evidence.whole.words, encoder)
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


def _shown(quantity: Quantity, text: Text) -> str:
    """The quantity with the words before it that hedge it."""
    start = text.text.rfind(" ", 0, max(0, quantity.start - 1)) + 1
    return text.text[start : quantity.end] if quantity.low != quantity.high else quantity.text
