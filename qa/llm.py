"""A language model behind any server that speaks OpenAI's chat protocol: Ollama, llama.cpp, vLLM, a hosted one.

The `openai` client does the speaking, in a thread of its own, so that no server, however it hangs or dribbles, holds an
answer up beyond its deadline. Whatever goes wrong becomes a `ModelError`; none repeats what the server said, which may
hold the key or a passage.
"""

import math
import queue
import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, TypeVar
from urllib.parse import urlsplit

from ..corpus import ModelError, SettingsError
from .protocol import RENAMED, adapted, patience, reason, whole_reply

if TYPE_CHECKING:
    from openai import OpenAI

T = TypeVar("T")

ATTEMPTS = 6  # of one request: a server may refuse one option after the other
RETRIES = 1  # of these after a refused connection, a 429 or a 5xx
CONNECT_SECONDS = 3.0
TOP = 20  # log-probabilities asked for; the protocol allows no more
UNSEEN = 25.0  # minus the log-probability of a word that is not among them
BYTES_A_TOKEN = 3.0  # English has 4 to 4.5 in all vocabularies looked at, Korean 2 to 3
LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})
_THOUGHT = re.compile(r"<think>.*?(?:</think>|\Z)\s*", re.DOTALL)
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a chat."""

    role: Literal["system", "user", "assistant"]
    content: str


def tokens(text: str) -> int:
    """Return about how many tokens a model makes of a text, rather too many than too few: each has its own."""
    return math.ceil(len(text.encode()) / BYTES_A_TOKEN)


class LanguageModel:
    """A chat model. Safe to share between threads.

    `url` is the server's address up to "/v1", `name` the model, by default the first that the server lists. `timeout`
    is in seconds, for one whole reply; `context` is how many tokens the model reads and writes at a time.
    """

    def __init__(self, url: str, name: str = "", key: str = "", *, timeout: float = 60.0, context: int = 4096) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise SettingsError("found an llm_url that is no address, expected one like http://localhost:11434/v1")
        self.url = url
        self.timeout = timeout
        self.context = context
        self._given = name
        self._key = key
        self._refused: set[str] = set()  # options that the server does not take

    def __repr__(self) -> str:
        return f"LanguageModel({self.address!r}, {self._given!r})"

    @property
    def address(self) -> str:
        """Where the model is, without user, password or query."""
        parts = urlsplit(self.url)
        host = f"[{parts.hostname}]" if ":" in str(parts.hostname) else parts.hostname
        return f"{parts.scheme}://{host}{f':{parts.port}' if parts.port else ''}{parts.path}"

    @cached_property
    def name(self) -> str:
        """The model's name, asked of the server where none was given.

        Raises:
            ModelError: the server does not tell.
        """
        if self._given:
            return self._given

        def work(give: Callable[[str], None]) -> None:
            for model in self._client.models.list():
                give(model.id)

        for name in self._held(work, min(CONNECT_SECONDS, self.timeout)):  # pages wait for it
            return name
        raise ModelError("the server lists no model; set llm_model")

    @cached_property
    def _client(self) -> "OpenAI":
        try:
            from openai import DefaultHttpxClient, OpenAI, Timeout
        except ImportError as error:
            raise SettingsError(
                "found llm_url, but not the package that speaks to it; pip install 'northbrief[llm]'"
            ) from error
        # No redirects: they would carry passages to an address that nobody set. A proxy is not for this machine.
        http = DefaultHttpxClient(follow_redirects=False, trust_env=urlsplit(self.url).hostname not in LOCAL)
        return OpenAI(
            base_url=self.url,
            api_key=self._key or "none",  # given, so that a key for another service is not taken from the environment
            max_retries=0,
            timeout=Timeout(self.timeout, connect=min(CONNECT_SECONDS, self.timeout)),
            http_client=http,
        )

    def stream(
        self, messages: Sequence[Message], most: int, timeout: float | None = None, stop: Sequence[str] = ()
    ) -> Iterator[str]:
        """Yield the reply as it comes, at most `most` tokens of it, up to one of `stop`; closing it ends the request.

        Raises:
            ModelError: there is none, or it is not complete within `timeout` seconds.
        """
        request = self._request(messages, most)

        def work(give: Callable[[str], None]) -> None:
            ended = False
            made = self._sent({"stream": True, "stop": list(stop)} | request if stop else {"stream": True} | request)
            if not hasattr(made, "response"):  # it took no `stream`
                give(made.choices[0].message.content or "")
                return
            with made as chunks:
                if (whole := whole_reply(chunks.response)) is not None:
                    give(whole)
                    return
                for chunk in chunks:
                    if chunk.choices and (text := chunk.choices[0].delta.content):
                        give(text)
                    ended = ended or bool(chunk.choices and chunk.choices[0].finish_reason)
            if not ended:  # the client takes a broken connection for the end
                raise ModelError("its reply broke off")

        yield from _without_thoughts(self._held(work, timeout))

    def reply(self, messages: Sequence[Message], most: int, timeout: float | None = None) -> str:
        """Return the whole reply.

        Raises:
            ModelError: there is none, or it is not complete within `timeout` seconds.
        """
        return "".join(self.stream(messages, most, timeout)).strip()

    def yes_or_no(self, messages: Sequence[Message], timeout: float | None = None) -> float:
        """Return the log-odds of "yes" against "no" as the first token of the reply.

        A server that gives no log-probabilities is taken at its word: plus or minus `UNSEEN`.

        Raises:
            ModelError: there is no reply within `timeout` seconds, or it is neither yes nor no.
        """
        request = self._request(messages, 1)

        def work(give: Callable[[float], None]) -> None:
            made = self._sent({"logprobs": True, "top_logprobs": TOP} | request)
            choice = made.choices[0]
            listed = choice.logprobs.content if choice.logprobs else None
            if listed and listed[0].top_logprobs:
                give(log_odds({each.token: each.logprob for each in listed[0].top_logprobs}))
            else:
                give(log_odds({choice.message.content or "": 0.0}))

        found = list(self._held(work, timeout))
        if not found or found[0] == 0.0:
            raise ModelError("neither yes nor no came back")
        return found[0]

    def _request(self, messages: Sequence[Message], most: int) -> dict[str, Any]:
        turns = [{"role": message.role, "content": message.content} for message in messages]
        return {"model": self.name, "messages": turns, "max_tokens": most, "temperature": 0.0, "seed": 0}

    def _sent(self, request: dict[str, Any]) -> Any:
        """What the server gives for a request, sent again as it wants it; what it does not take is remembered."""
        waited = 0
        for attempt in range(ATTEMPTS):
            for name in self._refused & request.keys():
                value = request.pop(name)
                if name in RENAMED:
                    request[RENAMED[name]] = value
            try:
                return self._client.chat.completions.create(**request)
            except Exception as error:
                changed = adapted(request, error)
                pause = patience(error) if waited < RETRIES else None
                if attempt + 1 == ATTEMPTS or (changed is None and pause is None):
                    raise
                if changed is not None:
                    self._refused |= request.keys() - changed.keys()
                else:
                    waited += 1
                    time.sleep(pause or 0.0)
        raise AssertionError("unreachable")

    def _held(self, work: Callable[[Callable[[T], None]], object], timeout: float | None) -> Iterator[T]:
        """Yield what `work` gives in its own thread, as it comes, until it is done or the time is over."""
        self._client  # noqa: B018  # a missing package is told at once; its import is not the server's time
        deadline = time.monotonic() + (self.timeout if timeout is None else timeout)
        given: queue.SimpleQueue[tuple[bool, Any]] = queue.SimpleQueue()
        left = threading.Event()

        def give(value: T) -> None:
            if left.is_set():
                raise _Left
            given.put((False, value))

        def run() -> None:
            try:
                work(give)
            except _Left:
                return
            except Exception as error:  # any: the protocol's other side may send whatever it likes
                given.put((True, error))
            else:
                given.put((True, None))

        threading.Thread(target=run, daemon=True, name="northbrief-model").start()
        try:
            while True:
                try:
                    done, value = given.get(timeout=max(0.0, deadline - time.monotonic()))
                except queue.Empty:
                    raise ModelError("it took too long") from None
                if done and value is not None:
                    raise reason(value) from None
                if done:
                    return
                yield value
        finally:
            left.set()


class _Left(Exception):
    """Whoever asked has gone."""


def log_odds(found: dict[str, float]) -> float:
    """Return log P(yes) - log P(no) from log-probabilities of tokens; 0 where neither is among them.

    Tokens count by their letters: " Yes", "yes" and "YES" are one; the share that is not listed counts as UNSEEN.
    """

    def total(word: str) -> float:
        values = [value for token, value in found.items() if "".join(_WORD.findall(token)).lower() == word]
        return math.log(sum(math.exp(value) for value in values)) if values else -UNSEEN

    return total("yes") - total("no")


def _without_thoughts(pieces: Iterator[str]) -> Iterator[str]:
    """The reply without what a reasoning model thinks aloud before it."""
    held, thinking = "", True
    for piece in pieces:
        if not thinking:
            yield piece
            continue
        held += piece
        start = held.lstrip()
        if start.startswith("<think>"[: len(start)]) and "</think>" not in held:
            continue
        thinking = False
        yield _THOUGHT.sub("", held, count=1)
    if thinking and not held.lstrip().startswith("<think>"):
        yield held
