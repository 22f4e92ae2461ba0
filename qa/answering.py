"""From what was found to an answer: the quotes of each side, what is said around them, or the refusal."""

from collections.abc import Callable, Sequence

from ..corpus import Brief
from . import wording
from .compose import Quote, markdown
from .confidence import HEDGE_BELOW, REFUSE_BELOW
from .extract import Sentence
from .found import Found
from .notes import age_note, differing, differing_note, newer_notes, unanswered_note
from .question import Kind
from .select import ENOUGH, LIKELY, LONG_SENTENCES, SENTENCES, in_order, in_time, in_window, select, word_limit
from .silent import of_side
from .types import Answer, Citation, Claim, reference

NEAREST = 2  # briefs named in a refusal


def answers(found: Found) -> bool:
    """Whether the briefs are likely enough to answer, and there is something to quote."""
    return found.probability >= REFUSE_BELOW and any(reading.sentences for reading in found.readings)


def side_of(found: Found, number: int) -> tuple[list[Sentence], bool]:
    """Return the sentences for the inquiry of this number, best first, and whether any speaks of its side."""
    sentences, spoken = of_side(found.readings, number, found.plan.inquiries, found.names)
    return in_window(sentences, found.asked, found.plan.inquiries[number].window), spoken


def quotes_of(found: Found, number: int, before: Sequence[Sentence] = ()) -> list[Quote]:
    """Return the quotes for the inquiry of this number, in reading order, besides what is told `before`.

    Of a side, only what speaks of it is quoted, be it quoted for another side as well; where the briefs are silent on
    it, the first quote says so and is the only one.
    """
    label, sides = found.plan.inquiries[number].label, len(found.readings)
    words = word_limit(found.asked) // sides - sum(len(sentence.text.split()) for sentence in before)
    most = max(2, LONG_SENTENCES // sides) if sides > 1 else SENTENCES
    if found.asked.kind is Kind.LIST:
        most = LONG_SENTENCES
    own, spoken = side_of(found, number)
    chosen = select(own, words, most if spoken else 1, before, LIKELY if before else ENOUGH)
    differ = differs(found)
    if any(sentence in (*before, *chosen) for sentence in differ):
        chosen += [sentence for sentence in differ if sentence not in (*before, *chosen)]
    ordered = in_time(chosen) if found.asked.kind is Kind.CHANGE else in_order(chosen)
    return [Quote(sentence, label, sides > 1 or bool(differ), not spoken) for sentence in ordered]


def differs(found: Found) -> tuple[()] | tuple[Sentence, Sentence]:
    """Return the first sentence and one that answers as well with another figure or date, if one does.

    The sides of a comparison are not held against each other.
    """
    other = (
        differing(found.asked, found.plan.question, found.readings[0], found.names)
        if len(found.readings) == 1
        else None
    )
    return (found.readings[0].sentences[0], other) if other else ()


def is_cited(sentence: Sentence, citations: Sequence[Citation]) -> bool:
    """Whether a sentence, or a part of it, stands in one of the quotes."""
    return any(
        each.brief.id == sentence.hit.brief.id and each.start < sentence.end and sentence.start < each.end
        for each in citations
    )


def answer_of(
    found: Found,
    claims: Sequence[Claim],
    citations: Sequence[Citation],
    *,
    partial: bool = False,
    find: Callable[[str], Brief | None] | None = None,
) -> Answer:
    """Return the answer that these claims are; a doubtful one begins with what is not stated.

    `find` gives a brief by its id. An answer made without it is not whole yet, and has no notes.
    """
    hedged = found.probability < HEDGE_BELOW
    lead = wording.not_stated(found.korean, found.evidence.missing) if hedged else ""
    gaps = _gaps(found, claims)
    notes: list[str] = []
    if find:
        read = {hit.passage.id: hit for hit in found.hits}
        notes = [
            age_note(found.plan, [citation.brief for citation in citations], found.korean),
            _differing_note(found, citations),
            *([] if hedged else gaps),
            *newer_notes([read[citation.passage.id] for citation in citations], find, found.korean),
        ]
        notes = [note for note in notes if note]
    return Answer(
        markdown(lead, claims, citations, notes, bullets=found.asked.kind is Kind.LIST),
        found.plan.standalone,
        tuple(claims),
        tuple(citations),
        confidence=found.probability,
        partial=hedged or partial or bool(gaps),
        notes=tuple(notes),
        lead=lead,
        plan=found.plan,
        hits=found.hits,
    )


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


def _differing_note(found: Found, citations: Sequence[Citation]) -> str:
    """The note on two briefs that differ, where both are quoted."""
    differ = differs(found)
    if not differ or not all(is_cited(sentence, citations) for sentence in differ):
        return ""
    first, other = differ
    return differing_note(first, other, found.korean)


def _gaps(found: Found, claims: Sequence[Claim]) -> list[str]:
    """The notes on what is missing: sides without a passage, and parts of the question that no claim answers."""
    pairs = zip(found.plan.inquiries, found.readings, strict=True)
    silent = [inquiry.label for inquiry, reading in pairs if not reading.sentences]
    notes = [wording.one_sided(found.korean, silent)] if silent else []
    if len(found.readings) == 1:
        notes.append(unanswered_note(found.asked, found.plan.question, claims, found.korean))
    return [note for note in notes if note]
