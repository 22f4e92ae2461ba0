"""The two values that everything else is made of: a brief and a passage of it."""

import re
from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from .errors import BriefError
from .language import guess_language

_HALF = re.compile(r"[\ud800-\udfff]")  # cannot be written as UTF-8


class DateSource(StrEnum):
    """Where a brief's publication date was found."""

    GIVEN = "given"  # front matter, sidecar, .jsonl key, or code
    METADATA = "metadata"  # properties inside the file
    HEADER = "header"  # a date line in the head of the text
    URL = "url"  # the address
    NONE = "none"  # nowhere: the brief is undated


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """One document with what is known of it.

    `text` is the whole text; passages are cut from `text[body:]`, so that head lines (title, date, author) can be
    read but never retrieved. `language` is an ISO 639-1 code, guessed from the script when not given.

    Raises:
        BriefError: `id`, `title` or the text after `body` is empty, or a value cannot be stored as text.
    """

    id: str
    title: str
    text: str
    authors: tuple[str, ...] = ()
    institution: str = ""
    series: str = ""
    published: date | None = None
    published_from: DateSource = DateSource.NONE
    language: str = ""
    url: str = ""
    source: str = ""  # the file or address it was read from
    body: int = 0  # offset in `text` where the prose begins
    pages: tuple[int, ...] = ()  # offset in `text` at which each page begins, page 1 first; () where there are none
    derived_id: bool = False  # the id comes from a file name, so another file may claim it too

    def __post_init__(self) -> None:
        for key in ("id", "title"):
            if not getattr(self, key).strip():
                raise BriefError(f"found a brief with an empty {key}, expected text; give it a {key}")
        written = (self.id, self.title, self.text, *self.authors, self.institution, self.series, self.url, self.source)
        if any(_HALF.search(value) for value in written):
            raise BriefError(f"found half a surrogate pair in the brief {self.id!a}, expected text; mend its encoding")
        if any("\x00" in value for value in written):
            raise BriefError(f"found NUL characters in the brief {self.id!a}, expected text; remove them")
        if not self.text[self.body :].strip():
            raise BriefError(f"found no text in the brief {self.id!r}, expected at least one sentence")
        if not self.language:
            object.__setattr__(self, "language", guess_language(self.text[self.body :]))
        if self.published is not None and self.published_from is DateSource.NONE:
            object.__setattr__(self, "published_from", DateSource.GIVEN)

    def page_at(self, offset: int) -> int | None:
        """Return the page, counted from 1, on which the character at `offset` stands; None without pages.

        >>> Brief(id="a", title="A", text="One. Two.", pages=(0, 5)).page_at(6)
        2
        """
        return max(1, bisect_right(self.pages, offset)) if self.pages else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A slice of a brief: `text == brief.text[start:end]`, always.

    `id` depends on the brief's id and the passage's own text, so it survives re-indexing and edits elsewhere in the
    brief. `page` is 1-based, None where the source has no pages; `heading` is the nearest one above, or "".
    """

    id: str
    brief_id: str
    start: int
    end: int
    text: str
    page: int | None = None
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """A document that was not taken, and why, in one sentence."""

    source: str
    reason: str
