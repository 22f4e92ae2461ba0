"""Windows whose library one may not change: open to whoever comes, or with a password and a session that ended."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from northbrief.index import Encoder, Index
from northbrief.ui.asking import library_is_open
from northbrief.ui.settings import read_settings
from playwright.sync_api import Browser, expect

from .serving import free_port
from .test_library_page import send
from .test_window import BRIEFS, WAIT, Server, browser, call, opened, wait_for

__all__ = ["browser"]  # a fixture

OPEN_TO_ALL = ("--host", "127.0.0.2", "--no-auth")  # an address that is none of this machine's usual names
SIGNED = ("--auth", "kim:secret word")


@pytest.fixture(scope="module")
def started(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Server]]:
    """Two windows as the command line starts them: open to whoever reaches them, and with a password."""
    servers, processes = {}, []
    for name, flags in (("open", OPEN_TO_ALL), ("signed", SIGNED)):
        home = tmp_path_factory.mktemp(name)
        with Index.open(home, encoder=encoder) as index:
            index.add(BRIEFS)
        host = flags[1] if name == "open" else "127.0.0.1"
        servers[name] = Server(f"http://{host}:{(port := free_port())}/", home)
        command = [sys.executable, "-m", "northbrief.ui", "chat", "--port", str(port), *flags]
        with (home / "log.txt").open("w") as log:
            environment = {**os.environ, "NORTHBRIEF_HOME": str(home)}
            processes.append(subprocess.Popen(command, cwd=home, env=environment, stdout=log, stderr=log))
    try:
        for server, process in zip(servers.values(), processes, strict=True):
            wait_for(server, process)
        yield servers
    finally:
        for process in processes:
            process.terminate()
            process.wait(timeout=30)


@pytest.mark.browser
def test_whoever_reaches_an_open_window_may_read_the_library_and_change_nothing(
    browser: Browser, started: dict[str, Server]
) -> None:
    for window in opened(browser, started["open"]):
        page = window.page
        page.get_by_role("link", name="Library").click()
        expect(page.locator("#briefs > li")).to_have_count(7, timeout=WAIT)
        expect(page.locator("#library-closed")).to_have_text("The library is read-only here.")
        expect(page.locator("#adding")).to_be_hidden()
        expect(page.get_by_role("button", name="Remove")).to_have_count(0)
        expect(page.get_by_role("button", name="Correct")).to_have_count(0)
        window.shoot("26-library-read-only")
        sent = page.evaluate("fetch('northbrief/upload?name=a.txt', {method: 'POST', body: 'x'}).then(r => r.status)")
        assert sent == 403
        page.get_by_role("button", name="The bridge over the Tumen", exact=True).click()
        expect(page.locator("#brief-page")).to_contain_text("40 million roubles", timeout=WAIT)
    for name, value in (("add", {"address": "x"}), ("remove", {"id": "ferry"}), ("correct", {"id": "ferry"})):
        assert call(started["open"], name, value) == {"error": "The library is read-only here."}
    log = (started["open"].home / "log.txt").read_text()
    assert [line for line in log.splitlines() if "read-only" in line and "password" in line]


@pytest.mark.browser
def test_one_whose_session_ended_is_told_to_sign_in_again_and_sends_nothing(
    browser: Browser, started: dict[str, Server]
) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(started["signed"].address)
    page.get_by_label("username").fill("kim")
    page.get_by_label("password").fill("secret word")
    page.get_by_role("button", name="Login").click()
    page.get_by_role("link", name="Library").click(timeout=WAIT)
    expect(page.locator("#adding")).to_be_visible(timeout=WAIT)
    send(page, ("kites.txt", b"Kites fly over Kaesong in spring. They stay up all day."))
    expect(page.locator("#uploads > li.done").first).to_contain_text("Added: kites.", timeout=WAIT)
    context.clear_cookies()
    send(page, ("late.txt", b"This comes too late. Nobody is signed in."))
    expect(page.locator("#uploads > li.done").first).to_contain_text("Sign in again", timeout=WAIT)
    with Index.open(started["signed"].home) as index:
        assert {brief.id for brief in index.briefs()} == {*(brief.id for brief in BRIEFS), "kites"}
    context.close()


@pytest.mark.parametrize(
    ("library", "host", "signed", "is_open"),
    [
        (None, "127.0.0.1", None, True),
        (None, "192.0.2.7", ("kim", "word"), True),
        (None, "192.0.2.7", None, False),
        ("open", "192.0.2.7", None, True),
        ("read-only", "127.0.0.1", None, False),
    ],
)
def test_the_library_is_open_where_strangers_cannot_come_and_a_setting_decides(
    library: str | None, host: str, signed: tuple[str, str] | None, is_open: bool
) -> None:
    assert library_is_open(read_settings(library=library), host, signed) is is_open
