"""Nothing lost: python -m tests.benchmarks.keeping kill | concurrency | files | machine; --help has the sizes.

`kill` ends a process that adds, removes, syncs, rebuilds and backs up, by SIGKILL at random instants, and then compares
the index with what the process had reported. `concurrency` searches from several processes while one writes. `files`
times a second sync of unchanged files. `machine` runs the state machine of test_machine.py. An encoder of hashes keeps
encoding out of the way. Exit code 1: it did not hold.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any

os.environ["OMP_NUM_THREADS"] = "1"  # threads of a library do not survive a fork

import numpy as np
from northbrief.corpus import Brief, StoreMismatch
from northbrief.index import Encoding, Index, Retriever, dense
from northbrief.index.backup import backup_index
from northbrief.index.check import check_index
from northbrief.index.large import Large
from northbrief.index.rows import read_passages
from northbrief.index.sync import apply_sync, known_documents, plan_sync, scan
from northbrief.index.types import Floats, unit
from northbrief.index.vectors import read_all_vectors

from ..conftest import FakeEncoder

IDS = [f"k{n}" for n in range(12)]
FILES = [f"f{n}.txt" for n in range(8)]
ENCODERS = {"fake": 32, "other": 48}
ROUNDS = 3  # of quiet and written times in turns
LARGE, LARGE_FROM = 130, 500  # briefs a large world begins with, and passages from which it keeps a FAISS file
State = dict[str, str | None]


def text_of(name: str, version: int) -> str:
    """One to four passages; the last is of this version alone, the others are shared with other versions."""
    parts = [f"{name}p{n}" for n in range(version % 4)] + [f"{name}v{version}"]
    return "\n\n".join(" ".join(f"{part}w{i}" for i in range(40)) + "." for part in parts)


class Quick(FakeEncoder):
    """The fake encoder, which draws a word's vector once."""

    def pieces(self, text: str) -> list[int]:
        return [piece for word in text.lower().split() for piece in pieces_of(word)]

    def _encode(self, text: str) -> Encoding:
        pieces = self.pieces(text)[: self.spec.max_pieces]
        tokens = np.array([row_of(piece, self.spec.dimension) for piece in pieces], dtype=np.float32)
        return Encoding(unit(tokens.sum(axis=0)), np.array(pieces, dtype=np.int64), tokens)


@cache
def pieces_of(word: str) -> list[int]:
    return FakeEncoder().pieces(word)


@cache
def row_of(piece: int, dimension: int) -> Floats:
    return unit(np.random.default_rng(piece).standard_normal(dimension).astype(np.float32))


def encoder(name: str) -> FakeEncoder:
    return Quick(name=name, dimension=ENCODERS[name])


def open_index(path: Path) -> Index:
    """The index, with whichever of the encoders it was last rebuilt."""
    try:
        return Index.open(path, encoder=encoder("fake"))
    except StoreMismatch:
        return Index.open(path, encoder=encoder("other"))


def sync(index: Index, folder: Path) -> None:
    found = scan([folder], known := known_documents(index))
    apply_sync(index, found, plan_sync(known, found), prune=True)


# --- the process that is killed --------------------------------------------------------------------------------------


def work(world: Path, seed: int) -> None:
    """Change the index until killed; each step is written down before it begins and after it was reported as done."""
    log = os.open(world / "log", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    pick = random.Random(seed)
    versions = pick.randrange(1, 1_000_000)

    def say(**line: Any) -> None:
        os.write(log, json.dumps(line).encode() + b"\n")

    index = open_index(world / "index.db")
    while True:
        step = pick.choices(["add", "remove", "sync", "rebuild", "backup"], [5, 3, 4, 1, 1])[0]
        if step == "add":
            chosen = pick.sample(IDS, pick.randint(1, 6))
            versions += 1
            texts = {name: text_of(name, versions) for name in chosen}
            say(step=step, briefs=texts)
            index.add(Brief(id=name, title=f"Title of {name}", text=text) for name, text in texts.items())
        elif step == "remove":
            name = pick.choice(IDS)
            say(step=step, briefs={name: None})
            index.remove(name)
        elif step == "sync":
            for name in pick.sample(FILES, 3):
                versions += 1
                file = world / "docs" / name
                say(step="edit", file=name)
                if file.exists() and pick.random() < 0.3:
                    file.unlink()
                elif file.exists() and pick.random() < 0.3:
                    file.rename(file.with_name(f"m{versions}.txt"))
                else:
                    scratch = world / "scratch"  # a file is there whole, or as it was
                    scratch.write_text(text_of(name, versions), "utf-8")
                    scratch.replace(file)
            say(step=step)
            sync(index, world / "docs")
        elif step == "rebuild":
            say(step=step)
            name = pick.choice(list(ENCODERS))
            index.close()
            Index.rebuild(world / "index.db", encoder=encoder(name))
            index = Index.open(world / "index.db", encoder=encoder(name))
        else:
            say(step=step)
            backup_index(world / "index.db", world / "backup.db")
        say(done=step)


def killed_after(seconds: float, child: Callable[[], None]) -> bool:
    """Run `child` in a process of its own and kill it; whether it was still at work."""
    process = os.fork()
    if not process:
        try:
            child()
        finally:
            os._exit(3)
    time.sleep(seconds)
    still = os.waitpid(process, os.WNOHANG) == (0, 0)
    if still:
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
    return still


# --- what must hold --------------------------------------------------------------------------------------------------


def read_log(world: Path, state: State) -> tuple[State, State, str, bool]:
    """(state reported as done, what the unfinished step may have changed, that step, whether files agree)."""
    unsure: State = {}
    running, edited = "", False
    file = world / "log"
    for line in file.read_text("utf-8").splitlines() if file.exists() else []:
        entry = json.loads(line)
        if "done" in entry:
            state |= unsure
            unsure, running = {}, ""
            edited = edited and entry["done"] != "sync"
        elif entry["step"] == "edit":
            edited = True
        else:
            running, unsure = entry["step"], entry.get("briefs", {})
    file.unlink(missing_ok=True)
    return state, unsure, running, edited


def problems(world: Path, state: State, unsure: State, running: str, edited: bool) -> Iterator[str]:
    """Everything that is not as it must be; `state` is brought up to what is there."""
    path = world / "index.db"
    with open_index(path) as index:
        report = check_index(path, encoder=index.encoder)
        yield from (f"check: {fault.part}: {fault.found}" for fault in report.faults)
        there = {brief.id: brief for brief in index.briefs()}
        for name in IDS:
            found = there[name].text if name in there else None
            if found != state.get(name) and (name not in unsure or found != unsure[name]):
                yield f"{name} is neither as reported nor as the unfinished step would make it"
            state[name] = found
        if not edited and running != "sync":
            yield from files_disagree(index, world / "docs")
        sync(index, world / "docs")  # goes on where it stopped
        yield from files_disagree(index, world / "docs")
        yield from searches_disagree(index)
    if (world / "backup.db").exists():
        copy = world / "copy.db"
        copy.write_bytes((world / "backup.db").read_bytes())
        with open_index(copy) as restored:
            yield from (f"backup: {f.part}: {f.found}" for f in check_index(copy, encoder=restored.encoder).faults)
        copy.unlink()


def files_disagree(index: Index, folder: Path) -> Iterator[str]:
    files = sorted((str(file.resolve()), file.read_text("utf-8")) for file in folder.iterdir())
    briefs = sorted((brief.source, brief.text) for brief in index.briefs() if brief.source)
    if files != briefs:
        missing = [(source, text[:20]) for source, text in files if (source, text) not in briefs]
        extra = [(source, text[:20]) for source, text in briefs if (source, text) not in files]
        yield f"not in the index: {missing}; not in the folder: {extra}"


def searches_disagree(index: Index) -> Iterator[str]:
    """Compare with cosines by hand, and with an index made anew of the same briefs."""
    briefs = index.briefs()
    if not briefs:
        return
    queries = [briefs[0].text[:60], briefs[-1].text[-60:], "k3p0w1 k3p0w2 k5p1w3"]
    with index.reading() as view:
        _, vectors = read_all_vectors(view.connection, index.encoder.spec.dimension)
        for query in queries:
            encoding = index.encoder.encode([query])[0]
            cosines = vectors @ encoding.vector
            got, scores = view.nearest(encoding.vector, 5, ())
            wanted = np.sort(cosines)[::-1][: len(scores)]
            if not np.allclose(scores, wanted, atol=0.03 if isinstance(view.dense, Large) else 1e-4):
                yield f"dense search gives {scores}, by hand {wanted}"
            if len(read_passages(view.connection, got.tolist())) != len(got):
                yield "dense search names passages that are gone"
    if dense.APPROXIMATE_FROM == LARGE_FROM:  # codes of 8 bits, trained anew, rank a little otherwise
        return
    with tempfile.TemporaryDirectory() as scratch, Index.open(Path(scratch, "i.db"), encoder=index.encoder) as fresh:
        fresh.add(briefs)
        for query in queries:
            if (wanted_hits := listed(fresh, query)) != (hits := listed(index, query)):
                odd = sorted(set(hits) ^ set(wanted_hits))[:2]
                yield f"{query!r} finds other passages than in an index made anew: {odd}"


def listed(index: Index, query: str) -> list[tuple[str, str, float]]:
    hits = Retriever(index, cap=None).search(query, k=1000)
    return sorted((hit.brief.title, hit.passage.text, round(hit.similarity, 3)) for hit in hits)


def kill_test(times: int, seed: int) -> dict[str, Any]:
    """Kill `times` processes at random instants; {"instants", "steps cut", "problems"}."""
    pick = random.Random(seed)
    cut: dict[str, int] = {}
    found: list[str] = []
    done = 0
    while done < times:
        with tempfile.TemporaryDirectory() as folder:
            world, state = Path(folder), State()
            (world / "docs").mkdir()
            large = pick.random() < 0.3
            dense.APPROXIMATE_FROM = LARGE_FROM if large else 60_000
            if large:
                with Index.open(world / "index.db", encoder=encoder("fake")) as index:
                    index.add(
                        Brief(id=f"base{n}", title=f"Title {n}", text=text_of(f"base{n}", 3)) for n in range(LARGE)
                    )
            for _ in range(min(20, times - done)):
                number = pick.randrange(1 << 30)
                if not killed_after(pick.uniform(0.005, 0.5), partial(work, world, number)):
                    found.append("a process ended by itself")
                state, unsure, running, edited = read_log(world, state)
                cut[running or "between steps"] = cut.get(running or "between steps", 0) + 1
                found += problems(world, state, unsure, running, edited)
                done += 1
    return {"instants": done, "steps cut": cut, "problems": found}


# --- many searching, one writing -------------------------------------------------------------------------------------


class Together:
    """The processes of one turn begin when all are ready, and end `seconds` later."""

    def __init__(self, place: Path, processes: int, seconds: float) -> None:
        self._place, self._processes, self._seconds = place, processes, seconds

    def end(self) -> float:
        """Wait for the others; when to end."""
        self._place.mkdir(exist_ok=True)
        (self._place / str(os.getpid())).touch()
        while len(list(self._place.iterdir())) < self._processes:
            time.sleep(0.01)
        return time.time() + self._seconds


def search_until(path: Path, start: Together, out: Path, seed: int) -> None:
    """Search, and hold each hit against what the store says in the same view; write down times and what was wrong."""
    pick = random.Random(seed)
    times: list[float] = []
    wrong: list[str] = []
    gone_seen = 0
    try:
        with Index.open(path, encoder=encoder("fake")) as index:
            retriever = Retriever(index)
            retriever.search("base1p0w1")
            end = start.end()
            while time.time() < end:
                name = f"base{pick.randrange(300)}"
                removed = set((path.parent / "removed").read_text("utf-8").split())
                began = time.perf_counter()
                hits = retriever.search(f"{name}p0w1 {name}p0w2 {name}p1w3", k=8)
                times.append(time.perf_counter() - began)
                if not hits or hits[0].brief.id != name:
                    wrong.append(f"{name} is not found")
                for hit in hits:
                    if hit.passage.text != hit.brief.text[hit.passage.start : hit.passage.end]:
                        wrong.append(f"a torn passage of {hit.brief.id}")
                    if hit.brief.id in removed:
                        wrong.append(f"{hit.brief.id} is found after it was removed")
                for brief_id in pick.sample(sorted(removed), min(2, len(removed))):
                    gone_seen += 1
                    if any(hit.brief.id == brief_id for hit in retriever.search(f"{brief_id}v1w1 {brief_id}v1w2", k=3)):
                        wrong.append(f"{brief_id} is found after it was removed")
                time.sleep(pick.uniform(0, 0.1))  # readers think in between
    except Exception as error:
        wrong.append(repr(error))
    out.write_text(json.dumps({"times": times, "wrong": wrong, "gone": gone_seen}), "utf-8")


def write_until(path: Path, start: Together, out: Path) -> None:
    """Add and remove briefs, never one that searches look for; what was removed is said after `remove` returned."""
    wrong: list[str] = []
    count = 0
    file = path.parent / "removed"
    removed = file.read_text("utf-8").split()
    try:
        with Index.open(path, encoder=encoder("fake")) as index:
            end = start.end()
            while time.time() < end:
                count += 1
                names = [f"new{os.getpid()}x{count}x{n}" for n in range(4)]
                report = index.add(Brief(id=n, title=n, text=text_of(n, 1)) for n in names)
                if len(report.added) != 4:
                    wrong.append(f"{4 - len(report.added)} briefs were not added")
                index.remove(names[0])
                removed.append(names[0])
                scratch = path.parent / f".removed{os.getpid()}"
                scratch.write_text(" ".join(removed), "utf-8")
                os.replace(scratch, file)
                time.sleep(0.02)
    except Exception as error:
        wrong.append(repr(error))
    out.write_text(json.dumps({"times": [], "wrong": wrong, "added": 4 * count}), "utf-8")


def in_processes(*children: Callable[[], None]) -> None:
    processes = []
    for child in children:
        process = os.fork()
        if not process:
            try:
                child()
            finally:
                os._exit(0)
        processes.append(process)
    for process in processes:
        os.waitpid(process, 0)


def concurrency_test(seconds: float, searching: int) -> dict[str, Any]:
    """Search from several processes, first in quiet, then while one process writes; then two write at once."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "index.db")
        (path.parent / "removed").write_text("", "utf-8")
        with Index.open(path, encoder=encoder("fake")) as index:
            index.add(Brief(id=f"base{n}", title=f"Title {n}", text=text_of(f"base{n}", 3)) for n in range(300))
        figures: dict[str, dict[str, Any]] = {
            name: {"times": [], "added": [], "gone": 0} for name in ("quiet", "written", "two writing")
        }
        wrong: list[str] = []
        # In turns, so that a machine whose other load comes and goes is as slow for one as for the other.
        turns = [("quiet", seconds / ROUNDS / 5, 0), ("written", seconds / ROUNDS, 1)] * ROUNDS
        for turn, (name, length, writers) in enumerate([*turns, ("two writing", min(seconds, 10), 2)]):
            start = Together(path.parent / f"{turn}", searching + writers, length)
            outs = [path.parent / f"{turn}-{n}.json" for n in range(searching)]
            writes = [path.parent / f"{turn}-w{n}.json" for n in range(writers)]
            in_processes(
                *(partial(search_until, path, start, out, n) for n, out in enumerate(outs)),
                *(partial(write_until, path, start, out) for out in writes),
            )
            for said in (json.loads(out.read_text("utf-8")) for out in (*outs, *writes)):
                wrong += said["wrong"]
                figures[name]["times"] += said["times"]
                figures[name]["added"] += [said["added"]] if "added" in said else []
                figures[name]["gone"] += said.get("gone", 0)
        with Index.open(path, encoder=encoder("fake")) as index:
            added = sum(sum(each["added"]) for each in figures.values())
            if len(index.briefs()) != 300 + added * 3 // 4:
                wrong.append(f"{len(index.briefs())} briefs, expected {300 + added * 3 // 4}")
            wrong += [fault.found for fault in check_index(path, encoder=index.encoder).faults]
    table = {name: summary(**each) for name, each in figures.items()}
    ratio = {"ratio of p95": table["written"]["p95 ms"] / table["quiet"]["p95 ms"]}
    return table | ratio | {"processors": os.cpu_count(), "load": os.getloadavg(), "problems": wrong}


def summary(times: list[float], added: list[int], gone: int) -> dict[str, Any]:
    ordered = sorted(times) or [float("nan")]
    p50, p95 = (1000 * ordered[int(share * len(ordered))] for share in (0.5, 0.95))
    return {"searches": len(times), "p50 ms": p50, "p95 ms": p95, "added": added, "asked for removed": gone}


# --- a thousand files ------------------------------------------------------------------------------------------------


def files_test(count: int) -> dict[str, Any]:
    """Sync `count` files twice, then with one changed, then with one moved; seconds and texts encoded."""
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        docs = Path(folder, "docs")
        docs.mkdir()
        for n in range(count):
            (docs / f"f{n}.txt").write_text(text_of(f"f{n}", 3), "utf-8")
        counting = encoder("fake")
        with Index.open(Path(folder, "index.db"), encoder=counting) as index:
            for name, change in (
                ("first", lambda: None),
                ("again", lambda: None),
                ("one changed", lambda: (docs / "f7.txt").write_text(text_of("f7", 3) + "\n\nOne more line.", "utf-8")),
                ("one moved", lambda: (docs / "f8.txt").rename(docs / "moved.txt")),
            ):
                change()
                counting.encoded.clear()
                began = time.perf_counter()
                sync(index, docs)
                figures[name] = {"seconds": time.perf_counter() - began, "encoded": len(counting.encoded)}
    return figures


def machine_test(steps: int) -> dict[str, Any]:
    """Run the state machine of tests/test_machine.py for `steps` steps."""
    from hypothesis import HealthCheck, settings
    from hypothesis.stateful import run_state_machine_as_test

    from ..test_machine import Library

    taken = 0

    class Counted(Library):
        def check_invariants(self, *arguments: Any, **named: Any) -> None:
            nonlocal taken
            taken += 1
            super().check_invariants(*arguments, **named)

    checks = list(HealthCheck)
    began = time.perf_counter()
    while taken < steps:
        run_state_machine_as_test(
            Counted,
            settings=settings(
                max_examples=max(1, steps // 100), stateful_step_count=50, deadline=None, suppress_health_check=checks
            ),
        )
    return {"steps": taken, "seconds": time.perf_counter() - began}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("test", choices=["kill", "concurrency", "files", "machine"])
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--searching", type=int, default=8)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--steps", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    result = {
        "kill": lambda: kill_test(given.times, given.seed),
        "concurrency": lambda: concurrency_test(given.seconds, given.searching),
        "machine": lambda: machine_test(given.steps),
        "files": lambda: files_test(given.count),
    }[given.test]()
    print(json.dumps(result, indent=1, default=str))
    sys.exit(1 if result.get("problems") else 0)


if __name__ == "__main__":
    main()
