"""Briefs into passages: LangChain's splitter at paragraph and sentence ends, sized in the encoder's word pieces."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from .headings import headings
from .types import Brief, Passage

_PARAGRAPH = r"\n[\s\xa0]*\n"
_SENTENCE = r"(?<=[.!?。！？…])[\"'”’)\]]*\s+|(?<=[。！？])"
_SEPARATORS = [_PARAGRAPH, r"\n", _SENTENCE, r"(?<=[;:])\s+", r"\s+"]  # what is still too long is halved

CHARACTERS_PER_PIECE = 8
"""A passage is also bounded in characters, as if every word piece had eight: English has 4 to 5. BERT's tokenizer
turns a run of over 100 letters without a space into one unknown piece, so a count of pieces bounds nothing there."""


@dataclass(frozen=True, slots=True)
class Chunking:
    """How briefs are cut: at most `pieces` word pieces a passage. Recorded in the index; other values are refused."""

    pieces: int = 240  # MRR 0.718, with 200 it is 0.698, with 100 0.590 (tests/benchmarks/README.md)
    version: int = 1  # raise it when the same brief would be cut elsewhere


def split_brief(brief: Brief, count: Callable[[str], int], budget: int) -> list[Passage]:
    """Return the passages of `brief`, in order, each of at most `budget` word pieces as `count` counts them.

    Each passage is the exact slice `brief.text[start:end]`; passages do not overlap, and between them stands only
    white space, or a Markdown heading, which becomes `heading` of those below it.
    """

    def length(text: str) -> int:
        return max(count(text), -(-len(text) // CHARACTERS_PER_PIECE))

    seen: Counter[str] = Counter()
    passages = []
    for heading, start, end in _sections(brief):
        for first, last in _spans(brief.text, start, end, length, budget):
            text = brief.text[first:last]
            seen[text] += 1
            passages.append(
                Passage(
                    id=passage_id(brief.id, text, seen[text]),
                    brief_id=brief.id,
                    start=first,
                    end=last,
                    text=text,
                    page=brief.page_at(first),
                    heading=heading,
                )
            )
    return passages


def passage_id(brief_id: str, text: str, occurrence: int = 1) -> str:
    """Return 16 hexadecimal digits that depend on the brief's id, the text, and how often it stood before."""
    key = "\x00".join((brief_id, str(occurrence), text)).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(key, digest_size=8).hexdigest()


def _sections(brief: Brief) -> Iterator[tuple[str, int, int]]:
    """(heading, start, end) of the text between Markdown headings; the whole body of a text without any."""
    title, start = "", brief.body
    for heading in headings(brief.text, brief.body):
        yield title, start, heading.start
        title, start = heading.title, heading.end
    yield title, start, len(brief.text)


def _spans(text: str, start: int, end: int, length: Callable[[str], int], budget: int) -> Iterator[tuple[int, int]]:
    # Imported here: it brings in langchain-core (0.4 s), which searching never needs.
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    splitter = RecursiveCharacterTextSplitter(
        separators=_SEPARATORS,
        is_separator_regex=True,
        keep_separator="end",
        chunk_size=budget,
        chunk_overlap=0,  # with an overlap counted in pieces, add_start_index would look in the wrong place
        length_function=length,
        add_start_index=True,
    )
    for document in splitter.create_documents([text[start:end]]):
        first = start + document.metadata["start_index"]
        yield from _halves(text, first, first + len(document.page_content), length, budget)


def _halves(text: str, start: int, end: int, length: Callable[[str], int], budget: int) -> Iterator[tuple[int, int]]:
    """The span itself, or its halves until each is within the budget.

    The splitter adds up the lengths of parts, and for odd text (long runs without a space, stacked accents) the
    pieces of a whole can outnumber those of its parts.
    """
    if length(text[start:end]) <= budget or end - start < 2:
        if text[start:end].strip():
            yield start, end
        return
    middle = (start + end) // 2
    yield from _halves(text, start, middle, length, budget)
    yield from _halves(text, middle, end, length, budget)
