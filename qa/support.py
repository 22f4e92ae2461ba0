"""Which quotes of the passages given to a model support a sentence that it wrote.

Nothing is worked out twice, so that a sentence can be checked while its markers are still on their way.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from ..index import Hit, Retriever
from .faults import SUPPORTED_FROM, fit, read, read_quotes
from .injected import plain_spans
from .types import Citation, Verdict
from .verify import check, context_of

TRIED = 3  # passages that a sentence did not cite, against which it is held
SINGLE = 0.9  # of two neighbouring sentences' score: a single sentence as good is quoted alone
_RANK = {"supported": 2, "partly": 1, "unsupported": 0}


class Support:
    """Holds sentences against the passages `hits`. The citations that it returns have the number 0."""

    def __init__(self, retriever: Retriever, hits: Sequence[Hit]) -> None:
        self.retriever = retriever
        self.hits = tuple(hits)
        self._quotes: dict[tuple[str, str], tuple[float, Citation] | None] = {}
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
        for given in [*([each] for each in cited), *([cited] if len(cited) > 1 else [])]:
            verdict = self.verdict(text, given)
            if verdict == Verdict.SUPPORTED:
                return verdict, given
            if _RANK[verdict] > _RANK[found[0]]:
                found = verdict, given
        return found

    def verdict(self, text: str, cited: Sequence[Citation]) -> Verdict:
        """Return the verdict on a sentence by these quotes together."""
        key = text, tuple((each.brief.id, each.start, each.end) for each in cited)
        if key not in self._verdicts:
            dates = {each.brief.published for each in cited}
            self._verdicts[key] = check(
                text,
                [each.quote for each in cited],
                published=dates.pop() if len(dates) == 1 else None,
                context="\n".join(dict.fromkeys(context_of(each.brief, each.passage) for each in cited)),
                encoder=self.retriever.index.encoder,
            )
        return self._verdicts[key]

    def meets(self, text: str, citation: Citation) -> bool:
        """Whether the quote speaks of the same, details apart."""
        said, quote = read(text, citation.brief.published), read_quotes((citation.quote,), citation.brief.published)
        return bool(said.free) and fit(said, quote, self.retriever.index.encoder)[0] >= SUPPORTED_FROM

    def quotes(self, text: str, hits: Sequence[Hit]) -> list[Citation]:
        """Return of each passage the sentence, or two in a row, that meets the text best; best first."""
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
        found = [self._quotes[text, hit.passage.id] for hit in hits]
        return [citation for _, citation in sorted(filter(None, found), key=lambda each: -each[0])]


def _cited(hit: Hit, scored: Sequence[tuple[float, int, int]]) -> tuple[float, Citation] | None:
    """The best span of a passage, with its score."""
    if not scored:
        return None
    score, first, last = max(scored, key=lambda each: each[0])
    start, end = hit.passage.start + first, hit.passage.start + last
    return score, Citation(0, hit.passage, hit.brief, hit.brief.text[start:end], start, end)
