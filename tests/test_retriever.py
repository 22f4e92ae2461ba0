"""The retriever: filters, order, scores, what is never returned, and questions that cannot be asked."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from northbrief.corpus import Brief, QuestionError
from northbrief.index import Encoder, Filter, Hit, Index, Retriever
from northbrief.index.dense import build_dense

if TYPE_CHECKING:
    from northbrief.tests.conftest import FakeEncoder

MakeBrief = Callable[..., Brief]
WORDS = [f"word{n}" for n in range(120)]
INSTITUTIONS = ("", "Sejong Institute", "38 North", "통일연구원", "Österreichisches Institut")
AUTHORS = ("Kim Min-ji", "O'Brien", "홍길동", 'Émile "E" Dupont')


def made_briefs(make_brief: MakeBrief, count: int = 80) -> Iterator[Brief]:
    pick = random.Random(7)
    for n in range(count):
        yield make_brief(
            f"b{n:02}",
            " ".join(pick.choices(WORDS, k=30)),
            institution=pick.choice(INSTITUTIONS),
            authors=tuple(pick.sample(AUTHORS, pick.randrange(3))),
            published=pick.choice([None, date(2020, 1, 1) + timedelta(days=pick.randrange(1500))]),
            language=pick.choice(["en", "ko", "zh-Hans"]),
        )


@pytest.fixture(scope="module")
def filled_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("retriever")


@pytest.fixture
def filled(filled_path: Path, fake: FakeEncoder, make_brief: MakeBrief) -> Iterator[Index]:
    """Eighty briefs of one passage each. Do not change it: it is made once."""
    with Index.open(filled_path, encoder=fake) as index:
        index.add(made_briefs(make_brief))
        yield index


def ids(hits: Sequence[Hit]) -> list[str]:
    return [hit.brief.id for hit in hits]


# --- filters ---------------------------------------------------------------------------------------------------------


def passes(brief: Brief, where: Filter) -> bool:
    """The linear scan: what a filter says, word for word."""
    if (where.since or where.until) and brief.published is None:
        return False
    if where.since and brief.published and brief.published < where.since:
        return False
    if where.until and brief.published and brief.published > where.until:
        return False
    if where.institutions and brief.institution.casefold() not in {name.casefold() for name in where.institutions}:
        return False
    if where.languages and brief.language.casefold() not in {name.casefold() for name in where.languages}:
        return False
    if where.briefs and brief.id not in where.briefs:
        return False
    asked = {name.casefold() for name in where.authors}
    return not asked or bool(asked & {name.casefold() for name in brief.authors})


FILTERS = {
    "since": Filter(since=date(2022, 6, 1)),
    "until": Filter(until=date(2021, 2, 1)),
    "between": Filter(since=date(2021, 1, 1), until=date(2021, 12, 31)),
    "institution": Filter(institutions=("Sejong Institute",)),
    "institution in another case": Filter(institutions=("SEJONG institute", "österreichisches INSTITUT")),
    "Korean institution": Filter(institutions=("통일연구원",)),
    "author": Filter(authors=("Kim Min-ji",)),
    "author in another case": Filter(authors=("o'BRIEN",)),
    "author with quotes": Filter(authors=('ÉMILE "e" DUPONT', "홍길동")),
    "language": Filter(languages=("ko",)),
    "language in another case": Filter(languages=("ZH-hans",)),
    "briefs": Filter(briefs=("b03", "b77", "b40")),
    "one brief": Filter(briefs=("b12",)),
    "combined": Filter(since=date(2020, 6, 1), languages=("en", "ko"), institutions=("38 North", "Sejong Institute")),
    "combined with authors": Filter(until=date(2023, 6, 1), authors=("Kim Min-ji", "홍길동"), languages=("en",)),
    "contradiction": Filter(since=date(2023, 1, 1), until=date(2020, 1, 1)),
    "unknown brief": Filter(briefs=("nowhere",)),
    "unknown institution": Filter(institutions=("'; DROP TABLE briefs; --",)),
    "part of a name": Filter(authors=("Kim",)),
}


@pytest.mark.parametrize("rerank", [True, False], ids=["late", "fused"])
@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_returns_what_a_linear_scan_does(filled: Index, name: str, rerank: bool) -> None:
    hits = Retriever(filled, rerank=rerank).search("word1 word2 word3", k=80, where=FILTERS[name])
    assert sorted(ids(hits)) == sorted(brief.id for brief in filled.briefs() if passes(brief, FILTERS[name]))


def test_undated_briefs_are_left_out_by_any_date_bound(filled: Index) -> None:
    hits = Retriever(filled).search("word1", k=80, where=Filter(since=date(1, 1, 1), until=date(9999, 12, 31)))
    assert sorted(ids(hits)) == sorted(brief.id for brief in filled.briefs() if brief.published)


def test_a_brief_of_the_day_of_a_bound_is_within_it(filled: Index) -> None:
    dated = next(brief for brief in filled.briefs() if brief.published)
    hits = Retriever(filled).search("word1", k=80, where=Filter(since=dated.published, until=dated.published))
    assert dated.id in ids(hits)


def test_an_empty_filter_filters_nothing(filled: Index) -> None:
    retriever = Retriever(filled)
    assert retriever.search("word1", where=Filter()) == retriever.search("word1")


def test_no_brief_that_passes_is_an_empty_list(filled: Index) -> None:
    assert Retriever(filled).search("word1", where=Filter(briefs=("nowhere",))) == []


# --- order and scores ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("k", [1, 2, 8, 50, 79, 80, 1000])
def test_k_bounds_the_number_of_hits(filled: Index, k: int) -> None:
    assert len(Retriever(filled).search("word1 word2", k=k)) == min(k, 80)


@pytest.mark.parametrize("options", [{}, {"rerank": False}, {"cap": 1}], ids=["default", "fused", "capped"])
@pytest.mark.parametrize("question", ["word1 word2 word3", "unheard of", "?"])
def test_scores_lie_between_0_and_1_and_descend(filled: Index, options: dict[str, Any], question: str) -> None:
    scores = [hit.score for hit in Retriever(filled, **options).search(question, k=80)]
    assert scores == sorted(scores, reverse=True)
    assert 0 <= scores[-1] <= scores[0] <= 1


def test_fewer_hits_are_the_first_of_more(filled: Index) -> None:
    retriever = Retriever(filled)
    assert retriever.search("word1 word2", k=5) == retriever.search("word1 word2", k=40)[:5]


def test_the_same_search_gives_the_same_hits_from_another_retriever(filled: Index) -> None:
    assert Retriever(filled).search("word1 word2", k=30) == Retriever(filled).search("word1 word2", k=30)


@pytest.mark.parametrize("history", [("What of zebra exports?",), ("Who sold coal?", "What of zebra exports?", " ")])
def test_the_previous_question_counts(filled: Index, make_brief: MakeBrief, history: tuple[str, ...]) -> None:
    filled.add([make_brief("zebra", "A report on zebra exports.")])
    assert ids(Retriever(filled).search("And in word7?", k=2, history=history)).count("zebra") == 1
    filled.remove("zebra")


def test_an_empty_history_changes_nothing(filled: Index) -> None:
    retriever = Retriever(filled)
    assert retriever.search("word1 word2", history=("", "  ")) == retriever.search("word1 word2")


def test_without_reranking_the_similarity_is_the_cosine(filled: Index, fake: FakeEncoder) -> None:
    hits = Retriever(filled, rerank=False).search("word1 word2", k=10)
    query = fake.encode(["word1 word2"])[0].vector
    passages = fake.encode([f"{hit.brief.title}\n{hit.passage.text}" for hit in hits])
    expected = [max(0.0, float(query @ passage.vector)) for passage in passages]
    assert [hit.similarity for hit in hits] == pytest.approx(expected, abs=2e-3)


@pytest.mark.parametrize(
    ("k", "expected"),
    [(2, ["b", "long"]), (3, ["b", "c", "long"]), (4, ["b", "c", "long", "long"]), (9, ["b", "c", *["long"] * 4])],
)
def test_a_cap_lets_other_briefs_in_and_fills_up_with_the_rest(
    index: Index, make_brief: MakeBrief, k: int, expected: list[str]
) -> None:
    long = "\n\n".join(" ".join(["target"] * 5 + [f"l{n}w{i}" for i in range(35)]) for n in range(4))
    index.add([make_brief("long", long), make_brief("b", "target and other words"), make_brief("c", "more words")])
    assert sorted(ids(Retriever(index, cap=1).search("target", k=k))) == expected


@pytest.mark.parametrize("allowed_share", [1.0, 0.5, 0.02, 0.0])
def test_exact_dense_search_equals_brute_force(allowed_share: float) -> None:
    source = np.random.default_rng(3)
    vectors = source.standard_normal((700, 24)).astype(np.float16)
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE passages (n INTEGER PRIMARY KEY, vector BLOB, crc INTEGER)")
    rows = [(3 * n + 1, vector.tobytes(), zlib.crc32(vector.tobytes())) for n, vector in enumerate(vectors)]
    connection.executemany("INSERT INTO passages VALUES (?, ?, ?)", rows)
    dense = build_dense(connection, 1, 24)
    connection.close()
    allowed = np.array([n for n, *_ in rows if source.random() < allowed_share], dtype=np.int64)
    for query in source.standard_normal((20, 24)).astype(np.float32):
        products = vectors.astype(np.float32) @ query
        ranked = sorted(((float(products[(n - 1) // 3]), n) for n in allowed.tolist()), reverse=True)[:12]
        numbers, scores = dense.search(query, 12, None if allowed_share == 1.0 else allowed)
        assert numbers.tolist() == [n for _, n in ranked]
        assert scores.tolist() == pytest.approx([score for score, _ in ranked], abs=1e-4)


PROGRAM = """
import sys
from northbrief.index import Index, Retriever
with Index.open(sys.argv[1]) as index:
    for question in ("Who signed the treaty?", "price of rice", "mine"):
        for hit in Retriever(index).search(question, k=20):
            print(hit.passage.id, repr(hit.score), repr(hit.similarity))
"""


def test_the_order_does_not_depend_on_the_process_or_its_threads(
    tmp_path: Path, encoder: Encoder, make_brief: MakeBrief
) -> None:
    things = ("rice", "coal", "a treaty", "a railway", "a satellite", "fish")
    with Index.open(tmp_path / "i.db", encoder=encoder) as index:
        index.add(make_brief(f"b{n}", f"Report {n} says that {thing} was sold.") for n, thing in enumerate(things * 3))
    outputs = [
        subprocess.run(
            [sys.executable, "-c", PROGRAM, str(tmp_path / "i.db")],
            env=os.environ | {"OMP_NUM_THREADS": threads},
            capture_output=True,
            check=True,
            timeout=120,
        ).stdout
        for threads in ("1", "2", "2")
    ]
    assert outputs[0].count(b"\n") == 54
    assert outputs[0] == outputs[1] == outputs[2]


# --- what is not returned --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rerank", [True, False], ids=["late", "fused"])
@pytest.mark.parametrize("probe", ["the exact sentence to be forgotten", "forgotten", "exact sentence"])
def test_a_removed_brief_is_not_found_by_any_search(
    index: Index, fake: FakeEncoder, make_brief: MakeBrief, probe: str, rerank: bool
) -> None:
    index.add([make_brief("gone", "the exact sentence to be forgotten"), make_brief("stays", "something to be kept")])
    with Index.open(index.path, encoder=fake) as other:
        retrievers = [Retriever(opened, rerank=rerank) for opened in (index, other)]
        assert all(ids(retriever.search(probe))[0] == "gone" for retriever in retrievers)
        index.remove("gone")
        assert [ids(retriever.search(probe)) for retriever in retrievers] == [["stays"], ["stays"]]


def test_an_earlier_version_is_not_found(index: Index, make_brief: MakeBrief) -> None:
    index.add([make_brief("a", "the earlier wording of it")])
    index.add([make_brief("a", "now said differently")])
    assert [hit.passage.text for hit in Retriever(index).search("the earlier wording of it")] == [
        "now said differently"
    ]


def test_an_empty_index_returns_no_hits(index: Index) -> None:
    assert Retriever(index).search("anything") == []


def test_an_emptied_index_returns_no_hits(index: Index, make_brief: MakeBrief) -> None:
    index.add([make_brief("a", "words")])
    Retriever(index).search("words")
    index.remove("a")
    assert Retriever(index).search("words") == []


# --- questions -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("question", ["", "  \n\t ", "x" * 4001], ids=["empty", "blank", "too long"])
def test_a_question_that_cannot_be_asked_raises_question_error(filled: Index, question: str) -> None:
    with pytest.raises(QuestionError, match="expected"):
        Retriever(filled).search(question)


@pytest.mark.parametrize("k", [0, -1])
def test_a_k_below_one_raises_value_error(filled: Index, k: int) -> None:
    with pytest.raises(ValueError, match=f"k = {k}"):
        Retriever(filled).search("word1", k=k)


SYNTAX = ['"', "'", "*", "-", ":", "^", "(", "AND", "OR NOT", "NEAR(", "NEAR(word2 word3, 2)", "terms:", "{terms} :"]
SYNTAX += ["'; DROP TABLE briefs; --", '" OR 1=1 --', "\\", "%_", "\x00", "word2*", "-word2", "²", "\u0301", "_ _"]


@pytest.mark.parametrize("syntax", SYNTAX)
def test_search_syntax_in_a_question_is_harmless(filled: Index, syntax: str) -> None:
    [target] = Retriever(filled).search(filled.briefs()[0].text, k=1)
    hits = Retriever(filled).search(f"{syntax} {target.passage.text} {syntax}", k=3)
    assert (hits[0].passage, len(filled.briefs())) == (target.passage, 80)


@pytest.mark.parametrize("question", [*(signs for signs in SYNTAX if signs != "\x00"), "half a pair \ud800"])
def test_a_question_of_nothing_but_signs_is_answered_with_a_list(filled: Index, question: str) -> None:
    assert isinstance(Retriever(filled).search(question, k=3), list)


# --- spans -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("late", [True, False], ids=["late", "words"])
def test_the_span_that_holds_the_words_scores_highest(
    tmp_path: Path, fake: FakeEncoder, make_brief: MakeBrief, late: bool
) -> None:
    sentences = ["Coal went up by rail.", "Rice was sold in markets.", "Fish was caught at sea."]
    text = " ".join(sentences)
    spans = [(text.index(sentence), text.index(sentence) + len(sentence)) for sentence in sentences]
    with Index.open(tmp_path / "i.db", encoder=fake, late=late) as index:
        index.add([make_brief("a", text)])
        retriever = Retriever(index)
        [scores] = retriever.score_spans("rice sold markets", retriever.search("rice"), [spans])
    assert scores.argmax() == 1
    assert all(0 <= score <= 1 for score in scores)


def test_spans_of_a_passage_that_left_the_index_still_score(index: Index, make_brief: MakeBrief) -> None:
    index.add([make_brief("a", "Coal went up. Rice was sold."), make_brief("b", "else")])
    retriever = Retriever(index)
    hits = [hit for hit in retriever.search("rice") if hit.brief.id == "a"]
    index.remove("a")
    [scores] = retriever.score_spans("rice sold", hits, [[(0, 13), (14, 28)]])
    assert scores[1] > scores[0]


def test_no_spans_score_nothing(index: Index, make_brief: MakeBrief) -> None:
    index.add([make_brief("a", "Coal went up.")])
    retriever = Retriever(index)
    assert [len(scores) for scores in retriever.score_spans("coal", retriever.search("coal"), [[]])] == [0]
