"""Checks claims against the quotes they cite, whoever wrote them, and mends an answer made of such claims.

`check` is a plain function of strings. `verified` takes the sentences of an answer with their citations: markers that
name no evidence go, a claim that another passage supports better is cited anew, and what nothing supports is struck
through or taken out.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache

from ..corpus import Brief, Passage
from ..corpus.sentences import sentence_spans
from ..index import Encoder, Hit
from ..index.encoder import load_encoder
from .faults import PARTS, Fault
from .meaning import ALIKE
from .texts import read, read_quotes
from .types import Citation, Claim, Verdict
from .weighing import ADDED, SUPPORTED_FROM, UNSUPPORTED_BELOW, carried, features, fit

INVENTED = 2  # names, dates or quantities out of nowhere, from which a claim is made up
NEIGHBOURS = 2  # sentences of a passage that a new citation may quote in a row
_MARKER = re.compile(r"\s*\[(\d+(?:\s*[,;–-]\s*\d+)*)\]")
_LISTED = re.compile(r"^\s*(?:\d{1,2}[.)]|[-•*])\s+(?=\S)")
_RANK = {"supported": 2, "partly": 1, "unsupported": 0}


def check(
    claim: str,
    quotes: Sequence[str] | str,
    *,
    published: date | None = None,
    context: str = "",
    encoder: Encoder | None = None,
) -> Verdict:
    """Return whether the quotes support the claim, with the reason and the words concerned where they do not.

    `published` is the date of the brief the quotes are from: it gives "June 24" its year. `context`, such as the title
    and the passage around the quotes, may name who "he" is; what only stands there does not support anything else.
    Without an `encoder` the default one is loaded at the first call (half a second) and kept for later ones.
    [n] markers in the claim are not part of it.

    >>> check("Trade fell by 30 percent.", ["Trade fell by 13 percent in May."])
    'unsupported'
    """
    if not any(sign.isalnum() for sign in claim):
        return Verdict("unsupported", "It says nothing.")
    quotes = [quotes] if isinstance(quotes, str) else list(quotes)
    said = read(without_markers(claim), published)
    evidence = read_quotes(tuple(quotes), published, context)
    encoder = encoder or default_encoder()
    if not evidence.sentences:
        return Verdict("unsupported", "It cites nothing.")
    found = [fault for part in PARTS.values() for fault in part(said, evidence, encoder)]
    score, unmet, _ = fit(said, evidence, encoder)
    if not found and score >= ALIKE and not unmet:
        return Verdict.SUPPORTED
    signs = [fault.sign for fault in found]
    probable = carried(features(said, evidence, score, signs, encoder), signs)
    if probable >= SUPPORTED_FROM and not _invented(found):
        return Verdict.SUPPORTED
    return verdict(found, probable, unmet)


def verdict(found: Sequence[Fault], probable: float, unmet: Sequence[str] = ()) -> Verdict:
    """Return the label of a claim that is not supported with its reasons, each once: the worst of what speaks against
    it, or the words that nothing meets."""
    if not found:
        if probable < UNSUPPORTED_BELOW:
            return Verdict("unsupported", "The quotes speak of something else.", tuple(unmet))
        shown = ", ".join(f"“{word}”" for word in unmet) or "part of it"
        return Verdict("partly", f"The quotes do not say {shown}.", tuple(unmet))
    wrong = any(fault.label == Verdict.UNSUPPORTED for fault in found)
    label = Verdict.UNSUPPORTED if wrong or _invented(found) else Verdict.PARTLY
    kept = sorted(found, key=lambda fault: fault.label == Verdict.PARTLY)
    reasons = dict.fromkeys(fault.reason for fault in kept)
    return Verdict(str(label), " ".join(reasons), tuple(dict.fromkeys(word for fault in kept for word in fault.words)))


def _invented(found: Sequence[Fault]) -> bool:
    """Whether the claim is made up from names, dates or quantities for which the quotes have nothing at all."""
    return len({fault.words for fault in found if fault.sign in (*ADDED, "unstated")}) >= INVENTED


@lru_cache(maxsize=1)
def default_encoder() -> Encoder:
    """Return the encoder that `check` uses when it is given none, loaded once a process."""
    return load_encoder()


def without_markers(text: str) -> str:
    """Return the text without its [n] markers, and without the number or dot of a list before it."""
    return _LISTED.sub("", _MARKER.sub("", text)).strip()


def marked(text: str) -> tuple[int, ...]:
    """Return the numbers of the markers in a text, each once: "[2][1, 3]" and "[1-3]" name 2, 1, 3 and 1, 2, 3."""
    found: list[int] = []
    for match in _MARKER.finditer(text):
        for part in re.split(r"[,;]", match[1]):
            first, *last = (int(number) for number in re.split(r"[–-]", part))
            found += range(first, min(last[0], first + 20) + 1) if last else [first]
    return tuple(dict.fromkeys(found))


def verified(
    claims: Sequence[Claim | str],
    citations: Sequence[Citation],
    hits: Sequence[Hit] = (),
    *,
    remove: bool = False,
    encoder: Encoder | None = None,
) -> tuple[list[Claim], list[Citation]]:
    """Return the claims, each with its verdict and without markers in its text, and the citations that they use.

    A claim may be a string with [n] markers, or a `Claim`. Numbers that no citation has are dropped. A claim that its
    quotes do not support is tried against each other citation, then against the sentences of the `hits` (a new
    citation, numbered after the last), and cites the one that supports it best, if that is better. Claims that stay
    unsupported are struck through ("~~...~~"), or left out with `remove`. Citations keep their numbers.
    """
    known = {citation.number: citation for citation in citations}
    done: list[Claim] = []
    for claim in claims:
        given = claim if isinstance(claim, Claim) else Claim(claim, (), Verdict.UNSUPPORTED)
        cited = dict.fromkeys((*given.citations, *marked(given.text)))
        numbers = tuple(number for number in cited if number in known)
        text = without_markers(given.text)
        if not text:
            continue
        found = _cited(text, [known[number] for number in numbers], encoder)
        if found != Verdict.SUPPORTED:
            numbers, found = _recited(text, numbers, found, known, hits, encoder)
        if found == Verdict.UNSUPPORTED:
            if remove:
                continue
            text = f"~~{text}~~"
        done.append(replace(given, text=text, citations=numbers, verdict=found))
    used = {number for claim in done for number in claim.citations}
    return done, [citation for number, citation in sorted(known.items()) if number in used]


def _cited(text: str, citations: Sequence[Citation], encoder: Encoder | None) -> Verdict:
    """The verdict on a claim by what it cites; quotes of several briefs are taken together, undated if dates differ."""
    dates = {citation.brief.published for citation in citations}
    context = "\n".join(dict.fromkeys(context_of(citation.brief, citation.passage) for citation in citations))
    quotes = [citation.quote for citation in citations]
    return check(text, quotes, published=dates.pop() if len(dates) == 1 else None, context=context, encoder=encoder)


def context_of(brief: Brief, passage: Passage) -> str:
    """Return what stands around a quote and may say who "he" is."""
    return f"{brief.title}\n{passage.text}"


def _recited(
    text: str,
    numbers: tuple[int, ...],
    found: Verdict,
    known: dict[int, Citation],
    hits: Sequence[Hit],
    encoder: Encoder | None,
) -> tuple[tuple[int, ...], Verdict]:
    """The best single citation for a claim, a new one entered into `known` if need be; as it was if none is better."""
    best, best_verdict, new = numbers, found, None
    for number, citation in known.items():
        if _RANK[verdict := _cited(text, [citation], encoder)] > _RANK[best_verdict]:
            best, best_verdict = (number,), verdict
    quoted = {(citation.passage.id, citation.quote) for citation in known.values()}
    for hit in hits:
        if best_verdict == Verdict.SUPPORTED:
            break
        start, end = _best_span(text, hit, encoder or default_encoder())
        quote = hit.passage.text[start:end]
        if (hit.passage.id, quote) in quoted:
            continue
        at = hit.passage.start
        citation = Citation(max(known, default=0) + 1, hit.passage, hit.brief, quote, at + start, at + end)
        if _RANK[verdict := _cited(text, [citation], encoder)] > _RANK[best_verdict]:
            best, best_verdict, new = (citation.number,), verdict, citation
    if new and best == (new.number,):
        known[new.number] = new
    return best, best_verdict


def _best_span(text: str, hit: Hit, encoder: Encoder) -> tuple[int, int]:
    """(start, end) in the passage of the one or two sentences that meet the claim's words best; one if as good."""
    claim = read(text, hit.brief.published)
    spans = sentence_spans(hit.passage.text, hit.brief.language)
    runs = [(spans[i][0], spans[i + n][1]) for n in range(NEIGHBOURS) for i in range(len(spans) - n)]
    if not claim.free or not runs:
        return (0, len(hit.passage.text)) if not runs else runs[0]
    scores = [fit(claim, read_quotes((hit.passage.text[a:b],)), encoder)[0] - 0.02 * (b - a > 400) for a, b in runs]
    return runs[scores.index(max(scores))]
