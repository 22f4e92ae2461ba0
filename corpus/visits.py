"""What is remembered of an address between two runs, so that only what changed is fetched again."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Visit:
    """One address as it was last taken: the server's validators, and the date that a feed or sitemap gave for it.

    `listing` says that it is a feed or a sitemap, which leads to briefs but is none.
    """

    url: str
    etag: str = ""
    modified: str = ""  # the Last-Modified header, as it came
    stamp: str = ""  # "updated" of a feed's entry, "lastmod" of a sitemap
    listing: bool = False


class Memory(Protocol):
    """Remembers visits; the index does, and a test may pass a dict's worth of lines."""

    def visit(self, url: str) -> Visit | None:
        """Return the last visit, or None."""

    def holds(self, url: str) -> bool:
        """Whether the index holds a brief that was read from this address."""


class NoMemory:
    """Remembers nothing: every address is new."""

    def visit(self, url: str) -> Visit | None:
        return None

    def holds(self, url: str) -> bool:
        return False
