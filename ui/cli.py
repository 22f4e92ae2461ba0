"""The command line. The library raises; here errors become one sentence and an exit code.

Exit codes: 0 done, 1 nothing found or not answered, 2 bad use or bad input.
"""

import json
import re
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape as escape_markup
from rich.table import Table

from ..corpus import Brief, BriefLoader, Failure, NorthbriefError, QuestionError
from ..index import AddReport, Filter
from ..index.index import Progress
from .settings import Application, read_settings

NOTHING, BAD = 1, 2
SHOWN_FAILURES = 20

app = typer.Typer(
    name="northbrief",
    help="Ask policy briefs on North Korea; every sentence of an answer is quoted and dated.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def escape(text: str) -> str:
    """Return text of a brief as the terminal may see it: no markup of rich's, no control characters."""
    return escape_markup(_CONTROL.sub("\N{REPLACEMENT CHARACTER}", text))


Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Since = Annotated[str | None, typer.Option(help="Only briefs published on this ISO date or later.")]
Until = Annotated[str | None, typer.Option(help="Only briefs published on this ISO date or earlier.")]
Institutions = Annotated[list[str] | None, typer.Option("--institution", help="Only briefs of this institution.")]
Authors = Annotated[list[str] | None, typer.Option("--author", help="Only briefs by this author.")]
Languages = Annotated[list[str] | None, typer.Option("--language", help="Only briefs in this language (en, ko).")]
Briefs = Annotated[list[str] | None, typer.Option("--brief", help="Only the brief with this id.")]
History = Annotated[list[str] | None, typer.Option("--history", help="An earlier question; repeat, oldest first.")]


@app.callback()
def options(
    context: typer.Context,
    home: Annotated[Path | None, typer.Option(help="Folder of the index.")] = None,
    encoder: Annotated[str | None, typer.Option(help="A sentence-transformers model, by name or path.")] = None,
) -> None:
    """Settings that all commands share."""
    context.obj = Application(read_settings(home=home, encoder=encoder))


@app.command()
def chat(
    context: typer.Context,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
) -> None:
    """Open the chat window; on an empty index the shipped shelf is added first."""
    parts: Application = context.obj
    if not len(parts.index):
        from ..corpus.shelf import load_shelf

        err.print("The index is empty: adding the shipped shelf.")
        _add(parts, load_shelf())
    host, port = host or parts.settings.host, port or parts.settings.port
    if host not in {"127.0.0.1", "localhost", "::1"}:
        err.print(
            f"[yellow]Anyone who reaches {escape(host)}:{port} can read the library: the window has no password.[/]"
        )
    err.print(f"Northbrief answers at http://{host}:{port} (Ctrl-C ends it)")
    from .app import serve  # gradio takes seconds to import

    serve(parts.index, parts.assistant, host, port)


@app.command()
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
    as_json: Json = False,
) -> None:
    """Answer a question, with its sources."""
    from ..qa.types import reference

    where = _filter(since, until, institutions, authors, languages, briefs)
    answer = context.obj.assistant.ask(question, history=history or [], where=where)
    if as_json:
        _print_json(answer.as_dict())
    else:
        out.print(escape(answer.text))
        if answer.citations:
            out.print("\n[bold]Sources[/]")
        for brief, numbers in answer.sources():
            marks = " ".join(f"[{number}]" for number in numbers)
            out.print(f"{escape(marks)} {escape(reference(brief))}")
            out.print(f"    {escape(brief.url or brief.source)}", style="dim")
    if answer.abstained:
        raise typer.Exit(NOTHING)


@app.command()
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
    where = _filter(since, until, institutions, authors, languages, briefs)
    plan = context.obj.retriever.plan(question, history or [])
    hits = context.obj.retriever.search(question, k=k, history=history or [], where=where, plan=plan)
    if show_plan:
        err.print_json(json.dumps(plan.as_dict(), default=str))
    if as_json:
        from ..qa.types import brief_dict

        _print_json(
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


@app.command()
def add(
    context: typer.Context,
    paths: Annotated[list[Path], typer.Argument(help="Files or folders.")],
    as_json: Json = False,
) -> None:
    """Add files and folders; run again, it adds only what changed."""
    from ..corpus import load_briefs

    report = _add(context.obj, load_briefs(*paths))
    if as_json:
        _print_json(
            {
                "added": list(report.added),
                "unchanged": list(report.unchanged),
                "replaced": list(report.replaced),
                "failed": [{"source": failure.source, "reason": failure.reason} for failure in report.failed],
                "passages": report.passages,
            }
        )
    else:
        out.print(
            f"{len(report.added)} added, {len(report.replaced)} replaced, {len(report.unchanged)} unchanged, "
            f"{len(report.failed)} failed; {report.passages} passages written"
        )
    if report.failed:
        raise typer.Exit(BAD)
    if not (report.added or report.unchanged or report.replaced):
        err.print("Nothing found: there is no brief in these paths.")
        raise typer.Exit(NOTHING)


@app.command()
def rebuild(context: typer.Context) -> None:
    """Make the index again from its own briefs, with the encoder that is set now."""
    parts: Application = context.obj
    report = _with_bar(None, lambda progress: parts.rebuild(progress))
    out.print(f"Rebuilt: {len(report.added)} briefs, {report.passages} passages.")


@app.command("list")
def list_briefs(context: typer.Context, as_json: Json = False) -> None:
    """List the briefs, newest first."""
    from ..qa.types import brief_dict

    briefs: list[Brief] = context.obj.index.briefs()
    if as_json:
        _print_json([brief_dict(brief) for brief in briefs])
    elif briefs:
        table = Table("id", "date", "institution", "title", box=None, pad_edge=False)
        for brief in briefs:
            date_ = brief.published.isoformat() if brief.published else "undated"
            table.add_row(escape(brief.id), date_, escape(brief.institution), escape(brief.title))
        out.print(table)
    if not briefs:
        err.print("The index is empty; add briefs with `northbrief add PATH`.")
        raise typer.Exit(NOTHING)


@app.command()
def show(context: typer.Context, brief_id: Annotated[str, typer.Argument(metavar="ID")], as_json: Json = False) -> None:
    """Show one brief: what is known of it, and its text."""
    from ..qa.types import brief_dict

    brief = context.obj.index.brief(brief_id)
    if brief is None:
        _no_such(brief_id)
    known = brief_dict(brief)
    if as_json:
        _print_json(known | {"text": brief.text})
        return
    for key, value in known.items():
        if value:
            out.print(f"[bold]{key}[/]: {escape(', '.join(value) if isinstance(value, list) else str(value))}")
    out.print(f"\n{escape(brief.text)}")


@app.command()
def remove(
    context: typer.Context, brief_id: Annotated[str, typer.Argument(metavar="ID")], as_json: Json = False
) -> None:
    """Remove one brief and everything made from it."""
    if not context.obj.index.remove(brief_id):
        _no_such(brief_id)
    if as_json:
        _print_json({"removed": brief_id})
    else:
        out.print(f"Removed {escape(brief_id)}.")


@app.command("eval")
def evaluate(
    context: typer.Context,
    questions: Annotated[Path, typer.Argument(help="A .jsonl file of questions with gold quotes.")],
    language: Annotated[str | None, typer.Option(help="Only questions in this language.")] = None,
    retrieval_only: Annotated[bool, typer.Option("--retrieval", help="Leave out answers and refusals.")] = False,
    against: Annotated[str | None, typer.Option(help="Compare with: no-rerank, or cap=N.")] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show every question.")] = False,
    as_json: Json = False,
) -> None:
    """Measure retrieval, answers and refusals by question type."""
    from .evaluation import report

    parts: Application = context.obj
    result = report(parts.retriever, questions, language, retrieval_only, against, verbose)
    if as_json:
        _print_json(result.as_dict())
    else:
        result.print(out)


def main() -> None:
    """Run the command line; our errors become one sentence on standard error and exit code 2."""
    try:
        app(standalone_mode=True)
    except NorthbriefError as error:
        err.print(f"[red]northbrief:[/] {escape(str(error))}")
        sys.exit(BAD)


def _add(parts: Application, loader: BriefLoader) -> AddReport:
    """Add with a progress bar; what was not taken is listed with its reason."""
    briefs = list(loader)
    report = _with_bar(len(briefs), lambda progress: parts.index.add(briefs, progress=progress))
    failed = (*loader.failed, *report.failed)
    for failure in failed[:SHOWN_FAILURES]:
        _print_failure(failure)
    if len(failed) > SHOWN_FAILURES:
        err.print(f"... and {len(failed) - SHOWN_FAILURES} more; --json lists them all")
    return replace(report, failed=failed)


def _with_bar(total: int | None, work: Callable[[Progress], AddReport]) -> AddReport:
    """Do the work under a progress bar on standard error; `total` is the number of briefs, if known."""
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("briefs, {task.fields[passages]} passages"),
        TimeRemainingColumn(),
    )
    with Bar(*columns, console=err, transient=False) as bar:
        task = bar.add_task("Preparing", total=total, passages=0)
        return work(lambda seen, passages: bar.update(task, completed=seen, passages=passages, description="Adding"))


def _print_failure(failure: Failure) -> None:
    err.print(f"[yellow]not added:[/] {escape(failure.source)}: {escape(failure.reason)}")


def _no_such(brief_id: str) -> None:
    err.print(f"Nothing found: no brief has the id {escape(repr(brief_id))}; `northbrief list` shows them.")
    raise typer.Exit(NOTHING)


def _filter(
    since: str | None,
    until: str | None,
    institutions: list[str] | None,
    authors: list[str] | None,
    languages: list[str] | None,
    briefs: list[str] | None,
) -> Filter | None:
    where = Filter(
        since=_day("since", since),
        until=_day("until", until),
        institutions=tuple(institutions or ()),
        authors=tuple(authors or ()),
        languages=tuple(languages or ()),
        briefs=tuple(briefs or ()),
    )
    return where if where else None


def _day(flag: str, value: str | None) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        raise QuestionError(f"found --{flag} {value!r}, expected an ISO date such as 2025-08-08") from None


def _print_json(value: Any) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")
