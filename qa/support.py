"""Which quotes of the passages given to a model support a sentence that it wrote.

Nothing is worked out twice, so that a sentence can be checked while its markers are still on their way.
"""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

import numpy as np

from ..index import Hit, Retriever
from .context import points_back
from .injected import plain_spans
from .near import close
from .texts import read, read_quotes
from .types import Citation, Verdict
from .verify import check, context_of
from .weighing import fit

MEETS = 0.42  # how well a quote must meet the words of a sentence, in [0, 1], to speak of the same
TRIED = 4  # quotes of passages that a sentence did not cite, against which it is held
NEXT = 3  # quotes of a passage: sentences may differ in one figure
SINGLE = 0.9  # of two neighbouring sentences' score: a single sentence as good is quoted alone
_RANK = {"supported": 2, "partly": 1, "unsupported": 0}


class Support:
    """Holds sentences against the passages `hits`. The citations that it returns have the number 0.

    Where a machine is `trusted`, a sentence that stands the check need not keep near to the words of its quotes: its
    own reading of them decides afterwards.
    """

    def __init__(self, retriever: Retriever, hits: Sequence[Hit], *, trusted: bool = False) -> None:
        self.trusted = trusted
        self.retriever = retriever
        self.hits = tuple(hits)
        self._quotes: dict[tuple[str, str], list[tuple[float, Citation]]] = {}
        self._verdicts: dict[tuple[str, tuple[tuple[str, int, int], ...]], Verdict] = {}

    def warm(self) -> None:
        """Find the names and dates of the passages, which is half of a check; what is found is remembered there."""
        for hit in self.hits:
            read(context_of(hit.brief, hit.passage), hit.brief.published)

    def ahead(self, text: str) -> None:
        """Check a sentence whose markers are not known yet against what it most probably is from."""
        for citation in self.quotes(text, self.hits)[:1]:
            self.verdict(text, [citation])

    def support(self, text: str, named: Sequence[Hit]) -> tuple[Verdict, list[Citation]]:
        """Return the verdict on a sentence that cites `named`, and the quotes that it is by.

        One quote that supports it alone comes without the others; where none of `named` supports it, the quote of
        another passage that does takes their place.
        """
        verdict, used = self._best(text, self.quotes(text, named))
        if verdict != Verdict.SUPPORTED:
            for citation in self.quotes(text, [hit for hit in self.hits if hit not in named])[:TRIED]:
                other = self.verdict(text, [citation])
                if _RANK[other] > _RANK[verdict] and (other == Verdict.SUPPORTED or verdict == Verdict.UNSUPPORTED):
                    verdict, used = other, [citation]
                if verdict == Verdict.SUPPORTED:
                    break
        return verdict, used

    def _best(self, text: str, cited: list[Citation]) -> tuple[Verdict, list[Citation]]:
        found = Verdict.UNSUPPORTED, cited
        first = list({each.passage.id: each for each in reversed(cited)}.values())  # the best of each passage
        for given in [*([each] for each in cited), *([first] if len(first) > 1 else [])]:
            verdict = self.verdict(text, given)
            if verdict == Verdict.SUPPORTED:
                return verdict, given
            if _RANK[verdict] > _RANK[found[0]] and given[0] in first:
                found = verdict, given
        return found

    def verdict(self, text: str, cited: Sequence[Citation]) -> Verdict:
        """Return the verdict on a sentence by these quotes together."""
        key = text, tuple((each.brief.id, each.start, each.end) for each in cited)
        if key not in self._verdicts:
            published, quotes, context = _given(cited)
            encoder = self.retriever.index.encoder
            found = check(text, quotes, published=published, context=context, encoder=encoder)
            self._verdicts[key] = self.near(text, cited) if found == Verdict.SUPPORTED and not self.trusted else found
        return self._verdicts[key]

    def near(self, text: str, cited: Sequence[Citation]) -> Verdict:
        """Return whether a sentence that these quotes support keeps near to their words."""
        published, quotes, context = _given(cited)
        backs = any(points_back(each.quote) for each in cited)
        evidence = read_quotes(quotes, published, context if backs else "")
        return close(read(text, published), evidence, self.retriever.index.encoder)

    def meets(self, text: str, citation: Citation) -> bool:
        """Whether the quote speaks of the same, details apart."""
        said, quote = read(text, citation.brief.published), read_quotes((citation.quote,), citation.brief.published)
        return bool(said.free) and fit(said, quote, self.retriever.index.encoder)[0] >= MEETS

    def quotes(self, text: str, hits: Sequence[Hit]) -> list[Citation]:
        """Return of each passage the sentences, or two in a row, that meet the text best, at most NEXT; best first."""
        new = [hit for hit in hits if (text, hit.passage.id) not in self._quotes]
        spans = [plain_spans(hit) for hit in new]
        if new:
            matches = self.retriever.match_spans(text, new, spans)
            for hit, places, rows in zip(new, spans, matches.best, strict=True):
                scored = [(float(row @ matches.weights), *place) for row, place in zip(rows, places, strict=True)]
                for n, ((a, b), (c, d)) in enumerate(pairwise(places)):
                    if 0 <= c - b <= 2:
                        both = np.maximum(rows[n], rows[n + 1])
                        scored.append((SINGLE * float(both @ matches.weights), a, d))
                self._quotes[text, hit.passage.id] = _cited(hit, scored)
        found = [each for hit in hits for each in self._quotes[text, hit.passage.id]]
        return [citation for _, citation in sorted(found, key=lambda each: -each[0])]


def _given(cited: Sequence[Citation]) -> tuple[date | None, tuple[str, ...], str]:
    """The date of the quotes, if they have one date, their words, and what stands around them."""
    dates = {each.brief.published for each in cited}
    published = dates.pop() if len(dates) == 1 else None
    context = "\n".join(dict.fromkeys(context_of(each.brief, each.passage) for each in cited))
    return published, tuple(each.quote for each in cited), context


def _cited(hit: Hit, scored: Sequence[tuple[float, int, int]]) -> list[tuple[float, Citation]]:
    """The best spans of a passage, with their scores; of those that overlap only the best."""
    kept: list[tuple[float, int, int]] = []
    for score, first, last in sorted(scored, key=lambda each: -each[0]):
        if len(kept) < NEXT and all(last <= start or end <= first for _, start, end in kept):
            kept.append((score, first, last))
    at, text = hit.passage.start, hit.passage.text
    return [(score, Citation(0, hit.passage, hit.brief, text[a:b], at + a, at + b)) for score, a, b in kept]
