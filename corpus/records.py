"""Reference lists beside the files: what Zotero and its like export as CSL-JSON, BibTeX or RIS.

An entry belongs to a file that it names as its attachment, or whose name holds its whole title.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from .decode import decode_bytes
from .errors import BriefError
from .finds import whole_day

RECORDS = (".bib", ".ris", ".json")
_MAX_BYTES = 20_000_000
_SERIES = ("collection-title", "container-title")


@dataclass(frozen=True, slots=True)
class _Entry:
    """What one entry of a list gives: fields of `Brief`, the names of its attachments, the list's own name."""

    fields: dict[str, Any]
    files: tuple[str, ...]
    list: str


@dataclass(frozen=True, slots=True)
class Records:
    """The entries of a folder's reference lists."""

    entries: tuple[_Entry, ...] = ()

    def find(self, name: str) -> tuple[dict[str, Any], str]:
        """Return the fields given for the file `name`, and the list's name; ({}, "") without an entry."""
        stem = _plain(name.rpartition(".")[0])
        for entry in self.entries:
            if name in entry.files:
                return dict(entry.fields), entry.list
        for entry in self.entries:
            title = _plain(str(entry.fields.get("title", "")))
            if len(title) >= 12 and title in stem:
                return dict(entry.fields), entry.list
        return {}, ""


def read_records(folder: Path) -> Records:
    """Return the entries of the lists in `folder`; a file that is none is passed over."""
    entries: list[_Entry] = []
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in RECORDS and path.is_file())
    except OSError:
        return Records()
    for path in paths:
        try:
            if path.stat().st_size > _MAX_BYTES:
                continue
            text = decode_bytes(path.read_bytes())
            reader = {".bib": _bibtex, ".ris": _ris, ".json": _csl}[path.suffix.lower()]
            entries += [_Entry(fields, files, path.name) for fields, files in reader(text) if fields]
        except (BriefError, OSError, ValueError, RecursionError):
            continue  # a .json of something else
    return Records(tuple(entries))


def _csl(text: str) -> Iterator[tuple[dict[str, Any], tuple[str, ...]]]:
    values = json.loads(text)
    for item in values if isinstance(values, list) else values.get("items", []) if isinstance(values, dict) else []:
        if not isinstance(item, dict) or not isinstance(item.get("title"), str):
            continue
        parts = (item.get("issued") or {}).get("date-parts") if isinstance(item.get("issued"), dict) else None
        day = "-".join(f"{int(part):02d}" for part in parts[0]) if parts and parts[0] and len(parts[0]) == 3 else ""
        names = [
            " ".join(str(name.get(key, "")) for key in ("given", "family")).strip() or str(name.get("literal", ""))
            for name in item.get("author", [])
            if isinstance(name, dict)
        ]
        series = next((str(item[key]) for key in _SERIES if item.get(key)), "")
        yield (
            _fields(item["title"], names, day, str(item.get("publisher", "")), series, str(item.get("URL", ""))),
            _files(item),
        )


def _bibtex(text: str) -> Iterator[tuple[dict[str, Any], tuple[str, ...]]]:
    for entry in re.finditer(r"@(\w+)\s*\{\s*[^,{}\s]*\s*,", text):
        values = dict(_bibtex_values(text, entry.end()))
        if entry[1].lower() in ("comment", "string", "preamble") or "title" not in values:
            continue
        names = []
        for name in re.split(r"\s+and\s+", values.get("author", "")):
            family, _, given = name.partition(",")
            names.append(f"{given.strip()} {family.strip()}".strip())
        series = values.get("series") or values.get("journal") or values.get("journaltitle") or ""
        institution = values.get("institution") or values.get("publisher") or values.get("organization") or ""
        fields = _fields(values["title"], names, values.get("date", ""), institution, series, values.get("url", ""))
        yield fields, _paths(values.get("file", ""))


def _bibtex_values(text: str, start: int) -> Iterator[tuple[str, str]]:
    """The `key = {value}` pairs of one entry, braces balanced."""
    key = re.compile(r"\s*([\w-]+)\s*=\s*")
    at = start
    while match := key.match(text, at):
        at = match.end()
        opening = text[at : at + 1]
        end = at
        if opening in ("{", '"'):
            depth = 0
            for end in range(at, min(len(text), at + 100_000)):
                letter = text[end]
                depth += (letter == "{") - (letter == "}")
                if (opening == "{" and depth == 0) or (opening == '"' and end > at and letter == '"' and depth == 0):
                    break
            value = text[at + 1 : end]
            end += 1
        else:
            bare = re.match(r"[\w.-]*", text[at:])
            value = bare[0] if bare else ""
            end = at + len(value)
        yield match[1].lower(), _plain_tex(value)
        comma = re.match(r"\s*,", text[end:])
        if not comma:
            return
        at = end + comma.end()


_ACCENTS = {"'": "\u0301", "`": "\u0300", "^": "\u0302", '"': "\u0308", "~": "\u0303", "c": "\u0327", "v": "\u030c"}


def _plain_tex(value: str) -> str:
    """Braces away, accents composed: "{\\"o}" -> "ö"."""
    value = re.sub(r"\\(['`^\"~]|[cv](?=[\s{]))\s*\{?\\?([A-Za-z])\}?", lambda m: m[2] + _ACCENTS[m[1]], value)
    value = re.sub(r"\\([&%$#_{}])", r"\1", value).replace("---", "\u2014").replace("--", "\u2013")
    return re.sub(r"\s+", " ", re.sub(r"(?<!\\)[{}]", "", value)).strip()


def _ris(text: str) -> Iterator[tuple[dict[str, Any], tuple[str, ...]]]:
    entry: dict[str, list[str]] = {}
    for line in text.splitlines():
        match = re.match(r"([A-Z][A-Z0-9])\s{1,2}-\s?(.*)$", line.strip("\ufeff"))
        if not match:
            continue
        tag, value = match[1], match[2].strip()
        if tag == "TY":
            entry = {}
        elif tag == "ER":
            yield _ris_fields(entry)
            entry = {}
        elif value:
            entry.setdefault(tag, []).append(value)


def _ris_fields(entry: dict[str, list[str]]) -> tuple[dict[str, Any], tuple[str, ...]]:
    def first(*tags: str) -> str:
        return next((entry[tag][0] for tag in tags if tag in entry), "")

    names = []
    for name in entry.get("AU", entry.get("A1", [])):
        family, _, given = name.partition(",")
        names.append(f"{given.strip()} {family.strip()}".strip())
    day = first("DA", "Y1").strip("/").replace("/", "-")
    files = tuple(file for tag in ("L1", "L2", "L4") for value in entry.get(tag, ()) for file in _paths(value))
    return _fields(first("TI", "T1"), names, day, first("PB"), first("T3", "T2", "JO"), first("UR")), files


def _fields(title: str, names: list[str], day: str, institution: str, series: str, url: str) -> dict[str, Any]:
    """Fields of `Brief` without the empty ones; a date only when it is a whole day."""
    published = whole_day(day) if day else None
    fields: dict[str, Any] = {
        "title": re.sub(r"<[^>]{1,20}>", "", title).strip(),
        "authors": tuple(name for name in names if name),
        "institution": institution.strip(),
        "series": series.strip(),
        "url": url.strip(),
        "published": published,
    }
    return {key: value for key, value in fields.items() if value}


def _files(item: dict[str, Any]) -> tuple[str, ...]:
    found: list[str] = []
    for attachment in item.get("attachments", []) if isinstance(item.get("attachments"), list) else []:
        if isinstance(attachment, dict):
            found += _paths(str(attachment.get("path") or attachment.get("localPath") or ""))
    return tuple(found + list(_paths(str(item.get("file", "")))))


def _paths(value: str) -> tuple[str, ...]:
    """ "Full Text:files/7/note.pdf:application/pdf;..." -> ("note.pdf", ...)."""
    parts = re.split(r"(?<!\\)[;:]", value.replace("file://", ""))
    names = [PurePosixPath(part.replace("\\", "/")).name for part in parts]
    return tuple(name for name in names if re.search(r"\.\w{2,5}$", name))


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text).strip().lower()
