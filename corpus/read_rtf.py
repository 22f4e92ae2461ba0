"""Rich text (.rtf): paragraphs, tables row by row, notes; fonts, pictures, heads and feet left out.

After the "Rich Text Format Specification", version 1.9: groups in braces, control words, characters in the code page of
their font or as \\uN with a substitute for old readers.
"""

import re
from dataclasses import dataclass, field
from datetime import date

from .errors import BriefError
from .finds import WEAK, Find, Made
from .parsed import LeftOut, Parsed
from .pdf_lines import tidy
from .tables import table_lines

_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|[\r\n]+|([^\\{}\r\n]+)"
)
_SKIPPED = set(
    b"fonttbl colortbl stylesheet listtable listoverridetable rsidtbl generator pict object themedata "
    b"colorschememapping latentstyles datastore fldinst xmlnstbl mmathPr pgptbl template operator bkmkstart bkmkend "
    b"nonshppict objdata listpicture filetbl revtbl atnid atnauthor annotation atnref atndate pntext listtext "
    b"wgrffmtfilter private".split()
)
_EDGES = {b"header", b"headerl", b"headerr", b"headerf", b"footer", b"footerl", b"footerr", b"footerf"}
_CHARSETS = {
    0: "cp1252", 128: "cp932", 129: "cp949", 130: "johab", 134: "gb18030", 136: "cp950", 161: "cp1253", 162: "cp1254",
    163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250",
}  # fmt: skip
_SYMBOLS = {
    b"emdash": "—", b"endash": "–", b"lquote": "‘", b"rquote": "’", b"ldblquote": "“", b"rdblquote": "”",
    b"bullet": "•", b"tab": " ", b"emspace": " ", b"enspace": " ", b"qmspace": " ", b"line": "\n", b"sect": "\n",
    b"page": "\n",
}  # fmt: skip
_MAX_DEPTH = 2_000


@dataclass(slots=True)
class _State:
    """What a group inherits: where its text goes, its font's code page, how many substitutes follow \\u."""

    target: str = "body"
    encoding: str = ""
    skip: int = 1
    hidden: bool = False


@dataclass(slots=True)
class _Reader:
    """The text of each target, gathered while reading."""

    page: str = "cp1252"
    fonts: dict[int, str] = field(default_factory=dict)
    parts: dict[str, list[str]] = field(default_factory=dict)
    pending: bytearray = field(default_factory=bytearray)  # bytes of a code page, two of which may be one character
    lines: list[str] = field(default_factory=list)
    row: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    count: int = 0

    def put(self, state: _State, text: str) -> None:
        self.flush(state)
        if not state.hidden:
            self.parts.setdefault(state.target, []).append(text)

    def flush(self, state: _State) -> None:
        if self.pending:
            text = bytes(self.pending).decode(state.encoding or self.page, "replace")
            self.pending.clear()
            if not state.hidden:
                self.parts.setdefault(state.target, []).append(text)

    def take(self, target: str) -> str:
        return tidy_paragraph("".join(self.parts.pop(target, [])))

    def paragraph(self) -> None:
        said = self.take("body")
        self.table()
        if said:
            self.lines += [said, ""]
        self.lines += [line for note in self.notes for line in (note, "")]
        self.notes.clear()

    def cell(self) -> None:
        self.row.append(self.take("body"))

    def end_row(self) -> None:
        if self.row:
            self.rows.append(self.row)
            self.row = []

    def table(self) -> None:
        if self.rows:
            self.lines += [*table_lines(self.rows), ""]
            self.rows = []


def tidy_paragraph(text: str) -> str:
    """Return the lines of a paragraph, each tidied."""
    return "\n".join(line for part in text.split("\n") if (line := tidy(part)))


def read_rtf(data: bytes) -> Parsed:
    """Return the text of a rich-text file.

    Raises:
        BriefError: it does not begin like one, or its groups are nested without end.
    """
    start = data.find(b"{\\rtf")
    if start < 0:
        raise BriefError("found no rich text (.rtf), expected it to begin with {\\rtf; it is damaged or misnamed")
    reader = _Reader()
    stack: list[_State] = []
    state = _State()
    starred = False
    substitutes = 0
    font = -1
    position = start
    while match := _TOKEN.match(data, position):
        position = match.end()
        word, number, code, symbol, brace, plain = match.groups()
        if brace == b"{":
            reader.flush(state)
            if len(stack) > _MAX_DEPTH:
                raise BriefError(f"found groups nested over {_MAX_DEPTH} deep, expected rich text; the file is damaged")
            stack.append(state)
            state = _State(state.target, state.encoding, state.skip, state.hidden)
            substitutes = 0
        elif brace == b"}":
            reader.flush(state)
            if not stack:
                break
            above = stack.pop()
            if state.target == "footnote" and above.target != "footnote":
                said = reader.take("footnote")
                if said:
                    reader.count += 1
                    reader.put(above, f"[{reader.count}]")
                    reader.notes.append(f"[Note {reader.count}] {said}")
            state = above
        elif word:
            value = int(number) if number else None
            if word == b"bin" and value:
                position += max(0, value)
            elif word == b"u" and value is not None:
                reader.put(state, chr(value % 65536))
                substitutes = state.skip
                starred = False
                continue
            elif word == b"uc":
                state.skip = max(0, min(value or 0, 10))
            elif word == b"ansicpg" and value:
                reader.page = _codec(f"cp{value}")
            elif word == b"f" and value is not None:
                reader.flush(state)
                font = value
                state.encoding = reader.fonts.get(value, "")
            elif word == b"fcharset" and value is not None:
                reader.fonts[font] = _CHARSETS.get(value, "") if value else ""
            elif word in _EDGES:
                state.target = "edges"
            elif word == b"footnote":
                state.target = "footnote"
            elif word == b"info":
                state.target = "info"
            elif state.target.startswith("info") and word in (b"title", b"author", b"company", b"creatim", b"subject"):
                state.target = f"info {word.decode()}"
            elif state.target == "info creatim" and word in (b"yr", b"mo", b"dy"):
                reader.put(state, f"{value or 0:02d}-")
            elif word in _SKIPPED or (starred and word not in (b"shptxt", b"shpinst", b"shprslt")):
                state.hidden = True
            elif word == b"v":
                state.hidden = state.hidden or value != 0
            elif word in (b"par", b"sect", b"page"):
                reader.flush(state)
                if state.target == "body":
                    reader.paragraph()
                else:
                    reader.put(state, "\n")
            elif word in (b"cell", b"nestcell"):
                reader.flush(state)
                reader.cell()
            elif word in (b"row", b"nestrow"):
                reader.end_row()
            elif word in _SYMBOLS:
                reader.put(state, _SYMBOLS[word])
            starred = False
        elif code:
            if substitutes:
                substitutes -= 1
            elif not state.hidden:
                reader.pending.append(int(code, 16))
        elif symbol:
            if symbol == b"*":
                starred = True
            elif symbol in (b"\\", b"{", b"}"):
                reader.put(state, symbol.decode("ascii"))
            elif symbol in (b"~", b"_", b"-"):
                reader.put(state, {b"~": " ", b"_": "-", b"-": ""}[symbol])
            elif symbol in (b"\n", b"\r") and state.target == "body":
                reader.paragraph()
        elif plain:
            if substitutes:
                plain, substitutes = plain[substitutes:], max(0, substitutes - len(plain))
            if not state.hidden:
                reader.pending += plain
    reader.flush(state)
    reader.end_row()
    reader.paragraph()
    return _parsed(reader)


def _parsed(reader: _Reader) -> Parsed:
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(reader.lines)).strip()
    text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")  # \u pairs are UTF-16 halves
    finds = []
    for field_, key, trust in (("title", "title", WEAK), ("authors", "author", 0), ("institution", "company", 0)):
        if value := reader.take(f"info {key}"):
            finds.append(Find(field_, value, f"document property {key}", trust))
    made = []
    if match := re.match(r"(\d{4})-(\d\d?)-(\d\d?)", reader.take("info creatim")):
        try:
            made.append(Made(date(*map(int, match.groups())), "document property creatim", confirmable=False))
        except ValueError:
            made = []
    edges = reader.take("edges")
    left_out = (LeftOut(edges[:300], "running head or foot"),) if edges else ()
    return Parsed(text, (), tuple(finds), tuple(made), left_out)


def _codec(name: str) -> str:
    try:
        b"".decode(name)
        return name
    except LookupError:
        return "cp1252"
