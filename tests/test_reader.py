"""The reader: one token a sentence, in time, remembered; what its word is worth, and what it changes."""

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from northbrief.corpus import ModelError, SettingsError
from northbrief.index import Encoder, Hit, Index, Retriever
from northbrief.qa.calibration import CHOICE, Calibration, fit, fit_choice, load_calibration, save_calibration
from northbrief.qa.choosing import chosen_anew, place, read_sentences
from northbrief.qa.excerpts import Excerpt, of_passage
from northbrief.qa.found import look
from northbrief.qa.llm import UNSEEN, LanguageModel
from northbrief.qa.reader import Reader
from northbrief.qa.written import WritingAssistant
from northbrief.ui.cli import app
from northbrief.ui.settings import read_settings
from typer.testing import CliRunner

from .chat_server import chat_served, fails, hangs, reads, says
from .serving import BRIEFS, QUESTION


@pytest.fixture(scope="module")
def retriever(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Retriever]:
    with Index.open(tmp_path_factory.mktemp("library"), encoder=encoder) as opened:
        opened.add(BRIEFS)
        yield Retriever(opened)


@pytest.fixture(scope="module")
def hits(retriever: Retriever) -> list[Hit]:
    return retriever.search(QUESTION)


@pytest.fixture(scope="module")
def texts(hits: list[Hit]) -> list[Excerpt]:
    return [of_passage(hit) for hit in hits]


def test_a_text_is_asked_for_one_token_and_remembered(texts: list[Excerpt]) -> None:
    with chat_served(reads(lambda asked: 2.0 if "40 million" in asked else -2.0)) as chat:
        reader = Reader(LanguageModel(chat.url))
        first, again = reader.read(QUESTION, texts), reader.read(QUESTION, texts)
    assert first == again and len(chat.asked) == len(texts) == 3
    assert [round(value or 0) for value in first] == [2 if "40 million" in text.text else -2 for text in texts]
    assert {request["max_tokens"] for request in chat.asked} == {1}


def test_a_server_without_log_probabilities_is_taken_at_its_word(texts: list[Excerpt]) -> None:
    with chat_served(says("")) as chat:
        assert Reader(LanguageModel(chat.url)).read(QUESTION, texts[:1]) == [UNSEEN]


def test_what_is_not_read_in_time_does_not_count(texts: list[Excerpt]) -> None:
    slow = threading.Event()

    def first_only(asked: str) -> float:
        if slow.is_set():
            time.sleep(2)
        slow.set()
        return 1.0

    with chat_served(reads(first_only)) as chat:
        began = time.monotonic()
        found = Reader(LanguageModel(chat.url), budget=0.5).read(QUESTION, texts)
    assert time.monotonic() - began < 2
    assert found.count(None) == len(texts) - 1


@pytest.mark.parametrize("behaviour", [hangs, fails(500)])
def test_a_reader_that_reads_nothing_says_so(texts: list[Excerpt], behaviour: object) -> None:
    with chat_served(behaviour) as chat, pytest.raises(ModelError):  # type: ignore[arg-type]
        Reader(LanguageModel(chat.url), budget=1.0).read(QUESTION, texts)


def test_a_text_that_a_model_may_not_read_is_not_sent() -> None:
    with chat_served(reads(lambda asked: 2.0)) as chat:
        assert Reader(LanguageModel(chat.url)).read(QUESTION, [Excerpt("")]) == [None]
    assert not chat.asked


def test_the_sentence_in_which_the_model_reads_the_answer_comes_first(retriever: Retriever) -> None:
    found = look(retriever, QUESTION, (), None)
    [reading] = found.readings
    last = reading.sentences[3]
    with chat_served(reads(lambda asked: 5.0 if last.text in asked else -1.0)) as chat:
        values = read_sentences(Reader(LanguageModel(chat.url)), found)
    assert len(values) == len(chat.asked) == min(6, len(reading.sentences))
    anew = chosen_anew(found, values, Calibration(0.0, 1.0, 0.0, 0.5, choice=2.0))
    assert place(anew.readings[0].sentences[0]) == place(last)
    assert anew.probability == pytest.approx(1 / (1 + np.exp(-5)), abs=1e-3)
    before, after = (sum(each.chance for each in read.sentences) for read in (reading, anew.readings[0]))
    assert before == pytest.approx(after, abs=0.1) and after <= 1 + 1e-6
    rest = [
        [place(each) for each in read.sentences if place(each) != place(last)] for read in (reading, *anew.readings)
    ]
    assert rest[0] == rest[1]  # what was read alike keeps its order


def test_nothing_read_changes_nothing(retriever: Retriever) -> None:
    found = look(retriever, QUESTION, (), None)
    assert chosen_anew(found, {}, Calibration(0.0, 1.0, 0.0, 0.5)) is found


def test_each_side_of_a_comparison_is_read_by_its_own_question(retriever: Retriever) -> None:
    found = look(retriever, "Compare the Tumen bridge with the Rason port.", (), None)
    assert len(found.readings) == 2
    with chat_served(reads(lambda asked: 1.0)) as chat:
        read_sentences(Reader(LanguageModel(chat.url)), found)
    questions = {request["messages"][-1]["content"].splitlines()[-1] for request in chat.asked}
    assert len(questions) == 2 and all(any(name in each for each in questions) for name in ("Tumen", "Rason"))


def test_a_model_that_only_reads_has_the_sentence_quoted_that_it_chose(retriever: Retriever, tmp_path: Path) -> None:
    path = tmp_path / "models.json"
    save_calibration(path, "parrot", Calibration(0.0, 1.0, 0.0, 0.5, choice=6.0))
    [reading] = look(retriever, QUESTION, (), None).readings
    other = reading.sentences[2]
    with chat_served(reads(lambda asked: 5.0 if other.text in asked else -5.0)) as chat:
        assistant = WritingAssistant(retriever, LanguageModel(chat.url), calibrations=path, writes=False)
        answer = assistant.ask(QUESTION)
    assert answer.citations[0].quote.endswith(other.text) and not answer.notes
    assert {request["max_tokens"] for request in chat.asked} == {1}


@pytest.mark.parametrize("weight", [0.5, 2.0])
def test_the_fit_finds_how_much_reading_counts_in_the_choice(weight: float) -> None:
    draw = np.random.default_rng(2)
    cases = []
    for _ in range(3000):
        scores, odds = draw.normal(0, 1, 6), draw.normal(0, 1, 6)
        chances = np.exp(scores + weight * odds)
        answering = np.arange(6) == draw.choice(6, p=chances / chances.sum())
        cases.append((scores.tolist(), odds.tolist(), answering.tolist()))
    assert fit_choice(cases) == weight
    assert fit_choice(cases[:9]) == CHOICE


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
    path, one, two = tmp_path / "models.json", Calibration(1, 2, 3, 0.4), Calibration(5, 6, 7, 0.8, 2.5, 0.9, 50)
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
