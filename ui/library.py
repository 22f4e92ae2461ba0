"""Commands that keep the library: add, rebuild, list, show, remove."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from ..corpus import Brief
from .settings import Application
from .terminal import BAD, NOTHING, Json, add_all, err, escape, no_such, out, print_json, with_bar

commands = typer.Typer()


@commands.command()
def add(
    context: typer.Context,
    paths: Annotated[list[Path], typer.Argument(help="Files or folders.")],
    ocr: Annotated[bool, typer.Option("--ocr", help="Recognise pages without text, by tesseract.")] = False,
    as_json: Json = False,
) -> None:
    """Add files and folders; run again, it adds only what changed."""
    from ..corpus import load_briefs

    report = add_all(context.obj, load_briefs(*paths, ocr=ocr))
    if as_json:
        print_json(
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


@commands.command()
def rebuild(context: typer.Context) -> None:
    """Make the index again from its own briefs, with the encoder that is set now."""
    parts: Application = context.obj
    report = with_bar(None, lambda progress: parts.rebuild(progress))
    out.print(f"Rebuilt: {len(report.added)} briefs, {report.passages} passages.")


@commands.command("list")
def list_briefs(context: typer.Context, as_json: Json = False) -> None:
    """List the briefs, newest first."""
    from ..qa.types import brief_dict

    briefs: list[Brief] = context.obj.index.briefs()
    if as_json:
        print_json([brief_dict(brief) for brief in briefs])
    elif briefs:
        table = Table("id", "date", "institution", "title", box=None, pad_edge=False)
        for brief in briefs:
            date_ = brief.published.isoformat() if brief.published else "undated"
            table.add_row(escape(brief.id), date_, escape(brief.institution), escape(brief.title))
        out.print(table)
    if not briefs:
        err.print("The index is empty; add briefs with `northbrief add PATH`.")
        raise typer.Exit(NOTHING)


@commands.command()
def show(context: typer.Context, brief_id: Annotated[str, typer.Argument(metavar="ID")], as_json: Json = False) -> None:
    """Show one brief: what is known of it, and its text."""
    from ..qa.types import brief_dict

    brief = context.obj.index.brief(brief_id)
    if brief is None:
        no_such(brief_id)
    known = brief_dict(brief)
    if as_json:
        print_json(known | {"text": brief.text})
        return
    for key, value in known.items():
        if value:
            out.print(f"[bold]{key}[/]: {escape(', '.join(value) if isinstance(value, list) else str(value))}")
    out.print(f"\n{escape(brief.text)}")


@commands.command()
def remove(
    context: typer.Context, brief_id: Annotated[str, typer.Argument(metavar="ID")], as_json: Json = False
) -> None:
    """Remove one brief and everything made from it."""
    if not context.obj.index.remove(brief_id):
        no_such(brief_id)
    if as_json:
        print_json({"removed": brief_id})
    else:
        out.print(f"Removed {escape(brief_id)}.")
