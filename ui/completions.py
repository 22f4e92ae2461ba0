"""Northbrief as a model: the chat completions of the OpenAI form, whole or streamed, for any client that speaks them.

The last user message is the question, the user messages before it are its history. No model runs behind it, so what
steers one (temperature, tools, system messages) is accepted and has no effect.
"""

import json
import re
import time
from collections.abc import AsyncGenerator
from typing import Annotated, Any
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field

from ..corpus import NorthbriefError, QuestionError
from ..index.asked import MAX_QUESTION
from ..qa import Answer
from ..qa.types import reference
from .schemas import TURNS, answer_record

MODEL = "northbrief"
CORRECTED = "\n\n---\n\nThe whole answer, corrected:\n\n"
_MARKER = re.compile(r"\[(\d+)\]")


class Part(BaseModel):
    """A part of a message; only those of type "text" are read."""

    model_config = ConfigDict(extra="allow")

    type: str
    text: str | None = None


class Message(BaseModel):
    """One message of the conversation."""

    model_config = ConfigDict(extra="allow")

    role: str
    content: str | list[Part] | None = None

    def text(self) -> str:
        """Return what is written in it."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content if part.type == "text" and part.text)
        return self.content or ""


class ChatRequest(BaseModel):
    """A conversation to go on with."""

    model_config = ConfigDict(extra="allow")

    messages: Annotated[list[Message], Field(min_length=1, max_length=2_000)]
    model: str = MODEL
    stream: bool | None = False
    n: Annotated[int, Field(ge=1, le=1)] | None = 1

    def asked(self) -> tuple[str, list[str]]:
        """Return the question and the earlier ones, oldest first.

        Raises:
            QuestionError: the last message is not the user's.
        """
        if self.messages[-1].role != "user":
            raise QuestionError(
                f"found {self.messages[-1].role!r} as the last message's role, expected 'user'; end with a question"
            )
        texts = [message.text() for message in self.messages if message.role == "user"]
        return texts[-1], [text[:MAX_QUESTION] for text in texts[:-1][-TURNS:]]


def message_text(answer: Answer) -> str:
    """Return the answer as a message that stands by itself: its text, and under it the sources by number."""
    lines = []
    for brief, numbers in answer.sources():
        marks = " ".join(f"[{number}]" for number in numbers)
        link = f" <{brief.url}>" if brief.url.startswith(("https://", "http://")) else ""
        lines.append(f"- {marks} {reference(brief)}{link}")
    return "\n\n".join([answer.text, "Sources:\n" + "\n".join(lines)]) if lines else answer.text


def annotations(answer: Answer, content: str) -> list[dict[str, Any]]:
    """Return a `url_citation` for each [n] in the answer whose brief has an address, as OpenAI's clients show them."""
    cited = {citation.number: citation.brief for citation in answer.citations if citation.brief.url}
    return [
        {
            "type": "url_citation",
            "url_citation": {
                "start_index": marker.start(),
                "end_index": marker.end(),
                "title": brief.title,
                "url": brief.url,
            },
        }
        for marker in _MARKER.finditer(content, 0, len(answer.text))
        if (brief := cited.get(int(marker.group(1))))
    ]


def completion(answer: Answer) -> dict[str, Any]:
    """Return the answer as one completion; `northbrief` holds it as data, with quotes, offsets and verdicts."""
    content = message_text(answer)
    message = {"role": "assistant", "content": content, "refusal": None, "annotations": annotations(answer, content)}
    choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
    return _head("chat.completion") | {"choices": [choice], "usage": USAGE, "northbrief": _data(answer)}


USAGE = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}  # no model runs: no tokens


async def events(first: Answer, rest: AsyncGenerator[Answer, None]) -> AsyncGenerator[str, None]:
    """Yield the server-sent events of an answer as it grows; the last chunk with words holds the data, too."""
    head = _head("chat.completion.chunk")
    answer, sent = first, ""
    yield _event(head, {"role": "assistant", "content": ""})
    try:
        if first.text:
            sent = first.text
            yield _event(head, {"content": sent})
        async for answer in rest:
            if answer.text.startswith(sent) and len(answer.text) > len(sent):
                yield _event(head, {"content": answer.text[len(sent) :]})
                sent = answer.text
    except NorthbriefError as error:
        yield f"data: {json.dumps({'error': {'message': str(error), 'type': 'server_error'}})}\n\n"
        yield "data: [DONE]\n\n"
        return
    finally:
        await rest.aclose()
    content = message_text(answer)
    last = content[len(sent) :] if content.startswith(sent) else CORRECTED + content
    yield _event(head, {"content": last, "annotations": annotations(answer, content)}, northbrief=_data(answer))
    yield _event(head, {}, "stop", usage=USAGE)
    yield "data: [DONE]\n\n"


def models() -> dict[str, Any]:
    """Return the list of models: one."""
    return {"object": "list", "data": [{"id": MODEL, "object": "model", "created": 0, "owned_by": MODEL}]}


def _data(answer: Answer) -> dict[str, Any]:
    return answer_record(answer).model_dump(mode="json")


def _head(kind: str) -> dict[str, Any]:
    return {"id": f"chatcmpl-{uuid4().hex}", "object": kind, "created": int(time.time()), "model": MODEL}


def _event(head: dict[str, Any], delta: dict[str, Any], finish: str | None = None, **more: Any) -> str:
    choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
    return f"data: {json.dumps(head | {'choices': [choice]} | more, ensure_ascii=False)}\n\n"
