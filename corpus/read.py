"""Readers of our own text formats: bytes of one file in, its documents out.

A reader yields what the file itself says; `load` adds the sidecar, the id and the source. Line ends become "\\n" and
composed Unicode (NFC) is used throughout, so that offsets and searches agree on one text.
"""

import json
import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from .decode import decode_bytes
from .errors import BriefError
from .header import read_header
from .headings import headings
from .metadata import given_fields
from .types import DateSource

_FRONT_MATTER = re.compile(r"---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|$)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Document:
    """One document as its file gives it: `fields` of Brief, or why it was not taken. `place` tells lines apart.

    `origins` says where each field was found; `left_out` holds (text, reason, page or 0) of what stands in the file and
    not in the text; `notes` are sentences for the user.
    """

    fields: dict[str, Any] = field(default_factory=dict)
    place: str = ""
    reason: str = ""
    origins: dict[str, str] = field(default_factory=dict)
    left_out: tuple[tuple[str, str, int], ...] = ()
    notes: tuple[str, ...] = ()


def decode(raw: bytes) -> str:
    """Return the text of `raw`, in whatever encoding it is told to be.

    Raises:
        BriefError: bytes that are no text.
    """
    text = decode_bytes(raw)
    if "\x00" in text:
        raise BriefError("found NUL bytes, expected text; the file is binary or damaged")
    if not text.strip():
        raise BriefError("found an empty file, expected text")
    return clean(text)


def clean(text: str) -> str:
    """One text for all: line ends become a line feed, characters are composed (NFC)."""
    return unicodedata.normalize("NFC", re.sub(r"\r\n?", "\n", text))


def read_txt(raw: bytes) -> Iterator[Document]:
    """A plain text, with whatever its head lines say."""
    text = decode(raw)
    header = read_header(text)
    fields: dict[str, Any] = {"text": text, "body": header.end}
    for key in ("title", "authors", "institution", "series"):
        if value := getattr(header, key):
            fields[key] = value
    if header.published:
        fields |= {"published": header.published, "published_from": DateSource.HEADER}
    yield Document(fields)


def read_markdown(raw: bytes) -> Iterator[Document]:
    """Markdown, with YAML front matter if it begins with any; a first-level heading on top is the title."""
    text = decode(raw)
    fields: dict[str, Any] = {}
    if match := _FRONT_MATTER.match(text):
        fields = given_fields(_mapping(match[1]))
        text = text[match.end() :]
    fields["text"] = text
    top = next(headings(text), None)
    if top and top.level == 1 and top.title and not text[: top.start].strip():
        fields.setdefault("title", top.title)
        if text[top.end :].strip():
            fields["body"] = top.end
    yield Document(fields)


def read_jsonl(raw: bytes) -> Iterator[Document]:
    """One brief a line: `id`, `title`, `text` needed. A bad line is reported, the others are taken."""
    first: dict[str, int] = {}
    for number, line in enumerate(decode(raw).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            fields = _json_fields(line)
            if fields["id"] in first:
                raise BriefError(
                    f"found id {fields['id']!r} again, expected each once; line {first[fields['id']]} has it"
                )
            first[fields["id"]] = number
            yield Document(fields, f"line {number}")
        except BriefError as error:
            yield Document({}, f"line {number}", str(error))


def read_sidecar(path: Path) -> dict[str, Any]:
    """Return the fields given in the TOML file at `path`.

    Raises:
        BriefError: it is not TOML, or a value has no meaning.
    """
    try:
        return given_fields(tomllib.loads(decode(path.read_bytes())))
    except BriefError as error:
        raise BriefError(f"its sidecar {path.name}: {error}") from error
    except (ValueError, RecursionError) as error:  # TOML that is none, or a number of thousands of digits
        raise BriefError(
            f'its sidecar {path.name}: found no valid TOML ({error}), expected lines such as `title = "..."`'
        ) from error


def _mapping(text: str) -> dict[str, Any]:
    try:
        values = yaml.safe_load(text)
    except Exception as error:  # YAML's constructors raise whatever a value makes them: "!!bool maybe" a KeyError
        problem = getattr(error, "problem", None) or str(error)
        raise BriefError(
            f"found front matter that is no valid YAML ({problem}), expected lines such as `title: ...`"
        ) from error
    if not isinstance(values, dict):
        raise BriefError("found front matter that is no list of keys, expected lines such as `title: ...`")
    return values


def _json_fields(line: str) -> dict[str, Any]:
    try:
        values = json.loads(line)
    except (ValueError, RecursionError) as error:
        problem = getattr(error, "msg", "") or str(error) or "nested too deeply"
        raise BriefError(f"found no valid JSON ({problem}), expected one object") from error
    if not isinstance(values, dict):
        raise BriefError(f"found JSON of type {type(values).__name__}, expected an object with id, title and text")
    missing = [key for key in ("id", "title", "text") if not str(values.get(key) or "").strip()]
    if missing:
        raise BriefError(f"found no {' and no '.join(missing)}, expected the keys id, title and text")
    if not isinstance(values["text"], str):
        raise BriefError(f"found text of type {type(values['text']).__name__}, expected a string")
    return given_fields(values) | {"text": clean(values["text"])}


OWN: dict[str, Callable[[bytes], Iterator[Document]]] = {
    ".txt": read_txt,
    ".md": read_markdown,
    ".jsonl": read_jsonl,
}
"""The readers of text."""
