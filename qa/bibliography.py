"""Briefs as a reference manager reads them: CSL-JSON, BibTeX and RIS.

Zotero, EndNote, JabRef and LaTeX read one of the three. A brief is a report; its institution is the publisher.
"""

import json
import re
from collections.abc import Iterable
from typing import Any

from ..corpus import Brief
from ..corpus.language import guess_language
from .types import Citation

Item = dict[str, Any]
"""One reference as CSL-JSON has it: https://docs.citationstyles.org/en/stable/specification.html"""

UNDATED = "undated"
_SURNAMES = (
    " ahn an bae baek cha cheon cho choe choi chon chun chung han hong hwang hyun jang jeon jeong ji jin jo joo ju "
    "jung kang kim ko koh koo kwak kwon lee lim min moon nam noh oh paik pak park rhee ri ro roh ryu seo shim shin "
    "sohn son song suh sung won woo yang yeo yi yim yoo yoon yu yun "
)
_PARTICLES = " al bin da de del della den der di dos du la le van von zu "
_INSTITUTION = re.compile(
    r"\b(?:agency|association|bureau|center|centre|commission|committee|council|department|editors?|foundation|group|"
    r"institute|ministry|news|office|panel|program(?:me)?|secretariat|staff|team|university)\b",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"\S[^\S\n]*\n(?:[^\S\n]*\n)+")  # the end of a paragraph and the blank lines after it
_LATEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\{",
        "}": r"\}",
        "&": r"\&",
        "%": r"\%",
        "$": r"\$",
        "#": r"\#",
        "_": r"\_",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
    }
)


def person(name: str) -> dict[str, str]:
    """Return a name as CSL has it: `family` and `given`, or `literal` where it is not to be taken apart.

    >>> person("Oskar Pietrewicz")
    {'family': 'Pietrewicz', 'given': 'Oskar'}

    "Choi, Eun-ju", "CHOI Eun-ju" and "Kim Jong-un" begin with the family name. Names in hangul and those of
    institutions stay whole.
    """
    name = " ".join(name.split())
    if guess_language(name) == "ko" or _INSTITUTION.search(name):
        return {"literal": name}
    family, comma, given = (part.strip() for part in name.partition(","))
    if comma and family and given:
        return {"family": family, "given": given}
    words = name.split(" ")
    if len(words) == 1:
        return {"literal": name}
    shouted = [word for word in words if word.isupper() and sum(map(str.isalpha, word)) > 1]
    if 0 < len(shouted) < len(words):
        return {
            "family": " ".join(word.capitalize() for word in shouted),
            "given": " ".join(word for word in words if word not in shouted),
        }
    korean = _listed(words[0], _SURNAMES) and (len(words) == 3 or (len(words) == 2 and "-" in words[1]))
    if korean and not _listed(words[-1], _SURNAMES):
        return {"family": words[0], "given": " ".join(words[1:])}
    first = len(words) - 1
    while first > 1 and _listed(words[first - 1], _PARTICLES):
        first -= 1
    return {"family": " ".join(words[first:]), "given": " ".join(words[:first])}


def csl_item(brief: Brief) -> Item:
    """Return the brief as a report in CSL-JSON; what is not known is left out."""
    item: Item = {"id": brief.id, "type": "report", "title": _line(brief.title)}
    if authors(brief):
        item["author"] = [person(author) for author in authors(brief)]
    if brief.published:
        item["issued"] = {"date-parts": [[brief.published.year, brief.published.month, brief.published.day]]}
    known = {
        "collection-title": brief.series,
        "publisher": brief.institution,
        "language": brief.language,
        "URL": address(brief),
    }
    return item | {key: _line(value) for key, value in known.items() if value}


def csl_json(briefs: Iterable[Brief]) -> str:
    """Return the briefs as a CSL-JSON list, as Zotero and pandoc read it."""
    return json.dumps([csl_item(brief) for brief in briefs], ensure_ascii=False, indent=2) + "\n"


def bibtex(briefs: Iterable[Brief]) -> str:
    """Return the briefs as BibTeX `@techreport`s in UTF-8; titles keep their capitals."""
    from bibtexparser.entrypoint import write_string
    from bibtexparser.library import Library
    from bibtexparser.model import Block, Entry, Field

    entries: list[Block] = []
    keys = set[str]()
    for brief in briefs:
        fields = {
            "title": f"{{{_latex(brief.title)}}}",  # braces within: styles must not lower its capitals
            "author": " and ".join(_bibtex_name(person(author)) for author in authors(brief)),
            "institution": _latex(brief.institution),
            "type": _latex(brief.series),
            "year": str(brief.published.year) if brief.published else "",
            "month": str(brief.published.month) if brief.published else "",
            "date": brief.published.isoformat() if brief.published else "",
            "langid": {"en": "english", "ko": "korean"}.get(brief.language, brief.language),
            "url": address(brief).replace("{", "%7B").replace("}", "%7D"),
        }
        kept = [Field(name, value) for name, value in fields.items() if value.strip("{}")]
        entries.append(Entry("techreport", _key(brief, keys), kept))
    return write_string(Library(entries))


def ris(briefs: Iterable[Brief]) -> str:
    """Return the briefs as RIS reports."""
    import rispy

    class Writer(rispy.RisWriter):  # type: ignore[misc]  # rispy has no types
        """Without the numbers that rispy puts in front of each entry."""

        def set_header(self, count: int) -> str:
            return ""

    entries = []
    for brief in briefs:
        entry: dict[str, Any] = {"type_of_reference": "RPRT", "id": brief.id, "title": _line(brief.title)}
        names = [person(author) for author in authors(brief)]
        entry["authors"] = [name.get("literal") or f"{name['family']}, {name['given']}" for name in names]
        known = {
            "publisher": brief.institution,
            "tertiary_title": brief.series,
            "year": str(brief.published.year) if brief.published else "",
            "date": f"{brief.published:%Y/%m/%d}" if brief.published else "",
            "language": brief.language,
        }
        entry |= {key: _line(value) for key, value in known.items() if value}
        if address(brief):
            entry["urls"] = [address(brief)]
        entries.append(entry)
    return str(rispy.dumps(entries, implementation=Writer)).lstrip()


def authors(brief: Brief) -> list[str]:
    """Return the authors who are persons or other bodies than the institution that publishes."""
    return [author for author in brief.authors if _line(author) != _line(brief.institution)]


def locator(citation: Citation) -> str:
    """Return where in its brief the quote stands: "p. 4" where the source has pages, else "para. 12"."""
    if citation.passage.page is not None:
        return f"p. {citation.passage.page}"
    return f"para. {paragraph(citation)}"


def paragraph(citation: Citation) -> int:
    """Return the number of the paragraph, from 1, in which the quote begins; head lines are not counted."""
    before = citation.brief.text[citation.brief.body : citation.start]
    return citation.paragraph or len(_BETWEEN.findall(before)) + 1


def address(brief: Brief) -> str:
    """Return the brief's address on the web, or "": a path on this machine means nothing elsewhere."""
    for value in (brief.url, brief.source):
        if re.match(r"https?://\S+$", value):
            return value
    return ""


def _key(brief: Brief, taken: set[str]) -> str:
    """A BibTeX key that is unlike those of `taken`, into which it is put: "choi2025", "choi2025a"."""
    name = person(authors(brief)[0]) if authors(brief) else {"literal": brief.institution or brief.title}
    words = re.findall(r"[a-z0-9]+", (name.get("family") or name.get("literal", "")).lower())
    stem = "".join(words[:2]) or re.sub(r"[^a-z0-9]+", "", brief.id.lower()) or "brief"
    stem += str(brief.published.year) if brief.published else ""
    key, number = stem, 0
    while key in taken:
        number += 1
        key = f"{stem}-{number}"
    taken.add(key)
    return key


def _bibtex_name(name: dict[str, str]) -> str:
    if "literal" in name:
        return f"{{{_latex(name['literal'])}}}"
    return f"{_latex(name['family'])}, {_latex(name['given'])}"


def _listed(word: str, names: str) -> bool:
    return f" {word.lower()} " in names


def _latex(text: str) -> str:
    escaped = _line(text).translate(_LATEX)
    depth = 0  # BibTeX counts escaped braces, too: they must be balanced
    for brace in re.findall("[{}]", text):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            break
    if depth:
        escaped = escaped.replace(r"\{", r"\textbraceleft{}").replace(r"\}", r"\textbraceright{}")
    return escaped


def _line(text: str) -> str:
    return " ".join(text.split())
