"""What one takes away is read again by software that did not write it, and says the same."""

import json
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from northbrief.corpus import Brief, DateSource, Passage, SettingsError
from northbrief.qa import Answer, Citation, Claim, Verdict
from northbrief.qa.bibliography import bibtex, csl_item, csl_json, locator, person, ris
from northbrief.qa.export import FORMATS, cited_briefs, export, format_of
from northbrief.qa.saved import unpack

pypandoc = pytest.importorskip("pypandoc", reason="the extra [export] is not installed")

MakeBrief = Callable[..., Brief]
TITLES = [
    'Say "no" & mean 100% of it: $5 #1 under_score ~ ^ {braces} \\slash',
    "“Curly”, ‘single’ and 'straight' quotes",
    "김정은의 2024년 대남 정책: 「두 국가」",
    "A <b>bold</b> title and 5 < 6 > 4",
    "U.S. policy toward the DPRK",
]


def cited(brief: Brief, quote: str, number: int = 1, page: int | None = None) -> Citation:
    start = brief.text.index(quote)
    passage = Passage(id="p", brief_id=brief.id, start=0, end=len(brief.text), text=brief.text, page=page)
    return Citation(number, passage, brief, quote, start, start + len(quote))


def quoting(*citations: Citation, question: str = "What was said?") -> Answer:
    claims = tuple(Claim(each.quote, (each.number,), Verdict.SUPPORTED) for each in citations)
    return Answer("", question, claims, citations)


@pytest.fixture
def sejong() -> Brief:
    return Brief(
        id="sejong",
        title="Tourism & the “Wonsan” resort",
        text="First paragraph.\n\nThe resort takes 20,000 guests a day.\n\nThe last one.",
        authors=("Eun-ju Choi", "김정은"),
        institution="Sejong Institute",
        series="Sejong Brief 2025-22",
        published=date(2025, 8, 8),
        url="https://example.org/a?b=1&c=2",
    )


@pytest.fixture
def undated() -> Brief:
    return Brief(id="pism", title="Changes in policy", text="Nothing was promised.", institution="PISM")


def plain(answers: list[Answer], suffix: str, **options: Any) -> str:
    """The export as pandoc reads it back, notes at the end."""
    data = export(answers, suffix, today=date(2026, 1, 2), **options)
    if suffix == "md":
        return data.decode()
    return str(pypandoc.convert_text(data, "plain", "docx", extra_args=["--wrap=none"]))


@pytest.mark.parametrize("suffix", ["md", "docx"])
def test_a_note_names_author_title_series_institution_day_place_and_address(sejong: Brief, suffix: str) -> None:
    text = plain([quoting(cited(sejong, "The resort takes 20,000 guests a day."))], suffix)
    assert "“The resort takes 20,000 guests a day.”" in text
    assert "Eun-ju Choi and 김정은, “Tourism & the ‘Wonsan’ Resort,” Sejong Brief 2025-22, " in text
    assert "Sejong Institute, August 8, 2025, para. 2, " in text
    assert "example.org/a?b=1&c=2" in text


def test_a_page_is_preferred_to_a_paragraph(sejong: Brief) -> None:
    assert locator(cited(sejong, "The last one.")) == "para. 3"
    assert locator(cited(sejong, "The last one.", page=7)) == "p. 7"
    assert "August 8, 2025, 7, " in plain([quoting(cited(sejong, "The last one.", page=7))], "md")


def test_paragraphs_are_counted_from_the_body_and_not_from_the_head() -> None:
    text = "Title\n\nBy A. Author\n\n\n \nOne.\nStill one.\n\nTwo."
    brief = Brief(id="a", title="Title", text=text, body=text.index("One."))
    assert [locator(cited(brief, quote)) for quote in ("One.", "Still one.", "Two.")] == [
        "para. 1",
        "para. 1",
        "para. 2",
    ]


def test_an_undated_brief_says_so_and_an_unsure_date_says_where_it_is_from(undated: Brief) -> None:
    assert "“Changes in Policy,” PISM, undated, para. 1." in plain(
        [quoting(cited(undated, "Nothing was promised."))], "md"
    )
    unsure = Brief(
        id="u",
        title="From the net",
        text="It was said.",
        institution="KINU",
        published=date(2024, 5, 6),
        published_from=DateSource.URL,
    )
    text = plain([quoting(cited(unsure, "It was said."))], "md")
    assert "KINU, May 6, 2024, para. 1 (date from the address)." in text


def test_a_word_file_has_footnotes_and_one_list_of_sources(sejong: Brief, undated: Brief) -> None:
    answers = [
        quoting(cited(sejong, "The last one.")),
        quoting(cited(undated, "Nothing was promised."), cited(sejong, "First paragraph.", 2), question="And then?"),
    ]
    data = export(answers, "docx", title="A report")
    docx = pytest.importorskip("docx")
    document = docx.Document(BytesIO(data))
    headings = [p.text for p in document.paragraphs if p.style.name.startswith("Heading")]
    assert headings == ["A report", "What was said?", "And then?", "Sources"]
    with zipfile.ZipFile(BytesIO(data)) as archive:
        notes = archive.read("word/footnotes.xml").decode()
        body = archive.read("word/document.xml").decode()
    assert body.count("<w:footnoteReference ") == 3
    assert notes.count("Tourism") == 2
    listed = [p.text for p in document.paragraphs if p.style.name == "Bibliography"]
    assert len(listed) == 2


def test_sides_are_headings_notes_are_shown_and_what_is_unsupported_is_struck_through(sejong: Brief) -> None:
    first, second = cited(sejong, "First paragraph."), cited(sejong, "The last one.", 2)
    claims = (
        Claim("First paragraph.", (1,), Verdict.SUPPORTED, "2020"),
        Claim("It takes a million guests.", (2,), Verdict("unsupported", "another number"), "2025"),
        Claim("A sentence of a model's.", (1, 2), Verdict.SUPPORTED, "2025"),
    )
    answer = Answer("", "Compare.", claims, (first, second), notes=("Nothing later than 2025 was found.",))
    text = plain([answer], "md")
    assert "## 2020" in text
    assert "## 2025" in text
    assert "~~It takes a million guests.~~ \\[Not supported by its source\\]" in text
    assert "“First paragraph.” “The last one.”" in text.split("[^3]:")[1]  # the evidence of what is no quote
    assert "*Nothing later than 2025 was found.*" in text


def test_words_that_answer_are_bold_and_what_stands_before_a_quote_is_none_of_it(sejong: Brief) -> None:
    quote = cited(sejong, "The resort takes 20,000 guests a day.")
    claim = Claim(quote.quote, (1,), Verdict.SUPPORTED, "", ((17, 30),), "Sejong, August 2025:")
    answer = Answer("", "How many?", (claim,), (quote,), partial=True, lead="Not stated: 2026. Nearest:")
    text = plain([answer], "md")
    assert "Not stated: 2026. Nearest:\n\nSejong, August 2025: “The resort takes **20,000 guests** a day.”[^1]" in text


def test_json_holds_the_answer_whole(sejong: Brief) -> None:
    answer = quoting(cited(sejong, "The last one."))
    [kept] = json.loads(export([answer], "json"))
    assert [each.quote for each in unpack(kept).citations] == ["The last one."]


def test_a_refusal_is_exported_as_it_was_said() -> None:
    text = plain([Answer("The briefs do not say. Nearest: A.", "Who?", abstained=True)], "md")
    assert text == "# Who?\n\n2 January 2026\n\nThe briefs do not say. Nearest: A.\n"


def test_a_korean_question_has_a_korean_frame(sejong: Brief) -> None:
    text = plain([quoting(cited(sejong, "The last one."), question="원산에는 무엇이 있습니까?")], "md")
    assert "2026년 1월 2일" in text
    assert "## 출처" in text


def test_text_of_briefs_is_never_markup(make_brief: MakeBrief) -> None:
    quote = "See ![x](https://evil.example/a.png) <script>alert(1)</script> [link](file:///etc/passwd) $x$ @cite."
    brief = Brief(id="evil", title="<img src=x> *title* {=html}", text=quote)
    text = plain([quoting(cited(brief, quote))], "md")
    tree = pypandoc.convert_text(text, "json", "gfm-autolink_bare_uris")  # an address that is read is no link of ours
    assert '"t":"Image"' not in tree
    assert '"t":"Raw' not in tree
    assert '"t":"Link"' not in tree
    with zipfile.ZipFile(BytesIO(export([quoting(cited(brief, quote))], "docx"))) as archive:
        links = archive.read("word/_rels/document.xml.rels").decode()
    assert "evil.example" not in links
    assert "passwd" not in links


@pytest.mark.parametrize("title", TITLES)
def test_a_title_survives_csl_json_read_by_pandoc(title: str) -> None:
    made = json.loads(csl_json([Brief(id="a", title=title, text="x")]))
    assert made[0]["title"] == title
    assert pypandoc.convert_text(json.dumps(made), "plain", "csljson", extra_args=["--citeproc", "-Mnocite=@*"])


@pytest.mark.parametrize("title", TITLES)
def test_a_title_survives_ris_read_by_rispy(title: str) -> None:
    rispy = pytest.importorskip("rispy")
    [read] = rispy.loads(ris([Brief(id="a", title=title, text="x", published=date(2024, 5, 6), institution="KINU")]))
    assert (read["title"], read["publisher"], read["date"]) == (title, "KINU", "2024/05/06")


def test_pandoc_reads_the_ris_file(sejong: Brief) -> None:
    [read] = json.loads(pypandoc.convert_text(ris([sejong]), "csljson", "ris"))
    assert read["author"][0] == {"family": "Choi", "given": "Eun-ju"}
    assert read["issued"]["date-parts"] == [[2025]]  # pandoc reads PY, not DA
    assert read["URL"] == "https://example.org/a?b=1&c=2"
    assert read["publisher"] == "Sejong Institute"


@pytest.mark.parametrize("title", TITLES)
def test_a_title_survives_bibtex_read_by_another_parser(title: str) -> None:
    pybtex = pytest.importorskip("pybtex.database")
    latex = pytest.importorskip("pylatexenc.latex2text")
    [entry] = pybtex.parse_string(bibtex([Brief(id="a", title=title, text="x")]), "bibtex").entries.values()
    read = latex.LatexNodes2Text().latex_to_text(entry.fields["title"])
    alike = str.maketrans("”’ˆ", "\"'^")  # this parser sets typographic forms
    assert read.translate(alike) == title.translate(alike)


def test_bibtex_names_institution_day_and_address(sejong: Brief, undated: Brief) -> None:
    pybtex = pytest.importorskip("pybtex.database")
    entries = pybtex.parse_string(bibtex([sejong, sejong, undated]), "bibtex").entries
    assert list(entries) == ["choi2025", "choi2025-1", "pism"]
    fields = entries["choi2025"].fields
    assert [fields[key] for key in ("institution", "year", "month", "date", "type", "url")] == [
        "Sejong Institute",
        "2025",
        "8",
        "2025-08-08",
        "Sejong Brief 2025-22",
        "https://example.org/a?b=1&c=2",
    ]
    assert [str(name) for name in entries["choi2025"].persons["author"]] == ["Choi, Eun-ju", "{김정은}"]
    assert "year" not in entries["pism"].fields


@settings(max_examples=60, deadline=None)
@given(title=st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=40))
def test_any_title_stands_in_one_entry_of_each_list(title: str) -> None:
    pybtex = pytest.importorskip("pybtex.database")
    rispy = pytest.importorskip("rispy")
    brief = Brief(id="a", title=title, text="x")
    assert len(pybtex.parse_string(bibtex([brief]), "bibtex").entries) == 1
    assert [entry["title"] for entry in rispy.loads(ris([brief]))] == [title.strip()]
    assert json.loads(csl_json([brief]))[0]["title"] == title


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Oskar Pietrewicz", {"family": "Pietrewicz", "given": "Oskar"}),
        ("Eun-ju Choi", {"family": "Choi", "given": "Eun-ju"}),
        ("Choi, Eun-ju", {"family": "Choi", "given": "Eun-ju"}),
        ("CHOI Eun-ju", {"family": "Choi", "given": "Eun-ju"}),
        ("Eun-ju CHOI", {"family": "Choi", "given": "Eun-ju"}),
        ("Kim Jong-un", {"family": "Kim", "given": "Jong-un"}),
        ("Kim Jong Un", {"family": "Kim", "given": "Jong Un"}),
        ("Sung Min Kim", {"family": "Kim", "given": "Sung Min"}),
        ("Victor D. Cha", {"family": "Cha", "given": "Victor D."}),
        ("Kim Beazley", {"family": "Beazley", "given": "Kim"}),
        ("Antoine van der Berg", {"family": "van der Berg", "given": "Antoine"}),
        ("최은주", {"literal": "최은주"}),
        ("Korea Development Institute", {"literal": "Korea Development Institute"}),
        ("KCNA", {"literal": "KCNA"}),
    ],
)
def test_names_are_taken_apart(name: str, expected: dict[str, str]) -> None:
    assert person(name) == expected


def test_an_institution_that_signs_for_itself_is_named_once(make_brief: MakeBrief) -> None:
    brief = Brief(id="a", title="A", text="x", authors=("Northbrief",), institution="Northbrief")
    assert "author" not in csl_item(brief)
    assert csl_item(brief)["publisher"] == "Northbrief"


def test_a_path_of_this_machine_is_not_exported(sejong: Brief) -> None:
    brief = Brief(id="a", title="A", text="x", source="/home/someone/a.pdf")
    assert "someone" not in csl_json([brief]) + bibtex([brief]) + ris([brief])


def test_each_brief_is_listed_once_in_the_order_of_its_first_citation(sejong: Brief, undated: Brief) -> None:
    answers = [quoting(cited(undated, "Nothing was promised.")), quoting(cited(sejong, "The last one."))] * 2
    assert [brief.id for brief in cited_briefs(answers)] == ["pism", "sejong"]


def test_another_style_may_be_named(sejong: Brief) -> None:
    answer = quoting(cited(sejong, "The last one."))
    assert "Choi, E., & 김정은" in plain([answer], "md", style="apa")
    with pytest.raises(SettingsError, match="citation style 'nowhere', expected a name such as"):
        export([answer], "md", style="nowhere")


@pytest.mark.parametrize(
    ("name", "suffix"), [("memo.docx", "docx"), ("a.b.MD", "md"), ("refs.csl.json", "csl.json"), ("x.bib", "bib")]
)
def test_the_name_of_a_file_tells_its_form(name: str, suffix: str) -> None:
    assert format_of(name).suffix == suffix


@pytest.mark.parametrize("name", ["memo.doc", "memo", "docx", "a.json5"])
def test_other_names_are_refused_with_those_that_are_known(name: str) -> None:
    with pytest.raises(SettingsError, match=r"expected one that ends in \.md, \.docx"):
        format_of(name)


@pytest.mark.parametrize("suffix", sorted(FORMATS))
def test_every_form_takes_an_answer_without_sources(suffix: str) -> None:
    assert export([Answer("The briefs do not say.", "Who?", abstained=True)], suffix) is not None


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_the_word_file(sejong: Brief, tmp_path: Path) -> None:
    file = tmp_path / "memo.docx"
    file.write_bytes(export([quoting(cited(sejong, "The last one."))], "docx"))
    home = f"-env:UserInstallation={(tmp_path / 'office').as_uri()}"
    command = ["soffice", home, "--headless", "--convert-to", "txt:Text", "--outdir", str(tmp_path), str(file)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    text = (tmp_path / "memo.txt").read_text("utf-8-sig")
    assert "“The last one.”" in text
    assert "Sejong Brief 2025-22" in text
