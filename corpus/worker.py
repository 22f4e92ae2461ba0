"""The process in which foreign files are parsed: requests on standard input, replies on standard output, one at a time.

Its memory is limited before the first request, so a file that claims to be huge ends this process at worst. It runs
as `python -m northbrief.corpus.worker`, not by multiprocessing, which would run a user's script a second time.
"""

import os
import sys
from contextlib import suppress
from typing import Any

from .documents import read_parsed
from .errors import BriefError
from .protocol import MEMORY, receive, send, too_much_memory


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
    try:
        documents = read_parsed(
            data, request["kind"], request["name"], url=request["url"], content_type=request["type"], ocr=request["ocr"]
        )
        return {"documents": documents}
    except BriefError as error:
        return {"error": str(error)}
    except MemoryError:
        return {"error": too_much_memory(), "spent": True}
    except (ImportError, SyntaxError) as error:
        return {"error": f"the reader of {request['kind']} files cannot be loaded ({error}); install northbrief again"}
    except RecursionError:
        return {"error": "found parts nested too deeply, expected a document; it is damaged or made to break readers"}
    except Exception as error:  # foreign code raises anything for a damaged file
        kind = type(error).__name__
        return {"error": f"found a damaged {request['kind']} file ({kind}: {str(error)[:120]}), expected a whole one"}


def _limit_memory() -> None:
    with suppress(ImportError, ValueError, OSError):  # no such limit on Windows
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
