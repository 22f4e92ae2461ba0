"""What the window shows of an answer: everything from outside escaped, the quote marked, one id for each source."""

import html
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from northbrief.corpus import Brief, DateSource, Passage
from northbrief.index import Filter, Hit
from northbrief.index.plan import Inquiry, QueryPlan
from northbrief.index.types import Window
from northbrief.qa import REFUSAL, Answer, Citation, Claim, Verdict
from northbrief.qa.saved import pack
from northbrief.ui.answers import turn_html
from northbrief.ui.conversation import Turn
from northbrief.ui.markup import wrapped
from northbrief.ui.sources import AROUND, source_id, sources_html, whole_html

HOSTILE = [
    "<script>window.run = 1</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "'><a href='javascript:alert(1)'>x</a>",
    "</mark></blockquote></article><iframe srcdoc='<script>1</script>'>",
    "${alert(1)} {{constructor}}",
    "![x](http://192.0.2.1/x.png)",
]
OURS = {
    "a",
    "p",
    "ul",
    "li",
    "section",
    "h2",
    "h3",
    "h4",
    "article",
    "blockquote",
    "mark",
    "br",
    "strong",
    "b",
    "i",
    "s",
}
OURS |= {"div", "span", "button", "svg", "path", "cite", "details", "summary", "form", "input", "header", "sup"}
OURS |= {"circle", "line", "text", "class", "id", "href", "title", "tabindex", "target", "rel", "role", "lang", "type"}
OURS |= {"data-do", "data-turn", "data-number", "data-key", "data-value", "data-testid", "aria-label", "aria-hidden"}
OURS |= {"aria-labelledby", "aria-pressed", "viewbox", "d", "hidden", "open", "maxlength", "placeholder", "width"}
OURS |= {"height", "x", "y", "cx", "cy", "r", "x1", "x2", "y1", "y2", "text-anchor"}
OURS |= {"data-brief", "data-suffix"}
TEXT = "Nothing stands here. The harvest grew in the north. Nothing stands there either."
QUOTE = "The harvest grew in the north."


def cited(brief: Brief, quote: str = QUOTE, question: str = "Did it grow?") -> Answer:
    start = brief.text.index(quote)
    passage = Passage(id="p", brief_id=brief.id, start=0, end=len(brief.text), text=brief.text)
    citation = Citation(1, passage, brief, quote, start, start + len(quote))
    claim = Claim(quote, (1,), Verdict.SUPPORTED)
    return Answer(f"“{quote}” [1]", question, (claim,), (citation,), False, 0.9)


def turn(answer: Answer, question: str = "Did it grow?", **more: object) -> Turn:
    return Turn("t1", question, answer, **more)  # type: ignore[arg-type]


def shown(of: Turn, language: str = "en") -> str:
    whole = whole_html(of, 1, pack(of.answer), of.answer.citations[0].brief, language) if of.answer.citations else ""
    return turn_html(of, language) + sources_html(of, language) + whole


class Names(HTMLParser):
    """The names of all tags and attributes, as a browser reads them."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found |= {tag, *(name for name, _ in attrs)}


class Marked(HTMLParser):
    """The text inside <mark>."""

    def __init__(self) -> None:
        super().__init__()
        self.inside = False
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside = self.inside or tag == "mark"
        self.text += "\n" * (self.inside and tag == "br")

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag != "mark"

    def handle_data(self, data: str) -> None:
        self.text += data * self.inside


def names(markup: str) -> set[str]:
    parser = Names()
    parser.feed(markup)
    return parser.found


def marked(markup: str) -> str:
    parser = Marked()
    parser.feed(markup)
    return parser.text


@pytest.mark.parametrize("attack", HOSTILE)
def test_a_hostile_title_stays_text(make_brief: Callable[..., Brief], attack: str) -> None:
    markup = shown(turn(cited(make_brief("b", TEXT, title=attack))))
    assert names(markup) <= OURS
    assert html.escape(attack) in markup


@pytest.mark.parametrize("attack", HOSTILE)
def test_a_hostile_sentence_stays_text(make_brief: Callable[..., Brief], attack: str) -> None:
    markup = shown(turn(cited(make_brief("b", f"{attack} {TEXT} {attack}"), f"{attack} Nothing")))
    assert names(markup) <= OURS


@pytest.mark.parametrize("attack", HOSTILE)
@pytest.mark.parametrize("field", ["institution", "series", "authors", "url", "language"])
def test_a_hostile_field_stays_text(make_brief: Callable[..., Brief], field: str, attack: str) -> None:
    value = (attack,) if field == "authors" else f"https://example.org/{attack}" if field == "url" else attack
    markup = shown(turn(cited(make_brief("b", TEXT, published=date(2020, 1, 1), **{field: value}))))
    assert names(markup) <= OURS


@pytest.mark.parametrize("attack", HOSTILE)
def test_a_hostile_question_stays_text_and_so_do_its_chips(make_brief: Callable[..., Brief], attack: str) -> None:
    inquiries = tuple(
        Inquiry(attack, window=Window(date(2020, 1, 1), None, attack), label=f"{attack}{n}") for n in "ab"
    )
    where = Filter(institutions=(attack,), authors=(attack,), languages=(attack,), briefs=(attack,))
    for read in (inquiries, (replace(inquiries[0], label=""),)):
        plan = QueryPlan(attack, f"{attack}!", read, True)
        of = turn(replace(cited(make_brief("b", TEXT)), plan=plan), attack, where=where, without=(f"side:{attack}",))
        assert names(shown(of)) <= OURS


@pytest.mark.parametrize("attack", HOSTILE)
def test_a_hostile_model_stays_text(make_brief: Callable[..., Brief], attack: str) -> None:
    answer = cited(make_brief("b", TEXT))
    claim = Claim(attack, (1, 99), Verdict("unsupported", attack, (attack,)), attack)
    markup = shown(turn(replace(answer, text=attack, claims=(claim, claim), notes=(attack,), partial=True)))
    assert names(markup) <= OURS
    refused = replace(answer, text=attack, claims=(), abstained=True)
    assert names(shown(turn(refused))) <= OURS


@pytest.mark.parametrize("attack", HOSTILE)
def test_a_hostile_heading_stays_text(make_brief: Callable[..., Brief], attack: str) -> None:
    answer = cited(make_brief("b", f"# {attack}\n\n{TEXT}\n\n## {attack}\n"))
    citation = replace(answer.citations[0], passage=replace(answer.citations[0].passage, heading=attack))
    assert names(shown(turn(replace(answer, citations=(citation,))))) <= OURS


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "//evil.example", " ", "ftp://a.example"]
)
def test_only_web_addresses_become_links(make_brief: Callable[..., Brief], url: str) -> None:
    markup = shown(turn(cited(make_brief("b", TEXT, url=url))))
    assert {href[:1] for href in re.findall(r'href="([^"]*)"', markup)} == {"#"}


def test_a_web_address_becomes_a_link_that_tells_no_referrer(make_brief: Callable[..., Brief]) -> None:
    markup = sources_html(turn(cited(make_brief("b", TEXT, url="https://example.org/a?b=1&c=2"))), "en")
    assert 'href="https://example.org/a?b=1&amp;c=2" target="_blank" rel="noopener noreferrer">' in markup


def test_the_marked_text_is_exactly_the_quote(make_brief: Callable[..., Brief]) -> None:
    quote = 'A "quoted" <b> & it\'s'
    of = turn(cited(make_brief("b", f"Before it. {quote} After it."), quote))
    assert marked(sources_html(of, "en")) == quote
    assert marked(whole_html(of, 1, pack(of.answer), of.answer.citations[0].brief, "en")) == quote


words = st.sampled_from(
    ["a", "Tests.", "<b>", "&amp;", "\n", "\n\n", "\n## Head\n", "# Top\n", "가나", " ", "x" * 50, "“q”"]
)


@given(st.lists(words, min_size=3, max_size=40), st.data())
def test_whatever_is_quoted_is_marked_whole_and_nothing_else(parts: list[str], data: st.DataObject) -> None:
    text = " ".join(parts)
    if not text.strip():
        return
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    if not text[start:end].strip(" \n#"):
        return
    brief = Brief(id="b", title="t", text=text)
    passage = Passage(id="p", brief_id="b", start=0, end=len(text), text=text)
    citation = Citation(1, passage, brief, text[start:end], start, end)
    of = turn(Answer("x", "q", (Claim("x", (1,), Verdict.SUPPORTED),), (citation,)))

    def letters(each: str) -> str:  # a heading's marks and the space around paragraphs are not shown
        return re.sub(r"[\s#]+", "", each)

    for markup in (sources_html(of, "en"), whole_html(of, 1, pack(of.answer), brief, "en")):
        assert letters(marked(markup)) == letters(text[start:end])


@given(st.text("<>&\"'a ", max_size=30), st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=4))
def test_text_with_bold_parts_is_escaped_whole(text: str, spans: list[tuple[int, int]]) -> None:
    markup = wrapped(text, spans, "strong")
    assert re.sub("</?strong>", "", markup) == html.escape(text)


def test_what_surrounds_the_quote_is_cut_at_whole_words(make_brief: Callable[..., Brief]) -> None:
    around = [f"word{n}" for n in range(300)]
    text = " ".join([*around, QUOTE, *around])
    markup = sources_html(turn(cited(make_brief("b", text))), "en")
    before, after = re.findall("<blockquote[^>]*>(.*?)<mark[^>]*>.*</mark>(.*?)</blockquote>", markup)[0]
    before, after = before.replace("<p>", ""), after.replace("</p>", "")
    assert before.split()[0] == after.split()[-1] == "…"
    assert set(before.split()[1:] + after.split()[:-1]) <= set(around)
    assert AROUND - 20 < len(before) <= AROUND + 2


def test_what_surrounds_the_quote_is_kept_without_spaces_to_cut_at(make_brief: Callable[..., Brief]) -> None:
    markup = sources_html(turn(cited(make_brief("b", "가" * 500 + QUOTE + "나" * 500))), "en")
    assert re.search("가" * AROUND + "<mark[^>]*>", markup)
    assert "</mark>" + "나" * AROUND in markup


def test_every_number_links_to_a_source_that_is_there(make_brief: Callable[..., Brief]) -> None:
    brief = make_brief("b", TEXT, published=date(2024, 5, 1))
    other = make_brief("c", "Another text stands here.", published=date(2020, 5, 1))
    passage = Passage(id="q", brief_id="c", start=0, end=len(other.text), text=other.text)
    of = turn(replace(cited(brief), hits=(Hit(0.5, passage, other),)))
    targets = set(re.findall(r'href="#([^"]+)"', turn_html(of, "en")))
    assert targets == {"src-t1-1", "src-t1-r1"}
    assert targets <= set(re.findall(r'<article [^>]*id="([^"]+)"', sources_html(of, "en")))


def test_ids_of_different_turns_differ() -> None:
    assert len({source_id(f"t{turn}", number) for turn in range(1, 13) for number in range(1, 13)}) == 144


def test_a_refusal_shows_no_citation_and_escapes_the_nearest_title() -> None:
    of = turn(Answer(f"{REFUSAL} Nearest: “<b>x</b>”.", "q", abstained=True))
    assert "<article" not in sources_html(of, "en")
    assert f'<p class="refusal">{REFUSAL} Nearest: “&lt;b&gt;x&lt;/b&gt;”.</p>' in turn_html(of, "en")


@pytest.mark.parametrize(
    ("origin", "words"),
    [(DateSource.URL, "date from the address"), (DateSource.METADATA, "date from the file"), (DateSource.GIVEN, "")],
)
def test_a_source_says_where_its_date_is_from(make_brief: Callable[..., Brief], origin: DateSource, words: str) -> None:
    brief = make_brief("b", TEXT, published=date(2024, 5, 1), published_from=origin)
    markup = sources_html(turn(cited(brief)), "en")
    assert "1 May 2024" in markup
    assert words in markup if words else "date from" not in markup
    assert "2024년 5월 1일" in sources_html(turn(cited(brief)), "ko")


def test_a_source_without_a_date_says_so(make_brief: Callable[..., Brief]) -> None:
    assert "undated" in sources_html(turn(cited(make_brief("b", TEXT))), "en")


def test_a_source_listed_for_several_numbers_stands_once(make_brief: Callable[..., Brief]) -> None:
    answer = cited(make_brief("b", TEXT, title="Only one"))
    again = replace(answer.citations[0], number=2)
    claims = (*answer.claims, Claim(QUOTE, (2,), Verdict.SUPPORTED))
    markup = turn_html(turn(replace(answer, claims=claims, citations=(*answer.citations, again))), "en")
    assert len(re.findall("<cite>Only one</cite>", markup)) == 1


@pytest.mark.parametrize(("label", "tag"), [("partly", "<p"), ("unsupported", "<s>")])
def test_a_verdict_that_is_not_supported_is_shown_with_its_reason(
    make_brief: Callable[..., Brief], label: str, tag: str
) -> None:
    answer = cited(make_brief("b", TEXT))
    claim = replace(answer.claims[0], verdict=Verdict(label, "The quote names another year."))
    of = turn(replace(answer, claims=(claim,)))
    assert tag in turn_html(of, "en")
    assert f'<p class="verdict {label}">' in turn_html(of, "en")
    assert "The quote names another year." in turn_html(of, "en")
    assert "The quote names another year." in sources_html(of, "en")


def test_a_supported_claim_is_not_marked_in_the_answer_and_confirmed_in_its_source(
    make_brief: Callable[..., Brief],
) -> None:
    of = turn(cited(make_brief("b", TEXT)))
    assert "verdict" not in turn_html(of, "en")
    assert "Supported by the quote" in sources_html(of, "en")


def test_only_the_exact_words_of_a_brief_stand_in_quotation_marks(make_brief: Callable[..., Brief]) -> None:
    answer = cited(make_brief("b", TEXT))
    assert f"“{QUOTE}”" in turn_html(turn(answer), "en")
    told = replace(answer, claims=(replace(answer.claims[0], text="Harvests rose."),))
    assert "“Harvests rose.”" not in turn_html(turn(told), "en")


def test_each_side_of_a_comparison_is_a_column_with_its_own_claims(make_brief: Callable[..., Brief]) -> None:
    answer = cited(make_brief("b", TEXT))
    claims = [replace(answer.claims[0], text=f"{side} text", side=side) for side in ("<i>A", "<i>A", "B & C")]
    plan = QueryPlan("q", "q", tuple(Inquiry("q", label=label) for label in ("<i>A", "B & C", "Silent")))
    markup = turn_html(turn(replace(answer, claims=tuple(claims), plan=plan)), "en")
    columns = re.findall(r'<section class="side"[^>]*><h3>(.*?)</h3>(.*?)</section>', markup)
    assert [name for name, _ in columns] == ["&lt;i&gt;A", "B &amp; C", "Silent"]
    assert [body.count('class="claim') for _, body in columns] == [2, 1, 0]
    assert "do not say" in columns[2][1]


@pytest.mark.parametrize("change", ["gone", "changed"])
def test_a_brief_that_is_gone_or_has_changed_is_shown_as_it_was_kept(
    make_brief: Callable[..., Brief], change: str
) -> None:
    brief = make_brief("b", "Start. " * 300 + QUOTE + " End." * 300)
    start = brief.text.index(QUOTE)
    passage = Passage(id="p", brief_id="b", start=start, end=start + len(QUOTE), text=QUOTE)
    answer = replace(cited(brief), citations=(Citation(1, passage, brief, QUOTE, start, start + len(QUOTE)),))
    now = None if change == "gone" else replace(brief, text=brief.text.replace("north", "south"))
    markup = whole_html(turn(answer), 1, pack(answer), now, "en")
    assert ("no longer in the library" if change == "gone" else "has changed") in markup
    assert marked(markup) == QUOTE
    assert len(markup) < len(brief.text)
    assert len(whole_html(turn(answer), 1, pack(answer), brief, "en")) > len(brief.text)
