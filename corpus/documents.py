"""One file of a foreign format into the fields of a brief, by the reader of its kind. Runs in the worker."""

import re
from collections.abc import Callable
from importlib import import_module
from typing import Any

from .errors import BriefError
from .finds import Find, choose
from .header import read_header
from .kinds import TEXT_KINDS
from .labels import dated_lines
from .parsed import Parsed
from .read import OWN, Document
from .types import DateSource

_READERS = {  # imported when first needed: each brings a library of its own
    ".pdf": ("read_pdf", "read_pdf"),
    ".html": ("read_html", "read_html"),
    ".mhtml": ("read_html", "read_mhtml"),
    ".docx": ("read_docx", "read_docx"),
    ".pptx": ("read_pptx", "read_pptx"),
    ".odt": ("read_odt", "read_odt"),
    ".rtf": ("read_rtf", "read_rtf"),
    ".epub": ("read_epub", "read_epub"),
}
_HEAD = 4_000  # characters of a text that can be about it


def read_parsed(
    data: bytes, kind: str, name: str, *, url: str = "", content_type: str = "", ocr: bool = False
) -> list[dict[str, Any]]:
    """Return the document in `data` as JSON values: fields, origins, left_out, notes.

    Raises:
        BriefError: it is damaged or has no text.
    """
    if kind in TEXT_KINDS:
        return [_values(document) for document in OWN[kind](data)]
    module, function = _READERS[kind]
    read: Callable[..., Parsed] = getattr(import_module(f".{module}", __package__), function)
    options: dict[str, Any] = {}
    if kind == ".pdf":
        options["ocr"] = ocr
    if kind == ".html":
        options["content_type"] = content_type
    parsed = read(data, **options)
    if not parsed.text.strip():
        raise BriefError(f"found no text in this {kind} file, expected some; check that it is the whole document")
    finds = (*parsed.finds, *_header_finds(parsed.text, kind))
    address = url or next((find.value for find in finds if find.field == "url"), "")
    fields, origins, aside = choose(finds, parsed.made, parsed.text[:_HEAD], name, address)
    if url:
        fields["url"], origins["url"] = url, "the address it was read from"
    if "published" in fields:
        fields["published"] = fields["published"].isoformat()
        fields["published_from"] = str(fields["published_from"])
    fields |= {"text": parsed.text}
    if parsed.pages:
        fields["pages"] = parsed.pages
    return [
        {
            "fields": fields,
            "origins": origins,
            "left_out": [(entry.text, entry.reason, entry.page) for entry in parsed.left_out],
            "notes": [*parsed.notes, *aside],
        }
    ]


def _values(document: Document) -> dict[str, Any]:
    """A document of text as JSON values."""
    fields = dict(document.fields)
    if fields.get("published"):
        fields["published"] = fields["published"].isoformat()
        fields["published_from"] = str(fields.get("published_from", DateSource.GIVEN))
    return {
        "fields": fields,
        "place": document.place,
        "reason": document.reason,
        "origins": document.origins,
        "left_out": [],
        "notes": list(document.notes),
    }


def _header_finds(text: str, kind: str) -> list[Find]:
    """What the first lines of the text say, read as those of a plain text are; a page says it better by its marks."""
    if kind in (".html", ".mhtml"):
        return []
    marks = "# " if kind == ".pdf" else ""  # names are set in large type, too; elsewhere a heading ends the head
    head = "\n".join(line.lstrip(marks) for line in text[:_HEAD].removeprefix("# ").split("\n"))
    header = read_header(head)
    finds = dated_lines(head)
    if header.published and not finds:
        finds = [Find("published", header.published.isoformat(), "a line of the head", 2, DateSource.HEADER)]
    if header.title:
        finds.append(Find("title", header.title, "a line of the head", 1))
    if header.institution:
        finds.append(Find("institution", header.institution, "a line of the head", 1))
    if header.series:
        finds.append(Find("series", header.series, "a line of the head", 1))
    for author in header.authors:
        if not re.search(r"[\d_@]", author) and not (author.isupper() and len(author.split()) > 2):  # a shouted title
            finds.append(Find("authors", author, "a line of the head", 1))
    return finds
