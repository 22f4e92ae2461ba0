"""The language of a text, told by its script: the two languages of the briefs need no more."""

import re

HANGUL = re.compile(r"[\uac00-\ud7a3\u1100-\u11ff\u3130-\u318f]")
_LETTER = re.compile(r"[^\W\d_]")


def guess_language(text: str) -> str:
    """Return "ko" when at least a third of the letters of the first 20,000 characters are hangul, else "en".

    A third, because Korean briefs carry English names and abbreviations, and English ones gloss terms in hangul.
    """
    sample = text[:20_000]
    letters = len(_LETTER.findall(sample))
    return "ko" if letters and 3 * len(HANGUL.findall(sample)) >= letters else "en"
