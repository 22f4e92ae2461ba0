"""Commands that serve programs: serve (HTTP) and mcp (assistants)."""

from importlib.resources import files
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..corpus import SettingsError
from .settings import LOOPBACK, Application, read_settings
from .terminal import err, escape

if TYPE_CHECKING:
    from .guard import Guard, Limits

commands = typer.Typer()

EXAMPLES = {"nginx": "nginx.conf", "systemd": "northbrief.service", "container": "Containerfile"}
WINDOW = "/window"
DRAIN_SECONDS = 20  # for answers that are under way when the service is stopped
CONNECTIONS = 1_000  # open at once; more are answered 503

Host = Annotated[str | None, typer.Option(help="Address to listen on.")]
Port = Annotated[int | None, typer.Option(help="Port to listen on.")]
RootPath = Annotated[str | None, typer.Option(help="Path that a proxy serves this under, such as /northbrief.")]


@commands.command()
def serve(
    context: typer.Context,
    host: Host = None,
    port: Port = None,
    window: Annotated[bool, typer.Option("--window", help=f"Serve the chat window, too, at {WINDOW}.")] = False,
    root_path: RootPath = None,
    rate: Annotated[int | None, typer.Option(min=0, help="Requests a minute for each client; 0: no limit.")] = None,
    log_questions: Annotated[bool | None, typer.Option(help="Log the questions.", show_default=False)] = None,
    example: Annotated[
        str | None, typer.Option(help=f"Print an example and end: {', '.join(EXAMPLES)}.", metavar="NAME")
    ] = None,
) -> None:
    """Serve search, answers and chat completions over HTTP."""
    if example is not None:
        print_example(example)
        return
    parts = configured(
        context, host=host, service_port=port, root_path=root_path, rate=rate, log_questions=log_questions
    )
    from .service import OPEN, build_service

    limits = limits_of(parts, open=OPEN, apart=WINDOW if window else None)
    mount = (lambda app: mount_window(app, parts)) if window else None
    run(build_service(parts.retriever, parts.assistant, limits, window=mount), parts)


@commands.command()
def mcp(
    context: typer.Context,
    http: Annotated[bool, typer.Option("--http", help="Streamable HTTP at /mcp instead of standard input.")] = False,
    host: Host = None,
    port: Port = None,
    root_path: RootPath = None,
) -> None:
    """Serve the briefs to assistants by the Model Context Protocol."""
    parts = configured(context, host=host, service_port=port, root_path=root_path)
    try:
        from . import mcp as protocol
    except ImportError as error:
        raise SettingsError(
            f"found no package {error.name}, expected the extra; pip install 'northbrief[mcp]'"
        ) from error
    from .catalogue import Catalogue

    server = protocol.build_server(parts.retriever, parts.assistant, Catalogue(parts.index))
    if http:
        run(protocol.application(server, limits_of(parts)), parts)
    else:
        warm_up(parts)
        server.run("stdio")


def configured(context: typer.Context, **flags: Any) -> Application:
    """Return the parts with the command's own flags among the settings."""
    before: Application = context.obj
    given = before.settings.model_dump(exclude_unset=True)
    return Application(read_settings(**given | {name: flag for name, flag in flags.items() if flag is not None}))


def limits_of(parts: Application, **more: Any) -> "Limits":
    """Return what the guard lets through by these settings.

    Raises:
        SettingsError: the host can be reached from outside, and there is no token.
    """
    from .guard import Limits

    chosen = parts.settings
    token = chosen.token.get_secret_value().strip() if chosen.token else ""
    if not token and chosen.host not in LOOPBACK:
        raise SettingsError(
            f"found the host {chosen.host} and no token, expected one where others can connect; set NORTHBRIEF_TOKEN"
        )
    return Limits(token=token or None, rate=chosen.rate, log_questions=chosen.log_questions, **more)


def run(app: "Guard", parts: Application) -> None:
    """Serve the application until a signal ends it; what is under way is finished first."""
    import logging.config

    import uvicorn

    from .logs import log_config

    chosen = parts.settings
    logging.config.dictConfig(log_config())
    err.print(
        f"Northbrief answers at http://{escape(chosen.host)}:{chosen.service_port}{chosen.root_path} (Ctrl-C ends)"
    )
    warm_up(parts)
    uvicorn.run(
        app,
        host=chosen.host,
        port=chosen.service_port,
        root_path=chosen.root_path,
        log_config=None,
        access_log=False,
        server_header=False,
        limit_concurrency=CONNECTIONS,
        timeout_graceful_shutdown=DRAIN_SECONDS,
        ws="none",
    )


def warm_up(parts: Application) -> None:
    """Load the encoder meanwhile, so that the first question does not wait for it."""
    import threading

    threading.Thread(target=lambda: parts.index.encoder, daemon=True).start()


def mount_window(app: Any, parts: Application) -> None:
    """Mount the chat window on the service; where there is a token, it is the password of the user "northbrief"."""
    import hmac

    from .api import with_api
    from .app import CONCURRENCY, QUEUE_SIZE, build_app, launch_options
    from .librarian import librarian_of

    chosen = parts.settings
    librarian = librarian_of(parts, chosen.library != "read-only")  # beyond loopback there is a token, always
    token = chosen.token.get_secret_value().strip() if chosen.token else ""

    look = launch_options(chosen.host, chosen.service_port, librarian, any_name=bool(token))

    def login(user: str, password: str) -> bool:
        return user == "northbrief" and hmac.compare_digest(password.encode("utf-8", "replace"), token.encode())

    plain = parts.plain if parts.language_model else None
    blocks = with_api(build_app(parts.index, parts.assistant, plain, librarian), parts.assistant)
    from gradio import mount_gradio_app  # which `app` has imported

    blocks.queue(max_size=QUEUE_SIZE, default_concurrency_limit=CONCURRENCY)
    mount_gradio_app(
        app,
        blocks,
        WINDOW,
        auth=login if token else None,
        root_path=chosen.root_path + WINDOW if chosen.root_path else None,
        show_error=False,
        **{key: look[key] for key in ("theme", "head", "app_kwargs", "footer_links")},
    )


def print_example(name: str) -> None:
    """Print one of the files that show how the service is run."""
    if name not in EXAMPLES:
        raise SettingsError(f"found --example {name!r}, expected one of {', '.join(EXAMPLES)}")
    typer.echo((files(__package__) / EXAMPLES[name]).read_text("utf-8"), nl=False)
