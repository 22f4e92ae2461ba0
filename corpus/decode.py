"""Bytes of a text into characters: UTF-8 and UTF-16 first, then the older code pages of Korea and the West.

UTF-8 cannot be mistaken for anything else. Of the others CP949 (which holds EUC-KR) is taken when nearly all that is
not ASCII becomes hangul, windows-1252 when it becomes the accents and quotation marks of a Western text; what is left
is charset-normalizer's to tell.
"""

import re

from .errors import BriefError

_HANGUL = re.compile(r"[\uac00-\ud7a3\u3131-\u318e]")
_FOREIGN = re.compile(r"[^\x00-\x7f]")
_WESTERN = re.compile(r"[À-ÖØ-öø-ÿŒœŠšŸŽž‘’‚“”„–—…•€™£§°«»¡¿ºª©®·½¼¾²³ \u00a0\u00ad]")
_TELLING = 40  # bytes from which on statistics tell an encoding; a few fit any
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([\w-]+)""", re.IGNORECASE)
_ENCODING = re.compile(rb"""<\?xml[^>]*encoding\s*=\s*["']([\w-]+)""")
_WIDER = {
    "euc-kr": "cp949", "ks_c_5601-1987": "cp949", "ksc5601": "cp949", "iso-8859-1": "cp1252", "latin-1": "cp1252",
    "ascii": "cp1252", "us-ascii": "cp1252", "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932",
}  # fmt: skip


def decode_bytes(raw: bytes) -> str:
    """Return the characters of `raw`.

    Raises:
        BriefError: it is no text in any encoding that can be told.
    """
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _strict(raw, "utf-16", "UTF-16 text, as its first bytes say")
    if (wide := _unmarked_utf16(raw)) is not None:
        return wide
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        text = _legacy(raw)
        if text is None:
            byte = raw[error.start]
            raise BriefError(
                f"found byte 0x{byte:02x} at offset {error.start}, expected UTF-8 text; save the file as UTF-8"
            ) from error
        return text


def decode_page(raw: bytes, content_type: str = "") -> str:
    """Return the characters of a web page: by its mark, the server's word, its own, else as `decode_bytes` does."""
    if raw[:3] == b"\xef\xbb\xbf" or raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return raw.decode("utf-8-sig" if raw[0] == 0xEF else "utf-16", "replace").replace("\x00", "")
    head = raw[:4096]
    for declared in (
        _CHARSET.search(content_type.encode("utf-8", "replace")),
        _ENCODING.search(head),
        _CHARSET.search(head),
    ):
        name = declared[1].decode("ascii", "replace").lower() if declared else ""
        if not name:
            continue
        try:
            return raw.decode(_WIDER.get(name, name))
        except UnicodeDecodeError:
            if name in ("utf-8", "utf8") and _damage(raw, "utf-8") < 0.001:
                return raw.decode("utf-8", "replace")
        except LookupError:
            continue
    try:
        return decode_bytes(raw)
    except BriefError:
        return raw.decode("utf-8", "replace")


def _damage(raw: bytes, name: str) -> float:
    return raw.decode(name, "replace").count("\ufffd") / max(1, len(raw))


def _strict(raw: bytes, name: str, expected: str) -> str:
    try:
        return raw.decode(name)
    except UnicodeDecodeError as error:
        raise BriefError(
            f"found byte 0x{raw[error.start]:02x} at offset {error.start}, expected {expected}; save the file as UTF-8"
        ) from error


def _unmarked_utf16(raw: bytes) -> str | None:
    """UTF-16 without its mark: every second byte of the ASCII in it, spaces and line ends at least, is NUL."""
    if len(raw) % 2 or b"\x00" not in raw[:2000]:
        return None
    for name, zeros in (("utf-16-le", raw[1:2000:2]), ("utf-16-be", raw[0:2000:2])):
        other = raw[0:2000:2] if name == "utf-16-le" else raw[1:2000:2]
        if zeros.count(0) >= 0.1 * len(zeros) and other.count(0) == 0:
            try:
                text = raw.decode(name)
            except UnicodeDecodeError:
                continue
            if not _CONTROL.search(text) and len(_FOREIGN.sub("", text)) >= 0.1 * len(text):
                return text
    return None


def _legacy(raw: bytes) -> str | None:
    if _CONTROL.search(raw[:100_000].decode("latin-1")):
        return None  # a binary file
    for name, fits, share in (("cp949", _HANGUL, 0.8), ("cp1252", _WESTERN, 0.9)):
        try:
            text = raw.decode(name)
        except UnicodeDecodeError:
            continue
        foreign = _FOREIGN.findall(text)
        if len(fits.findall("".join(foreign))) >= share * len(foreign) and (
            name == "cp949" or len(foreign) < 0.3 * len(text)
        ):
            return text
    if len(raw) < _TELLING:
        return None
    from charset_normalizer import from_bytes

    best = from_bytes(raw[:200_000]).best()
    try:
        return raw.decode(best.encoding) if best is not None else None
    except UnicodeDecodeError:
        return None
