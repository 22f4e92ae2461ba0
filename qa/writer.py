"""A language model's answer, checked sentence by sentence as it is written.

Each sentence is held against the words of the passages that it cites: the markers become citations of exact quotes,
what another passage supports better is cited anew, and what nothing supports is left out and counted. When the whole is
no sound answer, `WriterError` says so, and whoever asked gives the answer that needs no model.
"""

import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ..corpus import ModelError
from ..corpus.language import guess_language
from ..corpus.sentences import sentence_spans
from ..index import Hit, Retriever
from . import prompts
from .faults import fit
from .injected import orders, plain_spans
from .llm import LanguageModel
from .prompts import Asking
from .texts import read, read_quotes
from .types import Citation, Claim, Verdict
from .verify import context_of, marked, verified, without_markers

MOST_TOKENS = 300  # of a reply; four sentences are about 150
MOST_CLAIMS = 6
MEETS = 0.42  # how well a quote must meet the words of a sentence, in [0, 1], to speak of the same
TRIED = 3  # passages that a sentence did not cite, against which it is held
LEAST_WORDS = 3  # a shorter "sentence" says nothing that could be checked
SINGLE = 0.9  # of two neighbouring sentences' score: a single sentence as good is quoted alone
_MARKED_AS = re.compile(r"[\[(【](?:passages?|sources?|p\.)? ?(\d+(?:\s*[,;–-]\s*\d+)*)[\])】]", re.IGNORECASE)
_LEADING = re.compile(r"(?:[\[(【](?:[A-Za-z.]+ ?)?\d[\d,;–\- ]*[\])】][.!?]?\s*)+|[\[(【][^\])】]{0,14}\Z")
_CLOSED = re.compile(r"(?:\][.!?]|[.!?。]\s*(?:\[\d[\d,;–\- ]*\]\s*)+)\s*\Z")
_ENDED = re.compile(r"[.!?。\])】”\"’'*`]\s*\Z")
_BULLET = re.compile(r"^(?:\s*(?:[-*•]|\d+[.)])\s+|\s*#+\s*|\s*>\s*)+")
_LABEL = re.compile(r"^(?:answer|response)\s*:\s*", re.IGNORECASE)
_EMPHASIS = re.compile(r"\*\*|__|`")
_LOADS = re.compile(r"https?:|www\.|\]\(|!\[|<[a-z/!]|javascript:|data:", re.IGNORECASE)
_REFUSED = re.compile(
    r"\b(?:briefs?|passages?|texts?|documents?|sources?|context)\b.{0,30}"
    r"\b(?:do(?:es)? not|don't|doesn't|did not|cannot)\b.{0,20}"
    r"\b(?:say|state|mention|contain|provide|specify|give|include|answer|tell|indicate|discuss)"
    r"|\b(?:not|no) (?:stated|mentioned|specified|given|provided|information|answer)\b.{0,30}"
    r"\b(?:passage|brief|text)"
    r"|^(?:sorry|i'?m sorry|i am sorry|i cannot|i can'?t|as an ai)\b|답이 없|언급되지 않",
    re.IGNORECASE,
)


class WriterError(ModelError):
    """The model wrote, but no answer that can be given; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Written:
    """What is checked so far: the claims that may be shown, their citations, numbered from 1 as they come."""

    claims: tuple[Claim, ...] = ()
    citations: tuple[Citation, ...] = ()
    dropped: int = 0  # sentences that nothing supports


class Writer:
    """Writes answers with a model, of `most` tokens at most. Safe to share between threads."""

    def __init__(self, model: LanguageModel, retriever: Retriever, most: int = MOST_TOKENS) -> None:
        self.model = model
        self.retriever = retriever
        self.most = most

    def write(
        self, question: str, hits: Sequence[Hit], *, sides: Sequence[str] = (), timeout: float | None = None
    ) -> Iterator[Written]:
        """Yield the answer after each sentence that stands its check.

        Raises:
            ModelError: the model fails, refuses, or writes nothing that can be given.
        """
        korean = guess_language(question) == "ko"
        asking = prompts.writing(question, hits, self.model.context - self.most, sides, korean)
        if not asking.hits:
            raise WriterError("no passage could be given to it")
        threading.Thread(target=_warm, args=(asking.hits,), daemon=True).start()  # while the model reads
        written, count, cites = Written(), 0, False
        for sentence in sentences(self.model.stream(asking.messages, self.most, timeout)):
            if not written.claims and _REFUSED.search(sentence):
                raise WriterError("it finds no answer in the passages")
            if (guess_language(sentence) == "ko") != korean and len(sentence.split()) > LEAST_WORDS:
                raise WriterError("it answered in another language")
            count += 1
            cites = cites or bool(marked(sentence))
            before, written = written, self._checked(written, sentence, asking)
            if cites and len(written.claims) > len(before.claims):
                yield written
            if count == MOST_CLAIMS:
                break
        _accept(written, count, cites, asking)

    def _checked(self, written: Written, sentence: str, asking: Asking) -> Written:
        """What is written with one more sentence, if that holds; one that holds in part gives way to its quote."""
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
        if done is not None and done.verdict != Verdict.SUPPORTED:
            used = [citation for citation in used if self._meets(text, citation)][:1]
        if done is None or not used:
            return replace(written, dropped=written.dropped + 1)
        if done.verdict != Verdict.SUPPORTED:
            done = replace(done, text=used[0].quote, citations=(used[0].number,), verdict=Verdict.SUPPORTED)
        if any(done.text == each.text for each in written.claims):
            return written
        sides = {hit.passage.id: hit.side for hit in asking.hits}
        served = {sides[citation.passage.id] for citation in used}
        return _with(written, replace(done, side=served.pop() if len(served) == 1 else ""), used)

    def _meets(self, text: str, citation: Citation) -> bool:
        """Whether the quote speaks of the same, details apart."""
        said, quote = read(text, citation.brief.published), read_quotes((citation.quote,), citation.brief.published)
        return bool(said.free) and fit(said, quote, self.retriever.index.encoder)[0] >= MEETS

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
        runs = []
        for hit in hits:
            spans = plain_spans(hit)
            pairs = [(a, d) for (a, b), (c, d) in pairwise(spans) if 0 <= c - b <= 2]
            runs.append([*spans, *pairs])
        scores = self.retriever.score_spans(text, hits, runs) if hits else []
        found: list[tuple[float, Citation]] = []
        for hit, places, values in zip(hits, runs, scores, strict=True):
            if not places:
                continue
            singles = len(plain_spans(hit))
            weighed = [float(value) * (1.0 if n < singles else SINGLE) for n, value in enumerate(values)]
            best = weighed.index(max(weighed))
            start, end = (hit.passage.start + place for place in places[best])
            quote = hit.brief.text[start:end]
            found.append((weighed[best], Citation(0, hit.passage, hit.brief, quote, start, end)))
        known = {(c.brief.id, c.start, c.end): c.number for c in before}
        made = []
        for _, citation in sorted(found, key=lambda each: -each[0]):
            place = (citation.brief.id, citation.start, citation.end)
            number = known.setdefault(place, max(known.values(), default=0) + 1)
            made.append(replace(citation, number=number))
        return list({citation.number: citation for citation in made}.values())


def sentences(pieces: Iterator[str]) -> Iterator[str]:
    """Yield the sentences of a reply as each is complete, with [n] markers, without Markdown.

    A sentence is complete with its markers, at a line's end, or where the next one begins.

    >>> list(sentences(iter(["A ferry came. [", "1] It left again", " [2]."])))
    ["A ferry came. [1]", "It left again [2]."]
    """
    held = ""
    for piece in pieces:
        held += piece
        ready, held = _split(held)
        yield from ready
    parts = _parts(held)
    if parts and not _ENDED.search(parts[-1]):
        parts.pop()  # cut off by the limit of tokens
    yield from (shown for part in parts if (shown := _tidy(part)))


def _split(text: str) -> tuple[list[str], str]:
    """The complete sentences at the head of a text, and the rest."""
    parts = _parts(text)
    if not parts:
        return [], text
    whole = text.endswith("\n") or bool(_CLOSED.search(_MARKED_AS.sub(r"[\1]", text)))
    done = parts if whole else parts[:-1]
    return [shown for part in done if (shown := _tidy(part))], "" if whole else parts[-1]


def _parts(text: str) -> list[str]:
    """The sentences of a text; markers at the head of one, on the same line, belong to the one before."""
    cut: list[str] = []
    spans = sentence_spans(text)
    for number, (start, _) in enumerate(spans):
        part = text[start : spans[number + 1][0] if number + 1 < len(spans) else len(text)]
        if cut and not cut[-1].endswith("\n") and (marks := _LEADING.match(part)):
            cut[-1] += part[: marks.end()]
            part = part[marks.end() :]
        if part:
            cut.append(part)
    return cut


def _tidy(text: str) -> str:
    """A sentence with markers in one form and without bullets, labels and emphasis; "" where nothing is left."""
    text = _EMPHASIS.sub("", _LABEL.sub("", _BULLET.sub("", text))).strip()
    text = _MARKED_AS.sub(r"[\1]", text)
    return text if len(without_markers(text).split()) >= LEAST_WORDS or _REFUSED.search(text) else ""


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
    return Written((*written.claims, made), tuple(known.values()), written.dropped)


def _accept(written: Written, count: int, cites: bool, asking: Asking) -> None:
    """Raise where what was written is no answer."""
    if not count:
        raise WriterError("it wrote nothing that could be checked")
    if not cites:
        raise WriterError("it cites nothing")
    if not written.claims:
        raise WriterError("no sentence of its answer is supported by the passages")
    if 2 * written.dropped >= count:
        raise WriterError("half of its answer or more is not supported by the passages")
    sides = dict.fromkeys(hit.side for hit in asking.hits)
    missing = [side for side in sides if side not in {claim.side for claim in written.claims}]
    if len(sides) > 1 and missing:
        raise WriterError(f"its answer leaves out {' and '.join(missing)}")
