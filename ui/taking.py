"""What one takes away from the window: an answer to paste, and files of an answer, a conversation or a report.

The page sends the answers that it keeps, so a file is made of the evidence they were given with.
"""

import base64
import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from ..corpus import SettingsError
from ..qa import Answer, Citation, Claim
from ..qa.bibliography import locator
from ..qa.export import FORMATS, cited_briefs, export
from ..qa.saved import EvidenceError
from ..qa.types import is_quote, reference
from .conversation import read_turn
from .markup import attributes, button, line, wrapped
from .sources import facts
from .strings import day, language_of, say

MOST_ANSWERS = 100  # in one file
MOST_TITLE = 200  # characters
_NAME = re.compile(r"[^\w-]+")

Values = dict[str, Any]


def export_menu(key: str, language: str = "", *, above: bool = False) -> str:
    """Return a menu with a button for each form of export; the page names it where no language is given.

    With `above` it opens upwards.
    """
    items = "".join(
        f"<li>{button(form.label, do='export', class_='item', data_suffix=suffix)}</li>"
        for suffix, form in FORMATS.items()
    )
    named = f">{line(say(language, key))}" if language else f"{attributes(data_say=key)}>"
    return f'<details class="menu{" above" if above else ""}"><summary{named}</summary><ul>{items}</ul></details>'


def copy(request: Values) -> Values:
    """Return {"text"}: one answer with numbered notes, to paste anywhere."""
    language = language_of(request.get("language"))
    try:
        [answer] = read_answers([request.get("record") or {}])
    except EvidenceError:
        return {"error": say(language, "unreadable")}
    return {"text": answer_text(answer, language)}


def take(request: Values) -> Values:
    """Return {"name", "media", "data"}: a file of the answers in the form `suffix`, its bytes in base64."""
    language = language_of(request.get("language"))
    title, suffix = read_title(request), str(request.get("suffix"))
    try:
        answers = read_answers(request.get("turns"))
        made = export(answers, suffix, title=title)
    except EvidenceError:
        return {"error": say(language, "unreadable")}
    except SettingsError as error:
        return {"error": say(language, "not_exported", reason=error)}
    name = _NAME.sub("-", title or answers[0].question)[:60].strip("-") or "northbrief"
    return {
        "name": f"{name}.{suffix}",
        "media": FORMATS[suffix].media,
        "data": base64.b64encode(made).decode(),
    }


def report(request: Values) -> Values:
    """Return {"html"}: the report as it will be written, with its notes and its one list of sources."""
    language = language_of(request.get("language"))
    try:
        answers = read_answers(request.get("turns"))
    except EvidenceError:
        return {"error": say(language, "unreadable")}
    return {"html": report_html(answers, read_title(request), language)}


def read_answers(turns: object) -> list[Answer]:
    """Return the answers of kept turns, in their order.

    Raises:
        EvidenceError: there is none, there are too many, or one cannot be read.
    """
    if not isinstance(turns, list) or not 0 < len(turns) <= MOST_ANSWERS:
        raise EvidenceError(f"found no list of 1 to {MOST_ANSWERS} answers")
    if not all(isinstance(turn, Mapping) for turn in turns):
        raise EvidenceError("found a turn that is no table")
    return [read_turn(turn).answer for turn in turns]


def read_title(request: Values) -> str:
    """Return the title that was typed, on one line."""
    return " ".join(str(request.get("title") or "").split())[:MOST_TITLE]


def answer_text(answer: Answer, language: str) -> str:
    """Return the answer as plain text: its claims with [n], its notes, and a numbered line for each citation."""
    if answer.abstained or not answer.claims:
        return answer.text
    cited = {citation.number: citation for citation in answer.citations}
    parts = [answer.lead] if answer.lead else []
    for claim in answer.claims:
        citations = [cited[number] for number in claim.citations if number in cited]
        words = f"“{claim.text}”" if is_quote(claim, citations) else claim.text
        marks = "".join(f" [{citation.number}]" for citation in citations)
        warning = f" ({say(language, claim.verdict)})" if claim.verdict != "supported" else ""
        parts.append(f"{claim.lead} {words}{marks}{warning}".strip())
    sources = [f"[{citation.number}] {_source(citation)}" for citation in answer.citations]
    return "\n\n".join([answer.question, *parts, *answer.notes, "\n".join([say(language, "sources"), *sources])])


def _source(citation: Citation) -> str:
    brief = citation.brief
    link = f" {brief.url}" if brief.url.startswith(("https://", "http://")) else ""
    return f"{reference(brief)}, {locator(citation)}.{link}"


def report_html(answers: Sequence[Answer], title: str, language: str, today: date | None = None) -> str:
    """Return the report on screen: each answer under its question, notes numbered through, one list of sources."""
    notes: list[str] = []
    parts = []
    for answer in answers:
        cited = {citation.number: citation for citation in answer.citations}
        shown = "".join(_claim(claim, cited, notes) for claim in answer.claims) or f"<p>{line(answer.text)}</p>"
        lead = f"<p>{line(answer.lead)}</p>" if answer.lead and answer.claims else ""
        also = "".join(f"<p><em>{line(note)}</em></p>" for note in answer.notes if answer.claims)
        parts.append(f"<h3>{line(answer.question)}</h3>{lead}{shown}{also}")
    briefs = "".join(
        f"<li><cite>{line(brief.title)}</cite>, {facts(brief, language, short=True)}</li>"
        for brief in cited_briefs(answers)
    )
    listed = "".join(f"<li>{note}</li>" for note in notes)
    heading = title or (answers[0].question if len(answers) == 1 else say(language, "report_untitled"))
    shown_day = line(day(language, today or date.today()))
    return (
        f'<article class="paper"><h2>{line(heading)}</h2><p class="soft">{shown_day}</p>'
        f"{''.join(parts)}"
        + (f"<h3>{line(say(language, 'report_notes'))}</h3><ol>{listed}</ol>" if notes else "")
        + (f"<h3>{line(say(language, 'sources'))}</h3><ul>{briefs}</ul>" if briefs else "")
        + "</article>"
    )


def _claim(claim: Claim, cited: Mapping[int, Citation], notes: list[str]) -> str:
    citations = [cited[number] for number in claim.citations if number in cited]
    marks = ""
    for citation in citations:
        notes.append(line(_source(citation)))
        marks += f"<sup>{len(notes)}</sup>"
    words = wrapped(claim.text, claim.bold, "strong")
    words = f"“{words}”" if is_quote(claim, citations) else words
    words = f"<s>{words}</s>" if claim.verdict == "unsupported" else words
    lead = f"{line(claim.lead)} " if claim.lead else ""
    return f"<p>{lead}{words}{marks}</p>"
