"""What the commands share: the consoles, text made safe for them, options, progress, and how failures are told."""

import json
import re
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.markup import escape as escape_markup

from ..corpus import BriefLoader, Failure, QuestionError, SettingsError
from ..index import AddReport, Filter
from ..index.types import Progress
from .settings import Application

NOTHING, BAD = 1, 2
SHOWN_FAILURES = 20

WIDE = 200  # columns of a table that goes to a file or another program, which have no width of their own
out = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else WIDE)
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


def add_all(parts: Application, loader: BriefLoader) -> AddReport:
    """Add with a progress bar; what was not taken is listed with its reason."""
    report = with_bar(len(loader), lambda progress: parts.index.add(loader, progress=progress))
    print_failures(report.failed)
    return report


def print_failures(failed: Sequence[Failure]) -> None:
    """Say on standard error what was not taken and why, the first of them at least."""
    for failure in failed[:SHOWN_FAILURES]:
        print_failure(failure)
    if len(failed) > SHOWN_FAILURES:
        err.print(f"... and {len(failed) - SHOWN_FAILURES} more; --json lists them all")


def with_bar(total: int | None, work: Callable[[Progress], AddReport]) -> AddReport:
    """Do the work under a progress bar on standard error; `total` is the number of files, if known."""
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("briefs, {task.fields[passages]} passages, {task.fields[speed]:.0f} a second"),
        TimeRemainingColumn(),
    )
    with Bar(*columns, console=err, transient=False) as bar:
        task = bar.add_task("Preparing", total=total, passages=0, speed=0.0)
        began = time.monotonic()

        def show(seen: int, passages: int) -> None:
            speed = passages / max(time.monotonic() - began, 1e-3)
            most = None if total is None else max(total, seen)  # a file may hold many briefs
            bar.update(task, total=most, completed=seen, passages=passages, speed=speed, description="Adding")

        return work(show)


def print_failure(failure: Failure) -> None:
    """Say on standard error what was not taken and why."""
    err.print(f"[yellow]not added:[/] {escape(failure.source)}: {escape(failure.reason)}")


def no_such(brief_id: str) -> NoReturn:
    """Say that no brief has this id, and end."""
    err.print(f"Nothing found: no brief has the id {escape(repr(brief_id))}; `northbrief list` shows them.")
    raise typer.Exit(NOTHING)


def read_filter(
    since: str | None,
    until: str | None,
    institutions: list[str] | None,
    authors: list[str] | None,
    languages: list[str] | None,
    briefs: list[str] | None,
) -> Filter | None:
    """Return the filter that the flags name, or None.

    Raises:
        QuestionError: a day that is no ISO date.
    """
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


def write_file(path: Path, content: bytes) -> None:
    """Write a file that the user asked for, whole or not at all.

    Raises:
        SettingsError: it cannot be written there.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(content)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise SettingsError(f"cannot write {path}: {error.strerror or error}; name another file") from error
    err.print(f"Written: {escape(str(path))}")


def print_json(value: Any) -> None:
    """Print a value as JSON on standard output, unescaped."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")
