"""Damaged and hostile documents, made from sound ones by a seeded generator, and what reading them must never do."""

import io
import random
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

from northbrief.corpus import BriefError
from northbrief.corpus.kinds import KINDS
from northbrief.corpus.parse import read_document

from .makers import docx, html, pdf, seeds, zipped

BIDI = "\u202e\u2066\u200b\u200f\ufeff\u0000"


@dataclass(frozen=True, slots=True)
class Case:
    """One input: what was done to which seed."""

    label: str
    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Outcome:
    """What reading a case did: how long it took, and the reason if it was refused, "" if it was read."""

    case: Case
    seconds: float
    reason: str
    broken: str  # not empty: another error than ours


def mutated(count: int, seed: int = 0) -> Iterator[Case]:
    """Yield `count` damaged documents of all kinds; the same for the same seed."""
    choice = random.Random(seed)
    sound = seeds()
    names = sorted(sound)
    ways = (_cut, _flipped, _overwritten, _doubled, _swapped, _marked, _misnamed, _inside)
    for number in range(count):
        name = names[number % len(names)]
        way = choice.choice(ways)
        changed, data = way(choice, name, sound[name])
        yield Case(f"{way.__name__.strip('_')} {name} #{number}", changed, data)


def _cut(choice: random.Random, name: str, data: bytes) -> tuple[str, bytes]:
    return name, data[: choice.randrange(len(data))]


def _flipped(choice: random.Random, name: str, data: bytes) -> tuple[str, bytes]:
    changed = bytearray(data)
    for _ in range(choice.choice((1, 3, 30, 300))):
        changed[choice.randrange(len(changed))] ^= 1 << choice.randrange(8)
    return name, bytes(changed)


def _overwritten(choice: random.Random, name: str, data: bytes) -> tuple[str, bytes]:
    start = choice.randrange(len(data))
    size = choice.randrange(1, 400)
    filler = choice.choice((b"\x00", b"\xff", b"9", b"(", b"{", b"<", b"\\"))
    return name, data[:start] + filler * size + data[start + size :]


def _doubled(choice: random.Random, name: str, data: bytes) -> tuple[str, bytes]:
    start, end = sorted(choice.randrange(len(data)) for _ in range(2))
    return name, data[:end] + data[start:end] * choice.choice((1, 2, 20)) + data[end:]


def _swapped(choice: random.Random, name: str, data: bytes) -> tuple[str, bytes]:
    a, b, c = sorted(choice.randrange(len(data)) for _ in range(3))
    return name, data[:a] + data[b:c] + data[a:b] + data[c:]


def _marked(choice: random.Random, name: str, data: bytes) -> tuple[str, bytes]:
    start = choice.randrange(len(data))
    marks = "".join(choice.choice(BIDI) for _ in range(choice.randrange(1, 50))).encode("utf-8")
    return name, data[:start] + marks + data[start:]


def _misnamed(choice: random.Random, name: str, data: bytes) -> tuple[str, bytes]:
    return f"a{choice.choice(KINDS)}", data


def _inside(choice: random.Random, name: str, data: bytes) -> tuple[str, bytes]:
    """Damage within a member of a container, so that the container itself stays sound."""
    if not zipfile.is_zipfile(io.BytesIO(data)):
        return _flipped(choice, name, data)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members: dict[str, str | bytes] = {member: archive.read(member) for member in archive.namelist()}
    victim = choice.choice(sorted(members))
    content = members[victim]
    assert isinstance(content, bytes)
    way = choice.choice((_cut, _flipped, _overwritten, _doubled, _swapped))
    members[victim] = way(choice, name, content)[1] if content else b"x"
    return name, zipped(members)


def hostile(large: bool = False) -> Iterator[Case]:
    """Yield documents that are made to break readers; the `large` ones take seconds each."""
    laughs = '<!DOCTYPE x [<!ENTITY a "lol">' + "".join(
        f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(12)
    )
    body = f"{laughs}]><w:document xmlns:w='w'><w:body><w:p><w:r><w:t>&m;</w:t></w:r></w:p></w:body></w:document>"
    yield Case("billion laughs", "a.docx", docx(**{"word/document.xml": body}))
    yield Case("billion laughs in a page", "a.html", f"{laughs}]><p>&m;</p>".encode())
    yield Case(
        "outside entity", "a.docx", docx(**{"word/document.xml": body.replace('"lol"', 'SYSTEM "file:///etc/passwd"')})
    )
    nested = docx()
    for _ in range(5):
        nested = zipped({"inner.zip": nested})
    yield Case("zip in zip", "a.docx", nested)
    yield Case("deep page", "a.html", html(body="<div>" * 20_000 + "text").encode())
    yield Case("deep rich text", "a.rtf", b"{\\rtf1 " + b"{" * 100_000)
    yield Case("deep book", "a.docx", docx("<w:sdt>" * 5_000 + "</w:sdt>" * 5_000))
    yield Case("page of NULs", "a.html", b"<html>" + b"\x00" * 100_000)
    yield Case("bidi", "a.html", html(body=f"<p>{'harbour ' + BIDI * 3000}</p>").encode())
    bomb = zipped({"word/document.xml": b" " * 150_000_000})
    yield Case("zip bomb", "a.docx", bomb)
    yield Case("rows without end", "a.pdf", pdf([[(72, 700, 11, "x" * 60_000)]]))
    yield Case("page tree in a ring", "a.pdf", pdf([[]]).replace(b"/Kids [5 0 R]", b"/Kids [2 0 R]"))
    yield Case("sudden end of a script", "a.html", b"<script>" + b"<!--" * 50_000)
    if large:
        yield Case("10,000 pages", "a.pdf", pdf([[(72, 700, 11, f"page {n}")] for n in range(10_000)]))
        yield Case("a line of 100 MB", "a.txt", b"harbour " * 12_500_000)
        yield Case("a line of 100 MB in a page", "a.html", b"<html><body><p>" + b"harbour " * 12_500_000)
        yield Case("a line of 100 MB in rich text", "a.rtf", b"{\\rtf1 " + b"harbour " * 12_500_000 + b"}")


def outcome(case: Case) -> Outcome:
    """Return what reading the case did."""
    began = time.perf_counter()
    reason = broken = ""
    try:
        read_document(case.data, case.name)
    except BriefError as error:
        reason = str(error)
    except Exception as error:
        broken = f"{type(error).__name__}: {error}"
    return Outcome(case, time.perf_counter() - began, reason, broken)
