"""The library over HTTP: search, ask and briefs, chat completions, health and metrics, on one guarded application."""

import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable
from importlib.metadata import version
from typing import Annotated, Any

from fastapi import FastAPI, Path, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response, StreamingResponse
from fastapi_offline import FastAPIOffline
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException

from ..corpus import NorthbriefError, QuestionError
from ..index import Retriever
from ..index.asynchronous import in_thread
from ..qa import Answer, Assistant
from .catalogue import Catalogue
from .completions import MODEL, ChatRequest, completion, events, models
from .guard import FAULT, Guard, Limits, error_body, lifespan
from .metrics import Metrics
from .schemas import (
    MOST_BRIEFS,
    MOST_TEXT,
    AnswerRecord,
    BriefsRecord,
    Count,
    History,
    Offset,
    Question,
    SearchRecord,
    TextRecord,
    Where,
    answer_record,
    hit_record,
    text_record,
)

DOCS_FILES = "/static-offline-docs"
OPEN = frozenset({"/health", "/docs", "/openapi.json", DOCS_FILES})
"""Paths that need no token: they tell nothing of what the briefs say."""
DESCRIPTION = (
    'Cited answers from policy briefs on North Korea. Every error is `{"error": {"message", "type"}}`: what was found, '
    "what was expected, what to do. 429 and 503 carry `Retry-After`."
)


class AskRequest(BaseModel):
    """A question, the earlier ones, and which briefs may be used."""

    model_config = ConfigDict(extra="forbid")

    question: Question
    history: History = []
    where: Where | None = None

    def filter(self) -> Any:
        """Return which briefs may be used, as the retriever takes it."""
        return self.where.filter() if self.where else None


class SearchRequest(AskRequest):
    """A question and how many passages to return."""

    k: Count = 8


class ErrorDetail(BaseModel):
    """What was found, what was expected, what to do."""

    message: str
    type: str
    param: str | None = None
    code: str | None = None


class ErrorRecord(BaseModel):
    """The form of every error."""

    error: ErrorDetail


class HealthRecord(BaseModel):
    """That the service answers, and what from."""

    status: str
    version: str
    briefs: int
    passages: int


ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"model": ErrorRecord, "description": description}
    for status, description in {
        401: "No valid token.",
        413: "A request too large.",
        422: "A value that has no meaning.",
        429: "Too many requests a minute.",
        503: "Too many requests at once, or the index cannot be read now.",
    }.items()
}
BODY: dict[int | str, dict[str, Any]] = {
    400: {"model": ErrorRecord, "description": "No JSON."},
    415: {"model": ErrorRecord, "description": "No JSON."},
}


def build_service(
    retriever: Retriever,
    assistant: Assistant,
    limits: Limits,
    *,
    window: Callable[[FastAPI], None] | None = None,
    mcp: bool = True,
) -> Guard:
    """Return the application, to be run by uvicorn or another ASGI server.

    `window` mounts the chat window on it, which `limits.apart` then names; `mcp` adds the streamable HTTP transport at
    /mcp, where the package is installed.
    """
    metrics, catalogue = Metrics(), Catalogue(retriever.index)
    app: FastAPI = FastAPIOffline(
        title="Northbrief",
        version=version("northbrief"),
        description=DESCRIPTION,
        redoc_url=None,
        static_url=DOCS_FILES,
        lifespan=lifespan,
        responses=ERRORS,
        strict_content_type=True,
    )
    add_error_handlers(app)
    add_briefs(app, retriever, assistant, catalogue, metrics)
    add_completions(app, assistant, metrics)
    add_operating(app, retriever, catalogue, metrics)
    if mcp:
        with contextlib.suppress(ImportError):
            from .mcp import build_server, mount

            mount(app, build_server(retriever, assistant, catalogue))
    if window:
        window(app)
    return Guard(app, limits, metrics)


def add_briefs(
    app: FastAPI, retriever: Retriever, assistant: Assistant, catalogue: Catalogue, metrics: Metrics
) -> None:
    """Add the routes that search, ask, and read."""

    @app.post("/search", responses=BODY, tags=["briefs"])
    async def search(asked: SearchRequest, request: Request) -> SearchRecord:
        """The passages that fit a question best, best first."""
        request.scope["question"] = asked.question
        plan = await in_thread(retriever.plan, asked.question, asked.history)
        hits = await retriever.asearch(asked.question, asked.k, asked.history, asked.filter(), plan=plan)
        return SearchRecord(question=plan.standalone, hits=[hit_record(hit) for hit in hits])

    @app.post("/ask", responses=BODY, tags=["briefs"])
    async def ask(asked: AskRequest, request: Request) -> AnswerRecord:
        """An answer of exact quotes with numbered citations, or that the briefs do not say."""
        request.scope["question"] = asked.question
        answer = await assistant.aask(asked.question, asked.history, asked.filter())
        metrics.answer(answer.abstained)
        return answer_record(answer)

    @app.get("/briefs", tags=["briefs"])
    async def briefs(
        offset: Offset = 0, limit: Annotated[int, Query(ge=1, le=MOST_BRIEFS)] = 50, institution: str | None = None
    ) -> BriefsRecord:
        """The briefs, newest first, without their texts."""
        return await in_thread(catalogue.page, offset, limit, institution)

    @app.get(
        "/briefs/{id:path}", responses={404: {"model": ErrorRecord, "description": "No such brief."}}, tags=["briefs"]
    )
    async def brief(
        id: Annotated[str, Path(min_length=1, max_length=300)],
        start: Offset = 0,
        length: Annotated[int, Query(ge=1, le=MOST_TEXT)] = MOST_TEXT,
    ) -> TextRecord:
        """A stretch of one brief's text."""
        found = await in_thread(retriever.index.brief, id)
        if found is None:
            raise HTTPException(404, "found no brief of this id; GET /briefs lists them")
        return text_record(found, start, length)


def add_completions(app: FastAPI, assistant: Assistant, metrics: Metrics) -> None:
    """Add the routes of the OpenAI form."""
    missing: dict[int | str, dict[str, Any]] = {404: {"model": ErrorRecord, "description": "No such model."}}

    @app.get("/v1/models", tags=["openai"])
    async def list_models() -> dict[str, Any]:
        """The one model there is."""
        return models()

    @app.post("/v1/chat/completions", response_model=None, responses=BODY | missing, tags=["openai"])
    async def chat(asked: ChatRequest, request: Request) -> Response:
        """A chat completion: the answer with its sources in the message, and as data under `northbrief`."""
        if asked.model != MODEL:
            raise HTTPException(404, f"found another model's name, expected {MODEL!r}; GET /v1/models lists it")
        question, history = asked.asked()
        request.scope["question"] = question
        if not asked.stream:
            answer = await assistant.aask(question, history)
            metrics.answer(answer.abstained)
            return JSONResponse(completion(answer))
        parts = counted(assistant.astream(question, history), metrics)
        first = await anext(parts)  # what is wrong with the question shows before the stream begins
        headers = {"cache-control": "no-cache", "x-accel-buffering": "no"}
        return StreamingResponse(events(first, parts), media_type="text/event-stream", headers=headers)


async def counted(parts: AsyncGenerator[Answer, None], metrics: Metrics) -> AsyncGenerator[Answer, None]:
    """Yield the parts, and count the answer when it is whole."""
    async with contextlib.aclosing(parts):
        async for part in parts:
            yield part
    metrics.answer(part.abstained)


def add_operating(app: FastAPI, retriever: Retriever, catalogue: Catalogue, metrics: Metrics) -> None:
    """Add what those who run the service look at."""

    def sizes() -> tuple[int, int]:
        return len(catalogue.records()), len(retriever.index)

    @app.get("/health", responses={503: ERRORS[503]}, tags=["operating"])
    async def health() -> HealthRecord:
        """Whether the index can be read, and how much it holds. Needs no token."""
        briefs, passages = await in_thread(sizes)
        return HealthRecord(status="ok", version=version("northbrief"), briefs=briefs, passages=passages)

    @app.get("/metrics", tags=["operating"], response_class=Response)
    async def figures() -> Response:
        """What Prometheus collects."""
        briefs, passages = await in_thread(sizes)
        return Response(metrics.text(briefs, passages), media_type="text/plain; version=0.0.4; charset=utf-8")


def add_error_handlers(app: FastAPI) -> None:
    """Give every error the one form, and keep what is unexpected in the log."""

    async def ours(request: Request, error: Exception) -> Response:
        status = 422 if isinstance(error, QuestionError) else 503
        return JSONResponse(error_body(status, str(error)), status)

    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        problems = [f"{'.'.join(str(part) for part in each['loc'])}: {each['msg']}" for each in error.errors()[:5]]
        return JSONResponse(error_body(422, "found a request with " + "; ".join(problems)), 422)

    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return JSONResponse(error_body(error.status_code, str(error.detail)), error.status_code, error.headers)

    async def fault(request: Request, error: Exception) -> Response:
        return JSONResponse(error_body(500, FAULT), 500)

    handlers: dict[type[Exception], Callable[[Request, Exception], Awaitable[Response]]] = {
        NorthbriefError: ours,
        RequestValidationError: invalid,
        HTTPException: refused,
        Exception: fault,
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)
