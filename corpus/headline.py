"""What a single line of a head is: a label with its value, a date, a name, an institution, the heading of a section."""

import re

from .dates import find_day

_LABEL = re.compile(
    r"\b(date|published(?: on)?|posted(?: on)?|updated|writer|authors?|by|views?|hits)\b\s*[:：]?\s+"
    r"|(작성일|등록일|발행일|게시일|작성자|저자|글쓴이|필자|조회수?)\s*[:：]?\s*",
    re.IGNORECASE,
)
AUTHOR_LABELS = {"writer", "author", "authors", "by", "작성자", "저자", "글쓴이", "필자"}
DATE_LABELS = {"date", "published", "published on", "posted", "posted on", "작성일", "등록일", "발행일", "게시일"}
_EMAIL = re.compile(r"^\S+@\S+\.\w+$")
_POSITION = re.compile(
    r"\b(fellow|director|professor|analyst|researcher|president|chair|editor|correspondent|scholar|lecturer|expert)\b"
    r"|(연구위원|연구원|교수|실장|센터장|소장|기자)$",
    re.IGNORECASE,
)
_INSTITUTION = re.compile(
    r"\b(institut\w*|cent(?:er|re)|university|foundation|council|academy|society|association|ministry|agency|bureau"
    r"|service|college|school|think tank)\b|(연구소|연구원|대학교|재단|협회|학회|센터)$",
    re.IGNORECASE,
)
_NAME = re.compile(r"^(?:dr\.?\s+|prof\.?\s+)?[^\W\d_][\w'’.-]+(?:\s+[^\W\d_][\w'’.-]*){1,3}$", re.IGNORECASE)
_HANGUL_NAME = re.compile(r"^[가-힣]{2,4}$")
_AROUND_DATE = re.compile(  # a time of day, or a day of the week
    r"^[\s,.|·-]*(?:\d{1,2}\s*시\s*\d{1,2}\s*분|\d{1,2}:\d{2}(?::\d{2})?(?:\s*[ap]m)?|\w{3,6}day|\(?[월화수목금토일](?:요일)?\)?)?"
    r"[\s,.|·-]*$",
    re.IGNORECASE,
)
_SECTION = re.compile(  # what stands above a part of a document, in the form of a name
    r"\b(summary|abstract|overview|introduction|background|context|contents|findings|points|facts|figures|takeaways"
    r"|messages|judg(?:e)?ments|questions|issues|developments?|trends|events|analysis|assessment|discussion|outlook"
    r"|prospects|scenarios|implications|recommendations?|options|conclusions?|concluding|remarks|notes|references"
    r"|policy|strategy|relations|trade|sanctions|economy|market|military|nuclear|korean?|russian?|china|japan)\b"
    r"|(요약|초록|개요|목차|서론|서문|머리말|배경|현황|분석|평가|쟁점|전망|과제|시사점|제언|결론|맺음말|참고문헌)$",
    re.IGNORECASE,
)
_SMALL_WORDS = {"of", "the", "for", "and", "on", "in", "at", "to", "de", "des", "du", "la", "für", "und"}
SENTENCE_END = re.compile(r"[.!?。…][\"'”’)\]]*$")


def is_described(line: str) -> bool:
    """Whether the line can only be about the document, by its form alone."""
    return bool(labelled(line) or is_date(line) or is_contact(line))


def labelled(line: str) -> list[tuple[str, str]]:
    """ "Date 2024-03-05 View 912 Writer HONG Gil-dong" -> [("date", "2024-03-05"), ("view", "912"), ...]."""
    found = list(_LABEL.finditer(line))
    if not found or found[0].start() != 0:
        return []
    ends = [match.start() for match in found[1:]] + [len(line)]
    pairs = [
        ((match[1] or match[2]).lower(), line[match.end() : end].strip(" ,|"))
        for match, end in zip(found, ends, strict=True)
    ]
    return pairs if all(_fits(label, value) for label, value in pairs) else []


def _fits(label: str, value: str) -> bool:
    """Whether the value is of its label's kind; "By 2025 exports will fall" is no author line."""
    if label in DATE_LABELS or label == "updated":
        return is_date(value)
    if label in AUTHOR_LABELS:
        return all(is_name(name.strip()) for name in re.split(r",| and |&|·", value) if name.strip())
    return bool(re.fullmatch(r"[\d,. ]+", value))


def is_date(line: str) -> bool:
    """Whether the line is a calendar day, perhaps with a time of day or a weekday, and nothing else."""
    day = find_day(line)
    return day is not None and bool(_AROUND_DATE.match(line[: day[1]]) and _AROUND_DATE.match(line[day[2] :]))


def is_contact(line: str) -> bool:
    """Whether the line is an e-mail address."""
    return bool(_EMAIL.match(line))


def is_name(line: str) -> bool:
    """Whether the line has the form of a person's name: "Eun-ju Choi", "최은주"; "Key Findings" is a heading."""
    if _SECTION.search(line):
        return False
    if _HANGUL_NAME.match(line):
        return True
    if not _NAME.match(line) or _INSTITUTION.search(line) or _POSITION.search(line):
        return False
    return _is_capitalised(line, {"de", "van", "von", "der", "al", "bin"})


def is_position(line: str) -> bool:
    """Whether the line is a position: "Research fellow"; "The president met him" is prose."""
    words = [word for word in line.split() if not _POSITION.search(word)]
    named = _POSITION.search(line) and len(words) < 8 and not SENTENCE_END.search(line)
    return bool(named and _is_capitalised(" ".join(words), _SMALL_WORDS))


def is_institution(line: str) -> bool:
    """Whether the line names one; "The council met again" says something of one."""
    named = _INSTITUTION.search(line) and len(line.split()) <= 8 and not SENTENCE_END.search(line)
    return bool(named and _is_capitalised(line, _SMALL_WORDS))


def _is_capitalised(line: str, small: set[str]) -> bool:
    return all(not word[0].islower() or word in small for word in line.split())
