"""An answer, its claims and the evidence under each of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from ..corpus import Brief, DateSource, Passage
from ..index import Hit
from ..index.plan import QueryPlan
from ..index.records import brief_dict


class Verdict(str):
    """Whether the quotes that a claim cites support it: "supported", "partly" or "unsupported", compared as such.

    `reason` says why in one sentence, empty for plain support; `words` are the words of the claim that are concerned.
    """

    SUPPORTED: ClassVar["Verdict"]
    PARTLY: ClassVar["Verdict"]
    UNSUPPORTED: ClassVar["Verdict"]

    reason: str
    words: tuple[str, ...]

    def __new__(cls, label: str, reason: str = "", words: tuple[str, ...] = ()) -> "Verdict":
        verdict = super().__new__(cls, label)
        verdict.reason = reason
        verdict.words = words
        return verdict


Verdict.SUPPORTED = Verdict("supported")
Verdict.PARTLY = Verdict("partly")
Verdict.UNSUPPORTED = Verdict("unsupported")


@dataclass(frozen=True, slots=True)
class Citation:
    """Numbered evidence: `quote == brief.text[start:end]`, a part of the passage. `number` counts from 1.

    `paragraph` counts from 1 in the brief's prose; an answer that was kept without the whole text brings it along.
    """

    number: int
    passage: Passage
    brief: Brief
    quote: str
    start: int
    end: int
    paragraph: int | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence of the answer with the numbers of its citations; `side` names the side of a comparison it is for.

    `text` is exact words of the brief, or a language model's own; `bold` has the (start, end) in it of the words that
    answer. `lead` stands before the quote and is none of it: who "He" is, or whose words these are and of when.
    """

    text: str
    citations: tuple[int, ...]
    verdict: Verdict
    side: str = ""
    bold: tuple[tuple[int, int], ...] = ()
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the briefs say, or that they do not.

    `text` is Markdown with [1], [2] markers. `confidence` is the probability, in [0, 1], that the briefs answer the
    question; `abstained` says that they were judged not to. `question` is the stand-alone question that was searched,
    `plan` how it was read, `hits` the passages that were read for the answer, best first. `partial` says that only a
    part of the question is answered, or nothing more than the nearest words are quoted; `lead` then says what is not
    stated. `notes` say which part is missing, how old the evidence is, and the like, one sentence each. Lead and notes
    stand in `text`, too.
    An answer holds its evidence whole, so it can be shown and exported after the index has changed.
    """

    text: str
    question: str
    claims: tuple[Claim, ...] = ()
    citations: tuple[Citation, ...] = ()
    abstained: bool = False
    confidence: float = 0.0
    partial: bool = False
    notes: tuple[str, ...] = ()
    lead: str = ""
    plan: QueryPlan | None = None
    hits: tuple[Hit, ...] = ()

    def sources(self) -> list[tuple[Brief, list[int]]]:
        """Return each cited brief with the numbers of its citations, in the order of the first."""
        found: dict[str, tuple[Brief, list[int]]] = {}
        for citation in self.citations:
            found.setdefault(citation.brief.id, (citation.brief, []))[1].append(citation.number)
        return list(found.values())

    def as_dict(self) -> dict[str, Any]:
        """Return the answer as plain values for JSON, each brief by what identifies it."""
        return {
            "question": self.question,
            "text": self.text,
            "abstained": self.abstained,
            "confidence": round(self.confidence, 3),
            "partial": self.partial,
            "lead": self.lead,
            "notes": list(self.notes),
            "claims": [
                {
                    "text": claim.text,
                    "citations": list(claim.citations),
                    "verdict": str(claim.verdict),
                    "reason": claim.verdict.reason,
                    "side": claim.side,
                    "bold": [list(span) for span in claim.bold],
                    "lead": claim.lead,
                }
                for claim in self.claims
            ],
            "citations": [
                {
                    "number": citation.number,
                    "quote": citation.quote,
                    "start": citation.start,
                    "end": citation.end,
                    "passage": citation.passage.id,
                    "page": citation.passage.page,
                    "heading": citation.passage.heading,
                    "brief": brief_dict(citation.brief),
                }
                for citation in self.citations
            ],
        }


def is_quote(claim: Claim, citations: Sequence[Citation]) -> bool:
    """Whether the claim's words stand in a quote of one of the citations that it has."""
    words = " ".join(claim.text.split())
    cited = [citation.quote for citation in citations if citation.number in claim.citations]
    return bool(words) and any(words in " ".join(quote.split()) for quote in cited)


def reference(brief: Brief) -> str:
    """Return a one-line source note: authors, "title", series, institution, date.

    An undated brief says so, and a date that the user did not give says where it is from.
    """
    if brief.published is None:
        when = "undated"
    else:
        when = f"{brief.published.day} {brief.published:%B %Y}"
        if brief.published_from in (DateSource.URL, DateSource.METADATA):
            when += f" (date from {'the address' if brief.published_from is DateSource.URL else 'the file'})"
    parts = (" and ".join(brief.authors), f"“{brief.title}”", brief.series, brief.institution, when)
    shown = [part for number, part in enumerate(parts) if part and part not in parts[:number]]
    return ", ".join(shown)
