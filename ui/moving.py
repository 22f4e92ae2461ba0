"""Commands for more than one machine: move an index, load many briefs from many workers."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from ..corpus import SettingsError, StoreError, load_briefs
from ..index import AddReport
from ..index.places import index_file, is_address
from ..index.types import Progress
from .settings import Application
from .terminal import BAD, Json, err, escape, out, print_failures, print_json, with_bar

commands = typer.Typer()


@commands.command()
def move(
    context: typer.Context,
    source: Annotated[str, typer.Argument(help="Folder, file or address of the index to copy.")],
    target: Annotated[str, typer.Argument(help="Where the copy goes: folder, file, or address in Milvus.")],
    as_json: Json = False,
) -> None:
    """Copy an index to Milvus or back, without encoding again; run it again to go on where it ended."""
    from ..index.moving import MoveReport, move_index

    parts: Application = context.obj
    reports: list[MoveReport] = []
    if not is_address(source) and not index_file(source).exists():
        raise StoreError(f"found no index at {source}, expected the folder, file or address of one to copy")
    with parts.open(source) as start, parts.open(target) as goal:
        total = len(start.entries())

        def work(progress: Progress) -> AddReport:
            reports.append(move_index(start, goal, progress))
            return AddReport()

        with_bar(total, work)
    [report] = reports
    if as_json:
        print_json(asdict(report))
    else:
        there = f", {report.there} were there already" if report.there else ""
        out.print(f"Copied {report.copied} briefs, {report.passages} passages{there}.")


@commands.command()
def load(
    context: typer.Context,
    paths: Annotated[list[Path], typer.Argument(help="Files and folders, the same for every worker.")],
    part: Annotated[str, typer.Option(help="Which worker this is, of how many: 2/8.")] = "1/1",
    threads: Annotated[int, typer.Option(min=1, max=64, help="Threads that encode and store.")] = 1,
    log: Annotated[Path | None, typer.Option(help="File to which each stored brief's id is added.")] = None,
    as_json: Json = False,
) -> None:
    """Add many briefs, as one of several workers; after a crash, run the same again."""
    from ..index.loading import load as load_all

    parts: Application = context.obj
    loader = load_briefs(*paths)

    def note(report: AddReport) -> None:
        if log is not None:
            with log.open("a", encoding="utf-8") as file:
                for brief_id in (*report.added, *report.replaced, *report.unchanged):
                    file.write(json.dumps(brief_id, ensure_ascii=False) + "\n")

    def work(progress: Any) -> AddReport:
        chosen = _part(part)
        return load_all(parts.index, loader, part=chosen, threads=threads, acknowledged=note, progress=progress)

    report = with_bar(None, work)
    print_failures(report.failed)
    if as_json:
        print_json(asdict(report))
    else:
        counts = [(report.added, "added"), (report.replaced, "replaced"), (report.unchanged, "unchanged")]
        told = ", ".join(f"{len(ids)} {what}" for ids, what in counts)
        out.print(f"{told}, {len(report.failed)} failed; {report.passages} passages written")
        if log is not None:
            err.print(f"Written: {escape(str(log))}")
    if report.failed:
        raise typer.Exit(BAD)


def _part(text: str) -> tuple[int, int]:
    number, _, of = text.partition("/")
    if not (number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of)):
        raise SettingsError(f"found --part {text}, expected such as 2/8: the second of eight workers")
    return int(number), int(of)
