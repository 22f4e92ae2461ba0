"""The window's own API, for gradio_client: ask and search, with plain values in and out.

The window's events are private to it; these two are all that a program can name.
"""

from typing import Any

from pydantic import ValidationError

from ..corpus import NorthbriefError
from ..index import Filter
from ..qa import Assistant
from .light import lightened
from .schemas import MOST_HITS, Where, answer_record, hit_record

with lightened():
    import gradio as gr


def with_api(window: Any, assistant: Assistant) -> Any:
    """Return the window with the endpoints /ask and /search added."""

    def ask(question: str, history: list[str] | None = None, where: dict[str, Any] | None = None) -> dict[str, Any]:
        """An answer with its claims and citations; `where` as in the HTTP service."""
        try:
            answer = assistant.ask(question, history or [], _filter(where))
        except NorthbriefError as error:
            raise gr.Error(str(error), print_exception=False) from error
        return answer_record(answer).model_dump(mode="json")

    def search(
        question: str, k: int = 8, history: list[str] | None = None, where: dict[str, Any] | None = None
    ) -> list[dict[str, Any]]:
        """The passages that fit a question best, best first."""
        try:
            hits = assistant.retriever.search(question, max(1, min(k, MOST_HITS)), history or [], _filter(where))
        except NorthbriefError as error:
            raise gr.Error(str(error), print_exception=False) from error
        return [hit_record(hit).model_dump(mode="json") for hit in hits]

    with window:
        gr.events.api(ask, api_name="ask")
        gr.events.api(search, api_name="search")
    return window


def _filter(where: dict[str, Any] | None) -> Filter | None:
    try:
        return Where.model_validate(where).filter() if where else None
    except ValidationError as error:
        raise gr.Error(f"found a filter with {error.errors()[0]['msg']}", print_exception=False) from error
