"""What a question asks for: a person, a date, a place, an amount and of what, a reason, a list, a yes or no.

Read from the question's own words, English or Korean, and from its plan where it has sides. The wh-word decides; for
"which" and "what" the noun behind it does ("which year" asks for a date). Nothing here looks at a brief.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from ..index.parts import AUXILIARIES, FUNCTION_WORDS, PERIOD, VERBS, word_set
from ..index.plan import QueryPlan


class Kind(StrEnum):
    """What kind of answer a question wants."""

    WHO = "who"
    WHEN = "when"
    WHERE = "where"
    AMOUNT = "amount"
    WHY = "why"
    WHAT = "what"
    LIST = "list"
    COMPARE = "compare"
    CHANGE = "change"
    YES_NO = "yes/no"


TYPED = frozenset([Kind.WHO, Kind.WHEN, Kind.WHERE, Kind.AMOUNT, Kind.WHY])
"""Kinds whose answer can be told by its form."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question asks for. `kind` is the first thing asked, `kinds` all of them ("when and where"); `noun` is what
    is counted or measured, or the noun behind "which", in lower case, "" where there is none."""

    kind: Kind
    kinds: tuple[Kind, ...]
    noun: str = ""


_MEASURES = word_set(
    "altitude amount area budget capacity casualties cost count depth distance duration fee figure height length limit "
    "mileage number output payload percent percentage population price proportion quantity quota range rate ratio "
    "revenue salary share size speed sum tally temperature toll tonnage total turnover value volume wage weight width "
    "yield"
)
_UNITS = word_set(
    "acres barrels degrees dollars euros hectares kilograms kilometers kilometres kilos kilotons kilowatt-hours "
    "kilowatts "
    "litres megawatts meters metres miles percent pounds pyong rubles tonnes tons won yen yuan"
)
_BEING = word_set("is are was were")
TIMES = word_set("date dates day days decade hour month months point season time week weekday year years")
_PLACES = word_set(
    "area base border building capital cities city counties countries country county district venue island location "
    "locations nation nations place places port ports province provinces region regions site sites spot spots stadium "
    "street town towns village villages"
)
_PERSONS = word_set(
    "admiral ambassador analyst analysts author candidate chairman chairwoman chancellor chief commander daughter "
    "delegate deputy diplomat director economist emperor engineer envoy expert experts general governor hacker head "
    "heir king lawmaker leader lieutenant marshal minister monarch negotiator official officials person player pope "
    "politician premier president prisoner professor prosecutor rapporteur researcher researchers ruler scholar "
    "scholars scientist secretary senator soldier son spokesman spokesperson spokeswoman successor vice-premier wife "
    "winner woman man athlete"
)
_REASONS = word_set("cause causes excuse grounds justification motive motives pretext reason reasons")
_SIZES = (
    r"many|much|high|long(?! ago)|far|big|large|deep|heavy|old|tall|often|fast|wide|strong|weak|expensive|low|small"
)
_TELLING = (_MEASURES | _UNITS | TIMES | _PLACES | _PERSONS | _REASONS) - word_set("day general party people state")
_CHANGE = re.compile(
    r"\b(?:how (?:has|have|had|did|does|do|is|are|was|were)\b.*\b(?:chang(?:ed?|ing)|evolv(?:ed?|ing)|shift(?:ed|ing)?"
    r"|develop(?:ed|ing)?|progress(?:ed)?|vary|varied)\b|what (?:has |have |had )?changed\b|over time\b|trend\b"
    r"|trajectory\b|evolution of\b|how .* over the (?:years|decades|months))",
    re.IGNORECASE,
)
_COMPARE = re.compile(r"\b(?:compar\w+|contrast|differ(?:s|ed|ences?)?|versus|vs)\b", re.IGNORECASE)
_LIST = re.compile(
    r"^(?:please )?(?:list|name|enumerate|give|identify)\b(?! of)(?: me)?(?: all| some)?"
    r" (?:the |of the )?(?:\w+ ){0,3}?\w+s\b"
    r"|(?<!for )\b(?:what|which) (?:(?:sorts|kinds|types|sets|categories) of|(?:are|were) (?:the|some) (?:[\w-]+ "
    r"){0,2}?\w+s\b|(?:two|three|four|five|six"
    r"|seven|eight|nine|ten)\b)",
    re.IGNORECASE,
)
_WH = re.compile(
    rf"\bhow (?P<size>{_SIZES})\b|\b(?P<who>who|whom|whose)\b|\b(?P<when>when|how (?:long ago|soon|recently))\b"
    r"|\b(?P<where>where(?!as))\b|\b(?P<why>why|how come|what for)\b|\b(?P<which>which|what)\b|\b(?P<how>how)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_AGENTS = re.compile(
    r"\bwhat (?:caused|led|made|prompted|explains|drove|triggered|brought|motivat\w+)\b", re.IGNORECASE
)
_DESCRIBED = re.compile(r" (?:is|was|are|were)(?: [A-Z][\w'’-]*)+\W*$")
_AFTER_AND = re.compile(
    r"(?:^|[,;:.?!(–—-]|\b(?:and|or|but|so|then|in|on|at|by|from|to|of|for|with|under|about|until|since"
    r"|through|after|before|into|against|near|than|exactly|just|over))\s*$",
    re.IGNORECASE,
)

_KOREAN = (
    (Kind.CHANGE, r"어떻게\s?(?:변|바뀌|달라|발전)|변화(?:했|하였|는|를|과정)|추이"),
    (Kind.COMPARE, r"비교|차이|다른\s?점|공통점"),
    (
        Kind.WHEN,
        r"언제|몇\s?년(?:도|에|부터|까지)|몇\s?월|며칠|몇\s?일(?:에|부터|까지|인)|어느\s?(?:해|날|시점|연도)|날짜|시점은",
    ),
    (Kind.WHERE, r"어디|어느\s?(?:나라|국가|도시|곳|지역|항구|지방|섬|장소|도에서)|장소는|위치는"),
    (Kind.WHO, r"누구|누가|누굴|누군|어느\s?(?:사람|장관|인물)|인물은"),
    (Kind.WHY, r"왜|이유|까닭|원인|때문인가"),
    (Kind.LIST, r"나열|열거|목록|(?:무엇|어떤 것)들|모두\s?(?:말|알려|들어)|세\s?가지|두\s?가지|무엇무엇"),
    (Kind.AMOUNT, r"몇|얼마|규모|비율|비중|가격|수는|액수|금액|총액|횟수|인원"),
    (Kind.WHAT, r"무엇|뭐|무슨|어떤|어떻게|어느|뭘|설명|란\?"),
)
_KOREAN_KINDS = [(kind, re.compile(pattern)) for kind, pattern in _KOREAN]
_KOREAN_NOUN = re.compile(
    r"([가-힣]+?)(?:은|는|이|가|을|를|의)?\s(?:총\s?)?(?:몇|얼마)|몇\s?([가-힣]+?)(?:이|가|을|를|인|였|나|까|\W|$)"
)
_HANGUL = re.compile(r"[가-힣]")


def read_question(plan: QueryPlan) -> Asked:
    """Return what the question of a plan asks for; one with sides is a comparison, or a change over time."""
    asked = asked_in(plan.question)
    if asked.kind is Kind.WHAT and plan.standalone != plan.question and not _WH.search(plan.question):
        asked = asked_in(plan.standalone)  # "And in 2019?" asks what was asked before
    if len(plan.inquiries) < 2:
        return asked
    by_time = all(PERIOD.search(each.label) or each.label in ("now", "before") for each in plan.inquiries)
    kind = Kind.CHANGE if by_time else Kind.COMPARE
    return Asked(kind, tuple(dict.fromkeys((kind, *asked.kinds))), asked.noun)


def asked_in(question: str) -> Asked:
    """Return what a question's words ask for.

    "How many guests can it take?" -> amount, of "guests"; "When and where did they meet?" -> when, where
    """
    text = " ".join(question.split())
    if _HANGUL.search(text):
        return _korean(text)
    leading: tuple[Kind, ...] = ()
    if _CHANGE.search(text):
        leading = (Kind.CHANGE,)
    elif _COMPARE.search(text):
        leading = (Kind.COMPARE,)
    elif _LIST.search(text):
        leading = (Kind.LIST,)
    kinds: list[Kind] = []
    noun = ""
    for match in _WH.finditer(text):
        if match.start() and not _AFTER_AND.search(text[: match.start()]) and kinds:
            continue  # "the day when", "people who": a clause, no question
        if match.start() and match.lastgroup in ("who", "when", "where", "which") and not _asks(text, match):
            continue
        kind, found = _kind_of(match, text)
        kinds.append(kind)
        noun = noun or found
    if not kinds and not leading:
        first = text.split(" ")[0].lower().strip(",") if text else ""
        second = text.split(" ")[1].lower() if " " in text else ""
        if first in AUXILIARIES or (first in ("and", "so", "but", "or", "then") and second in AUXILIARIES):
            kinds = [Kind.YES_NO]
        else:
            named = (word for match in _WORD.finditer(text) if (word := match[0].lower()) in _TELLING)
            noun = next(named, "")  # keywords: "farm grain harvest tons 2024"
            kinds = [_by_noun(noun, Kind.WHAT)]
    found_kinds = tuple(dict.fromkeys((*leading, *kinds)))
    return Asked(found_kinds[0], found_kinds, noun)


def _asks(text: str, match: re.Match[str]) -> bool:
    """Whether a wh-word inside a text asks: after a comma, "and" or a preposition, or where no auxiliary opens."""
    first = text.split(" ")[0].lower()
    if first in AUXILIARIES:
        return False  # "Did anyone say when ..." is answered by yes or no
    return bool(_AFTER_AND.search(text[: match.start()])) or not _WH.match(text)


def _kind_of(match: re.Match[str], text: str) -> tuple[Kind, str]:
    """The kind that a wh-word gives, and the noun it is about."""
    rest = text[match.end() :]
    group = str(match.lastgroup)
    if group == "size":
        return Kind.AMOUNT, _leading_noun(rest) if match["size"].lower() in ("many", "much") else ""
    if group == "which":
        if _AGENTS.match(text, match.start()):
            return Kind.WHY, ""
        if rest.split() and rest.split()[0].lower() in AUXILIARIES - _BEING:
            return Kind.WHAT, ""  # "what did they sign"
        noun = _head_noun(rest)
        return _by_noun(noun, Kind.WHAT), noun
    if group == "how":
        return Kind.WHAT, ""
    if group == "who" and _DESCRIBED.match(rest):
        return Kind.WHAT, ""  # "Who is Pak Thae Song?" wants no name
    return Kind(group), ""


def _by_noun(noun: str, default: Kind) -> Kind:
    if noun in TIMES:
        return Kind.WHEN
    if noun in _MEASURES | _UNITS:
        return Kind.AMOUNT
    if noun in _PLACES:
        return Kind.WHERE
    if noun in _PERSONS:
        return Kind.WHO
    return Kind.WHY if noun in _REASONS else default


def _head_noun(text: str) -> str:
    """The noun behind "which" or "what": "is the name of" -> name, "Russian foreign minister came" -> minister."""
    words = text.split()
    start = 0
    while start < min(len(words), 3) and words[start].lower().strip(",") in AUXILIARIES | {
        "the",
        "a",
        "an",
        "all",
        "of",
    }:
        start += 1
    return _leading_noun(" ".join(words[start:]))


def _leading_noun(text: str) -> str:
    """The last of the leading words that are neither function words nor verbs: "Korean soldiers died" -> soldiers."""
    noun = ""
    for match in _WORD.finditer(text):
        word = match[0].lower().removesuffix("'s").removesuffix("’s")
        gap = text[: match.start()].rstrip(" ")
        if noun and (gap.endswith((",", "?", ";", ":", ".")) or word in FUNCTION_WORDS):
            break
        if word in FUNCTION_WORDS:
            if word in AUXILIARIES:
                break
            continue
        if noun and (word in VERBS or word in ("first", "last") or (word.endswith("ed") and len(word) > 4)):
            break
        noun = word
    return noun


def _korean(text: str) -> Asked:
    found = sorted((match.start(), kind) for kind, pattern in _KOREAN_KINDS if (match := pattern.search(text)))
    kinds = [kind for _, kind in found]
    if Kind.WHEN in kinds and Kind.AMOUNT in kinds and not re.search(r"얼마|몇(?!\s?(?:년|월|일))|비율|규모", text):
        kinds.remove(Kind.AMOUNT)  # 몇 년 asks for a date
    for strong in (Kind.COMPARE, Kind.CHANGE, Kind.LIST):
        if strong in kinds:
            kinds.remove(strong)
            kinds.insert(0, strong)
    if len(kinds) > 1 and Kind.WHAT in kinds:
        kinds.remove(Kind.WHAT)
    if not kinds:
        kinds = [Kind.YES_NO if re.search(r"(?:나요|습니까|는가|인가|니|까|나)\??$", text) else Kind.WHAT]
    noun = _KOREAN_NOUN.search(text)
    return Asked(kinds[0], tuple(dict.fromkeys(kinds)), next((g for g in noun.groups() if g), "") if noun else "")
