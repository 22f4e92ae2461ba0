"""Commands that ask: chat, ask, search, eval."""

import json
import threading
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from ..corpus import NorthbriefError, SettingsError
from ..index import Index
from ..qa.export import STYLE, export, format_of
from .settings import LOOPBACK, Application, Settings
from .terminal import (
    NOTHING,
    Authors,
    Briefs,
    History,
    Institutions,
    Json,
    Languages,
    Since,
    Until,
    add_all,
    err,
    escape,
    out,
    print_json,
    read_filter,
    write_file,
)

commands = typer.Typer()


@commands.command()
def chat(
    context: typer.Context,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
    auth: Annotated[str | None, typer.Option(help="Ask for this user:password.")] = None,
    no_auth: Annotated[bool, typer.Option("--no-auth", help="Let whoever reaches another host in.")] = False,
) -> None:
    """Open the chat window; on an empty index the shipped shelf is added first."""
    parts: Application = context.obj
    if not len(parts.index):
        from ..corpus.shelf import load_shelf

        err.print("The index is empty: adding the shipped shelf.")
        add_all(parts, load_shelf())
    host, port = host or parts.settings.host, port or parts.settings.port
    signed = sign_in(host, parts.settings.auth if auth is None else auth, no_auth)
    threading.Thread(target=warm, args=(parts.index,), daemon=True).start()
    from .app import serve  # gradio takes seconds to import
    from .librarian import librarian_of

    is_open = library_is_open(parts.settings, host, signed)
    if not is_open and parts.settings.library is None:
        err.print("The library is read-only: whoever reaches the window needs no password (NORTHBRIEF_LIBRARY=open)")
    err.print(f"Northbrief answers at http://{host}:{port} (Ctrl-C ends it)")
    plain = parts.plain if parts.language_model else None
    serve(parts.index, parts.assistant, host, port, signed, plain, librarian_of(parts, is_open))


def warm(index: Index) -> None:
    """Load the encoder while gradio is imported; what goes wrong is told with the first question."""
    with suppress(NorthbriefError):
        index.encoder  # noqa: B018  # loaded by being asked for


def sign_in(host: str, auth: str | None, no_auth: bool) -> tuple[str, str] | None:
    """Return the user and the password to ask for, None for none.

    Raises:
        SettingsError: the window would be open to whoever reaches `host`, and nobody said so; or `auth` has no colon.
    """
    if auth and not no_auth:
        user, colon, password = auth.partition(":")
        if not (user and colon and password):
            raise SettingsError("found --auth without a user or a password, expected user:password")
        return user, password
    if host not in LOOPBACK and not no_auth:
        raise SettingsError(
            f"found host {host}, where others reach the window, expected --auth user:password; "
            "or --no-auth, if whoever reaches it may read the library"
        )
    return None


def library_is_open(settings: Settings, host: str, signed: tuple[str, str] | None) -> bool:
    """Return whether the window may change the library: as it is set, else where strangers cannot come."""
    if settings.library is not None:
        return settings.library == "open"
    return host in LOOPBACK or signed is not None


@commands.command()
def ask(
    context: typer.Context,
    question: str,
    history: History = None,
    since: Since = None,
    until: Until = None,
    institutions: Institutions = None,
    authors: Authors = None,
    languages: Languages = None,
    briefs: Briefs = None,
    exports: Annotated[
        list[Path] | None,
        typer.Option(
            "--export", help="Also write the answer to this file: .md, .docx, .bib, .ris, .csl.json or .json; repeat."
        ),
    ] = None,
    style: Annotated[str, typer.Option(help="Citation style of the export, such as apa.")] = STYLE,
    as_json: Json = False,
) -> None:
    """Answer a question, with its sources."""
    from ..qa.types import reference

    forms = [format_of(path.name) for path in exports or []]  # a wrong name is told before the work
    where = read_filter(since, until, institutions, authors, languages, briefs)
    answer = context.obj.assistant.ask(question, history=history or [], where=where)
    if as_json:
        print_json(answer.as_dict())
    else:
        out.print(escape(answer.text))
        if answer.citations:
            out.print("\n[bold]Sources[/]")
        for brief, numbers in answer.sources():
            marks = " ".join(f"[{number}]" for number in numbers)
            out.print(f"{escape(marks)} {escape(reference(brief))}")
            out.print(f"    {escape(brief.url or brief.source)}", style="dim")
    for path, form in zip(exports or [], forms, strict=True):
        write_file(path, export([answer], form.suffix, style=style))
    if answer.abstained:
        raise typer.Exit(NOTHING)


@commands.command()
def search(
    context: typer.Context,
    question: str,
    k: Annotated[int, typer.Option("-k", min=1, max=100, help="Passages to return.")] = 8,
    show_plan: Annotated[
        bool, typer.Option("--plan", help="Show on standard error how the question was read.")
    ] = False,
    history: History = None,
    since: Since = None,
    until: Until = None,
    institutions: Institutions = None,
    authors: Authors = None,
    languages: Languages = None,
    briefs: Briefs = None,
    as_json: Json = False,
) -> None:
    """Show the passages that fit a question best."""
    where = read_filter(since, until, institutions, authors, languages, briefs)
    plan = context.obj.retriever.plan(question, history or [])
    hits = context.obj.retriever.search(question, k=k, history=history or [], where=where, plan=plan)
    if show_plan:
        err.print_json(json.dumps(plan.as_dict(), default=str))
    if as_json:
        from ..index.records import brief_dict

        print_json(
            [
                {
                    "score": round(hit.score, 4),
                    "similarity": round(hit.similarity, 4),
                    "side": hit.side,
                    "passage": {
                        "id": hit.passage.id,
                        "text": hit.passage.text,
                        "start": hit.passage.start,
                        "end": hit.passage.end,
                        "page": hit.passage.page,
                        "heading": hit.passage.heading,
                    },
                    "brief": brief_dict(hit.brief),
                }
                for hit in hits
            ]
        )
    else:
        from ..qa.types import reference

        for number, hit in enumerate(hits, start=1):
            out.print(f"[bold]{number}. {hit.score:.2f}[/]  {escape(reference(hit.brief))}")
            out.print(f"{escape(hit.passage.text)}\n")
    if not hits:
        err.print("Nothing found: the index is empty, or no brief fits the filter.")
        raise typer.Exit(NOTHING)


@commands.command("eval")
def evaluate(
    context: typer.Context,
    questions: Annotated[Path, typer.Argument(help="A .jsonl file of questions with gold quotes.")],
    language: Annotated[str | None, typer.Option(help="Only questions in this language.")] = None,
    retrieval_only: Annotated[bool, typer.Option("--retrieval", help="Leave out answers and refusals.")] = False,
    against: Annotated[str | None, typer.Option(help="Compare with: no-rerank, or cap=N.")] = None,
    calibrate: Annotated[
        bool, typer.Option("--calibrate", help="Measure and keep what the language model's reading is worth.")
    ] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show every question.")] = False,
    as_json: Json = False,
) -> None:
    """Measure retrieval, answers and refusals by question type."""
    from .evaluation import calibrated, report

    parts: Application = context.obj
    if calibrate:
        made = calibrated(parts, questions, language)
        print_json(made.as_dict()) if as_json else made.print(out)
        return
    result = report(parts.retriever, questions, language, retrieval_only, against, verbose)
    if as_json:
        print_json(result.as_dict())
    else:
        result.print(out)
