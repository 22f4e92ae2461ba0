"""The reader: one token a passage, in time, remembered; and what its word is worth."""

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from northbrief.corpus import ModelError, SettingsError
from northbrief.index import Encoder, Hit, Index, Retriever
from northbrief.qa.llm import UNSEEN, LanguageModel
from northbrief.qa.reader import Calibration, Reader, fit, leading, load_calibration, save_calibration
from northbrief.ui.cli import app
from northbrief.ui.settings import read_settings
from typer.testing import CliRunner

from .chat_server import chat_served, fails, hangs, reads, says
from .serving import BRIEFS, QUESTION


@pytest.fixture(scope="module")
def hits(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Hit]]:
    with Index.open(tmp_path_factory.mktemp("library"), encoder=encoder) as opened:
        opened.add(BRIEFS)
        yield Retriever(opened).search(QUESTION)


def test_a_passage_is_asked_for_one_token_and_remembered(hits: list[Hit]) -> None:
    with chat_served(reads(lambda asked: 2.0 if "40 million" in asked else -2.0)) as chat:
        reader = Reader(LanguageModel(chat.url))
        first, again = reader.read(QUESTION, hits), reader.read(QUESTION, hits)
    assert first == again and len(chat.asked) == len(hits) == 3
    assert [round(value or 0) for value in first] == [2 if "40 million" in hit.passage.text else -2 for hit in hits]
    assert {request["max_tokens"] for request in chat.asked} == {1}


def test_a_server_without_log_probabilities_is_taken_at_its_word(hits: list[Hit]) -> None:
    with chat_served(says("")) as chat:
        assert Reader(LanguageModel(chat.url)).read(QUESTION, hits[:1]) == [UNSEEN]


def test_what_is_not_read_in_time_does_not_count(hits: list[Hit]) -> None:
    slow = threading.Event()

    def first_only(asked: str) -> float:
        if slow.is_set():
            time.sleep(2)
        slow.set()
        return 1.0

    with chat_served(reads(first_only)) as chat:
        began = time.monotonic()
        found = Reader(LanguageModel(chat.url), budget=0.5).read(QUESTION, hits)
    assert time.monotonic() - began < 2
    assert found.count(None) == len(hits) - 1


@pytest.mark.parametrize("behaviour", [hangs, fails(500)])
def test_a_reader_that_reads_nothing_says_so(hits: list[Hit], behaviour: object) -> None:
    with chat_served(behaviour) as chat, pytest.raises(ModelError):  # type: ignore[arg-type]
        Reader(LanguageModel(chat.url), budget=1.0).read(QUESTION, hits)


def test_of_a_comparison_each_side_is_read(hits: list[Hit]) -> None:
    sided = [replace(hits[0], side=side) for side in "AAABBCD"]
    assert [each.side for each in leading(sided)] == ["A", "B", "C", "D"]
    assert leading(hits) == hits[:1]


def test_the_fit_finds_the_odds_that_made_the_answers() -> None:
    draw = np.random.default_rng(1)
    truth = draw.random(4000) < 0.5
    readings = draw.normal(0, 1, 4000) + 2 * truth  # log-odds of such a reading: 2 r - 2
    made = fit(readings.tolist(), [0.5] * 4000, truth.tolist())
    assert made.bias == pytest.approx(-2, abs=0.25) and made.reading == pytest.approx(2, abs=0.15)
    assert made.auroc == pytest.approx(0.921, abs=0.015)  # normal distributions two deviations apart
    chances = np.array([made.probability(value, 0.5) for value in readings])
    assert np.mean(chances[truth] < made.refuse_below) == pytest.approx(0.1, abs=0.005)


def test_a_reader_that_is_no_better_than_chance_or_worse_gets_no_weight() -> None:
    truth = [True, False] * 50
    made = fit([-3.0 if yes else 3.0 for yes in truth], [0.8 if yes else 0.2 for yes in truth], truth)
    assert made.reading == 0 and made.confidence > 0


def test_too_few_questions_are_told() -> None:
    with pytest.raises(SettingsError, match="ten each"):
        fit([1.0] * 12, [0.5] * 12, [True] * 9 + [False] * 3)


def test_calibrations_are_kept_by_model(tmp_path: Path) -> None:
    path, one, two = tmp_path / "models.json", Calibration(1, 2, 3, 0.4), Calibration(5, 6, 7, 0.8, 0.9, 50)
    save_calibration(path, "one", one)
    save_calibration(path, "two", two)
    assert (load_calibration(path, "one"), load_calibration(path, "two")) == (one, two)
    assert load_calibration(path, "three") is None and load_calibration(tmp_path / "none", "one") is None
    path.write_text("{", "utf-8")
    assert load_calibration(path, "one") is None


def test_eval_calibrates_the_model_that_is_set(
    hits: list[Hit], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [
        {"id": f"{n}", "question": f"What did the Tumen bridge {'cost' if n % 2 else 'weigh'} in case {n}?",
         "type": "fact" if n % 2 else "unanswerable", "answerable": bool(n % 2),
         "gold": [{"doc_id": "bridge", "quote": "The Tumen bridge cost 40 million roubles."}] if n % 2 else []}
        for n in range(24)
    ]  # fmt: skip
    path = tmp_path / "questions.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)), "utf-8")
    monkeypatch.setenv("NORTHBRIEF_HOME", str(tmp_path / "home"))
    with Index.open(tmp_path / "home") as index:
        index.add(BRIEFS)
    with chat_served(reads(lambda asked: 4.0 if "cost" in asked.splitlines()[-1] else -4.0)) as chat:
        monkeypatch.setenv("NORTHBRIEF_LLM_URL", chat.url)
        done = CliRunner().invoke(app, ["eval", str(path), "--calibrate", "--json"])
    assert done.exit_code == 0, done.output
    made = json.loads(done.stdout)
    assert (made["model"], made["auroc"], made["questions"]) == ("parrot", 1.0, 24)
    kept = load_calibration(Path(made["path"]), "parrot")
    assert kept is not None and kept.reading > 0


@pytest.mark.parametrize("name", ["NORTHBRIEF_LLM_URL", "NORTHBRIEF_LLM_KEY"])
def test_no_secret_is_printed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "ftp://me:hush@example" if name.endswith("URL") else "hush")
    try:
        shown = repr(read_settings())
    except SettingsError as error:
        shown = str(error)
    assert "hush" not in shown
