"""Digests and checksums: what shows that a stored value is the one that was written.

SQLite notices a broken page, not a flipped bit within a value. So each brief carries a digest of all that is known of
it, each passage a checksum of where it lies, each vector and each row of token vectors a checksum of its bytes. What a
search returns has been compared with them; `northbrief check` compares everything.
"""

import hashlib
import zlib
from dataclasses import MISSING, fields

from ..corpus import Brief


def brief_digest(brief: Brief) -> bytes:
    """Return 16 bytes that change whenever the text or anything known of the brief changes, save where it lies.

    A field that has its default value counts for nothing, so a field that a later version adds changes no digest.
    """
    digest = hashlib.blake2b(digest_size=16)
    for field in fields(brief):
        value = getattr(brief, field.name)
        if field.name == "source" or (field.default is not MISSING and value == field.default):
            continue
        data = value if isinstance(value, str) else repr(value)
        raw = data.encode("utf-8", "surrogatepass")
        digest.update(f"{field.name}:{len(raw)}:".encode())
        digest.update(raw)
    return digest.digest()


def input_digest(text: str) -> bytes:
    """Return 16 bytes for a text as the encoder reads it: the key under which an earlier encoding is found again."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def facts_checksum(passage_id: str, start: int, stop: int, page: int | None, heading: str, digest: bytes) -> int:
    """Return the checksum, 32 bits, of what is known of a passage beside its text and vector."""
    return zlib.crc32(f"{passage_id}\x00{start}\x00{stop}\x00{page}\x00{heading}\x00".encode() + digest)
