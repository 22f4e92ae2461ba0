"""Which kind of document some bytes are: by their first bytes, then by what they contain, then by the suffix."""

import io
import re
import zipfile

from .errors import BriefError

TEXT_KINDS = (".txt", ".md", ".jsonl")
"""Kinds that are read in the process itself; all others by foreign code, in a worker."""

KINDS = (*TEXT_KINDS, ".html", ".mhtml", ".pdf", ".docx", ".odt", ".rtf", ".epub", ".pptx")
ALIASES = {".htm": ".html", ".xhtml": ".html", ".mht": ".mhtml", ".markdown": ".md", ".text": ".txt"}
SUFFIXES = (*KINDS, *ALIASES)
"""Every suffix of a file that is taken."""

_TYPES = {
    "application/pdf": ".pdf",
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "multipart/related": ".mhtml",
    "application/rtf": ".rtf",
    "text/rtf": ".rtf",
    "text/plain": ".txt",
    "text/markdown": ".md",
}
_OFFICE = (
    (re.compile(r"^word/document\d*\.xml$"), ".docx"),
    (re.compile(r"^ppt/presentation\d*\.xml$"), ".pptx"),
    (re.compile(r"^xl/workbook\.xml$"), "a spreadsheet"),
)
_MIMES = {
    "application/epub+zip": ".epub",
    "application/vnd.oasis.opendocument.text": ".odt",
    "application/vnd.oasis.opendocument.text-template": ".odt",
}
_MARKUP = re.compile(rb"<(?:!doctype\s+html|html|head|body|title|meta|article|div|p)\b", re.IGNORECASE)
_MHTML = re.compile(rb"^(?:from|mime-version|subject|date|snapshot-content-location|content-type):", re.IGNORECASE)
_FOREIGN = (
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"II*\x00", "a TIFF picture"),
    (b"\xd0\xcf\x11\xe0", "an old or encrypted Office file (.doc, .ppt, .hwp, or one with a password)"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"SQLite format 3", "a database"),
)


def sniff(data: bytes, name: str, content_type: str = "") -> str:
    """Return the kind of `data`, one of KINDS.

    The bytes decide where they can; a text is what its suffix, or else its content type, says.

    Raises:
        BriefError: it is none of the kinds.
    """
    start = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n\x00")
    suffix = _suffix(name)
    if b"%PDF-" in data[:1024]:
        return ".pdf"
    if start.startswith(b"{\\rtf"):
        return ".rtf"
    if data.startswith(b"PK\x03\x04"):
        return _zipped(data)
    for mark, what in _FOREIGN:
        if data.startswith(mark):
            raise BriefError(f"found {what}, expected a document; convert it to PDF or text")
    declared = suffix if suffix in KINDS else _TYPES.get(content_type.split(";")[0].strip().lower(), "")
    if declared in (".md", ".jsonl"):
        return declared
    if _MHTML.match(start) and b"content-type:" in data[:8192].lower() and b"text/html" in data.lower():
        return ".mhtml"
    if _MARKUP.search(_ascii(start)):
        return ".html" if declared != ".txt" or _ascii(start).lower().startswith((b"<!doctype", b"<html")) else ".txt"
    if declared in (".pdf", ".docx", ".pptx", ".odt", ".epub", ".rtf", ".mhtml"):
        raise BriefError(f"found no {declared} file in spite of its name, expected one; it is damaged or misnamed")
    return declared or ".txt"


def _suffix(name: str) -> str:
    match = re.search(r"\.\w+$", name)
    suffix = match[0].lower() if match else ""
    return ALIASES.get(suffix, suffix)


def _ascii(start: bytes) -> bytes:
    """Without the NULs of UTF-16, so that marks can be looked for."""
    return start.replace(b"\x00", b"") if start[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in start[:64] else start


def _zipped(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            if "mimetype" in names:
                info = archive.getinfo("mimetype")
                mime = archive.read(info).decode("ascii", "replace").strip() if info.file_size < 200 else ""
                if mime in _MIMES:
                    return _MIMES[mime]
    except Exception as error:  # zipfile raises half a dozen kinds for damage
        raise BriefError(f"found a damaged zip container ({error}), expected a whole document; get it again") from error
    if "META-INF/container.xml" in names:
        return ".epub"
    for name in names:
        for pattern, kind in _OFFICE:
            if pattern.match(name):
                if kind.startswith("."):
                    return kind
                raise BriefError(f"found {kind}, expected a text document; save the sheet as text or PDF")
    raise BriefError("found a zip archive, expected a document; unpack it and add the folder")
