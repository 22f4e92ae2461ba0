"""What a question was read by can be removed; the timeline; the questions an empty window offers; feedback; policy."""

import base64
import hashlib
import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from northbrief.corpus import Brief, DateSource, NorthbriefError, Passage, SettingsError
from northbrief.index import Encoder, Filter, Hit, Index
from northbrief.index.listing import Entry
from northbrief.index.plan import Inquiry, QueryPlan, default_planner
from northbrief.index.types import Window
from northbrief.qa import Answer, Assistant, Citation, Claim, Verdict
from northbrief.qa.evaluate import read_questions
from northbrief.ui.asking import sign_in
from northbrief.ui.catalogue_page import chart_html
from northbrief.ui.chips import chips_of, edited, span
from northbrief.ui.conversation import Turn
from northbrief.ui.feedback import feedback_line, save_feedback
from northbrief.ui.page import PAGES, shell_html
from northbrief.ui.policy import policy
from northbrief.ui.sources import sources_html
from northbrief.ui.starting import QUESTIONS, answered, candidates, holdings
from northbrief.ui.strings import _TEXT, LANGUAGES, say
from northbrief.ui.timeline import about_change, ticks, timeline_html

SINCE = Window(date(2019, 2, 28), None, "since Hanoi")


def plan(*inquiries: Inquiry, latest: bool = False) -> QueryPlan:
    return QueryPlan("typed?", "How did it change since Hanoi?", inquiries, latest)


def test_a_removed_window_takes_its_words_along() -> None:
    made = edited(plan(Inquiry("How did it change since Hanoi?", window=SINCE)), ["window"])
    assert made.window is None
    assert made.inquiries[0].english == "How did it change ?"


def test_a_removed_side_leaves_the_others_and_the_last_one_is_no_side() -> None:
    three = plan(*(Inquiry(name, label=name) for name in "abc"))
    assert [each.label for each in edited(three, ["side:b"]).inquiries] == ["a", "c"]
    assert [each.label for each in edited(three, ["side:a", "side:b"]).inquiries] == [""]


@pytest.mark.parametrize("without", [["sides"], ["side:a", "side:b"]])
def test_without_sides_the_whole_question_is_searched_once(without: list[str]) -> None:
    made = edited(plan(Inquiry("x", label="a"), Inquiry("y", label="b")), without)
    assert [(each.english, each.label) for each in made.inquiries] == [("How did it change since Hanoi?", "")]


def test_what_names_nothing_removes_nothing() -> None:
    given = plan(Inquiry("x", label="a", window=SINCE), Inquiry("y", label="b"), latest=True)
    assert edited(given, ["side:z", "other"]) == given
    assert edited(given, ["latest"]).latest is False


def test_an_edited_plan_is_what_is_searched(index: Index, make_brief: Callable[..., Brief]) -> None:
    index.add([make_brief("plenum", "The plenum of December 2019 decided on a frontal breakthrough in the economy.")])
    assistant = Assistant(index)
    question = "What did the plenum decide on the economy in 2019?"
    read = assistant.retriever.plan(question)
    assert read.window is not None
    answer = assistant.ask(question, plan=edited(read, ["window"]))
    assert answer.plan is not None
    assert answer.plan.window is None


def turn(
    *points: tuple[str, str, date | None, bool], where: Filter | None = None, read: QueryPlan | None = None
) -> Turn:
    """A turn whose passages are (brief, institution, date, cited)."""
    citations: list[Citation] = []
    hits: list[Hit] = []
    for name, institution, day, cited in points:
        brief = Brief(id=name, title=f"Title {name}", text="Words stand here.", institution=institution, published=day)
        passage = Passage(id=name, brief_id=name, start=0, end=17, text=brief.text)
        hits.append(Hit(0.5, passage, brief))
        if cited:
            citations.append(Citation(len(citations) + 1, passage, brief, brief.text, 0, 17))
    claims = tuple(Claim("Words.", (c.number,), Verdict.SUPPORTED) for c in citations)
    return Turn("t", "q", Answer("x", "q", claims, tuple(citations), plan=read, hits=tuple(hits)), where)


def test_every_part_of_a_filter_and_of_a_plan_is_a_chip() -> None:
    where = Filter(date(2020, 1, 1), None, ("KINU", "INSS"), ("Kim",), ("ko",), ("b",))
    read = plan(Inquiry("x", window=SINCE), latest=True)
    chips = chips_of(turn(("a", "I", None, True), where=where, read=read), "en")
    assert [(chip.key, chip.value) for chip in chips] == [
        ("since", ""), ("institutions", "KINU"), ("institutions", "INSS"), ("authors", "Kim"), ("languages", "ko"),
        ("briefs", "b"), ("history", ""), ("window", ""), ("latest", ""),
    ]  # fmt: skip
    assert "since 28 February 2019" in next(chip.text for chip in chips if chip.key == "window")
    assert next(chip.text for chip in chips if chip.key == "languages") == "Korean"


@pytest.mark.parametrize(
    ("first", "last", "english", "korean"),
    [
        (date(2020, 1, 1), date(2020, 12, 31), "2020", "2020년"),
        (date(2018, 1, 1), date(2019, 12, 31), "2018–2019", "2018–2019년"),
        (date(2017, 5, 1), date(2017, 8, 31), "1 May 2017 to 31 August 2017", "2017년 5월 1일–2017년 8월 31일"),
        (date(2019, 2, 28), None, "since 28 February 2019", "2019년 2월 28일 이후"),
        (None, date(2019, 2, 28), "until 28 February 2019", "2019년 2월 28일까지"),
        (date(2020, 1, 1), date(2020, 1, 1), "1 January 2020", "2020년 1월 1일"),
    ],
)
def test_days_are_read_as_people_write_them(first: date | None, last: date | None, english: str, korean: str) -> None:
    assert (span(first, last, "en"), span(first, last, "ko")) == (english, korean)


POINTS = [
    ("a", "KINU", date(2018, 1, 1), True),
    ("b", "INSS", date(2024, 1, 1), False),
    ("c", "KINU", date(2021, 1, 1), True),
]


def test_each_dated_brief_is_a_point_at_its_place_in_its_institutions_lane() -> None:
    markup = timeline_html(turn(*POINTS, ("u", "KINU", None, False)), "en")
    places = re.findall(r'href="#(src-t-\w+)"[^>]*><circle class="reach" cx="([\d.]+)%" cy="(\d+)"', markup)
    assert [name for name, _, _ in places] == ["src-t-1", "src-t-2", "src-t-r1"]
    x = {name: float(place) for name, place, _ in places}
    assert x["src-t-1"] == 3.0
    assert x["src-t-r1"] == 97.0
    assert x["src-t-2"] == pytest.approx(50, abs=0.1)
    rows = {name: row for name, _, row in places}
    assert rows["src-t-1"] == rows["src-t-2"] != rows["src-t-r1"]
    assert re.findall(r'<text class="name"[^>]*>(.*?)</text>', markup) == ["KINU", "INSS"]


def test_points_that_would_cover_each_other_stand_in_rows() -> None:
    markup = timeline_html(
        turn(*(("wxyz"[n], "I", date(2020, 1, 1 + n // 2), True) for n in range(4)), POINTS[1]), "en"
    )
    spots = re.findall(r'<circle class="reach" cx="([\d.]+)%" cy="(\d+)"', markup)
    assert len(set(spots)) == 5
    for n, (x, y) in enumerate(spots):
        assert all(y != other_y or abs(float(x) - float(other)) > 5 for other, other_y in spots[n + 1 :])


def test_a_timeline_needs_two_days() -> None:
    assert timeline_html(turn(POINTS[0], ("d", "INSS", POINTS[0][2], True)), "en") == ""
    assert timeline_html(turn(POINTS[0], ("u", "I", None, True)), "en") == ""
    assert timeline_html(turn(*POINTS[:2]), "en") != ""


@pytest.mark.parametrize(
    ("question", "window", "open_"),
    [
        ("How has trade with China changed?", None, True),
        ("무역은 어떻게 달라졌나요?", None, True),
        ("What was signed?", Window(date(2017, 1, 1), date(2020, 1, 1), "2017 to 2020"), True),
        ("What was signed?", Window(date(2017, 1, 1), date(2017, 12, 31), "in 2017"), False),
        ("What was signed?", None, False),
    ],
)
def test_the_timeline_is_open_for_questions_about_change(question: str, window: Window | None, open_: bool) -> None:
    read = QueryPlan(question, question, (Inquiry(question, window=window),))
    assert about_change(read) is open_
    assert ('<details class="timeline" open>' in timeline_html(turn(*POINTS, read=read), "en")) is open_


@pytest.mark.parametrize("years", [0, 1, 2, 5, 9, 30, 80, 400])
def test_ticks_are_few_and_within_the_span(years: int) -> None:
    first, last = date(1950, 3, 5), date(1950 + years, 9, 1)
    made = ticks(first, last)
    assert 1 <= len(made) <= 8
    assert made == sorted(made)
    assert all(first <= tick <= last for tick in made)


def test_the_questions_offered_are_drawn_from_the_library_and_answered(
    tmp_path: Path, encoder: Encoder, make_brief: Callable[..., Brief]
) -> None:
    facts = [
        ("bees", "Beekeeping in Rason", "Beekeeping in Rason began in 1998. Hives in Rason number about four hundred."),
        ("salt", "Salt works at Kwangryangman: output and pay", "The salt works at Kwangryangman employ 900 people."),
        ("rail", "Rail links over the Yalu", "Rail links over the Yalu carry coal. The Yalu bridge has one track."),
        ("loom", "Looms of Sinuiju <img src=x>", "The looms of Sinuiju run day and night in two halls."),
        ("seed", "Seed banks of Ryanggang", "Seed banks of Ryanggang keep potatoes and barley for sowing."),
    ]
    with Index.open(tmp_path / "i", encoder=encoder) as index:
        index.add([make_brief(name, text, title=title) for name, title, text in facts])
        assistant = Assistant(index)
        offered = list(answered(assistant, candidates(index.briefs(), "en", assistant.retriever.planner)))
        assert len(offered) == QUESTIONS
        assert not any("<" in question for question in offered)
        answers = [assistant.ask(question) for question in offered]
        assert not any(answer.abstained for answer in answers)
        assert len({answer.citations[0].brief.id for answer in answers}) == QUESTIONS


def test_a_question_that_is_refused_is_not_offered(index: Index) -> None:
    assert list(answered(Assistant(index), ["What is known about bees?"])) == []


def test_korean_questions_use_the_korean_name_of_a_topic() -> None:
    brief = Brief(id="b", title="Byungjin: guns and butter", text="The byungjin line was announced in 2013.")
    assert "병진에 대해 브리프는 무엇이라고 하나요?" in list(candidates([brief], "ko", default_planner()))


def test_what_the_library_holds_is_one_line_in_both_languages(make_brief: Callable[..., Brief]) -> None:
    briefs = [make_brief(str(n), "Text.", institution=f"I{n}", published=date(2020 + n, 5, 1)) for n in range(2)]
    assert holdings(briefs, "en") == "The library holds 2 briefs from 2 institutions, May 2020 to May 2021."
    assert holdings(briefs, "ko") == "자료실에 2020년 5월–2021년 5월, 기관 2곳의 브리프 2건이 있습니다."
    assert holdings(briefs[:1], "en") == "The library holds 1 brief from 1 institution, May 2020."
    assert "empty" in holdings([], "en")


@pytest.mark.parametrize("good", [True, False])
def test_feedback_is_a_question_that_eval_reads(tmp_path: Path, good: bool) -> None:
    of = turn(POINTS[0], POINTS[2])
    for note in ("first", "second"):
        path = save_feedback(tmp_path, feedback_line(of, good, note, ["earlier?"]))
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert [line["note"] for line in lines] == ["first", "second"]
    assert lines[0]["answer"]["citations"][0]["passage"] == "a"
    if not good:
        with pytest.raises(NorthbriefError, match="whose answer is known"):
            read_questions(path)
        return
    (question,) = read_questions(path)
    assert (question.text, question.type, question.history) == ("q", "feedback", ("earlier?",))
    assert [(gold.doc_id, gold.quote) for gold in question.gold] == [
        ("a", "Words stand here."),
        ("c", "Words stand here."),
    ]


def test_a_bad_answer_whose_gold_was_filled_in_counts(tmp_path: Path) -> None:
    line = feedback_line(turn(POINTS[0]), False, "") | {"gold": [{"doc_id": "b", "quote": "Here."}], "answerable": True}
    (question,) = read_questions(save_feedback(tmp_path, line))
    assert question.gold[0].doc_id == "b"


def test_a_good_refusal_makes_a_question_unanswerable(tmp_path: Path) -> None:
    refused = Turn("t", "Why?", Answer("The briefs do not say.", "Why?", abstained=True))
    (question,) = read_questions(save_feedback(tmp_path, feedback_line(refused, True, "")))
    assert question.answerable is False


def test_the_policy_allows_the_pages_own_scripts_by_hash_and_no_other_host() -> None:
    page = b"<script>one()</script><script src='x.js'></script><script type=module>two()</script>"
    made = policy(page)
    for script in (b"one()", b"two()"):
        assert f"'sha256-{base64.b64encode(hashlib.sha256(script).digest()).decode()}'" in made
    assert "unsafe-inline" not in made.split("script-src")[1].split(";")[0]
    assert not re.search(r"https?:|\*", made)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_this_machine_needs_no_password(host: str) -> None:
    assert sign_in(host, None, False) is None


def test_any_other_host_needs_a_password_or_an_explicit_no() -> None:
    with pytest.raises(SettingsError, match="--no-auth"):
        sign_in("0.0.0.0", None, False)
    assert sign_in("0.0.0.0", None, True) is None
    assert sign_in("0.0.0.0", "kim:a:b", False) == ("kim", "a:b")
    for bad in ("kim", "kim:", ":secret"):
        with pytest.raises(SettingsError, match="user:password"):
            sign_in("127.0.0.1", bad, False)


def test_every_text_of_the_page_is_there_in_both_languages_and_is_used() -> None:
    source = "".join(
        path.read_text("utf-8") for path in (Path(__file__).parents[1] / "ui").glob("*.*") if path.name != "strings.py"
    )
    keys = set(re.findall(r'data-say(?:-label|-placeholder)?="(\w+)"', shell_html())) | {key for key, _ in PAGES}
    assert keys <= set(_TEXT)
    assert [key for key in _TEXT if not re.search(rf"\b{key}\b|\b{key.rsplit('_', 1)[0]}_", source)] == []
    optional = {"institution_one", "institution_many", "from_institutions"}  # one language counts elsewhere
    assert [key for key, texts in _TEXT.items() if not all(texts) and key not in optional] == []
    places = {key: [sorted(re.findall(r"{(\w+)}", each)) for each in texts] for key, texts in _TEXT.items()}
    assert [key for key, (en, ko) in places.items() if en != ko and key not in optional] == []


def test_a_value_with_braces_is_not_filled_again() -> None:
    assert say("en", "show_source", n=1, title="{n} {title}") == "Source 1: {n} {title}"
    assert LANGUAGES == ("en", "ko")


def test_a_heading_that_is_seen_in_the_text_is_not_said_above_it_again() -> None:
    text = "Before it words stood.\n\n## The harbour\n\nThe harbour opened. Ships came. Nets dried."
    brief = Brief(id="b", title="B", text=text, published=date(2020, 1, 1))
    start, nets = text.index("The harbour opened"), text.index("Nets")

    def card(around: int, monkeypatch: pytest.MonkeyPatch) -> str:
        monkeypatch.setattr("northbrief.ui.sources.AROUND", around)
        passage = Passage(id="p", brief_id="b", start=start, end=len(text), text=text[start:], heading="The harbour")
        cited = Citation(1, passage, brief, "Nets dried.", nets, len(text))
        answer = Answer("x", "q", (Claim("Nets dried.", (1,), Verdict.SUPPORTED),), (cited,), False, 0.9)
        return sources_html(Turn("t", "q", answer), "en")

    with pytest.MonkeyPatch.context() as patch:
        assert card(300, patch).count(">The harbour<") == 1
        assert '<p class="heading">' not in card(300, patch)
        assert '<p class="heading">The harbour</p>' in card(5, patch)


def test_a_topic_begins_in_lower_case_unless_a_name_begins_it(make_brief: Callable[..., Brief]) -> None:
    fillers = [make_brief(f"f{n}", "Words stand here.", title=f"Hyesan markets {n}") for n in range(9)]
    old = make_brief("old", "The party spoke of discipline in the city of Hyesan.")
    titles = ["Discipline campaigns", "Chronology of the talks", "KCNA reports", "Hwasong-14 and its kind"]
    newest = [make_brief(f"n{n}", "Words stand here.", title=title) for n, title in enumerate(titles)]
    questions = list(candidates([*newest, *fillers, old], "en", default_planner()))
    for topic in (
        "discipline campaigns?",
        "chronology of the talks?",
        "KCNA reports?",
        "Hwasong-14 and its kind?",
        "about Hyesan markets 1?",
    ):
        assert any(question.endswith(topic) for question in questions), topic


def test_the_questions_tried_first_are_each_on_something_else(make_brief: Callable[..., Brief]) -> None:
    names = ("bees", "looms", "rail links", "salt works")
    titles = [f"{what} of the north, 2019 to 2024" for what in names]
    briefs = [make_brief(str(n), "Words stand here.", title=title.capitalize()) for n, title in enumerate(titles)]
    tried = list(candidates(briefs, "en", default_planner()))
    assert sorted(what for question in tried[:4] for what in names if what in question) == list(names)
    assert len(tried) > 4


def test_counts_are_pictured_where_there_is_something_to_compare() -> None:
    one = [entry("a", date(2024, 1, 1), "KINU"), entry("b", date(2024, 5, 1), "KINU")]
    assert chart_html(one, "en") == ""
    assert chart_html([*one, entry("c", date(2020, 1, 1), "KINU")], "en").count("<figure") == 1
    assert chart_html([*one, entry("c", date(2020, 1, 1), "INSS")], "en").count("<figure") == 2


def entry(brief_id: str, published: date | None, institution: str) -> Entry:
    return Entry(brief_id, "T", (), institution, "", published, DateSource.GIVEN, "en", "", "", 1, False)
