"""Duplicates: one text under two names is one brief, versions of a text are linked, and the newer one answers."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from northbrief.corpus import Brief, DateSource, load_briefs
from northbrief.corpus.visits import Visit
from northbrief.index import Filter, Index, Retriever
from northbrief.index.copies import Name
from northbrief.index.minhash import (
    NEAR,
    band_keys,
    estimate,
    is_near,
    likeness,
    runs,
    signature,
    text_digest,
)
from northbrief.index.relatives import newer_versions, relatives_of

from .conftest import FakeEncoder, brief

MakeBrief = Callable[..., Brief]


def prose(*numbers: int) -> str:
    """Paragraphs of forty words, each with words of its own."""
    return "\n\n".join(" ".join(f"p{number}w{i}" for i in range(40)) + "." for number in numbers)


LONG = prose(*range(10))
CHANGED = prose(*range(8), 98, 99)


def ids(index: Index) -> set[str]:
    return {brief.id for brief in index.briefs()}


# --- likeness --------------------------------------------------------------------------------------------------------


@given(st.lists(st.sampled_from("abcdef"), max_size=30), st.lists(st.sampled_from("abcdef"), max_size=30))
def test_likeness_is_the_share_of_runs_that_both_have(first: list[str], second: list[str]) -> None:
    def slow(words: list[str]) -> set[tuple[str, ...]]:
        return {tuple(words[i : i + 3]) for i in range(len(words) - 2)} or {tuple(words)}

    a, b = slow(first), slow(second)
    assert likeness(runs(" ".join(first)), runs(" ".join(second))) == pytest.approx(len(a & b) / len(a | b))


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.7, 0.9])
def test_signatures_estimate_the_likeness(share: float) -> None:
    rng = random.Random(share)
    errors = []
    for _ in range(20):
        common = [f"run {rng.random()}" for _ in range(int(1000 * share))]
        a, b = (frozenset(common + [f"run {rng.random()}" for _ in range((1000 - len(common)) // 2)]) for _ in "ab")
        errors.append(estimate(signature(a), signature(b)) - likeness(a, b))
    assert abs(sum(errors) / len(errors)) < 0.04
    assert max(map(abs, errors)) < 0.2


def test_texts_that_are_near_share_a_band() -> None:
    rng = random.Random(7)
    shared = 0
    for _ in range(200):
        common = [f"run {rng.random()}" for _ in range(500)]
        a, b = (frozenset(common + [f"run {rng.random()}" for _ in range(250)]) for _ in "ab")
        assert likeness(a, b) == pytest.approx(NEAR)
        shared += bool(set(band_keys(signature(a))) & set(band_keys(signature(b))))
    assert shared >= 195


def test_signatures_are_those_that_are_stored() -> None:
    """An index keeps them: another version of the library must not make others."""
    assert signature(runs("one two three four five")).hex()[:48] == SIGNED


SIGNED = "07cac2c6fe93e0ca6cbe1ace569c05d492511cc348d403c0"


@pytest.mark.parametrize(
    ("first", "second", "one"),
    [
        ("A report.\n\nTrade grew.", "A  report. Trade grew.\r\n", True),
        ("Caf\u00e9", "Cafe\u0301", True),
        ("Trade grew.", "Trade grew", False),
        ("Trade grew.", "trade grew.", False),
    ],
)
def test_a_text_is_the_same_whatever_its_white_space(first: str, second: str, one: bool) -> None:
    assert (text_digest(first) == text_digest(second)) is one


@pytest.mark.parametrize(
    ("first", "second", "near"),
    [
        (LONG, CHANGED, True),
        (LONG, prose(*range(4), *range(90, 96)), False),
        (prose(1, 2), f"By our staff. {prose(1, 2)} More news. All rights reserved.", True),  # syndicated
        (prose(1, 2), prose(1, 2, 3, 4, 5, 6, 7), False),  # quoted at length
        (prose(1, 2), prose(1, 3), False),
        ("Delegation of youth arrives here", "Delegation of youth leaves here", False),
        ("가나 다라 마바 사아 자차", "가나 다라 마바 사아 자차", True),
        ("会議は平壌で開かれた", "会議は平壌で開かれた。", True),
        ("", "", True),
    ],
)
def test_versions_of_one_text_are_near(first: str, second: str, near: bool) -> None:
    assert is_near(runs(first), runs(second)) is is_near(runs(second), runs(first)) is near


# --- the same text ---------------------------------------------------------------------------------------------------


def test_one_text_under_two_names_is_one_brief(index: Index, make_brief: MakeBrief) -> None:
    report = index.add([make_brief("a", prose(1, 2), source="/a.txt"), make_brief("b", prose(1, 2), source="/b.txt")])
    assert (report.added, report.duplicates, report.failed) == (("a",), (("/b.txt", "a"),), ())
    assert (ids(index), len(index)) == ({"a"}, 2)
    assert index.names("a") == [Name("a", "/a.txt"), Name("b", "/b.txt")]


def test_it_is_found_by_either_name(index: Index, make_brief: MakeBrief) -> None:
    index.add([make_brief("a", prose(1)), make_brief("b", prose(1))])
    assert index.brief("b") == index.brief("a") != None  # noqa: E711


@pytest.mark.parametrize("name", ["a", "b"])
def test_it_is_removed_by_either_name_and_leaves_nothing(index: Index, make_brief: MakeBrief, name: str) -> None:
    index.add([make_brief("a", prose(1)), make_brief("b", prose(1))])
    assert index.remove(name)
    assert (ids(index), index.brief("a"), index.brief("b"), index.names("a")) == (set(), None, None, [])
    assert Retriever(index).search("p1w1") == []


def test_white_space_alone_makes_no_other_text(index: Index, make_brief: MakeBrief) -> None:
    index.add([make_brief("a", prose(1, 2)), make_brief("b", prose(1, 2).replace("\n\n", "\n"))])
    assert ids(index) == {"a"}


@pytest.mark.parametrize("apart", [False, True], ids=["in one add", "in two"])
def test_adding_both_again_changes_nothing(index: Index, make_brief: MakeBrief, apart: bool) -> None:
    briefs = [make_brief("a", prose(1)), make_brief("b", prose(1)), make_brief("c", prose(2))]
    for part in [[each] for each in briefs] if apart else [briefs]:
        index.add(part)
    before = index.generation()
    report = index.add(briefs)
    assert (report.added, report.replaced, report.unchanged, report.passages) == ((), (), ("a", "c"), 0)
    assert report.duplicates == (("b", "a"),)
    assert index.generation() == before


def test_files_of_one_text_in_two_folders_are_one_brief(index: Index, tmp_path: Path) -> None:
    for name in ("one/report.txt", "two/report.txt", "two/other.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("Trade with China grew by a third in that year.", "utf-8")
    for _ in range(2):
        report = index.add(load_briefs(tmp_path))
        assert ids(index) == {"report"}
    assert (report.unchanged, len(report.duplicates)) == (("report",), 2)
    assert len({name.source for name in index.names("report")}) == 3


def test_the_dated_one_of_two_is_the_brief(index: Index, make_brief: MakeBrief) -> None:
    dated = make_brief("b", prose(1), published=date(2024, 1, 2), published_from=DateSource.METADATA)
    for batch in ([make_brief("a", prose(1)), dated], [make_brief("a", prose(1))], [dated]):
        index.add(batch)
        assert [(brief.id, brief.published) for brief in index.briefs()] == [("b", date(2024, 1, 2))]
    assert index.names("b") == [Name("b", ""), Name("a", "")]


def test_a_dated_one_that_comes_later_takes_the_place(index: Index, make_brief: MakeBrief) -> None:
    index.add([make_brief("a", prose(1))])
    report = index.add([make_brief("b", prose(1), published=date(2024, 1, 2))])
    assert (report.added, ids(index), report.duplicates) == (("b",), {"b"}, (("a", "b"),))
    assert index.add([make_brief("a", prose(1))]).added == ()


def test_one_text_given_two_dates_stays_two_briefs(index: Index, make_brief: MakeBrief) -> None:
    days = {"a": date(2024, 1, 2), "b": date(2024, 3, 4)}
    index.add(make_brief(key, LONG, published=day) for key, day in days.items())
    assert ids(index) == {"a", "b"}
    assert [relative.id for relative in index.relatives("a")] == ["b"]


def test_when_the_first_changes_the_copy_keeps_the_text(index: Index, make_brief: MakeBrief) -> None:
    copies = [make_brief(key, prose(1), source=f"/{key}", title=f"The {key}") for key in "bcd"]
    index.add([make_brief("a", prose(1), source="/a"), *copies])
    report = index.add([make_brief("a", prose(2), source="/a")])
    assert (set(report.added), report.replaced) == ({"b"}, ("a",))
    assert {brief.id: brief.text for brief in index.briefs()} == {"a": prose(2), "b": prose(1)}
    assert index.brief("b") == copies[0]
    assert [name.id for name in index.names("b")] == ["b", "c", "d"]
    assert index.add([make_brief("a", prose(2), source="/a"), *copies]).passages == 0


def test_when_the_copy_changes_it_is_a_brief_of_its_own(index: Index, make_brief: MakeBrief) -> None:
    index.add([make_brief("a", prose(1)), make_brief("b", prose(1))])
    report = index.add([make_brief("b", prose(2))])
    assert (report.added, ids(index), [name.id for name in index.names("a")]) == (("b",), {"a", "b"}, ["a"])


def test_when_both_change_together_they_stay_one(index: Index, make_brief: MakeBrief) -> None:
    index.add([make_brief("a", prose(1), source="/a"), make_brief("b", prose(1), source="/b")])
    index.add([make_brief("a", prose(2), source="/a"), make_brief("b", prose(2), source="/b")])
    assert (ids(index), [brief.text for brief in index.briefs()]) == ({"a"}, [prose(2)])


def test_a_brief_that_takes_on_anothers_text_becomes_its_copy(index: Index, make_brief: MakeBrief) -> None:
    index.add([make_brief("a", prose(1)), make_brief("b", prose(2))])
    report = index.add([make_brief("b", prose(1))])
    assert (ids(index), report.duplicates) == ({"a"}, (("b", "a"),))
    assert Retriever(index).search("p2w1 p2w2")[0].brief.id == "a"


def test_two_that_swap_their_texts_swap_them(index: Index, make_brief: MakeBrief) -> None:
    index.add([make_brief("a", prose(1)), make_brief("b", prose(2))])
    index.add([make_brief("a", prose(2)), make_brief("b", prose(1))])
    assert {brief.id: brief.text for brief in index.briefs()} == {"a": prose(2), "b": prose(1)}


@settings(max_examples=20, deadline=None)
@example([[("c", 2), ("a", 2)], [("c", 1), ("a", 1), ("b", 2)]])  # an heir that gets another text in the same add
@given(st.lists(st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 3)), max_size=3), max_size=5))
def test_whatever_is_added_every_name_has_its_last_text(
    tmp_path_factory: pytest.TempPathFactory, adds: list[list[tuple[str, int]]]
) -> None:
    last: dict[str, int] = {}
    with Index.open(tmp_path_factory.mktemp("any"), encoder=FakeEncoder(), late=False) as index:
        for batch in adds:
            wanted = dict(batch)  # a name once an add
            index.add([brief(key, prose(number), source=f"/{key}") for key, number in wanted.items()])
            last |= wanted
            found = {key: index.brief(key) for key in last}
            assert {key: each.text for key, each in found.items() if each} == {k: prose(n) for k, n in last.items()}
            assert len(index.briefs()) == len(set(last.values()))


def test_a_copy_of_what_cannot_be_taken_fails_with_it(index: Index, make_brief: MakeBrief) -> None:
    bad = "# Nothing but\n\n## headings"
    report = index.add([make_brief("a", bad), make_brief("b", bad)])
    assert ([failure.source for failure in report.failed], ids(index)) == (["a", "b"], set())


# --- a source that is gone -------------------------------------------------------------------------------------------


def test_a_brief_stays_while_it_has_a_source(index: Index, make_brief: MakeBrief) -> None:
    index.add([make_brief("a", prose(1), source="/a"), make_brief("b", prose(1), source="/b")])
    assert index.drop_source("/a") == (["a"], [])
    assert [(brief.id, brief.source) for brief in index.briefs()] == [("a", "/b")]
    assert index.drop_source("/b") == ([], ["a"])
    assert ids(index) == set()


def test_a_copy_that_is_gone_leaves_the_brief(index: Index, make_brief: MakeBrief) -> None:
    index.add([make_brief("a", prose(1), source="/a"), make_brief("b", prose(1), source="/b")])
    assert index.drop_source("/b") == (["a"], [])
    assert index.names("a") == [Name("a", "/a")]


def test_a_file_of_many_briefs_that_is_gone_takes_them_all(index: Index, make_brief: MakeBrief) -> None:
    index.add(make_brief(key, prose(n), source="/all.jsonl") for key, n in (("a", 1), ("b", 1), ("c", 2)))
    kept, lost = index.drop_source("/all.jsonl")
    assert (kept, sorted(lost), ids(index)) == ([], ["a", "c"], set())


# --- versions --------------------------------------------------------------------------------------------------------


def test_versions_are_linked_whichever_comes_first(index: Index, make_brief: MakeBrief) -> None:
    index.add([make_brief("new", CHANGED, published=date(2024, 5, 1)), make_brief("old", LONG)])
    expected = likeness(runs(LONG), runs(CHANGED))
    assert [(each.id, each.similarity, each.published) for each in index.relatives("old")] == [
        ("new", expected, date(2024, 5, 1))
    ]
    assert [each.id for each in index.relatives("new")] == ["old"]


def test_a_removed_version_is_no_version(index: Index, make_brief: MakeBrief) -> None:
    index.add([make_brief("new", CHANGED), make_brief("old", LONG)])
    index.remove("new")
    assert index.relatives("old") == []


def test_a_version_that_was_rewritten_is_no_version(index: Index, make_brief: MakeBrief) -> None:
    index.add([make_brief("new", CHANGED), make_brief("old", LONG)])
    index.add([make_brief("new", prose(50, 51))])
    assert index.relatives("old") == []


def test_an_index_made_before_learns_of_its_versions_with_the_next_change(index: Index, make_brief: MakeBrief) -> None:
    index.add([make_brief("new", CHANGED), make_brief("old", LONG)])
    with index._store.writing() as connection:
        for table in ("relatives", "signatures", "bands"):
            connection.execute(f"DROP TABLE {table}")
    assert (index.relatives("old"), len(Retriever(index).search("p1w1"))) == ([], 8)
    index.add([make_brief("other", prose(70))])
    assert [each.id for each in index.relatives("old")] == ["new"]


def test_a_rebuild_keeps_names_and_versions(index: Index, make_brief: MakeBrief) -> None:
    index.add([make_brief("gone", prose(60)), make_brief("new", CHANGED), make_brief("old", LONG)])
    index.add([make_brief("copy", LONG)])
    index.remove("gone")
    Index.rebuild(index.path, encoder=FakeEncoder(48, name="other"))
    with Index.open(index.path, encoder=FakeEncoder(48, name="other")) as rebuilt:
        assert [each.id for each in rebuilt.relatives("old")] == ["new"]
        assert [name.id for name in rebuilt.names("old")] == ["old", "copy"]


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.sets(st.integers(0, 11), min_size=6)), max_size=8))
def test_links_are_those_that_a_comparison_of_all_finds(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[int, set[int]]]
) -> None:
    with Index.open(tmp_path_factory.mktemp("any"), encoder=FakeEncoder(), late=False) as index:
        for key, parts in changes:
            index.add([brief(f"b{key}", prose(*sorted(parts)))])
        briefs = index.briefs()
        for each in briefs:
            own = runs(each.text)
            slow = {other.id for other in briefs if other.id != each.id and is_near(own, runs(other.text))}
            assert {relative.id for relative in index.relatives(each.id)} == slow


# --- in a search -----------------------------------------------------------------------------------------------------

OLD = {"published": date(2020, 1, 1)}
NEW = {"published": date(2024, 1, 1)}


def found(index: Index, question: str, **options: object) -> list[tuple[str, str]]:
    hits = Retriever(index).search(question, **options)  # type: ignore[arg-type]
    return [(hit.brief.id, hit.passage.text.split()[0]) for hit in hits]


def test_a_passage_that_both_versions_have_is_found_in_the_newer(index: Index, make_brief: MakeBrief) -> None:
    index.add([make_brief("a-old", LONG, **OLD), make_brief("new", CHANGED, **NEW)])
    assert found(index, "p1w1 p1w2", k=3)[0] == ("new", "p1w0")
    assert ("a-old", "p1w0") not in found(index, "p1w1 p1w2", k=30)


def test_the_place_of_what_is_left_out_goes_to_another(index: Index, make_brief: MakeBrief) -> None:
    index.add([make_brief("a-old", LONG, **OLD), make_brief("new", CHANGED, **NEW)])
    assert len(found(index, "p1w1 p2w2 p3w3 p4w4", k=4)) == 4


def test_what_only_the_older_says_is_found_there_and_names_the_newer(index: Index, make_brief: MakeBrief) -> None:
    index.add([make_brief("a-old", LONG, **OLD), make_brief("new", CHANGED, **NEW)])
    hit = Retriever(index).search("p9w1 p9w2")[0]
    assert (hit.brief.id, hit.newer) == ("a-old", "new")
    assert {hit.newer for hit in Retriever(index).search("p98w1") if hit.brief.id == "new"} == {""}


def test_the_newest_of_three_is_named(index: Index, make_brief: MakeBrief) -> None:
    days = {"a": date(2020, 1, 1), "c": date(2024, 1, 1), "b": date(2022, 1, 1)}
    index.add(make_brief(key, prose(*range(9), 90 + n), published=day) for n, (key, day) in enumerate(days.items()))
    with index.reading() as view:
        assert newer_versions(view.connection, ["a", "b", "c"]) == {"a": "c", "b": "c"}


@pytest.mark.parametrize("fields", [{}, OLD], ids=["undated", "of one day"])
def test_of_versions_without_a_newer_one_the_better_found_stays(
    index: Index, make_brief: MakeBrief, fields: dict[str, date]
) -> None:
    index.add([make_brief("a", LONG, **fields), make_brief("b", CHANGED, **fields)])
    assert [each for each in found(index, "p1w1 p1w2", k=30) if each[1] == "p1w0"] == [("a", "p1w0")]


def test_the_older_is_found_when_the_filter_leaves_out_the_newer(index: Index, make_brief: MakeBrief) -> None:
    index.add([make_brief("a-old", LONG, **OLD), make_brief("new", CHANGED, **NEW)])
    assert found(index, "p1w1", k=1, where=Filter(until=date(2021, 1, 1))) == [("a-old", "p1w0")]
    assert found(index, "p1w1", k=1, where=Filter(briefs=("a-old",))) == [("a-old", "p1w0")]


def test_the_older_is_found_when_the_question_names_its_time(index: Index, make_brief: MakeBrief) -> None:
    index.add([make_brief("a-old", LONG, **OLD), make_brief("new", CHANGED, **NEW)])
    assert found(index, "p1w1 p1w2 in 2020", k=1) == [("a-old", "p1w0")]


def test_a_reworded_passage_comes_before_the_older_wording(index: Index, make_brief: MakeBrief) -> None:
    words = prose(1).rstrip(".").split()
    reworded = " ".join([*words[:28], *(f"new{i}" for i in range(12))]) + "."
    index.add([make_brief("a-old", LONG, **OLD), make_brief("new", LONG.replace(prose(1), reworded), **NEW)])
    places = [each for each in found(index, "p1w30 p1w31 p1w1", k=30) if each[1] == "p1w0"]
    assert places == [("new", "p1w0"), ("a-old", "p1w0")]


def test_briefs_that_are_no_versions_keep_their_order(index: Index, make_brief: MakeBrief) -> None:
    index.add([make_brief("a", prose(1, 2, 3), **OLD), make_brief("b", prose(1, 8, 9), **NEW)])
    assert [each for each in found(index, "p1w1", k=30) if each[1] == "p1w0"] == [("a", "p1w0"), ("b", "p1w0")]


# --- visits ----------------------------------------------------------------------------------------------------------


def test_visits_are_remembered_in_the_index(index: Index, make_brief: MakeBrief) -> None:
    visits = [Visit("http://x.org/a", '"1"', "Mon", "2024", False), Visit("http://x.org/feed", listing=True)]
    index.visits.save(visits)
    assert [index.visits.visit(visit.url) for visit in visits] == visits
    assert index.visits.visit("http://x.org/other") is None
    generation = index.generation()
    index.visits.save(visits)
    assert index.generation() == generation
    index.visits.forget(["http://x.org/a"])
    assert index.visits.visit("http://x.org/a") is None


def test_an_address_is_held_by_its_brief_or_a_copy(index: Index, make_brief: MakeBrief) -> None:
    index.add([make_brief("a", prose(1), source="http://x.org/a"), make_brief("b", prose(1), source="http://x.org/b")])
    assert [index.visits.holds(f"http://x.org/{key}") for key in "abc"] == [True, True, False]


def test_of_real_news_only_versions_of_one_report_are_linked(shared: Path) -> None:
    """Of 1,045 articles, many of them of one form, those linked are of the same day: two translations of one report."""
    briefs = list(load_briefs(shared / "kcna-2024.jsonl"))
    import sqlite3

    from northbrief.index.relatives import record

    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE briefs (n INTEGER PRIMARY KEY, id TEXT, published TEXT, text TEXT, body INTEGER)")
    for number, each in enumerate(briefs):
        row = (number, each.id, each.published and each.published.isoformat(), each.text, each.body)
        connection.execute("INSERT INTO briefs VALUES (?, ?, ?, ?, ?)", row)
        record(connection, number, each.text, each.body)
    linked = [(brief, each) for brief in briefs for each in relatives_of(connection, brief.id)]
    assert len(linked) >= 28
    assert all(brief.published == each.published for brief, each in linked)
