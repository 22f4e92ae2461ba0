"""The sides of a comparison, read out of a question: two or more spans of one kind, and a word that sets them against
each other. Without such a word ("and" and "than" are none), or without spans of one kind, there are no sides.

A side's query is the question with the other sides' words taken out, and with the comparing words gone: they would
only find passages that compare something else.
"""

import re
from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from .comparing import by_clause, by_phrase, clean
from .names import NameTable
from .numbered import numbered
from .pairs import by_list, joined, listed, repeated
from .parallel import as_then, asked_twice, in_turn, same_as
from .particles import bare, final_consonant
from .parts import PERIOD, Part, group, parts, word_set
from .timewords import Reading
from .types import Filter, Side
from .years import is_year

_ANY_CUE = re.compile(
    r"compar|contrast|versus|\bvs\b|differ|similarit|agree|\bsame\b|\bthan\b|\bapart from\b|\bor\b|\bafter\b|"
    r"\bunlike\b|[.;?] \w|"
    r"\bas\b|\bagainst\b|\bchang|evol|shift|develop|grow|grew|rise|rose|fall|fell|between|\bfrom\b|\band\b|비교|차이|다른|다르|달라|대비|전후|후"
)
"""What any comparison has one of; all else is decided without looking for names."""

_BEFORE_AFTER = re.compile(
    r"\bbefore and after (?P<both>[^?,.;:]+)|\bbefore (?P<event>[^?,.;:]+?),? and "
    r"after(?: (?:it|that|this|them|(?P=event)))?(?= |\W|$)",
    re.IGNORECASE,
)
_THAN_BEFORE = re.compile(
    r" (?:than|compared (?:with|to)) (?:(?:it|they|he|she) (?:was|were|did|had|used to(?: be)?) ?)?"
    r"(?:(?P<ago>\w+(?: or \w+)? (?:years?|months?|decades?) (?:ago|earlier|before))|"
    r"(?:before|earlier|previously|in the past|formerly)(?P<event> (?:the )?\w[^?,.;:]*)?)?(?=\W*$|[?,.;:])",
    re.IGNORECASE,
)
_NOW = re.compile(r" (?:now|today|currently|nowadays|these days|at present)(?=$| )", re.IGNORECASE)
_SEASON = re.compile(r"\b(?:(?:early|mid|late)[ -])?(?:spring|summer|autumn|fall|winter) $", re.IGNORECASE)
_MONTH = r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_MONTHS_OF = re.compile(
    rf"\b(?P<months>(?:(?:\d\d? )?{_MONTH}(?:, |,? (?:and|or) )(?:(?:in|of|on) )?)+)"
    rf"(?=(?:\d\d? )?{_MONTH} (?P<year>(?:19|20)\d\d)\b)"
)
_BARE_MONTH = re.compile(rf"\b(?:in|of|since|early|mid|late) {_MONTH}\b(?! (?:\d|19|20))")
_HANGUL = re.compile(r"[가-힣]")
_KO_CUE = re.compile(r"비교|차이|다른가|다른지|다릅|달라|달랐|다르|대비|견해|변했|바뀌|변화")
_KO_BEFORE_AFTER = re.compile(
    r"^(?P<event>.+?) ?(?:이?전과 (?:이)?후|전후|전·후|이전과 이후)(?:의|에|로|를|에서)? ?(?P<rest>.*)$"
)
_KO_AND = re.compile(r"(?P<left>[^\s,]+?)(?P<join>와|과|이랑|랑|하고| 대비| 대) (?P<right>.+)$")
_KO_FROM = re.compile(r"^(?P<a>\S.*?)[은는] (?P<b>\S.*?)(?:와|과|랑)(?:는)? (?:어떻게|무엇이|뭐가|비교|다른|달라|차이)")
_GENERIC = word_set(
    "academy asia asian center centre council east far foundation for global group institute institution international "
    "korea korean national new north of peace policy polish research school seoul south strategic strategy studies the "
    "think united university us world"
)


def find_sides(
    text: str, names: NameTable, institutions: Sequence[str] = (), authors: Sequence[str] = ()
) -> tuple[Side, ...]:
    """Return two or more sides, or () where nothing is compared.

    "Compare rice prices in 2022 and 2024" -> Side("2022", "rice prices in 2022"), Side("2024", "rice prices in 2024")

    `institutions` and `authors` are those of the library; they are told by their name, its initials, or its own word.
    """
    text = " ".join(text.split())
    if not _ANY_CUE.search(text.lower()):
        return ()
    if _HANGUL.search(text):
        sides = _korean(text.rstrip(" ?."), names)
        return sides if all(side.label and side.query for side in sides) else ()
    text = _spelled(text.rstrip(" ?.!"))
    if (
        sides := _by_time(text) or repeated(text) or numbered(text)
    ):  # what needs no names is tried first: to look for them takes longest
        return sides
    periods = _full_periods(text)
    several = len({period.text.lower() for period in periods}) > 1
    if several and (sides := as_then(text, periods) or by_clause(text, periods, names) or by_list(text, (), periods)):
        return sides
    found = _parts(text, names, tuple(institutions), tuple(authors))
    if several and (sides := by_phrase(text, found, periods) or by_list(text, found, periods)):
        return sides
    if several and (sides := in_turn(text, periods)):
        return sides
    return (
        same_as(text, found)
        or asked_twice(text, found)
        or joined(text, found)
        or listed(text, found)
        or _by_now(text, found)
    )


def written_by(label: str, institutions: Sequence[str], authors: Sequence[str]) -> Filter | None:
    """Return what lets through the briefs of the institution, or else the author, that a side is called by, if any.

    "Sejong" -> Filter(institutions=("Sejong Institute",))
    """

    def called(known: Sequence[str], *, persons: bool = False) -> tuple[str, ...]:
        near = [name for name in known if label.lower() in name.lower() or label.isupper() or persons]
        patterns = ((name, _library((name,), persons=persons)) for name in near)
        return tuple(name for name, pattern in patterns if pattern and pattern.fullmatch(label))

    if found := called(institutions):
        return Filter(institutions=found)
    last = label.split()[-1:]
    found = called([name for name in authors if last and last[0].lower() in name.lower()], persons=True)
    return Filter(authors=found) if found else None


def _parts(text: str, names: NameTable, institutions: tuple[str, ...], authors: tuple[str, ...]) -> tuple[Part, ...]:
    """The parts of the text, kinds widened, names of the library among them; the 's belongs to the part."""
    known = []
    for kind, pattern in (("body", _library(institutions)), ("person", _library(authors, persons=True))):
        known += [Part(*match.span(), match[0], kind) for match in pattern.finditer(text)] if pattern else []
    found = []
    for part in parts(text, names):
        if any(part.start < other.end and other.start < part.end for other in known):
            if not part.named or part.kind == "proper":
                continue
            known = [other for other in known if other.end <= part.start or part.end <= other.start]
        found.append(part)
    whole = [_owned(text, part) for part in sorted([*found, *known], key=lambda part: part.start)]
    return tuple(Part(part.start, part.end, part.text, group(part.kind)) for part in whole)


def _owned(text: str, part: Part) -> Part:
    match = re.match(r"['’]s?\b|['’]", text[part.end :])
    end = part.end + (match.end() if match else 0)
    return Part(part.start, end, text[part.start : end], part.kind)


@lru_cache(maxsize=64)
def _library(known: tuple[str, ...], *, persons: bool = False) -> re.Pattern[str] | None:
    """Finds the names of a library: "Polish Institute of International Affairs (PISM)" also as "PISM"."""
    forms: set[str] = set()
    for name in known:
        plain, _, short = name.partition("(")
        forms |= {plain.strip().removeprefix("The "), short.rstrip(") ")}
        words = re.findall(r"\w[\w-]*", plain)
        own = [word for word in words if word.lower() not in _GENERIC and len(word) > 3]
        if persons:
            forms |= {" ".join([*words[1:], *words[:1]])} | {word for word in words[-1:] if len(word) > 3}
        else:
            forms |= {own[0]} if own and own[0] == words[0] else set()
            forms |= {"".join(word[0] for word in words if word[0].isupper())} if len(words) > 2 else set()
    longest = sorted((re.escape(form) for form in forms if len(form) > 2), key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(longest)})\b", re.IGNORECASE) if longest else None


def _spelled(text: str) -> str:
    """The text with the year behind each month that goes without: "April and May 2018", "in May with June 2018"."""
    text = _MONTHS_OF.sub(lambda found: re.sub(_MONTH, rf"\g<0> {found['year']}", found["months"]), text)
    years = set(re.findall(rf"{_MONTH} ((?:19|20)\d\d)\b", text))
    return _BARE_MONTH.sub(rf"\g<0> {years.pop()}", text) if len(years) == 1 else text


def _full_periods(text: str) -> list[Part]:
    """The periods that have a year; no counts and labels."""
    found = []
    for match in PERIOD.finditer(re.sub(r"(?<=\d{4}),(?= )", ";", text)):  # "2,000" is no year, "in 2012, " is
        reading = Reading(*match.span(), (date.min, date.min), "year" if match[0].isdecimal() else "")
        if re.search(r"(?:19|20)\d\d", match[0]) and (
            not reading.bare or is_year(text, reading, True, False, date.max)
        ):
            season = _SEASON.search(text[: match.start()])
            start = season.start() if season else match.start()
            found.append(Part(start, match.end(), text[start : match.end()], "period"))
    return found


def _by_time(text: str) -> tuple[Side, ...]:
    """Before and after an event: "markets before the pandemic and after it"."""
    if not (match := _BEFORE_AFTER.search(text)):
        return ()
    event = (match["both"] or match["event"]).strip()
    return tuple(
        Side(f"{word} {event}", clean(f"{text[: match.start()]}{word} {event}{text[match.end() :]}"))
        for word in ("before", "after")
    )


def _by_now(text: str, found: Sequence[Part]) -> tuple[Side, ...]:
    """Now and before: "Has it become more open than before?", "Is trade larger than it was in 2019?"."""
    if not re.search(r"\b(?:more|less|fewer|better|worse|\w{2,}er|differently)\b", text):
        return ()
    periods = [part for part in found if part.kind == "period"]
    if len(periods) == 1 and re.search(r"than (?:(?:it|they) (?:was|were|did) )?in $", text[: periods[0].start]):
        stem = _NOW.sub("", clean(text[: text.rindex(" than ")]))
        return Side("now", f"{stem} now"), Side(periods[0].text, f"{stem} in {periods[0].text}")
    match = _THAN_BEFORE.search(text)
    if not match or match[0].split()[-1].lower() in ("than", "with", "to"):
        return ()
    stem, event = _NOW.sub("", clean(text[: match.start()] + text[match.end() :])), match["event"]
    if match["ago"]:
        return Side("now", f"{stem} now"), Side(match["ago"], f"{stem} {match['ago']}")
    if event:
        return tuple(Side(word + event, f"{stem} {word}{event}") for word in ("after", "before"))
    return Side("now", f"{stem} now"), Side("before", f"{stem} before")


def _korean(text: str, names: NameTable) -> tuple[Side, ...]:
    """Sides of a Korean question: "A와 B의 C 비교", "E 전과 후의 C", "A 대비 B"."""
    if (match := _KO_BEFORE_AFTER.match(text)) and (_KO_CUE.search(text) or "전후" not in match[0]):
        return tuple(
            Side(f"{match['event']} {word}", clean(f"{match['event']} {word} {match['rest']}")) for word in ("전", "후")
        )
    if not _KO_CUE.search(text):
        return ()
    found = parts(text, names)
    if match := _KO_FROM.match(text):
        ours, theirs = (
            [p for p in found if match.start(g) <= p.start and p.end <= match.end(g) and p.kind not in ("noun", "verb")]
            for g in ("a", "b")
        )
        same = next(((x, y) for x in ours for y in theirs if group(x.kind) == group(y.kind)), None)
        other = match["a"][: same[0].start] + same[1].text + match["a"][same[0].end :] if same else match["b"]
        labels = (same[0].text, same[1].text) if same else (match["a"], match["b"])
        return Side(labels[0], clean(match["a"])), Side(labels[1], clean(other))
    for match in _KO_AND.finditer(text):
        end = match.end("left")
        if match["join"] in ("와", "과") and (match["join"] == "과") != final_consonant(match["left"]):
            continue
        a = next((part for part in found if part.end == end and part.kind not in ("noun", "verb")), None)
        b = next(
            (part for part in found if part.start == match.start("right") and part.kind not in ("noun", "verb")), None
        )
        if match["join"].startswith(" 대") and not (a and b and group(a.kind) == group(b.kind)):
            continue
        start = a.start if a else match.start("left")
        right = match["right"]
        size = len(b.text) if b else len(right.split()[0])
        if a is None and (word := re.match(r"(?:\S+ )??\S+?의(?= )", right)) and not b:
            size = word.end()
            wide = text[:end].split()[-len(word[0].split()) :]
            start = end - len(" ".join(wide))
        words = right.split()[:3]
        heads = [bare(word) for word in words]
        if match["left"] in heads[1:] and not a:  # 대중국 정책과 대러시아 정책, 남북 관계와 북중 관계를
            count = heads.index(match["left"], 1) + 1
            size = len(" ".join([*words[: count - 1], heads[count - 1]]))
            start = end - len(" ".join(text[:end].split()[-count:]))
        elif not b and size == len(words[0]):
            size = len(heads[0])
        rest = re.sub(r"^(?:의|은|는|이|가|을|를|에서|에)?(?= |$)", "", right[size:])
        other = right[:size].removesuffix("의")
        return tuple(Side(side, clean(f"{text[:start]}{side}{rest}")) for side in (text[start:end], other))
    return ()
