"""The chat window: what the page may ask of the server, and how it is served.

Gradio carries the page, the queue and the sign-in. The page's own script (`window.js`) calls the functions below by
Gradio's HTTP interface; each gets all it needs with the call, so nothing of one conversation is seen by another.
"""

import threading
from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from ..corpus import NorthbriefError
from ..index import Index
from ..index.asynchronous import WORKERS, parts_in_thread
from ..qa import Answer, Assistant
from ..qa.saved import EvidenceError
from . import taking
from .answers import turn_html
from .api import with_api
from .chips import edited
from .conversation import MOST_TURNS, Request, Turn, read_request, read_turn, turn_dict
from .feedback import feedback_line, save_feedback
from .librarian import Librarian
from .light import lightened
from .line import Line, LineFull
from .page import head, routes, shell_html
from .policy import PagePolicy
from .settings import LOOPBACK
from .sources import sources_html, whole_html
from .starting import Opening
from .strings import language_of, say
from .uploads import Allowance, Uploads

with lightened():
    import gradio as gr
    from gradio.events import api
from starlette.middleware import Middleware

QUEUE_SIZE = 512  # calls that Gradio holds before it starts them; our own line is shorter
CONCURRENCY = 2  # exports made at once, and programs' calls
WAITING = 200  # questions that may wait; more are told to come back
OF_ONE = 4  # questions of one browser under way or waiting
LIGHT = 8  # calls of other kinds at once
MOST_NOTE = 2_000  # characters of a note with a thumb

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Window:
    """What the page may ask for. `assistant` answers; `plain`, if there is one, when the reader switched the model off.

    Each method takes and returns plain values; what went wrong comes back as {"error": sentence}.
    """

    index: Index
    assistant: Assistant
    opening: Opening
    plain: Assistant | None = None
    line: Line = field(default_factory=lambda: Line(WORKERS, WAITING, OF_ONE))

    def start(self, request: Values) -> Values:
        """Return what the window shows before the first question, and the language model, if one is set."""
        shown = self.opening.as_dict(language_of(request.get("language")))
        model = getattr(self.assistant, "model", "")
        if model:
            shown["model"] = {"name": str(model), "address": str(getattr(self.assistant, "address", ""))}
            shown["model"]["switch"] = self.plain is not None
        return shown

    async def ask(self, request: Values, asker: gr.Request) -> AsyncGenerator[Values, None]:
        """Yield the turn as it grows: `html` for the chat, `sources` for the pane, `record` for the browser to keep.

        Before its turn comes, the question's place in the line, `waiting`. The work is done in threads.
        """
        language = language_of(request.get("language"))
        host = asker.username or (asker.client.host if asker.client else "")
        try:
            asked = read_request(request)
            place = self.line.join(f"{host}/{str(request.get('browser'))[:40]}")
        except LineFull:
            yield {"busy": True}
            return
        except NorthbriefError as error:
            yield {"error": say(language, "failed", reason=error)}
            return
        try:
            async for position in self.line.turn(place):
                yield {"waiting": say(language, "waiting", n=position)}
            async for part in parts_in_thread(partial(self._answered, asked, language)):
                yield part
        finally:
            self.line.leave(place)

    def _answered(self, asked: Request, language: str) -> Iterator[Values]:
        try:
            last = None
            for last in self._stream(asked):
                yield _shown(asked, last, language, whole=False)
            if last is not None:
                yield _shown(asked, last, language, whole=True)
        except NorthbriefError as error:
            yield {"error": say(language, "failed", reason=error)}

    def _stream(self, asked: Request) -> Iterator[Answer]:
        assistant = self.assistant if asked.model or self.plain is None else self.plain
        history = () if "history" in asked.without else asked.history
        plan = None
        if asked.without:
            plan = edited(assistant.retriever.plan(asked.question, history), asked.without)
        yield from assistant.stream(asked.question, history, asked.where, plan=plan)

    def reopen(self, request: Values) -> Values:
        """Return the turns that the browser kept as they are shown; None for one that cannot be read."""
        language = language_of(request.get("language"))
        return {"turns": [_reopened(record, language) for record in list(request.get("turns") or ())[:MOST_TURNS]]}

    def whole(self, request: Values) -> Values:
        """Return the brief of one citation whole."""
        language = language_of(request.get("language"))
        try:
            turn, number = read_turn(request.get("record") or {}), int(request.get("number", 0))
        except (EvidenceError, TypeError, ValueError):
            return {"error": say(language, "unreadable")}
        chosen = next((citation for citation in turn.answer.citations if citation.number == number), None)
        if chosen is None:
            return {"error": say(language, "unreadable")}
        brief = self.index.brief(chosen.brief.id)
        return {"html": whole_html(turn, number, request["record"]["answer"], brief, language)}

    def feedback(self, request: Values) -> Values:
        """Keep what a reader thinks of an answer in the file beside the index."""
        language = language_of(request.get("language"))
        try:
            turn = read_turn(request.get("record") or {})
            history = [str(each) for each in request.get("history") or ()][-MOST_TURNS:]
            note = str(request.get("note") or "")[:MOST_NOTE].strip()
            save_feedback(self.index.path.parent, feedback_line(turn, request.get("good") is True, note, history))
        except (EvidenceError, NorthbriefError) as error:
            return {"error": say(language, "not_saved", reason=error)}
        return {"said": say(language, "thanks")}


def build_app(
    index: Index, assistant: Assistant, plain: Assistant | None = None, librarian: Librarian | None = None
) -> Any:
    """Return the window (gr.Blocks) over this index; `plain` answers where a reader switches the language model off.

    `librarian` says who may change the library from the window, and how; `launch_options` has to get the same one.
    """
    window = Window(index, assistant, Opening(index, assistant), plain)
    with gr.Blocks(title="Northbrief", fill_width=True) as app:
        reading_page(window)
        library_calls(librarian or Librarian(index, Uploads(Allowance(open=False))))
    app.opening = window.opening
    return app


def reading_page(window: Window) -> None:
    """Add the page for asking and reading, and what it calls."""
    gr.HTML(shell_html(), elem_id="shell", js_on_load=None, apply_default_css=False)
    api(window.ask, api_name="window_ask", api_visibility="undocumented", concurrency_limit=None)
    for function in (window.start, window.reopen, window.whole, window.feedback):
        name = f"window_{function.__name__}"  # /ask is for programs
        api(function, api_name=name, api_visibility="undocumented", concurrency_limit=LIGHT)
    for taken in (taking.copy, taking.take, taking.report):
        name = f"window_{taken.__name__}"
        api(taken, api_name=name, api_visibility="undocumented", concurrency_limit=CONCURRENCY)


def library_calls(librarian: Librarian) -> None:
    """Add what the library page calls."""
    api(librarian.add, api_name="window_add", api_visibility="undocumented", concurrency_limit=None)
    reading = (librarian.library, librarian.brief, librarian.gone)
    for function in (*reading, librarian.correct, librarian.remove, librarian.undo, librarian.cancel):
        name = f"window_{function.__name__}"
        api(function, api_name=name, api_visibility="undocumented", concurrency_limit=LIGHT)


def _shown(asked: Request, answer: Answer, language: str, *, whole: bool) -> Values:
    turn = Turn(asked.turn, asked.question, answer, asked.where, asked.without)
    return {
        "html": turn_html(turn, language, whole=whole),
        "sources": sources_html(turn, language),
        "record": turn_dict(turn),
    }


def _reopened(record: Any, language: str) -> Values | None:
    try:
        turn = read_turn(record)
    except (EvidenceError, AttributeError):
        return None
    return {"html": turn_html(turn, language), "sources": sources_html(turn, language)}


def serve(
    index: Index,
    assistant: Assistant,
    host: str,
    port: int,
    auth: tuple[str, str] | None = None,
    plain: Assistant | None = None,
    librarian: Librarian | None = None,
) -> None:
    """Serve the window until interrupted; the encoder warms up meanwhile. `auth` is the user and the password."""
    app = with_api(build_app(index, assistant, plain, librarian), assistant)
    threading.Thread(target=app.opening.warm, daemon=True).start()
    app.queue(max_size=QUEUE_SIZE, default_concurrency_limit=CONCURRENCY)
    app.launch(**launch_options(host, port, librarian, auth=auth))


def launch_options(
    host: str, port: int, librarian: Librarian | None = None, *, any_name: bool = False, **more: Any
) -> dict[str, Any]:
    """Return the options of `launch`: ours for look and privacy, and where to listen.

    With `any_name` requests may be sent to any name, as by a proxy in front of this machine's own address.
    """
    ours = [*routes(), *([librarian.uploads.route()] if librarian else [])]
    fonts = ["system-ui", "Noto Sans CJK KR", "sans-serif"]  # Gradio's own default is fetched from another host
    hosts = LOOPBACK if host in LOOPBACK and not any_name else None
    return {
        "server_name": host,
        "server_port": port,
        "theme": gr.themes.Base(font=fonts, font_mono=["ui-monospace", "monospace"], primary_hue="blue"),
        "head": head(),
        "app_kwargs": {"routes": ours, "middleware": [Middleware(PagePolicy, hosts=hosts)]},
        "footer_links": [],
        "share": False,
        "ssr_mode": False,
        "quiet": True,
        **more,
    }
