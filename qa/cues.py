"""The words by which a text denies, doubts, intends or only reports, and the words that they govern.

Every cue ("not", "refused to", "may", "plans to") reaches the next words of its clause.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from .words import SMALL_WORDS, Word

REACH = 3  # content words of a clause that a cue governs

_NOT = (
    r"not|\w+n't|never|cannot|no longer|neither|nor|without|nobody|none of|no one|nothing|no|fail(?:s|ed|ing)? to"
    r"|refus(?:e|es|ed|ing) to|declin(?:e|es|ed|ing) to|unable to|impossible to|"
    r"(?:has|have|had) yet to|far from|rather than|instead of"
    r"|den(?:y|ies|ied|ying)(?: that)?|reject(?:s|ed|ing)?(?: that| the claim that)?|refut(?:es|ed|ing)"
    r"|(?:stop|ceas|halt|quit)(?:s|es|ed|ped|e)?(?= \w+ing\b)|(?:gave|gives?|given) up(?= \w+ing\b)"
    r"|in place of|hardly|barely|lack(?:s|ed|ing)?(?: of)?"
    r"|stopped short of|left out(?: of)?|leaves out|omit(?:s|ted)?|ruled out|rules out|out of the question"
)
_MAYBE = (
    r"may(?: have)?|might(?: have)?|could(?! not\b)(?: have)?|possibly|perhaps|maybe|probably|likely(?: to)?"
    r"|unlikely(?: to)?|apparently"
    r"|allegedly|reportedly|supposedly|purportedly|(?:is|are|was|were) (?:believed|thought|said|alleged"
    r"|rumou?red|suspected|reported) (?:by (?:[\w-]+ ){1,7})?to"
    r"|suspect(?:s|ed)?(?: that| of)?|appear(?:s|ed)? to|seem(?:s|ed)? to|it is (?:possible|likely"
    r"|unclear|doubtful)|doubt(?:s|ed|ful)?|speculat\w+"
)
_LATER = (
    r"will|would|shall|plan(?:s|ned|ning)? to|intend(?:s|ed|ing)? to|aim(?:s|ed|ing)? to|hop(?:e|es|ed"
    r"|ing) to|want(?:s|ed|ing)?(?: to)?"
    r"|promis(?:e|es|ed|ing)(?: to)?|pledg(?:e|es|ed|ing)(?: to)?|vow(?:s|ed|ing)?(?: to)?|threaten(?:s"
    r"|ed|ing)? to|agree(?:s|d)? to"
    r"|expect(?:s|ed|ing)?(?: to)?|(?:is|are|was|were) (?:due|set|expected|scheduled|supposed|planned|about|going"
    r"|ready|prepared|willing) to|(?:is|are|was|were) to"
    r"|propos(?:e|es|ed|ing)(?: to)?|offer(?:s|ed|ing)? to|call(?:s|ed|ing)? (?:for|on|upon)"
    r"|recommend\w*|suggest\w*|appeal\w*|sought|seeks?|in (?:return|exchange) for|urg(?:e|es|ed|ing)"
    r"|demand(?:s|ed|ing)?|(?:ask|request)(?:s|ed|ing)? (?:\w+ ){0,7}(?:to|for)"
    r"|should|must|ought to|need(?:s|ed)? to|has to|have to|had to|order(?:s|ed)? (?:\w+ ){0,3}to"
    r"|forecast(?:s|ed)?|predict(?:s|ed)?(?: that)?|considering|if"
)
# Of the cues of "later" those that call a deed intended: "must" and "should" may state a rule.
INTENT = re.compile(
    r"will\b|plan|intend|aim|hop|want|promis|pledg|vow|threaten|expect|(?:is|are|was|were) (?!to\b)|forecast"
    r"|predict|considering",
    re.IGNORECASE,
)
_CUE = re.compile(rf"\b(?:(?P<no>{_NOT})|(?P<maybe>{_MAYBE})|(?P<later>{_LATER}))(?!\w)", re.IGNORECASE)
_ONLY_NO = re.compile(r"\bno\b", re.IGNORECASE)
_NOT_A_CUE = re.compile(
    r"\bin order to|\bnot (?:only|just|merely|until|before)|\bno (?:fewer|less|more|later) than|\bnot "
    r"(?:less|more|fewer) than|\bMay\b|\bNo\. ?\d|\bwhether or not"
    r"|\b(?:can ?not|could not|can't|couldn't) be (?:excluded|ruled out|denied|dismissed)|\bnot rule out\b"
    r"|\b(?:nobody|no one|none|nothing) but\b"
    r"|\b(?:so|as) far as|\beven if|\bwithout (?:a )?(?:doubt|question|exception)|\bno doubt|\bas if|\bunless\b",
)
_SAYS = re.compile(
    r"\b(?:claimed|claims? (?:that|to have)|alleg(?:es|ed)|accus(?:es|ed)|boast(?:s|ed)?|insist(?:s|ed)?"
    r"|purport(?:s|ed)?)\b",
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
    r"|boast\w*|purport\w*|put at|estimat\w+|denied|asserts?|asserted|maintain\w*"
    r"|KCNA|Korean Central News Agency|Rodong Sinmun|state (?:media|television)|admission|account)\b",
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
            if word.start >= match.end() and _governable(word):
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


def _governable(word: Word) -> bool:
    return word.key not in SMALL_WORDS and not word.capital and word.key.isalpha()


def attributed(text: str) -> bool:
    """Return whether the text says that somebody says so."""
    return bool(_SAYING.search(text))


def contested(text: str) -> str:
    """Return the words by which the text keeps its distance from what it reports, or "".

    "claimed", "alleged", and what stands on the word of North Korea's own media: "according to KCNA".
    """
    match = _SAYS.search(text) or _OWN_WORD.search(text)
    return match[0] if match else ""


def _before(words: Sequence[Word], at: int) -> list[int]:
    """The content word before a "no" in its clause: "had no plans"."""
    clause = words[at].clause if at < len(words) else -1
    return [
        i for i in range(at - 1, max(-1, at - 4), -1) if words[i].clause == clause and words[i].key not in SMALL_WORDS
    ]
