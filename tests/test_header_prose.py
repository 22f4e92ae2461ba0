"""Prose below, above or without a head: no line of it is ever taken for a head line."""

import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from northbrief.corpus.header import Header, read_header

PROSE = "The harbour opened again in March, and traders returned within a week of the first ferry from the island."
KOREAN_PROSE = (
    "항구는 두 해 만에 다시 문을 열었고, 상인들은 첫 배가 들어온 지 한 주일 만에 모두 돌아왔으며, "
    "시장에는 물건이 다시 쌓이기 시작하였다고 항구 가까이에 사는 주민들이 전하였다."
)


def rest(text: str) -> str:
    """What the header leaves to the body."""
    return text[read_header(text).end :].strip()


POEM = "The boats go out at night\nThe lamps are dim and few\nThe gulls forget the light\nThe sea forgets us too\n"


@pytest.mark.parametrize(
    "text",
    [
        f"{PROSE}\n\n{PROSE}\n",
        PROSE,
        KOREAN_PROSE,
        f"The harbour is open.\n\nTraders came back at once.\n\n{PROSE}",
        POEM,
        5 * POEM,
        "\n".join(f"Port number {n}" for n in range(1, 6)),
        "\n".join(f"Port number {n}" for n in range(1, 40)) + f"\n\n{PROSE}",
        "\n".join(f"- port number {n}" for n in range(1, 5)) + f"\n\n{PROSE}",
        "동지들!\n\n벗들!\n\n" + KOREAN_PROSE,
        f"# Ferries in Winter\n\n{PROSE}",
    ],
    ids=[
        "prose",
        "one sentence",
        "Korean prose",
        "short sentences",
        "poem",
        "long poem",
        "list",
        "long list",
        "bullets",
        "Korean greetings",
        "Markdown",
    ],
)
def test_a_text_without_a_head_loses_nothing(text: str) -> None:
    assert read_header(text) == Header()


@pytest.mark.parametrize("width", [40, 50, 60, 72])
def test_prose_in_lines_of_a_fixed_width_loses_no_line(width: int) -> None:
    wrapped = "\n\n".join(textwrap.fill(PROSE, width) for _ in range(3))
    assert rest(wrapped + f"\n\n{PROSE}") == wrapped + f"\n\n{PROSE}"


@pytest.mark.parametrize("head", ["Ferries in Winter", "Ferries in Winter\n\n9 April 2031"], ids=["title", "day"])
def test_a_wrapped_paragraph_under_the_head_is_whole(head: str) -> None:
    wrapped = textwrap.fill(PROSE, 40)
    assert rest(f"{head}\n\n{wrapped}\n\n{PROSE}") == f"{wrapped}\n\n{PROSE}"


@pytest.mark.parametrize("width", [25, 40, 60])
def test_korean_prose_in_lines_of_a_fixed_width_loses_no_line(width: int) -> None:
    wrapped = textwrap.fill(KOREAN_PROSE, width)
    assert rest(f"{wrapped}\n\n{KOREAN_PROSE}") == f"{wrapped}\n\n{KOREAN_PROSE}"


def test_a_line_that_goes_on_with_a_name_is_prose() -> None:
    wrapped = "On Monday the ferry company and\nAnna Nowak of the Harbour Office signed\nan agreement on the fares."
    assert rest(f"{wrapped}\n\n{PROSE}") == f"{wrapped}\n\n{PROSE}"


def test_an_address_in_lower_case_is_no_prose() -> None:
    text = f"Ferries in Winter\nAnna Nowak\nanna@example.org\nResearch fellow\nHarbour Institute\n\n{PROSE}"
    assert (read_header(text).authors, rest(text)) == (("Anna Nowak",), PROSE)


@pytest.mark.parametrize("bullet", ["-", "*", "•", "○", "1.", "2)"])
def test_an_item_of_a_list_is_no_title(bullet: str) -> None:
    text = f"{bullet} ferries in winter\n{bullet} ferries in summer\n\n{PROSE}"
    assert read_header(text) == Header()


@pytest.mark.parametrize(
    "line",
    [
        "The fog came early.",
        "The council met again",
        "Date palms grew by the pier",
        "By noon the ferry had left",
        "Kim resigned on Monday.",
        "Views differ on the fares",
        "The president met her again",
        "The ministry of trade was closed",
        "Updated figures of 9 April 2031 differ",
        "“We are open,” he said.",
    ],
)
def test_a_short_line_of_prose_under_the_title_stays(line: str) -> None:
    assert rest(f"Ferries in Winter\n\n{line}\n\n{PROSE}") == f"{line}\n\n{PROSE}"


def test_a_sentence_above_the_title_stays() -> None:
    text = f"The harbour is open.\n\nFerries in Winter\n\n{PROSE}"
    assert rest(text) == text


HEADINGS = [
    "Executive Summary",
    "Key Findings",
    "Main Points",
    "Policy Recommendations",
    "North Korea",
    "요약",
    "정책제언",
]


@pytest.mark.parametrize("heading", HEADINGS)
@pytest.mark.parametrize("head", ["Ferries in Winter", "Ferries in Winter\n\nAnna Nowak"], ids=["title", "author"])
def test_a_heading_under_the_head_is_no_author(head: str, heading: str) -> None:
    assert heading not in read_header(f"{head}\n\n{heading}\n\n{PROSE}").authors


HEAD_LINES = ["", "Ferries in Winter", "Anna Nowak", "김미래", "9 April 2031", "a@example.org", "Harbour Institute"]
HEAD_LINES += [
    "The fog came early.",
    "(Brief 7-1) Ferries",
    "Date 2031-04-09 View 4",
    "- port",
    "# Head",
    "\xa0",
    "동지들!",
]
LINES = st.sampled_from(HEAD_LINES)


@given(lines=st.lists(LINES, max_size=20), noise=st.text(max_size=40))
@settings(deadline=None, max_examples=200)
def test_no_head_reaches_into_the_first_long_sentence(lines: list[str], noise: str) -> None:
    text = "\n".join([*lines, noise, PROSE, *lines])
    assert read_header(text).end <= text.index(PROSE)


@given(lines=st.lists(st.one_of(LINES, st.text(max_size=30)), max_size=20))
@settings(deadline=None, max_examples=200)
def test_some_body_is_left_of_any_text(lines: list[str]) -> None:
    text = "\n".join(lines)
    assert rest(text) or not text.strip()
