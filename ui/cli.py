"""The command line. The library raises; here errors become one sentence and an exit code.

Exit codes: 0 done, 1 nothing found or not answered, 2 bad use or bad input.
"""

import sys
from typing import Annotated

import typer

from ..corpus import NorthbriefError
from . import asking, inspecting, keeping, library, moving, serving
from .settings import Application, read_settings
from .terminal import BAD, err, escape

app = typer.Typer(
    name="northbrief",
    help="Ask policy briefs on North Korea; every sentence of an answer is quoted and dated.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for group in (asking, library, serving, inspecting, keeping, moving):
    app.add_typer(group.commands)


@app.callback()
def options(
    context: typer.Context,
    home: Annotated[str | None, typer.Option(help="Folder, or address in Milvus, of the index.")] = None,
    encoder: Annotated[str | None, typer.Option(help="A sentence-transformers model, by name or path.")] = None,
) -> None:
    """Settings that all commands share."""
    context.obj = Application(read_settings(home=home, encoder=encoder))


def main() -> None:
    """Run the command line; our errors become one sentence on standard error and exit code 2."""
    try:
        app(standalone_mode=True)
    except NorthbriefError as error:
        err.print(f"[red]northbrief:[/] {escape(str(error))}")
        sys.exit(BAD)
