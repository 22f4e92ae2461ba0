"""Whether a claim says yes where its quote says no, "did" where it says "may" or "plans to".

Every cue ("not", "refused to", "may", "plans to") reaches the next words of its clause. A word that stands in both
texts under different cues is a difference. Cues of one kind are the same: "refused to recognise" and "was not
recognised", "will" and "plans to".
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from .wording import SMALL_WORDS, Word, opposite, related, synonyms

REACH = 3  # content words of a clause that a cue governs

_NOT = (
    r"not|n't|never|cannot|no longer|neither|nor|without|nobody|none of|no one|nothing|no|fail(?:s|ed|ing)? to"
    r"|refus(?:e|es|ed|ing) to|declin(?:e|es|ed|ing) to|unable to|impossible to|far from|rather than|instead of"
    r"|den(?:y|ies|ied|ying)(?: that)?|reject(?:s|ed|ing)?(?: that| the claim that)?|refut(?:es|ed|ing)"
    r"|hardly|barely|lack(?:s|ed|ing)?(?: of)?"
    r"|stopped short of|left out(?: of)?|leaves out|omit(?:s|ted)?|ruled out|rules out|out of the question"
)
_MAYBE = (
    r"may(?: have)?|might(?: have)?|could(?: have)?|possibly|perhaps|maybe|probably|likely(?: to)?"
    r"|unlikely(?: to)?|apparently"
    r"|allegedly|reportedly|supposedly|purportedly|(?:is|are|was|were) (?:believed|thought|said|alleged"
    r"|rumou?red|suspected|reported) to"
    r"|suspect(?:s|ed)?(?: that| of)?|appear(?:s|ed)? to|seem(?:s|ed)? to|it is (?:possible|likely"
    r"|unclear|doubtful)|doubt(?:s|ed|ful)?|speculat\w+"
)
_LATER = (
    r"will|would|shall|plan(?:s|ned|ning)? to|intend(?:s|ed|ing)? to|aim(?:s|ed|ing)? to|hop(?:e|es|ed"
    r"|ing) to|want(?:s|ed|ing)? to"
    r"|promis(?:e|es|ed|ing)(?: to)?|pledg(?:e|es|ed|ing)(?: to)?|vow(?:s|ed|ing)?(?: to)?|threaten(?:s"
    r"|ed|ing)? to|agree(?:s|d)? to"
    r"|expect(?:s|ed)? to|(?:is|are|was|were) (?:due|set|expected|scheduled|supposed|planned|about|going"
    r"|ready|prepared|willing) to"
    r"|propos(?:e|es|ed|ing)(?: to)?|offer(?:s|ed|ing)? to|call(?:s|ed|ing)? for|urg(?:e|es|ed|ing)"
    r"|demand(?:s|ed|ing)?|(?:ask|request)(?:s|ed|ing)? (?:\w+ ){0,3}(?:to|for)"
    r"|should|must|ought to|need(?:s|ed)? to|has to|have to|had to|order(?:s|ed)? (?:\w+ ){0,3}to"
    r"|forecasts?|predict(?:s|ed)?(?: that)?|considering|if"
)
_CUE = re.compile(rf"\b(?:(?P<no>{_NOT})|(?P<maybe>{_MAYBE})|(?P<later>{_LATER}))(?!\w)", re.IGNORECASE)
_ONLY_NO = re.compile(r"\bno\b", re.IGNORECASE)
_NOT_A_CUE = re.compile(
    r"\bin order to|\bnot (?:only|just|merely|until|before)|\bno (?:fewer|less|more|later) than|\bnot "
    r"(?:less|more|fewer) than|\bMay\b|\bNo\. ?\d|\bwhether or not"
    r"|\b(?:so|as) far as|\beven if|\bwithout (?:a )?(?:doubt|question|exception)|\bno doubt|\bas if|\bunless\b",
)
_SAYS = re.compile(
    r"\b(?:claim(?:s|ed)?|alleg(?:es|ed)|accus(?:es|ed)|boast(?:s|ed)?|insist(?:s|ed)?|purport(?:s|ed)?)\b",
    re.IGNORECASE,
)
_OWN_WORD = re.compile(
    r"\baccording to (?:North Korea's |the |its |official )?(?:KCNA|Korean Central News Agency|Rodong "
    r"Sinmun|state (?:media|television|news agency))"
    r"|\b(?:KCNA|Korean Central News Agency|Rodong Sinmun|[Ss]tate (?:media|television)) (?:\w+ "
    r"){0,2}(?:said|says|reported|claimed|announced|stated)\b"
)
_SAYING = re.compile(
    r"\b(?:said|says|say|told|according to|claim\w*|alleg\w+|accus\w+|insist\w*|report(?:s|ed)?"
    r"|announc\w+|stated|declared|wrote|writes|noted|notes|argued|argues|"
    r"suggest\w*|believe[sd]?|described|describes|called|calls|held that|position|view|words|in the view"
    r"|boast\w*|purport\w*|put at|estimat\w+|denied|asserts?|asserted|maintain\w*)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Cue:
    """A cue at text[start:end] of kind "no", "maybe" or "later", and the places of the words that it governs."""

    kind: str
    text: str
    start: int
    end: int
    governed: tuple[int, ...]


def cues(text: str, words: Sequence[Word]) -> list[Cue]:
    """Return the cues of a text in order; `words` are its words."""
    masked = _NOT_A_CUE.sub(lambda match: " " * len(match[0]), text)
    found = []
    for match in _CUE.finditer(masked):
        kind = str(match.lastgroup)
        governed: list[int] = []
        at = next((i for i, word in enumerate(words) if word.end > match.start()), len(words))
        clause = words[at].clause if at < len(words) else -1
        for i in range(at, len(words)):
            word = words[i]
            if word.clause != clause or len(governed) == REACH:
                break
            if word.start >= match.end() and word.key not in SMALL_WORDS and not word.capital:
                governed.append(i)
        if _ONLY_NO.fullmatch(match[0]) or match[0].lower() in (
            "neither",
            "nor",
        ):  # "had no plans", "Neither A nor B ended it"
            governed += [i for i in _before(words, at) if i not in governed][:1] if match[0].lower() == "no" else []
            if match[0].lower() == "neither":
                governed = [
                    i for i in range(at, len(words)) if words[i].clause == clause and words[i].key not in SMALL_WORDS
                ]
        found.append(Cue(kind, match[0].lower(), match.start(), match.end(), tuple(governed)))
    return found


def attributed(text: str) -> bool:
    """Return whether the text says that somebody says so."""
    return bool(_SAYING.search(text))


def contested(text: str) -> str:
    """Return the words by which the text keeps its distance from what it reports, or "".

    "claimed", "alleged", and what stands on the word of North Korea's own media: "according to KCNA".
    """
    match = _SAYS.search(text) or _OWN_WORD.search(text)
    return match[0] if match else ""


def differences(
    claim_text: str, claim: Sequence[Word], quote_text: str, quote: Sequence[Word]
) -> Iterator[tuple[str, str, str]]:
    """Yield (kind, word, what differs) for each word of both texts that stands under another cue in the quote.

    Kinds: "no", "maybe", "later".
    """
    ours, theirs = cues(claim_text, claim), cues(quote_text, quote)
    if not ours and not theirs:
        return
    pairs = [(i, j) for i, word in enumerate(claim) if word.content for j in _same(word, quote)]
    for kind in ("no", "maybe", "later"):
        mine, other = _under(ours, kind), _under(theirs, kind)
        weaker = (_under(ours, "maybe") | _under(ours, "later")) if kind != "no" else set()
        heads_mine, heads_other = _heads(ours, kind), _heads(theirs, kind)
        for i, word in enumerate(claim):
            there = [j for a, j in pairs if a == i]
            if not there:
                continue
            if (
                i in heads_mine
                and not any(j in other for j in there)
                and not _hedged(kind, quote_text, theirs, there, quote, word)
            ):
                yield kind, word.text, "added"
            elif (
                all(j in heads_other for j in there)
                and i not in mine
                and i not in weaker
                and not _answered(kind, ours, claim, i, quote, there)
            ):
                yield kind, word.text, "dropped"


def _under(found: Iterable[Cue], kind: str) -> set[int]:
    return {i for cue in found if cue.kind == kind for i in cue.governed}


def _heads(found: Iterable[Cue], kind: str) -> set[int]:
    """The first governed word of each cue: what it bears on most."""
    return {cue.governed[0] for cue in found if cue.kind == kind and cue.governed}


def _hedged(
    kind: str, text: str, theirs: Sequence[Cue], there: Sequence[int], quote: Sequence[Word], word: Word
) -> bool:
    """Whether the quote has a cue of the kind in the same clause all the same, or one that is as good."""
    clauses = {quote[j].clause for j in there}
    same = {kind} if kind == "no" else {"maybe", "later"}
    for cue in theirs:
        if cue.kind in same and any(quote[i].clause in clauses for i in cue.governed):
            return True
    return kind == "no" and any(opposite(word.stem, other.stem) for other in quote)


def _answered(
    kind: str, ours: Sequence[Cue], claim: Sequence[Word], i: int, quote: Sequence[Word], there: Sequence[int]
) -> bool:
    """Whether the claim says it another way: a cue of the kind in the clause, or the opposite word."""
    same = {kind} if kind == "no" else {"maybe", "later"}
    if any(cue.kind in same and any(claim[g].clause == claim[i].clause for g in cue.governed) for cue in ours):
        return True
    return kind == "no" and any(opposite(word.stem, quote[j].stem) for word in claim for j in there)


def _same(word: Word, quote: Sequence[Word]) -> list[int]:
    exact = [j for j, other in enumerate(quote) if other.content and related(word.stem, other.stem)]
    return exact or [j for j, other in enumerate(quote) if other.content and synonyms(word.stem, other.stem)]


def _before(words: Sequence[Word], at: int) -> list[int]:
    """The content word before a "no" in its clause: "had no plans"."""
    clause = words[at].clause if at < len(words) else -1
    return [
        i for i in range(at - 1, max(-1, at - 4), -1) if words[i].clause == clause and words[i].key not in SMALL_WORDS
    ]
