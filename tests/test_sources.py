"""What the window shows of an answer: everything from outside escaped, the quote marked, one id for each source."""

import html
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from northbrief.corpus import Brief, Passage
from northbrief.qa import REFUSAL, Answer, Citation, Claim, Verdict
from northbrief.ui.sources import AROUND, answer_html, question_html, source_id, sources_html

HOSTILE = [
    "<script>window.run = 1</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "'><a href='javascript:alert(1)'>x</a>",
    "</mark></blockquote></article><iframe srcdoc='<script>1</script>'>",
]
OURS = {"a", "p", "ul", "li", "section", "h2", "h3", "article", "blockquote", "mark", "br", "strong"}
OURS |= {"class", "id", "href", "title", "tabindex", "target", "rel"}
TEXT = "Nothing stands here. The harvest grew in the north. Nothing stands there either."
QUOTE = "The harvest grew in the north."


def cited(brief: Brief, quote: str = QUOTE, question: str = "Did it grow?") -> Answer:
    start = brief.text.index(quote)
    passage = Passage(id="p", brief_id=brief.id, start=0, end=len(brief.text), text=brief.text)
    citation = Citation(1, passage, brief, quote, start, start + len(quote))
    claim = Claim(quote, (1,), Verdict.SUPPORTED)
    return Answer(f"“{quote}” [1]", question, (claim,), (citation,), False, 0.9)


def shown(answer: Answer, turn: int = 1, question: str = "Did it grow?") -> str:
    return answer_html(answer, turn) + sources_html(answer, turn, question)


class Names(HTMLParser):
    """The names of all tags and attributes, as a browser reads them."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found |= {tag, *(name for name, _ in attrs)}


def names(markup: str) -> set[str]:
    parser = Names()
    parser.feed(markup)
    return parser.found


@pytest.mark.parametrize("attack", HOSTILE)
def test_a_hostile_title_stays_text(make_brief: Callable[..., Brief], attack: str) -> None:
    markup = shown(cited(make_brief("b", TEXT, title=attack)))
    assert names(markup) <= OURS
    assert html.escape(attack) in markup


@pytest.mark.parametrize("attack", HOSTILE)
def test_a_hostile_sentence_stays_text(make_brief: Callable[..., Brief], attack: str) -> None:
    markup = shown(cited(make_brief("b", f"{attack} {TEXT} {attack}"), f"{attack} Nothing"))
    assert names(markup) <= OURS


@pytest.mark.parametrize("attack", HOSTILE)
@pytest.mark.parametrize("field", ["institution", "series", "authors", "url"])
def test_a_hostile_field_stays_text(make_brief: Callable[..., Brief], field: str, attack: str) -> None:
    value = (attack,) if field == "authors" else f"https://example.org/{attack}" if field == "url" else attack
    markup = shown(cited(make_brief("b", TEXT, **{field: value})))
    assert names(markup) <= OURS


@pytest.mark.parametrize("attack", HOSTILE)
def test_a_hostile_question_stays_text(make_brief: Callable[..., Brief], attack: str) -> None:
    assert names(question_html(attack) + sources_html(cited(make_brief("b", TEXT)), 1, attack)) <= OURS


@pytest.mark.parametrize("attack", HOSTILE)
def test_a_hostile_heading_stays_text(make_brief: Callable[..., Brief], attack: str) -> None:
    answer = cited(make_brief("b", TEXT))
    citation = replace(answer.citations[0], passage=replace(answer.citations[0].passage, heading=attack))
    assert names(sources_html(replace(answer, citations=(citation,)), 1, "q")) <= OURS


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "//evil.example", " "]
)
def test_only_web_addresses_become_links(make_brief: Callable[..., Brief], url: str) -> None:
    assert re.findall(r'href="([^"]*)"', sources_html(cited(make_brief("b", TEXT, url=url)), 1, "q")) == []


def test_a_web_address_becomes_a_link_that_tells_no_referrer(make_brief: Callable[..., Brief]) -> None:
    markup = sources_html(cited(make_brief("b", TEXT, url="https://example.org/a?b=1&c=2")), 1, "q")
    assert '<a href="https://example.org/a?b=1&amp;c=2" target="_blank" rel="noopener noreferrer">' in markup


def test_the_marked_text_is_exactly_the_quote(make_brief: Callable[..., Brief]) -> None:
    quote = 'A "quoted" <b> & it\'s'
    markup = sources_html(cited(make_brief("b", f"Before it. {quote} After it."), quote), 1, "q")
    assert [html.unescape(mark) for mark in re.findall("<mark>(.*?)</mark>", markup)] == [quote]


def test_what_surrounds_the_quote_is_cut_at_whole_words(make_brief: Callable[..., Brief]) -> None:
    words = [f"word{n}" for n in range(300)]
    text = " ".join([*words, QUOTE, *words])
    markup = sources_html(cited(make_brief("b", text)), 1, "q")
    before, after = re.findall("<blockquote>(.*?)<mark>.*</mark>(.*?)</blockquote>", markup)[0]
    assert before.split()[0] == after.split()[-1] == "…"
    assert set(before.split()[1:] + after.split()[:-1]) <= set(words)
    assert len(before) <= AROUND + 2


def test_what_surrounds_the_quote_is_kept_without_spaces_to_cut_at(make_brief: Callable[..., Brief]) -> None:
    markup = sources_html(cited(make_brief("b", "가" * 500 + QUOTE + "나" * 500)), 1, "q")
    assert "가" * AROUND + "<mark>" in markup
    assert "</mark>" + "나" * AROUND in markup


def test_every_number_links_to_a_source_that_is_there(make_brief: Callable[..., Brief]) -> None:
    markup = shown(cited(make_brief("b", TEXT)), turn=7)
    assert re.findall(r'href="#([^"]+)"', markup) == re.findall(r'<article [^>]*id="([^"]+)"', markup) == ["src-7-1"]


def test_ids_of_different_turns_differ(make_brief: Callable[..., Brief]) -> None:
    assert len({source_id(turn, number) for turn in range(1, 13) for number in range(1, 13)}) == 144


def test_a_refusal_shows_no_sources_and_escapes_the_nearest_title() -> None:
    answer = Answer(f"{REFUSAL} Nearest: “<b>x</b>”.", "q", abstained=True)
    assert sources_html(answer, 1, "q") == ""
    assert answer_html(answer, 1) == f'<p class="refusal">{REFUSAL} Nearest: “&lt;b&gt;x&lt;/b&gt;”.</p>'


@pytest.mark.parametrize("title", ["A\n\n![x](https://evil.example/x.png)", "A\r\n\r\n# Loud"])
def test_no_line_end_lets_the_chat_read_markdown(make_brief: Callable[..., Brief], title: str) -> None:
    refused = Answer(f"{REFUSAL} Nearest: “{title}”.", "q", abstained=True)
    markup = answer_html(refused, 1) + answer_html(cited(make_brief("b", TEXT, title=title)), 1) + question_html(title)
    assert not re.search(r"[\r\n]", markup)


def test_a_source_shows_its_date_or_that_it_has_none(make_brief: Callable[..., Brief]) -> None:
    assert "undated" in sources_html(cited(make_brief("b", TEXT)), 1, "q")


def test_a_source_listed_for_several_numbers_stands_once(make_brief: Callable[..., Brief]) -> None:
    answer = cited(make_brief("b", TEXT, title="Only one"))
    again = replace(answer.citations[0], number=2)
    claims = (*answer.claims, Claim(QUOTE, (2,), Verdict.SUPPORTED))
    markup = answer_html(replace(answer, claims=claims, citations=(*answer.citations, again)), 1)
    assert re.findall("<li>(.*?)</li>", markup) == ["[1] [2] “Only one”, undated"]


def test_each_side_of_a_comparison_is_named_once_and_escaped(make_brief: Callable[..., Brief]) -> None:
    answer = cited(make_brief("b", TEXT))
    claims = [replace(answer.claims[0], side=side) for side in ("<i>A", "<i>A", "B & C")]
    markup = answer_html(replace(answer, claims=tuple(claims)), 1)
    assert re.findall("<p>(<strong>|“)(.*?)(?:</strong>|”)", markup) == [
        ("<strong>", "&lt;i&gt;A"), ("“", QUOTE), ("“", QUOTE), ("<strong>", "B &amp; C"), ("“", QUOTE),
    ]  # fmt: skip
