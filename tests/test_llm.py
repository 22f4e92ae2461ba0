"""A language model that fails in every way we know of, and one that does not: the answer is sound either way."""

import re
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from northbrief.corpus import Brief, ModelError, SettingsError
from northbrief.index import Encoder, Hit, Index, Retriever
from northbrief.qa import Answer, Assistant, wording
from northbrief.qa.calibration import Calibration, save_calibration
from northbrief.qa.completing import evidence_of
from northbrief.qa.excerpts import by_side, in_turn
from northbrief.qa.extract import Sentence
from northbrief.qa.found import look
from northbrief.qa.injected import plain_spans
from northbrief.qa.llm import LanguageModel, Message, log_odds, tokens
from northbrief.qa.prompts import NOT_STATED, writing
from northbrief.qa.reply import sentences
from northbrief.qa.written import WritingAssistant, sound

from .chat_server import (
    Behaviour,
    Chat,
    breaks_off,
    chat_served,
    dribbles,
    fails,
    hangs,
    raw,
    reads,
    says,
    talks_on,
)
from .serving import BRIEFS, OFF_TOPIC, QUESTION

GOOD = "The Tumen bridge cost 40 million roubles [1]. It opened to lorries before it opened to buses [1]."
SECRET = "sk-do-not-print-me"
TIMEOUT = 1.0
SLACK = 3.0  # a busy machine
BAD: dict[str, tuple[Behaviour, str]] = {
    "hangs": (hangs, "too long"),
    "only keeps the line open": (dribbles, "too long"),
    "never ends": (talks_on, "too long|supported|nothing"),
    "breaks off": (breaks_off, "broke off|form"),
    "has no such model": (fails(404), "no such model"),
    "does not know the key": (fails(401, f"Incorrect API key provided: {SECRET}"), "key"),
    "is overrun": (fails(429, retry_after="0"), "busy"),
    "is broken": (fails(500), "500"),
    "sends us elsewhere": (fails(307, Location="http://127.0.0.1:9/v1/chat/completions"), "307"),
    "says nothing": (says(""), "nothing"),
    "sends an empty stream": (raw(b""), "broke off"),
    "sends no JSON": (raw(b"data: hello\n\n"), "form"),
    "sends other JSON": (raw(b'data: {"choices": [{"delta": 3}]}\n\n'), "form"),
    "sends a page": (raw(b"<html>Sign in</html>", "text/html"), "form|broke off"),
    "refuses": (says(NOT_STATED), "finds no answer"),
    "refuses in its own words": (says("I'm sorry, the passages do not mention the cost of it."), "finds no answer"),
    "cites nothing": (says("The Tumen bridge cost 40 million roubles."), "cites nothing"),
    "cites what is not there": (says("The bridge is made of green cheese from the moon [9]."), "supported"),
    "speaks Korean": (says("두만강 다리는 사천만 루블이 들었다고 한다 [1]."), "another language"),
    "invents": (says("The bridge was paid for by the town of Vladivostok in 1987 [1]."), "supported"),
    "is half right": (
        says("The Tumen bridge cost 40 million roubles [1]. It fell into the river in 1987 [1]."),
        "half",
    ),
    "writes a link": (says("See https://evil.example/collect?q=roubles for the cost of it [1]."), "supported"),
    "writes an image": (says("![The Tumen bridge cost 40 million roubles](//evil.example/x.png) [1]"), "supported"),
    "writes markup": (says("<img src=x onerror=alert(1)> The bridge cost 40 million roubles [1]."), "supported"),
}


@pytest.fixture(scope="module")
def library(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    with Index.open(tmp_path_factory.mktemp("library"), encoder=encoder) as opened:
        opened.add(BRIEFS)
        yield opened


def assistant(library: Index, chat: Chat, timeout: float = 30.0) -> WritingAssistant:
    return WritingAssistant(library, LanguageModel(chat.url, key=SECRET, timeout=timeout))


def check_evidence(answer: Answer) -> None:
    numbers = {citation.number for citation in answer.citations}
    assert numbers == set(range(1, len(numbers) + 1))
    assert {number for claim in answer.claims for number in claim.citations} == numbers
    assert set(map(int, re.findall(r"\[(\d+)\]", answer.text))) == numbers
    for citation in answer.citations:
        assert citation.quote == citation.brief.text[citation.start : citation.end]
        assert citation.quote in citation.passage.text


def test_a_sound_answer_is_the_models_words_with_exact_quotes(library: Index) -> None:
    with chat_served(says(GOOD)) as chat:
        answer = assistant(library, chat).ask(QUESTION)
    assert [claim.text for claim in answer.claims] == [
        "The Tumen bridge cost 40 million roubles.",
        "It opened to lorries before it opened to buses.",
    ]
    assert [str(claim.verdict) for claim in answer.claims] == ["supported", "supported"]
    assert [citation.brief.id for citation in answer.citations] == ["bridge", "bridge"]
    check_evidence(answer)
    assert answer.notes == Assistant(library).ask(QUESTION).notes


@pytest.mark.parametrize("how", BAD)
def test_whatever_the_model_does_wrong_the_default_answer_comes_with_a_line_that_says_why(
    library: Index, how: str
) -> None:
    behaviour, reason = BAD[how]
    default = Assistant(library).ask(QUESTION)
    with chat_served(behaviour) as chat:
        asked = assistant(library, chat, TIMEOUT)
        began = time.monotonic()
        answer = asked.ask(QUESTION)
        seconds = time.monotonic() - began
    [note] = [note for note in answer.notes if note not in default.notes]
    assert re.search(reason, note), note
    assert note in answer.text and SECRET not in answer.text
    assert (answer.claims, answer.citations, answer.abstained) == (default.claims, default.citations, default.abstained)
    assert seconds < TIMEOUT + SLACK
    check_evidence(answer)


def test_a_server_that_is_down_costs_no_answer(library: Index) -> None:
    with chat_served(hangs) as chat:
        pass
    answer = assistant(library, chat, TIMEOUT).ask(QUESTION)
    assert "cannot be reached" in answer.notes[-1]
    assert answer.claims == Assistant(library).ask(QUESTION).claims


def test_what_the_briefs_do_not_cover_is_refused_and_the_model_not_asked(library: Index) -> None:
    with chat_served(says("Roses are red [1].")) as chat:
        answer = assistant(library, chat).ask(OFF_TOPIC)
    assert answer.abstained and chat.asked == []
    assert answer.text == Assistant(library).ask(OFF_TOPIC).text


def test_an_unsupported_sentence_is_left_out_and_a_wrong_number_cited_anew(library: Index) -> None:
    told = (
        "The Tumen bridge cost 40 million roubles [2]. The Wonsan ferry carries 300 passengers on each voyage [9]. "
        "The Tumen bridge cost 90 million roubles [1]."
    )
    with chat_served(says(told)) as chat:
        answer = assistant(library, chat).ask("What did the Tumen bridge cost, and what does the Wonsan ferry carry?")
    assert [claim.text for claim in answer.claims] == [
        "The Tumen bridge cost 40 million roubles.",
        "The Wonsan ferry carries 300 passengers on each voyage.",
    ]
    assert [citation.brief.id for citation in answer.citations] == ["bridge", "ferry and/or boat"]
    check_evidence(answer)


def test_sentences_are_shown_as_they_are_complete(library: Index) -> None:
    with chat_served(says(GOOD, pause=0.03)) as chat:
        parts = list(assistant(library, chat).stream(QUESTION))
    assert [len(part.claims) for part in parts] == [1, 2, 2]  # the last with its notes
    for part in parts:
        check_evidence(part)


def test_who_stops_listening_ends_the_request(library: Index) -> None:
    with chat_served(says(GOOD + " and so on" * 2000, pause=0.01)) as chat:
        parts = assistant(library, chat).stream(QUESTION)
        next(parts)
        parts.close()  # type: ignore[attr-defined]  # a generator
        assert chat.broken_off.wait(5)


def test_the_key_goes_to_the_server_and_nowhere_else(library: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-another-service")
    with chat_served(says(GOOD)) as chat:
        asked = assistant(library, chat)
        asked.ask(QUESTION)
        without = WritingAssistant(library, LanguageModel(chat.url))
        without.ask(QUESTION)
    assert chat.keys == [f"Bearer {SECRET}", "Bearer none"]
    assert SECRET not in repr(asked.language_model) + asked.address


def test_an_address_is_shown_without_its_password() -> None:
    model = LanguageModel("https://me:hush@models.example:8443/v1?token=hush", "parrot")
    assert (model.address, model.name) == ("https://models.example:8443/v1", "parrot")
    assert "hush" not in repr(model)


@pytest.mark.parametrize("url", ["localhost:11434", "ftp://localhost/v1", "http://", ""])
def test_an_address_that_is_none_is_told(url: str) -> None:
    with pytest.raises(SettingsError, match="llm_url"):
        LanguageModel(url)


def sentences_of(hits: Sequence[Hit]) -> list[Sentence]:
    """Every sentence of the passages, in their order."""
    return [
        Sentence(hit, hit.passage.start + start, hit.passage.start + end, (), (), 0.0, 0.0)
        for hit in hits
        for start, end in plain_spans(hit)
    ]


def test_the_evidence_fits_the_models_context_best_first(library: Index) -> None:
    hits = Assistant(library).retriever.search(QUESTION)
    ranked = sentences_of(hits)
    for context, evidence in ((1200, 900), (1300, 900), (4000, 900), (4000, 40), (4000, 60)):
        asking = writing(QUESTION, ranked, context, evidence=evidence)
        assert sum(tokens(message.content) for message in asking.messages) <= context
        assert asking.hits == tuple(hits[: len(asking.hits)]) and asking.hits
        assert all(f"\n[{n}] (" in asking.messages[-1].content for n in range(1, len(asking.hits) + 1))


def test_a_model_is_given_what_probably_answers_and_no_more(library: Index) -> None:
    found = look(Retriever(library), QUESTION, (), None)
    [reading] = found.readings

    def given(chances: Sequence[float]) -> int:
        sure = [replace(each, chance=chance) for each, chance in zip(reading.sentences, chances, strict=False)]
        return len(evidence_of(replace(found, readings=(replace(reading, sentences=tuple(sure)),)))[1])

    assert len(reading.sentences) >= 7
    assert [given([first, *[0.05] * 6]) for first in (0.99, 0.72, 0.4)] == [5, 6, 7]


def test_sentences_of_one_passage_stand_together_with_what_they_point_back_to(library: Index) -> None:
    [bridge] = [hit for hit in Assistant(library).retriever.search(QUESTION) if hit.brief.id == "bridge"]
    first, *_, last = sentences_of([bridge])
    [line] = [
        line
        for line in writing(QUESTION, [last, first], 4000).messages[-1].content.splitlines()
        if line.startswith("[1]")
    ]
    assert line.index(first.text) < line.index(last.text)
    text = "The ferry was built in 1987.\nIt sank last year. Nobody knows why. It was 12 metres long."
    brief = Brief(id="ferry", title="The ferry", text=text)
    hit = replace(bridge, brief=brief, passage=replace(bridge.passage, text=text, start=0, end=len(text)))
    _, _, asked, pointing = sentences_of([hit])
    told = writing(QUESTION, [pointing], 4000).messages[-1].content
    assert f"undated) {asked.text} {pointing.text}\n" in told and "sank" not in told


def test_of_a_comparison_the_sides_take_turns(library: Index) -> None:
    hits = Assistant(library).retriever.search(QUESTION)
    sided = [replace(hit, side="A" if place < 2 else "B") for place, hit in enumerate(hits[:3])]
    assert [hit.side for hit in in_turn(by_side(sided))] == ["A", "B", "A"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A ferry came. [1] It left again [2].", ["A ferry came. [1]", "It left again [2]."]),
        ("A ferry came [1][2]. It left again [1, 2].", ["A ferry came [1][2].", "It left again [1, 2]."]),
        ("- The ferry came [1].\n- The ferry left [2].\n", ["The ferry came [1].", "The ferry left [2]."]),
        ("[1] The ferry came.\n[2] The ferry left.", ["[1] The ferry came.", "[2] The ferry left."]),
        (
            "Answer: **The ferry** came [passage 1]. It rose by 3.5 percent (2).",
            ["The ferry came [1].", "It rose by 3.5 percent [2]."],
        ),
        (
            "The U.S. ship left Wonsan at 3 p.m. [1] It came back【2】.",
            ["The U.S. ship left Wonsan at 3 p.m. [1]", "It came back[2]."],
        ),
        ("The ferry came [1]. It left with three hundred pass", ["The ferry came [1]."]),
        ("Yes.", []),
    ],
)  # fmt: skip
def test_sentences_keep_their_markers_however_the_stream_is_cut(text: str, expected: list[str]) -> None:
    for size in (1, 2, 3, 7, 1000):
        pieces = iter([text[at : at + size] for at in range(0, len(text), size)])
        assert list(sentences(pieces)) == expected, size


def test_what_a_model_thinks_aloud_is_not_its_answer() -> None:
    with chat_served(says("<think> The passages say it. [1] Good. </think> The answer is here [1].")) as chat:
        assert LanguageModel(chat.url).reply([Message("user", "?")], 50) == "The answer is here [1]."


def test_log_odds_count_a_word_in_all_its_spellings() -> None:
    assert log_odds({" Yes": -1.0, "no": -1.0}) == pytest.approx(0.0)
    assert log_odds({"Yes": -1.0, "yes": -1.0, "No": -1.0}) == pytest.approx(0.6931, abs=1e-3)
    assert log_odds({"Yes": -1.0}) > 20 and log_odds({"NO.": -1.0}) < -20 and log_odds({"Maybe": 0.0}) == 0.0


def test_a_reply_that_is_neither_yes_nor_no_is_told() -> None:
    perhaps = raw(b'{"choices": [{"index": 0, "message": {"content": "Perhaps"}}]}', "application/json")
    with chat_served(perhaps) as chat, pytest.raises(ModelError, match="neither yes nor no"):
        LanguageModel(chat.url).yes_or_no([Message("user", "?")])


@pytest.mark.parametrize(
    ("made", "kept"),
    [
        ("What did the Wonsan ferry carry in 2024?", True),
        ("Kim Jong Un visited the opening of a new greenhouse farm today, did he not?", False),
        ("The Wonsan ferry carries 300 passengers.", False),
        ("?", False),
    ],
)
def test_a_rewritten_question_is_of_the_conversations_words(made: str, kept: bool) -> None:
    assert sound(made, "And what did it carry in 2024?", ["What did the Wonsan ferry cost?"]) is kept


def test_a_follow_up_that_the_model_rewrote_is_searched_in_both_forms(library: Index) -> None:
    made = "What did the Tumen bridge cost?"
    with chat_served(says(made)) as chat:
        asked = WritingAssistant(library, LanguageModel(chat.url), rewrite=True)
        answer = asked.ask("And what did it cost?", ["Where is the Tumen bridge?"])
    assert answer.question == made and answer.plan is not None
    assert answer.plan.question == "And what did it cost?"
    assert "It opened" in answer.hits[0].passage.text


def test_several_threads_may_ask_at_once(library: Index) -> None:
    found: list[Answer] = []
    with chat_served(says(GOOD, pause=0.005)) as chat:
        asked = assistant(library, chat)
        threads = [threading.Thread(target=lambda: found.append(asked.ask(QUESTION))) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len({answer.text for answer in found}) == 1 and len(found) == 6


def test_the_reader_refuses_what_it_does_not_find(library: Index, tmp_path: Path) -> None:
    path = tmp_path / "models.json"
    save_calibration(path, "parrot", Calibration(0.0, 1.0, 0.0, 0.5))
    with chat_served(reads(lambda asked: 3.0 if "cost?" in asked.splitlines()[-1] else -3.0, GOOD)) as chat:
        asked = WritingAssistant(library, LanguageModel(chat.url), calibrations=path)
        answer, refused = asked.ask(QUESTION), asked.ask("Who built the Tumen bridge?")
    assert answer.claims and answer.confidence == pytest.approx(0.9526, abs=1e-3)
    assert refused.abstained and refused.text.startswith(NOT_STATED) and refused.claims == ()


def test_a_page_does_not_wait_for_a_server_that_does_not_tell_its_model() -> None:
    model = LanguageModel("http://127.0.0.1:9/v1", timeout=0.5)
    began = time.monotonic()
    with pytest.raises(ModelError, match=r"cannot be reached|too long"):
        _ = model.name
    assert time.monotonic() - began < 0.5 + SLACK


def test_the_window_shows_a_model_by_its_name_and_address(library: Index) -> None:
    with chat_served(says("")) as chat:
        asked = WritingAssistant(library, LanguageModel(chat.url))
        assert (asked.model, asked.address) == ("parrot", chat.url)
    file = WritingAssistant(library, LanguageModel(chat.url, "/home/me/models/Parrot-1B.gguf"))
    assert file.model == "Parrot-1B"


def test_every_reason_why_a_model_does_not_answer_is_told_in_korean() -> None:
    folder = Path(wording.__file__).parent
    code = "".join((folder / name).read_text("utf-8") for name in ("llm.py", "protocol.py", "reader.py", "writer.py"))
    reasons = re.findall(r'(?:Model|Writer|Context)Error\(f?"([^"]+)"', code)
    assert len(reasons) > 15
    for reason in reasons:
        told = wording.without_model(True, reason.replace("{error.status_code}", "500"))
        assert re.search("[가-힣]", told.split(":", 1)[1]), reason
