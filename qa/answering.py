"""From what was found to an answer: the quotes of each side, what is said around them, or the refusal."""

from collections.abc import Sequence

from . import wording
from .compose import Quote, claims_of, markdown
from .confidence import HEDGE_BELOW
from .extract import Reading, Sentence
from .found import Found
from .notes import age_note, differing, differing_note, unanswered_note
from .question import Kind
from .select import LONG_SENTENCES, SENTENCES, in_order, in_time, select, word_limit
from .silent import of_side
from .types import Answer, reference

NEAREST = 2  # briefs named in a refusal


def quotes_of(found: Found, number: int) -> list[Quote]:
    """Return the quotes for the inquiry of this number, in reading order.

    Of a side, only what speaks of it is quoted, be it quoted for another side as well; where the briefs are silent on
    it, the first quote says so and is the only one.
    """
    inquiry, sides = found.plan.inquiries[number], len(found.readings)
    words = word_limit(found.asked) // sides
    most = max(2, LONG_SENTENCES // sides) if sides > 1 else SENTENCES
    if found.asked.kind is Kind.LIST:
        most = LONG_SENTENCES
    own, spoken = of_side(found.readings, number, inquiry, found.names)
    chosen = select(own, words, most if spoken else 1)
    other = differing(found.asked, found.plan.question, found.readings[0]) if sides == 1 else None
    if other and other not in chosen:
        chosen.append(other)
    ordered = in_time(chosen) if found.asked.kind is Kind.CHANGE else in_order(chosen)
    return [Quote(sentence, inquiry.label, sides > 1 or other is not None, not spoken) for sentence in ordered]


def answer_of(found: Found, quotes: Sequence[Quote], notes: Sequence[str]) -> Answer:
    """Return the answer that quotes these sentences; a doubtful one begins with what is not stated."""
    claims, citations = claims_of(quotes, found.asked, found.plan.question, found.korean)
    hedged = found.probability < HEDGE_BELOW
    lead = wording.not_stated(found.korean, found.evidence.missing) if hedged else ""
    text = markdown(lead, claims, notes, bullets=found.asked.kind is Kind.LIST)
    partial = hedged or any(quote.silent for quote in quotes) or bool(_gaps(found, _sentences(quotes)))
    return Answer(
        text,
        found.plan.standalone,
        claims,
        citations,
        confidence=found.probability,
        partial=partial,
        notes=tuple(notes),
        lead=lead,
        plan=found.plan,
        hits=found.hits,
    )


def notes_of(found: Found, quotes: Sequence[Quote]) -> list[str]:
    """Return what a reader has to know beside the quotes: their age, what differs, what is missing."""
    sentences = _sentences(quotes)
    notes = [age_note(found.plan, [sentence.hit.brief for sentence in sentences], found.korean)]
    if len(found.readings) == 1:
        other = differing(found.asked, found.plan.question, found.readings[0])
        if other:
            notes.append(differing_note(found.readings[0].sentences[0], other, found.korean))
    if found.probability >= HEDGE_BELOW:
        notes += _gaps(found, sentences)
    return [note for note in notes if note]


def refusal_of(found: Found) -> Answer:
    """Return the refusal, which says what is missing and names the nearest briefs, so that a reader can look."""
    nearest = list(dict.fromkeys(reference(hit.brief) for hit in found.hits))[:NEAREST]
    missing = found.evidence.missing if nearest else ()
    return Answer(
        wording.refusal_text(found.korean, missing, nearest),
        found.plan.standalone,
        abstained=True,
        confidence=found.probability,
        plan=found.plan,
        hits=found.hits,
    )


def _sentences(quotes: Sequence[Quote]) -> list[Sentence]:
    return [quote.sentence for quote in quotes]


def _gaps(found: Found, sentences: Sequence[Sentence]) -> list[str]:
    """The notes on what is missing: sides without a passage, and parts of the question that nothing quoted answers."""
    pairs: list[tuple[str, Reading]] = [
        (inquiry.label, reading) for inquiry, reading in zip(found.plan.inquiries, found.readings, strict=True)
    ]
    silent = [label for label, reading in pairs if not reading.sentences]
    notes = [wording.one_sided(found.korean, silent)] if silent else []
    if len(found.readings) == 1:
        notes.append(unanswered_note(found.asked, found.plan.question, sentences, found.korean))
    return [note for note in notes if note]
