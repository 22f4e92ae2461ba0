"""The library page in a real browser: files of all sorts, addresses, corrections, removal undone."""

from collections.abc import Iterator
from datetime import date
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from northbrief.corpus import DateSource
from northbrief.index.listing import Entry
from northbrief.ui.catalogue_page import ORDERS, chart_html, rows_html, sorted_entries
from northbrief.ui.uploads import shown_name
from playwright.sync_api import Browser, Locator, Page, expect

from .conftest import Site
from .makers import pdf
from .test_window import (
    ATTACK,
    BRIDGE,
    BRIDGE_QUOTE,
    WAIT,
    Server,
    Window,
    browser,
    call,
    opened,
    violations,
)

__all__ = ["browser"]  # a fixture

pytestmark = pytest.mark.browser

KITE = "The kite festival of Kaesong draws 4200 visitors each spring."


@pytest.fixture(scope="module")
def server(open_window: Server) -> Server:
    return open_window


@pytest.fixture(scope="module")
def reader(browser: Browser, server: Server) -> Iterator[Window]:
    """Somebody else, who asks meanwhile."""
    for window in opened(browser, server):
        window.ask(BRIDGE)
        yield window


@pytest.fixture(scope="module")
def window(browser: Browser, server: Server) -> Iterator[Window]:
    for window in opened(browser, server):
        window.page.get_by_role("link", name="Library").click()
        expect(window.page.locator("#briefs > li")).to_have_count(7, timeout=WAIT)
        yield window


def uploaded(page: Page, name: str) -> Locator:
    return page.locator("#uploads > li", has_text=name)


def row(page: Page, title: str) -> Locator:
    return page.locator("#briefs > li", has_text=title)


def send(page: Page, *files: tuple[str, bytes]) -> None:
    payloads = [{"name": name, "mimeType": "application/octet-stream", "buffer": data} for name, data in files]
    page.locator("#files").set_input_files(payloads)  # type: ignore[arg-type]


def test_the_list_is_sorted_searched_pictured_and_read(window: Window) -> None:
    page = window.page
    expect(page.locator("#chart figure")).to_have_count(2)
    expect(page.locator("#found")).to_contain_text("7 of 7 briefs shown")
    assert violations(window) == []
    window.shoot("21-library")
    page.locator("#order").select_option("oldest")
    expect(page.locator("#briefs > li").first).to_contain_text("Prices in the north, 2017", timeout=WAIT)
    page.locator("#library-search").fill("rivers han")
    expect(page.locator("#briefs > li")).to_have_count(1, timeout=WAIT)
    page.get_by_role("button", name="The bridge over the Tumen", exact=True).click()
    expect(page.locator("#brief-page")).to_contain_text(BRIDGE_QUOTE, timeout=WAIT)
    page.get_by_role("button", name="Back to the list").click()
    page.locator("#library-search").fill("")
    page.locator("#order").select_option("newest")
    expect(page.locator("#briefs > li")).to_have_count(7, timeout=WAIT)


def test_files_good_bad_and_huge_each_get_their_report(window: Window, reader: Window) -> None:
    page = window.page
    kite = f"---\ntitle: Kites\npublished: 2024-04-01\n---\n{KITE}".encode()
    send(
        page,
        ("kites.md", kite),
        ("paper.pdf", pdf([[(72, 700, 12, "The quarry near Hamhung employs ninety men. It works by day.")]])),
        ("broken.pdf", b"%PDF-1.7 nothing"),
        ("huge.txt", b"x" * 2_100_000),
        ("tool.exe", b"MZ\x90"),
        (f"{ATTACK[:60]}.txt", b"The attack brief has words. They end here."),
    )
    expect(page.locator("#uploads > li.done")).to_have_count(6, timeout=WAIT)
    expect(uploaded(page, "kites.md")).to_contain_text("Added: kites.")
    expect(uploaded(page, "paper.pdf")).to_contain_text("Added: paper.")
    expect(uploaded(page, "broken.pdf")).to_contain_text("Not added.")
    expect(uploaded(page, "broken.pdf").locator("ul")).to_contain_text("Found a damaged PDF")
    expect(uploaded(page, "huge.txt")).to_contain_text("larger than 2 MB")
    expect(uploaded(page, "tool.exe")).to_contain_text("not read")
    window.shoot("22-uploads")
    assert violations(window) == []
    reader.ask("How many visitors does the kite festival of Kaesong draw?")  # the chat knows it at once
    assert "4200 visitors" in reader.answer
    send(page, ("kites.md", kite))
    expect(page.locator("#uploads > li.done").first).to_contain_text("Unchanged: kites.", timeout=WAIT)
    send(page, ("kites.md", kite + b" It lasts two days."))
    expect(page.locator("#uploads > li.done").first).to_contain_text("Replaced: kites.", timeout=WAIT)
    assert page.evaluate("window.attacked === undefined")
    assert window.dialogs == []


def test_an_upload_shows_its_progress_and_can_be_cancelled(window: Window, reader: Window) -> None:
    page = window.page
    long = " ".join(f"Sentence {n} of the long file says that item {n * 7} was counted." for n in range(8_000))
    send(page, ("long.txt", long.encode()), ("behind.txt", b"This one waits behind it. It is cancelled, too."))
    item = uploaded(page, "long.txt")
    expect(item).to_contain_text("passages so far", timeout=WAIT)
    expect(uploaded(page, "behind.txt")).to_contain_text("Waiting")
    window.shoot("23-upload-in-progress")
    uploaded(page, "behind.txt").get_by_role("button", name="Cancel").click()
    reader.ask("What did the Tumen bridge cost in roubles?")  # others go on
    item.get_by_role("button", name="Cancel").click()
    expect(item).to_contain_text("Cancelled.", timeout=WAIT)
    expect(uploaded(page, "behind.txt")).to_contain_text("Cancelled.")
    send(page, ("after.txt", b"This comes after the cancelled one. It is taken."))
    expect(uploaded(page, "after.txt")).to_contain_text("Added: after.", timeout=WAIT)
    expect(row(page, "long")).to_have_count(0)


def test_a_correction_in_place_is_kept_when_the_file_comes_again(window: Window) -> None:
    page = window.page
    kites = row(page, "Kites")
    expect(kites).to_have_count(1, timeout=WAIT)
    kites.get_by_role("button", name="Correct").click()
    form = kites.locator("form")
    form.get_by_label("Title").fill("Kites over Kaesong")
    form.get_by_label("Authors").fill("Han Ji-won; O. Ther")
    form.get_by_label("Institution").fill("Institute of Winds")
    form.get_by_label("Published").fill("2024-05-06")
    form.get_by_role("button", name="Save").click()
    kites = row(page, "Kites over Kaesong")
    expect(kites).to_contain_text("Han Ji-won, O. Ther · Institute of Winds · 6 May 2024", timeout=WAIT)
    send(page, ("kites.md", f"---\ntitle: Kites\n---\n{KITE} Third edition.".encode()))
    expect(page.locator("#uploads > li.done").first).to_contain_text("Replaced: kites.", timeout=WAIT)
    expect(row(page, "Kites over Kaesong")).to_contain_text("6 May 2024")
    kites.get_by_role("button", name="Correct").click()
    form.get_by_label("Title").fill("")
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_role("alert")).to_contain_text("empty title", timeout=WAIT)
    send(page, ("meanwhile.txt", b"This file comes while somebody writes. The fields stay open."))
    expect(uploaded(page, "meanwhile.txt")).to_contain_text("Added:", timeout=WAIT)
    expect(form.get_by_label("Title")).to_have_value("")
    form.get_by_role("button", name="Cancel").click()
    expect(row(page, "meanwhile")).to_have_count(1, timeout=WAIT)


def test_a_brief_removed_while_another_reads_of_it_keeps_its_evidence_there_and_comes_back(
    window: Window, reader: Window
) -> None:
    page = window.page
    reader.fresh()
    reader.ask(BRIDGE)
    row(page, "The bridge over the Tumen").get_by_role("button", name="Remove").click()
    expect(page.locator("#undo")).to_contain_text("Removed: “The bridge over the Tumen”", timeout=WAIT)
    expect(page.locator("#undo")).to_contain_text("put back until the window is started again")
    expect(row(page, "The bridge over the Tumen")).to_have_count(0)
    reader.cite(0, BRIDGE_QUOTE).click()
    expect(reader.page.locator(".src.open mark")).to_have_text(BRIDGE_QUOTE)
    expect(reader.page.locator(".src.open .left")).to_have_text("This brief has left the library.", timeout=WAIT)
    expect(reader.page.locator(".references .left").first).to_contain_text("has left the library")
    reader.shoot("24-left-the-library")
    page.locator("#undo").get_by_role("button", name="Undo").click()
    expect(row(page, "The bridge over the Tumen")).to_have_count(1, timeout=WAIT)
    reader.cite(0, BRIDGE_QUOTE).click()
    expect(reader.page.locator(".left")).to_have_count(0, timeout=WAIT)


def test_an_address_is_added_or_says_why_not(window: Window, site: Site) -> None:
    page = window.page
    words = "<p>The lighthouse of Chongjin was lit again after a long repair, the keepers said.</p>" * 3
    site.pages["/light.html"] = (
        f"<html><title>The lighthouse</title><body><article>{words}</article></body></html>".encode()
    )
    for path in ("/light.html", "/missing.html"):
        page.locator("#address").fill(site.url(path))
        page.locator("#by-address").get_by_role("button", name="Add").click()
    expect(uploaded(page, "/light.html")).to_contain_text("Added:", timeout=WAIT)
    expect(uploaded(page, "/missing.html")).to_contain_text("404", timeout=WAIT)
    expect(row(page, "The lighthouse")).to_have_count(1)


def test_a_page_of_another_site_cannot_send_files_nor_use_gradios_own_way(server: Server) -> None:
    foreign = Request(f"{server.address}northbrief/upload?name=a.txt", b"x", {"Origin": "http://evil.example"})
    gradio = Request(f"{server.address}gradio_api/upload", b"x", {"content-type": "multipart/form-data; boundary=x"})
    for request, status in ((foreign, 403), (gradio, 404)):
        with pytest.raises(HTTPError) as refused:
            urlopen(request)
        assert refused.value.code == status
        refused.value.close()
    assert "arrive whole" in call(server, "add", {"file": "../../etc/passwd", "name": "passwd.txt"})["error"]


def test_a_korean_phone_shows_the_page_within_its_width(browser: Browser, server: Server) -> None:
    for window in opened(browser, server, 390, locale="ko-KR", color_scheme="dark"):
        window.page.locator('a[href="#library"]').click()
        expect(window.page.locator("#briefs > li").first).to_be_visible(timeout=WAIT)
        window.shoot("25-library-phone-korean")
        assert window.page.evaluate("document.documentElement.scrollWidth") <= 390
        assert window.page.evaluate("document.getElementById('library').scrollWidth") <= 390
        assert violations(window) == []


# --- without a browser -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\a b.pdf", "a b.pdf"),
        ("a\x00\n\u202eb.txt", "a b.txt"),
        (".hidden.md", "hidden.md"),
        ("x" * 500 + ".docx", "x" * 145 + ".docx"),
    ],
)
def test_a_files_name_never_becomes_a_path(name: str, shown: str) -> None:
    assert shown_name(name).replace("  ", " ") == shown


def entry(brief_id: str, title: str, published: date | None, institution: str = "") -> Entry:
    return Entry(brief_id, title, ("A",), institution, "", published, DateSource.GIVEN, "en", "", "", 1, False)


def test_orders_and_search_of_the_list() -> None:
    entries = [
        entry("b", "Beta", date(2024, 1, 1), "Zed"),
        entry("a", "alpha", date(2020, 1, 1)),
        entry("c", "Gamma", None, "Abel"),
    ]
    found = {order: [each.id for each in sorted_entries(entries, "", order)] for order in ORDERS}
    assert found == {
        "newest": ["b", "a", "c"],
        "oldest": ["a", "b", "c"],
        "by_title": ["a", "b", "c"],
        "by_institution": ["c", "b", "a"],
    }
    assert [each.id for each in sorted_entries(entries, "ALPHA 2020", "newest")] == ["a"]
    assert chart_html([], "en") == ""
    attack = entry("<x>", ATTACK, None, ATTACK)
    assert "<img" not in rows_html([attack], "en", change=True) + chart_html([attack] * 3, "ko")
