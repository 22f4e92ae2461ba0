"""Commands that keep an index in step and whole: sync, check, backup, restore."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from itertools import chain
from pathlib import Path
from typing import Annotated, Any

import typer

from ..corpus import SettingsError
from ..index import AddReport
from ..index.sync import Action, Scan, SyncPlan, SyncReport
from .settings import FILE, Application
from .terminal import BAD, SHOWN_FAILURES, Json, err, escape, out, print_failures, print_json, with_bar

commands = typer.Typer()

STOPPED = 130  # what shells give for Ctrl-C
LOOK = 200  # milliseconds a look at the folders lasts when nothing changes


@commands.command()
def sync(
    context: typer.Context,
    folders: Annotated[list[Path] | None, typer.Argument(help="Folders, instead of those in northbrief.toml.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print what would be done, and do nothing.")] = False,
    prune: Annotated[bool, typer.Option("--prune", help="Remove briefs whose document has vanished.")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Go on, and follow the folders until Ctrl-C.")] = False,
    as_json: Json = False,
) -> None:
    """Bring the index in step with the sources in northbrief.toml: new, changed, moved, vanished."""
    parts: Application = context.obj
    sources = parts.settings.sources
    chosen = folders or list(sources.folders)
    addresses = [] if folders else [*sources.addresses, *sources.feeds]
    if not (chosen or addresses):
        raise SettingsError(
            f'found no sources, expected [sources] with folders = ["reports"] in {FILE}, or folders after the command'
        )
    try:
        changes = _changes(chosen) if watch and not dry_run else iter(())  # what comes during the first sync is seen
        failed = _sync_once(parts, chosen, addresses, dry_run=dry_run, prune=prune, as_json=as_json)
        for _ in changes:
            failed = _sync_once(parts, chosen, [], dry_run=False, prune=prune, as_json=as_json)
    except KeyboardInterrupt:
        err.print("Stopped. What was added stays; run it again to go on.")
        raise typer.Exit(STOPPED) from None
    if failed:
        raise typer.Exit(BAD)


def _sync_once(
    parts: Application,
    folders: Sequence[Path],
    addresses: Sequence[str],
    *,
    dry_run: bool,
    prune: bool,
    as_json: bool,
) -> bool:
    """One sync, folders first; whether anything failed."""
    from ..corpus.addresses import Limits
    from ..index.sync import apply_sync, known_documents, plan_sync, scan

    known = known_documents(parts.index)
    found = scan(folders, known)
    plan = plan_sync(known, found)
    if dry_run:
        _print_plan(found, plan, addresses, prune=prune, as_json=as_json)
        return bool(found.failed)
    reports: list[SyncReport] = []

    def work(progress: Any) -> Any:
        reports.append(apply_sync(parts.index, found, plan, prune=prune, progress=progress))
        return reports[0].added

    to_read = len(plan.of(Action.NEW, Action.CHANGED))
    if to_read:
        with_bar(to_read, work)
    else:
        work(None)
    report = reports[0]
    limits = Limits(allow_private=parts.settings.sources.allow_private)
    print_failures(report.added.failed)
    if addresses:
        from .adding import add_addresses  # brings the web client along

        report = replace(report, added=AddReport.of([report.added, add_addresses(parts, addresses, limits)]))
    _print_report(report, as_json=as_json)
    return bool(report.added.failed)


def _changes(folders: Sequence[Path]) -> Iterator[object]:
    """Something whenever files in the folders have changed since this was called."""
    from watchfiles import watch

    there = [folder.expanduser() for folder in folders if folder.expanduser().is_dir()]
    if not there:
        raise SettingsError("found none of the folders, expected at least one to follow; check the paths")
    err.print(f"Following {', '.join(escape(str(folder)) for folder in there)}; Ctrl-C ends it.")
    looks = watch(*there, raise_interrupt=True, yield_on_timeout=True, rust_timeout=LOOK)
    first = next(looks)  # the watch begins with its first look, not before
    return (changed for changed in chain([first], looks) if changed)


def _print_plan(found: Scan, plan: SyncPlan, addresses: Sequence[str], *, prune: bool, as_json: bool) -> None:
    if as_json:
        failed = [asdict(failure) for failure in found.failed]
        print_json(_plan_dict(plan) | {"failed": failed, "addresses": list(addresses)})
        return
    print_failures(found.failed)
    for step in plan.steps:
        note = f" (from {escape(step.was)})" if step.was else ""
        if step.action is Action.VANISHED:
            note = ": its briefs would be removed" if prune else ": stays without --prune"
        out.print(f"{step.action.value:9}{escape(step.source)}{note}")
    for address in addresses:
        out.print(f"ask      {escape(address)}")
    out.print(f"{len(plan.steps)} to do, {len(plan.unchanged)} unchanged, {len(addresses)} addresses to ask.")


def _print_report(report: SyncReport, *, as_json: bool) -> None:
    added = report.added
    if as_json:
        print_json(
            _plan_dict(report.plan)
            | {
                "added": list(added.added),
                "replaced": list(added.replaced),
                "duplicates": [{"source": source, "brief": brief} for source, brief in added.duplicates],
                "pruned": list(report.pruned),
                "kept": list(report.vanished),
                "failed": [asdict(failure) for failure in added.failed],
                "passages": added.passages,
            }
        )
        return
    moved = len(report.plan.of(Action.MOVED))
    out.print(
        f"{len(added.added)} added, {len(added.replaced)} replaced, {moved} moved, {len(report.pruned)} removed, "
        f"{len(report.plan.unchanged)} unchanged, {len(added.failed)} failed; {added.passages} passages written"
    )
    if report.vanished:
        shown = ", ".join(escape(brief_id) for brief_id in report.vanished[:SHOWN_FAILURES])
        out.print(f"{len(report.vanished)} stay though their documents have vanished: {shown}; --prune removes them")


def _plan_dict(plan: SyncPlan) -> dict[str, Any]:
    steps = [{"action": step.action.value, "source": step.source, "was": step.was} for step in plan.steps]
    return {"steps": steps, "unchanged": len(plan.unchanged)}


@commands.command()
def check(
    context: typer.Context,
    repair: Annotated[bool, typer.Option("--repair", help="Make again what is derived from the briefs.")] = False,
    as_json: Json = False,
) -> None:
    """Compare everything in the index with everything else."""
    parts: Application = context.obj
    report = parts.check(repair=repair)
    if as_json:
        print_json(asdict(report) | {"path": str(report.path), "sound": report.sound})
    else:
        for fault in report.repaired:
            out.print(f"[green]mended[/] {fault.part}: {escape(fault.found)}")
        for fault in report.faults:
            what = "run `northbrief check --repair`" if fault.derived else "restore a backup, or see the README"
            out.print(f"[red]damaged[/] {fault.part}: {escape(fault.found)}; {what}")
        for note in report.notes:
            out.print(f"note: {escape(note)}")
        state = "Sound" if report.sound else f"{len(report.faults)} faults"
        out.print(f"{state}: {report.briefs} briefs, {report.passages} passages, generation {report.generation}.")
    if not report.sound:
        raise typer.Exit(BAD)


@commands.command()
def backup(
    context: typer.Context, file: Annotated[Path, typer.Argument(help="Where the copy goes.")], as_json: Json = False
) -> None:
    """Write a copy of the index to a file, also while it is in use."""
    from ..index.backup import backup_index

    parts: Application = context.obj
    report = backup_index(parts.settings.home, file)
    if as_json:
        print_json({"path": str(report.path), "briefs": report.briefs, "passages": report.passages})
    else:
        out.print(
            f"Written and compared: {report.briefs} briefs, {report.passages} passages in {escape(str(report.path))}."
        )


@commands.command()
def restore(
    context: typer.Context, file: Annotated[Path, typer.Argument(help="A backup.")], as_json: Json = False
) -> None:
    """Put the content of a backup in place of the index's."""
    parts: Application = context.obj
    report = parts.restore(file)
    if as_json:
        aside = str(report.aside) if report.aside else None
        print_json({"path": str(report.path), "briefs": report.briefs, "passages": report.passages, "aside": aside})
    else:
        out.print(f"Restored: {report.briefs} briefs, {report.passages} passages.")
        if report.aside:
            out.print(f"The damaged index lies at {escape(str(report.aside))}; end programs that still have it open.")
