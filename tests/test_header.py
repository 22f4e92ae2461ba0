"""Head lines: what they say of a document."""

from datetime import date
from pathlib import Path

import pytest
from northbrief.corpus import Brief, DateSource, load_briefs
from northbrief.corpus.chunk import split_brief
from northbrief.corpus.header import read_header

PROSE = "The harbour opened again in March, and traders returned within a week of the first ferry from the island."
KOREAN_PROSE = (
    "항구는 두 해 만에 다시 문을 열었고, 상인들은 첫 배가 들어온 지 한 주일 만에 모두 돌아왔으며, "
    "시장에는 물건이 다시 쌓이기 시작하였다고 항구 가까이에 사는 주민들이 전하였다."
)
WEB_PAGE = f"""Harbour Policy Notes

(Brief 2031-07) What the Open Harbour Means for Coastal Trade

Date 2031-04-09 View 1,412 Writer KIM Mi-rae

What the Open Harbour Means for Coastal Trade

\xa0

Mi-rae Kim

mirae@example.org

Research Fellow

Harbour Institute


{PROSE}

{PROSE}
"""
KOREAN_PAGE = f"""항구 개방의 의미와 전망

작성일 2031.04.09 조회수 1,412 작성자 김미래

항구 개방의 의미와 전망

김미래

연구위원

항구연구소

{KOREAN_PROSE}
"""


def rest(text: str) -> str:
    """What the header leaves to the body."""
    return text[read_header(text).end :].strip()


def described(text: str) -> tuple[str, tuple[str, ...], str, str, date | None]:
    header = read_header(text)
    return header.title, header.authors, header.institution, header.series, header.published


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            WEB_PAGE,
            (
                "What the Open Harbour Means for Coastal Trade",
                ("Mi-rae Kim",),
                "Harbour Institute",
                "Brief 2031-07",
                date(2031, 4, 9),
            ),
        ),
        (KOREAN_PAGE, ("항구 개방의 의미와 전망", ("김미래",), "항구연구소", "", date(2031, 4, 9))),
        (f"\n\nFerries in Winter\n\nAnna Nowak\n\n{PROSE}\n", ("Ferries in Winter", ("Anna Nowak",), "", "", None)),
        (f"Ferries in Winter\n\n{PROSE}", ("Ferries in Winter", (), "", "", None)),
        (f"Ferries in Winter\n9 April 2031\n{PROSE}", ("Ferries in Winter", (), "", "", date(2031, 4, 9))),
        (
            f"Ferries in Winter\nBy Anna Nowak and Jan Lis\nPublished on 9 April 2031\n\n{PROSE}",
            ("Ferries in Winter", ("Anna Nowak", "Jan Lis"), "", "", date(2031, 4, 9)),
        ),
        (f"신 년 사\n\n2031년 01월 01일 09시 37분\n\n{KOREAN_PROSE}", ("신 년 사", (), "", "", date(2031, 1, 1))),
        (f"9 April 2031\n\n{PROSE}", ("", (), "", "", date(2031, 4, 9))),
        (f"Ferries in Winter\n2031. 4. 9.\n\n{PROSE}", ("Ferries in Winter", (), "", "", date(2031, 4, 9))),
        (
            f"Ferries in Winter\nPublished: Wednesday, 9 April 2031, 10:30\n\n{PROSE}",
            ("Ferries in Winter", (), "", "", date(2031, 4, 9)),
        ),
    ],
    ids=[
        "web page",
        "Korean page",
        "title, author",
        "title",
        "title, day",
        "labels",
        "Korean speech",
        "day",
        "Korean dots",
        "weekday",
    ],
)
def test_the_head_says_what_stands_in_it(
    text: str, expected: tuple[str, tuple[str, ...], str, str, date | None]
) -> None:
    assert described(text) == expected


@pytest.mark.parametrize("text", [WEB_PAGE, KOREAN_PAGE], ids=["web page", "Korean page"])
def test_no_head_line_is_left_to_the_body(text: str) -> None:
    assert rest(text).startswith((PROSE, KOREAN_PROSE))


def real(shared: Path, name: str) -> Brief:
    (brief,) = load_briefs(shared / "briefs" / name)
    return brief


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("authors", ("Eun-ju Choi",)),
        ("institution", "Sejong Institute"),
        ("series", "Brief 2025-22"),
        ("published", date(2025, 8, 8)),
        ("published_from", DateSource.HEADER),
        ("language", "en"),
        ("id", "sejong-2025-22"),
    ],
)
def test_the_sejong_brief_is_described_by_its_head(shared: Path, key: str, value: object) -> None:
    assert getattr(real(shared, "sejong-2025-22.txt"), key) == value


def test_the_sejong_title_stands_without_its_series_tag(shared: Path) -> None:
    title = real(shared, "sejong-2025-22.txt").title
    assert title.startswith("Assessment and Implication of North Korea")
    assert title.endswith("First Half of 2025")


@pytest.mark.parametrize(
    "line",
    ["@sejong.org", "Research Fellow", "View 1,808", "Brief 2025-22", "CHOI Eun-ju", "Assessment and Impl"],
)
def test_no_head_line_of_the_sejong_brief_is_in_a_passage(shared: Path, line: str) -> None:
    brief = real(shared, "sejong-2025-22.txt")
    assert line in brief.text
    assert not any(line in passage.text for passage in split_brief(brief, len, 1000))


def test_the_pism_brief_is_undated(shared: Path) -> None:
    brief = real(shared, "pism-2020-01.txt")
    assert (brief.published, brief.published_from) == (None, DateSource.NONE)


def test_the_pism_brief_has_its_title_and_author(shared: Path) -> None:
    brief = real(shared, "pism-2020-01.txt")
    assert (brief.title, brief.authors) == ("Changes in North Korea's Policy", ("Oskar Pietrewicz",))


def test_the_korean_speech_of_2013_is_dated_by_its_head(shared: Path) -> None:
    (brief,) = load_briefs(shared / "korean" / "nys-2013.txt")
    assert (brief.published, brief.published_from, brief.language) == (date(2013, 1, 1), DateSource.HEADER, "ko")
