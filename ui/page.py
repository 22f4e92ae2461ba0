"""The markup of the page, one function a part, and what every page of the window is sent with.

Nothing from outside stands in it: text arrives later as escaped HTML, and the words of the page are put in by
`window.js` from `strings.py`, in the reader's language.
"""

import hashlib
import json
from collections.abc import Awaitable, Callable
from html import escape
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse
from starlette.routing import Route

from .catalogue_page import library_page_html
from .strings import page_strings
from .taking import export_menu

PAGES = (("read_page", "#ask"), ("library_page", "#library"), ("report_page", "#report"))
"""The window's pages: the key of the name, the address. Links to them stand in the head once there are several."""

_HERE = Path(__file__).parent
_KINDS = {".css": "text/css", ".js": "text/javascript"}
_FILES = {path.name: _KINDS[path.suffix] for path in sorted(_HERE.iterdir()) if path.suffix in _KINDS}


def shell_html() -> str:
    """Return the page: head, conversations, chat, sources."""
    text = escape(json.dumps(page_strings(), ensure_ascii=False))
    return (
        f'<div id="nb" data-text="{text}">'
        '<a class="skip" href="#question" data-do="skip" data-say="skip"></a>'
        f"{header_html()}{conversations_html()}{chat_html()}{sources_pane_html()}{library_page_html()}{report_page_html()}"
        '<div id="tip" role="tooltip" hidden></div><p id="said" class="hidden" role="status"></p>'
        '<p id="toast" role="alert" hidden></p></div>'
    )


def header_html() -> str:
    """Return the head: the list of conversations, the name, the pages, the language."""
    links = "".join(f'<a href="{escape(address)}" data-say="{key}"></a>' for key, address in PAGES)
    pages = f'<nav data-say-label="pages">{links}</nav>' if len(PAGES) > 1 else ""
    return (
        '<header id="top">'
        '<button type="button" class="icon" data-do="menu" data-say-label="conversations" aria-expanded="false"'
        ' aria-controls="conversations"><span aria-hidden="true">☰</span></button>'
        f'<h1>Northbrief</h1>{pages}<span class="gap"></span>'
        '<button type="button" class="quiet" data-do="fresh" data-say-label="new">'
        '<span class="wide" data-say="new"></span><span class="thin" aria-hidden="true">+</span></button>'
        '<button type="button" class="quiet" data-do="language" id="language"></button></header>'
    )


def conversations_html() -> str:
    """Return the list of conversations with its search."""
    return (
        '<nav id="conversations" data-say-label="conversations" hidden>'
        '<input type="search" id="search" data-say-label="search" data-say-placeholder="search">'
        '<ul id="list"></ul><p id="none" class="soft"></p></nav>'
    )


def chat_html() -> str:
    """Return the conversation, what stands there before it, and the box for a question with its filters."""
    return (
        '<main id="chat"><div id="log" tabindex="-1">'
        '<section id="opening"><h2 data-say="welcome"></h2><p id="holds" data-say="loading"></p>'
        '<p class="soft" data-say="silence"></p><p id="warming" class="soft" role="status" hidden></p>'
        '<div id="try" hidden><h3 data-say="try"></h3><ul id="suggested"></ul></div></section>'
        '<div id="turns"></div></div>'
        '<form id="composer">'
        '<p id="editing" class="strip" hidden><span data-say="editing"></span>'
        '<button type="button" class="quiet" data-do="cancel" data-say="cancel"></button></p>'
        '<p id="model" class="strip" hidden></p>'
        '<ul id="chosen" class="chips" data-say-label="filters" hidden></ul>'
        f"{filters_html()}"
        '<div class="box"><textarea id="question" rows="1" maxlength="4000" data-say-label="question"'
        ' data-say-placeholder="placeholder"></textarea><div class="keys">'
        '<button type="button" class="quiet" data-do="filters" aria-expanded="false" aria-controls="filters"'
        ' id="filters-button" data-say="filters"></button>'
        f'<div id="talk-export" hidden>{export_menu("export_talk", above=True)}</div><span class="gap"></span>'
        '<button type="submit" class="main" id="ask" data-say="ask"></button>'
        '<button type="button" class="main" id="stop" data-do="stop" data-say="stop" hidden></button>'
        "</div></div></form></main>"
    )


def filters_html() -> str:
    """Return the fields of the filter."""
    days = "".join(
        f'<label><span data-say="{key}"></span><input type="date" name="{key}" max="2999-12-31"></label>'
        for key in ("since", "until")
    )
    choices = "".join(
        f'<label><span data-say="{key}"></span><select name="{field}"></select></label>'
        for key, field in (("institution", "institutions"), ("brief_language", "languages"))
    )
    typed = "".join(
        f'<label><span data-say="{key}"></span><input type="text" name="{field}" list="known-{field}"'
        f' autocomplete="off" data-say-placeholder="any"><datalist id="known-{field}"></datalist></label>'
        for key, field in (("author", "authors"), ("brief", "briefs"))
    )
    return (
        f'<fieldset id="filters" hidden><legend data-say="filters"></legend>{days}{choices}{typed}'
        '<p class="soft"><span data-say="filters_hint"></span> '
        '<button type="button" class="quiet" data-do="clear" data-say="clear_filters"></button> '
        '<button type="button" class="quiet" data-do="filters" data-say="filters_done"></button></p></fieldset>'
    )


def sources_pane_html() -> str:
    """Return the pane beside the conversation: the cited passages, or one brief whole."""
    move = "".join(
        f'<button type="button" class="icon" data-do="{do}" data-say-label="{do}"><span aria-hidden="true">{mark}'
        "</span></button>"
        for do, mark in (("previous", "‹"), ("next", "›"))
    )
    return (
        '<aside id="sources" data-say-label="sources" hidden><header><h2 data-say="sources"></h2>'
        f'<span class="gap"></span><span id="place" class="soft"></span>{move}'
        '<button type="button" class="icon" data-do="close" data-say-label="close"><span aria-hidden="true">×</span>'
        '</button></header><div id="pane" tabindex="-1"><div id="cards"></div><div id="reader" hidden></div>'
        '<p class="keys soft" data-say="keys"></p></div></aside>'
    )


def report_page_html() -> str:
    """Return the page of the report: the answers that were picked, to be ordered, and the report as it will be."""
    return (
        '<main id="report" class="page" hidden><div class="bar">'
        '<label class="title"><span data-say="report_title"></span>'
        '<input type="text" id="report-title" maxlength="200">'
        f"</label>{export_menu('export_report')}"
        '<button type="button" class="quiet" data-do="clearReport" data-say="report_clear"></button></div>'
        '<p id="report-empty" class="soft" data-say="report_empty"></p>'
        '<div id="report-whole" class="two" hidden><section><h2 data-say="report_answers"></h2><ol id="picked"></ol>'
        '</section><div id="paper" tabindex="0" role="region" data-say-label="report_page"></div></div></main>'
    )


def head() -> str:
    """Return the tags for the head of the page; the addresses change with the files, so that none is stale."""
    addresses = {
        name: f"northbrief/{name}?v={hashlib.sha256((_HERE / name).read_bytes()).hexdigest()[:12]}" for name in _FILES
    }
    return (
        f'<link rel="stylesheet" href="{addresses["window.css"]}">'
        f'<script type="module" src="{addresses["window.js"]}"></script>'
    )


def routes() -> list[Route]:
    """Return the routes that serve the page's own files."""
    return [Route(f"/northbrief/{name}", _served(name, kind)) for name, kind in _FILES.items()]


def _served(name: str, kind: str) -> Callable[[Request], Awaitable[FileResponse]]:
    async def file(request: Request) -> FileResponse:
        return FileResponse(_HERE / name, media_type=kind, headers={"cache-control": "no-cache"})

    return file
