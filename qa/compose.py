"""From chosen sentences to an answer: claims with numbers, words in bold, sources inline beside sides, Markdown."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..index.parts import FUNCTION_WORDS
from . import wording
from .context import with_antecedent
from .extract import Sentence
from .question import TYPED, Asked, Kind
from .typed import Span, answers
from .types import Citation, Claim, Verdict, is_quote

BOLD = 2  # spans of a quote set in bold, at most
REASON_WORDS = 14  # of a reason set in bold
_REASON = re.compile(
    r"\b(?:because(?: of)?|due to|owing to|as a result of|caused by|in order to|so (?:that|as to)|in response to"
    r"|in retaliation for|in protest (?:at|against|over)|for (?:fear|lack|want) of|on the grounds?|with (?:the aim"
    r"|a view|the purpose|the intention)|(?:aimed|meant|intended|designed) (?:at|to)|stem(?:s|med) from)\b"
    r"|[가-힣\s]+(?:때문|위하여|위해)",
    re.IGNORECASE,
)
"""What gives a reason without doubt; "after" and "for the" may merely stand there."""
_OPENING = re.compile(r"(?:[A-Z][\w .'-]{2,30}, \w{3,9}\.? \d{1,2} \(\w+\) ?[-–—]+|[-–•*]) +(?=\S+ \S+ \S+)")
"""A bullet, or the place, day and agency before a news item: no part of what is said."""
ROOM = 45  # words that a sentence before may have, to come along


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence to be quoted, for a side of a comparison or for "", with whose it is before it where `sourced`;
    `silent` where the briefs say nothing on the side, and this is merely the nearest."""

    sentence: Sentence
    side: str = ""
    sourced: bool = False
    silent: bool = False


def claims_of(
    quotes: Sequence[Quote],
    asked: Asked,
    question: str,
    korean: bool,
    told: Sequence[Claim] = (),
    cited: Sequence[Citation] = (),
) -> tuple[tuple[Claim, ...], tuple[Citation, ...]]:
    """Return a claim and a citation for each quote, in order, behind what is `told` and `cited` already."""
    claims, citations = list(told), list(cited)
    for quote in quotes:
        sentence, hit = quote.sentence, quote.sentence.hit
        start, end, lead = with_antecedent(hit, sentence.start, sentence.end, ROOM)
        same = [each for each in citations if each.brief.id == hit.brief.id]
        known = next((each for each in same if each.start <= sentence.start and sentence.end <= each.end), None)
        if known and any(claim.side == quote.side and known.number in claim.citations for claim in claims):
            continue
        if known:  # quoted for another side already
            start, end, lead = known.start, known.end, ""
        elif any(each.start < end and start < each.end for each in same):
            start, lead = sentence.start, ""  # the sentence before is quoted already
        spans = answering(asked, question, sentence.text)
        if start == sentence.start and not known:
            start += _begins(sentence.text, spans)
        number = known.number if known else len(citations) + 1
        text = hit.brief.text[start:end]
        if not known:
            citations.append(Citation(number, hit.passage, hit.brief, text, start, end))
        silent = wording.silent_on(korean, quote.side) if quote.silent else ""
        source = f"{wording.dated(hit.brief, korean)}:" if quote.sourced else ""
        moved = sentence.start - start
        bold = tuple((a + moved, b + moved) for a, b in spans if a + moved >= 0)
        words = " ".join(part for part in (silent, source, lead) if part)
        claims.append(Claim(text, (number,), Verdict.SUPPORTED, quote.side, bold, words))
    return tuple(claims), tuple(citations)


def _begins(text: str, spans: Sequence[Span]) -> int:
    """Where the sentence itself begins, behind a bullet or a dateline that does not answer."""
    opening = _OPENING.match(text)
    if opening is None or any(start < opening.end() for start, _ in spans):
        return 0
    return opening.end()


def answering(asked: Asked, question: str, text: str) -> list[Span]:
    """Return the spans of a sentence that answer by their form, those beside the noun asked for before others."""
    found: list[Span] = []
    for kind in asked.kinds:
        if kind not in TYPED:
            continue
        spans = answers(kind, asked, question, text)
        if kind is Kind.WHY:
            spans = [(m.start(), clause_end(text, m.start())) for m in [_REASON.search(text)] if m]
        if kind is Kind.AMOUNT and asked.noun:
            root = asked.noun[:-1] if asked.noun.endswith("s") else asked.noun
            beside = [span for span in spans if root in text[span[0] : span[1] + 30].lower()]
            spans = beside or spans
        found += spans[:BOLD]
    kept: list[Span] = []
    for start, end in sorted(found):
        if kept and start <= kept[-1][1] + 2 and not text[kept[-1][1] : start].strip(" ,"):
            kept[-1] = (kept[-1][0], max(end, kept[-1][1]))
        elif not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return kept[: 2 * BOLD]


def clause_end(text: str, start: int) -> int:
    """Return where the clause that begins at `start` ends: at a comma, semicolon or full stop, or after some words."""
    words = text[start:].split(" ")
    end = start
    for count, word in enumerate(words, 1):
        end += len(word) + (count > 1)
        if count > 2 and word.endswith((",", ";", ".", ":")):
            return end - 1
        if count == REASON_WORDS:
            break
    while (space := text.rfind(" ", start, end)) > 0 and text[space:end].strip().lower() in FUNCTION_WORDS:
        end = space
    return min(end, len(text.rstrip(".")))


def marked(claim: Claim) -> str:
    """Return the claim's words with those that answer between two asterisks."""
    parts, at = [], 0
    for start, end in claim.bold:
        parts += [claim.text[at:start], f"**{claim.text[start:end]}**"]
        at = end
    return "".join([*parts, claim.text[at:]])


def markdown(
    lead: str, claims: Sequence[Claim], citations: Sequence[Citation], notes: Sequence[str], *, bullets: bool = False
) -> str:
    """Return the answer's text: what is said first, a heading for each side, numbered claims in quotation marks where
    they are quotes, the notes."""
    lines = [lead] if lead else []
    side = ""
    for claim in claims:
        if claim.side != side:
            side = claim.side
            lines.append(f"**{side}**")
        marks = " ".join(f"[{number}]" for number in claim.citations)
        before = f"{claim.lead} " if claim.lead else ""
        words = f"“{marked(claim)}”" if is_quote(claim, citations) else claim.text
        lines.append(f"{'- ' if bullets else ''}{before}{words} {marks}")
    return "\n\n".join([*lines, *notes])
