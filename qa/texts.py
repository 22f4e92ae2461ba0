"""A claim and its quotes as they are compared: their words, names, dates and quantities."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from ..corpus.sentences import sentence_spans
from .dates_said import Said, days_said
from .named import Named, names_in, unknown_names
from .numbers import Quantity, quantities
from .words import Word, plain, words


@dataclass(frozen=True, slots=True)
class Text:
    """A claim, or a sentence of a quote, with everything that is compared."""

    text: str
    words: tuple[Word, ...]
    names: tuple[Named, ...]
    days: tuple[Said, ...]
    quantities: tuple[Quantity, ...]
    actors: tuple[Named, ...]  # names, with those that the table lacks
    free: tuple[Word, ...]  # content words outside names, dates and quantities


@dataclass(frozen=True, slots=True)
class Evidence:
    """All quotes together, sentence by sentence; `context` may resolve names and dates, and nothing else."""

    sentences: tuple[Text, ...]
    whole: Text
    context: Text
    published: date | None


@lru_cache(maxsize=1024)
def read(text: str, published: date | None = None) -> Text:
    """Return a text with its words, names, dates and quantities."""
    text = plain(text)
    found = words(text)
    names = names_in(text)
    days = tuple(days_said(text, published))
    spans = [*((name.start, name.end) for name in names), *((day.start, day.end) for day in days)]
    amounts = tuple(quantities(text, spans))
    spans += [(amount.start, amount.end) for amount in amounts]
    free = tuple(word for word in found if word.content and not any(a <= word.start < b for a, b in spans))
    runs = [(run[0].start, run[-1].end) for run in unknown_names(text, found, spans) if len(run) > 1]
    others = [Named(start, end, text[start:end], text[start:end].lower(), "") for start, end in runs]
    actors = tuple(sorted((*names, *others), key=lambda name: name.start))
    return Text(text, found, names, days, amounts, actors, free)


@lru_cache(maxsize=256)
def read_quotes(quotes: tuple[str, ...], published: date | None = None, context: str = "") -> Evidence:
    """Return the evidence that the quotes are."""
    pieces = []
    for quote in quotes:
        shown = plain(quote)
        pieces += [read(shown[start:end], published) for start, end in sentence_spans(shown)]
    whole = read("\n".join(piece.text for piece in pieces), published)
    return Evidence(tuple(pieces), whole, read(context, published), published)
