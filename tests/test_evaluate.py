"""Figures for question sets: what is read, what counts as found, and the statistics against slow ones."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from northbrief.corpus import Brief, BriefError, Passage
from northbrief.index import Hit, Index, Retriever
from northbrief.qa import Assistant
from northbrief.qa.evaluate import (
    Comparison,
    Gold,
    Outcome,
    Question,
    auroc,
    compare,
    covers,
    figures,
    rank,
    read_questions,
    run,
    table,
)

TEXT = "0123456789abcdefghij klmnopqrst"
scores = st.lists(st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0]), min_size=1, max_size=8)


def write(folder: Path, *lines: dict[str, Any] | str) -> Path:
    path = folder / "questions.jsonl"
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines), "utf-8")
    return path


def hit(brief_id: str, start: int = 0, end: int = len(TEXT)) -> Hit:
    brief = Brief(id=brief_id, title="T", text=TEXT)
    passage = Passage(id=f"{brief_id}-{start}", brief_id=brief_id, start=start, end=end, text=TEXT[start:end])
    return Hit(0.5, passage, brief)


def question(*gold: Gold, type: str = "fact", answerable: bool = True, language: str = "en") -> Question:
    return Question("q", "Which?", type, language, (), answerable, gold)


def outcome(rank: int | None, answerable: bool = True, type: str = "fact", **more: Any) -> Outcome:
    return Outcome(question(type=type, answerable=answerable), rank, 0.002, **more)


def test_a_question_with_gold_and_answers_is_read(tmp_path: Path) -> None:
    line = {
        "id": "q1", "type": "compare", "lang": "ko", "history": ["Before?"], "question": "Which?", "answerable": True,
        "gold": [{"doc_id": "a", "quote": "x"}, {"doc_id": "b", "quote": "y", "alt": True}],
        "answers": [["1,000", "1000"], ["May"]],
    }  # fmt: skip
    golds, answers = (Gold("a", "x"), Gold("b", "y", True)), (("1,000", "1000"), ("May",))
    expected = Question("q1", "Which?", "compare", "ko", ("Before?",), True, golds, answers)
    assert read_questions(write(tmp_path, line, "")) == [expected]


def test_a_question_with_quote_and_answer_is_read(tmp_path: Path) -> None:
    line = {"id": "t1", "doc_id": "a", "question": "Which?", "answerable": True, "quote": "x", "answer": "May"}
    expected = Question("t1", "Which?", "answerable", gold=(Gold("a", "x"),), answers=(("May",),))
    assert read_questions(write(tmp_path, line | {"miss": ""})) == [expected]


def test_a_near_miss_has_no_gold_and_its_kind_as_type(tmp_path: Path) -> None:
    line = {"id": "t2", "doc_id": "a", "question": "Which?", "answerable": False, "quote": "x", "miss": "detail"}
    (read,) = read_questions(write(tmp_path, line))
    assert (read.answerable, read.gold, read.type) == (False, (), "detail")


@pytest.mark.parametrize(
    "line",
    [
        "no json",
        "[1, 2]",
        '"text"',
        '{"question": "Which?", "gold": []}',
        '{"id": "1", "gold": []}',
        '{"id": "1", "question": "Which?", "gold": [{"doc_id": "a"}]}',
        '{"id": "1", "question": "Which?", "gold": 3}',
        '{"id": "1", "question": "Which?", "quote": "x"}',
    ],
)
def test_a_line_that_is_no_question_is_named(tmp_path: Path, line: str) -> None:
    good = {"id": "q", "question": "Which?", "gold": []}
    with pytest.raises(BriefError, match="line 2: found no question"):
        read_questions(write(tmp_path, good, line))


@pytest.mark.parametrize("content", ["", "\n\n"])
def test_a_file_without_a_question_is_an_error(tmp_path: Path, content: str) -> None:
    with pytest.raises(BriefError, match="found no question in"):
        read_questions(write(tmp_path, content))


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BriefError, match="found no questions at"):
        read_questions(tmp_path / "none.jsonl")


def test_bytes_that_are_no_text_are_an_error(tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_bytes(b"\xff\xfe\x00\xd8\x81")
    with pytest.raises(BriefError):
        read_questions(path)


@pytest.mark.parametrize(
    ("start", "end", "covered"),
    [(0, 31, True), (10, 20, True), (0, 15, True), (0, 14, False), (15, 31, True), (16, 31, False), (20, 31, False)],
)
def test_half_of_a_gold_quote_is_enough(start: int, end: int, covered: bool) -> None:
    assert covers(hit("a").brief, start, end, Gold("a", "abcdefghij")) is covered


@pytest.mark.parametrize("gold", [Gold("b", "abcdefghij"), Gold("a", "not in the text")])
def test_another_brief_or_another_text_does_not_cover(gold: Gold) -> None:
    assert not covers(hit("a").brief, 0, len(TEXT), gold)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (question(Gold("a", "abc")), 2),
        (question(Gold("a", "abc"), Gold("b", "abc", alt=True)), 1),
        (question(Gold("d", "abc")), None),
        (question(Gold("b", "abc"), Gold("c", "abc"), type="compare"), 3),
        (question(Gold("b", "abc"), Gold("d", "abc"), type="compare"), None),
        (question(Gold("b", "abc"), Gold("d", "abc", alt=True), type="compare"), 1),
        (question(type="compare"), None),
        (question(), None),
    ],
)
def test_a_rank_is_that_of_the_first_cover_and_a_comparison_needs_every_side(asked: Question, found: int) -> None:
    assert rank([hit("b"), hit("a"), hit("c")], asked) == found


def test_figures_of_a_hand_made_run() -> None:
    outcomes = [
        outcome(1, facts=1.0, cited=True, abstained=False, confidence=0.9, words=10, ask_seconds=0.01),
        outcome(4, facts=0.5, cited=False, abstained=False, confidence=0.6, words=20, ask_seconds=0.01),
        outcome(None, facts=0.0, cited=False, abstained=True, confidence=0.2, words=30, ask_seconds=0.01),
        outcome(None, answerable=False, abstained=True, confidence=0.1, words=40, ask_seconds=0.01),
    ]
    assert figures(outcomes) == pytest.approx(
        {
            "questions": 4, "answerable": 3, "R@1": 1 / 3, "R@5": 2 / 3, "R@10": 2 / 3, "MRR": 1.25 / 3,
            "search p50 ms": 2.0, "search p95 ms": 2.0, "facts found": 0.5, "gold cited": 1 / 3,
            "answerable refused": 1 / 3, "unanswerable refused": 1.0, "AUROC": 1.0, "words": 20.0, "ask p50 ms": 10.0,
        }
    )  # fmt: skip


def test_figures_of_unanswerable_questions_have_no_retrieval() -> None:
    made = figures([outcome(None, answerable=False)])
    assert (made["answerable"], made["R@1"], made["MRR"]) == (0, None, None)


def test_a_table_has_a_row_for_each_type_and_for_all() -> None:
    made = table([outcome(1, type="time"), outcome(2, type="fact"), outcome(None, type="fact")])
    assert [(name, row["questions"]) for name, row in made.items()] == [("fact", 2), ("time", 1), ("all", 3)]


def test_a_table_sets_the_english_questions_apart_when_there_are_others() -> None:
    korean = Outcome(question(type="ko", language="ko"), 1, 0.002)
    assert table([korean, outcome(1)])["English"]["questions"] == 1


def test_a_run_compared_with_itself_differs_by_nothing() -> None:
    outcomes = [outcome(rank) for rank in (1, 2, None, 5)]
    made = compare(outcomes, outcomes)
    assert (made.difference, made.low, made.high, made.better, made.worse) == (0, 0, 0, 0, 0)
    assert made.by_type == {"fact": 0}


def test_a_comparison_counts_questions_and_means_over_the_answerable_ones() -> None:
    first = [outcome(2), outcome(1), outcome(None, type="time"), outcome(None, answerable=False)]
    second = [outcome(1), outcome(2), outcome(1, type="time"), outcome(1, answerable=False)]
    made = compare(first, second)
    assert made.difference == pytest.approx(1 / 3)
    assert (made.better, made.worse) == (2, 1)
    assert made.by_type == {"fact": 0, "time": 1}
    assert made.low <= made.difference <= made.high


def test_runs_over_different_questions_cannot_be_compared() -> None:
    with pytest.raises(ValueError, match="shorter"):
        compare([outcome(1), outcome(1)], [outcome(1)])


@given(scores, scores)
@settings(deadline=None, max_examples=50)
def test_auroc_is_the_share_of_pairs_in_order(positives: Sequence[float], negatives: Sequence[float]) -> None:
    wins = [1.0 if up > down else 0.5 if up == down else 0.0 for up in positives for down in negatives]
    assert auroc(positives, negatives) == pytest.approx(sum(wins) / len(wins))


@pytest.mark.parametrize(("positives", "negatives"), [([], [0.5]), ([0.5], []), ([], [])])
def test_auroc_of_one_kind_is_nothing(positives: list[float], negatives: list[float]) -> None:
    assert auroc(positives, negatives) is None


def test_a_run_finds_cites_and_refuses(index: Index, make_brief: Callable[..., Brief]) -> None:
    sentence = "Rason port ships coal to the delta every week."
    index.add([make_brief("coal", sentence), make_brief("fish", "Fishermen at Sinpo repair their nets in spring.")])
    asked = Question("1", "Which port ships coal?", "fact", gold=(Gold("coal", sentence),), answers=(("Rason",),))
    strange = Question("2", "Do penguins play chess?", "offtopic", answerable=False)
    retriever = Retriever(index)
    found, refused = run(retriever, [asked, strange], Assistant(retriever))
    assert (found.rank, found.facts, found.cited, found.abstained) == (1, 1.0, True, False)
    assert (refused.rank, refused.facts, refused.cited, refused.abstained) == (None, None, None, True)


def test_runs_without_an_answerable_question_differ_by_nothing() -> None:
    silent = [outcome(None, answerable=False)]
    assert compare(silent, silent) == Comparison(0.0, 0.0, 0.0, 0, 0)
