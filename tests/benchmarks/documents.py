"""Real files of many makers: python -m tests.benchmarks.documents --folder F

F holds documents and `truth.json`, a list of {"file", "title", "authors", "published", "junk"}: what a person reads on
the document, null where it does not say ("month" where it says no more), and patterns of the lines that are no text
(running heads, page numbers, banners). Each is read, cut into passages, and compared with a second extraction of the
same file by other means: pdftotext for PDF, LibreOffice for office files, the bare text between the tags for books and
slides, the article as a person marked it (`FILE.words.txt`) for pages; pages without that are not compared. A word is
lost when the second extraction has it more often than the brief, its heads and what was left out together. Nothing is
measured and the exit code is 0 where the folder is absent.

    python -m tests.benchmarks.documents --throughput 1000 --data ../shared/data

makes that many files of all kinds from articles, adds them to a new index, and compares the time with that of the bare
encoder on the same passages.
"""

import argparse
import json
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import unicodedata
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

from northbrief.corpus import BriefError
from northbrief.corpus.chunk import CHARACTERS_PER_PIECE, Chunking, split_brief
from northbrief.corpus.load import to_brief
from northbrief.corpus.parse import read_document

_WORD = re.compile(r"\w+")
_TAGS = re.compile(r"(?is)<(script|style|head|nav|p:timing)\b.*?</\1>|<!--.*?-->|<[^>]+>")


def words(text: str) -> Counter[str]:
    """The words of a text, however it is set: hyphens at line ends joined, ligatures opened, case folded."""
    text = re.sub(r"[-\u00ad\u2010]\s*\n\s*(?=[a-zà-ÿ])", "", unicodedata.normalize("NFKC", text))
    return Counter(_WORD.findall(text.casefold()))


def second(file: Path) -> str:
    """The text of the file by other means than the reader's; "" where there are none."""
    marked = file.with_name(file.name + ".words.txt")
    if marked.exists():
        return marked.read_text("utf-8")
    suffix = file.suffix.lower()
    if suffix == ".pdf" and shutil.which("pdftotext"):
        done = subprocess.run(["pdftotext", "-enc", "UTF-8", str(file), "-"], capture_output=True, timeout=300)
        return done.stdout.decode("utf-8", "replace")
    if suffix in (".docx", ".odt", ".rtf") and shutil.which("soffice"):
        with tempfile.TemporaryDirectory() as folder:
            command = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to"]
            command += ["txt:Text (encoded):UTF8", "--outdir", folder, str(file)]
            subprocess.run(command, capture_output=True, timeout=300, check=True)
            return Path(folder, file.stem + ".txt").read_text("utf-8-sig", "replace")
    if suffix in (".epub", ".pptx"):
        pattern = r"\.x?html?$" if suffix == ".epub" else r"ppt/(slides|notesSlides)/[^/]+\.xml$"
        with zipfile.ZipFile(file) as archive:
            parts = [
                archive.read(name).decode("utf-8", "replace") for name in archive.namelist() if re.search(pattern, name)
            ]
        return _bare("\n".join(parts))
    return ""


def _bare(markup: str) -> str:
    from html import unescape

    return unescape(_TAGS.sub(" ", markup))


def lost(expected: Counter[str], text: str, left_out: str) -> list[str]:
    """Words of `expected` that are in neither; one that was joined with its neighbour is there."""
    missing = expected - words(text) - words(left_out)
    squeezed = re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text + left_out).casefold())
    return [word for word in missing.elements() if word not in squeezed or len(word) < 3]


def measure(file: Path, truth: dict[str, Any]) -> dict[str, Any]:
    """One row of the table."""
    began = time.perf_counter()
    (document,) = read_document(file.read_bytes(), file.name, ocr=bool(truth.get("ocr")))
    seconds = time.perf_counter() - began
    brief = to_brief(document, {}, source=str(file), name=file.name)
    passages = split_brief(brief, lambda text: -(-len(text) // CHARACTERS_PER_PIECE) * 2, 240)
    junk = [
        line
        for passage in passages
        for line in passage.text.split("\n")
        if any(re.search(pattern, line) for pattern in truth.get("junk", ()))
    ]
    found = brief.published.isoformat() if brief.published else None
    expected = words(second(file))
    missing = lost(expected, f"{brief.title}\n{brief.text}", "\n".join(said for said, _, _ in document.left_out))
    date = "right" if found == truth.get("published") else "none" if found is None else "WRONG"
    if date == "right" and found is None:
        date = "none said"
    if found and truth.get("month") == found[:7]:
        date = "right month"
    return {
        "pages": len(brief.pages) or "-",
        "title": "right" if _same(brief.title, truth["title"]) else "wrong",
        "author": _author(list(brief.authors), truth.get("authors") or []),
        "date": date,
        "junk": junk,
        "words": sum(expected.values()),
        "lost": missing,
        "seconds": seconds,
    }


def _same(found: str, said: str) -> bool:
    return " ".join(_WORD.findall(found.casefold())) == " ".join(_WORD.findall(said.casefold()))


def _author(found: list[str], said: list[str]) -> str:
    if not found:
        return "none said" if not said else "none"
    plain = {" ".join(sorted(_WORD.findall(name.casefold()))) for name in said}
    return "right" if all(" ".join(sorted(_WORD.findall(name.casefold()))) in plain for name in found) else "wrong"


def throughput(count: int, data: Path) -> None:
    """Add `count` files of all kinds; print the time against the bare encoder's, and the peak of memory."""
    from northbrief.corpus.load import load_briefs
    from northbrief.corpus.parse import close_workers
    from northbrief.index import Index
    from northbrief.index.encoder import load_encoder
    from northbrief.index.ingest import prepare

    from .. import makers

    articles = [json.loads(line) for line in (data / "kcna-2024.jsonl").read_text("utf-8").splitlines()]
    encoder = load_encoder()
    with tempfile.TemporaryDirectory() as folder:
        for number in range(count):
            article = articles[number % len(articles)]
            name, content = makers.made(number, article["title"], f"{article['text']}\n\nCopy {number}.")
            Path(folder, name).write_bytes(content)
        began = time.perf_counter()
        briefs = list(load_briefs(folder))
        parsed = time.perf_counter() - began
        inputs = [text for brief in briefs for text in prepare(brief, encoder, Chunking()).inputs]
        began = time.perf_counter()
        for start in range(0, len(inputs), 64):
            encoder.encode(inputs[start : start + 64])
        bare = time.perf_counter() - began
        with tempfile.TemporaryDirectory() as home, Index.open(Path(home, "index"), encoder=encoder) as index:
            began = time.perf_counter()
            report = index.add(load_briefs(folder))
            whole = time.perf_counter() - began
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    close_workers()
    workers = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"{len(report.added)} files added, {len(report.failed)} failed, {len(inputs):,} passages")
    print(
        f"bare encoder {bare:.1f} s; reading alone {parsed:.1f} s; read and encoded {bare / (bare + parsed):.0%} of its"
    )
    print(
        f"speed; whole add {whole:.1f} s, {bare / whole:.0%}; memory {own:.0f} MB, the largest worker {workers:.0f} MB"
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path())
    parser.add_argument("--throughput", type=int, default=0, metavar="N")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--lost", action="store_true", help="list lost words and junk lines")
    options = parser.parse_args()
    if options.throughput:
        throughput(options.throughput, options.data)
        return
    if not (options.folder / "truth.json").exists():
        print(f"no truth.json in {options.folder}: nothing measured", file=sys.stderr)
        return
    print("| file | pages | title | author | date | junk lines | words | lost | s |")
    print("|---|---|---|---|---|---|---|---|---|")
    total: Counter[str] = Counter()
    for truth in json.loads((options.folder / "truth.json").read_text("utf-8")):
        try:
            row = measure(options.folder / truth["file"], truth)
        except BriefError as error:
            print(f"| {truth['file']} | | | | | | | refused: {error} | |")
            continue
        share = len(row["lost"]) / max(1, row["words"])
        total.update({"words": row["words"], "lost": len(row["lost"]), "junk": len(row["junk"]), "files": 1})
        total.update({f"date {row['date']}": 1, f"title {row['title']}": 1, f"author {row['author']}": 1})
        told = [row[key] for key in ("pages", "title", "author", "date")]
        counts = (
            f"{len(row['junk'])} | {row['words']:,} | {share:.1%}" if row["words"] else f"{len(row['junk'])} | - | -"
        )
        print(f"| {truth['file']} | {' | '.join(map(str, told))} | {counts} | {row['seconds']:.1f} |")
        if options.lost:
            print("    lost:", " ".join(f"{word}×{n}" for word, n in Counter(row["lost"]).most_common(40)))
            print("    junk:", row["junk"][:10])
    print(f"\n{dict(total)}: {1 - total['lost'] / max(1, total['words']):.2%} of the words")


if __name__ == "__main__":
    main()
