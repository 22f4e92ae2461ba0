"""The source pane: each cited passage with what is known of its brief; a whole brief with every cited place marked."""

import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from ..corpus import Brief, DateSource, Passage
from ..corpus.headings import headings
from ..index import Hit
from ..qa import Answer, Citation, Verdict
from ..qa.saved import digest, kept_spans
from .conversation import Turn
from .markup import Span, attributes, button, line, lines
from .strings import day, say

AROUND = 450  # characters shown before and after a quote
WRAPPED = 45  # characters; a longer line that ends in mid-sentence was wrapped by its file
_FROM = {DateSource.URL: "from_address", DateSource.METADATA: "from_file", DateSource.HEADER: "from_header"}


def source_id(turn: str, number: int) -> str:
    """Return the id of a source; different for every answer, so that old ones keep pointing at their own evidence."""
    return f"src-{turn}-{number}"


def read_id(turn: str, number: int) -> str:
    """Return the id of a passage that was read for the answer and not cited; `number` counts from 1."""
    return f"src-{turn}-r{number}"


def uncited(answer: Answer) -> list[Hit]:
    """Return the hits that no citation is of, best first."""
    cited = {citation.passage.id for citation in answer.citations}
    return [hit for hit in answer.hits if hit.passage.id not in cited]


def sources_html(turn: Turn, language: str) -> str:
    """Return the evidence of one answer: the cited passages, then, folded, those that were read besides."""
    answer = turn.answer
    cited = "".join(_article(citation, turn, language) for citation in answer.citations)
    if not cited:
        cited = f'<p class="empty">{line(say(language, "no_citations"))}</p>'
    rest = uncited(answer)
    also = "".join(_read_article(hit, read_id(turn.id, n), language) for n, hit in enumerate(rest, start=1))
    if also:
        summary = line(say(language, "also_read", n=len(rest)))
        also = (
            f'<details class="also"{"" if answer.citations else " open"}><summary>{summary}</summary>{also}</details>'
        )
    return (
        f'<section class="evidence"{attributes(data_turn=turn.id, aria_label=turn.question)}>'
        f'<p class="of">{lines(turn.question)}</p>{cited}{also}</section>'
    )


def facts(brief: Brief, language: str, page: int | None = None, *, short: bool = False) -> str:
    """Return what is known of a brief but its title, escaped; its date says where it is from, unless it was given.

    With `short` it says so only of the less certain ones, from an address or a file.
    """
    when = escape(day(language, brief.published) if brief.published else say(language, "undated"))
    unsure = brief.published_from in _FROM and not (short and brief.published_from is DateSource.HEADER)
    if brief.published and unsure:
        when += f' <span class="from">({escape(say(language, _FROM[brief.published_from]))})</span>'
    known = [", ".join(brief.authors), brief.institution, brief.series]
    shown = [line(each) for each in dict.fromkeys(known) if each.strip()]
    return " · ".join([*shown, when, *([escape(say(language, "page", n=page))] if page else [])])


def verdict_html(verdict: Verdict, language: str) -> str:
    """Return whether the quotes support a claim, and why not."""
    label = str(verdict) if verdict in ("supported", "partly", "unsupported") else "partly"
    reason = f": {line(verdict.reason)}" if verdict.reason else ""
    return f'<p class="verdict {label}">{line(say(language, label))}{reason}</p>'


def whole_html(turn: Turn, number: int, record: Mapping[str, Any], brief: Brief | None, language: str) -> str:
    """Return the brief of citation `number` whole, every place that the answer cites marked.

    `brief` is what the library holds under its id. If that is gone or has changed, what the answer kept is shown, and
    said so; `record` is the answer as `evidence.pack` wrote it. "" if there is no such citation.
    """
    chosen = next((citation for citation in turn.answer.citations if citation.number == number), None)
    if chosen is None:
        return ""
    kept, known = chosen.brief, record["briefs"][chosen.brief.id]
    note, spans = "", [(kept.body, len(kept.text))]
    if brief is not None and digest(brief.text) == known["sha256"]:
        kept, spans = brief, [(0, len(brief.text))]
    else:
        note = f'<p class="changed">{line(say(language, "brief_gone" if brief is None else "brief_changed"))}</p>'
        spans = kept_spans(known)
    places = sorted(
        ((c.start, c.end, c.number) for c in turn.answer.citations if c.brief.id == chosen.brief.id),
    )
    parts = [_prose(kept.text, span, places) for span in spans]
    gap = '<p class="gap" aria-hidden="true">…</p>'
    back = button(say(language, "back"), do="back", class_="quiet back", text="←")
    return (
        f'<article class="whole"{attributes(data_turn=turn.id, data_number=number)}>'
        f'<header>{back}<h3 tabindex="-1">{line(kept.title)}</h3>'
        f'<p class="facts">{facts(kept, language)}{original_link(kept, language)}</p>'
        f"{note}</header><div{attributes(class_='text', lang=kept.language)}>{gap.join(parts)}</div></article>"
    )


def _article(citation: Citation, turn: Turn, language: str) -> str:
    passage, brief, number = citation.passage, citation.brief, citation.number
    start, end = excerpt(brief, citation.start, citation.end)
    verdicts = [claim.verdict for claim in turn.answer.claims if number in claim.citations]
    worst = next((v for v in ("unsupported", "partly") if v in verdicts), "supported")
    judged = verdict_html(next((v for v in verdicts if v == worst), Verdict.SUPPORTED), language)
    name = source_id(turn.id, number)
    whole = button(say(language, "whole"), do="whole", data_turn=turn.id, data_number=number)
    text = _prose(brief.text, (start, end), [(citation.start, citation.end, number)], ids=False)
    named = attributes(id=name, tabindex="-1", aria_labelledby=f"{name}-title", data_brief=brief.id)
    return (
        f'<article class="src"{named}>'
        f'<h3 id="{name}-title"><span class="number">{number}</span> {line(brief.title)}</h3>'
        f'<p class="facts">{facts(brief, language, passage.page)}</p>{_heading(passage, text)}'
        f"<blockquote{attributes(lang=brief.language)}>{text}</blockquote>{judged}"
        f'<p class="links">{whole}{original_link(brief, language)}</p></article>'
    )


def _read_article(hit: Hit, name: str, language: str) -> str:
    brief, passage = hit.brief, hit.passage
    text = _prose(brief.text, _beginning(passage), [])
    named = attributes(id=name, tabindex="-1", aria_labelledby=f"{name}-title", data_brief=brief.id)
    return (
        f'<article class="src read"{named}>'
        f'<h3 id="{name}-title">{line(brief.title)}</h3>'
        f'<p class="facts">{facts(brief, language, passage.page)}{original_link(brief, language)}</p>'
        f"{_heading(passage, text)}<blockquote{attributes(lang=brief.language)}>{text}</blockquote></article>"
    )


def _beginning(passage: Passage) -> Span:
    """The passage, or about the first AROUND characters of it, to a whole word."""
    text = passage.text[: AROUND + 50]
    end = len(text) if len(text) == len(passage.text) else max(text.rfind(" "), AROUND // 2)
    return passage.start, passage.start + end


def _heading(passage: Passage, shown: str) -> str:
    """The heading that the passage stands under, unless it is seen in what is shown of the text."""
    heading = line(passage.heading)
    return f'<p class="heading">{heading}</p>' if heading and f"{heading}</h4>" not in shown else ""


def original_link(brief: Brief, language: str) -> str:
    """Return a link to where the brief was published, "" where that is no web address."""
    if not brief.url.startswith(("https://", "http://")):
        return ""
    given = attributes(href=brief.url, target="_blank", rel="noopener noreferrer")
    return f' <a class="original"{given}>{line(say(language, "original"))} <span aria-hidden="true">↗</span></a>'


def excerpt(brief: Brief, start: int, end: int) -> Span:
    """Return where the text around `brief.text[start:end]` begins and ends: about AROUND characters, in whole words."""
    text = brief.text
    first, last = max(brief.body, start - AROUND), min(len(text), end + AROUND)
    if first > brief.body:
        line_start = text.rfind("\n", 0, first) + 1
        gap = re.search(r"\s", text[first:start])
        first = line_start if text.startswith("#", line_start) else first + gap.end() if gap else first
    if last < len(text) and (gap := re.search(r"\s\S*$", text[end:last])):
        last = end + gap.start()
    return min(first, start), last


def prose_html(text: str) -> str:
    """Return a whole text as paragraphs and headings, escaped."""
    return _prose(text, (0, len(text)), [])


def _prose(text: str, span: Span, places: Sequence[tuple[int, int, int]], *, ids: bool = True) -> str:
    """text[start:end] as paragraphs, headings as such, each place (start, end, number) in a <mark>.

    A place that runs over several paragraphs has a mark in each; only the first has the id and the number. Dots stand
    where a paragraph was cut.
    """
    start, end = span
    parts, numbered = [], set[int]()
    cut_before = text[:start].strip() and not re.search(r"\n\s*$", text[:start])
    cut_after = text[end:].strip() and not re.match(r"[ \t]*\n", text[end:])
    for first, last, level in _blocks(text, start, end):
        inside = []
        at = first
        for begin, finish, number in places:
            begin, finish = max(begin, at), min(finish, last)
            if begin >= finish:
                continue
            inside.append(_flowing(text[at:begin]))
            name = attributes(id=f"place-{number}", tabindex="-1") if ids and number not in numbered else ""
            label = f'<sup aria-hidden="true">{number}</sup>' if ids and number not in numbered else ""
            inside.append(f"<mark{name}{attributes(data_number=number)}>{_flowing(text[begin:finish])}</mark>{label}")
            numbered.add(number)
            at = finish
        inside.append(_flowing(text[at:last]))
        tag = "h4" if level else "p"
        before, after = ("… " if cut_before and first == start else ""), (" …" if cut_after and last == end else "")
        parts.append(f"<{tag}>{before}{''.join(inside)}{after}</{tag}>")
    return "".join(parts)


def _blocks(text: str, start: int, end: int) -> Iterable[tuple[int, int, int]]:
    """The paragraphs and headings of text[start:end]: (start, end, level of a heading or 0), without the # marks."""
    heads = {head.start: head for head in headings(text, text.rfind("\n", 0, start) + 1) if head.start < end}
    at = start
    for cut in [
        *(match.span() for match in re.finditer(r"\n[ \t]*\n\s*", text[:end]) if match.start() >= start),
        (end, end),
    ]:
        yield from _paragraph(text, at, cut[0], heads)
        at = cut[1]


def _paragraph(text: str, start: int, end: int, heads: Mapping[int, Any]) -> Iterable[tuple[int, int, int]]:
    for name in sorted(place for place in heads if start <= place < end):
        head = heads[name]
        if text[start:name].strip():
            yield start, name, 0
        begin = text.find(head.title, name)
        yield begin, min(begin + len(head.title), end), head.level
        start = min(head.end, end)
    if text[start:end].strip():
        yield start, end, 0


def _flowing(text: str) -> str:
    """The text escaped; a line end within a sentence, where a file was wrapped, is a space, any other one is kept."""

    def joined(match: re.Match[str]) -> str:
        begun = text.rfind("\n", 0, match.start()) + 1
        long = match.start() - begun > WRAPPED and text[match.start() - 1] not in '.:!?。”"'
        return " " if long else "\n"

    return escape(re.sub(r"\r?\n(?![-*•\d|])", joined, text)).replace("\n", "<br>")
