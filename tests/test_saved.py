"""Saved answers: what comes back is what was shown, offsets and all; what is no answer of ours is refused."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from northbrief.corpus import Brief, DateSource, Passage, QuestionError
from northbrief.index import Filter, Hit
from northbrief.index.plan import Inquiry, QueryPlan, Step
from northbrief.index.types import Window
from northbrief.qa import Answer, Citation, Claim, Verdict
from northbrief.qa.bibliography import locator
from northbrief.qa.saved import AROUND, EvidenceError, digest, pack, unpack
from northbrief.ui.conversation import Turn, filter_dict, read_filter, read_request, read_turn, turn_dict

BODY = "".join(f"Sentence {n} of a long report stands here. " for n in range(400))


def passage(brief: Brief, start: int, end: int, **more: Any) -> Passage:
    return Passage(
        id=f"{brief.id}-{start}", brief_id=brief.id, start=start, end=end, text=brief.text[start:end], **more
    )


@pytest.fixture
def answer() -> Answer:
    first = Brief(
        id="a",
        title="A < B",
        text=BODY,
        authors=("Kim", "Lee"),
        institution="I",
        series="S",
        published=date(2024, 2, 29),
        published_from=DateSource.URL,
        url="https://example.org",
        source="a.txt",
        body=40,
    )
    second = Brief(id="b", title="무제", text="짧은 글이다. 끝.", language="ko")
    one, two = passage(first, 4000, 4500, page=3, heading="Means"), passage(first, 12_000, 12_600)
    three = passage(second, 0, 7)
    citations = (
        Citation(1, one, first, first.text[4010:4050], 4010, 4050),
        Citation(2, three, second, second.text[0:7], 0, 7),
    )
    claims = (
        Claim("Means.", (1, 2), Verdict("partly", "Another year.", ("2023",)), "2020", ((0, 5),), "A, 2020: "),
        Claim("Ends.", (2,), Verdict.SUPPORTED, "2021"),
    )
    window = Window(date(2020, 1, 1), None, "since 2020")
    side = Inquiry("q", "질문", (("무엇", "뭐"),), window, "2020", True, Filter(authors=("A",)))
    plan = QueryPlan("q", "full q", (side, Inquiry("r")), True, (Step("a", "b", "c"),))
    hits = (Hit(0.9, one, first, 0.5, "2020", "later"), Hit(0.8, two, first, 0.4))
    return Answer("text [1]", "full q", claims, citations, False, 0.75, True, ("A note.",), "Not stated.", plan, hits)


def test_an_answer_comes_back_equal_but_for_text_that_was_not_kept(answer: Answer) -> None:
    back = unpack(json.loads(json.dumps(pack(answer), ensure_ascii=False)))

    def kept(given: Answer) -> Any:
        def strip(brief: Brief) -> Any:
            return brief.id, brief.title, brief.authors, brief.institution

        return (
            replace(given, citations=(), hits=()),
            [(c.number, c.passage, strip(c.brief), c.quote, c.start, c.end, locator(c)) for c in given.citations],
            [(h.score, h.passage, strip(h.brief), h.similarity, h.side) for h in given.hits],
            [(c.brief.published, c.brief.published_from, c.brief.url, c.brief.language) for c in given.citations],
        )

    assert kept(back) == kept(answer)
    assert [claim.verdict.reason for claim in back.claims] == ["Another year.", ""]
    assert [claim.verdict.words for claim in back.claims] == [("2023",), ()]


def test_offsets_hold_in_the_brief_that_comes_back(answer: Answer) -> None:
    back = unpack(pack(answer))
    for citation in back.citations:
        assert citation.brief.text[citation.start : citation.end] == citation.quote
        assert citation.brief.text[citation.passage.start : citation.passage.end] == citation.passage.text
    lengths = {citation.brief.id: len(citation.brief.text) for citation in answer.citations}
    assert {hit.brief.id: len(hit.brief.text) for hit in back.hits} == {"a": lengths["a"]}


def test_some_text_around_each_passage_is_kept_and_the_rest_is_not(answer: Answer) -> None:
    text = unpack(pack(answer)).citations[0].brief.text
    for start, end in ((4000, 4500), (12_000, 12_600)):
        assert text[start - AROUND : end + AROUND] == BODY[start - AROUND : end + AROUND]
    assert text[6000:10_000].strip() == text[:3000].strip() == ""
    assert len(json.dumps(pack(answer))) < len(BODY) / 2


def test_the_hash_is_that_of_the_whole_text(answer: Answer) -> None:
    assert pack(answer)["briefs"]["a"]["sha256"] == digest(BODY)


@given(st.lists(st.tuples(st.integers(0, 900), st.integers(1, 99)), min_size=1, max_size=6), st.integers(0, 5))
def test_any_passages_come_back_in_place(spans: list[tuple[int, int]], body: int) -> None:
    text = "".join(chr(ord("a") + n % 26) for n in range(1000))
    brief = Brief(id="b", title="t", text=text, body=body)
    hits = tuple(Hit(0.5, passage(brief, start, start + size), brief) for start, size in dict(spans).items())
    back = unpack(pack(Answer("x", "q", hits=hits)))
    assert [hit.passage for hit in back.hits] == [hit.passage for hit in hits]


def damaged(values: dict[str, Any], path: list[Any], value: Any) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(json.dumps(values))
    place: Any = made
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return made


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["format"], 99),
        (["citations", 0, "end"], 99_999),
        (["citations", 0, "passage"], "other"),
        (["briefs", "a", "length"], 10**12),
        (["briefs", "a", "kept", 0, 0], 10**9),
        (["briefs", "a", "published"], "yesterday"),
        (["claims", 0, "verdict", "label"], "<b>"),
        (["claims"], None),
        (["plan", "inquiries"], 7),
    ],
)
def test_values_that_do_not_hold_together_are_refused(answer: Answer, path: list[Any], value: Any) -> None:
    with pytest.raises(EvidenceError):
        unpack(damaged(pack(answer), path, value))


@pytest.mark.parametrize("values", [{}, {"format": 1}, {"format": 1, "briefs": []}])
def test_values_of_something_else_are_refused(values: dict[str, Any]) -> None:
    with pytest.raises(EvidenceError):
        unpack(values)


def test_a_turn_comes_back_with_its_filter_and_what_was_removed(answer: Answer) -> None:
    where = Filter(date(2020, 1, 1), None, ("I",), (), ("en",), ("a",))
    turn = Turn("t9", "q?", answer, where, ("window",))
    back = read_turn(json.loads(json.dumps(turn_dict(turn))))
    assert (back.id, back.question, back.where, back.without) == ("t9", "q?", where, ("window",))
    assert back.answer.text == answer.text


@pytest.mark.parametrize("name", ["", "A", "a b", '"><script>', "x" * 17, 7, None])
def test_a_turn_has_a_name_that_can_stand_in_an_id(name: object) -> None:
    with pytest.raises(QuestionError):
        read_request({"question": "q", "turn": name})


@pytest.mark.parametrize("value", ["2024-13-45", "yesterday", "2024-02-30", "24", "<b>"])
@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_date_that_is_none_is_refused_in_the_readers_language(value: str, language: str) -> None:
    with pytest.raises(QuestionError, match="no date" if language == "en" else "날짜가 아닙니다"):
        read_filter({"since": value}, language)


def test_a_first_day_after_the_last_is_refused() -> None:
    with pytest.raises(QuestionError, match="after the last"):
        read_filter({"since": "2025-01-02", "until": "2025-01-01"})


def test_an_empty_filter_is_none_and_a_full_one_goes_there_and_back() -> None:
    assert read_filter({"since": " ", "authors": ["", " "]}) is None
    where = Filter(date(2020, 1, 1), date(2021, 1, 1), ("I",), ("K", "L"), ("ko",), ("b",))
    assert read_filter(filter_dict(where)) == where


@pytest.mark.parametrize(
    "request_",
    [
        {"question": 7},
        {"history": "q"},
        {"history": [1]},
        {"without": {"a": 1}},
        {"filter": [1]},
        {"filter": {"authors": "K"}},
    ],
)
def test_a_request_of_the_wrong_form_is_refused(request_: dict[str, Any]) -> None:
    with pytest.raises(QuestionError):
        read_request({"turn": "t1", **request_})
