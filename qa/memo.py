"""Answers as a document: one tree of headings, quotes and notes, from which pandoc makes Markdown and Word.

The tree is pandoc's own (https://hackage.haskell.org/package/pandoc-types), made as values and never as Markdown, so
nothing in a brief can be taken for markup. Its citeproc sets the notes in a CSL style.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from ..corpus import Brief, DateSource
from ..corpus.language import guess_language
from .bibliography import UNDATED, Item, csl_item, locator
from .types import Answer, Citation, Claim, is_quote

Node = dict[str, Any]
API = [1, 23, 1]  # of pandoc's tree; it reads older ones

_TAG = re.compile(r"<(?=/?(?:b|i|sc|sub|sup|span)\b)", re.IGNORECASE)  # CSL-JSON takes these for markup
_WORDS = {
    "en": (
        "Sources",
        "Questions to the briefs",
        "Not supported by its source",
        "date from the address",
        "date from the file",
    ),
    "ko": ("출처", "브리프에 물은 질문", "출처가 뒷받침하지 않음", "주소에서 읽은 날짜", "파일에서 읽은 날짜"),
}


def memo(answers: Sequence[Answer], title: str = "", today: date | None = None) -> Node:
    """Return the document: a question and its answer as a memo, several as a report with one list of sources.

    Its first two blocks are the title and the day.
    """
    language = "ko" if answers and all(guess_language(answer.question) == "ko" for answer in answers) else "en"
    sources, many, unsupported, *_ = _WORDS[language]
    alone = len(answers) == 1
    heading = title or (answers[0].question if alone else many)
    day = today or date.today()
    shown = f"{day.year}년 {day.month}월 {day.day}일" if language == "ko" else f"{day.day} {day:%B %Y}"
    blocks = [_header(1, heading), _paragraph(_text(shown))]
    for answer in answers:
        if not alone or title:
            blocks.append(_header(2, answer.question))
        blocks += _answer(answer, 3 if not alone or title else 2, unsupported, language)
    if any(answer.citations for answer in answers):
        blocks += [_header(2, sources), {"t": "Div", "c": [["refs", [], []], []]}]
    lang = {"t": "MetaString", "c": "ko-KR" if language == "ko" else "en-US"}
    return {"pandoc-api-version": API, "meta": {"lang": lang}, "blocks": blocks}


def references(briefs: Iterable[Brief]) -> list[Item]:
    """Return the briefs as CSL items to be set in notes.

    As web pages, because the styles print the whole date of those, and of reports the year alone.
    """
    made = []
    for brief in briefs:
        item = csl_item(brief)
        item["type"] = "webpage"
        item["title"] = _TAG.sub("<\N{WORD JOINER}", item["title"])
        item.setdefault("issued", {"literal": UNDATED})
        if "collection-title" in item:
            item["container-title"] = item.pop("collection-title")
        if item.get("container-title") == item.get("publisher"):
            item.pop("container-title", None)
        made.append(item)
    return made


def _answer(answer: Answer, level: int, unsupported: str, language: str) -> list[Node]:
    if not answer.claims:
        return [_paragraph(_text(part)) for part in answer.text.split("\n\n")]
    cited = {citation.number: citation for citation in answer.citations}
    blocks = [_paragraph(_text(answer.lead))] if answer.lead else []
    side = ""
    for claim in answer.claims:
        if claim.side != side:
            side = claim.side
            blocks.append(_header(level, side))
        blocks.append(
            _paragraph(_claim(claim, [cited[n] for n in claim.citations if n in cited], unsupported, language))
        )
    return blocks + [_paragraph([{"t": "Emph", "c": _text(note)}]) for note in answer.notes]


def _claim(claim: Claim, citations: Sequence[Citation], unsupported: str, language: str) -> list[Node]:
    """A quote in quotation marks with its note; a sentence that is no quote has the quote in the note."""
    quoted = is_quote(claim, citations)
    words = _marked(claim)
    if quoted:
        words = [*_text("“"), *words, *_text("”")]
    if claim.lead:
        words = [*_text(claim.lead), {"t": "Space"}, *words]
    if claim.verdict == "unsupported":
        words = [{"t": "Strikeout", "c": words}, {"t": "Space"}, *_text(f"[{unsupported}]")]
    if not citations:
        return words
    cite = {"t": "Cite", "c": [[_cited(citation, language) for citation in citations], []]}
    if quoted:
        return [*words, cite]
    quotes = " ".join(f"“{citation.quote}”" for citation in citations)
    return [*words, {"t": "Note", "c": [_paragraph([cite, {"t": "Space"}, *_text(quotes)])]}]


def _marked(claim: Claim) -> list[Node]:
    """The claim's words, those that answer in bold."""
    made: list[Node] = []
    end = 0
    for start, stop in sorted(claim.bold):
        made += [*_text(claim.text[end:start]), {"t": "Strong", "c": _text(claim.text[start:stop])}]
        end = stop
    return [*made, *_text(claim.text[end:])]


def _cited(citation: Citation, language: str) -> Node:
    suffix = f", {locator(citation)}"
    *_, by_address, by_file = _WORDS[language]
    unsure = {DateSource.URL: by_address, DateSource.METADATA: by_file}.get(citation.brief.published_from)
    if citation.brief.published and unsure:
        suffix += f" ({unsure})"
    return {
        "citationId": citation.brief.id,
        "citationPrefix": [],
        "citationSuffix": _text(suffix),
        "citationMode": {"t": "NormalCitation"},
        "citationNoteNum": 0,
        "citationHash": 0,
    }


def _header(level: int, text: str) -> Node:
    return {"t": "Header", "c": [level, ["", [], []], _text(text)]}


def _paragraph(inlines: list[Node]) -> Node:
    return {"t": "Para", "c": inlines}


def _text(text: str) -> list[Node]:
    """Words and the spaces between, before and behind them."""
    parts = re.split(r"(\s+)", text)
    return [{"t": "Space"} if part.isspace() else {"t": "Str", "c": part} for part in parts if part]
