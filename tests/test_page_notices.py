"""What a saved page says of its site is not part of the article, and what the article says stays."""

import pytest
from northbrief.corpus.parse import read_document

from .makers import PROSE, html

SPOKEN = "".join(f"<p>{sentence} It was read out on day {n}.</p>" for n, sentence in enumerate(PROSE * 4, 1))
MENU = '<div class="top"><ul><li><a href="/give">Give</a></li><li><a href="/topics">Topics</a></li></ul></div>'
CANONICAL = '<link rel="canonical" href="https://www.harbour.example/2025/ferries">'
APPEAL = (
    '<div class="frame"><p>You are reading a new kind of report that our small newsroom makes; here is what '
    '<a href="/topics">matters to us</a>. <a href="/give">Give</a> what you can.</p></div>'
)
GUIDE = (
    '<div class="guide"><em>Sections</em><p>Sections of a report are chosen by the newsroom that wrote it, and one may '
    'stand in several of them.</p><a href="#" class="x">Shut</a></div>'
)
HEADLINES = (
    "<h4>The Harbour today</h4><div><ul>"
    '<li><a href="/1">A crane for the northern quay</a></li><li><a href="/2">Nets dry in the rain</a></li></ul></div>'
)

DROPPED = "Top 1 Post it Send A crane for the northern quay Nets dry in the rain"


def read(body: str, head: str = "") -> tuple[str, dict[str, str]]:
    """The text of a page, and what was left out with its reason."""
    (document,) = read_document(html(head, f"<h1>Ferries in Winter</h1>{body}").encode(), "page.html")
    return document.fields["text"], {said: reason for said, reason, _ in document.left_out}


@pytest.mark.parametrize(
    ("body", "junk"),
    [
        (f"{MENU}{APPEAL}{SPOKEN}", "You are reading"),
        (f"{SPOKEN}{GUIDE}", "Sections of a report"),
        (f"{HEADLINES}{SPOKEN}", "The Harbour today"),
        (f"<ul><li>Weiter</li></ul>{SPOKEN}", "Weiter"),
        (f"<ul><li>12 comments</li><li>Weiter</li></ul>{SPOKEN}", "Weiter"),
        (f"{SPOKEN}<p>SOURCE: <span>the wires</span></p>", "the wires"),
        (f"{SPOKEN}<p>Bild: © A. Lee/wires</p>", "A. Lee"),
        (f"{SPOKEN}<p><em>*harbour.example gehört zum Verbund der Hafenblätter</em></p>", "Verbund"),
        (f"{SPOKEN}<p>[Photo = The Wires]</p>", "The Wires"),
    ],
)
def test_a_line_about_the_site_is_left_out_with_its_reason(body: str, junk: str) -> None:
    text, left_out = read(body, CANONICAL)
    assert junk not in text
    assert [reason for said, reason in left_out.items() if junk in said and reason]
    assert [text.count(f"on day {n}.") for n in range(1, 13)] == [1] * 12


@pytest.mark.parametrize(
    "kept",
    [
        '<p>The ministry <a href="/topics">said so</a> before, and the <a href="https://a.example">port</a> too.</p>',
        "<h2>What came of it</h2><ul><li><a href='/3'>The quay</a> was mended in spring, at the city's cost.</li></ul>",
        "<ul><li>The northern quay was mended first.</li></ul>",
        "<p>Two registers are kept for all of the ferries that call here:</p><ul><li>HL7</li></ul><p>and</p>",
        "<h2>Ferries are back</h2><div><a href='/s1'>Post it</a> <a href='/s2'>Send</a></div>",
        f"<h2>{PROSE[0]}</h2>{HEADLINES[28:]}",
        "<p>Source: the table was made by the harbour's own clerks, who count each ferry twice a day.</p>",
        "<p>Copies © of the plan were sold by the clerks for years.</p>",
        "<p>By 2024 harbour.example had become the only register of ferries that still worked.</p>",
        '<p>The rule<a href="#fn1">1</a> was dropped in the second year.</p><p><a href="#">Top</a></p>',
    ],
)
def test_a_sentence_of_the_article_stays(kept: str) -> None:
    text, _ = read(f"{MENU}{SPOKEN}{kept}{SPOKEN}", CANONICAL)
    words = [word for part in kept.split(">") for word in part.split("<")[0].split() if word not in DROPPED.split()]
    assert [word for word in words if word not in text] == []


def test_a_credit_within_an_article_stays_where_it_is() -> None:
    text, _ = read(f"{SPOKEN}<p>Source: harbour clerks</p>{SPOKEN}")
    assert "Source: harbour clerks" in text


def test_a_page_that_is_nothing_but_such_lines_keeps_them() -> None:
    text, _ = read(f"<div>{''.join(f'<div><p>{line}</p><a href=#>Shut</a></div>' for line in PROSE * 3)}</div>")
    assert [sentence for sentence in PROSE if sentence not in text] == []
