"""The process in which foreign files are parsed: requests on standard input, replies on standard output, one at a time.

    request: 4 bytes length, JSON {"kind", "name", "url", "type", "ocr", "size"}, then `size` bytes of the file
    reply:   4 bytes length, JSON {"documents": [...]} or {"error": reason}

Its memory is limited before the first request, so a file that claims to be huge ends this process at worst. It runs
as `python -m northbrief.corpus.worker`, not by multiprocessing, which would run a user's script a second time.
"""

import json
import os
import struct
import sys
from contextlib import suppress
from typing import Any, BinaryIO

MEMORY = 1 << 30
"""Bytes of address space the worker may take: the readers take 0.2 GB for common files."""


def main() -> None:
    """Serve requests until standard input ends."""
    replies = os.fdopen(os.dup(1), "wb")
    with open(os.devnull, "wb") as nowhere:  # noqa: PTH123  # a device, for what foreign code prints
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
    _limit_memory()
    requests = sys.stdin.buffer
    while (request := receive(requests)) is not None:
        data = requests.read(request["size"])
        send(replies, answer(request, data))


def answer(request: dict[str, Any], data: bytes) -> dict[str, Any]:
    """Return what the reader of the request's kind makes of `data`, as JSON values."""
    from .documents import read_parsed
    from .errors import BriefError

    try:
        documents = read_parsed(
            data, request["kind"], request["name"], url=request["url"], content_type=request["type"], ocr=request["ocr"]
        )
        return {"documents": documents}
    except BriefError as error:
        return {"error": str(error)}
    except MemoryError:
        return {"error": too_much_memory(), "spent": True}
    except RecursionError:
        return {"error": "found parts nested too deeply, expected a document; it is damaged or made to break readers"}
    except Exception as error:  # foreign code raises anything for a damaged file
        kind = type(error).__name__
        return {"error": f"found a damaged {request['kind']} file ({kind}: {str(error)[:120]}), expected a whole one"}


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


def _limit_memory() -> None:
    with suppress(ImportError, ValueError, OSError):  # no such limit on Windows
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
