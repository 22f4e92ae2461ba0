"""Whether a claim says yes where its quote says no, "did" where it says "may" or "plans to".

A word that stands in both
texts under different cues is a difference. Cues of one kind are the same: "refused to recognise" and "was not
recognised", "will" and "plans to".
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from .cues import INTENT, Cue, cues
from .synonyms import LIGHT_WORDS, opposite, synonyms
from .words import Word, related

_PLAIN_NO = frozenset(["not", "never", "no", "no longer", "cannot", "neither", "nor", "nobody", "none of", "no one"])
_PLAIN_MAYBE = re.compile(r"may\b|might\b|perhaps|possibly|plan(?:s|ned)? to")
_NEGATIVE = re.compile(
    r"\b(?:not?|\w+n't|yet to|"
    r"silent|leav(?:es|ing)|missing|gone|disappear\w*|vanish\w*|below|short of|"
    r"never|none|nor|neither|without|cannot|nothing|nobody|only|except|apart|alone|against|"
    r"less|fewer|few|little|hardly|barely|rather|instead|place of|away|beyond|lost|loss|refus\w*|den(?:y|ie|ial)\w*|"
    r"reject\w*|declin\w*|fail\w*|doubt\w*|omit\w*|lack\w*|absen\w+|stop\w*|halt\w*|ceas\w*|"
    r"(?<!the )end(?:s|ed)?|"
    r"abandon\w*|suspen\w+|cancel\w*|withdr\w+|prevent\w*|ban(?:s|ned)?|forb\w+|prohibit\w*|oppos\w*|avoid\w*|"
    r"exclud\w*|dissolv\w*|left|un(?!der|it|ti|ion|if|iq|ive)\w{3,}|im(?:possible|probable)|"
    r"in(?:capable|valid|active)|"
    r"dis(?:agree|miss|appro|contin|put)\w*|remov\w*|drop\w*|close[ds]?|free)\b",
    re.IGNORECASE,
)
_UNSURE = re.compile(
    r"\b(?:wish|inten[dt]|hope|estimat|believ|think|thought|consider|suspect|likely|view|possib|potential|risk|option|can\b|could)",
    re.IGNORECASE,
)
_TOWARDS = re.compile(  # of goals and forecasts, in whatever words
    r"\b(?:goals?|tasks?|targets?|aims?|aimed|plans?|planned|fore(?:see|saw|cast)\w*"
    r"|anticipat\w*|expect\w*|inten[dt]\w*|hop(?:es?|ed)"
    r"|demand\w*|propos\w+|recommend\w*|urg\w*|schedul\w+|(?:is|are|was|were) to"
    r"|prospect\w*|possib\w*|wish\w*|seeks?|sought)\b",
    re.IGNORECASE,
)
_HEARSAY = re.compile(r"\b(?:report|rumou?r|alleg|accord|hear)", re.IGNORECASE)
_SLIGHT = frozenset(["against", "alone", "away", "beyond", "free", "only", "few", "left", "under", "apart", "rather"])
_FORBIDS = re.compile(
    r"\b(?:no|neither|nobody|none)\b[^,;.]*\bmay\b|\bmay (?:not|no longer)\b"
    r"|\b(?:when|where|whether|how) [^,;.]*\bmay\b",
    re.IGNORECASE,
)
_PLAIN_LATER = re.compile(r"(?:will|shall)$|plans? to|intends? to|aims? to|(?:is|are) going to|expects? to")
_AHEAD = re.compile(
    r"\b(?:to (?:be|become)|goals?|tasks?|targets?|aims?|future|next|coming|upcoming|plan\w*|schedul\w+|ahead|soon"
    r"|design\w*"
    r"|prepar\w+|attempt\w*|would|can|likel\w+|expect\w*|forecast\w*|if|propos\w+|promis\w+|begin\w*|until|by 20\d\d"
    r"|continu\w+|will\w*|intent\w*|further|upon|seek\w*|potential\w*|prospect\w*|readi\w*|ready|in order|so that)\b",
    re.IGNORECASE,
)
_NEGATIVE_DENIAL = re.compile(r"\b(?:reject|disput|refut)", re.IGNORECASE)
_LESS = re.compile(
    r"\b(?:below|under|unlike|differ\w*|despite|although|however|impossible|ceas\w*|too)\b", re.IGNORECASE
)
_NONE_BUT = re.compile(r"\b(?:before|ever|other|else|previous(?:ly)?|earlier|until|but|except)\b", re.IGNORECASE)
_ONLY = re.compile(r"\b(?:first|only|last|sole|unprecedented|alone|newest)\b", re.IGNORECASE)


def differences(
    claim_text: str, claim: Sequence[Word], quote_text: str, quote: Sequence[Word]
) -> Iterator[tuple[str, str, str]]:
    """Yield (kind, word, "added" or "dropped") for each word of both texts that a cue governs in one of them alone.

    Kinds: "no", "maybe", "later". A paraphrase moves cues about, so one of the kind anywhere in the other text excuses
    it; edits of a sentence that is otherwise repeated are found by `edits`, without excuses.
    """
    ours, theirs = cues(claim_text, claim), cues(quote_text, quote)
    for kind in ("no", "maybe", "later"):
        mine, other = (
            _heads([cue for cue in ours if kind != "later" or INTENT.match(cue.text)], kind),
            _heads(theirs, kind),
        )
        added = mine and not _excused(kind, theirs, claim_text, quote_text)
        dropped = other and not _excused(kind, ours, quote_text, claim_text)
        for i, word in enumerate(claim if added or dropped else ()):
            there = _same(word, quote) if word.content else []
            if not there or any(opposite(word.stem, each.stem) for each in (*claim, *quote)):
                continue
            if kind == "no" and not dropped and word.stem in LIGHT_WORDS:
                continue  # "without saying how many"
            if kind == "no" and any(_negative(quote_text, quote, quote[j].clause, word) for j in there):
                continue
            if added and i in mine:
                yield kind, word.text, "added"
            elif kind == "later" and not _finite(claim, i):
                continue
            elif dropped and all(j in other for j in there) and _beside(there[0], claim, quote):
                yield kind, word.text, "dropped"


def out_of_nowhere(claim_text: str, claim: Sequence[Word], quote_text: str, quote: Sequence[Word]) -> Iterator[str]:
    """Yield "no", "maybe" or "later" where the claim plainly denies, doubts or intends, unlike the quote.

    This needs no word that both texts have, so it holds for a claim in words of its own.
    """
    ours = cues(claim_text, claim)
    only = _NONE_BUT.search(claim_text) and _ONLY.search(quote_text)
    denies = any(cue.text in _PLAIN_NO or cue.text.startswith("den") for cue in ours)
    heads = [claim[cue.governed[0]] for cue in ours if cue.kind == "no" and cue.governed]
    about = any(_same(word, quote) for word in heads) or bool(_alike([w for w in claim if w.content], quote))
    found = {"no"} if denies and about and not _NEGATIVE.search(quote_text) and not only else set()
    yield from found
    theirs = cues(quote_text, quote)
    kinds = {cue.kind for cue in theirs if cue.kind != "later" or INTENT.match(cue.text) or cue.text == "would"}
    excuses = {cue.text: {"maybe", "later"} if cue.text.startswith("plan") else {"maybe"} for cue in ours}
    unfounded = [text for text, good in excuses.items() if _PLAIN_MAYBE.match(text) and not kinds & good]
    if unfounded and not _FORBIDS.search(claim_text) and not _UNSURE.search(quote_text):
        yield "maybe"
    intends = any(_PLAIN_LATER.match(cue.text) for cue in ours if cue.kind == "later")
    if intends and not kinds & {"maybe", "later"} and not _UNSURE.search(quote_text) and not _AHEAD.search(quote_text):
        yield "later"


def _finite(words: Sequence[Word], at: int) -> bool:
    """Whether a word may be a verb that tells of a deed: not "cleaning", nor "to celebrate"."""
    return not words[at].key.endswith("ing") and not (at and words[at - 1].key == "to")


def uncounted(claim_text: str, claim: Sequence[Word], quote_text: str, quote: Sequence[Word]) -> bool:
    """Return whether the claim says "not" more often than anything negative of the quote can answer for.

    A negative word of the quote that the claim says, too ("closed" for "shut"), answers for no "not" of the claim.
    """
    ours = cues(claim_text, claim)
    plain = sum(cue.text in _PLAIN_NO or cue.text.endswith("n't") or cue.text.startswith("den") for cue in ours)
    if not plain:
        return False
    denied = [cue for cue in cues(quote_text, quote) if cue.kind == "no"]
    spans = [(cue.start, cue.end) for cue in denied]
    answers = sum(not (cue.text.startswith("den") and _NEGATIVE_DENIAL.search(claim_text)) for cue in denied)
    stems = {word.stem for word in claim}
    for match in _NEGATIVE.finditer(quote_text):
        if match[0].lower() in _SLIGHT or any(a < match.end() and match.start() < b for a, b in spans):
            continue
        word = next((word for word in quote if word.start <= match.start() < word.end), None)
        answers += word is None or not any(related(word.stem, s) or synonyms(word.stem, s) for s in stems)
    answers += bool(re.search(r"\b(?:without|unless|until)\b", claim_text, re.IGNORECASE))
    answers += bool(_NONE_BUT.search(claim_text) and _ONLY.search(quote_text)) + len(_LESS.findall(quote_text))
    return plain > answers


def denials(
    claim_text: str, claim: Sequence[Word], quote_text: str, quote: Sequence[Word]
) -> Iterator[tuple[str, str]]:
    """Yield (word, "added" or "dropped") for each "no" of one text whose clause in the other has nothing negative.

    That clause is where the denied word stands, in any form, else the one that holds most of the clause's words.
    """
    if any(opposite(word.stem, other.stem) for word in claim if word.content for other in quote if other.content):
        return
    for change, text, words, other_text, other in (
        ("added", claim_text, claim, quote_text, quote),
        ("dropped", quote_text, quote, claim_text, claim),
    ):
        if (_NONE_BUT.search(text) and _ONLY.search(other_text)) or (
            _ONLY.search(text) and _NONE_BUT.search(other_text)
        ):
            continue
        for cue in cues(text, words):
            if cue.kind != "no" or not cue.governed:
                continue
            head = words[cue.governed[0]]
            there = {other[i].clause for i in _same(head, other)}
            if not there and cue.text in _PLAIN_NO and change == "added":
                there = _alike([word for word in words if word.clause == head.clause and word.content], other)
            if head.stem in LIGHT_WORDS and any(each.kind == "no" for each in cues(other_text, other)):
                continue  # "no longer saw itself bound" for "no longer considered"
            if there and not any(_negative(other_text, other, clause, head) for clause in there):
                yield head.text, change


def _alike(words: Sequence[Word], other: Sequence[Word]) -> set[int]:
    """The clause that holds most of the words, if it holds at least half of them and two."""
    held: dict[int, int] = {}
    for word in words:
        for clause in {other[i].clause for i in _same(word, other)}:
            held[clause] = held.get(clause, 0) + 1
    best = max(held, key=lambda clause: held[clause], default=-1)
    return {best} if held and held[best] >= max(2, 0.5 * len(words)) else set()


def _negative(text: str, words: Sequence[Word], clause: int, head: Word) -> bool:
    """Whether anything negative stands in the clause but the word itself: "banned" is no denial of "ban"."""
    inside = [word for word in words if word.clause == clause]
    for match in _NEGATIVE.finditer(text, inside[0].start, inside[-1].end):
        word = next((each for each in inside if each.start <= match.start() < each.end), None)
        if word is None or not related(word.stem, head.stem):
            return True
    return False


def _heads(found: Iterable[Cue], kind: str) -> set[int]:
    """The first governed word of each cue: what it bears on most."""
    return {cue.governed[0] for cue in found if cue.kind == kind and cue.governed}


def _beside(at: int, claim: Sequence[Word], quote: Sequence[Word]) -> bool:
    """Whether the clause of quote[at] holds as much of the claim as any other clause: else the claim is about that."""
    stems = {word.stem for word in claim if word.content}
    held: dict[int, int] = {}
    for word in quote:
        held[word.clause] = held.get(word.clause, 0) + (word.content and word.stem in stems)
    return held[quote[at].clause] >= max(held.values())


def _excused(kind: str, cues_there: Sequence[Cue], text: str, other_text: str) -> bool:
    """Whether the other text says it another way: "doubt" for "not sure", "the first" for "none before"."""
    if kind == "later":
        return bool(cues_there) or bool(_TOWARDS.search(other_text))
    if kind == "maybe":
        return bool(cues_there) or bool(_UNSURE.search(other_text) or _HEARSAY.search(other_text))
    if any(cue.kind == "no" or cue.text.startswith(("doubt", "unlikely")) for cue in cues_there):
        return True
    return bool(_NONE_BUT.search(text) and _ONLY.search(other_text)) or bool(
        _ONLY.search(text) and _NONE_BUT.search(other_text)
    )


def _same(word: Word, quote: Sequence[Word]) -> list[int]:
    exact = [j for j, other in enumerate(quote) if other.content and related(word.stem, other.stem)]
    return exact or [j for j, other in enumerate(quote) if other.content and synonyms(word.stem, other.stem)]


_ORDER = re.compile(
    r"\b(?:(?P<after>after|following|since)|(?P<before>before|prior to|ahead of|until))\b", re.IGNORECASE
)


def reordered(claim_text: str, claim: Sequence[Word], quote_text: str, quote: Sequence[Word]) -> bool:
    """Return whether the claim puts earlier what the quote puts later: "A after B" for "B after A"."""
    mine, theirs = _order(claim_text, claim), _order(quote_text, quote)
    if not mine or not theirs:
        return False

    def shared(a: Sequence[Word], b: Sequence[Word]) -> int:
        return sum(any(related(x.stem, y.stem) or synonyms(x.stem, y.stem) for y in b) for x in a)

    kept = shared(mine[0], theirs[0]) + shared(mine[1], theirs[1])
    turned = [shared(mine[0], theirs[1]), shared(mine[1], theirs[0])]
    return min(turned) >= 1 and sum(turned) > kept + 1


def _order(text: str, words: Sequence[Word]) -> tuple[list[Word], list[Word]] | None:
    """The content words of what is said to be earlier and of what is later, None without one "after" or "before"."""
    found = list(_ORDER.finditer(text))
    if len(found) != 1:
        return None
    [match] = found
    content = [word for word in words if word.content and word.key.isalpha()]
    left = [word for word in content if word.end <= match.start()]
    clause = next((word.clause for word in words if word.start >= match.end()), 0)
    right = [word for word in content if word.start >= match.end() and word.clause == clause]
    left = left or [word for word in content if word.clause > clause]  # "After A, B"
    return (right, left) if match["after"] else (left, right)
