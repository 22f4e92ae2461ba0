"""The body of an answer: decompressed while it comes, and never more of it than the limit."""

import zlib
from collections.abc import Iterable, Iterator, Mapping

from .errors import AddressError, BriefError

_NO_TEXT = ("image/", "audio/", "video/", "font/", "text/css", "text/javascript", "application/javascript")


def check_head(headers: Mapping[str, str], most: int) -> None:
    """Refuse, before the body is read, what is too large or no document.

    Raises:
        BriefError: it is.
    """
    kind = headers.get("content-type", "").lower().strip()
    if kind.startswith(_NO_TEXT):
        raise BriefError(f"found content of type {kind.split(';')[0]}, expected a document, a feed or a sitemap")
    length = headers.get("content-length", "")
    if length.isdigit() and int(length) > most:
        raise _too_large(most)


def _too_large(most: int) -> BriefError:
    return BriefError(
        f"found more than {most / 1_000_000:g} MB, expected at most that of one address; "
        "save it yourself and add the file"
    )


def read_body(chunks: Iterable[bytes], encoding: str, most: int, cut: bool) -> bytes:
    """Return the body, decompressed as it comes; `cut` ends it at the limit.

    Raises:
        BriefError: it is larger than `most` bytes, or compressed in a way that was not asked for.
    """
    encoding = encoding.strip().lower()
    if encoding in ("gzip", "x-gzip"):
        chunks = gunzipped(chunks, most)
    elif encoding not in ("", "identity"):
        raise BriefError(f"found content encoded as {encoding[:40]!r}, which was not asked for; save the page yourself")
    parts: list[bytes] = []
    size = 0
    for chunk in chunks:
        parts.append(chunk)
        size += len(chunk)
        if size > most:
            if cut:
                break
            raise _too_large(most)
    return b"".join(parts)[: most if cut else None]


def gunzipped(chunks: Iterable[bytes], most: int) -> Iterator[bytes]:
    """Decompress gzip in pieces of at most `most` + 1 bytes, so that a bomb is noticed and not unpacked.

    Raises:
        BriefError: it is no gzip, or ends too early.
    """
    unpacker = zlib.decompressobj(wbits=31)
    started = False
    try:
        for chunk in chunks:
            while chunk:
                if unpacker.eof:  # several files behind one another are one; anything else there is padding
                    if not chunk.startswith(b"\x1f\x8b"):
                        return
                    unpacker = zlib.decompressobj(wbits=31)
                started = True
                yield unpacker.decompress(chunk, most + 1)
                chunk = unpacker.unconsumed_tail or unpacker.unused_data
    except zlib.error as error:
        raise BriefError(f"found damaged compression ({error}), expected gzip; try again") from error
    if started and not unpacker.eof:
        raise AddressError("found an answer that ends too early; try again")
