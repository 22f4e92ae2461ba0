"""What goes over the wire, to MCP clients and over HTTP alike: typed, bounded on the way in, plain on the way out."""

import re
from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from ..corpus import Brief
from ..index import Filter, Hit
from ..index.asked import MAX_QUESTION
from ..index.records import brief_dict
from ..qa import Answer

MOST_HITS = 50
MOST_BRIEFS = 200  # in one page of a list
MOST_TEXT = 20_000  # characters of a brief at once
TURNS = 50  # earlier questions; only the last few can change how a question is read

Question = Annotated[
    str, Field(min_length=1, max_length=MAX_QUESTION, description="The question, in English or Korean.")
]
Name = Annotated[str, Field(min_length=1, max_length=300)]
Names = Annotated[list[Name], Field(max_length=50)]
History = Annotated[
    list[Annotated[str, Field(max_length=MAX_QUESTION)]],
    Field(max_length=TURNS, description="The user's earlier questions, oldest first, by which a follow-up is read."),
]
Count = Annotated[int, Field(ge=1, le=MOST_HITS, description="Passages to return at most.")]
Offset = Annotated[int, Field(ge=0, le=1_000_000_000)]


class Where(BaseModel):
    """Which briefs may be used. Bounds are inclusive, an empty list leaves none out, a date leaves undated ones out."""

    model_config = ConfigDict(extra="forbid")

    since: date | None = Field(None, description="Published on this day or later, such as 2024-01-31.")
    until: date | None = Field(None, description="Published on this day or earlier.")
    institutions: Names = []
    authors: Names = []
    languages: Names = Field([], description="ISO 639-1 codes: en, ko.")
    briefs: Names = Field([], description="Ids of briefs.")

    def filter(self) -> Filter | None:
        """Return it as the retriever takes it; None when nothing is left out."""
        where = Filter(
            self.since,
            self.until,
            tuple(self.institutions),
            tuple(self.authors),
            tuple(self.languages),
            tuple(self.briefs),
        )
        return where if where else None


class BriefRecord(BaseModel):
    """What is known of a brief, without its text."""

    id: str
    title: str
    authors: list[str]
    institution: str
    series: str
    published: date | None = Field(description="The day it was published; null when nothing says so.")
    published_from: str = Field(description="Where the date is from: given, metadata, header, url or none.")
    language: str
    url: str
    source: str = Field(description="The address it was read from, or the file's name.")


class PassageRecord(BaseModel):
    """A part of a brief: characters `start` to `end` of its text."""

    id: str
    text: str
    start: int
    end: int
    page: int | None
    heading: str


class HitRecord(BaseModel):
    """A passage found. `score` is in [0, 1] and comparable within one search only; `similarity` over all searches."""

    score: float
    similarity: float
    side: str = Field(description="The side of a comparison that it serves, or empty.")
    passage: PassageRecord
    brief: BriefRecord


class SearchRecord(BaseModel):
    """The passages that fit a question best, best first."""

    question: str = Field(description="The stand-alone question that was searched.")
    hits: list[HitRecord]


class ClaimRecord(BaseModel):
    """A sentence of the answer, the numbers of its citations, and whether they support it."""

    model_config = ConfigDict(extra="allow")

    text: str
    citations: list[int]
    verdict: str = Field(description="supported, partly or unsupported.")
    reason: str
    side: str


class CitationRecord(BaseModel):
    """Numbered evidence: `quote` stands at characters `start` to `end` of the brief's text, word for word."""

    model_config = ConfigDict(extra="allow")

    number: int
    quote: str
    start: int
    end: int
    passage: str
    page: int | None
    heading: str
    brief: BriefRecord


class AnswerRecord(BaseModel):
    """An answer made of quotes with numbered citations, or `abstained`: the briefs do not say."""

    model_config = ConfigDict(extra="allow")

    question: str = Field(description="The stand-alone question that was searched.")
    text: str = Field(description="Markdown with [1], [2] markers.")
    abstained: bool
    confidence: float = Field(description="Probability in [0, 1] that the briefs answer the question.")
    partial: bool
    notes: list[str]
    claims: list[ClaimRecord]
    citations: list[CitationRecord]


class CheckRecord(BaseModel):
    """Whether quotes support a claim, why not, and which passage was held against it."""

    verdict: str = Field(description="supported, partly or unsupported.")
    reason: str = Field(description="Why it is not supported, or not wholly; empty when it is.")
    words: list[str] = Field(description="The words of the claim that are concerned.")
    evidence: HitRecord | None = Field(description="The passage that was found for it; null when quotes were given.")


class BriefsRecord(BaseModel):
    """A page of the list of briefs, newest first, undated last."""

    total: int
    briefs: list[BriefRecord]
    next_offset: int | None = Field(description="Where the next page begins; null after the last.")


class TextRecord(BaseModel):
    """A stretch of a brief's text with what is known of the brief."""

    brief: BriefRecord
    text: str
    start: int
    end: int
    length: int = Field(description="Characters of the whole text.")
    next_start: int | None = Field(description="Where the next stretch begins; null after the last.")


def brief_record(brief: Brief) -> BriefRecord:
    """Return what is known of the brief; where its file lies on this machine is nobody's business."""
    return BriefRecord.model_validate(brief_dict(brief) | {"source": shown_source(brief.source)})


def shown_source(source: str) -> str:
    """Return an address as it is, and of a path the file's name: "/home/kim/a.md" -> "a.md"."""
    return source if source.startswith(("https://", "http://")) else re.split(r"[/\\]", source)[-1]


def hit_record(hit: Hit) -> HitRecord:
    """Return the hit with its passage and brief."""
    passage = hit.passage
    shown = PassageRecord(
        id=passage.id,
        text=passage.text,
        start=passage.start,
        end=passage.end,
        page=passage.page,
        heading=passage.heading,
    )
    return HitRecord(
        score=round(hit.score, 4),
        similarity=round(hit.similarity, 4),
        side=hit.side,
        passage=shown,
        brief=brief_record(hit.brief),
    )


def answer_record(answer: Answer) -> AnswerRecord:
    """Return the answer with its claims and citations."""
    record = AnswerRecord.model_validate(answer.as_dict())
    for citation in record.citations:
        citation.brief.source = shown_source(citation.brief.source)
    return record


def text_record(brief: Brief, start: int, length: int) -> TextRecord:
    """Return at most `length` characters of the brief's text from `start` on."""
    stretch = brief.text[start : start + length]
    end = start + len(stretch)
    return TextRecord(
        brief=brief_record(brief),
        text=stretch,
        start=start,
        end=end,
        length=len(brief.text),
        next_start=end if end < len(brief.text) else None,
    )
