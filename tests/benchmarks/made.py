"""Indexes of any size, made of the sentences of real briefs: python -m tests.benchmarks.made --data DATA --home FOLDER

The briefs of DATA and the shelf are encoded once, in their real passages, and added as they are. Then their sentences,
each with the token vectors it got in its own passage, are put together to new briefs: a brief draws three quarters of
its sentences from one of CLUSTERS clusters of like sentences and the rest from anywhere in its language. Words, names,
numbers and dates inside the sentences are as they were, so the share of passages that hold a word does not shrink as
the index grows. A made passage's token vectors are those of its title and sentences; its vector is the mean of them all
and noise as large as what such a mean differs by from real encodings. Everything goes through the real schema.

Making goes on where it was ended, and a made index is used again.
"""

import argparse
import random
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import faiss
import numpy as np
from northbrief.corpus import Brief, Passage, load_briefs
from northbrief.corpus.chunk import Chunking, passage_id
from northbrief.corpus.sentences import sentence_spans
from northbrief.corpus.shelf import load_shelf
from northbrief.index import Encoder, Index
from northbrief.index.build import fitted_codec
from northbrief.index.encoder import load_encoder
from northbrief.index.ingest import Prepared, front_text, pack_vector, prepare, write_passages
from northbrief.index.late import TokenCodec
from northbrief.index.lexical import terms
from northbrief.index.places import FILE_NAME
from northbrief.index.proof import brief_digest
from northbrief.index.relatives import record
from northbrief.index.rows import brief_row
from northbrief.index.types import Floats, unit

CLUSTERS = 24
KOREAN = 0.08  # of the made briefs
TOGETHER = 256  # briefs in one transaction
FIRST_DAY, DAYS = date(2000, 1, 1), 26 * 365
AUTHORS, INSTITUTIONS = 3_000, 60
PASSAGES = (2, 2, 3, 3, 4, 5, 6, 8, 10, 14)  # of a made brief, drawn at random: 5.7 on average


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with the sum (d,) of its token vectors, their number, their codes, its word pieces and its terms."""

    text: str
    total: Floats
    tokens: int
    packed: bytes
    pieces: list[int]
    pieces_set: frozenset[int]
    terms: str


@dataclass(frozen=True, slots=True)
class Stock:
    """The sentences of one language in clusters, titles to put in front, and how large the noise is, as a length."""

    clusters: tuple[tuple[Sentence, ...], ...]
    titles: tuple[Sentence, ...]
    noise: float


def real_briefs(data: Path) -> list[Brief]:
    """The documents of `data` and the shelf."""
    return [*load_briefs(data / "briefs", data / "kcna-2024.jsonl", data / "korean"), *load_shelf()]


def _part(text: str, rows: Floats, codec: TokenCodec, encoder: Encoder) -> Sentence:
    packed = codec.pack(rows) if len(rows) else b""
    pieces = encoder.pieces(text)
    return Sentence(text, rows.sum(axis=0), len(rows), packed, pieces, frozenset(pieces), " ".join(terms(text)))


def make_stock(briefs: Sequence[Brief], encoder: Encoder, codec: TokenCodec) -> Stock:
    """Encode the passages of the briefs and take them apart into sentences."""
    sentences: dict[str, Sentence] = {}
    titles: dict[str, Sentence] = {}
    apart = []
    for brief in briefs:
        prepared = prepare(brief, encoder, Chunking())
        for passage, text, encoding in zip(
            prepared.passages, prepared.inputs, encoder.encode(prepared.inputs), strict=True
        ):
            front = len(text) - len(passage.text)
            starts = np.array([start for start, _ in encoder.offsets(text)])
            if brief.title not in titles:
                titles[brief.title] = _part(brief.title, encoding.tokens[starts < front], codec, encoder)
            apart.append(1 - float(unit(encoding.tokens.sum(axis=0)) @ encoding.vector))
            for start, end in sentence_spans(passage.text):
                rows = encoding.tokens[(starts >= front + start) & (starts < front + end)]
                if len(rows) >= 4 and passage.text[start:end] not in sentences:
                    sentences[passage.text[start:end]] = _part(passage.text[start:end], rows, codec, encoder)
    found = list(sentences.values())
    means = unit(np.array([each.total for each in found], np.float32))
    count = max(1, min(CLUSTERS, len(found) // 150))
    kmeans = faiss.Kmeans(means.shape[1], count, seed=1, spherical=True, verbose=False)
    kmeans.cp.min_points_per_centroid = 1
    kmeans.train(means)
    nearest = kmeans.index.search(means, 1)[1][:, 0]
    clusters = [tuple(found[i] for i in np.flatnonzero(nearest == c)) for c in range(count)]
    return Stock(tuple(c for c in clusters if len(c) > 20), tuple(titles.values()), float(np.sqrt(2 * np.mean(apart))))


class Maker:
    """Makes briefs, the same ones for the same number."""

    def __init__(self, data: Path, encoder: Encoder) -> None:
        self.encoder = encoder
        self.codec = fitted_codec(encoder)
        self.real = real_briefs(data)
        self.english = make_stock([b for b in self.real if b.language != "ko"], encoder, self.codec)
        self.korean = make_stock([b for b in self.real if b.language == "ko"], encoder, self.codec)
        self.titles = (*self.english.titles, *self.korean.titles)

    def made(self, number: int) -> "Made":
        """The made brief of this number, cut and encoded."""
        draw = random.Random(number)
        language = "ko" if draw.random() < KOREAN else "en"
        stock = self.korean if language == "ko" else self.english
        topic = stock.clusters[min(int(draw.paretovariate(0.7)) - 1, 10**6) % len(stock.clusters)]
        title = draw.choice(stock.titles)
        room = min(Chunking().pieces, self.encoder.spec.max_pieces - 2 - len(title.pieces))
        groups = [self._group(draw, stock, topic, draw.uniform(0.6, 1.0) * room) for _ in range(draw.choice(PASSAGES))]
        brief = Brief(
            id=f"made-{number:07d}",
            title=title.text,
            text="\n\n".join(" ".join(each.text for each in group) for group in groups),
            authors=(f"Author {draw.randrange(AUTHORS):04}",),
            institution=f"Institute {int(draw.paretovariate(0.8)) % INSTITUTIONS:02}",
            published=FIRST_DAY + timedelta(days=draw.randrange(DAYS)) if draw.random() < 0.95 else None,
            language=language,
        )
        return Made(brief, title, groups, stock.noise)

    @staticmethod
    def _group(draw: random.Random, stock: Stock, topic: Sequence[Sentence], most: float) -> list[Sentence]:
        group, used = [draw.choice(topic)], 0
        used = len(group[0].pieces)
        while True:
            each = draw.choice(topic if draw.random() < 0.75 else draw.choice(stock.clusters))
            used += len(each.pieces)
            if used > most:
                return group
            group.append(each)


@dataclass(frozen=True, slots=True)
class Made:
    """A made brief and, for each of its passages, the sentences it is made of."""

    brief: Brief
    title: Sentence
    groups: list[list[Sentence]]
    noise: float

    def prepared(self, front: str) -> Prepared:
        """The brief cut into its passages, behind `front` each."""
        passages: list[Passage] = []
        seen: Counter[str] = Counter()
        at = 0
        for group in self.groups:
            text = " ".join(each.text for each in group)
            seen[text] += 1
            made = passage_id(self.brief.id, text, seen[text])
            passages.append(Passage(id=made, brief_id=self.brief.id, start=at, end=at + len(text), text=text))
            at += len(text) + 2
        inputs = tuple(front + passage.text for passage in passages)
        return Prepared(self.brief, brief_digest(self.brief), tuple(passages), inputs)

    def encodings(self, digests: Sequence[bytes]) -> dict[bytes, tuple[bytes, bytes | None]]:
        """What is stored of each passage."""
        noise = np.random.default_rng(int(self.brief.id[5:]))
        found: dict[bytes, tuple[bytes, bytes | None]] = {}
        for digest, group in zip(digests, self.groups, strict=True):
            mean = unit(np.asarray(self.title.total + np.sum([each.total for each in group], axis=0), np.float32))
            moved = noise.standard_normal(len(mean), np.float32) * (self.noise / np.sqrt(len(mean)))
            packed = self.title.packed + b"".join(each.packed for each in group)
            found[digest] = (pack_vector(unit(np.asarray(mean + moved, np.float32))), packed)
        return found


def write_made(connection: sqlite3.Connection, made: Made, prepared: Prepared) -> Counter[int]:
    """Write a made brief, and return in how many of its passages each word piece stands.

    It is `write_brief` with the terms and word pieces of each sentence looked up instead of found again.
    """
    row = brief_row(prepared.brief, prepared.digest)
    marks = ", ".join(f":{key}" for key in row)
    number = connection.execute(f"INSERT INTO briefs ({', '.join(row)}) VALUES ({marks})", row).lastrowid or 0
    rows = write_passages(connection, number, prepared, made.encodings(prepared.input_digests()))
    worded = (" ".join([made.title.terms, *(each.terms for each in group)]) for group in made.groups)
    connection.executemany(
        "INSERT INTO lexical (rowid, terms) VALUES (?, ?)", zip((n for n, _ in rows), worded, strict=True)
    )
    record(connection, number, prepared.brief.text, prepared.brief.body)
    held: Counter[int] = Counter()
    for group in made.groups:
        held.update(made.title.pieces_set.union(*(each.pieces_set for each in group)))
    return held


def make(folder: Path, passages: int, maker: Maker) -> Iterator[tuple[int, float]]:
    """Grow the index in `folder` to about `passages` passages; yields passages and seconds so far in this run."""
    began = time.perf_counter()
    with Index.open(folder, encoder=maker.encoder) as index:
        if not len(index):
            index.add(maker.real[: max(1, passages // 6)])
        with index.store.reading() as connection:
            done = connection.execute("SELECT coalesce(max(id), '') FROM briefs WHERE id LIKE 'made-%'").fetchone()[0]
        number = int(done[5:]) + 1 if done else 0
        count = len(index)
        fronts = {each.text: front_text(each.text, maker.encoder) for each in maker.titles}
        while count < passages:
            with index.store.writing() as connection:
                held: Counter[int] = Counter()
                for _ in range(TOGETHER):
                    made = maker.made(number)
                    held.update(write_made(connection, made, made.prepared(fronts[made.brief.title])))
                    number += 1
                    count += len(made.groups)
                    if count >= passages:
                        break
                connection.executemany(
                    "INSERT INTO pieces VALUES (?, ?) "
                    "ON CONFLICT (piece) DO UPDATE SET passages = passages + excluded.passages",
                    held.items(),
                )
            yield count, time.perf_counter() - began


def _copy(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)
        new.execute("PRAGMA journal_mode = WAL")


def main() -> None:
    """Make the indexes, telling how far it is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--home", type=Path, required=True, help="where the indexes lie, a folder for each size")
    parser.add_argument("--passages", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    arguments = parser.parse_args()
    maker = Maker(arguments.data, load_encoder())
    smaller: Path | None = None
    for passages in sorted(arguments.passages):
        folder = arguments.home / str(passages)
        folder.mkdir(parents=True, exist_ok=True)
        if smaller and not (folder / FILE_NAME).exists():
            _copy(smaller / FILE_NAME, folder / FILE_NAME)
        smaller = folder
        for count, seconds in make(folder, passages, maker):
            print(f"{passages}: {count} passages, {seconds:.0f} s", flush=True)


if __name__ == "__main__":
    main()
