"""The contract of an index, over every store: what scripts, answers and the window rely on, whatever lies below."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from northbrief.corpus import Brief, BriefError, QuestionError, StoreMismatch
from northbrief.index import Filter, Hit, Index, Retriever
from northbrief.index.ingest import lexical_text
from northbrief.index.lexical import terms
from northbrief.index.stems import stemmed
from northbrief.index.view import View
from northbrief.qa import Assistant

from .conftest import FakeEncoder
from .conftest import brief as make

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

# Milvus Lite leaves files of its log to the garbage collector, which says so whenever it comes by.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

STORES = ["sqlite", "milvus"]
Open = Callable[..., Index]
NUMBERS = count()
DAYS = [None, date(2017, 9, 3), date(2019, 2, 27), date(2024, 6, 19)]
TOPICS = ["ferry harbour timetable", "treaty alliance signing", "grain market price", "satellite launch debris"]


@pytest.fixture(scope="module")
def lite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a Milvus Lite, which is opened once; each test has collections of its own in it."""
    return tmp_path_factory.mktemp("milvus") / "lite.db"


@pytest.fixture(params=STORES)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where an empty index is to be."""
    if request.param == "sqlite":
        return str(tmp_path / "index.db")
    pytest.importorskip("milvus_lite", reason="milvus-lite has no wheel for this system")
    return f"milvus://{request.getfixturevalue('lite')}/c{next(NUMBERS)}"


@pytest.fixture
def index(place: str, fake: FakeEncoder) -> Iterator[Index]:
    """An empty index."""
    with Index.open(place, encoder=fake) as opened:
        yield opened


def library() -> list[Brief]:
    """Twelve briefs of four topics, dates, institutions and authors in turns, two languages."""
    briefs = [
        make(
            f"b{n}",
            f"The {TOPICS[n % 4]} of part {n} is told here. Word{n} stands in this one alone.",
            published=DAYS[n % 4 if n < 8 else 0],
            institution=["Institute of Winds", 'Quotes & "Co" \\ Söhne', ""][n % 3],
            authors=(("Han Ji-won",), ("O'Hara, A.", "한지원"), ())[n % 3],
            language="en",
        )
        for n in range(10)
    ]
    korean = ["병진노선은 경제건설과 핵무력건설을 함께 말한다.", "렬차 시간표가 바뀌였다. 평양의 시장 가격도 올랐다."]
    return briefs + [make(f"k{n}", text, language="ko", published=DAYS[n + 1]) for n, text in enumerate(korean)]


@pytest.fixture
def filled(index: Index) -> Index:
    """The index with the library."""
    index.add(library())
    return index


def search(index: Index, question: str, k: int = 8, **given: Any) -> list[Hit]:
    return Retriever(index).search(question, k, **given)


def ids(hits: list[Hit]) -> set[str]:
    return {hit.brief.id for hit in hits}


def rows_left(index: Index, brief_id: str) -> int:
    """Rows of a brief that are left anywhere in Milvus; 0 for SQLite, whose transactions other tests look at."""
    from northbrief.index.milvus import MilvusIndex
    from northbrief.index.milvus_rows import owner_of

    if not isinstance(index, MilvusIndex):
        return 0
    held = index.collections
    of_brief = f"owner == {owner_of(brief_id)}"
    passages = held.count(held.passages, of_brief) if held.made else 0
    return (
        passages + held.count(held.catalog, of_brief) + held.count(held.payload, f'key like "t{owner_of(brief_id)}%"')
    )


# --- an empty index --------------------------------------------------------------------------------------------------


def test_an_empty_index_answers_every_question_with_nothing(index: Index) -> None:
    assert (len(index), index.briefs(), index.entries(), index.brief("a"), index.names("a")) == (0, [], [], None, [])
    assert (index.remove("a"), index.take_out("a"), index.holds(["a"]), index.relatives("a")) == (
        False,
        None,
        set(),
        [],
    )
    assert search(index, "anything") == [] == search(index, "anything", where=Filter(briefs=("a",)))
    assert Assistant(index).ask("What is the treaty?").abstained


# --- adding ----------------------------------------------------------------------------------------------------------


def test_an_add_reports_what_it_did_with_each_brief(index: Index) -> None:
    first = index.add([make("a", "One text."), make("b", "Another text.")])
    again = index.add([make("a", "One text."), make("b", "A changed text."), make("c", "New.")])
    assert (first.added, first.passages) == (("a", "b"), 2)
    assert (again.added, again.replaced, again.unchanged, again.passages) == (("c",), ("b",), ("a",), 2)


def test_what_is_unchanged_costs_nothing(filled: Index, fake: FakeEncoder) -> None:
    before = filled.generation()
    fake.encoded.clear()
    report = filled.add(library())
    assert (len(report.unchanged), report.passages, fake.encoded, filled.generation()) == (12, 0, [], before)


def test_a_changed_brief_is_replaced_and_only_its_new_passages_are_encoded(index: Index, fake: FakeEncoder) -> None:
    paragraphs = [" ".join(f"p{n}w{i}" for i in range(40)) for n in range(6)]
    index.add([make("a", "\n\n".join(paragraphs))])
    passages = len(index)
    fake.encoded.clear()
    index.add([make("a", "\n\n".join([*paragraphs[:5], "entirely new words"]))])
    assert 0 < len(fake.encoded) < passages
    assert "p5w3" not in {word for hit in search(index, "p5w3", k=50) for word in hit.passage.text.split()}
    assert "entirely new words" in search(index, "entirely new words")[0].passage.text
    assert rows_left(index, "a") in (0, len(index) + 2)  # of this version: passages, one part of the text, the head


def test_a_change_of_metadata_shows_at_once_and_keeps_the_passages_ids(index: Index) -> None:
    index.add([make("a", "The ferry sails.", institution="Old")])
    [before] = search(index, "ferry")
    index.add([make("a", "The ferry sails.", institution="New", title="Another title")])
    [after] = search(index, "ferry")
    assert (after.brief.institution, after.brief.title, after.passage.id) == ("New", "Another title", before.passage.id)
    assert search(index, "ferry", where=Filter(institutions=("Old",))) == []


def test_an_id_given_twice_in_one_add_is_refused_with_a_reason(index: Index) -> None:
    report = index.add([make("a", "One."), make("a", "Two.", source="two.md")])
    assert (report.added, [failure.source for failure in report.failed]) == (("a",), ["two.md"])


def test_a_brief_of_headings_only_is_refused_and_the_others_are_taken(index: Index) -> None:
    report = index.add([make("a", "# Title\n\n## Section\n"), make("b", "Text.")])
    assert (report.added, len(report.failed)) == (("b",), 1)


def test_two_files_of_one_name_are_two_briefs_and_keep_their_ids(index: Index) -> None:
    files = [make("report", f"Text {n}.", source=f"/{n}/report.txt", derived_id=True) for n in range(2)]
    first = index.add(files).added
    assert first[0] == "report" and first[1].startswith("report-")
    assert index.add(files).unchanged == first
    assert sorted(brief.text for brief in index.briefs()) == ["Text 0.", "Text 1."]


def test_progress_is_told_and_what_it_saw_stays_when_it_ends_the_add(index: Index) -> None:
    told: list[tuple[int, int]] = []

    def stop(seen: int, passages: int) -> None:
        told.append((seen, passages))
        raise KeyboardInterrupt

    with suppress(KeyboardInterrupt):
        index.add((make(f"b{n}", f"text {n}") for n in range(200)), progress=stop)
    assert len(index.briefs()) == told[0][0] == len(index) < 200


def test_every_change_and_nothing_else_raises_the_generation(index: Index) -> None:
    seen = [index.generation()]
    steps: list[Callable[[], object]] = [
        lambda: index.add([make("a", "One.")]),
        lambda: index.add([make("a", "Two.")]),
        lambda: index.correct("a", {"title": "T"}),
        lambda: index.remove("a"),
    ]
    for step in steps:
        step()
        seen.append(index.generation())
    search(index, "one")
    assert seen == sorted(set(seen)) and index.generation() == seen[-1]


# --- what was added comes back ---------------------------------------------------------------------------------------

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40)


@given(values=st.lists(TEXT, min_size=7, max_size=7), day=st.dates() | st.none(), pages=st.lists(st.integers(0, 9)))
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_brief_comes_back_as_it_was_given(
    index: Index, values: list[str], day: date | None, pages: list[int]
) -> None:
    given_id, title, text, author, institution, series, source = values
    try:
        brief = Brief(
            id=f"x{given_id}",
            title=f"t{title}",
            text=f"Word {next(NUMBERS)} {text}",
            authors=(author,) if author else (),
            institution=institution,
            series=series,
            published=day,
            source=source,
            pages=tuple(sorted(pages)),
        )
    except BriefError:
        return
    report = index.add([brief])
    assert report.failed == ()
    assert index.brief(brief.id) == brief
    assert brief in index.briefs()
    assert all(
        hit.brief == index.brief(hit.brief.id) for hit in search(index, "word", where=Filter(briefs=(brief.id,)))
    )


def test_a_text_of_many_pages_comes_back_whole_and_its_end_is_found(index: Index) -> None:
    text = "\n\n".join(f"평양 paragraph {n} " + " ".join(f"q{n}x{i}" for i in range(30)) for n in range(600))
    index.add([make("long", text), make("other", "short")])
    hit = search(index, "q599x3 q599x4")[0]
    assert len(text.encode()) > 2 * 65_535 and index.brief("long") == make("long", text)
    assert "q599x3" in hit.passage.text == text[hit.passage.start : hit.passage.end]


def test_briefs_and_entries_come_newest_first_and_undated_last(filled: Index) -> None:
    briefs, entries = filled.briefs(), filled.entries()
    days = [brief.published for brief in briefs]
    assert days == sorted(filter(None, days), reverse=True) + [None] * days.count(None)
    assert [entry.id for entry in entries] == [brief.id for brief in briefs]
    assert sum(entry.passages for entry in entries) == len(filled) == 12


def test_another_handle_sees_every_change(place: str, filled: Index, fake: FakeEncoder) -> None:
    with Index.open(place, encoder=fake) as other:
        assert ids(search(other, "word3")) >= {"b3"}
        filled.add([make("new", "Word77 is new.")])
        filled.remove("b3")
        assert ids(search(other, "word77", k=1)) == {"new"}
        assert "b3" not in ids(search(other, "word3", k=50)) and len(other) == 12
        assert other.generation() == filled.generation()


def test_an_index_is_there_when_it_is_opened_again(place: str, fake: FakeEncoder) -> None:
    with Index.open(place, encoder=fake) as first:
        first.add(library())
        before = [(hit.passage, hit.score) for hit in search(first, "treaty alliance")]
    with Index.open(place, encoder=fake) as again:
        assert [(hit.passage, hit.score) for hit in search(again, "treaty alliance")] == before


# --- searching -------------------------------------------------------------------------------------------------------


def test_a_passage_is_an_exact_slice_of_its_brief_and_scores_fall_from_one_to_nought(filled: Index) -> None:
    hits = search(filled, "the treaty and the price of grain", k=12)
    assert len(hits) == 12
    assert all(hit.passage.text == hit.brief.text[hit.passage.start : hit.passage.end] for hit in hits)
    assert all(hit.passage.brief_id == hit.brief.id for hit in hits)
    scores = [hit.score for hit in hits]
    assert scores == sorted(scores, reverse=True) and scores[-1] >= 0 and scores[0] <= 1
    assert all(0 <= hit.similarity <= 1 for hit in hits)


@pytest.mark.parametrize("rerank", [True, False])
def test_the_one_passage_with_a_word_comes_first(filled: Index, rerank: bool) -> None:
    for n in range(10):
        assert Retriever(filled, rerank=rerank).search(f"word{n}")[0].brief.id == f"b{n}"


def test_a_word_is_found_by_its_stem_and_without_its_accents(index: Index) -> None:
    index.add([make("a", "Several tests near the café."), make("b", "Nothing of it.")])
    with index.reading() as view:
        for word in ("tested", "cafe"):
            assert [brief.id for _, brief in view.passages(view.worded(word, 9, ())[0]).values()] == ["a"]


def test_a_korean_word_is_found_inside_a_longer_one(filled: Index) -> None:
    assert search(filled, "병진", k=1)[0].brief.id == "k0"
    assert search(filled, "열차 시간표", k=1)[0].brief.id == "k1"


FILTERS: list[tuple[Filter, Callable[[Brief], bool]]] = [
    (Filter(since=date(2019, 2, 27)), lambda b: bool(b.published and b.published >= date(2019, 2, 27))),
    (Filter(until=date(2019, 2, 27)), lambda b: bool(b.published and b.published <= date(2019, 2, 27))),
    (Filter(institutions=("institute of WINDS",)), lambda b: b.institution == "Institute of Winds"),
    (Filter(institutions=('quotes & "co" \\ söhne', "x")), lambda b: b.institution.startswith("Quotes")),
    (Filter(authors=("한지원",)), lambda b: "한지원" in b.authors),
    (Filter(authors=("han ji-won", "o'hara, a.")), lambda b: bool(b.authors)),
    (Filter(languages=("KO",)), lambda b: b.language == "ko"),
    (Filter(briefs=("b1", "k0", "none")), lambda b: b.id in ("b1", "k0")),
    (
        Filter(since=date(2017, 1, 1), until=date(2023, 1, 1), languages=("en",), authors=("Han Ji-won",)),
        lambda b: bool(b.published and b.published.year < 2023 and b.language == "en" and "Han Ji-won" in b.authors),
    ),
    (Filter(institutions=("nobody",)), lambda b: False),
    (Filter(since=date(2025, 1, 1)), lambda b: False),
]


def test_a_filter_lets_through_what_a_linear_scan_does(filled: Index) -> None:
    question = "the treaty price ferry satellite 병진노선 시장"
    for where, allowed in FILTERS:
        wanted = {brief.id for brief in library() if allowed(brief)}
        assert ids(search(filled, question, k=50, where=where)) == wanted, where
        with filled.reading() as view:
            assert view.size((where,)) == len(wanted)
            assert view.size((where, Filter(languages=("en",)))) == len([each for each in wanted if each[0] == "b"])


ODD = ['" or 1 == 1 or "', "\\", "'", "') or (n > 0", "{a}", "%", "|", "\n", "a" * 3_000, "𝄞", "한" * 500]


def test_odd_values_in_a_filter_let_nothing_through_and_raise_nothing(filled: Index) -> None:
    for odd in ODD:
        for where in (
            Filter(institutions=(odd,)),
            Filter(authors=(odd,)),
            Filter(languages=(odd,)),
            Filter(briefs=(odd,)),
        ):
            assert search(filled, "treaty", where=where) == []
        assert (filled.brief(odd), filled.remove(odd), filled.names(odd)) == (None, False, [])


def test_odd_questions_are_answered_or_refused_as_such(filled: Index) -> None:
    for odd in [*ODD, "!!!", "...", "NOT AND OR", "treaty\x00alliance", "\ud800 treaty", "🙂 ferry"]:
        with suppress(QuestionError):  # of white space alone
            assert all(hit.passage.text for hit in search(filled, odd))
    with pytest.raises(QuestionError):
        search(filled, " \n ")
    with pytest.raises(ValueError, match="at least 1"):
        search(filled, "treaty", k=0)


def test_more_hits_than_passages_are_all_passages_once(filled: Index) -> None:
    hits = search(filled, "the treaty 병진", k=500)
    assert len({hit.passage.id for hit in hits}) == len(hits) == 12


def test_the_cap_lets_other_briefs_have_their_turn(index: Index) -> None:
    index.add([make("long", "\n\n".join(" ".join(["ferry"] + [f"z{n}y{i}" for i in range(40)]) for n in range(9)))])
    index.add([make("short", "A ferry.")])
    assert "short" in ids(Retriever(index, cap=2).search("ferry", k=3))


def test_a_plan_and_history_are_read_the_same_in_every_store(filled: Index, tmp_path: Path, fake: FakeEncoder) -> None:
    with Index.open(tmp_path / "own.db", encoder=fake) as own:
        own.add(library())
        history, question = ["What does the Institute of Winds say about grain in 2019?"], "And about the ferry?"
        plan = Retriever(filled).plan(question, history, date(2026, 1, 1))
        assert plan == Retriever(own).plan(question, history, date(2026, 1, 1))
        hits = Retriever(filled).search(question, 5, history, plan=plan)
        assert hits == Retriever(filled).search(question, 5, history, now=date(2026, 1, 1))
        assert [hit.brief.id for hit in hits][:1] == [
            hit.brief.id for hit in Retriever(own).search(question, 5, history)
        ][:1]


def test_a_passage_is_placed_in_time_by_its_date_or_by_its_whole_text(index: Index) -> None:
    dated, undated = make("a", "Ferry.", published=DAYS[1]), make("b", "Ferry of 2018. " + "More words here. " * 60)
    index.add([dated, undated])
    with index.reading() as view:
        numbers, _ = view.worded("ferry", 9, ())
        briefs = view.passages(numbers)
        for number, moment in zip(numbers.tolist(), view.moments(numbers), strict=True):
            passage, brief = briefs[number]
            assert (moment.published, moment.title) == (brief.published, brief.title)
            assert moment.text == f"{brief.title} {passage.text}"
            assert moment.whole == ("" if brief.published else brief.text)


def test_undated_briefs_are_known_with_the_years_that_their_title_or_else_their_text_names(index: Index) -> None:
    index.add(
        [make("a", "Of 2018 and 2019."), make("b", "Of 2018.", title="In 2017"), make("c", "2020", published=DAYS[1])]
    )
    with index.reading() as view:
        assert view.known().undated == (("a", frozenset({2018, 2019})), ("b", frozenset({2017})))
    index.add([make("a", "Of 2021."), make("d", "Of no year.")])
    index.remove("b")
    with index.reading() as view:
        assert view.known().undated == (("a", frozenset({2021})), ("d", frozenset()))


def test_what_stands_beside_a_passage_is_as_much_of_its_brief_on_either_side(filled: Index, fake: FakeEncoder) -> None:
    with filled.reading() as view:
        numbers, _ = view.nearest(fake.encode(["treaty"])[0].vector, 50, ())
        found = view.passages(numbers)
        for number, beside in zip(numbers.tolist(), view.beside(numbers), strict=True):
            passage, brief = found[number]
            size = passage.end - passage.start
            before = brief.text[max(0, passage.start - size) : passage.start]
            assert beside == f"{before} {brief.text[passage.end : passage.end + size]}"


def test_spans_of_a_hit_are_scored_by_their_own_words(filled: Index) -> None:
    [hit] = search(filled, "word4", k=1)
    middle = hit.passage.text.index(". ") + 1
    spans = [(0, middle), (middle, len(hit.passage.text))]
    [scores] = Retriever(filled).score_spans("word4", [hit], [spans])
    assert scores.shape == (2,) and scores[1] > scores[0]


def test_a_citation_quotes_its_passage_to_the_letter(filled: Index) -> None:
    answer = Assistant(filled).ask("What is told of the treaty alliance signing of part 1?")
    assert answer.citations
    for citation in answer.citations:
        assert citation.quote == citation.brief.text[citation.start : citation.end]
        assert citation.quote in citation.passage.text


# --- what one search asks of a store ---------------------------------------------------------------------------------


def seen(index: Index) -> AbstractContextManager[View]:
    return index.reading()  # nothing but what a View has


def test_the_nearest_and_the_vectors_are_those_of_a_linear_scan(filled: Index, fake: FakeEncoder) -> None:
    inputs = {brief.id: f"{brief.title}\n{brief.text}" for brief in library()}
    query = fake.encode(["treaty part word5"])[0].vector
    wanted = {brief_id: float(fake.encode([text])[0].vector @ query) for brief_id, text in inputs.items()}
    with seen(filled) as view:
        numbers, scores = view.nearest(query, 5, ())
        found = view.passages(numbers)
        briefs = [found[number][1].id for number in numbers.tolist()]
        assert scores.tolist() == pytest.approx(sorted(wanted.values(), reverse=True)[:5], abs=2e-3)
        assert [wanted[brief_id] for brief_id in briefs] == pytest.approx(scores.tolist(), abs=2e-3)
        assert (view.vectors(numbers) @ query).tolist() == pytest.approx(scores.tolist(), abs=2e-3)
        assert len(view) == 12


def test_words_and_word_pieces_are_counted_as_by_hand(filled: Index, fake: FakeEncoder) -> None:
    read = [lexical_text(brief.title, "", brief.text) for brief in library()]
    with seen(filled) as view:
        view.worded("treaty launch 병진 word3 absent", 50, ())
        words = ["treaty", "launch", "병진", "word3", "absent"]
        wanted = {word: sum(stemmed([word])[0][0] in stems for stems in stemmed(read)) for word in words}
        assert view.counts(words) == wanted
        pieces = fake.encode(["treaty word3 absent"])[0].pieces
        assert view.pieces(pieces) == [sum(piece in fake.pieces(text) for text in read) for piece in pieces.tolist()]
        assert view.naming([["병진"], ["렬차", "병진"], ["없다"]], 2) == [1, 2, 0]


def test_worded_finds_the_passages_that_have_a_word_and_no_others(filled: Index) -> None:
    with seen(filled) as view:
        numbers, scores = view.worded("satellite absent", 50, ())
        briefs = {brief.id for _, brief in view.passages(numbers).values()}
        assert briefs == {brief.id for brief in library() if "satellite" in terms(brief.text)}
        assert (scores > 0).all() and (np.diff(scores) <= 0).all()


def test_token_vectors_are_those_that_were_packed(filled: Index, fake: FakeEncoder) -> None:
    with seen(filled) as view:
        numbers, _ = view.worded("word7", 1, ())
        [(passage, brief)] = view.passages(numbers).values()
        assert view.codec
        wanted = view.codec.pack(fake.encode([f"{brief.title}\n{passage.text}"])[0].tokens)
        assert view.tokens(numbers) == [wanted]
        assert view.packed([passage, replace(passage, id="f" * 16)]) == {passage.id: (brief.title, wanted)}


# --- removing, undoing, correcting -----------------------------------------------------------------------------------


def test_a_removed_brief_is_never_found_again_by_any_way(filled: Index) -> None:
    [hit] = search(filled, "word5", k=1)
    assert filled.remove("b5")
    assert not filled.remove("b5")
    for where in (None, Filter(briefs=("b5",)), Filter(institutions=(hit.brief.institution,))):
        assert "b5" not in ids(search(filled, "word5 part 5", k=50, where=where))
    assert (filled.brief("b5"), filled.holds(["b5"]), len(filled)) == (None, set(), 11)
    assert "b5" not in {citation.brief.id for citation in Assistant(filled).ask("What of word5?").citations}
    assert [score.tolist() for score in Retriever(filled).score_spans("word5", [hit], [[(0, 9)]])] != []
    assert rows_left(filled, "b5") == 0


def test_what_was_taken_out_can_be_put_back(filled: Index) -> None:
    filled.correct("b2", {"institution": "Corrected"})
    removed = filled.take_out("b2")
    assert removed and filled.brief("b2") is None
    assert filled.put_back(removed).added == ("b2",)
    assert filled.brief("b2") == removed.brief and removed.brief.institution == "Corrected"


def test_a_correction_outlives_the_document_being_added_again_and_ends_with_the_brief(filled: Index) -> None:
    filled.correct("b0", {"title": "Mended", "published": date(2020, 2, 2), "authors": ("A", "B")})
    filled.add(library())
    found = filled.brief("b0")
    assert found and (found.title, found.published, found.authors) == ("Mended", date(2020, 2, 2), ("A", "B"))
    assert [entry.id for entry in filled.entries() if entry.corrected] == ["b0"]
    assert "b0" in ids(search(filled, "ferry", k=50, where=Filter(since=date(2020, 2, 2), until=date(2020, 2, 2))))
    filled.remove("b0")
    filled.add(library())
    assert filled.brief("b0") == library()[0]


# --- one text under several names ------------------------------------------------------------------------------------


def test_one_text_under_two_names_is_one_brief_found_by_both(index: Index) -> None:
    report = index.add([make("a", "One text.", source="/a"), make("b", "One  text.", source="/b")])
    assert (report.added, report.duplicates, len(index)) == (("a",), (("/b", "a"),), 1)
    assert [name.id for name in index.names("a")] == ["a", "b"]
    assert index.brief("b") == index.brief("a") and index.holds(["a", "b", "c"]) == {"a", "b"}
    assert ids(search(index, "text", where=Filter(briefs=("b",)))) == {"a"}
    assert index.add([make("b", "One text.", source="/b")]).duplicates == (("/b", "a"),)
    assert index.remove("b") and index.briefs() == [] and index.names("a") == []


def test_of_two_names_the_dated_one_is_the_brief(index: Index) -> None:
    index.add([make("a", "One text.")])
    report = index.add([make("b", "One text.", published=date(2020, 1, 1))])
    assert (report.added, [brief.id for brief in index.briefs()], index.brief("a")) == (("b",), ["b"], index.brief("b"))
    assert search(index, "text")[0].brief.published == date(2020, 1, 1)


def test_a_text_stays_under_its_other_name_when_the_first_one_changes(index: Index) -> None:
    index.add(
        [make("a", "One text.", source="/a"), make("b", "One text.", source="/b"), make("c", "One text.", source="/c")]
    )
    index.add([make("a", "Quite another.", source="/a")])
    assert {brief.id: brief.text for brief in index.briefs()} == {"a": "Quite another.", "b": "One text."}
    assert [name.id for name in index.names("b")] == ["b", "c"] and [name.id for name in index.names("a")] == ["a"]


def test_a_source_that_is_dropped_leaves_what_has_another(index: Index) -> None:
    index.add(
        [make("a", "One text.", source="/a"), make("b", "One text.", source="/b"), make("c", "Two.", source="/c")]
    )
    assert index.drop_source("/a") == (["a"], [])
    index.move_source("/c", "/d")
    found = index.brief("c")
    assert found and found.source == "/d"
    assert index.drop_source("/b") == ([], ["a"]) and [brief.id for brief in index.briefs()] == ["c"]


# --- how it was made -------------------------------------------------------------------------------------------------


def test_an_index_made_by_another_encoder_is_refused_with_what_to_do(place: str, filled: Index) -> None:
    with pytest.raises(StoreMismatch, match=r"was built with fake.*the settings name other.*set `encoder` back"):
        Index.open(place, encoder=FakeEncoder(name="other"))
    with pytest.raises(StoreMismatch, match="48 dimensions"):
        Index.open(place, encoder=FakeEncoder(48))


def test_passages_of_another_size_are_refused(place: str, filled: Index, fake: FakeEncoder, monkeypatch: Any) -> None:
    from northbrief.corpus.chunk import Chunking

    monkeypatch.setattr(Chunking.__init__, "__defaults__", (99, 1))
    with pytest.raises(StoreMismatch, match=r"passages of 240 word pieces.*passages of 99"):
        Index.open(place, encoder=fake)


def test_an_index_without_token_vectors_ranks_without_them(place: str, fake: FakeEncoder) -> None:
    with Index.open(place, encoder=fake, late=False) as plain:
        plain.add(library())
        hits = search(plain, "word6")
        assert hits[0].brief.id == "b6"
        assert Retriever(plain).score_spans("word6", hits[:1], [[(0, 5)]])[0].shape == (1,)


def test_threads_add_and_search_at_once_and_see_whole_briefs(index: Index) -> None:
    wrong: list[str] = []

    def add(name: str) -> None:
        for n in range(4):
            index.add([make(f"{name}{n}", f"gamma {name} {n}. " + "Long sentences follow here. " * 30)])

    def look() -> None:
        retriever = Retriever(index)
        for _ in range(8):
            for hit in retriever.search("gamma", k=20):
                if hit.passage.text != hit.brief.text[hit.passage.start : hit.passage.end]:
                    wrong.append(hit.passage.id)

    threads = [threading.Thread(target=add, args=(name,)) for name in "xy"] + [threading.Thread(target=look)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {brief.id for brief in index.briefs()} == {f"{name}{n}" for name in "xy" for n in range(4)}
    assert wrong == []
