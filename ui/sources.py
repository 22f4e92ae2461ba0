"""What a reader sees of an answer and its evidence, as HTML. Everything from outside is escaped here, and only here."""

import re
from html import escape

from ..corpus import Brief
from ..qa import Answer, Citation
from ..qa.types import reference

AROUND = 400  # characters shown before and after the quote, within its passage


def question_html(question: str) -> str:
    """Return the question as it was typed, with nothing in it read as Markdown."""
    return f"<p>{'<br>'.join(escape(line) for line in question.strip().splitlines())}</p>"


def answer_html(answer: Answer, turn: int) -> str:
    """Return the answer of the conversation's `turn` with each [n] linked to its source in the pane beside it.

    It is one line: the chat reads Markdown, and after an empty line a title's own Markdown would come alive.
    """
    if not answer.claims:
        return f'<p class="refusal">{_line(answer.text)}</p>'
    paragraphs = []
    side = ""
    for claim in answer.claims:
        if claim.side != side:
            side = claim.side
            paragraphs.append(f"<p><strong>{_line(side)}</strong></p>")
        marks = " ".join(
            f'<a class="cite" href="#{source_id(turn, number)}" title="Show the source">[{number}]</a>'
            for number in claim.citations
        )
        paragraphs.append(f"<p>“{_line(claim.text)}” {marks}</p>")
    notes = "".join(
        f"<li>{' '.join(f'[{number}]' for number in numbers)} {_line(reference(brief))}</li>"
        for brief, numbers in answer.sources()
    )
    return f'{"".join(paragraphs)}<ul class="notes">{notes}</ul>'


def sources_html(answer: Answer, turn: int, question: str) -> str:
    """Return the evidence of one answer: each cited passage with what is known of its brief, the quote marked."""
    if not answer.citations:
        return ""
    articles = "".join(_article(citation, turn) for citation in answer.citations)
    return f'<section class="turn"><h2>{_line(question)}</h2>{articles}</section>'


def source_id(turn: int, number: int) -> str:
    """Return the id of a source; different for every answer, so that old ones keep pointing at their own evidence."""
    return f"src-{turn}-{number}"


def _article(citation: Citation, turn: int) -> str:
    passage, brief = citation.passage, citation.brief
    start, end = citation.start - passage.start, citation.end - passage.start
    before, after = _ending(passage.text[:start]), _beginning(passage.text[end:])
    heading = f'<p class="heading">{escape(passage.heading)}</p>' if passage.heading else ""
    return (
        f'<article class="src" id="{source_id(turn, citation.number)}" tabindex="-1">'
        f"<h3>[{citation.number}] {escape(brief.title)}</h3>{_facts(brief, passage.page)}{heading}"
        f"<blockquote>{_lines(before)}<mark>{_lines(citation.quote)}</mark>{_lines(after)}</blockquote></article>"
    )


def _facts(brief: Brief, page: int | None) -> str:
    date = f"{brief.published.day} {brief.published:%B %Y}" if brief.published else "undated"
    facts = [", ".join(brief.authors), brief.institution, brief.series, date, f"page {page}" if page else ""]
    shown = " · ".join(escape(fact) for fact in dict.fromkeys(facts) if fact)
    link = ""
    if brief.url.startswith(("https://", "http://")):
        link = f' · <a href="{escape(brief.url)}" target="_blank" rel="noopener noreferrer">original</a>'
    return f'<p class="facts">{shown}{link}</p>'


def _ending(text: str) -> str:
    """The last AROUND characters, from a whole word on."""
    return text if len(text) <= AROUND else "… " + re.sub(r"^\S*\s+", "", text[-AROUND:])


def _beginning(text: str) -> str:
    """The first AROUND characters, up to a whole word."""
    return text if len(text) <= AROUND else re.sub(r"\s+\S*$", "", text[:AROUND]) + " …"


def _line(text: str) -> str:
    return escape(" ".join(text.split()))


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br>")
