"""Korean particles and predicates, by their sound shape: no dictionary, and no noun cut where the shape forbids it."""

import re

_AFTER_CONSONANT = ("으로부터", "으로는", "이라고", "으로", "이란", "은", "이", "을", "과")
_AFTER_VOWEL = ("로부터", "로는", "라고", "란", "는", "가", "를", "와")
_ANYWHERE = (
    "에서는",
    "에서의",
    "에게서",
    "에서",
    "에게",
    "부터",
    "까지",
    "에는",
    "에도",
    "보다",
    "처럼",
    "에",
    "의",
    "도",
    "만",
    "로",
)
_PREDICATE = re.compile(
    r"(?:나|까|요|죠|줘|니|냐|ㄴ다|한다|했다|다고|인가|가요|는가|은가|른가|든가|줘라|주세요)$|^(?:왜|언제|어디|누가|누구|무엇|뭐|어떤|어떻게|얼마나|"
    r"얼마|몇|어느|무슨|대해|대한|관해|따르면|되어|그럼|그리고)(?:를|을|서|에|에서|가|이|라고|은|는)?$"
)


def final_consonant(word: str) -> bool:
    """Whether the word ends in a syllable with a final consonant: "원" does, "소" does not."""
    return bool(word) and "가" <= word[-1] <= "힣" and (ord(word[-1]) - 0xAC00) % 28 > 0


def bare(word: str) -> str:
    """Return the word without its particle: "당대회에서" -> "당대회"; "하노이" stays, as 이 follows consonants only."""
    word = word.strip("?!.,\"'()")
    for particle in (*_AFTER_CONSONANT, *_AFTER_VOWEL, *_ANYWHERE):
        stem = word.removesuffix(particle)
        if stem == word or len(stem) < 2:
            continue
        if particle in _ANYWHERE or (particle in _AFTER_CONSONANT) == final_consonant(stem):
            return stem
    return word


def fitted(noun: str, rest: str) -> str:
    """Return `noun` followed by `rest`, the particle at its head in the form that the noun asks for.

    "러시아", "과의 무역" -> "러시아와의 무역"
    """
    pairs = [pair for pair in ("은는", "이가", "을를", "과와") if rest[:1] in pair and rest[:1]]
    if not pairs or not "가" <= noun[-1:] <= "힣":
        return noun + rest
    return noun + pairs[0][0 if final_consonant(noun) else 1] + rest[1:]


def is_predicate(word: str) -> bool:
    """Whether the word is a question word or, by its ending, the predicate of a question."""
    return bool(_PREDICATE.search(word.strip("?!.,")))
