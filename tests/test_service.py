"""The HTTP service: its routes, real clients of the OpenAI form, and everything it refuses."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from northbrief.index import Encoder, Index, Retriever
from northbrief.qa import REFUSAL, Assistant
from northbrief.ui.guard import Limits, Rates, hostname
from northbrief.ui.service import OPEN, build_service

from .serving import BRIEFS, OFF_TOPIC, QUESTION, Program, served

TOKEN = "a token of some length"
SIGNED = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture(scope="module")
def assistant(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with Index.open(tmp_path_factory.mktemp("service"), encoder=encoder) as index:
        index.add(BRIEFS)
        yield Assistant(index)


@pytest.fixture(scope="module")
def address(assistant: Assistant) -> Iterator[str]:
    with served(service(assistant, rate=0)) as address:
        yield address


@pytest.fixture
def client(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=60) as client:
        yield client


def service(assistant: Assistant, **limits: Any) -> Any:
    return build_service(assistant.retriever, assistant, Limits(open=OPEN, **limits))


def refused(response: httpx.Response, status: int, *words: str) -> None:
    assert response.status_code == status, response.text
    message = response.json()["error"]["message"]
    assert all(word in message for word in words), message


# --- routes ------------------------------------------------------------------------------------------------------


def test_a_search_returns_what_the_retriever_finds(client: httpx.Client, assistant: Assistant) -> None:
    found = client.post("/search", json={"question": QUESTION, "k": 2}).json()
    hits = assistant.retriever.search(QUESTION, 2)
    assert [hit["passage"]["id"] for hit in found["hits"]] == [hit.passage.id for hit in hits]
    assert [hit["score"] for hit in found["hits"]] == [pytest.approx(hit.score, abs=1e-4) for hit in hits]
    first = found["hits"][0]
    assert (first["brief"]["id"], first["brief"]["published"], first["brief"]["authors"]) == (
        "bridge",
        "2025-03-02",
        ["A. Author"],
    )
    assert BRIEFS[0].text[first["passage"]["start"] : first["passage"]["end"]] == first["passage"]["text"]


def test_a_filter_and_a_history_are_heeded(client: httpx.Client) -> None:
    asked = {"question": "And the ferry?", "history": [QUESTION], "where": {"until": "2024-12-31"}}
    found = client.post("/search", json=asked).json()
    assert {hit["brief"]["id"] for hit in found["hits"]} == {"ferry and/or boat"}


def test_an_answer_has_text_claims_and_citations(client: httpx.Client, assistant: Assistant) -> None:
    answer = client.post("/ask", json={"question": QUESTION}).json()
    assert answer["text"] == assistant.ask(QUESTION).text
    assert any("40 million roubles" in citation["quote"] for citation in answer["citations"])
    assert answer["citations"][0]["brief"]["url"] == "https://rivers.example/bridge"
    assert not answer["abstained"]


def test_no_path_of_this_machine_is_told(client: httpx.Client) -> None:
    chat = {"model": "northbrief", "messages": [{"role": "user", "content": QUESTION}]}
    answers = [
        client.post("/ask", json={"question": QUESTION}),
        client.post("/search", json={"question": QUESTION}),
        client.post("/v1/chat/completions", json=chat),
        client.get("/briefs/bridge"),
    ]
    assert all('bridge.md"' in answer.text and "somebody" not in answer.text for answer in answers)


def test_briefs_are_listed_by_pages_newest_first(client: httpx.Client) -> None:
    first = client.get("/briefs", params={"limit": 2}).json()
    assert [brief["id"] for brief in first["briefs"]] == ["bridge", "ferry and/or boat"]
    assert (first["total"], first["next_offset"]) == (3, 2)
    last = client.get("/briefs", params={"limit": 2, "offset": 2}).json()
    assert ([brief["id"] for brief in last["briefs"]], last["next_offset"]) == (["mill"], None)


def test_a_brief_is_read_by_stretches_whatever_its_id(client: httpx.Client) -> None:
    read, start = "", 0
    while start is not None:
        part = client.get("/briefs/ferry%20and%2For%20boat", params={"start": start, "length": 50}).json()
        read, start = read + part["text"], part["next_start"]
    assert read == BRIEFS[1].text


def test_a_brief_that_is_not_there_is_not_found(client: httpx.Client) -> None:
    refused(client.get("/briefs/none"), 404, "no brief")


def test_a_brief_added_and_removed_meanwhile_is_listed_and_gone(client: httpx.Client, assistant: Assistant) -> None:
    from dataclasses import replace

    index = assistant.retriever.index
    index.add([replace(BRIEFS[2], id="new", text=f"{BRIEFS[2].text} It was new.")])
    assert client.get("/health").json()["briefs"] == 4
    index.remove("new")
    assert client.get("/health").json()["briefs"] == 3


def test_the_openapi_page_loads_nothing_from_elsewhere(client: httpx.Client) -> None:
    page = client.get("/docs").text
    assert "//cdn" not in page and "https://" not in page
    assert client.get("/static-offline-docs/swagger-ui-bundle.js").status_code == 200
    paths = set(client.get("/openapi.json").json()["paths"])
    assert paths == {
        "/search",
        "/ask",
        "/briefs",
        "/briefs/{id}",
        "/v1/models",
        "/v1/chat/completions",
        "/health",
        "/metrics",
    }


def test_the_metrics_count_requests_answers_and_briefs(assistant: Assistant) -> None:
    with served(service(assistant)) as address, httpx.Client(base_url=address) as client:
        client.post("/ask", json={"question": QUESTION})
        client.post("/ask", json={"question": OFF_TOPIC})
        client.get("/nowhere/at/all")
        lines = client.get("/metrics").text.splitlines()
    assert 'northbrief_requests_total{method="POST",route="/ask",status="200"} 2.0' in lines
    assert 'northbrief_requests_total{method="GET",route="none",status="404"} 1.0' in lines
    assert 'northbrief_answers_total{abstained="true"} 1.0' in lines
    assert "northbrief_briefs 3.0" in lines


# --- the OpenAI form ---------------------------------------------------------------------------------------------


@pytest.fixture
def openai_client(address: str) -> Iterator[Any]:
    openai = pytest.importorskip("openai")
    with openai.OpenAI(base_url=f"{address}/v1", api_key="none") as client:
        yield client


def test_openais_client_gets_an_answer_with_its_sources(openai_client: Any) -> None:
    assert [model.id for model in openai_client.models.list()] == ["northbrief"]
    made = openai_client.chat.completions.create(
        model="northbrief", messages=[{"role": "system", "content": "Be brief."}, {"role": "user", "content": QUESTION}]
    )
    message = made.choices[0].message
    assert "40 million roubles" in message.content
    sources = message.content.partition("Sources:\n")[2]
    assert "[1]" in sources
    assert "A. Author, “The bridge over the Tumen”, Institute of Rivers, 2 March 2025" in sources
    assert made.choices[0].finish_reason == "stop"
    assert "The Tumen bridge cost 40 million roubles." in [each["quote"] for each in made.northbrief["citations"]]
    cited = message.annotations[0].url_citation
    assert message.content[cited.start_index : cited.end_index] == "[1]"
    assert cited.url == "https://rivers.example/bridge"


def test_openais_client_gets_the_same_answer_streamed(openai_client: Any) -> None:
    asked = {"model": "northbrief", "messages": [{"role": "user", "content": QUESTION}]}
    whole = openai_client.chat.completions.create(**asked)
    chunks = list(openai_client.chat.completions.create(**asked, stream=True))
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert text == whole.choices[0].message.content
    assert chunks[-1].choices[0].finish_reason == "stop"
    data = [chunk.northbrief for chunk in chunks if getattr(chunk, "northbrief", None)]
    assert data == [whole.northbrief]


def test_earlier_user_messages_are_the_history(openai_client: Any) -> None:
    messages = [
        {"role": "user", "content": "How many passengers does the Wonsan ferry carry?"},
        {"role": "assistant", "content": "300 [1]"},
        {"role": "user", "content": [{"type": "text", "text": "Where are its tickets sold?"}]},
    ]
    made = openai_client.chat.completions.create(model="northbrief", messages=messages)
    assert "ferry" in made.northbrief["question"].lower()
    assert "quay" in made.choices[0].message.content


def test_a_refusal_is_a_message_too(openai_client: Any) -> None:
    made = openai_client.chat.completions.create(
        model="northbrief", messages=[{"role": "user", "content": OFF_TOPIC}], stream=False
    )
    assert made.choices[0].message.content.startswith(REFUSAL)
    assert made.northbrief["abstained"]


def test_openais_client_reads_our_errors(openai_client: Any) -> None:
    openai = pytest.importorskip("openai")
    user = [{"role": "user", "content": QUESTION}]
    with pytest.raises(openai.NotFoundError, match="expected 'northbrief'"):
        openai_client.chat.completions.create(model="other", messages=user)
    for stream in (False, True):
        with pytest.raises(openai.UnprocessableEntityError, match="empty question"):
            openai_client.chat.completions.create(
                model="northbrief", messages=[{"role": "user", "content": "  "}], stream=stream
            )
    with pytest.raises(openai.UnprocessableEntityError, match="last message's role"):
        openai_client.chat.completions.create(
            model="northbrief", messages=[*user, {"role": "assistant", "content": "No."}]
        )


def test_a_stream_that_changes_its_mind_ends_with_the_whole_answer() -> None:
    import asyncio
    from collections.abc import AsyncGenerator

    from northbrief.qa import Answer
    from northbrief.ui.completions import CORRECTED, events

    async def rest() -> AsyncGenerator[Answer, None]:
        yield Answer("Something else.", "q")

    async def content() -> str:
        sent = [event async for event in events(Answer("First words", "q"), rest())]
        chunks = [json.loads(event[6:]) for event in sent if "[DONE]" not in event]
        return "".join(chunk["choices"][0]["delta"].get("content", "") for chunk in chunks)

    assert asyncio.run(content()) == "First words" + CORRECTED + "Something else."


def test_a_chat_client_of_others_talks_to_it(address: str, tmp_path: Path) -> None:
    pytest.importorskip("llm")
    model = f"- model_id: northbrief\n  model_name: northbrief\n  api_base: {address}/v1\n"
    (tmp_path / "extra-openai-models.yaml").write_text(model, "utf-8")
    environment = os.environ | {"LLM_USER_PATH": str(tmp_path), "OPENAI_API_KEY": "none", "LLM_LOAD_PLUGINS": ""}

    def run(*arguments: str) -> str:
        command = [sys.executable, "-m", "llm", *arguments]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert "40 million roubles" in run("prompt", "-m", "northbrief", QUESTION)
    assert "lorries" in run("prompt", "-m", "northbrief", "-c", "And to whom did it open first?")


# --- what it refuses ---------------------------------------------------------------------------------------------


def test_without_the_token_nothing_but_health_and_the_page_is_told(assistant: Assistant) -> None:
    with served(service(assistant, token=TOKEN)) as address, httpx.Client(base_url=address) as client:
        for wrong in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {TOKEN}"}):
            for path in ("/briefs", "/metrics", "/v1/models", "/mcp", "/nowhere"):
                refused(client.get(path, headers=wrong), 401, "Bearer")
            refused(client.post("/search", json={"question": QUESTION}, headers=wrong), 401)
        assert client.get("/health").status_code == client.get("/docs").status_code == 200
        assert client.post("/search", json={"question": QUESTION}, headers=SIGNED).status_code == 200
        assert client.get("/health", headers={"Host": "briefs.example"}).status_code == 200


def test_without_a_token_another_sites_name_is_no_way_in(client: httpx.Client) -> None:
    refused(client.get("/briefs", headers={"Host": "rebound.example"}), 421, "loopback")
    refused(client.get("/briefs", headers={"Host": "127.0.0.1.example:80"}), 421)


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("localhost", "localhost"),
        ("LOCALHOST:8000", "localhost"),
        ("127.0.0.1:8000", "127.0.0.1"),
        ("[::1]:8000", "[::1]"),
        ("[::1]", "[::1]"),
        ("::1", "::1"),
        ("127.0.0.1:8000.example", "127.0.0.1:8000.example"),
        ("", ""),
    ],
)
def test_the_name_of_a_host_header_is_read_without_its_port(host: str, name: str) -> None:
    assert hostname(host) == name


def test_more_requests_than_the_rate_are_told_when_to_come_back(assistant: Assistant) -> None:
    with served(service(assistant, rate=3)) as address, httpx.Client(base_url=address) as client:
        codes = [client.get("/briefs").status_code for _ in range(5)]
        last = client.get("/briefs")
        assert client.get("/health").status_code == 200
    assert codes == [200, 200, 200, 429, 429]
    refused(last, 429, "3 requests a minute")
    assert 1 <= int(last.headers["retry-after"]) <= 20


def test_a_rate_refills_and_is_each_clients_own() -> None:
    rates = Rates(60)
    assert [rates.wait("a", 0.0) for _ in range(61)] == [0.0] * 60 + [1.0]
    assert rates.wait("b", 0.0) == 0.0
    assert rates.wait("a", 0.5) == pytest.approx(0.5)
    assert rates.wait("a", 1.5) == 0.0
    assert rates.wait("a", 1e6) == 0.0
    assert Rates(0).wait("a", 0.0) == 0.0


def test_a_body_over_the_limit_is_refused_announced_or_not(assistant: Assistant) -> None:
    def parts() -> Iterator[bytes]:
        for _ in range(20):
            yield b" " * 1_000

    kind = {"Content-Type": "application/json"}
    with served(service(assistant, body=10_000)) as address, httpx.Client(base_url=address) as client:
        refused(client.post("/ask", json={"question": "x" * 20_000}), 413, "10,000 bytes")
        refused(client.post("/ask", content=parts(), headers=kind), 413)


def test_a_crowd_beyond_the_limit_is_told_to_try_again(assistant: Assistant) -> None:
    with served(service(assistant, busy=1)) as address, httpx.Client(base_url=address, timeout=30) as client:
        host, port = address.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as slow:
            slow.sendall(b"POST /ask HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n")
            deadline = time.monotonic() + 10
            while "northbrief_running 1.0" not in client.get("/metrics").text:
                assert time.monotonic() < deadline
            crowded = client.post("/ask", json={"question": QUESTION})
        refused(crowded, 503, "try again")
        assert crowded.headers["retry-after"] == "1"
        while "northbrief_running 0.0" not in client.get("/metrics").text:
            assert time.monotonic() < deadline
        assert client.post("/ask", json={"question": QUESTION}).status_code == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"{", 422),
        (b"[]", 422),
        (b"\xff\xfe", 422),
        (b"[" * 100_000, 400),
        (b'{"question": null}', 422),
        (b'{"question": "   "}', 422),
        (b'{"question": "\\ud800"}', 422),
        (b'{"question": "a\\u0000b"}', 200),
        (b'{"question": "x", "k": 0}', 422),
        (b'{"question": "x", "k": 1e99}', 422),
        (b'{"question": "x", "other": 1}', 422),
        (b'{"question": "x", "where": {"since": "2024-13-45"}}', 422),
        (b'{"question": "x", "where": {"briefs": ["\\udfff"]}}', 422),
        (b'{"question": "' + b"x" * 5_000 + b'"}', 422),
    ],
)
def test_what_is_no_question_is_told_so(client: httpx.Client, body: bytes, status: int) -> None:
    response = client.post("/search", content=body, headers={"Content-Type": "application/json"})
    assert response.status_code == status, response.text
    assert "Traceback" not in response.text
    assert status == 200 or response.json()["error"]["type"] == "invalid_request_error"


def test_malformed_requests_bring_no_fault_and_no_trace(assistant: Assistant) -> None:
    pytest.importorskip("schemathesis")
    from .benchmarks.malformed import Watched, counted, hammer

    watched = Watched(service(assistant, rate=0))
    with served(watched) as address:
        code, printed = hammer(address, 240, "fuzzing")
        answers = counted(address)
    assert code == 0, printed
    assert watched.shown == []
    assert sum(answers.values()) >= 100
    assert [status for status in answers if status >= "500"] == []


def test_a_fault_shows_no_trace(assistant: Assistant, caplog: pytest.LogCaptureFixture) -> None:
    class Broken(Retriever):
        def plan(self, *_: Any, **__: Any) -> Any:
            raise RuntimeError("secret of the inside")

    broken = Broken(assistant.retriever.index)
    with (
        served(build_service(broken, Assistant(broken), Limits())) as address,
        httpx.Client(base_url=address) as client,
    ):
        for path, asked in [
            ("/search", {"question": QUESTION}),
            ("/v1/chat/completions", {"messages": [{"role": "user", "content": QUESTION}], "stream": True}),
        ]:
            response = client.post(path, json=asked)
            refused(response, 500, "fault")
            assert "secret" not in response.text
    assert "secret of the inside" in caplog.text


# --- operating ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("logged", [False, True])
def test_the_log_holds_a_question_only_when_asked_to(
    assistant: Assistant, caplog: pytest.LogCaptureFixture, logged: bool
) -> None:
    caplog.set_level("INFO", "northbrief.service")
    with served(service(assistant, log_questions=logged)) as address:
        httpx.post(f"{address}/ask", json={"question": QUESTION})
    fields = [record.fields for record in caplog.records if record.name == "northbrief.service"]  # type: ignore[attr-defined]
    assert (fields[0]["route"], fields[0]["status"], fields[0]["method"]) == ("/ask", 200, "POST")
    assert ("question" in fields[0]) == logged


@pytest.fixture(scope="module")
def home(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("served")
    with Index.open(home, encoder=encoder) as index:
        index.add(BRIEFS)
    return home


def test_a_stop_lets_what_is_under_way_finish_and_logs_json(home: Path) -> None:
    with Program(home, "serve", NORTHBRIEF_HOME=str(home)) as program:
        with socket.create_connection(("127.0.0.1", program.port)) as half:
            body = json.dumps({"question": QUESTION}).encode()
            head = "POST /ask HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            half.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body[:5])
            time.sleep(0.5)
            program.process.send_signal(signal.SIGTERM)
            time.sleep(0.5)
            assert program.process.poll() is None
            half.sendall(body[5:])
            reply = b"".join(iter(lambda: half.recv(65_536), b""))
        assert reply.startswith(b"HTTP/1.1 200") and b"40 million" in reply
        program.process.wait(timeout=30)
    lines = program.log.read_text().splitlines()[1:]
    assert [json.loads(line)["route"] for line in lines if '"ms"' in line][-1] == "/ask"
    assert QUESTION not in program.log.read_text()


def test_a_service_for_others_needs_a_token(home: Path) -> None:
    command = [sys.executable, "-m", "northbrief.ui", "serve", "--host", "0.0.0.0"]
    environment = os.environ | {"NORTHBRIEF_HOME": str(home)}
    done = subprocess.run(command, env=environment, cwd=home, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert "NORTHBRIEF_TOKEN" in done.stderr


def test_searches_from_many_threads_agree(client: httpx.Client) -> None:
    expected = client.post("/search", json={"question": QUESTION}).json()
    found: list[Any] = []
    threads = [
        threading.Thread(target=lambda: found.append(client.post("/search", json={"question": QUESTION}).json()))
        for _ in range(16)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 16
