"""A local server that speaks OpenAI's chat protocol, well or badly as a test wants it. No model is behind it."""

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Handler = BaseHTTPRequestHandler
Behaviour = Callable[["Chat", Handler, dict[str, Any]], None]


@dataclass
class Chat:
    """What the server does with a request, and what it was asked."""

    behaviour: Behaviour
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    broken_off: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)
    url: str = ""


@contextmanager
def chat_served(behaviour: Behaviour) -> Iterator[Chat]:
    """The server, at `.url`, meanwhile."""
    chat = Chat(behaviour)

    class Answering(Handler):
        def do_GET(self) -> None:
            send_json(
                self, {"object": "list", "data": [{"id": "parrot", "object": "model", "created": 0, "owned_by": ""}]}
            )

        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            chat.asked.append(request)
            chat.keys.append(self.headers.get("Authorization", ""))
            try:
                chat.behaviour(chat, self, request)
            except (BrokenPipeError, ConnectionResetError):
                chat.broken_off.set()

        def log_message(self, *values: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    chat.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield chat
    finally:
        chat.over.set()
        server.shutdown()
        server.server_close()
        thread.join()


def send_json(handler: Handler, values: object, status: int = 200, **headers: str) -> None:
    body = values.encode() if isinstance(values, str) else json.dumps(values).encode()
    handler.send_response(status)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(body)))
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


def begin_stream(handler: Handler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "text/event-stream")
    handler.send_header("Connection", "close")
    handler.end_headers()


def send_piece(handler: Handler, text: str, end: str | None = None) -> None:
    chunk = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "parrot",
             "choices": [{"index": 0, "delta": {"content": text}, "finish_reason": end}]}  # fmt: skip
    handler.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
    handler.wfile.flush()


def says(text: str, pause: float = 0.0) -> Behaviour:
    """Streams this text word by word; to a reader it says yes without log-probabilities."""

    def behave(chat: Chat, handler: Handler, request: dict[str, Any]) -> None:
        if not request.get("stream"):
            send_json(handler, completion("yes"))
            return
        begin_stream(handler)
        for word in text.split(" "):
            send_piece(handler, f"{word} ")
            chat.over.wait(pause)
        send_piece(handler, "", "stop")
        handler.wfile.write(b"data: [DONE]\n\n")

    return behave


def reads(yes: Callable[[str], float], text: str = "") -> Behaviour:
    """Gives log-probabilities as a reader: `yes` has the log-odds for the last message; else streams `text`."""

    def behave(chat: Chat, handler: Handler, request: dict[str, Any]) -> None:
        if request.get("stream"):
            says(text)(chat, handler, request)
            return
        value = yes(request["messages"][-1]["content"])
        listed = [{"token": " Yes", "logprob": min(0.0, value)}, {"token": "no", "logprob": min(0.0, -value)}]
        listed += [{"token": "Maybe", "logprob": -9.0}]
        send_json(handler, completion("yes", [{**each, "bytes": None} for each in listed]))

    return behave


def completion(text: str, listed: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    content = [{"token": text, "logprob": 0.0, "bytes": None, "top_logprobs": list(listed)}]
    message = {"role": "assistant", "content": text}
    return {"id": "1", "object": "chat.completion", "created": 0, "model": "parrot", "choices": [
        {"index": 0, "finish_reason": "stop", "message": message, "logprobs": {"content": content} if listed else None},
    ]}  # fmt: skip


def fails(status: int, text: str = "", **headers: str) -> Behaviour:
    """Answers with this status, and a text that tells too much."""

    def behave(chat: Chat, handler: Handler, request: dict[str, Any]) -> None:
        send_json(handler, {"error": {"message": text}}, status, **headers)

    return behave


def hangs(chat: Chat, handler: Handler, request: dict[str, Any]) -> None:
    """Takes the request and never answers."""
    chat.over.wait(60)


def dribbles(chat: Chat, handler: Handler, request: dict[str, Any]) -> None:
    """Keeps the connection alive with comments, so that no read ever times out, and never says a word."""
    begin_stream(handler)
    while not chat.over.wait(0.02):
        handler.wfile.write(b": wait\n\n")
        handler.wfile.flush()


def breaks_off(chat: Chat, handler: Handler, request: dict[str, Any]) -> None:
    """Ends the connection in the middle of a sentence."""
    begin_stream(handler)
    send_piece(handler, "The Tumen bridge cost ")
    handler.wfile.write(b'data: {"id": "1", "cho')


def talks_on(chat: Chat, handler: Handler, request: dict[str, Any]) -> None:
    """Never comes to an end."""
    begin_stream(handler)
    while not chat.over.is_set():
        send_piece(handler, "and so on ")
        time.sleep(0.005)


def raw(body: bytes, kind: str = "text/event-stream") -> Behaviour:
    """Answers with these bytes."""

    def behave(chat: Chat, handler: Handler, request: dict[str, Any]) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", kind)
        handler.send_header("Connection", "close")
        handler.end_headers()
        handler.wfile.write(body)

    return behave


def takes(options: Callable[[dict[str, Any]], str], then: Behaviour) -> Behaviour:
    """Answers 400 with what `options` says of the request, and does `then` once it says nothing more."""

    def behave(chat: Chat, handler: Handler, request: dict[str, Any]) -> None:
        if complaint := options(request):
            send_json(handler, {"error": {"message": complaint, "type": "invalid_request_error"}}, 400)
        else:
            then(chat, handler, request)

    return behave


def whole(text: str, end: str = "stop") -> Behaviour:
    """Sends the reply whole, whether a stream was asked for or not."""

    def behave(chat: Chat, handler: Handler, request: dict[str, Any]) -> None:
        made = completion(text)
        made["choices"][0]["finish_reason"] = end
        send_json(handler, made)

    return behave


def chunked(*chunks: dict[str, Any] | str) -> Behaviour:
    """Streams these chunks, or lines as they stand, and the mark of the end."""

    def behave(chat: Chat, handler: Handler, request: dict[str, Any]) -> None:
        begin_stream(handler)
        for chunk in chunks:
            line = chunk if isinstance(chunk, str) else f"data: {json.dumps(chunk)}"
            handler.wfile.write(f"{line}\n\n".encode())
        handler.wfile.write(b"data: [DONE]\n\n")

    return behave


def piece(text: str | None, end: str | None = None, **fields: Any) -> dict[str, Any]:
    """A chunk of a stream."""
    delta = {"content": text, **fields}
    return {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "parrot",
            "choices": [{"index": 0, "delta": delta, "finish_reason": end}]}  # fmt: skip


def once(first: Behaviour, then: Behaviour) -> Behaviour:
    """Does `first` with the first request and `then` with all others."""

    def behave(chat: Chat, handler: Handler, request: dict[str, Any]) -> None:
        (first if len(chat.asked) == 1 else then)(chat, handler, request)

    return behave
