"""A script that embeds the retriever, timed: python -m tests.benchmarks.embedding_script [--runs 5]

The script is a user's own, in a folder with modules of the user's called index.py, qa.py, corpus.py and ui.py, which it
imports, too. Timed in fresh processes, from the start of the script: import, open, first search, tenth search; and the
peak of memory. The index holds the shipped shelf.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from northbrief.corpus.shelf import load_shelf
from northbrief.index import Index
from northbrief.index.encoder import load_encoder

OWN = ("index", "qa", "corpus", "ui")
SCRIPT = """
import time
began = time.perf_counter()
import json, sys
import corpus, index, qa, ui
from northbrief.index import Index, Retriever
imported = time.perf_counter()
library = Index.open(sys.argv[1])
opened = time.perf_counter()
retriever = Retriever(library)
hits = retriever.search("How did trade with China change?")
searched = time.perf_counter()
for question in ("What is byungjin?", "Who signed the treaty with Russia?", "What did Singapore promise?") * 3:
    again = time.perf_counter()
    retriever.search(question)
    last = time.perf_counter() - again
assert hits and all(hit.passage.text == hit.brief.text[hit.passage.start:hit.passage.end] for hit in hits)
assert [module.whose for module in (corpus, index, qa, ui)] == ["the user's"] * 4
heavy = {"torch", "gradio", "langchain", "transformers", "sentence_transformers", "llama_index", "mcp", "fastapi"}
peak = next((line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")), "0")
print(json.dumps({
    "import s": imported - began,
    "open s": opened - imported,
    "first search s": searched - opened,
    "all of it s": searched - began,
    "tenth search ms": 1000 * last,
    "peak MB": int(peak) / 1024,
    "heavy": sorted(heavy & {name.split(".")[0] for name in sys.modules}),
}))
"""


def main() -> None:
    """Print the median of each figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with Index.open(folder / "library", encoder=load_encoder()) as index:
            index.add(load_shelf())
        for module in OWN:
            (folder / f"{module}.py").write_text('whose = "the user\'s"\n', "utf-8")
        (folder / "script.py").write_text(SCRIPT, "utf-8")
        command = [sys.executable, "script.py", str(folder / "library")]
        runs = []
        for _ in range(arguments.runs):
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
            if done.returncode:
                sys.exit(done.stderr)
            runs.append(json.loads(done.stdout))
    heavy = runs[0].pop("heavy")
    for figure in runs[0]:
        values = [run[figure] for run in runs if figure in run]
        print(f"{figure}: {statistics.median(values):.2f} ({min(values):.2f} to {max(values):.2f})")
    print(f"heavy packages imported: {', '.join(heavy) or 'none'}")


if __name__ == "__main__":
    main()
