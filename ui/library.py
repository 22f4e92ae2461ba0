"""Commands that keep the library: add, rebuild, list, show, remove."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from ..corpus import Brief
from ..index import AddReport
from .settings import Application
from .terminal import BAD, NOTHING, Json, add_all, err, escape, no_such, out, print_json, with_bar

commands = typer.Typer()


@commands.command()
def add(
    context: typer.Context,
    paths: Annotated[
        list[str] | None, typer.Argument(help="Files, folders, web addresses.", metavar="PATH_OR_URL...")
    ] = None,
    ocr: Annotated[bool, typer.Option("--ocr", help="Recognise pages without text, by tesseract.")] = False,
    lists: Annotated[list[Path] | None, typer.Option("--list", help="A file of addresses, one a line.")] = None,
    chosen: Annotated[
        str, typer.Option("--filter", help="Of feeds and sitemaps, only addresses like this: a part, or with * and ?.")
    ] = "",
    most: Annotated[int, typer.Option("--max", min=1, help="Documents fetched in one run.")] = 200,
    pdf: Annotated[bool, typer.Option("--pdf", help="Take the PDF that a page names, not the page.")] = False,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Fetch from private networks and this machine, too.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Add files, folders and web addresses; run again, it adds only what changed."""
    from ..corpus import load_briefs
    from ..corpus.urls import is_address

    addresses = [path for path in paths or () if is_address(path)]
    files = [path for path in paths or () if not is_address(path)]
    if lists:
        from ..corpus.feeds import read_list

        addresses += [line for file in lists for line in read_list(file)]
    if not (files or addresses):
        raise typer.BadParameter("found none, expected a file, a folder or an address", param_hint="PATH_OR_URL")
    report = add_all(context.obj, load_briefs(*files, ocr=ocr)) if files else AddReport()
    if addresses:
        from ..corpus.addresses import Limits  # what speaks HTTP takes a quarter of a second to load
        from .adding import add_addresses

        limits = Limits(filter=chosen, most=most, pdf=pdf, allow_private=allow_private)
        report = AddReport.of([report, add_addresses(context.obj, addresses, limits)])
    if as_json:
        print_json(
            {
                "added": list(report.added),
                "unchanged": list(report.unchanged),
                "replaced": list(report.replaced),
                "failed": [{"source": failure.source, "reason": failure.reason} for failure in report.failed],
                "duplicates": [{"source": source, "brief": brief_id} for source, brief_id in report.duplicates],
                "passages": report.passages,
            }
        )
    else:
        for source, brief_id in report.duplicates:
            err.print(f"[dim]the text of {escape(brief_id)}, kept once:[/] {escape(source)}")
        out.print(
            f"{len(report.added)} added, {len(report.replaced)} replaced, {len(report.unchanged)} unchanged, "
            f"{len(report.failed)} failed; {report.passages} passages written"
        )
    if report.failed:
        raise typer.Exit(BAD)
    if not (report.added or report.unchanged or report.replaced or report.duplicates):
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
    from ..index.records import brief_dict

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
    from ..index.records import brief_dict

    brief = context.obj.index.brief(brief_id)
    if brief is None:
        no_such(brief_id)
    known = brief_dict(brief)
    known["sources"] = [name.source for name in context.obj.index.names(brief.id)]
    known["versions"] = [relative.id for relative in context.obj.index.relatives(brief.id)]
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
