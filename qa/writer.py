"""A language model's answer, checked sentence by sentence as it is written.

Each sentence is held against the words of the passages that it cites: the markers become citations of exact quotes,
what another passage supports better is cited anew, and what nothing supports is left out and counted. When the whole is
no sound answer, `WriterError` says so, and whoever asked gives the answer that needs no model.
"""

import re
import threading
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, pairwise

import numpy as np

from ..corpus import ModelError
from ..corpus.language import guess_language
from ..index import Hit, Retriever
from . import prompts
from .extract import Sentence
from .faults import SUPPORTED_FROM, fit, read, read_quotes
from .injected import orders, plain_spans
from .llm import LanguageModel
from .prompts import Asking
from .protocol import ContextError
from .reply import LEAST_WORDS, STOPS, refuses, sentences, without_thought
from .types import Citation, Claim, Verdict
from .verify import context_of, marked, verified, without_markers

MOST_TOKENS = 300  # of a reply; four sentences are about 150
MOST_CLAIMS = 6
LESS = 3  # of the evidence is given where the request was too long
GIVEN = 4  # leading sentences, of a comparison a side, to which one that does not hold may give way
TRIED = 3  # passages that a sentence did not cite, against which it is held
SINGLE = 0.9  # of two neighbouring sentences' score: a single sentence as good is quoted alone
_LOADS = re.compile(r"https?:|www\.|\]\(|!\[|<[a-z/!]|javascript:|data:", re.IGNORECASE)


class WriterError(ModelError):
    """The model wrote, but no answer that can be given; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Written:
    """What is checked so far: the claims that may be shown, their citations, numbered from 1 as they come."""

    claims: tuple[Claim, ...] = ()
    citations: tuple[Citation, ...] = ()
    dropped: int = 0  # sentences that nothing supports
    sides: frozenset[str] = frozenset()  # of a comparison, that came up so far
    silent: bool = False  # it says itself that the passages leave out a part


class Writer:
    """Writes answers with a model, of `most` tokens, from `evidence` tokens of sentences. Safe to share."""

    def __init__(
        self, model: LanguageModel, retriever: Retriever, most: int = MOST_TOKENS, evidence: int = prompts.EVIDENCE
    ) -> None:
        self.model = model
        self.retriever = retriever
        self.most = most
        self.evidence = evidence

    def write(
        self, question: str, ranked: Sequence[Sentence], *, sides: Sequence[str] = (), timeout: float | None = None
    ) -> Iterator[Written]:
        """Yield the answer after each sentence that stands its check; `ranked` is the evidence, best first.

        `sides` are those of a comparison for which there is evidence: each has to come up.

        Raises:
            ModelError: the model fails, refuses, or writes nothing that can be given.
        """
        korean = guess_language(question) == "ko"
        asking, pieces = self._begun(question, ranked, sides, korean, timeout)
        leading = frozenset((each.hit.brief.id, each.start) for each in ranked[: GIVEN * max(1, len(sides))])
        written, shown, count, cites = Written(), Written(), 0, False
        said: set[str] = set()
        for sentence in sentences(pieces):
            if (plain := without_markers(sentence).casefold()) in said:
                break  # it goes round in circles
            said.add(plain)
            if (rest := without_thought(sentence)) is not None:  # all that came before was thought aloud
                written, count, cites, sentence = Written(), 0, False, rest
                if not sentence:
                    continue
            if refuses(sentence):
                if not written.claims:
                    raise WriterError("it finds no answer in the passages")
                written = replace(written, silent=True)  # on a part
                continue
            if (guess_language(sentence) == "ko") != korean and len(sentence.split()) > LEAST_WORDS:
                raise WriterError("it answered in another language")
            count += 1
            cites = cites or bool(marked(sentence))
            before, written = written, self._checked(written, sentence, asking, leading)
            if cites and len(written.claims) > len(before.claims):
                shown = written
                yield written
            if count == MOST_CLAIMS:
                break
        _accept(written, count, cites, sides)
        if written != shown:
            yield written

    def _begun(
        self, question: str, ranked: Sequence[Sentence], sides: Sequence[str], korean: bool, timeout: float | None
    ) -> tuple[Asking, Iterator[str]]:
        """The request and the pieces of the reply; with less evidence where the server reads less than we were told."""
        for evidence in (self.evidence, self.evidence // LESS):
            asking = prompts.writing(question, ranked, self.model.context - self.most, sides, korean, evidence)
            if not asking.hits:
                raise WriterError("no passage could be given to it")
            threading.Thread(target=_warm, args=(asking.hits,), daemon=True).start()  # while the model reads
            pieces = self.model.stream(asking.messages, self.most, timeout, STOPS)
            try:
                return asking, chain([next(pieces, "")], pieces)
            except ContextError:
                if evidence != self.evidence:
                    raise
        raise AssertionError("unreachable")

    def _checked(
        self, written: Written, sentence: str, asking: Asking, leading: Collection[tuple[str, int]]
    ) -> Written:
        """What is written with one more sentence, if that holds; one that holds in part gives way to its quote.

        `leading` are the sentences that answer best, as (brief, start): only to these another may give way.
        """
        text = without_markers(sentence)
        if _LOADS.search(text) or orders(text):
            return replace(written, dropped=written.dropped + 1)
        named = [asking.hits[number - 1] for number in marked(sentence) if 0 < number <= len(asking.hits)]
        done, used = self._verified(text, self._quotes(text, named, written.citations))
        if done is None or done.verdict != Verdict.SUPPORTED:
            others = [hit for hit in asking.hits if hit not in named]
            for citation in self._quotes(text, others, written.citations)[:TRIED]:
                other, fresh = self._verified(text, [citation])
                if other and (done is None or other.verdict == Verdict.SUPPORTED):
                    done, used = other, fresh
                if other and other.verdict == Verdict.SUPPORTED:
                    break
        fragment = not read(text).free  # a bare name or number says nothing that could be wrong
        if done is not None and (fragment or done.verdict != Verdict.SUPPORTED):
            near = [
                each for each in used if any(b == each.brief.id and each.start <= at < each.end for b, at in leading)
            ]
            used = [citation for citation in near if fragment or self._meets(text, citation)][:1]
        if done is None or not used:
            return replace(written, dropped=written.dropped + 1)
        if fragment or done.verdict != Verdict.SUPPORTED:
            done = replace(done, text=used[0].quote, citations=(used[0].number,), verdict=Verdict.SUPPORTED)
        if any(done.text == each.text for each in written.claims):
            return written
        sides = {hit.passage.id: hit.side for hit in asking.hits}
        served = frozenset(sides[citation.passage.id] for citation in used)
        done = replace(done, side=min(served) if len(served) == 1 else "")
        return _with(replace(written, sides=written.sides | served), done, used)

    def _meets(self, text: str, citation: Citation) -> bool:
        """Whether the quote speaks of the same, details apart."""
        said, quote = read(text, citation.brief.published), read_quotes((citation.quote,), citation.brief.published)
        return bool(said.free) and fit(said, quote, self.retriever.index.encoder)[0] >= SUPPORTED_FROM

    def _verified(self, text: str, cited: Sequence[Citation]) -> tuple[Claim | None, list[Citation]]:
        """The claim with its verdict and its citations: those that support it alone, else all; None if none does."""
        for given in ([[each] for each in cited] if len(cited) > 1 else []) + ([list(cited)] if cited else []):
            claim = Claim(text, tuple(citation.number for citation in given), Verdict.UNSUPPORTED)
            done, used = verified([claim], given, remove=True, encoder=self.retriever.index.encoder)
            if done and (done[0].verdict == Verdict.SUPPORTED or len(given) == len(cited)):
                return done[0], used
        return None, []

    def _quotes(self, text: str, hits: Sequence[Hit], before: Sequence[Citation]) -> list[Citation]:
        """Of each passage the sentence, or two in a row, that meets the claim best; best first, numbered on."""
        spans = [plain_spans(hit) for hit in hits]
        matches = self.retriever.match_spans(text, hits, spans) if hits else None
        found: list[tuple[float, Citation]] = []
        for hit, places, rows in zip(hits, spans, matches.best if matches else (), strict=True):
            if not places or matches is None:
                continue
            scored = [(float(row @ matches.weights), *place) for row, place in zip(rows, places, strict=True)]
            for n, ((a, b), (c, d)) in enumerate(pairwise(places)):
                if 0 <= c - b <= 2:
                    both = np.maximum(rows[n], rows[n + 1])
                    scored.append((SINGLE * float(both @ matches.weights), a, d))
            score, first, last = max(scored, key=lambda each: each[0])
            start, end = hit.passage.start + first, hit.passage.start + last
            found.append((score, Citation(0, hit.passage, hit.brief, hit.brief.text[start:end], start, end)))
        known = {(c.brief.id, c.start, c.end): c.number for c in before}
        made = []
        for _, citation in sorted(found, key=lambda each: -each[0]):
            place = (citation.brief.id, citation.start, citation.end)
            number = known.setdefault(place, max(known.values(), default=0) + 1)
            made.append(replace(citation, number=number))
        return list({citation.number: citation for citation in made}.values())


def _warm(hits: Sequence[Hit]) -> None:
    """Find the names and dates of the passages, which is half of a check; what is found is remembered there."""
    for hit in hits:
        read(context_of(hit.brief, hit.passage), hit.brief.published)


def _with(written: Written, claim: Claim, citations: Sequence[Citation]) -> Written:
    """What is written with one more claim; its citations are numbered on as they come."""
    known = {(c.brief.id, c.start, c.end): c for c in written.citations}
    numbers: dict[int, int] = {}
    for citation in citations:
        if citation.number not in claim.citations:
            continue
        place = (citation.brief.id, citation.start, citation.end)
        if place not in known:
            number = len(known) + 1
            known[place] = Citation(
                number, citation.passage, citation.brief, citation.quote, citation.start, citation.end
            )
        numbers[citation.number] = known[place].number
    cited = tuple(sorted({numbers[number] for number in claim.citations if number in numbers}))
    made = replace(claim, citations=cited)
    return replace(written, claims=(*written.claims, made), citations=tuple(known.values()))


def quoting(written: Written, sentence: Sentence) -> Written:
    """Return what is written with this sentence quoted at its end."""
    hit, start, end = sentence.hit, sentence.start, sentence.end
    claim = Claim(sentence.text, (1,), Verdict.SUPPORTED, hit.side)
    return _with(written, claim, [Citation(1, hit.passage, hit.brief, sentence.text, start, end)])


def _accept(written: Written, count: int, cites: bool, sides: Sequence[str]) -> None:
    """Raise where what was written is no answer."""
    if not count:
        raise WriterError("it wrote nothing that could be checked")
    if not cites:
        raise WriterError("it cites nothing")
    if not written.claims:
        raise WriterError("no sentence of its answer is supported by the passages")
    if 2 * written.dropped >= count:
        raise WriterError("half of its answer or more is not supported by the passages")
    if missing := [side for side in sides if side not in written.sides]:
        raise WriterError(f"its answer leaves out {' and '.join(missing)}")
