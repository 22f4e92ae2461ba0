"""How names and Korean words are spelt: what two spellings of one word have in common, and where a word ends.

Everything here folds: hyphens, accents, spellings of North and South, romanisations. What comes out is for comparing.
"""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

HANGUL = re.compile(r"[\uac00-\ud7a3]")

_WORD = re.compile(r"[^\W\d_\uac00-\ud7a3]+(?:['’][^\W\d_\uac00-\ud7a3]+)*|\d+")
_GAP = re.compile(r"[\s\-‐-―'’,·/()&]{0,3}|\s+the\s+", re.IGNORECASE)
_CASE = "이|가|을|를|에|에서|에게|에게서|한테|께|께서|으?로|으?로서|으?로써|와|과|이?랑|하고|보다|처럼|및"
_TOPIC = "은|는|도|만|까지|부터|조차|마저|밖에|이?나|이?라도|마다|대로|뿐|의|이|을"
_TO_BE = (
    "인가요?|인지|인데|인|이다|이?며|이?고|이자|이?란|이?라는|이?라고|일까요?|입니까|이?에요|예요|같은|"
    "이?었?였?(?:나요?|는가|는지|다|던|을까|습니까)"
)
PARTICLES = rf"(?:들|측|씨)?(?:(?:{_CASE})?(?:{_TOPIC}){{0,2}}|{_TO_BE})"
"""Pattern of what follows a noun without a space: particles of case and topic, the plural, forms of "to be"."""
_OFFICES = "행정부|정부|정권|시대|체제|당국"  # written without a space behind the name of a person or a country
_REST = re.compile(rf"(?:{_OFFICES})?{PARTICLES}(?!{HANGUL.pattern})")

_SURNAMES = {
    "lee yi i rhee li": "ri",
    "park bak": "pak",
    "choi chwe": "choe",
    "noh no roh": "ro",
    "im lim": "rim",
    "yoo yu ryoo": "ryu",
    "chung cheong": "jong",
}
_SURNAME = {spelling: surname for spellings, surname in _SURNAMES.items() for spelling in spellings.split()}
_SOUNDS = [("ee|ui", "i"), ("eu|eo|oo|ou|u", "o"), ("ae", "e"), ("sh", "s"), ("ch", "j"), ("([kpt])h", r"\1")]
_SOUNDS += [("g", "k"), ("d", "t"), ("b", "p"), ("l", "r"), ("(?<!^)h(?=n|$)", ""), (r"(.)\1", r"\1")]
_FOLDS = [(re.compile(pattern), by) for pattern, by in _SOUNDS]


class Word(NamedTuple):
    """A word, or a number, of a text that is not hangul; `base`, up to `base_end`, leaves out an 's, or the s behind an
    abbreviation, and is "" where there is none."""

    start: int
    end: int
    key: str
    base_end: int
    base: str


def words_of(text: str) -> list[Word]:
    """Return the words and the numbers of `text` but for the article, keyed without case, accents and apostrophes.

    "Kim Jong-un's KN23" -> keys kim, jong, uns (base un), kn, 23
    """
    found = []
    for match in _WORD.finditer(text.replace("×", "x")):
        word, (start, end) = match[0], match.span()
        cut = 2 if word[-2:] in ("'s", "’s") else int(word[-1] == "s" and word[:-1].isupper() and len(word) > 2)
        if word not in ("the", "The", "THE"):  # "the 8th Congress of WPK" is its "8th Congress of the WPK"
            found.append(Word(start, end, _key(word), end - cut, _key(word[:-cut]) if cut else ""))
    return found


def keys_of(text: str) -> list[str]:
    """Return the keys of `words_of` alone; to load thousands of forms it is three times as fast."""
    return [_key(word) for word in _WORD.findall(text.replace("×", "x")) if word not in ("the", "The", "THE")]


def touch(text: str, a: Word, b: Word) -> bool:
    """Return whether nothing parts two neighbouring words; a full stop behind more than four letters does."""
    gap = text[a.end : b.start]
    return bool(_GAP.fullmatch(gap.replace(".", "", 1))) and ("." not in gap or a.end - a.start <= 4)


def inside_word(text: str, place: int) -> bool:
    """Return whether letters or digits, no hangul, stand on both sides of `place`: "5|MWe"."""
    around = text[place - 1 : place + 1] if 0 < place < len(text) else ""
    return len(around) == 2 and all(sign.isalnum() and not HANGUL.match(sign) for sign in around)


def southern(text: str) -> str:
    """Return hangul with ㄹ and ㄴ at the head of syllables as the South writes them at the head of words.

    The North writes 로동, 력사, 녀성, the South 노동, 역사, 여성. Parts of compounds do the same ("국제련합"), so every
    syllable is treated, on both sides of a comparison: "로동신문" -> "노동신문", but "전략" -> "전약" as well.
    """
    return text.translate(_heads())


def letters(text: str) -> tuple[str, list[int]]:
    """Return the letters and digits of `text` in lower case, and the place of each.

    "9·19 합의" -> ("919합의", [0, 2, 3, 5, 6])
    """
    places = [i for i, sign in enumerate(text) if sign.isalnum() or sign == "×"]
    return "".join([text[i].lower()[:1] for i in places]).replace("×", "x"), places


def alike(a: str, b: str) -> bool:
    """Return whether two neighbouring signs belong to one word: both hangul, both digits, or both other letters."""
    return _kind(a) == _kind(b) != ""


def noun_ends(text: str, end: int) -> bool:
    """Return whether a noun may end before `end`: at the end of its word, or where nothing but particles follows."""
    if end < len(text) and not HANGUL.match(text, end) and alike(text[end - 1], text[end]):
        return False
    return _REST.match(text, end) is not None


@lru_cache(maxsize=4096)
def sound(name: str, *, surname: bool = False) -> str:
    """Return one spelling for the romanisations of a surname, or of a given name without its hyphen or space.

    "yongho", "youngho" and "yeongho" -> "ionkho"; as surnames "lee", "ri" and "yi" -> "ri".
    """
    name = _SURNAME.get(name, name) if surname else name.replace("y", "i")
    for pattern, by in _FOLDS:
        name = pattern.sub(by, name)
    return name


def _key(word: str) -> str:
    if not word.isascii():
        word = "".join(sign for sign in unicodedata.normalize("NFKD", word) if not unicodedata.combining(sign))
    return word.lower().replace("'", "").replace("’", "")


def _kind(sign: str) -> str:
    if not sign.isalnum():
        return ""
    return "hangul" if HANGUL.match(sign) else "digit" if sign.isdigit() else "letter"


@lru_cache(maxsize=1)
def _heads() -> dict[int, str]:
    """Syllables that begin with ㄹ, or with ㄴ before i or y, and how the South would begin a word with them.

    A syllable's code is 0xAC00 + (head * 21 + vowel) * 28 + end; heads: 2 is ㄴ, 5 is ㄹ, 11 is none.
    """
    table = {}
    for vowel in range(21):
        soft = vowel in (2, 3, 6, 7, 12, 17, 20)  # ya, yae, yeo, ye, yo, yu, i
        for end in range(28):
            head = {h: 0xAC00 + (h * 21 + vowel) * 28 + end for h in (2, 5, 11)}
            table[head[5]] = chr(head[11 if soft else 2])
            if soft:
                table[head[2]] = chr(head[11])
    return table
