"""Near-duplicates found and missed: python -m tests.benchmarks.duplicates --data ../shared/data

Every article of the news archive is edited in a known way and compared with itself; the archive's own links are listed.
"""

import argparse
import random
import re
import time
from collections.abc import Callable
from pathlib import Path

from northbrief.corpus import load_briefs
from northbrief.index.minhash import LONG, SURELY, band_keys, estimate, is_near, runs, signature


def main() -> None:
    """Print the cost, the links of the archive, and the share of edited copies that are found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    briefs = list(load_briefs(parser.parse_args().data / "kcna-2024.jsonl"))
    texts = [brief.text for brief in briefs]
    start = time.perf_counter()
    for text in texts:
        band_keys(signature(runs(text)))
    print(f"{(time.perf_counter() - start) / len(texts) * 1e3:.2f} ms a brief for runs, signature and bands")
    sets = [runs(text) for text in texts]
    near = [(i, j) for j in range(len(sets)) for i in range(j) if is_near(sets[i], sets[j])]
    seen = sum(met(sets[i], sets[j]) for i, j in near)
    days = sum(briefs[i].published == briefs[j].published for i, j in near)
    print(f"{len(near)} pairs of the archive are near, {seen} found by their bands, {days} of one day")
    rng = random.Random(1)
    sentences = [each for text in texts for each in re.split(r"(?<=[.!?])\s+", text) if len(each) > 30]
    words = [word for text in texts[:300] for word in text.split()]
    print("| edit | long texts found | short texts found |\n|---|---|---|")
    for name, edit in edits(rng, sentences, words):
        found = {True: [0, 0], False: [0, 0]}
        for text, own in zip(texts, sets, strict=True):
            other = runs(edit(text))
            count = found[len(own) >= LONG]
            count[0] += met(own, other) and is_near(own, other)
            count[1] += 1
        print(f"| {name} | {found[True][0] / found[True][1]:.2f} | {found[False][0] / found[False][1]:.2f} |")


def met(a: frozenset[str], b: frozenset[str]) -> bool:
    """Whether the index would look at the pair at all."""
    first, second = signature(a), signature(b)
    return bool(set(band_keys(first)) & set(band_keys(second))) and estimate(first, second) >= SURELY


def edits(rng: random.Random, sentences: list[str], words: list[str]) -> list[tuple[str, Callable[[str], str]]]:
    """The edits by name."""

    def replaced(share: float) -> Callable[[str], str]:
        return lambda text: " ".join(
            rng.choice(sentences) if rng.random() < share else each for each in re.split(r"(?<=[.!?])\s+", text)
        )

    def reworded(share: float) -> Callable[[str], str]:
        return lambda text: " ".join(rng.choice(words) if rng.random() < share else each for each in text.split())

    def syndicated(count: int) -> Callable[[str], str]:
        return lambda text: " ".join([rng.choice(sentences), text, *rng.sample(sentences, count)])

    def cut(share: float) -> Callable[[str], str]:
        return lambda text: " ".join(text.split()[: int(len(text.split()) * share)])

    return [
        *((f"{share:.0%} of the sentences replaced", replaced(share)) for share in (0.1, 0.2, 0.3, 0.4)),
        *((f"{share:.0%} of the words replaced", reworded(share)) for share in (0.02, 0.05, 0.1, 0.2)),
        *((f"a head and {count} sentences behind", syndicated(count)) for count in (2, 5, 10)),
        *((f"the first {share:.0%}", cut(share)) for share in (0.9, 0.8, 0.6, 0.5)),
    ]


if __name__ == "__main__":
    main()
