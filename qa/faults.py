"""The faults a claim may have against its quotes, each part looking for one kind and knowing nothing of the others.

A part speaks up where it can point at words of the claim; what its signs weigh is for `weighing`. None of them is a
language model, and none judges an inference: what follows from a quote only by reasoning is left to the reader.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ..index import Encoder
from . import crossed, cues, dates_said, edits, entailed, meaning, polarity, reach, roles
from .named import implied, named_there, run_there, spelled_out, unknown_names
from .numbers import Quantity, quantities
from .reckoned import reckoned
from .synonyms import opposite, synonyms
from .texts import Evidence, Text
from .types import Verdict
from .weighing import UNMET
from .words import related

OPENING = 6  # characters; a name there is the claim's subject, which "he" of the quote may be
FEW = 4  # so many are counted by a reader where the quotes do not count: "three stages", "two restaurants"
NEARBY = 3  # quotes of so many sentences are taken together where a "not" is looked for
UNLIKE = 0.16  # cosine of a word with those in whose place it stands, below which it says another thing
ALIGNED = 0.35  # share of the claim's words that a sentence has to hold, for its cues and roles to be compared


_NOWHERE = {
    "no": "The quotes deny nothing of the kind",
    "maybe": "The quotes have no such doubt",
    "later": "The quotes tell it as done",
}
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
class Fault:
    """Something in the claim that the quotes do not bear out."""

    label: Verdict
    reason: str
    words: tuple[str, ...]
    sign: str  # its kind, by which it is weighed


def wrong_quantities(claim: Text, evidence: Evidence, encoder: Encoder) -> Iterator[Fault]:
    """Quantities that no quote states, or states otherwise: wrong where they have another of the unit instead."""
    dated = [(day.start, day.end) for day in evidence.whole.days]
    stated = quantities(evidence.whole.text, dated)  # also within names: "the Seventh Congress", "Resolution 1874"
    for quantity in claim.quantities:
        if entailed.supported(quantity, stated) or reckoned(quantity, claim, evidence.sentences, evidence.whole):
            continue
        rivals = any(each.unit in ("ordinal", "label") for each in stated)
        if quantity.unit == "ordinal" and (quantity.text.lower() == "first" or (quantity.low <= 3 and not rivals)):
            continue  # "for the first time", "a second plant": a word like others
        others = [each for each in stated if each.unit == quantity.unit]
        other = next((each for each in others if not entailed.supported(each, claim.quantities)), None)
        label = Verdict.UNSUPPORTED if other else Verdict.PARTLY
        saying = f"the quotes say {_shown(other, evidence.whole)}" if other else "the quotes do not state it"
        few = quantity.unit == "" and quantity.low <= FEW and quantity.text.isalpha()
        sign = "number" if other else "counted" if few else "unstated"
        yield Fault(label, f"“{_shown(quantity, claim)}”: {saying}.", (quantity.text,), sign)


def wrong_directions(claim: Text, evidence: Evidence, encoder: Encoder) -> Iterator[Fault]:
    """A rise by what the quotes give as a fall."""
    for quantity in claim.quantities:
        mine = entailed.direction(claim.text, quantity)
        if not mine or quantity.unit in ("ordinal", "label", "clock"):
            continue
        same = [each for each in evidence.whole.quantities if entailed.entails(each, quantity)]
        theirs = {entailed.direction(evidence.whole.text, each) for each in same}
        if same and theirs == {-mine}:
            reason = f"“{quantity.text}”: the quotes have it the other way."
            yield Fault(Verdict.UNSUPPORTED, reason, (quantity.text,), "turned")


def wrong_dates(claim: Text, evidence: Evidence, encoder: Encoder) -> Iterator[Fault]:
    """Dates that no quote gives."""
    stated = [*evidence.whole.days]
    years = {day.days[0].year for day in (*stated, *evidence.context.days) if day.year}
    if evidence.published:
        years.add(evidence.published.year)
    named = dates_said.weekdays(evidence.whole.text)
    for day in claim.days:
        if dates_said.supported(day, stated, frozenset(years)):
            continue
        if dates_said.on_weekday(day, named.values(), evidence.published):
            continue
        if day.text.lower() in evidence.whole.text.lower():
            continue
        if not stated and evidence.context.days and dates_said.supported(day, evidence.context.days, frozenset(years)):
            continue
        if stated:
            yield Fault(Verdict.UNSUPPORTED, f"“{day.text}”: the quotes say {stated[0].text}.", (day.text,), "date")
        elif named and dates_said.near(day, evidence.published):
            yield Fault(Verdict.UNSUPPORTED, f"“{day.text}”: the quotes say {next(iter(named))}.", (day.text,), "date")
        else:
            yield Fault(Verdict.PARTLY, f"“{day.text}”: the quotes give no date.", (day.text,), "undated")
    single = [day.days[0].weekday() for day in stated if day.year and day.days[0] == day.days[1]]
    for name, number in dates_said.weekdays(claim.text).items():
        if number in named.values() or number in single:
            continue
        if named:
            yield Fault(Verdict.UNSUPPORTED, f"“{name}”: the quotes say {next(iter(named))}.", (name,), "date")
        else:
            yield Fault(Verdict.PARTLY, f"“{name}”: the quotes give no day of the week.", (name,), "undated")


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
            if implied(name, claim.text, [other for other in there if other.canonical not in said]):
                continue
            rivals = [other for other in whole.names if other.kind == name.kind and other.canonical not in said]
            label = Verdict.UNSUPPORTED if rivals else Verdict.PARTLY
            yield Fault(label, f"The quotes do not name {name.text}.", (name.text,), "name" if rivals else "unnamed")
    taken = [*((name.start, name.end) for name in claim.names), *((day.start, day.end) for day in claim.days)]
    taken += [(amount.start, amount.end) for amount in claim.quantities]
    taken += spelled_out(claim.text, claim.words, text)
    for run in unknown_names(claim.text, claim.words, taken):
        if speaks_of_it and run[0].start < OPENING:
            continue
        if not run_there(run, text, all_words):
            shown = claim.text[run[0].start : run[-1].end]
            yield Fault(Verdict.PARTLY, f"The quotes do not name {shown}.", (shown,), "unnamed")


def wrong_polarity(claim: Text, evidence: Evidence, encoder: Encoder) -> Iterator[Fault]:
    """Yes for no, did for may, and words that say the opposite."""
    near = nearest(claim, evidence)
    around = evidence.whole if len(evidence.sentences) <= NEARBY or near is None else near
    kinds = set(polarity.out_of_nowhere(claim.text, claim.words, around.text, around.words))
    if polarity.uncounted(claim.text, claim.words, around.text, around.words):
        kinds.add("no")
    for kind in sorted(kinds):
        label = Verdict.UNSUPPORTED if kind == "no" else Verdict.PARTLY
        yield Fault(label, f"{_NOWHERE[kind]}.", (), f"{kind} nowhere")
    if near is None:
        return
    for kind, shown, change in polarity.differences(claim.text, claim.words, near.text, near.words):
        label = Verdict.UNSUPPORTED if kind == "no" else Verdict.PARTLY
        yield Fault(label, f"“{shown}”: {_CHANGES[kind, change]}.", (shown,), f"{kind} {change}")
    for shown, change in polarity.denials(claim.text, claim.words, near.text, near.words):
        yield Fault(Verdict.UNSUPPORTED, f"“{shown}”: {_CHANGES['no', change]}.", (shown,), f"no {change}")
    if polarity.reordered(claim.text, claim.words, near.text, near.words):
        yield Fault(Verdict.UNSUPPORTED, "The quote has it in the other order of time.", (), "turned")
    distance = cues.contested(near.text)
    if distance and not cues.attributed(claim.text):
        yield Fault(Verdict.PARTLY, f"The quote only reports it (“{distance}”).", (), "reported")
    stems = {word.stem for word in claim.words}
    for word in claim.free:
        if any(related(word.stem, other.stem) or synonyms(word.stem, other.stem) for other in evidence.whole.free):
            continue
        against = next(
            (o for o in near.free if opposite(word.stem, o.stem) and o.stem not in stems and not o.capital), None
        )
        if against and crossed.converse(claim.words, word, near.words, against):
            continue
        if against and not any(cue.kind == "no" for text in (claim, near) for cue in cues.cues(text.text, text.words)):
            reason = f"“{word.text}”: the quote says “{against.text}”."
            yield Fault(Verdict.UNSUPPORTED, reason, (word.text,), "opposite")


def overstated(claim: Text, evidence: Evidence, encoder: Encoder) -> Iterator[Fault]:
    """All for some, proof for report, a cause for a mere sequence, an end of what still is."""
    near = nearest(claim, evidence)
    if near is None:
        return
    for found in reach.overstatements(claim.text, evidence.whole.text):
        yield Fault(Verdict.PARTLY, f"“{found.words}”: {found.reason}.", (found.words,), "reach")


def wrong_roles(claim: Text, evidence: Evidence, encoder: Encoder) -> Iterator[Fault]:
    """Deeds of another."""
    near = nearest(claim, evidence)
    if near is None:
        return
    found = roles.swapped(claim.text, claim.words, claim.actors, near.text, near.words, near.actors)
    if found:
        mine, theirs = found
        yield Fault(Verdict.UNSUPPORTED, f"“{mine.text}”: in the quote it is {theirs.text}.", (mine.text,), "role")


def edited(claim: Text, evidence: Evidence, encoder: Encoder) -> Iterator[Fault]:
    """Names, quantities and cues changed in a sentence that the claim otherwise repeats."""
    near = nearest(claim, evidence)
    if near is None:
        return
    mine, theirs = (edits.units(t.text, t.words, t.actors, t.days, t.quantities) for t in (claim, near))
    told = {q.text for q in claim.quantities if reckoned(q, claim, evidence.sentences, evidence.whole)}
    for edit in edits.edits(mine, theirs):
        if edit.sort == "quantity" and edit.mine in told:
            continue
        if edit.sort in ("name", "quantity"):
            yield Fault(
                Verdict.UNSUPPORTED,
                f"“{edit.mine}”: in the quote it is {edit.theirs}.",
                (edit.mine,),
                f"{edit.sort} edited",
            )
        else:
            change = "added" if edit.mine else "dropped"
            label = Verdict.UNSUPPORTED if edit.sort == "no" else Verdict.PARTLY
            shown = edit.mine or edit.theirs
            counts = [sum(cue.kind == edit.sort for cue in cues.cues(t.text, t.words)) for t in (claim, near)]
            if counts[0] == counts[1] or (change == "dropped") == (counts[0] > counts[1]):
                continue  # said in another way: "ruled out" for "sought no"
            words = (edit.mine,) if edit.mine else ()
            yield Fault(label, f"“{shown}”: {_CHANGES[edit.sort, change]}.", words, f"{edit.sort} edited")
    for word, others in edits.exchanged(mine, theirs):
        if meaning.likeness(claim.text, word, near.text, others, encoder) < UNLIKE:
            said = " ".join(other.text for other in others)
            yield Fault(Verdict.PARTLY, f"“{word.text}”: the quote says “{said}”.", (word.text,), "word edited")
    for word in edits.inserted(mine, theirs):
        quotes = [sentence.text for sentence in evidence.sentences]
        if word.key.endswith("ly") or meaning.met(claim.text, [word], quotes, evidence.whole.words, encoder)[0] < UNMET:
            yield Fault(Verdict.PARTLY, f"“{word.text}”: the quote does not say so.", (word.text,), "word added")


def exchanged(claim: Text, evidence: Evidence, encoder: Encoder) -> Iterator[Fault]:
    """Words and figures that have changed places."""
    near = nearest(claim, evidence)
    if near is None:
        return
    mine, theirs = (edits.units(t.text, t.words, t.actors, t.days, t.quantities) for t in (claim, near))
    pair = crossed.turned(mine, theirs, claim.text, near.text) or crossed.exchanged_figures(mine, theirs)
    if pair:
        shown = tuple(unit.text for unit in pair)
        yield Fault(Verdict.UNSUPPORTED, f"“{shown[0]}” and “{shown[1]}” have changed places.", shown, "places")


PARTS: dict[str, Callable[[Text, Evidence, Encoder], Iterator[Fault]]] = {
    "quantities": wrong_quantities,
    "directions": wrong_directions,
    "dates": wrong_dates,
    "names": wrong_names,
    "polarity": wrong_polarity,
    "reach": overstated,
    "roles": wrong_roles,
    "edits": edited,
    "places": exchanged,
}
"""What is looked at, by name; each part yields the faults it finds."""


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


def _shown(quantity: Quantity, text: Text) -> str:
    """The quantity with the words before it that hedge it."""
    start = text.text.rfind(" ", 0, max(0, quantity.start - 1)) + 1
    return text.text[start : quantity.end] if quantity.low != quantity.high else quantity.text
