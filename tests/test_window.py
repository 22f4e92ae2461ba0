"""The chat window in a real browser: asked, answered, its sources opened, attacked, and never leaving the machine."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from northbrief.corpus import Brief
from northbrief.index import Encoder, Index
from northbrief.qa import REFUSAL
from playwright.sync_api import Browser, Dialog, Page, expect, sync_playwright

pytestmark = pytest.mark.browser

FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
ARTIFACTS = Path(__file__).resolve().parents[1] / "test-artifacts"
WAIT = 60_000  # milliseconds, on a machine that others share

BRIDGE, FERRY = "What did the Tumen bridge cost?", "How many passengers does the Wonsan ferry carry?"
OFF_TOPIC = "Write a poem about my cat and a pizza."
ATTACK_QUESTION = "How many looms does the Sinuiju weaving mill run?"
ATTACK = (
    "<img src=x onerror=\"window.attacked='img'\"><script>window.attacked='script'</script>"
    "<iframe srcdoc=\"<script>parent.attacked='frame'</script>\"></iframe>${window.attacked='template'}"
    "{{window.attacked='braces'}}<a href=\"javascript:window.attacked='link'\">x</a>![x](http://192.0.2.1/x.png)"
)
BRIEFS = [
    Brief(
        id="bridge",
        title="The bridge over the Tumen",
        institution="Institute of Rivers",
        text=(
            "The two governments agreed on a road bridge in the spring. Work began at once on both banks. "
            "The Tumen bridge cost 40 million roubles. It opened to lorries before it opened to buses."
        ),
    ),
    Brief(
        id="ferry",
        title="The ferry from Wonsan",
        institution="Institute of Ports",
        text=(
            "A ferry has sailed along the east coast again since the summer. "
            "The Wonsan ferry carries 300 passengers on each voyage. Tickets are sold on the quay."
        ),
    ),
    Brief(
        id="attack",
        title=f"Looms\n\n{ATTACK}",
        institution=ATTACK,
        url="javascript:window.attacked='url'",
        text=f"{ATTACK}\n\nThe Sinuiju weaving mill runs 900 looms {ATTACK} day and night.\n\n{ATTACK}",
    ),
]


@dataclass
class Window:
    """An open page with what it did: dialogs, hosts it asked, errors on its console."""

    page: Page
    hosts: set[str] = field(default_factory=set)
    dialogs: list[str] = field(default_factory=list)

    def dismiss(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def ask(self, question: str) -> None:
        answers = self.page.get_by_test_id("bot")
        before = answers.count()
        self.page.get_by_label("Question").fill(question)
        self.page.keyboard.press("Enter")
        expect(answers).to_have_count(before + 1, timeout=WAIT)
        expect(self.page.get_by_label("Question")).to_have_value("")

    @property
    def answer(self) -> str:
        return self.page.get_by_test_id("bot").last.inner_text()


@pytest.fixture(scope="module")
def address(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("window")
    with Index.open(home, encoder=encoder) as index:
        index.add(BRIEFS)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "NORTHBRIEF_HOME": str(home)}
    command = [sys.executable, "-m", "northbrief.ui", "chat", "--port", str(port)]
    with (home / "log.txt").open("w+") as log:
        process = subprocess.Popen(command, cwd=home, env=environment, stdout=log, stderr=log)
        try:
            _wait_for(f"http://127.0.0.1:{port}/", process, home / "log.txt")
            yield f"http://127.0.0.1:{port}/"
        finally:
            process.terminate()
            process.wait(timeout=30)


def _wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 90
    while True:
        try:
            with urlopen(address, timeout=5):
                return
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"the window did not open: {log.read_text()}") from None
            time.sleep(0.3)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("there is no chromium on this machine")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield opened
        opened.close()


def opened(browser: Browser, address: str, width: int = 1280, scheme: str = "light") -> Iterator[Window]:
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme="dark" if scheme == "dark" else "light"
    )
    window = Window(context.new_page())
    window.page.on("request", lambda request: window.hosts.add(urlsplit(request.url).hostname or ""))
    window.page.on("dialog", window.dismiss)
    window.page.goto(address)
    expect(window.page.get_by_label("Question")).to_be_visible(timeout=WAIT)
    yield window
    context.close()


@pytest.fixture
def window(browser: Browser, address: str) -> Iterator[Window]:
    yield from opened(browser, address)


def test_an_empty_window_says_what_the_library_holds(window: Window) -> None:
    expect(window.page.locator("#chat")).to_contain_text("The library holds 3 briefs")


def test_a_question_is_answered_with_its_number_and_its_marked_quote(window: Window) -> None:
    window.ask(BRIDGE)
    assert "40 million roubles" in window.answer
    assert "[1]" in window.answer
    marks = window.page.locator("#sources mark").all_inner_texts()
    assert "The Tumen bridge cost 40 million roubles." in marks


def test_a_number_clicked_opens_its_source_with_the_quote_in_view(window: Window) -> None:
    window.page.set_viewport_size({"width": 1280, "height": 420})
    window.ask(BRIDGE)
    window.ask(FERRY)  # newer sources push the first ones out of view
    window.page.locator('#chat a.cite[href="#src-1-1"]').click()
    expect(window.page.locator(".src.open")).to_have_attribute("id", "src-1-1")
    expect(window.page.locator("#src-1-1 mark")).to_be_in_viewport()
    expect(window.page.locator("#src-1-1")).to_be_focused()


def test_the_number_of_a_second_answer_opens_its_own_source(window: Window) -> None:
    window.ask(BRIDGE)
    window.ask(FERRY)
    window.page.locator("#chat a.cite", has_text="[1]").last.click()
    expect(window.page.locator(".src.open")).to_have_attribute("id", "src-2-1")
    number = window.page.locator("#chat a.cite", has_text="[1]").first.get_attribute("href")
    assert number == "#src-1-1"
    assert "bridge" in window.page.locator("#src-1-1 h3").inner_text()
    assert "ferry" in window.page.locator("#src-2-1 h3").inner_text()


def test_an_off_topic_question_is_refused(window: Window) -> None:
    window.ask(OFF_TOPIC)
    assert window.answer.startswith(REFUSAL)
    expect(window.page.locator("#sources .src")).to_have_count(0)


def test_an_off_topic_question_after_an_answered_one_is_refused(window: Window) -> None:
    window.ask(BRIDGE)
    window.ask(OFF_TOPIC)
    assert window.answer.startswith(REFUSAL)


def test_an_attacking_brief_is_shown_as_text_and_runs_nothing(window: Window) -> None:
    window.ask(ATTACK_QUESTION)
    assert "900 looms" in window.answer
    assert "onerror=" in window.page.locator("#sources").inner_text()
    window.ask(OFF_TOPIC)  # a refusal names titles
    window.page.wait_for_timeout(500)
    assert window.page.evaluate("window.attacked === undefined")
    assert window.dialogs == []
    assert window.page.locator("#sources :is(script, iframe, img), #chat :is(script, iframe, img)").count() == 0
    assert window.page.locator('a[href^="javascript"]').count() == 0


def test_an_attacking_question_runs_nothing(window: Window) -> None:
    window.ask(f"{BRIDGE} {ATTACK}")
    window.page.wait_for_timeout(500)
    assert window.page.evaluate("window.attacked === undefined")
    assert window.hosts == {"127.0.0.1"}


def test_no_request_leaves_the_machine(window: Window) -> None:
    window.ask(BRIDGE)
    window.ask(ATTACK_QUESTION)
    window.page.locator("#chat a.cite").first.click()
    window.page.wait_for_timeout(500)
    assert window.hosts == {"127.0.0.1"}


def test_an_empty_question_changes_nothing(window: Window) -> None:
    window.page.get_by_label("Question").fill("   ")
    window.page.get_by_role("button", name="Ask").click()
    expect(window.page.get_by_label("Question")).to_have_value("")
    window.ask(BRIDGE)
    assert window.page.get_by_test_id("user").count() == 1


def test_a_far_too_long_question_is_answered_with_one_sentence(window: Window) -> None:
    window.page.get_by_label("Question").fill("why " * 25_000)
    window.page.keyboard.press("Enter")
    expect(window.page.get_by_test_id("bot")).to_contain_text("could not be answered", timeout=WAIT)


def test_clear_empties_conversation_and_sources(window: Window) -> None:
    window.ask(BRIDGE)
    window.page.locator("#question").get_by_role("button", name="Clear").click()
    expect(window.page.get_by_test_id("bot")).to_have_count(0)
    expect(window.page.locator("#sources .src")).to_have_count(0)


@pytest.mark.parametrize(
    ("name", "width", "scheme"), [("wide", 1280, "light"), ("dark", 1280, "dark"), ("phone", 400, "light")]
)
def test_the_page_is_never_wider_than_the_screen(
    browser: Browser, address: str, name: str, width: int, scheme: str
) -> None:
    ARTIFACTS.mkdir(exist_ok=True)
    for window in opened(browser, address, width, scheme):
        window.page.screenshot(path=ARTIFACTS / f"{name}-empty.png")
        window.ask(BRIDGE)
        window.ask(ATTACK_QUESTION)
        window.page.screenshot(path=ARTIFACTS / f"{name}-answer.png")
        window.page.locator("#chat a.cite").last.click()
        window.page.screenshot(path=ARTIFACTS / f"{name}-source.png")
        assert window.page.evaluate("document.documentElement.scrollWidth") <= width
