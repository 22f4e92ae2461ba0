"""What a reader of one file format gives: the text, its pages, what the file says of itself, what was left out."""

from dataclasses import dataclass

from .finds import Find, Made


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A line that stands in the file and not in the text, with the reason; `page` counts from 1, 0 without pages."""

    text: str
    reason: str
    page: int = 0


@dataclass(frozen=True, slots=True)
class Parsed:
    """One document as a reader gives it. `body` is the offset at which the prose begins, where the reader knows it."""

    text: str
    pages: tuple[int, ...] = ()
    finds: tuple[Find, ...] = ()
    made: tuple[Made, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    notes: tuple[str, ...] = ()
    body: int = 0
