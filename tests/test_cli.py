"""The command line: every command, its exit codes, and one sentence for every mistake."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from northbrief.corpus import Brief, SettingsError
from northbrief.index import Encoder, Index
from northbrief.qa import REFUSAL
from northbrief.ui.cli import app
from northbrief.ui.settings import read_settings
from typer.main import get_command

from .conftest import Run

COMMANDS = sorted(get_command(app).commands)  # type: ignore[attr-defined]  # a typer app with commands is a group
QUESTION = "What did the Tumen bridge cost?"
BRIDGE = (
    "---\ntitle: The Tumen bridge\npublished: 2025-03-02\ninstitution: Institute of Rivers\n---\n"
    "Work began at once on both banks. The Tumen bridge cost 40 million roubles. It opened to lorries first."
)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An own folder for the index; the working folder is beside it."""
    monkeypatch.setenv("NORTHBRIEF_HOME", str(tmp_path / "home"))
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path / "home"


@pytest.fixture
def run(home: Path, command_line: Run) -> Run:
    """Run `northbrief ARGUMENTS`: (exit code, standard output, standard error)."""
    return command_line


@pytest.fixture
def filled(home: Path, encoder: Encoder, run: Run) -> Path:
    """The file of a brief that the index holds."""
    file = Path("bridge.md")
    file.write_text(BRIDGE, "utf-8")
    assert run("add", "bridge.md")[0] == 0
    return file


def refused(result: tuple[int, str, str], *words: str) -> None:
    """Exit code 2 and one line on standard error, that names the words."""
    code, out, err = result
    assert code == 2
    assert "Traceback" not in out + err
    assert all(word in err for word in words), err
    lines = [line for line in err.splitlines() if "northbrief:" in line or "not added:" in line]
    assert len(lines) == 1, err


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(run: Run, command: str) -> None:
    code, out, _ = run(command, "--help")
    assert code == 0
    assert re.search(rf"Usage: .*\b{command}\b", out)


def test_the_help_names_every_command(run: Run) -> None:
    out = run("--help")[1]
    assert {"chat", "ask", "search", "add", "list", "show", "remove", "eval"} <= set(COMMANDS)
    assert [command for command in COMMANDS if not re.search(rf"\b{command}\b", out)] == []


def test_the_module_runs_in_a_process_of_its_own(home: Path) -> None:
    command = [sys.executable, "-m", "northbrief.ui"]
    empty = subprocess.run([*command, "list"], capture_output=True, text=True, check=False)
    assert (empty.returncode, empty.stdout) == (1, "")
    wrong = subprocess.run(
        [*command, "list"], env={**os.environ, "NORTHBRIEF_PORT": "x"}, capture_output=True, text=True, check=False
    )
    assert wrong.returncode == 2
    assert "NORTHBRIEF_PORT" in wrong.stderr
    assert "Traceback" not in empty.stderr + wrong.stderr


def test_a_file_is_added_once_and_replaced_when_it_changed(run: Run, filled: Path) -> None:
    assert json.loads(run("add", str(filled), "--json")[1])["unchanged"] == ["bridge"]
    filled.write_text(BRIDGE.replace("40", "50"), "utf-8")
    assert json.loads(run("add", str(filled), "--json")[1])["replaced"] == ["bridge"]


def test_briefs_are_listed(run: Run, filled: Path) -> None:
    code, out, _ = run("list")
    assert code == 0
    assert "2025-03-02" in out
    assert [brief["id"] for brief in json.loads(run("list", "--json")[1])] == ["bridge"]


def test_a_brief_is_shown(run: Run, filled: Path) -> None:
    code, out, _ = run("show", "bridge")
    assert code == 0
    assert "40 million roubles" in out
    assert json.loads(run("show", "bridge", "--json")[1])["published"] == "2025-03-02"


def test_passages_are_found(run: Run, filled: Path) -> None:
    code, out, _ = run("search", QUESTION)
    assert code == 0
    assert "40 million roubles" in out
    (hit,) = json.loads(run("search", QUESTION, "--json", "-k", "3", "--since", "2025-01-01")[1])
    assert hit["brief"]["id"] == "bridge"
    assert 0 <= hit["score"] <= 1


def test_a_question_is_answered_with_its_sources(run: Run, filled: Path) -> None:
    code, out, _ = run("ask", QUESTION)
    assert code == 0
    assert "“The Tumen bridge cost 40 million roubles.” [1]" in out
    assert "[1] “The Tumen bridge”, Institute of Rivers, 2 March 2025" in out
    assert json.loads(run("ask", QUESTION, "--json")[1])["citations"][0]["brief"]["id"] == "bridge"


def test_a_question_that_is_not_answered_ends_with_1(run: Run, filled: Path) -> None:
    code, out, _ = run("ask", "Write a poem about my cat and a pizza.")
    assert code == 1
    assert out.startswith(REFUSAL)


def test_a_removed_brief_is_gone(run: Run, filled: Path) -> None:
    assert json.loads(run("remove", "bridge", "--json")[1]) == {"removed": "bridge"}
    assert run("show", "bridge")[0] == run("list")[0] == run("search", QUESTION)[0] == 1


@pytest.mark.parametrize(
    "arguments", [("list",), ("show", "no"), ("remove", "no"), ("search", "Why?"), ("ask", "Why?")]
)
@pytest.mark.parametrize("json_", [(), ("--json",)])
def test_an_empty_index_ends_with_1(run: Run, arguments: tuple[str, ...], json_: tuple[str, ...]) -> None:
    code, _, err = run(*arguments, *json_)
    assert code == 1
    assert "Traceback" not in err


def test_an_empty_folder_ends_with_1(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert run("add", str(tmp_path / "empty"))[0] == 1


def test_questions_are_measured(run: Run, filled: Path) -> None:
    line = {"id": "1", "type": "fact", "question": QUESTION, "gold": [{"doc_id": "bridge", "quote": "40 million"}]}
    Path("questions.jsonl").write_text(json.dumps(line), "utf-8")
    code, out, _ = run("eval", "questions.jsonl", "--against", "no-rerank")
    assert code == 0
    assert "R@1" in out
    made = json.loads(run("eval", "questions.jsonl", "--against", "cap=1", "-v", "--json")[1])
    assert made["figures"]["all"]["R@1"] == 1
    assert made["comparison"]["difference"] == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("eval", "none.jsonl"), "none.jsonl"),
        (("eval", "bytes.jsonl"), "bytes.jsonl"),
        (("eval", "bridge.md"), "line 1"),
        (("eval", "good.jsonl", "--against", "magic"), "no-rerank or cap=N"),
        (("eval", "good.jsonl", "--language", "fr"), "'fr'"),
        (("ask", ""), "empty question"),
        (("search", "  "), "empty question"),
        (("ask", "why " * 25_000), "found a question of 99,999 characters"),
        (("search", "w" * 100_000), "100,000 characters"),
        (("ask", QUESTION, "--since", "2025-13-45"), "--since '2025-13-45'"),
        (("search", QUESTION, "--until", "yesterday"), "--until 'yesterday'"),
    ],
)
def test_a_mistake_is_one_sentence_and_ends_with_2(
    run: Run, filled: Path, arguments: tuple[str, ...], words: str
) -> None:
    Path("bytes.jsonl").write_bytes(b"\xff\x00\x81")
    Path("good.jsonl").write_text(json.dumps({"id": "1", "question": QUESTION, "gold": []}), "utf-8")
    refused(run(*arguments), words)


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("table.xlsx", b"text", ".xlsx"),
        ("noname", b"text", "suffix"),
        ("empty.txt", b"", "empty"),
        ("blank.md", b" \n\n", "empty"),
        ("bytes.txt", b"\x80\x81\xfe", "UTF-8"),
        ("nul.txt", b"a\x00b", "NUL"),
        ("no-id.jsonl", b'{"title": "T", "text": "Text."}', "line 1"),
        ("no-text.jsonl", b'{"id": "1", "title": "T"}', "no text"),
        ("no-json.jsonl", b"{", "JSON"),
        ("date.md", b"---\npublished: 8 Augustus\n---\nText stands here.", "8 Augustus"),
        ("date.jsonl", b'{"id": "1", "title": "T", "text": "Text.", "published": "2025-13-45"}', "2025-13-45"),
        ("front.md", b"---\ntitle: [\n---\nText stands here.", "YAML"),
    ],
)
def test_a_bad_file_is_refused_in_one_sentence_and_changes_nothing(
    run: Run, filled: Path, name: str, content: bytes, word: str
) -> None:
    before = run("list", "--json")[1]
    Path(name).write_bytes(content)
    refused(run("add", name), name, word)
    assert run("list", "--json")[1] == before


def test_a_missing_path_is_refused(run: Run) -> None:
    refused(run("add", "nowhere"), "nowhere")


def test_of_a_folder_the_good_files_go_in_and_the_bad_ones_are_listed(run: Run, filled: Path) -> None:
    Path("empty.txt").touch()
    Path("old.xls").write_text("table", "utf-8")
    Path("rice.txt").write_text("Haeju port stores rice for the winter months.", "utf-8")
    code, out, err = run("add", ".", "--json")
    made = json.loads(out)
    assert code == 2
    assert (made["added"], made["unchanged"]) == (["rice"], ["bridge"])
    assert [Path(failure["source"]).name for failure in made["failed"]] == ["old.xls", "empty.txt"]
    assert err.count("not added:") == 2


def test_of_a_jsonl_the_good_lines_go_in(run: Run, filled: Path) -> None:
    good = json.dumps({"id": "a", "title": "T", "text": "Haeju port stores rice."})
    Path("briefs.jsonl").write_text(f'{good}\n{{"id": "b"}}\n', "utf-8")
    refused(run("add", "briefs.jsonl"), "line 2")
    assert run("show", "a")[0] == 0


@pytest.fixture
def foreign(home: Path, fake: Encoder, make_brief: Callable[..., Brief]) -> Path:
    """An index file that another encoder made."""
    with Index.open(home, encoder=fake, late=False) as index:
        index.add([make_brief("b", "Text stands here.")])
    return home / "index.db"


@pytest.mark.parametrize("arguments", [("list",), ("ask", QUESTION), ("remove", "b"), ("add", ".")])
def test_an_index_made_by_another_encoder_is_refused_and_kept(
    run: Run, foreign: Path, arguments: tuple[str, ...]
) -> None:
    before = foreign.read_bytes()
    refused(run(*arguments), "fake", "northbrief rebuild")
    assert foreign.read_bytes() == before


def test_rebuild_mends_an_index_made_by_another_encoder(run: Run, foreign: Path) -> None:
    assert run("rebuild")[0] == 0
    assert [brief["id"] for brief in json.loads(run("list", "--json")[1])] == ["b"]


def test_a_damaged_index_is_refused_and_kept(run: Run, home: Path) -> None:
    home.mkdir()
    (home / "index.db").write_bytes(b"no database at all" * 500)
    refused(run("list"), "index.db", "damaged")
    assert (home / "index.db").read_bytes() == b"no database at all" * 500


@pytest.mark.parametrize(
    ("toml", "word"),
    [
        ('port = "x"', "port"),
        ("port = 70000", "port"),
        ("colour = 1", "colour"),
        ("port = ", "TOML"),
        ("cap = -1", "cap"),
    ],
)
def test_a_wrong_setting_in_the_file_is_refused(run: Run, toml: str, word: str) -> None:
    Path("northbrief.toml").write_text(toml, "utf-8")
    refused(run("list"), word, "northbrief.toml")


@pytest.mark.parametrize("value", ["x", "0", "70000"])
def test_a_wrong_setting_in_a_variable_is_refused(run: Run, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("NORTHBRIEF_PORT", value)
    refused(run("list"), "NORTHBRIEF_PORT", repr(value))


@pytest.mark.parametrize(
    "arguments", [(), ("list", "--no-such"), ("no-such",), ("search", "Why?", "-k", "0"), ("ask",)]
)
def test_bad_use_ends_with_2(run: Run, arguments: tuple[str, ...]) -> None:
    assert run(*arguments)[0] == 2


def test_a_flag_wins_over_a_variable_and_a_variable_over_the_file(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_settings().port == 7860
    Path("northbrief.toml").write_text("port = 1001\ncap = 3", "utf-8")
    assert read_settings().port == 1001
    monkeypatch.setenv("NORTHBRIEF_PORT", "1002")
    assert read_settings().port == 1002
    assert read_settings(port=1003).port == 1003
    assert read_settings(port=None).cap == 3


def test_an_unknown_setting_names_the_known_ones(home: Path) -> None:
    with pytest.raises(SettingsError, match="one of home, encoder"):
        read_settings(colour="red")


def test_an_answer_is_also_written_to_the_files_named(filled: Path, run: Run) -> None:
    pytest.importorskip("pypandoc", reason="the extra [export] is not installed")
    code, _, err = run("ask", QUESTION, "--export", "memo.md", "--export", "memo.ris")
    assert (code, err.count("Written: memo.")) == (0, 2)
    assert "“The Tumen bridge cost 40 million roubles.”[^1]" in Path("memo.md").read_text("utf-8").replace("**", "")
    assert "TI  - The Tumen bridge" in Path("memo.ris").read_text("utf-8")


def test_an_export_of_an_unknown_form_is_refused_before_the_work(filled: Path, run: Run) -> None:
    refused(run("ask", QUESTION, "--export", "memo.pages"), "'memo.pages'", "one that ends in .md")


def test_an_export_that_cannot_be_written_leaves_nothing_behind(filled: Path, run: Run) -> None:
    refused(run("ask", QUESTION, "--export", "nowhere/memo.ris"), "cannot write", "nowhere")
