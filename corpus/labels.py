"""Short lines about a document: a label before its date; on a page also buttons, captions, notices of rights."""

import re

from .dates import find_day
from .finds import Find
from .headline import is_date
from .types import DateSource

DAY_LABEL = re.compile(
    r"(?:^|[\s|(\[])(?:first published|published(?: online)?(?: on)?|posted(?: on)?|publication date|release date"
    r"|released|written|date of issue|issued|date|(?:기사)?입력|등록일?|작성일|게시일|발[행간]일|승인)"
    r"\s*[:：]?\s*[\[(]?\s*(?=\S)",
    re.IGNORECASE,
)
"""A label before the day of publication."""

_SITE = re.compile(
    r"(?:share|print|e-?mail|tweet|save|copy link|text size|font size|order reprints|print article|comments?|reply"
    r"|like this|sign ?up|sign in|log ?in|subscribe|newsletter|follow us|join our|advertise(?:ment)?|sponsored|promoted"
    r"|loading|read more|continue reading|read next|see also|related|recommended|most (?:read|popular)|trending"
    r"|back to (?:top|gallery)|caption|image \d+ ?of ?/?\d+|\d+ ?/ ?\d+|click here|view (?:all|gallery|comments)"
    r"|show (?:more|all)|thank(?:s| you)|you (?:may|might) also like|copyright|cookies?|privacy policy|more:?$"
    r"|\d+ (?:comments?|kommentare)$|terms of (?:use|service)|©|ⓒ|\(c\)|updated|last (?:updated|modified)"
    r"|닫기$|더보기$|기사의 섹션|공유(?:하기)?|인쇄|프린트|스크랩|구독(?:하기)?|댓글|좋아요|목록|이전글?|다음글?"
    r"|저작권자?|글자\s?크기|뉴스레터"
    r"|관련\s?기사|주요\s?뉴스|추천\s?기사|기사\s?제보)",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[.!?。…다요][\"'”’)\]]*$")
_RIGHTS = re.compile(
    r"all rights reserved|무단\s?(?:전재|복제)|재배포\s?금지|personal, non-commercial use"
    r"|error (?:has occurred|occurred|processing your)|please try again later",
    re.IGNORECASE,
)
_NEAR = 1_500  # characters from the top in which a line with nothing but a day can be the document's own


def site_line(line: str) -> bool:
    """Return whether a line of an article is about the page and not part of the text.

    "Share", "Print Article", "Image 1 of 8", "입력 :[ 2018-08-25 15:24 ]" are; a sentence is none, save a notice of
    rights or of an error.
    """
    plain = re.sub(r"^[#\-\s*•|]+", "", line).strip()
    if not plain or len(plain) > 300:
        return False
    if _RIGHTS.search(plain):
        return True
    if is_date(plain) or (len(plain) < 60 and DAY_LABEL.match(plain) and re.search(r"\d{4}", plain)):
        return True
    return len(plain) <= 45 and len(plain.split()) <= 6 and bool(_SITE.match(plain)) and not _SENTENCE.search(plain)


def dated_lines(head: str) -> list[Find]:
    """Return days with a label; else the lines of the top that are nothing but a day, if all of them are the same."""
    for match in DAY_LABEL.finditer(head):
        line = head[match.end() :].split("\n", 1)[0][:60]
        found = find_day(line)
        if found and found[1] <= 12 and not re.search(r"\d", line[: found[1]]):  # "Date: Monday, 3 May 2021"
            label = match[0].strip(" |([:：\n").lower()
            return [Find("published", found[0].isoformat(), f"the head, after {label!r}", 2, DateSource.HEADER)]
    alone = [find_day(line) for line in head[:_NEAR].split("\n") if is_date(line)]
    days = {found[0] for found in alone if found}
    if len(days) == 1:
        return [Find("published", days.pop().isoformat(), "a line of the head", 2, DateSource.HEADER)]
    return []
