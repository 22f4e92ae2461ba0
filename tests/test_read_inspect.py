"""`northbrief inspect FILE`: what would be indexed, from where each field comes, what was left out."""

import json
from collections.abc import Callable
from pathlib import Path

from northbrief.ui.cli import app
from typer.testing import CliRunner

from .makers import docx, paper, pdf

Write = Callable[..., Path]


def test_inspect_shows_fields_with_their_origin_pages_what_is_left_out_and_passages(write: Write) -> None:
    done = CliRunner().invoke(app, ["inspect", str(write("a.pdf", paper())), "--json"])
    (shown,) = json.loads(done.stdout)
    assert done.exit_code == 0
    assert shown["fields"]["title"] == {"value": "Ferries in Winter", "from": "PDF property Title"}
    assert shown["fields"]["published"]["value"] == "2025-08-08"
    assert (shown["pages"], {entry["reason"] for entry in shown["left_out"]}) == (
        4,
        {"page number", "stands at the edge of several pages"},
    )
    assert [passage["page"] for passage in shown["passages"]] == sorted(
        passage["page"] for passage in shown["passages"]
    )
    assert all(0 < passage["pieces"] <= 240 for passage in shown["passages"])


def test_inspect_tells_what_a_sidecar_gave(write: Write) -> None:
    write("a.toml", 'title = "Mine"\n')
    done = CliRunner().invoke(app, ["inspect", str(write("a.docx", docx()))])
    assert (done.exit_code, "Mine" in done.stdout, "the sidecar a.toml" in done.stdout) == (0, True, True)


def test_inspect_of_a_scan_says_what_to_do(write: Write) -> None:
    done = CliRunner().invoke(app, ["inspect", str(write("a.pdf", pdf([[]])))])
    assert done.exit_code != 0
    assert "--ocr" in str(done.exception)
