"""Fixtures that all tests share: a small fake encoder for speed, the real one where ranking matters."""

import hashlib
import re
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from northbrief.corpus import Brief
from northbrief.index import Encoder, EncoderSpec, Encoding, Index
from northbrief.index.encoder import load_encoder

if TYPE_CHECKING:
    from .test_window import Server

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
_WORD = re.compile(r"\w+")
Run = Callable[..., tuple[int, str, str]]


class FakeEncoder:
    """A word is a piece; its vector is drawn from its hash, a text's is their mean: deterministic, blind to meaning."""

    def __init__(self, dimension: int = 32, max_pieces: int = 64, name: str = "fake") -> None:
        self.spec = EncoderSpec(name=name, weights="0" * 64, dimension=dimension, max_pieces=max_pieces)
        self.encoded: list[str] = []

    def pieces(self, text: str) -> list[int]:
        return [int(hashlib.md5(word.encode()).hexdigest()[:6], 16) for word in _WORD.findall(text.lower())]

    def offsets(self, text: str) -> list[tuple[int, int]]:
        return [match.span() for match in _WORD.finditer(text)][: self.spec.max_pieces]

    def encode(self, texts: Sequence[str]) -> list[Encoding]:
        self.encoded += texts
        return [self._encode(text) for text in texts]

    def _encode(self, text: str) -> Encoding:
        pieces = self.pieces(text)[: self.spec.max_pieces]
        rows = [np.random.default_rng(piece).standard_normal(self.spec.dimension) for piece in pieces]
        tokens = np.array(rows or np.zeros((0, self.spec.dimension)), dtype=np.float32)
        tokens /= np.maximum(np.linalg.norm(tokens, axis=1, keepdims=True), 1e-9)
        vector = tokens.sum(axis=0)
        return Encoding(vector / max(float(np.linalg.norm(vector)), 1e-9), np.array(pieces, dtype=np.int64), tokens)


def brief(brief_id: str, text: str, **fields: object) -> Brief:
    """A brief with a title made from its id, unless one is given."""
    return Brief(**({"id": brief_id, "title": f"Title of {brief_id}", "text": text} | fields))  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No test touches the user's own index or settings."""
    monkeypatch.setenv("NORTHBRIEF_HOME", str(tmp_path_factory.mktemp("home")))


@pytest.fixture
def command_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run `northbrief ARGUMENTS`: (exit code, standard output, standard error)."""
    from northbrief.ui.cli import main  # most tests need no command line

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["northbrief", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        return int(ended.value.code or 0), printed.out, printed.err

    return run


@pytest.fixture
def fake() -> FakeEncoder:
    """A new fake encoder."""
    return FakeEncoder()


@pytest.fixture
def make_brief() -> Callable[..., Brief]:
    """The function `brief(id, text, **fields)`."""
    return brief


@pytest.fixture
def index(tmp_path: Path, fake: FakeEncoder) -> Iterator[Index]:
    """An empty index with the fake encoder."""
    with Index.open(tmp_path / "index", encoder=fake) as opened:
        yield opened


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str | bytes], Path]:
    """Writes a file, its folders too, and returns its path."""

    def write_file(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write_file


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    """The real encoder, exported once a machine."""
    return load_encoder()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real documents, where it is there."""
    if not SHARED.is_dir():
        pytest.skip("the real documents are not there")
    return SHARED


@pytest.fixture(scope="session")
def real_index(shared: Path, encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """The two real briefs and the three Korean speeches, with the real encoder. Do not change it."""
    from northbrief.corpus import load_briefs

    with Index.open(tmp_path_factory.mktemp("real"), encoder=encoder) as opened:
        opened.add(load_briefs(shared / "briefs", shared / "korean"))
        yield opened


@pytest.fixture(scope="session")
def open_window(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> "Iterator[Server]":
    """A window whose library the tests may change: small uploads, addresses of this machine."""
    from .test_window import plain_server  # playwright is loaded where browsers are used

    settings = "upload_mb = 2\n[sources]\nallow_private = true\n"
    yield from plain_server(encoder, tmp_path_factory.mktemp("window"), settings)


class Site:
    """A web site on the loopback: a path gives bytes, (status, headers, bytes), or what a function of the handler does.

    `asked` holds (path, headers, time) of each request. A path that is not there gives 404.
    """

    def __init__(self) -> None:
        self.pages: dict[str, object] = {}
        self.asked: list[tuple[str, dict[str, str], float]] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                site.asked.append((self.path, dict(self.headers.items()), time.monotonic()))
                page = site.pages.get(self.path, (404, {}, b"none"))
                try:
                    if callable(page):
                        self.close_connection = True
                        page(self)
                    else:
                        self._give(page)
                except OSError:  # the client has had enough
                    self.close_connection = True

            def _give(self, page: object) -> None:
                status, headers, body = page if isinstance(page, tuple) else (200, {}, page)
                self.send_response(status)
                for key, value in ({"Content-Type": "text/html; charset=utf-8"} | headers).items():
                    self.send_header(key, value)
                if "Content-Length" not in headers:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.thread.start()

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def paths(self) -> list[str]:
        """What was asked for, without robots.txt."""
        return [path for path, _, _ in self.asked if path != "/robots.txt"]

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def site() -> Iterator[Site]:
    """A web site of one's own, empty."""
    made = Site()
    yield made
    made.close()
