"""Korean passages by the ideas they name, a side's own briefs, the cover of words, and the benchmark's cases."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from northbrief.corpus import Brief
from northbrief.corpus.shelf import load_shelf
from northbrief.index import Filter, Hit, Index, Retriever
from northbrief.index.concepts import search_concepts
from northbrief.index.cover import cover
from northbrief.index.late import weakest
from northbrief.index.moment import window_fit
from northbrief.index.plan import default_planner
from northbrief.index.ranking import Ranking, interleaved
from northbrief.index.retriever import taking_turns
from northbrief.index.sides import written_by
from northbrief.index.types import Window
from northbrief.index.view import Moment

MakeBrief = Callable[..., Brief]
CASES = Path(__file__).with_name("cases")
PLANNER = default_planner()
GLOSSARY, NAMES = PLANNER.glossary, PLANNER.names


def forms(question: str) -> list[str]:
    return [form for concept in GLOSSARY.concepts(question, NAMES) for form in concept]


def found(index: Index, question: str) -> list[tuple[str, float]]:
    """(brief, share of ideas) of the Korean passages for a question, best first."""
    with index.reading() as view:
        ranking = search_concepts(view, GLOSSARY.concepts(question, NAMES))
        passages = view.passages(ranking.numbers)
    shares = zip(ranking.numbers.tolist(), ranking.similar.tolist(), strict=True)
    return [(passages[number][1].id, share) for number, share in shares]


# --- ideas -----------------------------------------------------------------------------------------------------------


def test_an_idea_is_looked_for_in_the_words_of_both_koreas() -> None:
    assert {"렬차", "열차"} <= set(forms("When do the trains run?"))
    assert {"로케트", "로켓"} <= set(forms("rocket engines"))


@pytest.mark.parametrize("question", ["What did he say about it?", "Why?", "어떻게 하라고 했나?", "무엇이라고 했나?"])
def test_words_that_only_ask_are_no_ideas(question: str) -> None:
    assert forms(question) == []


def test_a_korean_word_that_no_table_knows_is_an_idea_without_its_particle() -> None:
    assert "두부밥" in forms("두부밥은 어디서 파나?")


def test_the_passage_that_names_most_ideas_comes_first_in_either_spelling(index: Index, make_brief: MakeBrief) -> None:
    index.add(
        [
            make_brief("railway", "철도를 보수하였다.", language="ko"),
            make_brief("both", "렬차 운행과 철도 보수를 다그쳤다.", language="ko"),
            make_brief("other", "농사를 잘 지어야 한다.", language="ko"),
            *(make_brief(f"english{n}", f"Trains and railways, report {n}.", language="en") for n in range(8)),
        ]
    )
    ranked = found(index, "trains and railways")
    assert [brief for brief, _ in ranked] == ["both", "railway"]
    assert ranked[0][1] == pytest.approx(1.0)
    assert found(index, "노동자의 열차, 철도")[0][0] == "both"


def test_spaces_inside_a_korean_word_do_not_hide_it(index: Index, make_brief: MakeBrief) -> None:
    index.add(
        [make_brief("a", "핵 무력 을 강화하였다.", language="ko"), make_brief("b", "핵을 말했다.", language="ko")]
    )
    brief, share = found(index, "핵무력")[0]
    assert (brief, share) == ("a", 1.0)


# --- sides -----------------------------------------------------------------------------------------------------------

INSTITUTIONS = ("Polish Institute of International Affairs (PISM)", "Sejong Institute")
AUTHORS = ("Oskar Pietrewicz", "Hong Min")


@pytest.mark.parametrize(
    ("label", "where"),
    [
        ("PISM", Filter(institutions=INSTITUTIONS[:1])),
        ("Sejong", Filter(institutions=INSTITUTIONS[1:])),
        ("Pietrewicz", Filter(authors=AUTHORS[:1])),
        ("Hong Min", Filter(authors=AUTHORS[1:])),
        ("China", None),
        ("2019", None),
    ],
)
def test_a_side_that_the_library_has_briefs_of_is_searched_in_them(label: str, where: Filter | None) -> None:
    assert written_by(label, INSTITUTIONS, AUTHORS) == where


def test_each_institution_has_its_own_briefs_on_its_side(index: Index, make_brief: MakeBrief) -> None:
    loud = [
        make_brief(f"s{n}", "PISM and Sejong on trade with China.", institution="Sejong Institute") for n in range(9)
    ]
    quiet = make_brief("p", "Commerce across the Yalu; trade.", institution=INSTITUTIONS[0])
    index.add([*loud, quiet])
    hits = Retriever(index, cap=None).search("How do PISM and Sejong differ on trade with China?", k=6)
    assert {hit.side: hit.brief.id for hit in reversed(hits)}["PISM"] == "p"


@pytest.mark.parametrize(
    ("text", "at_least", "at_most"),
    [
        ("The declaration of 27 April 2018 named three steps.", 0.9, 0.9),
        ("The April 2018 declaration.", 0.9, 0.9),
        ("2018년 4월 27일 판문점선언", 0.9, 0.9),
        ("Talks of 27 May 2018.", 0.0, 0.5),  # the year alone says little of a month
        ("Talks of April 2019.", 0.0, 0.0),
        ("The 45 April 2018 shells", 0.0, 0.5),  # no day
    ],
)
def test_a_passage_that_names_the_month_asked_about_is_of_that_month(
    text: str, at_least: float, at_most: float
) -> None:
    window = Window(date(2018, 4, 1), date(2018, 4, 30), "in April 2018")
    fit = window_fit(window, Moment(date(2026, 1, 1), text, ""))
    assert at_least <= fit <= at_most


def test_the_week_after_a_window_reports_on_it() -> None:
    window = Window(date(2024, 10, 4), date(2024, 10, 4), "on 4 October 2024")
    days = [date(2024, 10, 4), date(2024, 10, 5), date(2024, 10, 20), date(2024, 10, 3)]
    fits = [window_fit(window, Moment(day, "text", "")) for day in days]
    assert fits == [1.0, 0.85, 0.6, 0.0]


def test_what_serves_both_sides_takes_one_place_and_each_sides_own_follow_in_turn(
    index: Index, make_brief: MakeBrief
) -> None:
    index.add([make_brief(f"b{n}", f"word{n} rice") for n in range(6)])
    hits = Retriever(index, cap=None).search("rice", k=6)

    def side(order: Sequence[int], label: str) -> list[Hit]:
        return [Hit(1.0, hits[n].passage, hits[n].brief, 0.0, label) for n in order]

    turns = taking_turns([side([0, 2, 1, 4], "a"), side([0, 3, 1, 5], "b")], 5)
    assert [hit.passage.id for hit in turns] == [hits[n].passage.id for n in (0, 2, 3, 1, 4)]
    assert [hit.side for hit in turns] == ["a", "a", "b", "a", "a"]
    assert len(taking_turns([side([0, 1], "a"), side([0, 1], "b")], 5)) == 2


def test_by_a_year_is_the_state_of_that_year_on_a_side_but_before_stays_open() -> None:
    plan = PLANNER.plan("Was the port open in 2012, and was it open by 2020?")
    assert [inquiry.window and inquiry.window.since for inquiry in plan.inquiries] == [
        date(2012, 1, 1),
        date(2020, 1, 1),
    ]
    plan = PLANNER.plan("What changed before 2016 and after 2016?")
    assert plan.inquiries[0].window and plan.inquiries[0].window.since is None


def test_a_clause_about_the_same_person_keeps_its_own_topic() -> None:
    plan = PLANNER.plan(
        "What did Obama offer Havana on cigars in March 2016, and how did he speak of Lima by May 2022?"
    )
    assert plan.inquiries[1].english == "How did Barack Obama speak of Lima by May 2022"


# --- time and cover --------------------------------------------------------------------------------------------------


def test_an_undated_brief_is_placed_by_the_year_in_its_title() -> None:
    window = Window(date(2019, 1, 1), date(2019, 12, 31), "in 2019")
    titled = [
        Moment(None, f"{title} text", "text 2018 2019", title) for title in ("speech-2019", "speech", "speech-2018")
    ]
    fits = [window_fit(window, moment) for moment in titled]
    assert fits == sorted(fits, reverse=True) and len(set(fits)) == 3


def test_the_cover_is_the_share_of_words_had_in_text_or_title(index: Index, make_brief: MakeBrief) -> None:
    index.add([make_brief("a", "Deployments of troops.", title="Kursk"), make_brief("b", "Troops rest.", title="Home")])
    with index.reading() as view:
        texts = view.texts(np.array([1, 2]))
    shares = cover(texts, ["troops", "deployed", "kursk"], {"troops": 2}, 2)
    nothing = cover(texts, [], {}, 2)
    weight = np.log(3 / 2.5) ** 2, np.log(3 / 0.5) ** 2
    assert shares.tolist() == pytest.approx([1.0, weight[0] / (weight[0] + 2 * weight[1])], abs=1e-5)
    assert nothing.tolist() == [0.0, 0.0]


def test_the_weakest_quarter_is_what_a_sort_says() -> None:
    best = np.random.default_rng(3).random((7, 11)).astype(np.float32)
    assert weakest(best).tolist() == pytest.approx(np.sort(best, axis=1)[:, :2].mean(axis=1).tolist())


def test_interleaving_keeps_every_passage_once_and_scores_descending() -> None:
    def ranking(numbers: list[int]) -> Ranking:
        scores = np.linspace(0.9, 0.1, len(numbers), dtype=np.float32)
        return Ranking(np.array(numbers), scores, scores)

    both = interleaved(ranking([1, 2, 3, 4]), ranking([9, 2, 8]), lead=1)
    assert both.numbers.tolist() == [1, 9, 2, 8, 3, 4]
    assert (np.diff(both.scores) <= 0).all()


# --- the cases of the benchmark --------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", ["dialogues.jsonl", "shelf-comparisons.jsonl"])
def test_what_answers_a_case_stands_in_the_shelf(file: str) -> None:
    texts = {brief.id: brief.text for brief in load_shelf()}
    cases = [json.loads(line) for line in (CASES / file).read_text("utf-8").splitlines()]
    places = [place for case in cases for side in case["gold"] for place in side]
    assert len(cases) >= 20
    assert [place for place in places if place["holds"] not in texts[place["brief"]]] == []
