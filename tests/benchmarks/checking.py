"""How well claims are checked: python -m tests.benchmarks.checking [--data DATA] [--claims FOLDER]

True claims from the shelf, and from the briefs and articles in DATA where it is there, with one error of each kind
planted (tests/planted.py); the claims written by hand about the shelf (tests/claims.jsonl): "last" was not looked at
while rules were made, the others were; claims of others from a folder; what each part adds; and the time of one check
beside that of encoding.
"""

import argparse
import json
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from northbrief.corpus import Brief, load_briefs
from northbrief.corpus.shelf import load_shelf
from northbrief.index import Encoder
from northbrief.index.encoder import load_encoder
from northbrief.qa import meaning
from northbrief.qa.faults import PARTS
from northbrief.qa.meaning import ALIKE
from northbrief.qa.texts import read, read_quotes
from northbrief.qa.verify import check
from northbrief.qa.weighing import SUPPORTED_FROM, carried, features, fit

from ..planted import KINDS, Planted, planted, true_claims

CLAIMS = Path(__file__).parents[1] / "claims.jsonl"
COUNT = 300
SPLITS = ("fit", "test", "late", "tune", "blind", "fresh", "second", "last", "reader")


def by_hand(split: str) -> list[Planted]:
    """The claims written by hand, `kind` "" for the fair ones."""
    rows = [json.loads(line) for line in CLAIMS.read_text("utf-8").splitlines()]
    return [
        Planted(row["brief"], None, row["quote"], row["quote"], row["claim"], row["kind"].replace("fair", ""), "hand")
        for row in rows
        if row["split"] == split
    ]


def flagged_without(claim: Planted, encoder: Encoder) -> frozenset[str]:
    """The parts without which the claim is still flagged; "" stands for all parts at work."""
    said, evidence = read(claim.claim, claim.published), read_quotes((claim.quote,), claim.published)
    found = {name: list(part(said, evidence, encoder)) for name, part in PARTS.items()}
    score, unmet, _ = fit(said, evidence, encoder)

    def flagged(part: str) -> bool:
        signs = [fault.sign for name, faults in found.items() if name != part for fault in faults]
        figures = features(said, evidence, score, signs, encoder)
        return bool(signs or unmet or score < ALIKE) and carried(figures, signs) < SUPPORTED_FROM

    return frozenset(part for part in ("", *PARTS) if flagged(part))


def shares(
    claims: Iterable[Planted], found: Sequence[frozenset[str]], without: str = ""
) -> dict[str, tuple[int, float]]:
    """For each kind the number of claims and the share that is flagged, by all parts but one."""
    counts: Counter[str] = Counter()
    caught: Counter[str] = Counter()
    for claim, parts in zip(claims, found, strict=True):
        counts[claim.kind] += 1
        caught[claim.kind] += without in parts
    return {kind: (counts[kind], caught[kind] / counts[kind]) for kind in counts}


def report(name: str, briefs: Sequence[Brief], seed: int, encoder: Encoder) -> None:
    """Print what is flagged among true claims, what is caught of each kind, and the same without each part."""
    true = true_claims(briefs, COUNT, seed)
    claims = [*true, *planted(true, seed)]
    found = [flagged_without(claim, encoder) for claim in claims]
    print(f"\n{name}, seed {seed}: {COUNT} true claims, {sum(c.how != 'exact' for c in true)} of them reworded")
    kinds = ["", *KINDS]
    print("without     " + "".join(f"{kind or 'true':>11}" for kind in kinds) + "    all planted")
    for part in ("", *PARTS):
        result = shares(claims, found, part)
        caught = [part in parts for claim, parts in zip(claims, found, strict=True) if claim.kind]
        row = "".join(f"{result.get(kind, (0, float('nan')))[1]:>11.3f}" for kind in kinds)
        print(f"{part or '(none)':<12}{row}{np.mean(caught):>11.3f}")
    print("claims      " + "".join(f"{shares(claims, found).get(kind, (0, 0))[0]:>11}" for kind in kinds))


def of_others(path: Path, encoder: Encoder) -> None:
    """Print what is flagged of the supported claims of a file, and caught of the others."""
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
    verdicts = [check(row["claim"], row["quotes"], encoder=encoder) for row in rows]
    true = [verdict for row, verdict in zip(rows, verdicts, strict=True) if row["supported"]]
    false = [verdict for row, verdict in zip(rows, verdicts, strict=True) if not row["supported"]]
    flagged, caught = (float(np.mean([verdict != "supported" for verdict in each])) for each in (true, false))
    print(
        f"{path.stem}: {len(true)} true, flagged {flagged:.3f} (called unsupported "
        f"{np.mean([verdict == 'unsupported' for verdict in true]):.3f}); {len(false)} false, caught {caught:.3f}; "
        f"balanced accuracy {(1 - flagged + caught) / 2:.3f}"
    )


def _read_anew() -> None:
    """Forget what was read and encoded."""
    read.cache_clear()
    read_quotes.cache_clear()
    meaning._encoded.cache_clear()


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, default=None, help="folder with kcna-2024.jsonl and briefs/")
    parser.add_argument("--claims", type=Path, default=None, help="folder of .jsonl: claim, quotes, supported")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    encoder = load_encoder()
    shelf = list(load_shelf())
    report("shelf", shelf, options.seed, encoder)
    if options.data:
        report(
            "data", list(load_briefs(options.data / "kcna-2024.jsonl", options.data / "briefs")), options.seed, encoder
        )
    for split in SPLITS:
        claims = by_hand(split)
        result = shares(claims, [flagged_without(claim, encoder) for claim in claims])
        print(
            f"\nby hand, {split}: "
            + ", ".join(f"{kind or 'fair'} {n} flagged {s:.2f}" for kind, (n, s) in result.items())
        )
        false = [claim for claim in claims if claim.kind]
        caught = np.mean(["" in flagged_without(claim, encoder) for claim in false])
        print(f"  all wrong ones, caught: {caught:.2f} of {len(false)}")
    if options.claims:
        for path in sorted(options.claims.glob("*.jsonl")):
            of_others(path, encoder)
    fair = [claim for split in SPLITS for claim in by_hand(split) if not claim.kind]
    wrong = list(planted(fair, 3))
    result = shares(wrong, [flagged_without(claim, encoder) for claim in wrong])
    print("errors planted in the fair ones: " + ", ".join(f"{kind} {n} {s:.2f}" for kind, (n, s) in result.items()))
    written = [claim for split in SPLITS for claim in by_hand(split)]
    fresh = ([claim for claim in true_claims(shelf, COUNT, 99) if claim.how != "exact"] + written)[-COUNT:]
    checks, encodings, parts, waits = [], [], [], []
    for number, claim in enumerate(fresh):
        texts = [f"{number} {claim.claim}", f"{number} {claim.quote}"]  # not in any cache
        start = time.process_time()
        for text in texts:
            encoder.encode([text])
        encodings.append(1e3 * (time.process_time() - start))
        _read_anew()
        began, start = time.perf_counter(), time.process_time()
        check(claim.claim, [claim.quote], published=claim.published, encoder=encoder)
        checks.append(1e3 * (time.process_time() - start))
        waits.append(1e3 * (time.perf_counter() - began))
        read.cache_clear()
        read_quotes.cache_clear()
        start = time.process_time()
        check(claim.claim, [claim.quote], published=claim.published, encoder=encoder)
        parts.append(1e3 * (time.process_time() - start))
    print(f"\none check of {len(fresh)} claims, reworded and by hand, processor time: p50 {np.median(checks):.1f} ms, "
          f"p95 {np.quantile(checks, 0.95):.1f} ms; encoding {np.median(encodings):.1f} ms of it; once "
          f"encoded {np.median(parts):.1f} ms; by the clock p50 {np.median(waits):.1f} ms")  # fmt: skip


if __name__ == "__main__":
    main()
