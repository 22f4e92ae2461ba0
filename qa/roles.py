"""Who does what to whom, as far as word order tells: the names before a verb and after it, active or passive.

"A met B" and "B was met by A" give A the same role. Where a verb that both texts have is done by another name in the
claim than in the quote, the actors were swapped. No parser: only names next to verbs count, and meetings are mutual.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..index.parts import AUXILIARIES, VERBS, word_set
from .named import Named, same_side
from .synonyms import LIGHT_WORDS, synonyms
from .words import SMALL_WORDS, Word, related

_BE = frozenset(["is", "are", "was", "were", "be", "been", "being", "gets", "got"])
_PREPOSITIONS = word_set(
    "of in on at to from with against for by about into between among through under over towards toward "
    "via after before during since as than like near behind alongside despite including"
)
_MUTUAL = word_set("meet talk agree sign discuss hold exchange cooperat share join fight trad negotiat marry have b do")


_APART = re.compile(r"[,;:]|\b(?:and|or|but|to|that|who|which|if|when|while|as)\b")


@dataclass(frozen=True, slots=True)
class Deed:
    """A verb at `at` among the words, with the names that do it and that it is done to, "" where none stands by."""

    at: int
    agent: tuple[Named, ...]
    patient: tuple[Named, ...]
    giver: tuple[Named, ...] = ()  # behind "from"
    taker: tuple[Named, ...] = ()  # behind "to"


def deeds(text: str, words: Sequence[Word], names: Sequence[Named], *, wide: bool = False) -> list[Deed]:
    """Return the verbs of a text with the names beside them; `wide`: with all names that may be a verb's subject."""
    found = []
    names = [name for name in names if name.kind != "place"]
    covered = [(name.start, name.end) for name in names]
    for i, word in enumerate(words):
        if not _is_verb(word, words, i) or any(start <= word.start < end for start, end in covered):
            continue
        before = _subject(text, words, names, i, wide)
        after = _object(text, words, names, i)
        passive = word.key.endswith(("ed", "n", "t", "ld", "d", "g", "k")) and any(
            other.key in _BE for other in words[max(0, i - 3) : i] if other.clause == word.clause
        )
        passive = passive and not word.key.endswith("ing")
        by = _behind("by", text, words, names, i)
        agent, patient = (by, before) if passive else (before, after)
        giver, taker = _behind("from", text, words, names, i), _behind("to", text, words, names, i)
        if agent or patient or giver or taker:
            found.append(Deed(i, agent, patient, giver, taker))
    return found


def swapped(
    claim_text: str,
    claim: Sequence[Word],
    claim_names: Sequence[Named],
    quote_text: str,
    quote: Sequence[Word],
    quote_names: Sequence[Named],
) -> tuple[Named, Named] | None:
    """Return (name in the claim, name that the quote has in its place) where a deed is another's, or None."""
    if not quote_names or not claim_names:
        return None
    ours, theirs = deeds(claim_text, claim, claim_names), deeds(quote_text, quote, quote_names, wide=True)
    held = {name.canonical for name in quote_names}
    for mine in ours:
        verb = claim[mine.at]
        same = [deed for deed in theirs if related(verb.stem, quote[deed.at].stem)]
        if not same and verb.stem not in LIGHT_WORDS:  # "said" and "announced" tell of two deeds
            same = [deed for deed in theirs if synonyms(verb.stem, quote[deed.at].stem)]
        if not same:
            continue
        same = _closest(mine, same, claim, quote)
        mutual = any(verb.stem.startswith(stem) for stem in _MUTUAL if len(stem) > 2)
        for role in ("agent", "patient", "giver", "taker"):
            names = getattr(mine, role)
            others = [getattr(deed, role) for deed in same]
            if not names or not all(others):
                continue
            around = (
                [name for deed in same for name in (*deed.agent, *(deed.patient if mutual else ()))]
                if role in ("agent", "patient")
                else []
            )
            known = [name for group in others for name in group] + (around if mutual else [])
            for name in names[:1]:
                if any(_same(name, other) for other in known):
                    continue
                rival = role == "agent" and name.kind == "country" and all(other.kind == "country" for other in known)
                if name.canonical in held or rival:
                    return name, others[0][0]
    return None


def _closest(mine: Deed, same: Sequence[Deed], claim: Sequence[Word], quote: Sequence[Word]) -> list[Deed]:
    """Of several deeds by one verb those with most of the claim's next words: "signed the treaty", "a decree"."""
    if len(same) < 2:
        return list(same)

    def behind(words: Sequence[Word], at: int) -> set[str]:
        return {word.stem for word in words[at + 1 : at + 5] if word.content and not word.capital}

    wanted = behind(claim, mine.at)
    shared = [len(wanted & behind(quote, deed.at)) for deed in same]
    return [deed for deed, count in zip(same, shared, strict=True) if count == max(shared)]


def _is_verb(word: Word, words: Sequence[Word], i: int) -> bool:
    if word.capital and i:
        return False
    if word.key in AUXILIARIES or word.key.endswith("ing"):
        return False
    if word.key in VERBS:
        return not (i and words[i - 1].key in ("the", "a", "an", "of", "its", "his", "their", "'s"))
    if word.key in ("shut", "blew", "shot", "halt"):
        return not (i and words[i - 1].key in ("the", "a", "an"))
    return len(word.key) > 4 and word.key.endswith("ed") and not (i and words[i - 1].key in ("the", "a", "an"))


def _subject(text: str, words: Sequence[Word], names: Sequence[Named], at: int, wide: bool) -> tuple[Named, ...]:
    """The name or names before a verb, in its sentence, that no preposition takes."""
    start = max((match.end() for match in re.finditer(r"[.!?;]\s", text[: words[at].start])), default=0)
    before = [name for name in names if start <= name.start and name.end <= words[at].start]
    found: list[Named] = []
    for name in reversed(before):
        gap = text[name.end : words[at].start]
        if re.search(r"\b(?:that|which|who)\b", gap) and len(gap) > 60:
            continue
        if not wide and (_APART.search(gap) or len(gap.split()) > 4):
            break
        if not wide and any(name.end < other.start for other in words[:at] if _is_plain_verb(other)):
            break  # another verb stands between
        if wide and not name.kind and _taken(text, words, name):
            continue  # "at the Villa X", a place for all we know
        whose = gap.startswith(("'s", "'")) or gap[:1] == "-" or _adjective(name)
        if not wide and (whose or _taken(text, words, name)):
            continue
        group = [name]
        for other in reversed(before[: before.index(name)]):
            if re.fullmatch(r",?\s*(?:and|,|or|with)?\s*(?:the\s+)?", text[other.end : group[-1].start]):
                group.append(other)
        found += group
        if not wide:
            break
    return tuple(found)


def _is_plain_verb(word: Word) -> bool:
    return not word.capital and word.key in VERBS and word.key not in AUXILIARIES


def _object(text: str, words: Sequence[Word], names: Sequence[Named], at: int) -> tuple[Named, ...]:
    """The name right behind a verb, with at most two words between and no preposition."""
    for name in names:
        if name.start < words[at].end:
            continue
        between = [word for word in words[at + 1 :] if word.end <= name.start]
        if len(between) > 2 or any(word.key in _PREPOSITIONS or word.key in ("that", "and") for word in between):
            return ()
        rest = text[name.end : name.end + 2]
        return (
            ()
            if rest.startswith("'") or _adjective(name) or re.search(r"[,;:.]", text[words[at].end : name.start])
            else (name,)
        )
    return ()


def _behind(preposition: str, text: str, words: Sequence[Word], names: Sequence[Named], at: int) -> tuple[Named, ...]:
    """The name that a preposition in the verb's clause takes."""
    end = next((word.start for word in words[at + 1 :] if word.clause > words[at].clause), len(text))
    for name in names:
        if words[at].end <= name.start < end and _taken(text, words, name) == preposition:
            return (name,)
    return ()


def _taken(text: str, words: Sequence[Word], name: Named) -> str:
    """The preposition that a name stands behind, but for titles and the like between, or ""."""
    before = [word for word in words if word.end <= name.start][-4:]
    for word in reversed(before):
        if word.key in _PREPOSITIONS:
            return word.key
        if word.key not in SMALL_WORDS - {"and", "or", "but"} and not (
            word.capital or (text[word.end : word.end + 1] == " " and word.key.isalpha() and word.key not in VERBS)
        ):
            return ""
        if (
            word.key in VERBS
            or word.key in AUXILIARIES
            or word.key in ("and", "or", "but", "that", "who", "which", "what", "when", "where", "while")
        ):
            return ""
        if text[word.end : word.end + 1] in ",;:":
            return ""
    return ""


def _adjective(name: Named) -> bool:
    return (
        name.kind == "country"
        and bool(re.search(r"(?:an|ese|ch|sh|et)$", name.text))
        and name.text not in ("Vietnam", "Japan")
    )


def _same(a: Named, b: Named) -> bool:
    return a.canonical == b.canonical or same_side(a.canonical, b.canonical)
