"""Passages: exact slices, nothing lost, never longer than the encoder reads, ids that survive edits elsewhere."""

import re
import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from northbrief.corpus import Brief, Passage
from northbrief.corpus.chunk import split_brief

PARTS = [
    "The harbour opened. ",
    "Why? ",
    "ferry ",
    "항구가 열렸다. ",
    "값",
    "🚢",
    "👩‍👩‍👧",
    "e\u0301\u0301\u0301",
    "\n",
    "\n\n",
]
PARTS += [
    "\r\n",
    "\r\n\r\n",
    " ",
    "\t",
    "\xa0",
    "\u3000",
    "\u2028",
    "\x85",
    "\x0b",
    "。",
    "…",
    ";",
    '"',
    "3.5",
    "한" * 90,
]
PARTS += [
    "\n# Means\n",
    "\n## 항구 ##\r\n",
    "\n#tag\n",
    "# ",
    "x" * 300,
    "-" * 40,
    "\u200b",
    "\ufeff",
    "\n\n\n \n",
]
ANY = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=300)  # a brief refuses NUL
MIXED = st.lists(st.sampled_from(PARTS), min_size=1, max_size=40).map("".join).filter(str.strip)
ENDLESS = st.builds(lambda part, n: part * n, st.sampled_from(PARTS), st.integers(1, 600))
TEXTS = st.one_of(MIXED, ENDLESS, ANY, st.builds(str.__add__, MIXED, ENDLESS)).filter(str.strip)
BUDGETS = st.integers(min_value=3, max_value=60)
PROPERTY = settings(deadline=None, max_examples=100)
HEADING_LINE = re.compile(r"[ \t]{0,3}#{1,6}[ \t]")


def count(text: str) -> int:
    """A plain counter: words, and each other visible character."""
    return len(re.findall(r"\w+|[^\w\s]", text))


def split(text: str, budget: int = 20, brief_id: str = "b") -> list[Passage]:
    return split_brief(Brief(id=brief_id, title="T", text=text), count, budget)


def texts(text: str, budget: int = 20) -> list[str]:
    return [passage.text for passage in split(text, budget)]


def lost_lines(text: str, passages: list[Passage]) -> list[str]:
    """The oracle: the lines of `text` of which something visible is in no passage."""
    covered = {place for passage in passages for place in range(passage.start, passage.end)}
    left = "".join("\n" if c == "\n" else " " if place in covered else c for place, c in enumerate(text))
    return [line for line, rest in zip(text.split("\n"), left.split("\n"), strict=True) if rest.strip()]


@given(text=TEXTS, budget=BUDGETS)
@PROPERTY
def test_a_passage_is_the_slice_between_its_offsets(text: str, budget: int) -> None:
    assert all(passage.text == text[passage.start : passage.end] for passage in split(text, budget))


@given(text=TEXTS, budget=BUDGETS)
@PROPERTY
def test_passages_are_in_order_without_overlap(text: str, budget: int) -> None:
    edges = [edge for passage in split(text, budget) for edge in (passage.start, passage.end)]
    assert edges == sorted(edges)


@given(text=TEXTS, budget=BUDGETS)
@PROPERTY
def test_nothing_but_white_space_and_headings_is_lost(text: str, budget: int) -> None:
    assert [line for line in lost_lines(text, split(text, budget)) if not HEADING_LINE.match(line)] == []


@given(text=TEXTS, budget=BUDGETS)
@PROPERTY
def test_no_passage_is_blank(text: str, budget: int) -> None:
    assert all(part.strip() for part in texts(text, budget))


@given(text=TEXTS, budget=BUDGETS)
@PROPERTY
def test_no_passage_is_over_the_budget_of_a_plain_counter(text: str, budget: int) -> None:
    assert all(count(part) <= budget for part in texts(text, budget))


@given(text=TEXTS, budget=BUDGETS)
@PROPERTY
def test_ids_are_unique_in_a_brief(text: str, budget: int) -> None:
    ids = [passage.id for passage in split(text, budget)]
    assert len(set(ids)) == len(ids)


@pytest.mark.timeout(60)
def test_a_heading_with_a_wide_gap_is_read_at_once() -> None:
    started = time.perf_counter()
    split(f"# Means{' ' * 2000}and ends\nThe harbour opened.")
    assert time.perf_counter() - started < 5


@given(first=MIXED, other=MIXED, below=MIXED)
@PROPERTY
def test_ids_below_a_heading_stay_when_the_text_above_changes(first: str, other: str, below: str) -> None:
    versions = [(len(part), split(f"{part}\n# Means\n{below}")) for part in (first, other)]
    above = {p.text for size, passages in versions for p in passages if p.start < size}  # a repeated text counts anew
    before, after = ([p.id for p in ours if p.start >= size and p.text not in above] for size, ours in versions)
    assert before == after


@given(above=MIXED, first=MIXED, other=MIXED)
@PROPERTY
def test_ids_above_a_heading_stay_when_the_text_below_changes(above: str, first: str, other: str) -> None:
    versions = [split(f"{above}\n# Means\n{below}") for below in (first, other)]
    before, after = ([p.id for p in passages if p.end <= len(above) + 1] for passages in versions)
    assert before == after


def test_an_id_depends_on_the_brief() -> None:
    assert split("The harbour opened.")[0].id != split("The harbour opened.", brief_id="other")[0].id


def test_an_id_is_the_same_on_every_machine() -> None:
    assert split("The harbour opened.")[0].id == "1982c9922b03fe19"


def test_equal_passages_of_one_brief_have_ids_of_their_own() -> None:
    passages = split("\n\n".join(["One two three four five six seven."] * 3), budget=8)
    assert (len(passages), len({passage.id for passage in passages})) == (3, 3)


PARAGRAPHS = [f"Paragraph {n} has about ten words in each of them." for n in range(6)]


@pytest.mark.parametrize("blank", ["\n\n", "\r\n\r\n", "\n \n", "\n\xa0\n", "\n\n\n"], ids=ascii)
def test_passages_end_where_paragraphs_do(blank: str) -> None:
    assert texts(blank.join(PARAGRAPHS), budget=15) == PARAGRAPHS


def test_short_paragraphs_share_a_passage() -> None:
    assert texts("\n\n".join(PARAGRAPHS), budget=24) == ["\n\n".join(PARAGRAPHS[n : n + 2]) for n in (0, 2, 4)]


@pytest.mark.parametrize(
    "sentences",
    [
        [
            "The ferry left the old pier at noon.",
            "Nobody on the shore waved at all!",
            "Why did it leave the pier then?",
        ],
        ['The captain said "go to the pier."', "Then the crew left the old boat.", "(It was late in the evening.)"],
        ["Prices rose by 3.5 percent in May.", "Rice was 4.5 won dearer in June.", "Oil fell to 6.5 won in July."],
        ["항구가 두 해 만에 다시 열렸다.", "상인들이 한 주일 만에 모두 돌아왔다.", "시장에는 물건이 다시 쌓였습니다."],
    ],
    ids=["English", "quotes", "decimals", "Korean"],
)
def test_within_a_paragraph_passages_end_where_sentences_do(sentences: list[str]) -> None:
    assert texts(" ".join(sentences), budget=max(map(count, sentences))) == sentences


def test_sentences_without_blanks_between_them_are_told_apart() -> None:
    sentences = ["港口重新開放了。", "商人回來了。", "船走了。"]
    assert texts("".join(sentences), budget=2) == sentences


SECTIONS = "Before it.\n\n# Means\n\nFirst part.\n\n## Small means ##\n\nSecond part.\n#tag is text.\n"


@pytest.mark.parametrize("line_end", ["\n", "\r\n"], ids=ascii)
def test_a_passage_carries_the_nearest_heading_above(line_end: str) -> None:
    assert [passage.heading for passage in split(SECTIONS.replace("\n", line_end))] == ["", "Means", "Small means"]


@pytest.mark.parametrize(
    ("line", "heading"),
    [("# Means", "Means"), ("### Means ##  ", "Means"), ("   #\tMeans #", "Means"), ("# In C#", "In C#"), ("# #", "")],
)
def test_a_heading_stands_without_its_marks(line: str, heading: str) -> None:
    assert [passage.heading for passage in split(f"{line}\nThe harbour opened.")] == [heading]


@pytest.mark.parametrize("line", ["#Means", "####### Means", "#", "# ", "    # Means", "The # Means"])
def test_a_line_that_is_no_heading_is_text(line: str) -> None:
    assert texts(f"{line}\nThe harbour opened.")[0].startswith(line.strip())


def test_headings_are_not_in_the_text_of_passages() -> None:
    assert texts(SECTIONS) == ["Before it.", "First part.", "Second part.\n#tag is text."]


def test_head_lines_before_the_body_are_in_no_passage(make_brief: Callable[..., Brief]) -> None:
    brief = make_brief("b", "Ferries in Winter\n\nThe harbour opened.", body=17)
    assert [(passage.start, passage.text) for passage in split_brief(brief, count, 20)] == [(19, "The harbour opened.")]
