"""Folders and the index in step: what a sync plans, what it does, and what it leaves alone."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from northbrief.index import Index, Retriever
from northbrief.index.check import check_index
from northbrief.index.sync import (
    Action,
    Document,
    Scan,
    Step,
    SyncReport,
    apply_sync,
    known_documents,
    plan_sync,
    scan,
)

if TYPE_CHECKING:
    from northbrief.tests.conftest import FakeEncoder, Run, Site


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    """A folder of three documents."""
    folder = tmp_path / "docs"
    folder.mkdir()
    for name in ("a", "b", "c"):
        (folder / f"{name}.txt").write_text(paragraphs(name, 1, 2), "utf-8")
    return folder


def paragraphs(name: str, *numbers: int) -> str:
    """Paragraphs of forty words: with the fake encoder each becomes a passage."""
    return "\n\n".join(" ".join(f"{name}p{number}w{i}" for i in range(40)) + "." for number in numbers)


def sync(index: Index, *folders: Path, prune: bool = False) -> SyncReport:
    found = scan(folders, known := known_documents(index))
    return apply_sync(index, found, plan_sync(known, found), prune=prune)


def actions(report: SyncReport) -> list[str]:
    return [f"{step.action.value} {Path(step.source).name}" for step in report.plan.steps]


def stored(index: Index) -> dict[str, str]:
    """The text of each brief by its file's name."""
    return {Path(brief.source).name: brief.text for brief in index.briefs()}


def on_disk(folder: Path) -> dict[str, str]:
    return {file.name: file.read_text("utf-8") for file in folder.iterdir()}


def test_new_documents_are_added(index: Index, docs: Path) -> None:
    report = sync(index, docs)
    assert actions(report) == ["new a.txt", "new b.txt", "new c.txt"]
    assert stored(index) == on_disk(docs)


def test_a_second_run_has_nothing_to_do_and_encodes_nothing(index: Index, docs: Path, fake: FakeEncoder) -> None:
    sync(index, docs)
    fake.encoded.clear()
    before = index.generation()
    report = sync(index, docs)
    assert (report.plan.steps, len(report.plan.unchanged)) == ((), 3)
    assert (fake.encoded, index.generation()) == ([], before)


def test_one_changed_document_encodes_only_its_new_passages(index: Index, docs: Path, fake: FakeEncoder) -> None:
    sync(index, docs)
    fake.encoded.clear()
    (docs / "b.txt").write_text(paragraphs("b", 1, 2, 3), "utf-8")
    report = sync(index, docs)
    assert (actions(report), report.added.replaced) == (["changed b.txt"], ("b",))
    assert [text.split("\n")[-1].split()[0] for text in fake.encoded] == ["bp3w0"]


@pytest.mark.parametrize("place", ["moved.txt", "deep/er/a.txt"])
def test_a_moved_document_keeps_its_id_and_encodes_nothing(
    index: Index, docs: Path, fake: FakeEncoder, place: str
) -> None:
    sync(index, docs)
    fake.encoded.clear()
    (docs / place).parent.mkdir(parents=True, exist_ok=True)
    (docs / "a.txt").rename(docs / place)
    report = sync(index, docs)
    assert [step.action for step in report.plan.steps] == [Action.MOVED]
    moved = index.brief("a")
    assert moved
    assert (moved.source, fake.encoded, len(index.briefs())) == (str((docs / place).resolve()), [], 3)


def test_a_moved_document_that_changes_later_is_replaced_and_not_added(index: Index, docs: Path) -> None:
    sync(index, docs)
    (docs / "a.txt").rename(docs / "moved.txt")
    sync(index, docs)
    (docs / "moved.txt").write_text(paragraphs("a", 1, 5), "utf-8")
    report = sync(index, docs, prune=True)
    assert (report.added.replaced, report.added.added, report.pruned) == (("a",), (), ())
    assert stored(index) == on_disk(docs)


def test_a_vanished_document_stays_without_prune(index: Index, docs: Path) -> None:
    sync(index, docs)
    (docs / "a.txt").unlink()
    report = sync(index, docs)
    assert (actions(report), report.vanished, report.pruned) == (["vanished a.txt"], ("a",), ())
    assert len(index.briefs()) == 3


def test_a_vanished_document_goes_with_prune(index: Index, docs: Path) -> None:
    sync(index, docs)
    (docs / "a.txt").unlink()
    assert sync(index, docs, prune=True).pruned == ("a",)
    assert stored(index) == on_disk(docs)
    assert sync(index, docs, prune=True).plan.steps == ()


def test_a_folder_that_is_gone_or_empty_removes_nothing(index: Index, docs: Path, tmp_path: Path) -> None:
    sync(index, docs)
    docs.rename(tmp_path / "away")
    report = sync(index, docs, prune=True)
    assert ("found no folder" in report.added.failed[0].reason, report.pruned) == (True, ())
    docs.mkdir()
    report = sync(index, docs, prune=True)
    assert ("is it mounted?" in report.added.failed[0].reason, report.pruned) == (True, ())
    assert len(index.briefs()) == 3


def test_what_came_from_elsewhere_is_never_pruned(index: Index, docs: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "z.txt").write_text("Something else entirely.", "utf-8")
    sync(index, docs, other)
    shutil.rmtree(other)
    assert sync(index, docs, prune=True).pruned == ()
    assert index.brief("z")


def test_a_document_that_cannot_be_read_is_tried_again_and_told_again(index: Index, docs: Path) -> None:
    (docs / "d.txt").write_text("", "utf-8")
    for _ in range(2):
        [failure] = sync(index, docs).added.failed
        assert "d.txt" in failure.source
    (docs / "d.txt").write_text("Now there is text.", "utf-8")
    assert sync(index, docs).added.added == ("d",)


def test_a_sidecar_counts_as_content(index: Index, docs: Path) -> None:
    sync(index, docs)
    (docs / "a.toml").write_text('title = "Given"', "utf-8")
    assert actions(sync(index, docs)) == ["changed a.txt"]
    found = index.brief("a")
    assert found
    assert found.title == "Given"


def test_an_entry_in_a_reference_list_counts_as_content(index: Index, docs: Path) -> None:
    sync(index, docs)
    (docs / "list.bib").write_text("@article{x, title = {A study of rivers}, file = {a.txt}}", "utf-8")
    assert actions(sync(index, docs)) == ["changed a.txt"]
    assert sync(index, docs).plan.steps == ()


def test_a_line_that_left_its_file_is_a_vanished_brief(index: Index, docs: Path) -> None:
    lines = [json.dumps({"id": name, "title": name, "text": f"Text of {name}."}) for name in ("one", "two")]
    (docs / "many.jsonl").write_text("\n".join(lines), "utf-8")
    sync(index, docs)
    (docs / "many.jsonl").write_text(lines[0], "utf-8")
    assert sync(index, docs, prune=True).pruned == ("two",)
    assert index.brief("one")


def test_an_id_that_a_synced_file_has_is_not_taken_over_by_a_new_file(index: Index, docs: Path) -> None:
    (docs / "x.md").write_text("---\nid: mine\n---\nThe first text.", "utf-8")
    sync(index, docs)
    (docs / "y.md").write_text("---\nid: mine\n---\nThe second text.", "utf-8")
    [failure] = sync(index, docs).added.failed
    kept = index.brief("mine")
    assert kept
    assert ("The first text." in kept.text, "expected each once" in failure.reason) == (True, True)


def test_what_was_removed_by_hand_stays_removed_until_it_changes(index: Index, docs: Path) -> None:
    sync(index, docs)
    index.remove("a")
    assert sync(index, docs).plan.steps == ()
    assert index.brief("a") is None
    (docs / "a.txt").write_text(paragraphs("a", 9), "utf-8")
    assert sync(index, docs).added.added == ("a",)


def test_a_sync_that_broke_off_goes_on_where_it_stopped(
    index: Index, tmp_path: Path, fake: FakeEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("northbrief.index.sync.GROUP", 4)
    folder = tmp_path / "many"
    folder.mkdir()
    for n in range(12):
        (folder / f"d{n:02}.txt").write_text(paragraphs(f"{n:x}", 1), "utf-8")
    found = scan([folder], {})

    def stop(seen: int, passages: int) -> None:
        if seen == 8:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        apply_sync(index, found, plan_sync({}, found), progress=stop)
    assert len(index.briefs()) == 8
    fake.encoded.clear()
    report = sync(index, folder)
    assert (len(report.plan.unchanged), len(fake.encoded), len(index.briefs())) == (4, 4, 12)


def test_a_rebuild_remembers_the_documents(index: Index, docs: Path, fake: FakeEncoder) -> None:
    sync(index, docs)
    Index.rebuild(index.path, encoder=fake)
    assert sync(index, docs).plan.steps == ()


def test_a_thousand_unchanged_files_take_under_two_seconds(index: Index, tmp_path: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for n in range(1000):
        (folder / f"d{n}.txt").write_text(f"Text number {n}.", "utf-8")
    sync(index, folder)
    began = time.monotonic()
    assert len(sync(index, folder).plan.unchanged) == 1000
    assert time.monotonic() - began < 2


# --- stamps ----------------------------------------------------------------------------------------------------------


def test_a_fresh_document_is_read_again_and_a_settled_one_is_not(docs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = {each.source: each for each in scan([docs], {}).documents}
    assert {each.stamp for each in known.values()} == {""}
    later = time.time_ns() + 10**10
    known = {each.source: each for each in scan([docs], known, later).documents}
    monkeypatch.setattr(Path, "read_bytes", lambda path: pytest.fail(f"{path} was read"))
    assert {each.source: each for each in scan([docs], known, later).documents} == known


@pytest.mark.skipif(sys.platform == "win32", reason="ctime is the time of creation there")
def test_a_change_that_keeps_size_and_time_is_seen_all_the_same(docs: Path) -> None:
    later = time.time_ns() + 10**10
    known = {each.source: each for each in scan([docs], {}, later).documents}
    before = (docs / "a.txt").stat()
    text = (docs / "a.txt").read_text("utf-8")
    time.sleep(0.02)  # a tick of the clock that stamps files
    (docs / "a.txt").write_text(text.replace("ap1w0", "ap9w0"), "utf-8")
    os.utime(docs / "a.txt", ns=(before.st_atime_ns, before.st_mtime_ns))
    plan = plan_sync(known, scan([docs], known, later))
    assert [(step.action, Path(step.source).name) for step in plan.steps] == [(Action.CHANGED, "a.txt")]


# --- the plan as a pure function -------------------------------------------------------------------------------------

contents = st.dictionaries(st.sampled_from([f"/r/{n}" for n in range(6)]), st.sampled_from([b"x", b"y", b"z"]))


def documents(content: dict[str, bytes]) -> dict[str, Document]:
    return {source: Document(source, "/r", digest, "") for source, digest in content.items()}


@given(before=contents, now=contents)
def test_following_a_plan_leads_from_what_was_to_what_is(before: dict[str, bytes], now: dict[str, bytes]) -> None:
    found = Scan(tuple(documents(now).values()), ("/r",), (), ())
    plan = plan_sync(documents(before), found, now.__contains__)
    state = dict(before)
    for step in plan.steps:
        if step.action is Action.MOVED:
            state[step.source] = state.pop(step.was)  # and the content must be right without reading it
        elif step.action is Action.VANISHED:
            del state[step.source]
        else:
            assert (step.source in before) == (step.action is Action.CHANGED)
            state[step.source] = now[step.source]
    assert state == now
    assert set(plan.unchanged) == {source for source in now if before.get(source) == now[source]}


@given(before=contents, now=contents, closed=st.sampled_from(["/r", "/r/1"]))
def test_nothing_vanishes_under_a_path_that_could_not_be_read(
    before: dict[str, bytes], now: dict[str, bytes], closed: str
) -> None:
    found = Scan(tuple(documents(now).values()), ("/r",), (closed,), ())
    gone = [s.source for s in plan_sync(documents(before), found, lambda _: True).of(Action.VANISHED)]
    assert [source for source in gone if source.startswith(closed)] == []


def test_a_step_of_another_root_is_not_planned() -> None:
    known = {"/other/a": Document("/other/a", "/other", b"x", "")}
    assert plan_sync(known, Scan((), ("/r",), (), ())).steps == ()


# --- the command -----------------------------------------------------------------------------------------------------


@pytest.fixture
def run(tmp_path: Path, fake: FakeEncoder, monkeypatch: pytest.MonkeyPatch, command_line: Run) -> Run:
    """Run `northbrief ARGUMENTS` with the fake encoder: (exit code, standard output, standard error)."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NORTHBRIEF_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("northbrief.ui.settings.Application._encoder", lambda parts: fake)
    return command_line


@pytest.fixture
def configured(docs: Path) -> Path:
    (docs.parent / "northbrief.toml").write_text('[sources]\nfolders = ["docs"]\n', "utf-8")
    return docs


def test_the_command_syncs_the_folders_of_the_settings(run: Run, configured: Path) -> None:
    code, out, _ = run("sync", "--json")
    assert (code, sorted(json.loads(out)["added"])) == (0, ["a", "b", "c"])
    assert "3 unchanged" in run("sync")[1]


def test_a_dry_run_prints_the_plan_and_changes_nothing(run: Run, configured: Path) -> None:
    code, out, _ = run("sync", "--dry-run")
    assert (code, out.count("new ")) == (0, 3)
    assert run("list")[0] == 1
    steps = json.loads(run("sync", "--dry-run", "--json")[1])["steps"]
    assert [step["action"] for step in steps] == ["new"] * 3


def test_a_sync_without_sources_is_bad_use(run: Run) -> None:
    code, _, err = run("sync")
    assert (code, "[sources]" in err) == (2, True)


def test_pages_and_feeds_of_the_settings_are_synced_and_asked_again_only_for_news(
    run: Run, docs: Path, site: Site
) -> None:
    text = " ".join(f"word{n} of a page about bridges." for n in range(40))
    site.pages["/page.html"] = f"<html><head><title>A bridge</title></head><body><p>{text}</p></body></html>".encode()
    (docs.parent / "northbrief.toml").write_text(
        f'[sources]\nfolders = ["docs"]\naddresses = ["{site.url("/page.html")}"]\nallow_private = true\n', "utf-8"
    )
    assert site.url("/page.html") in run("sync", "--dry-run")[1]
    assert site.asked == []
    code, out, err = run("sync", "--json")
    assert (code, len(json.loads(out)["added"])) == (0, 4), err
    assert json.loads(run("sync", "--json")[1])["added"] == []


def test_an_unknown_key_among_the_sources_is_named(run: Run, docs: Path) -> None:
    (docs.parent / "northbrief.toml").write_text('[sources]\nfolder = ["docs"]\n', "utf-8")
    code, _, err = run("sync")
    assert (code, "sources.folder" in err, "one of folders, addresses, feeds, allow_private" in err) == (2, True, True)


def test_a_failed_document_ends_with_2_and_the_others_are_added(run: Run, configured: Path) -> None:
    (configured / "empty.txt").write_text("", "utf-8")
    code, out, err = run("sync")
    assert (code, "3 added" in out, "empty.txt" in err) == (2, True, True)


def test_check_backup_and_restore_from_the_command_line(run: Run, configured: Path) -> None:
    assert run("check")[0] == 2
    run("sync")
    assert json.loads(run("check", "--json")[1])["sound"]
    assert json.loads(run("backup", "copy.db", "--json")[1])["briefs"] == 3
    run("remove", "a")
    assert (run("show", "a")[0], run("restore", "copy.db")[0], run("show", "a")[0]) == (1, 0, 0)


def interrupt_when(done: Callable[[], bool], stop: threading.Event) -> threading.Thread:
    """Ctrl-C as soon as it is done; again until the command has stopped, for an interrupt may fall where it is lost."""

    def work() -> None:
        while not stop.wait(0.05):
            if done():
                os.kill(os.getpid(), signal.SIGINT)
                stop.wait(10)

    thread = threading.Thread(target=work)
    thread.start()
    return thread


def test_watching_follows_a_change_until_it_is_stopped(index: Index, configured: Path, run: Run) -> None:
    (configured.parent / "home").mkdir()
    home = Index.open(configured.parent / "home", encoder=index.encoder)
    new = configured / "new.txt"

    def seen() -> bool:
        if home.brief("c") and not new.exists():
            new.write_text("A new document appeared.", "utf-8")
        return home.brief("new") is not None

    thread = interrupt_when(seen, stop := threading.Event())
    try:
        code, _, err = run("sync", "--watch")
    finally:
        stop.set()
        thread.join()
    assert (code, "Stopped" in err) == (130, True)
    assert Retriever(home).search("A new document appeared.")[0].brief.id == "new"
    home.close()
    assert check_index(configured.parent / "home", encoder=index.encoder).sound


def test_a_file_that_comes_during_the_first_sync_is_not_missed_by_the_watch(
    configured: Path, run: Run, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    (configured.parent / "home").mkdir()
    home = Index.open(configured.parent / "home", encoder=index.encoder)
    began = time.monotonic()

    def scan_and_more(*arguments: Any) -> Scan:
        found = scan(*arguments)
        if not (configured / "late.txt").exists():
            (configured / "late.txt").write_text("It came after the scan.", "utf-8")
        return found

    monkeypatch.setattr("northbrief.index.sync.scan", scan_and_more)
    thread = interrupt_when(
        lambda: home.brief("late") is not None or time.monotonic() - began > 20, stop := threading.Event()
    )
    try:
        assert run("sync", "--watch")[0] == 130
    finally:
        stop.set()
        thread.join()
    assert home.brief("late")
    home.close()


def test_a_plan_names_where_a_moved_document_lay() -> None:
    known = documents({"/r/0": b"x"})
    found = Scan(tuple(documents({"/r/1": b"x"}).values()), ("/r",), (), ())
    assert plan_sync(known, found, lambda _: False).steps == (Step(Action.MOVED, "/r/1", was="/r/0"),)
