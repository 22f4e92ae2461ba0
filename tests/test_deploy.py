"""Operating it: the examples that ship are run, behind nginx as in real life, and the wheel holds all it needs."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from northbrief.index import Encoder, Index
from northbrief.ui.serving import EXAMPLES

from .serving import BRIEFS, QUESTION, Program, free_port

ROOT = Path(__file__).resolve().parents[1]
TOKEN = "a token of some length"
SIGNED = {"Authorization": f"Bearer {TOKEN}"}


def example(name: str) -> str:
    command = [sys.executable, "-m", "northbrief.ui", "serve", "--example", name]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout


@pytest.fixture(scope="module")
def behind(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Program]]:
    """The service with its window, under a path of nginx with the example's configuration, but for the ports."""
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if nginx is None:
        pytest.skip("there is no nginx on this machine")
    folder = tmp_path_factory.mktemp("nginx")
    with Index.open(folder, encoder=encoder) as index:
        index.add(BRIEFS)
    settings = {"NORTHBRIEF_HOME": str(folder), "NORTHBRIEF_TOKEN": TOKEN}
    with Program(folder, "serve", "--window", "--root-path", "/northbrief", **settings) as program:
        port = free_port()
        server = example("nginx").replace("127.0.0.1:8080", f"127.0.0.1:{port}")
        server = server.replace("127.0.0.1:8000", f"127.0.0.1:{program.port}")
        (folder / "server.conf").write_text(server, "utf-8")
        places = "".join(
            f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        whole = (
            f"daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; events {{}}"
            f"http {{ access_log off; {places} include {folder}/server.conf; }}"
        )
        (folder / "nginx.conf").write_text(whole, "utf-8")
        command = [nginx, "-c", str(folder / "nginx.conf"), "-p", str(folder), "-e", str(folder / "error.log")]
        proxy = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        try:
            deadline = time.monotonic() + 20
            while True:
                try:
                    httpx.get(f"http://127.0.0.1:{port}/northbrief/health").raise_for_status()
                    break
                except httpx.HTTPError:
                    assert proxy.poll() is None and time.monotonic() < deadline, (folder / "error.log").read_text()
                    time.sleep(0.1)
            yield f"http://127.0.0.1:{port}/northbrief", program
        finally:
            proxy.terminate()
            proxy.wait(timeout=20)


def test_the_service_answers_under_a_path_of_nginx(behind: tuple[str, Program]) -> None:
    address, _ = behind
    with httpx.Client(headers=SIGNED, timeout=60) as client:
        assert (
            client.post(f"{address}/search", json={"question": QUESTION}).json()["hits"][0]["brief"]["id"] == "bridge"
        )
        asked = {"messages": [{"role": "user", "content": QUESTION}], "stream": True}
        with client.stream("POST", f"{address}/v1/chat/completions", json=asked) as streamed:
            assert list(streamed.iter_lines())[-2] == "data: [DONE]"
        page = client.get(f"{address}/docs").text
        assert "'/northbrief/openapi.json'" in page
        assert client.get(f"{address}/openapi.json").json()["servers"] == [{"url": "/northbrief"}]
        assert client.get(f"{address}/static-offline-docs/swagger-ui.css").status_code == 200
        assert client.get(f"{address}/metrics").status_code == 404
        assert client.get(f"{address}/briefs", headers={"Authorization": ""}).status_code == 401
        assert client.post(f"{address}/ask", content=b" " * 1_100_000).status_code == 413


def test_a_client_is_known_by_the_address_that_nginx_saw(behind: tuple[str, Program]) -> None:
    address, program = behind
    forged = {"X-Forwarded-For": "192.0.2.1"}
    httpx.get(f"{address}/nowhere", headers=SIGNED | forged)
    lines = [json.loads(line) for line in program.log.read_text().splitlines() if '"ms"' in line]
    assert lines
    assert {line["client"] for line in lines} == {"127.0.0.1"}


def test_the_window_behind_nginx_asks_for_the_token_and_answers(behind: tuple[str, Program]) -> None:
    address, _ = behind
    with httpx.Client(timeout=60) as client:
        assert client.get(f"{address}/window/config").status_code == 401
        login = f"{address}/window/login"
        assert client.post(login, data={"username": "northbrief", "password": "wrong"}).status_code == 400
        assert client.get(f"{address}/window/config").status_code == 401
        client.post(login, data={"username": "northbrief", "password": TOKEN}).raise_for_status()
        config = client.get(f"{address}/window/config").json()
        assert config["root"].endswith("/northbrief/window")
        public = {each["api_name"] for each in config["dependencies"] if each["api_visibility"] == "public"}
        assert public == {"ask", "search"}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of the client's own
def test_gradios_client_asks_the_window(behind: tuple[str, Program]) -> None:
    from gradio_client import Client  # type: ignore[import-untyped]

    address, _ = behind
    client = Client(f"{address}/window/", auth=("northbrief", TOKEN), verbose=False, analytics_enabled=False)
    try:
        answer = client.predict(question=QUESTION, api_name="/ask")
        assert any("40 million roubles" in citation["quote"] for citation in answer["citations"])
        hits = client.predict(QUESTION, 1, [], {"briefs": ["mill"]}, api_name="/search")
        assert [hit["brief"]["id"] for hit in hits] == ["mill"]
    finally:
        client.close()


def test_the_container_installs_the_tested_versions_of_all_that_its_command_may_need() -> None:
    """No image is built here; what would be is compared with what the project says elsewhere."""
    lines = [line for line in example("container").replace("\\\n", " ").splitlines() if not line.startswith("#")]
    [command] = [line for line in lines if "pip install" in line]
    installs = [part for part in command.split("&&") if "pip install" in part]
    extras = set(re.findall(r"\[([\w,-]+)\]", command)[0].split(","))
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    assert extras == set(declared) - {"dev", "langchain", "llama-index"}  # which are for other programs
    [torch] = re.findall(r"^TORCH := (\S+)", (ROOT / "Makefile").read_text("utf-8"), re.M)
    assert f'"{torch}+cpu"' in installs[0]
    assert f"{torch}+cpu" in (ROOT / "README.md").read_text("utf-8")
    assert [install for install in installs[1:] if "--constraint /tmp/constraints.txt" not in install] == []
    copied = [name for line in lines if line.startswith("COPY") for name in line.split()[1:-1]]
    assert "constraints.txt" in copied
    assert [name for name in copied if name != "northbrief-*.whl" and not (ROOT / name).exists()] == []


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_printed_as_it_ships(name: str) -> None:
    assert example(name) == (ROOT / "ui" / EXAMPLES[name]).read_text("utf-8")


def test_the_systemd_unit_is_valid(tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("there is no systemd on this machine")
    unit = example("systemd").replace("/opt/northbrief/bin/northbrief", sys.executable)
    for name in ("User", "Group"):
        unit = unit.replace(f"{name}=northbrief", f"{name}=root")  # the example's user is not there
    (tmp_path / "northbrief.service").write_text(unit, "utf-8")
    done = subprocess.run([program, "verify", str(tmp_path / "northbrief.service")], capture_output=True, text=True)
    about_ours = [line for line in done.stderr.splitlines() if "northbrief.service" in line]
    assert about_ours == []


def test_the_wheel_holds_every_module_and_data_file(tmp_path: Path) -> None:
    pytest.importorskip("setuptools")
    source = tmp_path / "source"
    source.mkdir()
    for path in ROOT.iterdir():
        if path.is_file():
            shutil.copy(path, source)
    for layer in ("corpus", "index", "qa", "ui"):
        shutil.copytree(ROOT / layer, source / layer, ignore=shutil.ignore_patterns("__pycache__"))
    build = "from setuptools import build_meta; build_meta.build_wheel('..')"
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "-c", build], cwd=source, env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    (wheel,) = tmp_path.glob("northbrief-*.whl")
    held = {name for name in zipfile.ZipFile(wheel).namelist() if not name.split("/")[0].endswith(".dist-info")}
    expected = {
        f"northbrief/{path.relative_to(ROOT).as_posix()}"
        for layer in ("corpus", "index", "qa", "ui")
        for path in (ROOT / layer).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert held == expected
