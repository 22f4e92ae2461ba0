"""Speed and size: python -m tests.benchmarks.speed --data ../shared/data [--passages 100000]

Indexing everything against sentence-transformers on torch in the same run, one search, process start to first hits,
bytes a passage with and without token vectors; and an index grown to many passages. Those are made from real ones:
sentences shuffled within a document, vectors moved a little (clustered, as updates and syndicated copies are), so
that everything but the encoder does its real work. Timings on a shared machine are noisy: compare within one run.
"""

import argparse
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from northbrief.corpus import Brief, load_briefs
from northbrief.corpus.chunk import Chunking
from northbrief.corpus.sentences import sentence_spans
from northbrief.index import Encoder, Encoding, Index, Retriever
from northbrief.index.encoder import load_encoder
from northbrief.index.export import load_sentence_transformer
from northbrief.index.ingest import prepare
from northbrief.index.types import unit
from northbrief.index.weights import MINILM, pinned_folder
from northbrief.qa.evaluate import read_questions

FIRST_HITS = """
import sys, time
began = time.perf_counter()
from northbrief.index import Index, Retriever
opened = time.perf_counter()
index = Index.open(sys.argv[1])
len(index)
ready = time.perf_counter()
Retriever(index).search(sys.argv[2])
peak = next((line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")), "0")
print(time.perf_counter() - began, ready - opened, int(peak) / 1024)
assert "torch" not in sys.modules and "gradio" not in sys.modules
"""


class Moved:
    """An encoder for made-up passages: those of a real passage get its encoding, moved a little; the rest is real."""

    def __init__(self, real: Encoder, stock: Sequence[Encoding]) -> None:
        self.real, self.stock, self.spec = real, stock, real.spec
        self._random = np.random.default_rng(0)
        self._next = 0

    def pieces(self, text: str) -> list[int]:
        return self.real.pieces(text)

    def offsets(self, text: str) -> list[tuple[int, int]]:
        return self.real.offsets(text)

    def encode(self, texts: Sequence[str]) -> list[Encoding]:
        if len(texts) == 1:
            return self.real.encode(texts)
        return [self._moved() for _ in texts]

    def _moved(self) -> Encoding:
        near = self.stock[self._next % len(self.stock)]
        self._next += 1
        noise = self._random.standard_normal(near.vector.shape).astype(np.float32) * 0.02
        return Encoding(unit(near.vector + noise), near.pieces, near.tokens)


def grown(briefs: list[Brief], count: int) -> Iterator[Brief]:
    """Briefs made of the sentences of real ones, `count` of them."""
    shuffle = random.Random(0)
    sentences = [[brief.text[a:b] for a, b in sentence_spans(brief.text[brief.body :])] for brief in briefs]
    for number in range(count):
        which = number % len(briefs)
        parts = [*sentences[which], *shuffle.choice(sentences)[:3]]
        shuffle.shuffle(parts)
        yield Brief(
            id=f"made-{number}", title=briefs[which].title, text=" ".join(parts), published=briefs[which].published
        )


def timed(retriever: Retriever, questions: list[str]) -> str:
    """p50 / p95 of one search at a time, in milliseconds."""
    for question in questions[:3]:
        retriever.search(question)
    times = []
    for question in questions:
        began = time.perf_counter()
        retriever.search(question)
        times.append(1000 * (time.perf_counter() - began))
    return f"{statistics.median(times):.1f} / {np.percentile(times, 95):.1f} ms"


def size(folder: str) -> int:
    """Bytes of all files in the folder."""
    return sum(file.stat().st_size for file in Path(folder).iterdir())


def first_hits(folder: str) -> str:
    """Process start to first hits, opening, and peak memory, best of three."""
    runs = []
    for _ in range(3):
        began = time.perf_counter()
        made = subprocess.run(
            [sys.executable, "-c", FIRST_HITS, folder, "trade with China"], capture_output=True, text=True, check=True
        )
        runs.append((time.perf_counter() - began, *map(float, made.stdout.split())))
    whole, _, opening, memory = min(runs)
    return f"{whole:.2f} s, of which opening {opening:.2f} s; {memory:.0f} MB"


def torch_speed(texts: list[str]) -> float:
    """Passages a second of sentence-transformers on torch, at its own default batch size."""
    model: Any = load_sentence_transformer(str(pinned_folder(MINILM)))
    model.encode(texts[:32])
    began = time.perf_counter()
    model.encode(texts)
    return len(texts) / (time.perf_counter() - began)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--passages", type=int, default=0, help="grow an index to about this many passages")
    arguments = parser.parse_args()
    data: Path = arguments.data
    encoder = load_encoder()
    briefs = list(load_briefs(data / "briefs", data / "kcna-2024.jsonl"))
    questions = [question.text for question in read_questions(data / "questions-train.jsonl")][:200]
    with tempfile.TemporaryDirectory() as folder:
        with Index.open(folder, encoder=encoder) as index:
            index.add(briefs[:1])  # the codec, once a machine
            began = time.perf_counter()
            report = index.add(briefs)
            ours = report.passages / (time.perf_counter() - began)
            texts = [text for brief in index.briefs() for text in prepare(brief, encoder, Chunking()).inputs][::12]
            theirs = torch_speed(texts)
            print(
                f"indexed, everything stored: {ours:.0f} passages/s; torch encodes {theirs:.0f}/s: {ours / theirs:.1f}x"
            )
            print(f"one search, {len(index)} passages: {timed(Retriever(index), questions)}")
            print(f"... without re-ranking: {timed(Retriever(index, rerank=False), questions)}")
            passages = len(index)
        print(f"{size(folder) / passages:.0f} bytes a passage")
        print(f"process start to first hits: {first_hits(folder)}")
    with tempfile.TemporaryDirectory() as folder:
        with Index.open(folder, encoder=encoder, late=False) as index:
            passages = index.add(briefs[:300]).passages
        print(f"{size(folder) / passages:.0f} bytes a passage without token vectors")
    if arguments.passages:
        large(arguments.passages, briefs, encoder, questions)


def large(passages: int, briefs: list[Brief], encoder: Encoder, questions: list[str]) -> None:
    """Print the figures of an index of about `passages` passages."""
    with tempfile.TemporaryDirectory() as folder:
        stock = encoder.encode(
            [brief.title + "\n" + brief.text[brief.body : brief.body + 700] for brief in briefs[:400]]
        )
        moved = Moved(encoder, stock)
        with Index.open(folder, encoder=moved) as index:
            began = time.perf_counter()
            index.add(grown(briefs, int(passages / 3.3)))
            print(f"{len(index)} passages made in {time.perf_counter() - began:.0f} s")
            print(f"one search: {timed(Retriever(index), questions)}")
            print(f"{size(folder) / len(index):.0f} bytes a passage")
        print(f"process start to first hits: {first_hits(folder)}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory of this process: {peak:.0f} MB, on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
