"""A turn of the conversation as the reader sees it: the question, how it was read, the answer, its sources."""

from ..corpus import Brief
from ..qa import Answer, Claim
from ..qa.types import is_quote
from .chips import chips_html
from .compare import compare_html
from .conversation import Turn
from .markup import attributes, icon, line, lines, wrapped
from .sources import facts, read_id, source_id, verdict_html
from .strings import say
from .taking import export_menu
from .timeline import timeline_html


def turn_html(turn: Turn, language: str, *, whole: bool = True) -> str:
    """Return the turn as an <article>; `whole` false while the answer still grows."""
    answer = turn.answer
    body = answer_html(turn, language)
    if whole:
        body += ("" if answer.abstained else timeline_html(turn, language)) + actions_html(language)
    partial = (
        f'<p class="badge">{line(say(language, "partial"))}</p>' if answer.partial and not answer.abstained else ""
    )
    return (
        f'<article class="turn"{attributes(id=f"turn-{turn.id}", data_turn=turn.id)}>'
        f"{question_html(turn.question, language)}{chips_html(turn, language)}"
        f'<div class="answer" data-testid="bot" role="group"{attributes(aria_label=say(language, "answer"))}>'
        f"{partial}{body}</div></article>"
    )


def question_html(question: str, language: str) -> str:
    """Return the question as it was typed, with a button to edit it."""
    return (
        f'<div class="asked"><h2 class="question" data-testid="user"><span class="hidden">'
        f"{line(say(language, 'your_question'))}: </span>{lines(question)}</h2>"
        f"{icon(say(language, 'edit'), 'edit')}</div>"
    )


def answer_html(turn: Turn, language: str) -> str:
    """Return the answer with each [n] linked to its source, a comparison in columns, notes, and the list of sources."""
    answer = turn.answer
    if answer.abstained or not answer.claims:
        return _refusal(turn, language)

    def cell(claim: Claim) -> str:
        return claim_html(claim, turn, language)

    body = compare_html(answer, language, cell) or "".join(cell(claim) for claim in answer.claims)
    if answer.lead:
        body = f'<p class="lead">{line(answer.lead)}</p>{body}'
    return body + _notes(answer) + _source_list(turn, language)


def claim_html(claim: Claim, turn: Turn, language: str) -> str:
    """Return one claim with its numbers: quoted where it is a quote, marked where its quotes do not support it."""
    titles = {citation.number: citation.brief.title for citation in turn.answer.citations}
    text = wrapped(claim.text, claim.bold, "strong")
    if is_quote(claim, turn.answer.citations):
        words = claim.text.strip()
        text = f"“{_apart(words[0])}{text}{_apart(words[-1])}”"
    if claim.verdict == "unsupported":
        text = f"<s>{text}</s>"
    links = " ".join(_link(turn, n, titles[n], language) for n in claim.citations if n in titles)
    note = verdict_html(claim.verdict, language) if claim.verdict != "supported" else ""
    lead = f'<span class="lead">{line(claim.lead)}</span> ' if claim.lead else ""
    return f'<p class="claim {line(claim.verdict)}">{lead}{text} {links}</p>{note}'


def _apart(mark: str) -> str:
    """A hair space beside a quotation mark of the quote's own."""
    return "\u200a" if mark in '“”"‘’' else ""


def _link(turn: Turn, number: int, title: str, language: str) -> str:
    label = say(language, "show_source", n=number, title=" ".join(title.split()))
    return f'<a class="cite"{attributes(href=f"#{source_id(turn.id, number)}", aria_label=label)}>[{number}]</a>'


def _refusal(turn: Turn, language: str) -> str:
    shown = f'<p class="refusal">{line(turn.answer.text)}</p>'
    if turn.answer.hits:
        link = attributes(href=f"#{read_id(turn.id, 1)}")
        shown += f'<p class="nearest"><a class="cite"{link}>{line(say(language, "show_read"))}</a></p>'
    return shown


def _notes(answer: Answer) -> str:
    items = "".join(f"<li>{line(note)}</li>" for note in answer.notes)
    return f'<ul class="notes">{items}</ul>' if items else ""


def _source_list(turn: Turn, language: str) -> str:
    def entry(brief: Brief, numbers: list[int]) -> str:
        links = " ".join(_link(turn, number, brief.title, language) for number in numbers)
        known = facts(brief, language, short=True)
        return f"<li>{links} <cite>{line(brief.title)}</cite>{f', {known}' if known else ''}</li>"

    items = "".join(entry(brief, numbers) for brief, numbers in turn.answer.sources())
    return f'<ul class="references"{attributes(aria_label=say(language, "sources"))}>{items}</ul>'


def actions_html(language: str) -> str:
    """Return what can be done with an answer: copy it, take it away, put it into the report, say what one thinks."""
    note = say(language, "note")
    return (
        '<div class="actions">'
        f"{icon(say(language, 'copy'), 'copy')}"
        f"{icon(say(language, 'into_report'), 'collect', aria_pressed='false')}"
        f"{export_menu('export', language)}"
        f"{icon(say(language, 'good'), 'up', aria_pressed='false')}"
        f"{icon(say(language, 'bad'), 'down', aria_pressed='false')}"
        f'<form class="note" hidden><input type="text" maxlength="2000"{attributes(aria_label=note, placeholder=note)}>'
        f'<button type="submit" class="quiet">{line(say(language, "send_note"))}</button></form>'
        '<span class="saved" role="status"></span></div>'
    )
