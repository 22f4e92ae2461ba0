"""How soon the window answers: from the command to a page that answers, and from Enter to the first visible words.

    python -m tests.benchmarks.window

Starts `northbrief chat` on the shipped shelf, drives it with the system's Chromium, and asks the shelf's own questions.
"""

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from northbrief.corpus.shelf import load_shelf
from northbrief.index import Index
from playwright.sync_api import Error, Page, sync_playwright

QUESTIONS = Path(__file__).resolve().parents[1] / "shelf_questions.jsonl"
WATCH = """() => {
  window.first = null;
  new MutationObserver(() => {
    if (window.first !== null || !document.querySelector("#turns :is(.claim, .refusal)")) return;
    window.first = performance.now();
  }).observe(document.getElementById("turns"), {childList: true, subtree: true});
  document.getElementById("question").addEventListener("keydown", (event) => {
    if (event.key === "Enter") window.began = performance.now();
  }, {capture: true});
}"""


def main() -> None:
    """Measure and print one line a figure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--questions", type=int, default=60)
    parser.add_argument("--starts", type=int, default=3)
    options = parser.parse_args()
    asked = [json.loads(line)["question"] for line in QUESTIONS.read_text("utf-8").splitlines()][: options.questions]
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        with Index.open(home) as index:
            index.add(load_shelf())
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--headless=new", "--no-sandbox", "--disable-gpu"]
        )
        starts = []
        for number in range(options.starts):
            began = time.perf_counter()
            process, address = started(home)
            page = browser.new_page()
            visited(page, address)
            ask(page, asked[0])
            starts.append(time.perf_counter() - began)
            if number < options.starts - 1:
                process.terminate()
                process.wait()
        print("command to first answer, s:", " ".join(f"{each:.1f}" for each in sorted(starts)))
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", "import gradio"], check=True)
        print(f"of which import gradio alone, s: {time.perf_counter() - began:.1f}")
        page.evaluate(WATCH)
        waits = [ask(page, question) for question in asked]
        print(f"Enter to first words over {len(waits)} questions, ms: ", end="")
        print(" ".join(f"p{p} {np.percentile(waits, p):.0f}" for p in (50, 95, 100)))
        process.terminate()
        process.wait()
        browser.close()


def started(home: str) -> tuple[subprocess.Popen[bytes], str]:
    """Start the window, without waiting for it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {"NORTHBRIEF_HOME": home}
    command = [sys.executable, "-m", "northbrief.ui", "chat", "--port", str(port)]
    return subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL), f"http://127.0.0.1:{port}/"


def visited(page: Page, address: str) -> None:
    """Open the page as soon as the server takes connections."""
    while True:
        try:
            page.goto(address)
            break
        except Error:  # refused until it listens
            time.sleep(0.05)
    page.wait_for_selector("#nb[data-ready]")


def ask(page: Page, question: str) -> float:
    """Ask in a new conversation, and return the milliseconds from Enter to the first words of the answer."""
    page.click('[data-do="fresh"]')
    page.wait_for_function("!document.querySelector('.turn')")
    page.evaluate("window.first = null")
    page.fill("#question", question)
    page.press("#question", "Enter")
    page.wait_for_selector("#turns .actions", timeout=60_000)
    return float(page.evaluate("(window.first || 0) - (window.began || 0)"))


if __name__ == "__main__":
    main()
