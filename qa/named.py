"""The names of a claim and whether its quotes name them: the name table's, and whatever else is written with capitals.

A name is found again in any of its forms, in its adjective ("Chinese" for China), by its capital where a government is
meant, as initials, and an unknown person by the last name alone.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from ..index.parts import word_set
from ..index.plan import default_planner
from ..index.spelling import sound
from .words import SMALL_WORDS, Word, related, stem

_ADJECTIVES = {
    "North Korea": r"North[\s-]Koreans?|[Tt]he North(?!\s*(?:[a-z]*\s)?[A-Z])(?:'s)?|the North's",
    "South Korea": r"South[\s-]Koreans?|[Tt]he South(?!\s*(?:[a-z]*\s)?[A-Z])(?:'s)?",
    "United States": r"Americans?|U\.S\.|US|United States",
    "China": r"Chinese|Sino",
    "Russia": r"Russians?",
    "Japan": r"Japanese",
    "Soviet Union": r"Soviets?",
    "Ukraine": r"Ukrainians?",
    "Vietnam": r"Vietnamese",
    "Mongolia": r"Mongolians?",
    "United Kingdom": r"British|Britain|United Kingdom|UK|Britons?",
    "France": r"French|France",
    "Germany": r"Germans?|Germany",
    "European Union": r"European Union|EU",
    "United Nations": r"United Nations|UN|U\.N\.",
}
_COUNTRY = re.compile("|".join(rf"(?P<c{i}>\b(?:{form})(?!\w))" for i, form in enumerate(_ADJECTIVES.values())))
_CANONICAL = list(_ADJECTIVES)
_SEATS = {
    "Pyongyang": "North Korea",
    "Seoul": "South Korea",
    "Blue House": "South Korea",
    "Washington": "United States",
    "White House": "United States",
    "Beijing": "China",
    "Moscow": "Russia",
    "Kremlin": "Russia",
    "Tokyo": "Japan",
    "Pentagon": "United States",
    "State Department": "United States",
    "Kuala Lumpur": "Malaysia",
    "Hanoi": "Vietnam",
    "Ulaanbaatar": "Mongolia",
    "London": "United Kingdom",
    "Paris": "France",
    "Berlin": "Germany",
    "Brussels": "European Union",
    "Kyiv": "Ukraine",
    "Kiev": "Ukraine",
    "Canberra": "Australia",
    "Ottawa": "Canada",
    "New Delhi": "India",
    "Havana": "Cuba",
    "Tehran": "Iran",
    "Damascus": "Syria",
    "Bangkok": "Thailand",
    "Jakarta": "Indonesia",
}
# Whose government somebody headed: "the Russian leader" for Putin, "Seoul" for Park Geun-hye's government.
_HEADS = {
    name: country
    for country, names in {
        "South Korea": "Park Chung-hee|Chun Doo-hwan|Roh Tae-woo|Kim Young-sam|Kim Dae-jung|Roh Moo-hyun|Lee Myung-bak|"
        "Park Geun-hye|Moon Jae-in|Yoon Suk-yeol|Yoon Suk Yeol|Lee Jae-myung|Lee Jae Myung",
        "United States": "Jimmy Carter|Ronald Reagan|Bill Clinton|George W. Bush|Barack Obama|Donald Trump|Joe Biden",
        "Russia": "Boris Yeltsin|Vladimir Putin|Dmitry Medvedev|Sergey Lavrov|Sergei Lavrov|Sergei Shoigu",
        "China": "Mao Zedong|Deng Xiaoping|Jiang Zemin|Hu Jintao|Xi Jinping|Wang Yi|Li Qiang",
        "Japan": "Junichiro Koizumi|Shinzo Abe|Yoshihide Suga|Fumio Kishida|Shigeru Ishiba|Sanae Takaichi",
        "North Korea": "Kim Il Sung|Kim Jong Il|Kim Jong Un|Kim Yo Jong|Choe Son Hui",
    }.items()
    for name in names.split("|")
}
# Adjectives that do not begin like their country; "Cuban" and "Iranian" do.
_DEMONYMS = {
    "spanish": "spain",
    "dutch": "netherlands",
    "swiss": "switzerland",
    "swedish": "sweden",
    "polish": "poland",
    "danish": "denmark",
    "finnish": "finland",
    "turkish": "turkey",
    "greek": "greece",
    "filipino": "philippines",
    "thai": "thailand",
    "burmese": "myanmar",
    "irish": "ireland",
    "welsh": "wales",
    "scottish": "scotland",
    "portuguese": "portugal",
    "laotian": "laos",
    "french": "france",
    "peruvian": "peru",
    "iraqi": "iraq",
    "israeli": "israel",
}
GLUED = 8  # letters of a name that may stand in a text without blanks
_ABBREVIATION = re.compile(r"\b[A-Z]{3,6}\b")
_UNITED_NATIONS = re.compile(r"\b[Rr]esolutions? \d{4}\b|\bSecurity Council\b|\bGeneral Assembly\b")
_KIND_NOUNS = {
    "person": word_set(
        "man men woman women person people leader minister official president politician diplomat expert scholar "
        "researcher analyst head chief brother sister father son daughter member chairman speaker author spokesman"
    ),
    "place": word_set("city capital town region province area site country place north south east west border"),
    "country": word_set("country state nation government leadership regime side neighbour ally capital authority"),
    "body": word_set(
        "party parliament agency organisation organization institute institution company firm media newspaper "
        "council committee ministry army body group paper press state leadership assembly court"
    ),
}
_NORTHERN = re.compile(
    r"\b(?:Kim Jong|Kim Il|Kim Yo|Pyongyang|KCNA|Korean Central|WPK|Workers' Party|Rodong|Supreme "
    r"People's|Juche|DPRK|Hwasong|Choe|Ri )"
)
_ADJECTIVE = re.compile(r"(?:an|ese|ch|sh|ss|U\.S\.|US|American)$")
_NOUNS = frozenset(["Japan", "Vietnam", "Iran", "Taiwan", "Pakistan", "Kazakhstan", "Uzbekistan"])
_REPORTS = re.compile(
    r",? (?:has |have )?(?:said|says|reported|reports|puts?|writes|wrote|claims?|claimed|announced|added|adds|calls?)\b"
)
_MEDIA = re.compile(
    r"KCNA|Korean Central News|Sinmun|Yonhap|Joson|Daily NK|NK News|38 North|[Ss]tate media|News Agency"
)
_BOTH_KOREAS = re.compile(r"\b[Ii]nter-Korean|\b[Tt]he (?:two )?Koreas\b")
_TITLES = word_set(
    "mr mrs ms dr president chairman minister secretary general premier prime foreign defence defense "
    "leader comrade marshal spokesman spokesperson ambassador vice deputy director professor senator king "
    "queen pope sir"
)
_MONTHS = word_set(
    "january february march april may june july august september october november december monday tuesday "
    "wednesday thursday friday saturday sunday"
)
_KOREAN = word_set("kim ri lee choe choi pak park jong jang kang ryu yun yoon han hwang cho jo o oh so an im rim ro")


@dataclass(frozen=True, slots=True)
class Named:
    """A name at text[start:end]; `canonical` compares it, `kind` is the table's, "" for a name that the table lacks."""

    start: int
    end: int
    text: str
    canonical: str
    kind: str


@lru_cache(maxsize=2048)
def names_in(text: str) -> tuple[Named, ...]:
    """Return the names of the table, and the countries behind adjectives, in order."""
    found = [
        Named(mention.start, mention.end, mention.text, mention.name.canonical, mention.name.kind)
        for mention in default_planner().names.mentions(text)
        if mention.text[0].isupper() or mention.name.kind == "person"
    ]
    for match in _COUNTRY.finditer(text):
        inside = [name for name in found if name.start < match.end() and match.start() < name.end]
        if all(name.kind == "country" and name.end <= match.end() for name in inside):
            found = [name for name in found if name not in inside]
            found.append(Named(*match.span(), match[0], _CANONICAL[int(str(match.lastgroup)[1:])], "country"))
    for match in re.finditer(r"\b(?:Washington|White House|Kremlin|Tokyo|Blue House)\b(?! Declaration)", text):
        if all(match.end() <= name.start or name.end <= match.start() for name in found):
            found.append(Named(*match.span(), match[0], match[0], "place"))
    return tuple(sorted(found, key=lambda name: name.start))


def unknown_names(text: str, words: Sequence[Word], taken: Sequence[tuple[int, int]]) -> list[list[Word]]:
    """Return the runs of words with capitals outside the `taken` spans; the first word of a sentence only in a run."""
    runs: list[list[Word]] = []
    for i, word in enumerate(words):
        if not word.capital or len(word.key) < 2 or any(start < word.end and word.start < end for start, end in taken):
            continue
        part = text[word.end : word.end + 1] == "-"  # "In-chon"
        if (word.key in SMALL_WORDS and not part) or word.key in _MONTHS or word.key in _TITLES or word.key == "fy":
            continue
        opens = i == 0 or bool(re.search(r"[.!?:]\W*$|^\W*$", text[max(0, word.start - 3) : word.start]))
        near = words[i - 1] if i else None
        if runs and near is runs[-1][-1] and text[near.end : word.start] in (" ", "-"):
            runs[-1].append(word)
        elif not opens or (
            i + 1 < len(words)
            and words[i + 1].capital
            and text[word.end : words[i + 1].start] == " "
            and (words[i + 1].key not in SMALL_WORDS or text[words[i + 1].end : words[i + 1].end + 1] == "-")
        ):
            runs.append([word])
    return runs


def named_there(name: Named, text: str, words: Sequence[Word], there: Sequence[Named]) -> bool:
    """Return whether the quotes name it; `text` is theirs, `there` the names they hold."""
    canonical = {other.canonical for other in there}
    if name.canonical in canonical or _SEATS.get(name.canonical) in canonical:
        return True
    if any(_SEATS.get(other) == name.canonical for other in canonical):
        return True
    country = _SEATS.get(name.canonical, name.canonical)
    if country in _ADJECTIVES and re.search(rf"\b(?:{_ADJECTIVES[country]})(?!\w)", text):
        return True  # "London" for "the British Ministry of Defence"
    if country != name.canonical and re.search(rf"\b{re.escape(country)}", text):
        return True  # "Tehran" for Iran and the Iranians
    if name.canonical == "North Korea" and _NORTHERN.search(text):
        return True
    if any(same_side(name.canonical, other) for other in canonical):
        return True
    if name.canonical in ("United Nations", "UN Security Council", "Security Council") and _UNITED_NATIONS.search(text):
        return True
    if name.canonical in ("Russia", "Moscow") and "Soviet Union" in canonical:
        return True
    if name.canonical in ("North Korea", "South Korea") and _BOTH_KOREAS.search(text):
        return True
    if any(name.canonical in other or other in name.canonical for other in canonical):
        return True  # "Hwasong" and "Hwasong-17" are told apart by their numbers
    if len(name.text) >= GLUED and name.text.replace(" ", "") in text.replace(" ", ""):
        return True  # "Kim Jong Ilvisited", of a text taken badly from its page
    shown = " ".join(word for word in name.text.split() if not word.islower()) or name.text  # "Singapore summit"
    keys = [word for word in _keys(shown) if word not in SMALL_WORDS]
    held = {word.key for word in words}
    if name.kind != "person" and len(keys) > 2 and " ".join(keys[-2:]) in text.lower():
        return True  # "the Security Council" for the UN's
    if name.kind == "body" and len(keys) > 1 and re.search(rf"\b[Tt]he {re.escape(shown.split()[0])}(?! [A-Z])", text):
        return True  # "the Panel" for the Panel of Experts
    return bool(keys) and all(
        any(
            key == other
            or _DEMONYMS.get(key) == other
            or _DEMONYMS.get(other) == key
            or related(stem(key), stem(other))
            for other in held
        )
        for key in keys
    )


def implied(name: Named, claim: str, there: Sequence[Named]) -> bool:
    """Return whether a name may stand in a claim though its quotes lack it.

    `there`, those of their names that the claim lacks, then has no other of the kind, and it only
    says whose somebody is ("a South Korean newspaper", "Seoul's minister"), who reports ("KCNA said"), or is the
    country that all the briefs are about."""
    kinds = {"country", "place"} if name.kind in ("country", "place") else {name.kind}
    if any(other.kind in kinds for other in there if not same_side(other.canonical, name.canonical)):
        return False
    if same_side(name.canonical, "North Korea") and name.kind != "person":
        return True
    after = claim[name.end :]
    if name.kind == "country" or name.canonical in _SEATS:
        return bool(re.match(r"'s? | [A-Z]|-based\b", after)) or (
            _ADJECTIVE.search(name.text) is not None and name.text not in _NOUNS
        )
    return bool(_MEDIA.search(name.canonical)) and bool(
        _REPORTS.match(after) or re.search(r"(?:according to|reported by) (?:the )?$", claim[: name.start].lower())
    )


def same_side(one: str, other: str) -> bool:
    """Return whether one name may stand for the other: a country, its capital, and who headed its government."""
    one, other = _SEATS.get(one, one), _SEATS.get(other, other)
    return one == other or _HEADS.get(one) == other or _HEADS.get(other) == one


def stands_for(word: Word, names: Sequence[Named]) -> bool:
    """Return whether a common noun may mean one of the names: "the capital" for Pyongyang, "the party" for the WPK."""
    kinds = {name.kind for name in names}
    return any(word.key in nouns or word.stem in nouns for kind, nouns in _KIND_NOUNS.items() if kind in kinds)


def names_a_kind(word: Word) -> bool:
    """Return whether a common noun says of what kind somebody is: "leader", "agency"."""
    return any(word.key in nouns or word.stem in nouns for nouns in _KIND_NOUNS.values())


def run_there(run: Sequence[Word], text: str, words: Sequence[Word]) -> bool:
    """Return whether the quotes hold a name that the table does not know."""
    held = {word.key: word for word in words}
    sounds = _sounds(tuple(sorted(word.key for word in words if word.capital)))

    capitals = {country for seat, country in _SEATS.items() if re.search(rf"\b{seat}\b", text)}

    def found(word: Word) -> bool:
        return (
            (word.key in held and (word.key not in SMALL_WORDS or bool(re.search(rf"\b{word.text}\b", text))))
            or word.text in capitals
            or _DEMONYMS.get(word.key) in held
            or any(_DEMONYMS.get(key) == word.key for key in held)
            or (len(word.key) > 4 and sound(word.key) in sounds)
            or any(related(word.stem, other.stem) for other in words)
            or _initials(word.text, words)
            or any(_adjective_of(word, other) for other in words)
        )

    missing = [word for word in run if not found(word)]
    if all(word.key in ("north", "south") for word in missing) and _BOTH_KOREAS.search(text):
        return True
    if 2 * len(missing) < len(run):
        return True  # "Monsignor Scanlan High School" is the "Scanlan High School" of the quote
    if len(run) > 1 and all(word.capital for word in run) and len(run) < 6:
        letters = "".join(word.text[0] for word in run)
        if re.search(rf"\b{letters}\b", text):
            return True
    surname_last = run[0].key not in _KOREAN and run[-1] not in missing and len(run) == 2
    if not surname_last:
        return False
    before = re.search(rf"([A-Z][\w-]+)\s+{re.escape(run[-1].text)}\b", text)
    return before is None or before[1].lower() in _TITLES or before[1].lower() in SMALL_WORDS


def _adjective_of(one: Word, other: Word) -> bool:
    """Whether one is the other's adjective: "Tajik" and "Tajikistan", "Peru" and "Peruvian"."""
    short, long = sorted((one.key, other.key), key=len)
    return one.capital and other.capital and len(short) >= 4 and long.startswith(short)


def spelled_out(text: str, words: Sequence[Word], quotes: str) -> list[tuple[int, int]]:
    """Return the spans of `text` that spell out an abbreviation of the quotes: "Commission of Inquiry" for "COI"."""
    found = []
    for short in set(_ABBREVIATION.findall(quotes)):
        for kept in (words, [word for word in words if word.key not in ("of", "the", "and", "for", "on")]):
            letters = "".join(word.key[0] for word in kept)
            for match in re.finditer(rf"(?={re.escape(short.lower())})", letters):
                run = kept[match.start() : match.start() + len(short)]
                if run[0].capital and run[-1].capital:
                    found.append((run[0].start, run[-1].end))
    return found


def _initials(shown: str, words: Sequence[Word]) -> bool:
    """Whether an abbreviation spells the first letters of words that stand in a row."""
    if not (2 <= len(shown) <= 6 and shown.isupper()):
        return False
    long = [word for word in words if word.key not in ("of", "the", "and", "for", "on")]
    letters = "".join(word.key[0] for word in long)
    return any(long[m.start()].capital for m in re.finditer(rf"(?={shown.lower()})", letters))


@lru_cache(maxsize=256)
def _sounds(keys: tuple[str, ...]) -> frozenset[str]:
    return frozenset(sound(key) for key in keys if len(key) > 4)


def _keys(text: str) -> list[str]:
    return [key.removesuffix("'s") for key in re.findall(r"[^\W_]+(?:'s)?", text.lower())]
