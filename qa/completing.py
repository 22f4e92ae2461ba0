"""A model's checked sentences made an answer: what it passed over is quoted behind them, sides keep their order."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from itertools import accumulate

from ..corpus import Brief
from . import dates_said, entailed
from .answering import answer_of, is_cited, quotes_of, side_of
from .compose import Quote, answering, claims_of
from .excerpts import in_turn
from .extract import Sentence
from .found import Found
from .question import Kind
from .texts import read
from .typed import answers
from .types import Answer, Citation, Claim, is_quote
from .writer import Written

HELD, LEAST = 0.95, 5  # probability that the answer is among the sentences given, and how many are given at least


def evidence_of(found: Found) -> tuple[list[str], list[Sentence]]:
    """Return the sides of a comparison of which something speaks, and the sentences for a model, best first.

    Sides take turns; of one on which the briefs are silent nothing is given.
    """
    sides: list[str] = []
    given: list[list[Sentence]] = []
    for number, inquiry in enumerate(found.plan.inquiries):
        sentences, spoken = side_of(found, number)
        if spoken and sentences:
            sides += [inquiry.label] if inquiry.label else []
            given.append(_likely(sentences))
    return sides, in_turn(given)


def _likely(sentences: Sequence[Sentence]) -> list[Sentence]:
    """The best sentences, LEAST or until they probably hold the answer: the less is given, the less leads astray."""
    held = [0.0, *accumulate(sentence.chance for sentence in sentences)]
    return [each for n, each in enumerate(sentences) if n < LEAST or held[n] < HELD]


def answer_so_far(found: Found, written: Written) -> Answer:
    """Return the answer while the model writes on."""
    return answer_of(found, _in_order(found, written.claims), written.citations, partial=written.silent)


def completed(found: Found, written: Written, find: Callable[[str], Brief | None]) -> Answer:
    """Return the whole answer; `find` gives a brief by its id.

    A sentence that leaves out what its quote answers with gives way to it. As long as the sentences that the model
    cites are not likely enough to hold the answer, the best of the others are quoted, as if they had been chosen
    together: a small model often answers from the wrong sentence, and a reader sees then what else there is. A side
    that it left out is quoted in the same way.
    """
    cited = {citation.number: citation for citation in written.citations}
    single = [claim for claim in own_words(written) if len(claim.citations) == 1]
    lacking = [claim for claim in single if _leaves_out(found, claim.text, cited[claim.citations[0]])]
    written = given_way(written, lacking)
    quotes: list[Quote] = []
    for number in range(len(found.readings)):
        before = [each for each in side_of(found, number)[0] if is_cited(each, written.citations)]
        quotes += quotes_of(found, number, before)
    claims, citations = claims_of(
        quotes, found.asked, found.plan.question, found.korean, written.claims, written.citations
    )
    partial = written.silent or any(quote.silent for quote in quotes)
    return answer_of(found, _in_order(found, claims), citations, partial=partial, find=find)


def own_words(written: Written) -> list[Claim]:
    """Return the sentences that are not the words of a quote."""
    return [claim for claim in written.claims if not is_quote(claim, written.citations)]


def given_way(written: Written, giving: Collection[Claim]) -> Written:
    """Return what is written with the best quote of each of these claims in its place, none of them told twice."""
    cited = {citation.number: citation for citation in written.citations}
    claims: list[Claim] = []
    for claim in written.claims:
        number = claim.citations[0]
        shown = replace(claim, text=cited[number].quote, citations=(number,)) if claim in giving else claim
        if all(shown.text != each.text for each in claims):
            claims.append(shown)
    return replace(written, claims=tuple(claims))


def _leaves_out(found: Found, text: str, citation: Citation) -> bool:
    """Whether a sentence lacks a figure or date by which its quote answers, or all the names by which it does."""
    asked, question = found.asked, found.plan.question
    quote, published = citation.quote, citation.brief.published
    for kind in (Kind.WHO, Kind.WHERE):
        if kind in asked.kinds and answers(kind, asked, question, quote) and not answers(kind, asked, question, text):
            return True
    told = [read(quote[start:end], published) for start, end in answering(asked, question, quote)]
    said = read(text, published)
    lacking = [each for span in told for each in span.quantities if not entailed.supported(each, said.quantities)]
    no_day = [day for span in told for day in span.days if not dates_said.supported(day, said.days, frozenset())]
    return bool(lacking or no_day)


def _in_order(found: Found, claims: Sequence[Claim]) -> list[Claim]:
    """The claims in the order of the sides; as they are where one serves several."""
    order = {inquiry.label: place for place, inquiry in enumerate(found.plan.inquiries)}
    sided = all(claim.side for claim in claims)
    return sorted(claims, key=lambda claim: order.get(claim.side, len(order))) if sided else list(claims)
