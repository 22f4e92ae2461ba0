"""The picture of README.md: python -m tests.benchmarks.plots peers.json ours.json (needs matplotlib)

`peers.json` is what `peers` writes, `ours.json` what `northbrief eval --json --retrieval` prints
for the answerable English questions alone.
"""

import json
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


def main() -> None:
    """Write peers.png beside this file."""
    import matplotlib.pyplot as plt  # type: ignore[import-not-found,unused-ignore]

    peers = json.loads(Path(sys.argv[1]).read_text("utf-8"))["peers"]
    ours: dict[str, Any] = json.loads(Path(sys.argv[2]).read_text("utf-8"))
    bars = [
        (f"{name} {mode}", made["overall"]["MRR"], made["overall"]["R@5"], made["query_p50_ms"])
        for name, peer in peers.items()
        for mode, made in peer["modes"].items()
    ]
    made = ours["figures"]["all"]
    bars.append(("northbrief", made["MRR"], made["R@5"], made["search p50 ms"]))
    bars.sort(key=lambda bar: bar[1])
    names = [bar[0] for bar in bars]
    colours = ["#2563eb" if name == "northbrief" else "#94a3b8" for name in names]
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.2), sharey=True, layout="constrained")
    left.barh(names, [bar[1] for bar in bars], color=colours)
    left.set_xlabel("MRR, answerable English questions (higher is better)")
    right.barh(names, [bar[3] for bar in bars], color=colours)
    right.set_xlabel("one query, p50 in ms (lower is better)")
    figure.savefig(HERE / "peers.png", dpi=110)


if __name__ == "__main__":
    main()
