"""Servers as they are: what they refuse, how they stream or do not, and what they put round an answer."""

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from northbrief.corpus import ModelError
from northbrief.index import Encoder, Index
from northbrief.qa import Answer, Assistant
from northbrief.qa.llm import UNSEEN, LanguageModel, Message
from northbrief.qa.protocol import PATIENCE, ContextError
from northbrief.qa.written import WritingAssistant

from .chat_server import Behaviour, Chat, Handler, chat_served, chunked, fails, once, piece, raw, says, takes, whole
from .serving import BRIEFS, QUESTION

TOLD = "The Tumen bridge cost 40 million roubles."
CITED = f"{TOLD[:-1]} [1]."
USAGE = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "parrot", "choices": [],
         "usage": {"prompt_tokens": 9, "completion_tokens": 9, "total_tokens": 18}}  # fmt: skip
ASKED = [Message("user", "?")]


@pytest.fixture(scope="module")
def library(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    with Index.open(tmp_path_factory.mktemp("library"), encoder=encoder) as opened:
        opened.add(BRIEFS)
        yield opened


def answered(library: Index, behaviour: Behaviour, timeout: float = 20.0) -> tuple[Answer, Chat]:
    with chat_served(behaviour) as chat:
        return WritingAssistant(library, LanguageModel(chat.url, "parrot", timeout=timeout)).ask(QUESTION), chat


def fell_back(answer: Answer) -> str:
    """The line that says why, "" for an answer of the model."""
    return next((note for note in answer.notes if note.startswith("Answered without")), "")


SOUND: dict[str, Behaviour] = {
    "thinks in a block of its own": says(f"<think>The bridge cost 99 million [1].</think> {CITED}"),
    "thinks without opening the block": says(f"It cost 99 million [1]. So 40. </think> {CITED}"),
    "thinks in a field of its own": chunked(
        piece(None, reasoning_content="Let me see."), piece("", reasoning="99"), piece(CITED), piece("", "stop")
    ),
    "writes headings and bullets": says(f"## The bridge\n\nHere is the answer:\n- **The** {CITED[4:]}\n"),
    "writes a table": says("| What | Cost |\n|---|---|\n| The Tumen bridge cost | 40 million roubles [1] |\n"),
    "writes JSON": says(f'```json\n{{"answer": "{CITED}"}}\n```'),
    "writes its markers otherwise": says(f"{TOLD[:-1]} (Source: passage 1)."),
    "speaks of passages": says(f"According to passage 1, the{CITED[3:-5]}."),
    "repeats itself": says(f"{CITED} {CITED} {CITED} {CITED} {CITED}"),
    "goes round in circles": says(f"{CITED} " * 500),
    "adds that the rest is not said": says(f"{CITED} The passages do not mention who paid."),
    "is cut off by the limit": chunked(piece(f"{CITED} It was opened in the presence of"), piece("", "length")),
    "goes on to the next question": says(f"{CITED}\nQuestion: Who built it?\nThe moon built it [1]."),
    "keeps the line open with comments": chunked(": keep-alive", ": keep-alive", piece(CITED), piece("", "stop")),
    "sends the usage last": chunked(piece(CITED), piece("", "stop"), USAGE),
    "sends a role first": chunked(piece("", role="assistant"), piece(CITED), piece(None, "stop")),
    "does not stream, and sends all at once": whole(CITED),
    "does not stream, and says so": takes(
        lambda asked: "streaming is not supported" if asked.get("stream") else "", whole(CITED)
    ),
    "wants the limit by another name": takes(
        lambda asked: "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens'." * ("max_tokens" in asked),
        says(CITED),
    ),
    "takes no temperature": takes(
        lambda asked: "Unsupported value: 'temperature' does not support 0.0." * ("temperature" in asked), says(CITED)
    ),
    "takes one option less each time": takes(
        lambda asked: next((f"unknown field {name}" for name in ("seed", "stop", "temperature") if name in asked), ""),
        says(CITED),
    ),
    "is busy for a moment": once(fails(429, retry_after="0.1"), says(CITED)),
    "is down for a moment": once(fails(503), says(CITED)),
}


@pytest.mark.parametrize("how", SOUND)
def test_a_server_with_ways_of_its_own_is_understood(library: Index, how: str) -> None:
    answer, _ = answered(library, SOUND[how])
    assert not fell_back(answer)
    assert [claim.text.rstrip(".") for claim in answer.claims] == [TOLD[:-1]]
    assert [str(claim.verdict) for claim in answer.claims] == ["supported"]
    assert {citation.brief.id for citation in answer.citations} == {"bridge"}


def test_what_the_model_finds_no_answer_to_makes_the_answer_a_part_of_one(library: Index) -> None:
    assert answered(library, SOUND["adds that the rest is not said"])[0].partial
    assert not answered(library, says(CITED))[0].partial


UNSOUND: dict[str, tuple[Behaviour, str]] = {
    "sends no choices": (chunked({**piece(""), "choices": []}), "broke off"),
    "sends no choices at once": (raw(b'{"id": "1", "choices": []}', "application/json"), "form"),
    "sends null": (whole(""), "nothing"),
    "only thinks": (says("<think>The bridge cost 40 million roubles [1]."), "nothing"),
    "fails in the middle": (chunked(piece(f"{CITED} It"), 'data: {"error": {"message": "out of memory"}}'), "form"),
    "is behind a proxy that is down": (fails(502, "<html>Bad gateway</html>"), "502"),
    "is behind a page to sign in": (raw(b"<!doctype html><title>Sign in</title>", "text/html"), "form|broke off"),
    "asks for an hour's patience": (fails(429, retry_after="3600"), "busy"),
    "asks for patience until a date": (fails(429, retry_after="Wed, 21 Oct 2037 07:28:00 GMT"), "busy"),
    "is overrun for good": (fails(503, retry_after="0"), "503"),
    "filters what it says": (chunked(piece(None, "content_filter")), "nothing"),
    "calls a tool": (chunked(piece(None, tool_calls=[]), piece(None, "tool_calls")), "nothing"),
    "takes nothing": (fails(400, "bad request"), "400"),
    "never takes the length": (fails(400, "maximum context length is 512 tokens"), "longer than the model reads"),
    "does not come to an end": (says("and so on " * 400), "nothing"),
    "writes a heading alone": (says("## The Tumen bridge\n"), "nothing"),
    "refuses as a machine": (says("As an AI language model, I cannot answer that."), "finds no answer"),
    "refuses in Korean": (says("브리프에는 답이 없습니다."), "finds no answer"),
}  # fmt: skip


@pytest.mark.parametrize("how", UNSOUND)
def test_a_server_that_gives_no_answer_costs_none(library: Index, how: str) -> None:
    behaviour, why = UNSOUND[how]
    began = time.monotonic()
    answer, _ = answered(library, behaviour)
    assert time.monotonic() - began < PATIENCE
    assert re.search(why, fell_back(answer)), answer.notes
    assert answer.claims == Assistant(library).ask(QUESTION).claims


def too_long(most: int) -> Behaviour:
    """A server that reads so many characters, and says it as llama.cpp does."""

    def behave(chat: Chat, handler: Handler, request: dict[str, Any]) -> None:
        length = sum(len(message["content"]) for message in request["messages"])
        if length > most:
            fails(400, "request exceeds the available context size (exceed_context_size_error)")(chat, handler, request)
        else:
            says(CITED)(chat, handler, request)

    return behave


def test_a_context_smaller_than_told_gets_less_evidence_once(library: Index) -> None:
    _, chat = answered(library, says(CITED))
    full = sum(len(message["content"]) for message in chat.asked[0]["messages"])
    with chat_served(too_long(full - 1)) as chat:
        asked = WritingAssistant(library, LanguageModel(chat.url, "parrot"))
        asked.writer.evidence = 150
        answer = asked.ask(QUESTION)
    assert not fell_back(answer) and len(chat.asked) <= 2
    answer, chat = answered(library, too_long(100))
    assert "longer" in fell_back(answer) and len(chat.asked) == 2
    with chat_served(too_long(0)) as chat, pytest.raises(ContextError):
        LanguageModel(chat.url, "parrot").reply(ASKED, 5)


def test_what_a_server_refused_is_not_sent_again() -> None:
    refuses_seed = takes(lambda asked: "unknown field seed" if "seed" in asked else "", says("Good day."))
    with chat_served(refuses_seed) as chat:
        model = LanguageModel(chat.url, "parrot")
        assert [model.reply(ASKED, 5) for _ in range(3)] == ["Good day."] * 3
    assert ["seed" in asked for asked in chat.asked] == [True, False, False, False]


def test_a_reader_without_log_probabilities_is_taken_at_its_word() -> None:
    refuses_them = takes(lambda asked: "logprobs are not supported" if "logprobs" in asked else "", whole("Yes."))
    with chat_served(refuses_them) as chat:
        assert LanguageModel(chat.url, "parrot").yes_or_no(ASKED) == UNSEEN


def test_a_busy_server_is_asked_twice_at_most() -> None:
    with chat_served(fails(503, retry_after="0")) as chat, pytest.raises(ModelError, match="503"):
        LanguageModel(chat.url, "parrot").reply(ASKED, 5)
    assert len(chat.asked) == 2
