"""A claim from outside held against quotes, or against the passages that are nearest to it."""

from collections.abc import Sequence

from ..corpus import Brief, QuestionError
from ..index import Filter, Hit, Retriever
from ..qa import Verdict
from ..qa.verify import check
from .schemas import CheckRecord, hit_record

NEAREST = 5  # passages a claim is held against when nobody says which
_ORDER = ("supported", "partly", "unsupported")


def check_claim(retriever: Retriever, claim: str, quotes: Sequence[str], brief_id: str | None) -> CheckRecord:
    """Return the verdict on the claim.

    With `quotes` they are the evidence, and with `brief_id`, too, they have to stand in that brief, word for word but
    for white space. Without quotes the nearest passages are, of that brief or of all, each by itself; the best counts.

    Raises:
        QuestionError: no brief has the id, or the claim is empty.
    """
    index = retriever.index
    brief = index.brief(brief_id) if brief_id else None
    if brief_id and brief is None:
        raise QuestionError(f"found no brief of the id {brief_id!r}; list_briefs shows them")
    if quotes:
        verdict = _not_quoted(quotes, brief) if brief else None
        if verdict is None:
            published, title = (brief.published, brief.title) if brief else (None, "")
            verdict = check(claim, list(quotes), published=published, context=title, encoder=index.encoder)
        return _record(verdict, None)
    where = Filter(briefs=(brief_id,)) if brief_id else None
    hits = retriever.search(claim, NEAREST, where=where)
    if not hits:
        return _record(Verdict("unsupported", "There are no briefs to hold it against."), None)
    judged = [(_held(retriever, claim, hit), hit) for hit in hits]
    verdict, hit = min(judged, key=lambda pair: _ORDER.index(pair[0]))  # of equals, the nearest passage's
    return _record(verdict, hit)


def _held(retriever: Retriever, claim: str, hit: Hit) -> Verdict:
    published, title = hit.brief.published, hit.brief.title
    return check(claim, [hit.passage.text], published=published, context=title, encoder=retriever.index.encoder)


def _not_quoted(quotes: Sequence[str], brief: Brief) -> Verdict | None:
    """A verdict when one of the quotes does not stand in the brief."""
    text = " ".join(brief.text.split())
    for number, quote in enumerate(quotes, start=1):
        if " ".join(quote.split()) not in text:
            return Verdict("unsupported", f"Quote {number} does not stand in the brief {brief.id!r}.")
    return None


def _record(verdict: Verdict, hit: Hit | None) -> CheckRecord:
    return CheckRecord(
        verdict=str(verdict),
        reason=verdict.reason,
        words=list(verdict.words),
        evidence=hit_record(hit) if hit else None,
    )
