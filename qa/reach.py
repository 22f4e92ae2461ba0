"""Claims that reach further than their quotes: all for some, only for also, proof for report, a cause for a sequence.

Each rule is a cue of the claim and what in the quotes would bear it out, in any form; where nothing does, the quotes do
not say so, which is no proof that it is wrong.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Overstatement:
    """The `words` of the claim that go too far, and why."""

    words: str
    reason: str


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE)


_RULES: tuple[tuple[re.Pattern[str], re.Pattern[str], str], ...] = (
    (
        _words(
            r"(?<!above )(?<!at )(?<!of )(?<!from )(?<!on )all "
            r"(?!of (?:its|his|her|their) )(?!told|along|but|levels|sides)"
            r"|every(?! (?:day|month|year|week))"
            r"|everyone|everybody|everything|always|entirely|completely|under any circumstances|unconditional(?:ly)?"
        ),
        _words(
            r"all|every\w*|each|any\w*|both|no|none|nobody|never|always|entire(?:ly)?|whole|wholly|complete(?:ly)?"
            r"|full(?:y)?|total(?:ly)?|throughout|not|without|altogether|general(?:ly)?|unconditional\w*|absolute\w*"
        ),
        "the quotes do not say it of all",
    ),
    (
        _words(
            r"(?<!not )only(?! (?:to|\d|after|when|if|on|hours?|days?|weeks?"
            r"|months?|years?|minutes?|half|about|some|an?|one|two|three"
            r"|four|five|six|in (?:19|20)\d\d)\b)|solely|exclusively|nothing but"
        ),
        _words(
            r"only|sole(?:ly)?|alone|exclusive(?:ly)?|just|except\w*|but|other|unique(?:ly)?|first|merely|no|not|none"
            r"|never|limited|single|one|mere|restrict\w*|last|nothing|without|few|little|unless|purely"
        ),
        "the quotes do not say that it is the only one",
    ),
    (
        _words(r"confirm(?:s|ed)?|prove[sdn]?|proof"),
        _words(
            r"confirm\w*|prov(?:e[sdn]?|ing)|proof|verif\w*|establish\w*|show\w*|evidence|found|finds|demonstrat\w*|certain\w*"
        ),
        "the quotes do not call it proved",
    ),
    (
        _words(r"because of|because|caused|causes|due to|owing to|as a result of|on account of|thanks to"),
        _words(
            r"because|caus\w*|due|owing|result\w*|led|leads?|leading|after|following|in (?:answer|response|reaction)"
            r"|since|so|thus|therefore|hence|over|prompt\w*|trigger\w*|spark\w*|behind|blam\w*|reasons?|amid|when|thanks"
            r"|attribut\w*|why|account\w*|from|by|under|as|with|given|for|mak(?:es?|ing)|made|contribut\w*"
        ),
        "the quotes do not give it as the cause",
    ),
    (
        _words(
            r"(?:remov|abolish|dropp|scrapp|abandon|ceas|discontinu|terminat|dissolv)(?:ed|es|e|s)"
            r"|(?:has|had|have|was|were|been) (?:ended|stopped|given up|shut down|broken off)|no longer"
        ),
        re.compile(r"^(?!.*\b(?:still|remain(?:s|ed)?|stayed|continu(?:es|ed))\b)", re.IGNORECASE | re.DOTALL),
        "the quotes say that it is still so",
    ),
)


def overstatements(claim: str, quotes: str) -> Iterator[Overstatement]:
    """Yield where the claim goes further than the text of its quotes."""
    for cue, borne_out, reason in _RULES:
        found = cue.search(claim)
        if found and not borne_out.search(quotes):
            yield Overstatement(found[0].strip(), reason)
