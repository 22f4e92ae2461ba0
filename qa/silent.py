"""Whether the briefs are silent on one side of a comparison: nothing quoted for it is of its period, or names it."""

from collections.abc import Sequence

from ..index.parts import FUNCTION_WORDS
from ..index.plan import Inquiry
from .extract import Sentence
from .found import of_period, years_of
from .required import held_text, plain, stem

_BEFORE_AFTER = frozenset(["after", "before", "earlier", "early", "late", "mid", "now", "then", "today"])


def silent_on(inquiry: Inquiry, sentences: Sequence[Sentence]) -> bool:
    """Whether none of the sentences quoted for a side speaks of it.

    A side with a window is spoken of by a brief of that time, or one that names its year; any other side by a passage
    that holds one of the words it is called by. A side in Korean and one that is "now" or "before" cannot be told.
    """
    if not inquiry.label or inquiry.typed_korean or inquiry.where or not sentences:
        return False
    if inquiry.window and years_of(inquiry):
        named = (year for sentence in sentences for year in years_of(inquiry) if year in sentence.hit.passage.text)
        return not any(of_period(s.hit, inquiry) for s in sentences) and not any(named)
    roots = [stem(word) for word in plain(inquiry.label).split() if word not in FUNCTION_WORDS | _BEFORE_AFTER]
    roots += [stem(word) for word in plain(inquiry.english).split() if word[:1].isdigit()]
    return bool(roots) and not any(f" {root}" in held_text(s.hit) for s in sentences for root in roots)
