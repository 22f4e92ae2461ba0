"""Damaged and hostile files over all readers: python -m tests.benchmarks.mutations [--count 20000] [--seed 0]

Each input is read as `northbrief add` reads it. Printed by what was done: how many were read, how many refused, the
slowest, and any that ended in another error than ours; then the reasons most often given, and the memory of the largest
worker. Exit code 1 if anything broke.
"""

import argparse
import resource
import sys
import time
from collections import Counter, defaultdict

from northbrief.corpus.parse import SECONDS, close_workers

from ..mutations import Outcome, hostile, mutated, outcome


def main() -> None:
    """Read them all and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    began = time.perf_counter()
    rows: dict[str, list[Outcome]] = defaultdict(list)
    for case in mutated(options.count, options.seed):
        rows[case.label.split(" #")[0]].append(outcome(case))
    for case in hostile(large=True):
        rows[case.label].append(outcome(case))
    seconds = time.perf_counter() - began
    print(f"{'what':34} {'inputs':>6} {'read':>6} {'refused':>8} {'slowest s':>9}")
    for label, outcomes in sorted(rows.items()):
        refused = sum(bool(one.reason) for one in outcomes)
        slowest = max(one.seconds for one in outcomes)
        print(f"{label:34} {len(outcomes):6} {len(outcomes) - refused:6} {refused:8} {slowest:9.2f}")
    every = [one for outcomes in rows.values() for one in outcomes]
    reasons = Counter(" ".join(one.reason.split()[:6]) for one in every if one.reason)
    print("\nreasons given most:")
    for reason, count in reasons.most_common(12):
        print(f"{count:6}  {reason} ...")
    close_workers()
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    broken = [one for one in every if one.broken or one.seconds > SECONDS + 5]
    print(f"\n{len(every)} inputs in {seconds:.0f} s, largest worker {peak:.0f} MB, broken {len(broken)}")
    for one in broken[:20]:
        print(f"  {one.case.label}: {one.broken or 'too slow'}")
    sys.exit(bool(broken))


if __name__ == "__main__":
    main()
