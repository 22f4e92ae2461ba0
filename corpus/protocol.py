"""What the process that parses and the one that asks say to each other, over two pipes.

request: 4 bytes length, JSON {"kind", "name", "url", "type", "ocr", "size"}, then `size` bytes of the file
reply:   4 bytes length, JSON {"documents": [...]} or {"error": reason}
"""

import json
import struct
from typing import Any, BinaryIO

MEMORY = 1 << 30
"""Bytes of address space the worker may take: the readers take 0.2 GB for common files."""


def too_much_memory() -> str:
    """Return the reason for a file that needs more memory than the worker has."""
    return f"found a file that needs more than {MEMORY >> 20} MB to be read, expected less; split or convert it"


def send(stream: BinaryIO, message: dict[str, Any], data: bytes = b"") -> None:
    """Write one message, and the bytes that belong to it."""
    text = json.dumps(message).encode("ascii")
    stream.write(struct.pack(">I", len(text)) + text)
    stream.write(data)
    stream.flush()


def receive(stream: BinaryIO) -> dict[str, Any] | None:
    """Read one message; None at the end of the stream."""
    head = stream.read(4)
    if len(head) < 4:
        return None
    (length,) = struct.unpack(">I", head)
    text = stream.read(length)
    if len(text) < length:
        return None
    message: dict[str, Any] = json.loads(text)
    return message
