"""What one takes away from the window: copied text, exports as downloads, and the report put together by hand."""

import json
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import pytest
from northbrief.corpus import Brief
from northbrief.qa import Answer
from northbrief.qa.export import FORMATS
from northbrief.qa.saved import pack, unpack
from northbrief.ui import taking
from playwright.sync_api import Browser, expect
from pybtex.database import parse_string

from .test_window import (
    BRIDGE,
    BRIDGE_QUOTE,
    FERRY,
    WAIT,
    Server,
    Window,
    browser,
    opened,
    violations,
)

__all__ = ["browser"]  # a fixture

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(open_window: Server) -> Server:
    return open_window


@pytest.fixture(scope="module")
def window(browser: Browser, server: Server) -> Iterator[Window]:
    """One page with two answers in its conversation."""
    for page in opened(browser, server, permissions=["clipboard-read", "clipboard-write"]):
        page.ask(BRIDGE)
        page.ask(FERRY)
        yield page


def downloaded(window: Window, place: str, label: str, tmp_path: Path) -> tuple[str, bytes]:
    """The name and the bytes of what the menu saves."""
    menu = window.page.locator(place)
    menu.locator("summary").click()
    with window.page.expect_download(timeout=WAIT) as saved:
        menu.get_by_role("button", name=label, exact=True).click()
    path = tmp_path / "saved"
    saved.value.save_as(path)
    return saved.value.suggested_filename, path.read_bytes()


def test_an_answer_is_copied_with_its_notes(window: Window) -> None:
    window.turns.first.locator('[data-do="copy"]').click()
    expect(window.page.locator("#toast")).to_contain_text("Copied", timeout=WAIT)
    text = window.page.evaluate("navigator.clipboard.readText()")
    assert f"“{BRIDGE_QUOTE}” [1]" in text
    assert "[1] Han Ji-won, “The bridge over the Tumen”, Institute of Rivers, 2 May 2024, para. 1." in text
    assert "https://example.org/bridge" in text


def test_each_form_is_saved_and_read_by_other_software(window: Window, tmp_path: Path) -> None:
    menu = "#turns .turn:first-child .menu"
    name, made = downloaded(window, menu, "Word", tmp_path)
    assert name == "What-did-the-Tumen-bridge-cost.docx"
    assert BRIDGE_QUOTE in "\n".join(each.text for each in docx.Document(BytesIO(made)).paragraphs)
    name, made = downloaded(window, menu, "BibTeX", tmp_path)
    [entry] = parse_string(made.decode(), "bibtex").entries.values()
    assert entry.fields["institution"] == "Institute of Rivers"
    name, made = downloaded(window, menu, "JSON", tmp_path)
    [kept] = json.loads(made)
    assert unpack(kept).citations[0].quote == BRIDGE_QUOTE
    for label, words in (("Markdown", "[^1]"), ("RIS", "TY  - RPRT"), ("CSL-JSON", '"type": "report"')):
        assert words in downloaded(window, menu, label, tmp_path)[1].decode()


def test_a_conversation_is_exported_whole(window: Window, tmp_path: Path) -> None:
    _, made = downloaded(window, "#talk-export", "CSL-JSON", tmp_path)
    assert {item["id"] for item in json.loads(made)} >= {"bridge", "ferry"}
    _, made = downloaded(window, "#talk-export", "JSON", tmp_path)
    assert [unpack(each).question for each in json.loads(made)] == [BRIDGE, FERRY]


def test_a_report_is_picked_ordered_titled_and_exported_with_one_list_of_sources(
    window: Window, tmp_path: Path
) -> None:
    page = window.page
    for n in (0, 1):
        window.turns.nth(n).locator('[data-do="collect"]').click()
        expect(window.turns.nth(n).locator('[data-do="collect"]')).to_have_attribute("aria-pressed", "true")
    page.get_by_role("link", name="Report (2)").click()
    expect(page.locator("#picked li span")).to_have_text([BRIDGE, FERRY])
    page.locator("#picked li").last.get_by_role("button", name="Move up").click()
    expect(page.locator("#picked li span")).to_have_text([FERRY, BRIDGE])
    page.locator("#report-title").fill("Bridges & ferries <2024>")
    expect(page.locator("#paper h2")).to_have_text("Bridges & ferries <2024>", timeout=WAIT)
    expect(page.locator("#paper h3")).to_have_text([FERRY, BRIDGE, "Notes", "Sources"])
    window.shoot("20-report")
    assert violations(window) == []
    name, made = downloaded(window, "#report .menu", "Word", tmp_path)
    texts = [(each.style.name, each.text) for each in docx.Document(BytesIO(made)).paragraphs if each.style]
    assert name == "Bridges-ferries-2024.docx"
    heads = [text for style, text in texts if style.startswith("Heading")]
    assert heads == ["Bridges & ferries <2024>", FERRY, BRIDGE, "Sources"]
    page.reload()
    expect(page.locator("#picked li span")).to_have_text([FERRY, BRIDGE], timeout=WAIT)
    page.locator("#picked li").first.get_by_role("button", name="Take out").click()
    expect(page.locator("#picked li span")).to_have_text([BRIDGE])
    page.get_by_role("button", name="Empty the report").click()
    expect(page.locator("#report-empty")).to_be_visible()
    page.get_by_role("link", name="Ask", exact=True).click()
    expect(window.turns).to_have_count(2)
    assert [error for error in window.errors if "favicon" not in error] == []


def kept(answer: Answer, turn: str = "t") -> dict[str, Any]:
    return {"turn": turn, "question": answer.question, "answer": pack(answer)}


def test_what_is_no_answer_is_refused_with_a_sentence() -> None:
    bad: list[Any] = [None, [], [{}], ["x"], [{"turn": "t"}] * 101, [kept(Answer("a", "q")) | {"turn": "../x"}]]
    for turns in bad:
        assert "could not be read" in taking.take({"turns": turns, "suffix": "md"})["error"]
        assert "could not be read" in taking.report({"turns": turns})["error"]
    assert "expected one of" in taking.take({"turns": [kept(Answer("a", "q"))], "suffix": "exe"})["error"]


@pytest.mark.parametrize("title", ['a/../../b "c"', "한글 제목", "<img src=x onerror=alert(1)>", "///", "x" * 5000])
def test_a_title_never_becomes_a_path_or_markup(title: str) -> None:
    request = {"turns": [kept(Answer("text", "q?", abstained=True))], "title": title, "suffix": "json"}
    assert re.fullmatch(r"[\w-]{1,60}\.json", taking.take(request)["name"])
    assert "<img" not in taking.report(request)["html"]


def test_a_quote_keeps_its_words_in_the_report_escaped() -> None:
    brief = Brief(id="a", title="A <b>bold</b> title", text="One <i>two</i> & three.")
    assert "<i>" not in taking.report_html([], "t", "en")
    assert brief.title not in taking.report({"turns": [kept(Answer("<i>x</i>", "q<i>"))]})["html"]


def test_a_menu_named_here_or_by_the_page_offers_every_form_of_export() -> None:
    by_page, here = taking.export_menu("export_talk", above=True), taking.export_menu("export", "ko")
    assert '<summary data-say="export_talk"></summary>' in by_page
    assert "<summary>내보내기</summary>" in here
    for menu in (by_page, here):
        assert re.findall(r'data-suffix="([\w.]+)"', menu) == list(FORMATS)
    assert ("above" in by_page, "above" in here) == (True, False)
