"""PDF, by pdfium: lines with their places, furniture out, paragraphs, page starts, and what it says of itself."""

import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from .errors import BriefError
from .finds import LIKELY, STATED, WEAK, Find, Made
from .furniture import furniture
from .headline import is_name
from .parsed import LeftOut, Parsed
from .pdf_lines import Line, Page, read_page
from .reflow import reflow
from .types import DateSource

MAX_PAGES = 3_000  # books have fewer; a file that claims more is cut there, and says so
_OCR_SCALE = 300 / 72  # tesseract is made for 300 dots an inch
_OCR_SECONDS = 60


def read_pdf(data: bytes, ocr: bool = False) -> Parsed:
    """Return the text of a PDF with its pages.

    Raises:
        BriefError: it is damaged, needs a password, or has no text on any page.
    """
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
        count = len(document)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise BriefError("found a PDF that needs a password, expected an open one; save it without one") from error
        raise BriefError(f"found a damaged PDF ({_plain(error)}), expected a whole one; get it again") from error
    try:
        return _parsed(document, count, data, ocr)
    finally:
        document.close()


def _parsed(document: Any, count: int, data: bytes, ocr: bool) -> Parsed:
    notes: list[str] = []
    if count > MAX_PAGES:
        notes.append(f"only the first {MAX_PAGES} of {count} pages were read")
    pages = [_page(document, number) for number in range(min(count, MAX_PAGES))]
    empty = [number for number, page in enumerate(pages) if not page.lines]
    recognised: dict[int, str] = {}
    if empty and ocr:
        recognised = {number: text for number in empty if (text := _recognise(document, number))}
        notes.append(f"text recognised by tesseract on {_list_pages(list(recognised))}")
    silent = [number for number in empty if number not in recognised]
    if silent:
        notes.append(
            f"no text on {_list_pages(silent)}: pictures or scans; --ocr reads them where tesseract is installed"
        )
    if len(silent) == len(pages):
        raise BriefError(
            f"found no text on any of {len(pages)} pages, expected some; it is a scan: "
            "try --ocr with tesseract installed, or have its text recognised elsewhere"
        )
    out = furniture(pages)
    flow = reflow(pages, out)
    text, starts = _with_recognised(flow.text, list(flow.pages), recognised)
    left_out = tuple(
        LeftOut(line.text, out[id(line)], page=number + 1)
        for number, page in enumerate(pages)
        for line in page.lines
        if id(line) in out
    )
    properties = document.get_metadata_dict(skip_empty=True)
    first = [line for line in pages[0].lines if not line.turned] if pages else []
    made = tuple(_made(properties))
    finds = (
        *_properties(properties, text[: min(3_000, starts[1] if len(starts) > 1 else 3_000)]),
        *_stream_finds(data),
        *_largest(first, pages[0] if pages else None),
        *_edge_dates(pages, out, [stamp.day for stamp in made]),
        *_stamps(pages),
    )
    return Parsed(text, tuple(starts), finds, made, left_out, tuple(notes))


def _page(document: Any, number: int) -> Page:
    import pypdfium2

    try:
        page = document[number]
    except pypdfium2.PdfiumError:
        return Page((), 0.0, 0.0)
    try:
        return read_page(page, number)
    except pypdfium2.PdfiumError:
        return Page((), 0.0, 0.0)
    finally:
        page.close()


def _with_recognised(text: str, starts: list[int], recognised: dict[int, str]) -> tuple[str, list[int]]:
    """Put recognised pages where they belong, from the last to the first."""
    for number in sorted(recognised, reverse=True):
        at = starts[number]
        addition = f"{recognised[number]}\n\n"
        if at and not text[:at].endswith("\n\n"):
            at = text.rfind("\n\n", 0, at) + 2 if "\n\n" in text[:at] else len(text)
            starts[number] = at
            addition = addition if text[at:] else f"\n\n{recognised[number]}"
        text = text[:at] + addition + text[at:]
        starts[number + 1 :] = [start + len(addition) for start in starts[number + 1 :]]
    return text, starts


def _recognise(document: Any, number: int) -> str:
    """The text of a page's picture, by tesseract with the languages it has of Korean and English; "" if none."""
    program = shutil.which("tesseract")
    if program is None:
        raise BriefError("found no program tesseract, expected it for --ocr; install it, or leave --ocr away")
    page = document[number]
    bitmap = page.render(scale=min(_OCR_SCALE, 4000 / max(page.get_size())), grayscale=True)
    picture = b"P5 %d %d 255\n" % (bitmap.width, bitmap.height)
    rows = bytes(bitmap.buffer)
    picture += b"".join(rows[n * bitmap.stride : n * bitmap.stride + bitmap.width] for n in range(bitmap.height))
    page.close()
    known = subprocess.run(
        [program, "--list-langs"], capture_output=True, text=True, timeout=_OCR_SECONDS
    ).stdout.split()
    languages = "+".join(language for language in ("eng", "kor") if language in known) or "eng"
    try:
        done = subprocess.run(
            [program, "-", "-", "-l", languages, "--psm", "1" if "osd" in known else "3"],
            input=picture, capture_output=True, timeout=_OCR_SECONDS,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return ""
    text = done.stdout.decode("utf-8", "replace").replace("\x0c", "")
    paragraphs = [re.sub(r"-\n(?=[a-z])", "", part).replace("\n", " ") for part in re.split(r"\n\s*\n", text)]
    return "\n\n".join(part.strip() for part in paragraphs if part.strip())


def _properties(properties: dict[str, str], head: str) -> Iterator[Find]:
    """Title and author of the file's properties: trusted when the first page has their words."""
    title, author = properties.get("Title", ""), properties.get("Author", "")
    if title:
        yield Find("title", title, "PDF property Title", LIKELY if _plain_words(title) in _plain_words(head) else 0)
    for name in re.split(r";|\band\b|&|,(?=\s*\S+\s+\S+)", author):
        if is_name(name.strip()) and _is_in(name, head):
            yield Find("authors", name, "PDF property Author, named on the first page", LIKELY)


def _plain_words(text: str) -> str:
    words = " ".join(re.findall(r"\w+", text.lower()))
    return f" {words} "


def _is_in(value: str, text: str) -> bool:
    """Whether most words of `value` stand in `text`."""
    words = re.findall(r"\w+", value.lower())
    known = set(re.findall(r"\w+", text.lower()))
    return bool(words) and sum(word in known for word in words) >= 0.75 * len(words)


_XMP = (
    ("published", "prism:publicationDate", STATED),
    ("published", "prism:coverDate", LIKELY),
    ("series", "prism:publicationName", LIKELY),
)


def _stream_finds(data: bytes) -> Iterator[Find]:
    """Publishers' own date in the XMP packet, which stands uncompressed in the file."""
    start = data.find(b"<x:xmpmeta")
    packet = data[start : data.find(b"</x:xmpmeta>", start)][:200_000] if start >= 0 else b""
    for field, name, trust in _XMP:
        mark = name.encode()
        match = re.search(rb"<" + mark + rb">([^<]{1,200})<|" + mark + rb'="([^"]{1,200})"', packet)
        if match:
            yield Find(field, (match[1] or match[2]).decode("utf-8", "replace"), f"XMP {name}", trust)


def _largest(lines: Sequence[Line], page: Page | None) -> Iterator[Find]:
    """The lines of the largest type on the upper two thirds of the first page, or anywhere on a cover: the title."""
    if page is None:
        return
    lowest = page.height / 3 if sum(len(line.text.split()) for line in lines) > 80 else 0
    upper = [line for line in lines if line.top > lowest and sum(map(str.isalpha, line.text)) >= 3]
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[round(line.size, 1)] += len(line.text)
    if not upper or not sizes:
        return
    body = sizes.most_common(1)[0][0]
    largest = max(line.size for line in upper)
    title: list[str] = []
    for number, line in enumerate(upper):
        if line.size >= 0.97 * largest:
            if title and number and upper[number - 1].size < 0.97 * largest:
                break
            title.append(line.text)
    said = re.sub(r"\x02 ?", "", " ".join(title))
    if (largest > 1.1 * body and 2 <= len(said.split()) <= 40) or (len(said) >= 4 and not said.isascii()):
        yield Find("title", said, "largest type of the first page", LIKELY if largest > 1.1 * body else WEAK)


def _edge_dates(pages: Sequence[Page], out: dict[int, str], made: list[date]) -> Iterator[Find]:
    """A day in a running head is the issue's, unless it is the day on which the file was made: then it was printed."""
    from .dates import find_day

    for page in pages[:3]:
        for line in page.lines:
            day = find_day(line.text) if id(line) in out and not line.turned else None
            if day and not any(abs((day[0] - other).days) <= 1 for other in made):
                yield Find(
                    "published", day[0].isoformat(), f"running head of page {line.page + 1}", WEAK, DateSource.HEADER
                )


_STAMP = re.compile(r"^arXiv:\S+\s+\[[\w.-]+\]\s+(\d{1,2} \w{3} \d{4})$")


def _stamps(pages: Sequence[Page]) -> Iterator[Find]:
    for line in pages[0].lines if pages else ():
        if match := _STAMP.match(line.text):
            yield Find("published", match[1], "stamp of the archive on the first page", LIKELY, DateSource.HEADER)


def _made(properties: dict[str, str]) -> Iterator[Made]:
    for key in ("CreationDate",):
        match = re.match(r"(?:D:)?(\d{4})(\d{2})(\d{2})", properties.get(key, ""))
        if match:
            try:
                yield Made(date(*map(int, match.groups())), f"PDF property {key}")
            except ValueError:
                continue


def _list_pages(numbers: Sequence[int]) -> str:
    """[0, 1, 2, 6] -> "pages 1-3, 7"."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    said = ", ".join(str(a + 1) if a == b else f"{a + 1}-{b + 1}" for a, b in runs)
    return f"page{'s' if len(numbers) != 1 else ''} {said or 'none'}"


def _plain(error: Exception) -> str:
    """What PDFium says, without its frame: "Failed to load document (PDFium: Data format error)."."""
    words = re.sub(r"\s+", " ", str(error))
    inner = re.search(r"\(PDFium: (.*?)\)", words)
    return (inner[1].lower() if inner else words.rstrip("."))[:120]
