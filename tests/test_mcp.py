"""The Model Context Protocol, spoken by the official client over both transports, and by a client that babbles."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

mcp = pytest.importorskip("mcp")

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mcp import Client, MCPError, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from northbrief.corpus import Brief
from northbrief.index import Encoder, Index, Retriever
from northbrief.qa import Assistant
from northbrief.ui import mcp as protocol
from northbrief.ui.catalogue import Catalogue
from northbrief.ui.guard import Limits

from .serving import BRIEFS, OFF_TOPIC, QUESTION, served

TOOLS = {"search_briefs", "ask_briefs", "read_brief", "list_briefs", "check_claim"}
TOKEN = "a token of some length"


@pytest.fixture(scope="module")
def home(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("mcp")
    with Index.open(home, encoder=encoder) as index:
        index.add(BRIEFS)
    return home


@pytest.fixture(scope="module")
def server(home: Path, encoder: Encoder) -> Iterator[Any]:
    with Index.open(home, encoder=encoder) as index:
        retriever = Retriever(index)
        yield protocol.build_server(retriever, Assistant(retriever), Catalogue(index))


@pytest.fixture(scope="module")
def address(server: Any) -> Iterator[str]:
    with served(protocol.application(server, Limits(rate=0))) as address:
        yield f"{address}/mcp"


@pytest.fixture(params=["stdio", "http", "http, the older handshake"])
def connect(request: pytest.FixtureRequest, home: Path) -> Callable[[], Client]:
    """Opens a session of the official client over each transport."""
    if request.param == "stdio":
        environment = os.environ | {"NORTHBRIEF_HOME": str(home)}
        program = StdioServerParameters(command=sys.executable, args=["-m", "northbrief.ui", "mcp"], env=environment)
        return lambda: Client(program)
    address = request.getfixturevalue("address")
    return lambda: Client(address, mode="legacy" if "older" in request.param else "auto")


def session(connect: Callable[[], Client], work: Callable[[Any], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        async with connect() as client:
            return await work(client)

    return asyncio.run(run())


def test_a_whole_session_works_over_each_transport(connect: Callable[[], Client]) -> None:
    async def work(client: Any) -> None:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert set(tools) == TOOLS
        for tool in tools.values():
            assert tool.annotations is not None and tool.annotations.read_only_hint
            assert tool.output_schema and "Returns" in (tool.description or "")

        found = (await client.call_tool("search_briefs", {"question": QUESTION, "k": 1})).structured_content
        hit = found["hits"][0]
        assert (hit["brief"]["id"], hit["brief"]["published"]) == ("bridge", "2025-03-02")
        assert BRIEFS[0].text[hit["passage"]["start"] : hit["passage"]["end"]] == hit["passage"]["text"]

        answered = await client.call_tool("ask_briefs", {"question": QUESTION})
        answer = answered.structured_content
        assert any("40 million" in citation["quote"] for citation in answer["citations"])
        assert json.loads(answered.content[0].text) == answer
        assert (await client.call_tool("ask_briefs", {"question": OFF_TOPIC})).structured_content["abstained"]

        listed = (await client.call_tool("list_briefs", {"limit": 2})).structured_content
        assert [brief["id"] for brief in listed["briefs"]] == ["bridge", "ferry and/or boat"]
        assert (listed["total"], listed["next_offset"]) == (3, 2)

        part = (
            await client.call_tool("read_brief", {"id": listed["briefs"][1]["id"], "length": 10})
        ).structured_content
        assert (part["text"], part["next_start"]) == (BRIEFS[1].text[:10], 10)

        resources = {resource.name: resource.uri for resource in (await client.list_resources()).resources}
        assert set(resources) == {"bridge", "ferry and/or boat", "mill"}
        (content,) = (await client.read_resource(str(resources["ferry and/or boat"]))).contents
        assert content.text.startswith("“The ferry from Wonsan”, Institute of Ports, 1 June 2024")
        assert content.text.endswith(BRIEFS[1].text)

    session(connect, work)


def test_a_filter_and_a_history_are_heeded(server: Any) -> None:
    async def work(client: Any) -> Any:
        asked = {"question": "And the ferry?", "history": [QUESTION], "where": {"until": "2024-12-31"}}
        return (await client.call_tool("search_briefs", asked)).structured_content

    found = session(lambda: Client(server), work)
    assert {hit["brief"]["id"] for hit in found["hits"]} == {"ferry and/or boat"}


def test_a_mistake_is_told_in_a_sentence_the_model_can_act_on(server: Any) -> None:
    async def work(client: Any) -> None:
        empty = await client.call_tool("ask_briefs", {"question": "   "})
        assert empty.is_error and "empty question" in empty.content[0].text
        none = await client.call_tool("read_brief", {"id": "none"})
        assert none.is_error and "list_briefs" in none.content[0].text
        with pytest.raises(MCPError, match="no brief"):
            await client.read_resource("brief:///none")

    session(lambda: Client(server), work)


QUOTE = "The Tumen bridge cost 40 million roubles."


@pytest.mark.parametrize(
    ("asked", "verdict", "reason"),
    [
        ({"claim": QUOTE, "quotes": [QUOTE]}, "supported", ""),
        ({"claim": QUOTE, "quotes": [QUOTE], "brief": "bridge"}, "supported", ""),
        ({"claim": "The Tumen bridge cost 70 million roubles.", "quotes": [QUOTE]}, "unsupported", "70 million"),
        ({"claim": QUOTE, "quotes": [QUOTE], "brief": "mill"}, "unsupported", "does not stand in the brief 'mill'"),
        ({"claim": QUOTE}, "supported", ""),
        ({"claim": "The Tumen bridge cost 70 million roubles."}, "unsupported", "70 million"),
    ],
)
def test_a_claim_is_held_against_its_quotes_or_the_nearest_passages(
    server: Any, asked: dict[str, Any], verdict: str, reason: str
) -> None:
    async def work(client: Any) -> Any:
        return (await client.call_tool("check_claim", asked)).structured_content

    result = session(lambda: Client(server), work)
    assert result["verdict"] == verdict
    assert reason in result["reason"] and bool(result["reason"]) == bool(reason)
    assert (result["evidence"] is None) == ("quotes" in asked)


def test_results_stay_within_their_bounds(tmp_path: Path, fake: Any, make_brief: Callable[..., Brief]) -> None:
    text = "The ferry sails on every day of the week. " * 6_000
    with Index.open(tmp_path / "large", encoder=fake, late=False) as index:
        index.add([make_brief("long", text)])
        retriever = Retriever(index)
        server = protocol.build_server(retriever, Assistant(retriever), Catalogue(index))

        async def work(client: Any) -> None:
            assert (await client.call_tool("read_brief", {"id": "long", "length": 10**6})).is_error
            assert (await client.call_tool("search_briefs", {"question": "ferry", "k": 1000})).is_error
            (content,) = (await client.read_resource("brief:///long")).contents
            assert protocol.RESOURCE_TEXT < len(content.text) < protocol.RESOURCE_TEXT + 500
            assert content.text.endswith(f"read_brief goes on from start {protocol.RESOURCE_TEXT}.]")

        session(lambda: Client(server), work)


def test_over_http_the_token_is_needed(server: Any) -> None:
    import httpx
    import httpx2

    with served(protocol.application(server, Limits(token=TOKEN))) as address:
        call = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
        assert httpx.post(f"{address}/mcp", json=call).status_code == 401

        async def tools() -> set[str]:
            signed = {"Authorization": f"Bearer {TOKEN}"}
            async with (
                httpx2.AsyncClient(headers=signed) as http,
                Client(streamable_http_client(f"{address}/mcp", http_client=http)) as client,
            ):
                return {tool.name for tool in (await client.list_tools()).tools}

        assert asyncio.run(tools()) == TOOLS


def test_the_service_speaks_it_too(home: Path, encoder: Encoder) -> None:
    from northbrief.ui.service import build_service

    with Index.open(home, encoder=encoder) as index:
        retriever = Retriever(index)
        with served(build_service(retriever, Assistant(retriever), Limits())) as address:

            async def work(client: Any) -> Any:
                return (await client.call_tool("search_briefs", {"question": QUESTION, "k": 1})).structured_content

            found = session(lambda: Client(f"{address}/mcp"), work)
    assert found["hits"][0]["brief"]["id"] == "bridge"


def test_without_the_extra_the_command_says_what_to_install(tmp_path: Path) -> None:
    run = "import sys; sys.modules['mcp'] = None; sys.argv = ['northbrief', 'mcp']\n"
    run += "from northbrief.ui.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", run], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert "pip install 'northbrief[mcp]'" in done.stderr and "Traceback" not in done.stderr


# --- what is malformed -------------------------------------------------------------------------------------------

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=8,
)
KEYS = [
    "question",
    "k",
    "history",
    "where",
    "id",
    "start",
    "length",
    "offset",
    "limit",
    "since",
    "institution",
    "claim",
]
ARGUMENTS = st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=5), JSON, max_size=5)
CALLS = st.fixed_dictionaries(
    {"name": st.sampled_from(sorted(TOOLS)) | st.text(max_size=10), "arguments": ARGUMENTS | JSON}
)
METHODS = ["tools/call", "tools/list", "resources/read", "resources/list", "prompts/get", "initialize", "ping"]
MESSAGES = (
    st.fixed_dictionaries(
        {
            "jsonrpc": st.just("2.0") | JSON,
            "id": st.integers() | st.text(max_size=5) | JSON,
            "method": st.sampled_from(METHODS) | st.text(max_size=10),
            "params": CALLS | JSON | st.fixed_dictionaries({"uri": st.text(max_size=30).map("brief:///".__add__)}),
        }
    )
    | JSON
)
HEADERS = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}


@given(
    messages=st.lists(
        st.tuples(MESSAGES, st.sampled_from(["", "2025-06-18", "2026-07-28", "x"])), min_size=5, max_size=5
    )
)
@settings(
    max_examples=int(os.environ.get("NORTHBRIEF_MALFORMED", 150)) // 5,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
def test_no_malformed_message_brings_a_fault_or_a_trace(
    address: str, caplog: pytest.LogCaptureFixture, messages: list[tuple[Any, str]]
) -> None:
    import httpx

    with httpx.Client(timeout=60) as client:
        for message, spoken in messages:
            body = json.dumps(message).encode("utf-8", "replace")
            version = {"MCP-Protocol-Version": spoken} if spoken else {}
            response = client.post(address, content=body, headers=HEADERS | version)
            assert response.status_code < 500, (message, response.text)
            assert "Traceback" not in response.text and '.py"' not in response.text
            if response.status_code == 200 and response.content:
                error = response.json().get("error", {}) if isinstance(response.json(), dict) else {}
                assert error.get("code") != -32603, (message, response.text)
    assert [record.getMessage() for record in caplog.records if record.levelname in {"ERROR", "CRITICAL"}] == []
