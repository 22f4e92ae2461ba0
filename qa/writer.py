"""A language model's answer, checked sentence by sentence as it is written.

Each sentence is held against the words of the passages that it cites: the markers become citations of exact quotes,
what another passage supports better is cited anew, and what nothing supports is left out and counted. When the whole is
no sound answer, `WriterError` says so, and whoever asked gives the answer that needs no model.
"""

import re
import threading
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from ..corpus import ModelError
from ..corpus.language import guess_language
from ..index import Retriever
from . import prompts
from .extract import Sentence
from .injected import orders
from .llm import LanguageModel
from .protocol import ContextError
from .reply import LEAST_WORDS, STOPS, refuses, sentences, without_thought
from .support import Support
from .texts import read
from .types import Citation, Claim, Verdict
from .verify import marked, without_markers

MOST_TOKENS = 300  # of a reply; four sentences are about 150
MOST_CLAIMS = 6
LESS = 3  # of the evidence is given where the request was too long
GIVEN = 6  # leading sentences, of a comparison a side, to which one that does not hold may give way
_GARBLED = re.compile(r"\b(\w+(?:\W+\w+){3,})\b.*\b\1\b", re.IGNORECASE)  # four words or more, said twice
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
        self,
        question: str,
        ranked: Sequence[Sentence],
        *,
        sides: Sequence[str] = (),
        timeout: float | None = None,
        trusted: bool = False,
    ) -> Iterator[Written]:
        """Yield the answer after each sentence that stands its check; the last one may have come before.

        `ranked` is the evidence, best first; `sides` are those of a comparison for which there is some. The words of a
        model that is `trusted` need not keep near to those of the quotes.

        Raises:
            ModelError: the model fails, refuses, or writes nothing that can be given.
        """
        korean = guess_language(question) == "ko"
        support, pieces = self._begun(question, ranked, sides, korean, timeout, trusted)
        leading = frozenset((each.hit.brief.id, each.start) for each in ranked[: GIVEN * max(1, len(sides))])
        written, shown, count, cites = Written(), Written(), 0, False
        said: set[str] = set()
        for sentence in sentences(pieces, support.ahead):
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
            before, written = written, _checked(written, sentence, support, leading)
            if cites and len(written.claims) > len(before.claims):
                shown = written
                yield written
            if count == MOST_CLAIMS:
                break
        _accept(written, count, cites)
        if written != shown:
            yield written

    def _begun(
        self,
        question: str,
        ranked: Sequence[Sentence],
        sides: Sequence[str],
        korean: bool,
        timeout: float | None,
        trusted: bool,
    ) -> tuple[Support, Iterator[str]]:
        """The passages given and the pieces of the reply; fewer of them where the server reads less than told."""
        for evidence in (self.evidence, self.evidence // LESS):
            asking = prompts.writing(question, ranked, self.model.context - self.most, sides, korean, evidence)
            if not asking.hits:
                raise WriterError("no passage could be given to it")
            support = Support(self.retriever, asking.hits, trusted=trusted)
            threading.Thread(target=support.warm, daemon=True).start()  # while the model reads
            pieces = self.model.stream(asking.messages, self.most, timeout, STOPS)
            try:
                return support, chain([next(pieces, "")], pieces)
            except ContextError:
                if evidence != self.evidence:
                    raise
        raise AssertionError("unreachable")


def _checked(written: Written, sentence: str, support: Support, leading: Collection[tuple[str, int]]) -> Written:
    """What is written with one more sentence, if that holds; one that holds in part gives way to its quote.

    `leading` are the sentences that answer best, as (brief, start): only to these another may give way.
    """
    text = without_markers(sentence)
    if _LOADS.search(text) or orders(text) or _GARBLED.search(text):
        return replace(written, dropped=written.dropped + 1)
    hits = support.hits
    named = [hits[number - 1] for number in marked(sentence) if 0 < number <= len(hits)]
    verdict, used = support.support(text, named)
    fragment = is_fragment(text)
    if verdict == Verdict.UNSUPPORTED or not used:
        return replace(written, dropped=written.dropped + 1)
    if fragment or verdict != Verdict.SUPPORTED:
        used = [each for each in used if _leads(each, leading) and (fragment or support.meets(text, each))][:1]
        if not used:
            return replace(written, dropped=written.dropped + 1)
        text = used[0].quote
    if any(text == each.text for each in written.claims):
        return written
    sides = {hit.passage.id: hit.side for hit in hits}
    served = frozenset(sides[citation.passage.id] for citation in used)
    side = min(served) if len(served) == 1 else ""
    return _with(replace(written, sides=written.sides | served), text, used, side)


def is_fragment(text: str) -> bool:
    """Whether a text is no more than names and numbers, which say nothing that could be checked.

    >>> is_fragment("Sergei Viktorovich Lavrov."), is_fragment("30,000 won."), is_fragment("Lavrov came.")
    (True, True, False)
    """
    return all(word.capital for word in read(text).free)


def _leads(citation: Citation, leading: Collection[tuple[str, int]]) -> bool:
    return any(brief == citation.brief.id and citation.start <= start < citation.end for brief, start in leading)


def _with(written: Written, text: str, cited: Sequence[Citation], side: str) -> Written:
    """What is written with one more supported claim; citations are numbered from 1 as they come."""
    known = {(each.brief.id, each.start, each.end): each for each in written.citations}
    for each in cited:
        place = each.brief.id, each.start, each.end
        known.setdefault(place, replace(each, number=len(known) + 1))
    numbers = sorted({known[each.brief.id, each.start, each.end].number for each in cited})
    claim = Claim(text, tuple(numbers), Verdict.SUPPORTED, side)
    return replace(written, claims=(*written.claims, claim), citations=tuple(known.values()))


def _accept(written: Written, count: int, cites: bool) -> None:
    """Raise where what was written is no answer."""
    if not count:
        raise WriterError("it wrote nothing that could be checked")
    if not cites:
        raise WriterError("it cites nothing")
    if not written.claims:
        raise WriterError("no sentence of its answer is supported by the passages")
    if 2 * written.dropped >= count:
        raise WriterError("half of its answer or more is not supported by the passages")
