"""The chat window in a real browser: asked, answered, its sources opened, attacked, and never leaving the machine."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest
from northbrief.corpus import Brief
from northbrief.index import Encoder, Index
from northbrief.qa import REFUSAL
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Locator, Page, expect, sync_playwright

from .serving import free_port

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
ROOT = Path(__file__).resolve().parents[1]
ARTIFACTS = ROOT / "test-artifacts"
AXE = ROOT / ".venv" / "axe.min.js"
WAIT = 30_000  # milliseconds, on a machine that others share

BRIDGE, FERRY = "What did the Tumen bridge cost?", "How many passengers does the Wonsan ferry carry?"
BRIDGE_QUOTE = "The Tumen bridge cost 40 million roubles."
OFF_TOPIC = "Which pizza goes best with pineapple and a cold lemonade?"
CHANGE = "How has the price of rice in Hyesan changed since 2016?"
COMPARE = "Compare the price of rice in Hyesan in 2017 and in 2023."
ATTACK_QUESTION = "How many looms does the Sinuiju weaving mill run?"
ATTACK = (
    "<img src=x onerror=\"window.attacked='img'\"><script>window.attacked='script'</script>"
    "<iframe srcdoc=\"<script>parent.attacked='frame'</script>\"></iframe>${window.attacked='template'}"
    "{{window.attacked='braces'}}<a href=\"javascript:window.attacked='link'\">x</a>![x](http://192.0.2.1/x.png)"
)
TEMPLATES = "${window.attacked='template'} {{window.attacked='braces'}} &lt;b onclick=x&gt;"
RICE = {
    2017: "Rice in Hyesan stood at 1017 won a kilo in the autumn of 2017. Maize was cheaper.",
    2020: "Once the border had closed, a kilo of rice was sold in Hyesan for 1020 won.",
    2023: "By the end of the year 2023 traders at Hyesan asked the price of 1023 won for each kilo of rice.",
}
QUOTES = (BRIDGE_QUOTE, "It opened to lorries before it opened to buses.", "Tickets are sold on the quay.")
BRIEFS = [
    Brief(
        id="bridge",
        title="The bridge over the Tumen",
        institution="Institute of Rivers",
        authors=("Han Ji-won",),
        published=date(2024, 5, 2),
        url="https://example.org/bridge",
        text=(
            "The two governments agreed on a road bridge in the spring. Work began at once on both banks. "
            f"{BRIDGE_QUOTE} It opened to lorries before it opened to buses.\n\n"
            + "Nothing else of note was said that day. "
            * 60
        ),
    ),
    Brief(
        id="ferry",
        title="The ferry from Wonsan",
        institution="Institute of Ports",
        published=date(2022, 1, 9),
        text=(
            "A ferry has sailed along the east coast again since the summer. "
            "The Wonsan ferry carries 300 passengers on each voyage. Tickets are sold on the quay."
        ),
    ),
    *(
        Brief(
            id=f"rice-{year}",
            title=f"Prices in the north, {year}",
            institution="Market Watch" if year % 2 else "Institute of Prices",
            published=date(year, 11, 20),
            text=text,
        )
        for year, text in RICE.items()
    ),
    Brief(
        id="attack",
        title=f"Looms\n\n{ATTACK}",
        institution=ATTACK,
        url="javascript:window.attacked='url'",
        source=f"/home/{ATTACK}.txt",
        # A sentence with tags or images in it is never quoted; templates are.
        text=f"{ATTACK}\n\nThe Sinuiju weaving mill runs 900 looms {TEMPLATES} day and night.\n\n{ATTACK}",
    ),
    Brief(
        id="ko",
        title="단천항의 어선",
        institution="항구연구소",
        published=date(2023, 3, 1),
        text="단천항에는 어선 120척이 있다. 어선은 겨울에도 바다로 나간다.",
    ),
]


@dataclass
class Window:
    """An open page with what it did: dialogs, hosts it asked, errors on its console."""

    page: Page
    hosts: set[str] = field(default_factory=set)
    dialogs: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def told(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(message.text)

    def dismiss(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    @property
    def box(self) -> Locator:
        return self.page.locator("#question")

    @property
    def turns(self) -> Locator:
        return self.page.locator("#turns .turn")

    def ask(self, question: str) -> None:
        answered = self.page.locator("#turns .turn .actions")
        before = answered.count()
        self.box.fill(question)
        self.box.press("Enter")
        expect(answered).to_have_count(before + 1, timeout=WAIT)

    @property
    def answer(self) -> str:
        return self.page.get_by_test_id("bot").last.inner_text()

    def cite(self, turn: int, words: str) -> Locator:
        """The link of the claim that holds these words."""
        return self.turns.nth(turn).locator(".claim", has_text=words).locator("a.cite").first

    def fresh(self) -> None:
        self.page.locator('[data-do="fresh"]').click()
        expect(self.turns).to_have_count(0)

    def shoot(self, name: str) -> None:
        ARTIFACTS.mkdir(exist_ok=True)
        self.page.screenshot(path=ARTIFACTS / f"{name}.png")


@dataclass(frozen=True)
class Server:
    """A running window."""

    address: str
    home: Path

    def kill(self) -> None:
        os.kill(int((self.home / "pid").read_text()), signal.SIGKILL)


@pytest.fixture(scope="module")
def servers(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Server]]:
    """A window as it is started from the command line, and a slow one that comes back when it is killed."""
    started = {}
    for name in ("plain", "slow"):
        home = tmp_path_factory.mktemp(name)
        with Index.open(home, encoder=encoder) as index:
            index.add(BRIEFS)
        port = free_port()
        chat = ["-m", "northbrief.ui", "chat", "--port", str(port)]
        slow = [str(Path(__file__).with_name("slow_window.py")), str(home), str(port), "0.7"]
        environment = {**os.environ, "NORTHBRIEF_HOME": str(home)}
        with (home / "log.txt").open("w") as log:
            process = subprocess.Popen(
                [sys.executable, *(slow if name == "slow" else chat)],
                cwd=home,
                env=environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        started[name] = (Server(f"http://127.0.0.1:{port}/", home), process)
    try:
        for server, process in started.values():
            wait_for(server, process)
        yield {name: server for name, (server, _) in started.items()}
    finally:
        for _, process in started.values():
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(timeout=30)


def plain_server(encoder: Encoder, home: Path, settings: str = "") -> Iterator[Server]:
    """The window as it is started from the command line, with these settings, until the generator is closed."""
    (home / "northbrief.toml").write_text(settings, "utf-8")
    with Index.open(home, encoder=encoder) as index:
        index.add(BRIEFS)
    server = Server(f"http://127.0.0.1:{(port := free_port())}/", home)
    command = [sys.executable, "-m", "northbrief.ui", "chat", "--port", str(port)]
    environment = {**os.environ, "NORTHBRIEF_HOME": str(home)}
    with (home / "log.txt").open("w") as log:
        process = subprocess.Popen(command, cwd=home, env=environment, stdout=log, stderr=log)
    try:
        wait_for(server, process)
        yield server
    finally:
        process.terminate()
        process.wait(timeout=30)


def wait_for(server: Server, process: subprocess.Popen[bytes] | None = None) -> None:
    deadline = time.monotonic() + 90
    while True:
        try:
            with urlopen(server.address, timeout=5):
                return
        except OSError:
            if (process and process.poll() is not None) or time.monotonic() > deadline:
                raise AssertionError(f"the window did not open: {(server.home / 'log.txt').read_text()}") from None
            time.sleep(0.2)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("there is no chromium on this machine")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield opened
        opened.close()


def opened(browser: Browser, server: Server, width: int = 1280, **more: Any) -> Iterator[Window]:
    context = browser.new_context(viewport={"width": width, "height": 800}, **more)
    window = Window(context.new_page())
    window.page.on("request", lambda request: window.hosts.add(urlsplit(request.url).hostname or ""))
    window.page.on("dialog", window.dismiss)
    window.page.on("console", window.told)
    window.page.on("pageerror", lambda error: window.errors.append(str(error)))
    window.page.goto(server.address)
    expect(window.box).to_be_visible(timeout=WAIT)
    expect(window.page.locator("#holds")).to_contain_text("7", timeout=WAIT)
    yield window
    context.close()


@pytest.fixture(scope="module")
def page(browser: Browser, servers: dict[str, Server]) -> Iterator[Window]:
    yield from opened(browser, servers["plain"])


@pytest.fixture
def window(page: Window) -> Window:
    """The one page of the module with a new conversation in it."""
    page.page.set_viewport_size({"width": 1280, "height": 800})
    page.page.locator('[data-do="fresh"]').click()
    expect(page.turns).to_have_count(0)
    if page.page.locator("#chosen .chip").count():
        page.page.locator("#chosen .chip").first.click()
    return page


@pytest.fixture(scope="module")
def slow(browser: Browser, servers: dict[str, Server]) -> Iterator[Window]:
    yield from opened(browser, servers["slow"])


def violations(window: Window) -> list[str]:
    """The serious and critical violations that axe-core finds."""
    if not AXE.is_file():
        pytest.skip("there is no axe-core here: `make .venv/axe.min.js` gets it from npm")
    window.page.wait_for_timeout(100)
    window.page.evaluate(AXE.read_text("utf-8"))
    found = window.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{each['id']}: {each['nodes'][0]['html'][:160]} {each['nodes'][0]['failureSummary']}"
        for each in found["violations"]
        if each["impact"] in {"serious", "critical"}
    ]


# --- starting --------------------------------------------------------------------------------------------------------


def test_an_empty_window_says_what_the_library_holds_and_offers_questions_that_are_answered(window: Window) -> None:
    expect(window.page.locator("#holds")).to_contain_text("7 briefs from 6 institutions, November 2017 to May 2024")
    expect(window.page.locator("#opening")).to_contain_text("When the briefs are silent, it says so.")
    expect(window.page.locator(".suggestion")).to_have_count(4, timeout=WAIT)
    window.shoot("01-empty")
    window.page.locator(".suggestion").first.click()
    expect(window.page.locator("#turns .actions")).to_have_count(1, timeout=WAIT)
    assert REFUSAL not in window.answer


def test_a_page_that_is_up_before_the_encoder_says_so(window: Window, slow: Window) -> None:
    slow.fresh()
    expect(slow.page.locator("#warming")).to_contain_text("The encoder is still loading")  # this one never warms up
    expect(window.page.locator("#warming")).to_be_hidden()


def test_an_empty_question_changes_nothing(window: Window) -> None:
    window.box.fill("   ")
    window.page.locator("#ask").click()
    expect(window.turns).to_have_count(0)


# --- reading ---------------------------------------------------------------------------------------------------------


def test_a_number_clicked_opens_its_source_with_exactly_the_quote_marked(window: Window) -> None:
    window.page.set_viewport_size({"width": 1280, "height": 460})
    window.ask(BRIDGE)
    assert "40 million roubles" in window.answer
    window.cite(0, BRIDGE_QUOTE).click()
    source = window.page.locator(".src.open")
    expect(source.locator("mark")).to_have_text(BRIDGE_QUOTE)
    expect(source.locator("mark")).to_be_in_viewport(ratio=1)
    expect(source).to_be_focused()
    expect(source).to_contain_text("It opened to lorries")
    expect(source).to_contain_text("Han Ji-won · Institute of Rivers · 2 May 2024")
    expect(source).to_contain_text("Supported by the quote")
    expect(source.locator("a.original")).to_have_attribute("href", "https://example.org/bridge")
    expect(window.turns.first).to_be_in_viewport()


def test_two_answers_have_a_first_source_each(window: Window) -> None:
    window.ask(BRIDGE)
    window.ask(FERRY)
    assert [window.turns.nth(n).locator(".claim a.cite").first.inner_text() for n in (0, 1)] == ["[1]", "[1]"]
    window.cite(1, "300 passengers").click()
    expect(window.page.locator(".src.open mark")).to_contain_text("300 passengers")
    window.cite(0, BRIDGE_QUOTE).click()
    expect(window.page.locator(".src.open mark")).to_have_text(BRIDGE_QUOTE)
    expect(window.page.locator(".src.open")).to_have_count(1)
    ids = window.page.eval_on_selector_all("[id]", "all => all.map(each => each.id)")
    assert len(ids) == len(set(ids))
    window.shoot("02-answer-and-source")


def test_hover_and_focus_show_the_quote(window: Window) -> None:
    window.ask(BRIDGE)
    window.cite(0, BRIDGE_QUOTE).hover()
    expect(window.page.locator("#tip")).to_contain_text(BRIDGE_QUOTE)
    window.page.mouse.move(5, 5)
    expect(window.page.locator("#tip")).to_be_hidden()
    window.cite(0, BRIDGE_QUOTE).focus()
    expect(window.page.locator("#tip")).to_contain_text("The bridge over the Tumen")


def test_the_whole_brief_is_read_with_every_cited_place_marked(slow: Window) -> None:
    slow.fresh()
    slow.ask(" | ".join(QUOTES))
    slow.cite(0, QUOTES[0]).click()
    slow.page.locator(".src.open [data-do=whole]").click()
    marks = slow.page.locator("#reader mark")
    expect(marks).to_have_count(2)
    assert marks.all_inner_texts() == list(QUOTES[:2])
    expect(slow.page.locator("#reader")).to_contain_text("Nothing else of note was said")
    expect(slow.page.locator("#reader mark.open")).to_have_text(QUOTES[0])
    slow.page.keyboard.press("n")
    expect(slow.page.locator("#reader mark.open")).to_have_text(QUOTES[1])
    expect(slow.page.locator("#reader mark.open")).to_be_in_viewport()
    slow.page.keyboard.press("p")
    expect(slow.page.locator("#reader mark.open")).to_have_text(QUOTES[0])
    slow.shoot("03-whole-brief")
    slow.page.keyboard.press("Escape")
    expect(slow.page.locator(".src.open")).to_be_visible()


def test_a_claim_that_its_quote_does_not_support_is_struck_through_with_the_reason(slow: Window) -> None:
    slow.fresh()
    slow.ask(f"?{QUOTES[0]} | !{QUOTES[1]}")
    expect(slow.turns.locator(".claim s")).to_contain_text(QUOTES[1])
    expect(slow.turns.locator(".verdict.unsupported")).to_contain_text("The quote names another year.")
    expect(slow.turns.locator(".verdict.partly")).to_contain_text("Only half is there.")
    slow.cite(0, QUOTES[1]).click()
    expect(slow.page.locator(".src.open .verdict")).to_contain_text("Not supported: The quote names another year.")
    slow.shoot("17-verdicts")
    assert violations(slow) == []


def test_an_off_topic_question_is_refused_and_what_was_read_can_be_opened(window: Window) -> None:
    window.ask(BRIDGE)
    window.ask(OFF_TOPIC)
    assert window.answer.startswith(REFUSAL)
    window.shoot("04-refusal")
    window.turns.last.locator(".nearest a").click()
    expect(window.page.locator(".src.read.open")).to_be_focused()


def test_a_far_too_long_question_is_answered_with_one_sentence(window: Window) -> None:
    window.page.evaluate("document.getElementById('question').removeAttribute('maxlength')")
    window.box.fill("why " * 25_000)
    window.box.press("Enter")
    expect(window.turns.first.get_by_role("alert")).to_contain_text("could not be answered", timeout=WAIT)
    window.shoot("05-error")


# --- filters, chips, comparison, time --------------------------------------------------------------------------------


def test_a_filter_holds_and_stands_above_its_answer(window: Window) -> None:
    window.page.locator("#filters-button").click()
    window.page.locator('#filters [name="institutions"]').select_option("Institute of Ports")
    window.page.locator('#filters [name="since"]').fill("2020-01-01")
    window.shoot("06-filters")
    assert violations(window) == []
    window.page.locator("#filters").get_by_role("button", name="Done").click()
    window.ask("What is said about the ferry or the Tumen bridge?")
    titles = set(window.page.locator("#cards .src h3").all_inner_texts())
    assert {re.sub(r"^\d+\s*", "", title) for title in titles} == {"The ferry from Wonsan"}
    chips = window.turns.first.locator(".chip")
    expect(chips).to_have_count(2)
    chips.filter(has_text="Institute of Ports").click()
    expect(window.turns.first.locator(".chip")).to_have_count(1)
    expect(window.page.locator("#chosen .chip")).to_have_count(1)
    window.page.locator("#chosen .chip").click()


def test_the_server_refuses_a_date_that_is_none(servers: dict[str, Server]) -> None:
    said = call(servers["plain"], "ask", {"turn": "t", "question": BRIDGE, "filter": {"since": "2024-13-45"}})
    assert "2024-13-45" in said["error"]


def test_a_removed_chip_asks_again_without_it_and_can_be_put_back(window: Window) -> None:
    window.ask("What did the Tumen bridge cost in 2017?")
    expect(window.turns.first.locator(".chip")).to_contain_text("in 2017")
    window.turns.first.locator(".chip").click()
    expect(window.turns.first.locator(".chip.off")).to_contain_text("Any time", timeout=WAIT)
    expect(window.turns).to_have_count(1)
    expect(window.turns.first.locator(".question")).to_contain_text("in 2017")
    window.turns.first.locator(".chip.off").click()
    expect(window.turns.first.locator(".chip:not(.off)")).to_contain_text("in 2017", timeout=WAIT)


def test_a_follow_up_shows_how_it_was_read(window: Window) -> None:
    window.ask(BRIDGE)
    window.ask("And what about the Wonsan ferry?")
    expect(window.turns.last.locator(".chips")).to_contain_text("Read as")


def test_a_comparison_stands_in_columns_each_claim_cited(window: Window) -> None:
    window.ask(COMPARE)
    sides = window.page.locator(".sides .side")
    expect(sides).to_have_count(2)
    boxes = [sides.nth(n).bounding_box() for n in range(2)]
    assert boxes[0] and boxes[1]
    assert boxes[0]["y"] == boxes[1]["y"]
    assert boxes[0]["x"] + boxes[0]["width"] <= boxes[1]["x"]
    for n, won in ((0, "1017"), (1, "1023")):
        expect(sides.nth(n)).to_contain_text(won)
        expect(sides.nth(n).locator("a.cite").first).to_be_visible()
    window.shoot("07-comparison")
    assert violations(window) == []
    window.turns.first.locator(".chip").first.click()
    expect(window.page.locator(".sides")).to_have_count(0, timeout=WAIT)


def test_a_point_of_the_timeline_opens_its_passage(window: Window) -> None:
    window.ask(CHANGE)
    timeline = window.turns.first.locator("details.timeline")
    expect(timeline).to_have_attribute("open", "")
    points = timeline.locator("a.point")
    assert points.count() >= 3
    window.shoot("08-timeline")
    for n in range(points.count()):
        target = points.nth(n).get_attribute("href")
        points.nth(n).locator("circle").last.click()
        expect(window.page.locator(".src.open")).to_have_attribute("id", str(target)[1:])
    window.fresh()
    window.ask(BRIDGE)
    expect(window.turns.first.locator("details.timeline:not([open])")).to_have_count(1)


# --- conversations ---------------------------------------------------------------------------------------------------


def test_conversations_are_kept_searched_reopened_and_deleted(browser: Browser, servers: dict[str, Server]) -> None:
    for window in opened(browser, servers["plain"]):
        window.ask(BRIDGE)
        window.ask(FERRY)
        window.page.reload()
        expect(window.turns).to_have_count(2, timeout=WAIT)
        window.cite(0, BRIDGE_QUOTE).click()
        expect(window.page.locator(".src.open mark")).to_have_text(BRIDGE_QUOTE)
        window.fresh()
        window.ask(OFF_TOPIC)
        names = window.page.locator("#list .talk span")
        if not window.page.locator("#conversations").is_visible():
            window.page.locator('[data-do="menu"]').click()
        assert names.all_inner_texts() == [OFF_TOPIC, BRIDGE]
        window.page.locator("#search").fill("300 passengers")
        assert names.all_inner_texts() == [BRIDGE]
        window.shoot("09-conversations")
        assert violations(window) == []
        window.page.locator("#list .talk").click()
        expect(window.turns).to_have_count(2, timeout=WAIT)
        window.page.locator("#search").fill("")
        gone = window.page.locator("#list li", has_text=OFF_TOPIC).locator('[data-do="delete"]')
        gone.click()
        expect(gone).to_have_text("Delete?")
        gone.click()
        assert names.all_inner_texts() == [BRIDGE]
        window.page.reload()
        expect(window.turns).to_have_count(2, timeout=WAIT)


def test_an_old_answer_opens_its_own_evidence_after_the_index_changed(
    browser: Browser, servers: dict[str, Server], encoder: Encoder
) -> None:
    for window in opened(browser, servers["plain"]):
        window.ask(BRIDGE)
        with Index.open(servers["plain"].home, encoder=encoder) as index:
            index.remove("bridge")
            try:
                window.page.reload()
                expect(window.turns).to_have_count(1, timeout=WAIT)
                window.cite(0, BRIDGE_QUOTE).click()
                expect(window.page.locator(".src.open mark")).to_have_text(BRIDGE_QUOTE)
                window.page.locator(".src.open [data-do=whole]").click()
                expect(window.page.locator("#reader")).to_contain_text("no longer in the library", timeout=WAIT)
                expect(window.page.locator("#reader mark.open")).to_have_text(BRIDGE_QUOTE)
            finally:
                index.add(BRIEFS)


def test_an_edited_question_takes_the_place_of_the_old_one(window: Window) -> None:
    window.ask(BRIDGE)
    window.ask(OFF_TOPIC)
    window.turns.first.locator('[data-do="edit"]').click()
    expect(window.box).to_have_value(BRIDGE)
    window.box.fill(FERRY)
    window.box.press("Enter")
    expect(window.turns).to_have_count(1)
    expect(window.turns.first.locator(".claim").first).to_contain_text("300 passengers", timeout=WAIT)


def test_a_thumb_and_a_note_are_a_line_that_eval_reads(window: Window, servers: dict[str, Server]) -> None:
    window.ask(FERRY)
    window.turns.first.locator('[data-do="up"]').click()
    expect(window.turns.first.locator(".saved")).to_have_text("Saved on this machine.", timeout=WAIT)
    expect(window.turns.first.locator('[data-do="up"]')).to_have_attribute("aria-pressed", "true")
    window.turns.first.locator("form.note input").fill("Right and short")
    window.turns.first.locator("form.note button").click()
    path = servers["plain"].home / "feedback.jsonl"
    for _ in range(50):
        lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        if lines[-1]["note"]:
            break
        time.sleep(0.1)
    assert (lines[-1]["question"], lines[-1]["note"], lines[-1]["thumb"]) == (FERRY, "Right and short", "up")
    assert lines[-1]["gold"][0]["doc_id"] == "ferry"
    environment = {**os.environ, "NORTHBRIEF_HOME": str(servers["plain"].home)}
    command = [sys.executable, "-m", "northbrief.ui", "eval", str(path), "--retrieval", "--json"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert json.loads(done.stdout)["figures"]["all"]["R@1"] == 1.0, done.stderr


# --- streaming, stopping, failing ------------------------------------------------------------------------------------


def started(slow: Window, quotes: Sequence[str] = QUOTES) -> None:
    slow.fresh()
    slow.box.fill(" | ".join(quotes))
    slow.box.press("Enter")
    expect(slow.turns.locator(".claim")).to_have_count(1, timeout=WAIT)


def test_an_answer_streams_and_can_be_stopped(slow: Window, servers: dict[str, Server]) -> None:
    log = servers["slow"].home / "yielded"
    log.unlink(missing_ok=True)
    started(slow, QUOTES * 4)
    expect(slow.turns.locator(".claim")).to_have_count(2)
    expect(slow.page.locator("#ask")).to_be_hidden()
    slow.page.locator("#stop").click()
    expect(slow.turns.first).to_contain_text("Stopped. The answer is not whole.")
    expect(slow.page.locator("#ask")).to_be_visible()
    shown = slow.turns.locator(".claim").count()
    slow.page.wait_for_timeout(2500)
    expect(slow.turns.locator(".claim")).to_have_count(shown)
    yielded = len(log.read_text("utf-8").splitlines())
    assert yielded < len(QUOTES * 4)
    slow.page.wait_for_timeout(1000)
    assert len(log.read_text("utf-8").splitlines()) == yielded  # the server has stopped, too
    slow.page.reload()
    expect(slow.turns.locator(".claim")).to_have_count(shown, timeout=WAIT)
    expect(slow.turns.first).to_contain_text("Stopped. The answer is not whole.")


def test_a_language_model_is_named_with_its_address_and_can_be_switched_off(slow: Window) -> None:
    expect(slow.page.locator("#model")).to_contain_text("slow-model at http://127.0.0.1:9/v1")
    slow.fresh()
    slow.page.locator("#use-model").uncheck()
    slow.ask(BRIDGE)  # the quoting assistant would find no such sentence
    expect(slow.turns.first).to_contain_text(BRIDGE_QUOTE)
    slow.page.locator("#use-model").check()


def test_a_server_restarted_in_mid_answer_loses_no_question(slow: Window, servers: dict[str, Server]) -> None:
    started(slow)
    servers["slow"].kill()
    expect(slow.turns.first).to_contain_text("The connection to Northbrief was lost", timeout=WAIT)
    slow.shoot("10-connection-lost")
    expect(slow.box).to_have_value(" | ".join(QUOTES))
    expect(slow.turns.locator(".claim")).not_to_have_count(0)
    wait_for(servers["slow"])
    slow.turns.first.get_by_role("button", name="Ask again", exact=True).click()
    expect(slow.turns.locator(".actions")).to_have_count(1, timeout=WAIT)
    expect(slow.turns.locator(".claim")).to_have_count(3)
    expect(slow.turns).to_have_count(1)


# --- keyboard, language, looks ---------------------------------------------------------------------------------------


def test_the_keyboard_alone_asks_opens_moves_and_closes(window: Window) -> None:
    window.box.focus()
    window.page.keyboard.type(CHANGE)
    window.page.keyboard.press("Enter")
    expect(window.page.locator("#turns .actions")).to_have_count(1, timeout=WAIT)
    expect(window.box).to_be_focused()
    for _ in range(40):
        window.page.keyboard.press("Shift+Tab")
        if window.page.evaluate("document.activeElement.matches('.claim a.cite')"):
            break
    outline = window.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    link = window.page.evaluate("document.activeElement.getAttribute('href')")
    window.page.keyboard.press("Enter")
    expect(window.page.locator(".src.open")).to_be_focused()
    assert f"#{window.page.locator('.src.open').get_attribute('id')}" == link
    window.page.keyboard.press("n")
    other = window.page.locator(".src.open")
    expect(other).not_to_have_id(link[1:])
    window.page.keyboard.press("ArrowLeft")
    expect(other).to_have_id(link[1:])
    window.page.keyboard.press("Escape")
    expect(window.page.locator("#sources")).to_be_hidden()
    assert window.page.evaluate("document.activeElement.getAttribute('href')") == link


def test_a_korean_browser_gets_a_korean_window_that_can_be_switched(
    browser: Browser, servers: dict[str, Server]
) -> None:
    for window in opened(browser, servers["plain"], locale="ko-KR", color_scheme="dark"):
        expect(window.box).to_have_attribute("placeholder", "브리프에 질문하기")
        expect(window.page.locator("#holds")).to_contain_text("브리프 7건")
        window.shoot("11-korean-dark-empty")
        window.ask("2017년 혜산의 쌀 가격은 얼마였나요?")
        assert "1017" in window.answer
        window.cite(0, "1017").click()
        expect(window.page.locator(".src.open")).to_contain_text("2017년 11월 20일")
        expect(window.page.locator("#turns .asked .hidden")).to_have_text("질문:")
        assert not re.search(r"[A-Za-z]{4,}", window.page.locator("#composer").inner_text())
        window.shoot("12-korean-dark-answer")
        assert violations(window) == []
        window.page.locator("#language").click()
        expect(window.page.locator("#ask")).to_have_text("Ask")
        expect(window.page.locator("#turns .asked .hidden")).to_have_text("You asked:", timeout=WAIT)
        window.page.reload()
        expect(window.page.locator("#ask")).to_have_text("Ask")


@pytest.mark.parametrize(("name", "width"), [("phone", 390), ("zoomed", 640)])
def test_a_narrow_page_is_never_wider_than_the_screen(
    browser: Browser, servers: dict[str, Server], name: str, width: int
) -> None:
    for window in opened(browser, servers["plain"], width):
        window.shoot(f"13-{name}-empty")
        window.ask(COMPARE)
        window.ask(ATTACK_QUESTION)
        window.ask(CHANGE)
        window.shoot(f"14-{name}-answer")
        menu = window.page.locator("#talk-export summary")
        assert menu.evaluate("each => each.offsetHeight < 2 * parseFloat(getComputedStyle(each).lineHeight)")
        assert violations(window) == []
        assert window.page.evaluate("document.documentElement.scrollWidth") <= width
        assert window.page.evaluate(
            "document.getElementById('log').scrollWidth <= document.getElementById('log').clientWidth"
        )
        expect(window.page.locator("#sources")).to_be_hidden()
        window.cite(2, "won").click()
        expect(window.page.locator(".src.open mark")).to_be_in_viewport()
        window.shoot(f"15-{name}-source")
        assert window.page.evaluate("document.documentElement.scrollWidth") <= width
        window.page.locator('#sources [data-do="close"]').click()
        expect(window.box).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_main_states_have_no_serious_violation(browser: Browser, servers: dict[str, Server], scheme: Any) -> None:
    for window in opened(browser, servers["plain"], color_scheme=scheme):
        expect(window.page.locator(".suggestion")).to_have_count(4, timeout=WAIT)
        assert violations(window) == []
        window.ask(CHANGE)
        window.cite(0, "won").click()
        window.cite(0, "won").hover()
        assert violations(window) == []
        window.page.locator(".src.open [data-do=whole]").click()
        expect(window.page.locator("#reader mark").first).to_be_visible()
        assert violations(window) == []
        window.ask(OFF_TOPIC)
        window.turns.last.locator('[data-do="down"]').click()
        assert violations(window) == []
        window.shoot(f"16-{scheme}")


# --- safety ----------------------------------------------------------------------------------------------------------


def test_an_attacking_brief_is_shown_as_text_and_runs_nothing(browser: Browser, servers: dict[str, Server]) -> None:
    for window in opened(browser, servers["plain"]):
        window.ask(ATTACK_QUESTION)
        assert "900 looms" in window.answer
        window.cite(0, "900 looms").click()
        window.cite(0, "900 looms").hover()
        assert "onerror=" in window.page.locator("#sources").inner_text()
        window.page.locator(".src.open [data-do=whole]").click()
        expect(window.page.locator("#reader mark").first).to_be_visible()
        window.ask(f"{ATTACK_QUESTION} {ATTACK}")
        window.ask(OFF_TOPIC)  # a refusal names titles
        window.page.reload()
        expect(window.turns).to_have_count(3, timeout=WAIT)
        window.page.locator("#filters-button").click()
        window.page.wait_for_timeout(500)
        assert window.page.evaluate("window.attacked === undefined")
        assert window.dialogs == []
        assert window.page.locator("#nb :is(script, iframe, img, object, embed)").count() == 0
        assert window.page.locator('a[href^="javascript"]').count() == 0
        assert window.hosts == {"127.0.0.1"}
        assert window.errors == []


def test_the_page_sends_its_policy_asks_no_other_host_and_breaks_no_rule_of_its_own(
    page: Window, servers: dict[str, Server]
) -> None:
    with urlopen(servers["plain"].address) as answer:
        policy = answer.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "unsafe-inline" not in policy.split("script-src")[1].split(";")[0]
    assert page.hosts == {"127.0.0.1"}
    assert page.errors == []


def test_a_script_that_was_slipped_into_the_page_does_not_run(window: Window) -> None:
    window.page.evaluate(
        """() => {
            const slipped = document.createElement("div");
            slipped.innerHTML = '<img src="data:x" onerror="window.attacked=1"><img src="http://192.0.2.1/x.png">';
            document.body.append(slipped);
            const script = document.createElement("script");
            script.textContent = "window.attacked = 2";
            slipped.append(script);
        }"""
    )
    window.page.wait_for_timeout(300)
    assert window.page.evaluate("window.attacked === undefined")
    assert [error for error in window.errors if "Content Security Policy" in error]
    window.errors.clear()
    window.hosts.discard("192.0.2.1")  # named in an event, stopped by the policy


def test_the_window_answers_by_its_own_name_only(servers: dict[str, Server]) -> None:
    with pytest.raises(HTTPError) as refused:
        urlopen(Request(servers["plain"].address, headers={"Host": "rebound.example"}))
    assert refused.value.code == 421
    refused.value.close()


def test_two_readers_see_nothing_of_each_other(window: Window, browser: Browser, servers: dict[str, Server]) -> None:
    window.ask(BRIDGE)
    for other in opened(browser, servers["plain"]):
        expect(other.turns).to_have_count(0)
        assert "Tumen" not in other.page.locator("#list").inner_text()
        other.ask(FERRY)
    expect(window.turns).to_have_count(1)
    assert "300 passengers" not in window.page.locator("#turns").inner_text()


def call(server: Server, name: str, value: dict[str, Any]) -> Any:
    """What the page's own calls do, without a page: the last value that the server sends."""
    headers = {"content-type": "application/json"}
    body = json.dumps({"data": [value]}).encode()
    with urlopen(Request(f"{server.address}gradio_api/call/window_{name}", body, headers)) as joined:
        event = json.load(joined)["event_id"]
    with urlopen(f"{server.address}gradio_api/call/window_{name}/{event}") as stream:
        lines = stream.read().decode().splitlines()
    values = [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: [")]
    return values[-1][0]
