"""Sentence spans: where sentences end in English and Korean, and exact offsets for any text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from northbrief.corpus.sentences import sentence_spans

PARTS = [
    "The ferry left. ",
    "Why?",
    "항구가 열렸다. ",
    "。",
    "…",
    "Dr. Kim",
    "3.5",
    "\n",
    "\r\n",
    " \t",
    "\xa0",
    "\u3000",
]
PARTS += ['"Go." ', "🚢", "👩‍👧", "e\u0301\u0301", "\u2028", "\x85", "1. ", "- ", "x" * 300]
TEXTS = st.one_of(st.lists(st.sampled_from(PARTS), max_size=20).map("".join), st.text(max_size=200))
LANGUAGES = st.sampled_from(["en", "ko"])


def sentences(text: str, language: str = "en") -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text, language)]


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", ["The ferry left at noon.", "Nobody waved."]),
        ("en", ["Why did it leave?", "Nobody knows!", "It was late."]),
        ("en", ["Dr. Kim met Mr. Lee at the pier.", "They spoke."]),
        ("en", ["Prices rose 3.5 percent.", "Rice cost more."]),
        ("en", ["The U.S. delegation left on Jan. 5 by ship.", "It did not return."]),
        ("en", ['He said "Go."', "Then he left."]),
        ("ko", ["항구가 다시 열렸다.", "상인들이 돌아왔다."]),
        ("ko", ["동지들!", "새해가 왔습니다.", "배가 떠났습니까?"]),
        ("ko", ["물가는 3.5 퍼센트 올랐다.", "쌀값도 올랐다."]),
    ],
)
def test_sentences_end_where_a_reader_ends_them(language: str, expected: list[str]) -> None:
    assert sentences(" ".join(expected), language) == expected


@pytest.mark.parametrize("line_break", ["\n", "\n\n", "\r\n", " \n \n "])
def test_a_line_break_ends_a_sentence(line_break: str) -> None:
    assert sentences(f"A heading without a stop{line_break}The ferry left.") == [
        "A heading without a stop",
        "The ferry left.",
    ]


@pytest.mark.parametrize("text", ["", " ", "\n\n", "\r\n \t\xa0\u3000"])
def test_white_space_holds_no_sentence(text: str) -> None:
    assert sentence_spans(text) == []


@given(text=TEXTS, language=LANGUAGES)
@settings(deadline=None, max_examples=200)
def test_spans_are_in_order_without_overlap(text: str, language: str) -> None:
    edges = [edge for span in sentence_spans(text, language) for edge in span]
    assert edges == sorted(edges)
    assert all(0 <= edge <= len(text) for edge in edges)


@given(text=TEXTS, language=LANGUAGES)
@settings(deadline=None, max_examples=200)
def test_a_span_begins_and_ends_with_a_character_to_be_seen(text: str, language: str) -> None:
    assert all(sentence and sentence == sentence.strip() for sentence in sentences(text, language))


@given(text=TEXTS, language=LANGUAGES)
@settings(deadline=None, max_examples=200)
def test_nothing_but_white_space_lies_between_spans(text: str, language: str) -> None:
    assert "".join("".join(sentences(text, language)).split()) == "".join(text.split())


@given(text=TEXTS, language=LANGUAGES)
@settings(deadline=None, max_examples=100)
def test_no_span_reaches_over_a_line_break(text: str, language: str) -> None:
    assert not any("\n" in sentence for sentence in sentences(text, language))


@pytest.mark.parametrize("blank", ["\xa0", "\u3000", "\x85"])
def test_a_wide_blank_before_a_full_stop_ends_nothing_but_the_sentence(blank: str) -> None:
    text = f"They chose Plan B{blank}. It failed at once."
    assert [text[start:end] for start, end in sentence_spans(text)] == [
        f"They chose Plan B{blank}.",
        "It failed at once.",
    ]
