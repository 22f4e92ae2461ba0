"""The words that compare, taken out of a side's query and label: they would find passages that compare other things."""

import re

_NOISE = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"[,:;]? ?(?:how|where|in what way)s? (?:do|does|did|are|were) they (?:differ|compare|agree)\b",
        r"[,:;]? ?\b(?:what (?:is|are|was|were) )?(?:the |a )?(?:(?:main|key|major|biggest) )?"
        r"(?:differences?|similarit(?:y|ies)|comparison)"
        r"(?: (?:and|or) (?:differences?|similarit(?:y|ies)))?(?: (?:between|of|in))?\b",
        r"^(?:please )?(?:compare|contrast)(?: and contrast)?(?: (?:what|how))?\b",
        r"^(?:how|what|in what way)s? (?:do|does|did|is|are|was|were|has|have|sets?|distinguishe[sd])\b",
        r"^(?:do|does|did|is|are|was|were|has|have)\b",
        r"\b(?:differ(?:s|ed|ent)?|compare[ds]?|(?-i:(?:dis)?agree[ds]?)|give the same|the same)\b"
        r"(?: (?:from|on whether))?",
        r"(?<=\w )(?:change|evolve|shift)[ds]?(?= in (?:the |early |late |mid)?\S*\d)",
        r"(?:를|을)? ?(?:비교|차이점?|대비)(?:해\s?줘|해\s?주세요|하면|해서|하라|분석)?"
        r"(?:은|는|이|가|을|를)?(?= |\W|$)",
        r"(?:은|는|이|가)? (?:어떻게|무엇이|뭐가|얼마나|어디가)?\s?"
        r"(?:다른가|다른지|다릅니까|달라졌나|달라졌는가|달라졌습니까|달랐나|"
        r"다르나|다른|다를까|변했나|바뀌었나)요?(?=\W*$)",
    )
]


def label(text: str) -> str:
    """Return a span as a reader would call it, without its article and its 's."""
    return re.sub(r"^(?:the|a|an) |['’]s?$", "", text.strip(" ,:"), flags=re.IGNORECASE)


def clean(text: str) -> str:
    """Return the text without the words that compare.

    "How do KINU's views differ?" -> "KINU's views"
    """
    for pattern in _NOISE:
        text = pattern.sub(" ", text.strip(" ,:;?"))
    text = re.sub(r"\s+([,:;])", r"\1", " ".join(text.split()))
    return re.sub(r"\bthe the\b", "the", text).strip(" ,:;?")
