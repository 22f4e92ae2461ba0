"""How servers of OpenAI's chat protocol differ, and what their errors mean.

Some take no `max_tokens` but `max_completion_tokens`, no temperature, or no log-probabilities; some do not stream; some
ask for patience. A request is sent again as the server wants it, once for each thing that it names.
"""

import json
from typing import TYPE_CHECKING, Any

from ..corpus import ModelError

if TYPE_CHECKING:
    import httpx

PATIENCE = 5.0  # seconds that a busy server may ask for; who asks longer is not waited for
PAUSE = 0.5  # seconds before a second attempt where the server names none
RENAMED = {"max_tokens": "max_completion_tokens"}
OPTIONAL = ("stop", "seed", "temperature", "logprobs", "top_logprobs", "stream", "max_tokens")
_OVERFLOW = ("exceed_context_size", "context_length", "context length", "context size", "context window", "too long")


class ContextError(ModelError):
    """The request is longer than the model reads."""


def adapted(request: dict[str, Any], error: Exception) -> dict[str, Any] | None:
    """Return the request without what the server says it does not take, None where it complains of something else."""
    import openai

    if not isinstance(error, (openai.BadRequestError, openai.UnprocessableEntityError)) or overflows(error):
        return None
    said = str(error).lower()
    named = [name for name in OPTIONAL if name in request and name in said]
    if not named and "streaming" in said and "stream" in request:
        named = ["stream"]
    if "logprobs" in named or "top_logprobs" in named:
        named = [name for name in ("logprobs", "top_logprobs") if name in request]
    made = {name: value for name, value in request.items() if name not in named}
    for name in named:
        if name in RENAMED:
            made[RENAMED[name]] = request[name]
    return made if named else None


def patience(error: Exception) -> float | None:
    """Return the seconds after which the request may be sent again, None where that would be of no use."""
    import openai

    if isinstance(error, openai.APITimeoutError):
        return None
    if isinstance(error, openai.APIConnectionError):
        return PAUSE
    if not isinstance(error, openai.APIStatusError) or not (error.status_code == 429 or error.status_code >= 500):
        return None
    try:
        wanted = float(error.response.headers.get("retry-after", PAUSE))
    except ValueError:  # a date
        return None
    return wanted if wanted <= PATIENCE and not overflows(error) else None


def overflows(error: Exception) -> bool:
    """Whether the server says that the request is longer than the model reads."""
    import openai

    if not isinstance(error, openai.APIStatusError):
        return False
    said = str(error).lower()
    return error.status_code == 413 or (
        error.status_code in (400, 422, 500) and any(words in said for words in _OVERFLOW)
    )


def whole_reply(response: "httpx.Response") -> str | None:
    """Return the reply of a server that sent it whole although a stream was asked for, None for a stream."""
    if not response.headers.get("content-type", "").startswith("application/json"):
        return None
    response.read()
    made = json.loads(response.text)
    return str(made["choices"][0]["message"]["content"] or "")


def reason(error: Exception) -> ModelError:
    """Return what went wrong in our words alone: a server's may repeat the key or a passage."""
    import openai

    if isinstance(error, ModelError):
        return error
    if overflows(error):
        return ContextError("the request is longer than the model reads; lower llm_context")
    if isinstance(error, openai.APITimeoutError):
        return ModelError("it took too long")
    if isinstance(error, openai.APIConnectionError):
        return ModelError("it cannot be reached")
    if isinstance(error, (openai.AuthenticationError, openai.PermissionDeniedError)):
        return ModelError("the server does not accept the key")
    if isinstance(error, openai.NotFoundError):
        return ModelError("the server knows no such model or address")
    if isinstance(error, openai.RateLimitError):
        return ModelError("the server is too busy")
    if isinstance(error, openai.APIStatusError):
        return ModelError(f"the server answered with error {error.status_code}")
    return ModelError("the server's reply is not of the protocol's form")
