"""Metadata from the document itself and from lists beside it: the publication date above all, each with its origin."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from northbrief.corpus import DateSource, load_briefs
from northbrief.corpus.finds import Find, Made, choose, day_in_name, whole_day
from northbrief.corpus.parse import read_document

from .makers import PROSE, docx, epub, html, mhtml, paper, pdf

DAY = date(2025, 8, 8)


def page(head: str = "", body: str | None = None, **options: str) -> tuple[dict[str, object], dict[str, str]]:
    (document,) = read_document(html(head, body).encode(), "page.html", **options)  # type: ignore[arg-type]
    return document.fields, document.origins


@pytest.mark.parametrize(
    "head",
    [
        '<meta property="article:published_time" content="2025-08-08T09:00:00+09:00">',
        '<meta name="citation_publication_date" content="2025/08/08">',
        '<meta name="DC.date.issued" content="2025-08-08">',
        '<script type="application/ld+json">{"@type": "NewsArticle", "datePublished": "2025-08-08T01:02:03Z"}</script>',
        '<script type="application/ld+json">{"@graph": [{"@type": ["Report"],"datePublished": "2025-08-08"}]}</script>',
    ],
)
def test_a_page_says_its_date_by_its_marks(head: str) -> None:
    fields, _ = page(head)
    assert (fields["published"], fields["published_from"]) == (DAY, DateSource.METADATA)


@pytest.mark.parametrize(
    "line",
    [
        "<time pubdate datetime='2025-08-08'>yesterday</time>",
        "<p>Published: 8 August 2025</p>",
        "<p>입력 2025.08.08. 오전</p>",
    ],
)
def test_a_page_shows_its_date(line: str) -> None:
    fields, _ = page(body=f"<h1>Ferries</h1>{line}" + "".join(f"<p>{sentence}</p>" for sentence in PROSE * 3))
    assert fields["published"] == DAY


@pytest.mark.parametrize(
    "head",
    [
        '<meta name="citation_publication_date" content="2025">',
        '<meta name="date" content="August 2025">',
        '<meta property="article:modified_time" content="2025-08-08">',
        '<script type="application/ld+json">{"@type": "Article", "dateModified": "2025-08-08"}</script>',
        '<script type="application/ld+json">{"@type": "Event", "datePublished": "2025-08-08"}</script>',
        '<meta name="date" content="2199-01-01">',
        '<script type="application/ld+json">{"@type": "Article", "datePublished": </script>',
    ],
)
def test_a_year_a_change_an_event_and_the_future_are_no_publication_date(head: str) -> None:
    assert "published" not in page(head)[0]


def test_dates_of_other_articles_are_no_date_of_this_one() -> None:
    others = "<p>2024-01-02</p><p>2025-08-08</p>"
    fields, _ = page(body="<h1>Ferries</h1>" + others + "".join(f"<p>{sentence}</p>" for sentence in PROSE * 3))
    assert "published" not in fields


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://example.org/2025/08/08/ferries", DAY),
        ("https://example.org/news/20250808-ferries.html", DAY),
        ("https://example.org/2025/08/ferries", None),
        ("https://example.org/item/2025080812345", None),
    ],
)
def test_an_address_gives_a_whole_day_or_nothing(url: str, found: date | None) -> None:
    assert page(url=url)[0].get("published") == found


def test_a_stated_date_wins_over_one_in_the_address() -> None:
    head = '<meta property="article:published_time" content="2025-08-08">'
    fields, origins = page(head, url="https://example.org/2024/01/02/ferries")
    assert (fields["published"], origins["published"]) == (DAY, "meta article:published_time")


def test_two_places_that_agree_win_over_the_stamp_of_a_move() -> None:
    stamp = Find("published", "2025-08-08", "meta article:published_time", 3)
    line = Find("published", "2012-03-04", "a line of the head", 2, DateSource.HEADER)
    fields, origins, _ = choose([stamp, line], url="https://example.org/2012/03/04/ferries")
    assert (fields["published"], origins["published"]) == (date(2012, 3, 4), "a line of the head")


@pytest.mark.parametrize(
    ("head", "name", "found"),
    [
        ("Ferries in Winter\nAugust 2025\n", "a.pdf", DAY),
        ("2025년 8월", "a.pdf", DAY),
        ("Toronto, August 23, 2025", "a.pdf", date(2025, 8, 23)),
        ("", "2025-08_ferries.pdf", DAY),
        ("Ferries in Winter, 2025", "a.pdf", None),
        ("August 2024", "a.pdf", None),
        ("1 August 2025 and 23 August 2025", "a.pdf", None),
    ],
)
def test_a_day_of_making_counts_only_where_the_document_confirms_its_month(
    head: str, name: str, found: date | None
) -> None:
    fields, _, aside = choose([], [Made(DAY, "PDF property CreationDate")], head, name)
    assert fields.get("published") == found
    assert bool(aside) == (found is None)


def test_a_day_of_saving_an_office_file_is_no_date() -> None:
    fields, _, aside = choose([], [Made(DAY, "document property modified", confirmable=False)], "August 2025")
    assert "published" not in fields
    assert "a day of making or saving" in aside[0]


def test_a_print_date_in_the_running_head_is_no_date() -> None:
    pages = [
        [(40.0, 820.0, 8.0, f"11/22/2025, 10:33 22 November 2025 Ferries {n}")]
        + [(72.0, 700.0 - 14 * k, 11.0, f"{n}{k} {PROSE[1]}") for k in range(10)]
        for n in range(1, 4)
    ]
    (document,) = read_document(pdf(pages, "/CreationDate (D:20251122103300Z)"), "a.pdf")
    assert "published" not in document.fields


def test_the_line_below_the_title_dates_a_pdf() -> None:
    (document,) = read_document(paper(), "a.pdf")
    assert (document.fields["title"], document.fields["published"]) == ("Ferries in Winter", DAY)
    assert document.fields["published_from"] == DateSource.HEADER


@pytest.mark.parametrize(
    "title", ["Microsoft Word - final_v3.docx", "untitled", "report.indd", "PowerPoint Presentation"]
)
def test_a_title_that_a_program_wrote_is_none(title: str) -> None:
    assert "title" not in choose([Find("title", title, "PDF property Title", 2)])[0]


@pytest.mark.parametrize(
    "name", ["admin", "Microsoft Office User", "a@example.org", "https://example.org/me", "관리자"]
)
def test_an_author_that_a_program_wrote_is_none(name: str) -> None:
    assert "authors" not in choose([Find("authors", name, "property", 2)])[0]


def test_the_site_s_name_is_no_title() -> None:
    head = '<meta property="og:site_name" content="The Site"><meta property="og:title" content="The Site">'
    assert page(head)[0]["title"] == "Ferries in Winter"


def test_authors_are_told_apart_and_turned_round() -> None:
    head = '<meta name="citation_author" content="Nowak, Anna"><meta name="citation_author" content="Jan Lis">'
    assert page(head)[0]["authors"] == ("Anna Nowak", "Jan Lis")


def test_a_saved_page_keeps_its_address() -> None:
    (document,) = read_document(mhtml(), "a.mhtml")
    assert document.fields["url"] == "https://example.org/2025/08/08/ferries"
    assert (document.fields["published"], document.fields["published_from"]) == (DAY, DateSource.URL)


def test_a_book_s_electronic_edition_does_not_date_its_text() -> None:
    (document,) = read_document(epub(), "a.epub")
    assert (document.fields["authors"], "published" in document.fields) == (("Anna Nowak",), False)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2025-08-08T23:59:59+09:00", DAY),
        ("20250808120000", DAY),
        ("8 Aug 2025", DAY),
        ("8-Aug-2025", DAY),
        ("2025-08", None),
    ],
)
def test_a_whole_day_is_read_in_the_forms_of_programs(text: str, day: date | None) -> None:
    assert whole_day(text) == day


@pytest.mark.parametrize("text", ["report-2025-13-01", "id-120250808", "20259999", "2025-8", "v2025.08"])
def test_other_figures_in_a_name_are_no_day(text: str) -> None:
    assert day_in_name(text) is None


LISTS = {
    "zotero.json": json.dumps(
        [
            {
                "title": "Ferries in Winter",
                "author": [{"family": "Nowak", "given": "Anna"}],
                "issued": {"date-parts": [[2025, 8, 8]]},
                "publisher": "Harbour Institute",
                "URL": "https://example.org/7",
            }
        ]
    ),
    "zotero.bib": (
        "@techreport{nowak,\n  title = {Ferries in {Winter}},\n  author = {Nowak, Anna},\n  date = {2025-08-08},\n"
        "  institution = {Harbour Institute},\n  url = {https://example.org/7},\n"
        "  file = {PDF:files/7/x.docx:application/x}\n}\n"
    ),
    "zotero.ris": (
        "TY  - RPRT\nTI  - Ferries in Winter\nAU  - Nowak, Anna\nDA  - 2025/08/08/\nPB  - Harbour Institute\n"
        "UR  - https://example.org/7\nL1  - files/7/x.docx\nER  - \n"
    ),
}


@pytest.mark.parametrize(
    ("entries", "name"),
    [("zotero.json", "Nowak - Ferries in Winter.docx"), ("zotero.bib", "x.docx"), ("zotero.ris", "x.docx")],
)
def test_a_reference_list_beside_a_file_gives_its_fields(write: Callable[..., Path], entries: str, name: str) -> None:
    write(entries, LISTS[entries])
    loader = load_briefs(write(name, docx()).parent)
    (brief,) = loader
    assert loader.failed == []
    assert (brief.title, brief.authors, brief.published) == ("Ferries in Winter", ("Anna Nowak",), DAY)
    assert (brief.institution, brief.url, brief.published_from) == (
        "Harbour Institute",
        "https://example.org/7",
        DateSource.GIVEN,
    )


def test_a_sidecar_wins_over_a_reference_list(write: Callable[..., Path]) -> None:
    write("zotero.ris", LISTS["zotero.ris"])
    write("x.toml", 'title = "Mine"\n')
    (brief,) = load_briefs(write("x.docx", docx()))
    assert (brief.title, brief.published) == ("Mine", DAY)


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.json", "{"), ("a.json", "[1, {}]"), ("a.bib", "@article{"), ("a.ris", "ER  -"), ("a.bib", "\x00\xff")],
)
def test_a_list_that_is_none_changes_nothing(write: Callable[..., Path], name: str, content: str) -> None:
    write(name, content)
    loader = load_briefs(write("x.docx", docx()).parent)
    assert (len(list(loader)), loader.failed) == (1, [])
