"""The README cannot drift: its commands exist, its settings are those of the code, its snippets run."""

import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from northbrief.ui.cli import app
from northbrief.ui.settings import settings_table
from typer.main import get_command

README = Path(__file__).resolve().parents[1] / "README.md"
EXTRAS = {"northbrief.index.langchain": "langchain_core", "northbrief.index.llamaindex": "llama_index"}
SNIPPETS = [  # "```py" marks those that need a service that runs; tests/test_service.py and test_deploy.py do the same
    snippet
    for snippet in re.findall(r"```python\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    if all(find_spec(package) for module, package in EXTRAS.items() if module in snippet)
]


def test_every_command_stands_in_the_readme() -> None:
    commands = set(get_command(app).commands)  # type: ignore[attr-defined]  # a typer app with commands is a group
    named = set(re.findall(r"`(?:northbrief )?(\w+)\b", README.read_text("utf-8")))
    assert commands <= named


def test_the_settings_table_of_the_readme_is_the_one_the_code_makes() -> None:
    section = README.read_text("utf-8").partition("## Settings")[2].partition("\n## ")[0]
    assert "\n".join(line for line in section.splitlines() if line.startswith("|")) == settings_table()


def test_the_snippets_of_the_readme_run_one_after_the_other(tmp_path: Path) -> None:
    reports = tmp_path / "reports"
    reports.mkdir()
    text = "Trade with China grew by a third in 2024. A treaty was signed in Pyongyang in June 2024."
    (reports / "trade.md").write_text(f"---\npublished: 2024-07-01\n---\n{text}\n", "utf-8")
    environment = os.environ | {"NORTHBRIEF_HOME": str(tmp_path / "home")}
    command = [sys.executable, "-W", "error", "-c", "\n".join(SNIPPETS)]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert "A treaty was signed in Pyongyang in June 2024." in done.stdout
