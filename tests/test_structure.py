"""The shape of the project: four flat folders, imports that only look left, few public names, a light search."""

import ast
import importlib
import json
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
from northbrief.corpus import Brief
from northbrief.index import Encoder, Index

ROOT = Path(__file__).resolve().parents[1]
LAYERS = ["corpus", "index", "qa", "ui"]  # data flows to the right, imports look to the left
TOP_LEVEL = {
    *LAYERS,
    "tests",
    "pyproject.toml",
    "README.md",
    "LICENSE",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "Makefile",
    "constraints.txt",
}
PUBLIC = {
    "corpus": [
        "Brief",
        "BriefError",
        "BriefLoader",
        "DateSource",
        "Failure",
        "ModelError",
        "NorthbriefError",
        "Passage",
        "QuestionError",
        "SettingsError",
        "StoreDamaged",
        "StoreError",
        "StoreLocked",
        "StoreMismatch",
        "WeightsError",
        "load_briefs",
    ],
    "index": ["AddReport", "Encoder", "EncoderSpec", "Encoding", "Filter", "Hit", "Index", "Retriever"],
    "qa": ["REFUSAL", "REFUSAL_KO", "Answer", "Assistant", "Citation", "Claim", "Verdict", "check", "reference"],
    "ui": [],
}
SEARCH = """
import json, sys
from northbrief.index import Index, Retriever
with Index.open(sys.argv[1]) as index:
    hits = Retriever(index).search("When did the ferry return?")
print(json.dumps({"found": [hit.brief.id for hit in hits], "modules": sorted(sys.modules)}))
"""
IMPORT_ALL = """
import northbrief.corpus, northbrief.index, northbrief.qa, northbrief.ui.cli
import corpus, index, qa, ui
print(corpus.mine, index.mine, qa.mine, ui.mine)
"""


def setuptools() -> dict[str, Any]:
    tool: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]
    return tool


def imported_layers(source: str, layer: str) -> Iterator[str]:
    """The layers that a module of `layer` imports, its own included; "outside" for what is in none."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name.split(".") for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = ["northbrief", layer][: 3 - node.level] if node.level else []
            base += node.module.split(".") if node.module else []
            names = [[*base, alias.name] for alias in node.names]
        else:
            continue
        for parts in names:
            if parts[0] == "northbrief":
                yield parts[1] if len(parts) > 1 and parts[1] in LAYERS else "outside"


def ignored(path: Path) -> bool:
    patterns = (ROOT / ".gitignore").read_text("utf-8").split()
    return any(fnmatch(path.name, line.rstrip("/")) and (path.is_dir() or line[-1] != "/") for line in patterns)


def run(*arguments: str, cwd: Path) -> str:
    done = subprocess.run([sys.executable, *arguments], cwd=cwd, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_packages_of_the_wheel_are_the_folders_on_disk() -> None:
    folders = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    assert set(setuptools()["packages"]) == {f"northbrief.{folder}" for folder in folders}


def test_each_package_lies_in_the_folder_of_its_name() -> None:
    assert setuptools()["package-dir"] == {f"northbrief.{layer}": layer for layer in LAYERS}


def test_the_top_level_holds_nothing_else() -> None:
    found = {path.name for path in ROOT.iterdir() if not path.name.startswith(".") and not ignored(path)}
    assert found <= TOP_LEVEL


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_is_one_flat_folder_of_modules(layer: str) -> None:
    deeper = [str(path.relative_to(ROOT)) for path in (ROOT / layer).rglob("*.py") if path.parent.name != layer]
    assert deeper == []


@pytest.mark.parametrize("layer", LAYERS)
def test_every_data_file_of_a_layer_is_in_the_wheel(layer: str) -> None:
    declared = setuptools()["package-data"]
    patterns = declared["*"] + declared.get(f"northbrief.{layer}", [])
    files = [path for path in (ROOT / layer).rglob("*") if path.is_file() and path.suffix not in {".py", ".pyc"}]
    names = [path.relative_to(ROOT / layer).as_posix() for path in files]
    assert [name for name in names if not any(fnmatch(name, pattern) for pattern in patterns)] == []


@pytest.mark.parametrize("module", sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("[ciqu]*/*.py")))
def test_a_module_imports_only_layers_to_its_left(module: str) -> None:
    layer = module.split("/")[0]
    allowed = set(LAYERS[: LAYERS.index(layer) + 1])
    assert set(imported_layers((ROOT / module).read_text("utf-8"), layer)) <= allowed


@pytest.mark.parametrize(
    ("source", "layers"),
    [
        ("from ..ui import cli", ["ui"]),
        ("from ..ui.cli import main", ["ui"]),
        ("from .. import qa, ui", ["qa", "ui"]),
        ("from .types import Hit", ["index"]),
        ("from . import types", ["index"]),
        ("import northbrief.qa.types, json", ["qa"]),
        ("from northbrief import ui", ["ui"]),
        ("from northbrief.qa import Answer", ["qa"]),
        ("def late():\n    from ..qa import Answer", ["qa"]),
        ("import northbrief", ["outside"]),
        ("import json\nfrom index import Index", []),
    ],
)
def test_every_way_to_import_a_layer_is_seen(source: str, layers: list[str]) -> None:
    assert list(imported_layers(source, "index")) == layers


@pytest.mark.parametrize("layer", LAYERS)
def test_the_public_names_are_these(layer: str) -> None:
    assert sorted(getattr(importlib.import_module(f"northbrief.{layer}"), "__all__", [])) == sorted(PUBLIC[layer])


@pytest.mark.parametrize("module", ["langchain", "llamaindex"])
def test_a_frameworks_module_has_one_public_name(module: str) -> None:
    pytest.importorskip({"langchain": "langchain_core", "llamaindex": "llama_index.core"}[module])
    assert importlib.import_module(f"northbrief.index.{module}").__all__ == ["NorthbriefRetriever"]


@pytest.mark.parametrize(("layer", "name"), [(layer, name) for layer, names in PUBLIC.items() for name in names])
def test_a_public_name_resolves(layer: str, name: str) -> None:
    assert hasattr(importlib.import_module(f"northbrief.{layer}"), name)


def test_a_search_loads_neither_torch_nor_gradio_nor_langchain(
    tmp_path: Path, encoder: Encoder, make_brief: Callable[..., Brief]
) -> None:
    with Index.open(tmp_path / "index.db", encoder=encoder) as index:
        index.add([make_brief("ferry", "The ferry returned to the harbour in March.")])
    result = json.loads(run("-c", SEARCH, str(tmp_path / "index.db"), cwd=tmp_path))
    assert result["found"] == ["ferry"]
    roots = {name.split(".")[0].split("_")[0] for name in result["modules"]}
    heavy = {
        "torch",
        "gradio",
        "langchain",
        "transformers",
        "sentence",
        "fastapi",
        "mcp",
        "llama",
        "asyncio",
        "pymilvus",
        "grpc",
    }
    assert roots & heavy == set()


def test_a_search_works_where_torch_and_gradio_cannot_be_imported(
    tmp_path: Path, encoder: Encoder, make_brief: Callable[..., Brief]
) -> None:
    with Index.open(tmp_path / "index.db", encoder=encoder) as index:
        index.add([make_brief("ferry", "The ferry returned to the harbour in March.")])
    absent = "import sys\nfor name in ('torch', 'gradio', 'sentence_transformers', 'onnx'): sys.modules[name] = None\n"
    result = json.loads(run("-c", absent + SEARCH, str(tmp_path / "index.db"), cwd=tmp_path))
    assert result["found"] == ["ferry"]


@pytest.mark.parametrize("how", ["-c", "script"])
def test_modules_of_the_user_with_our_folders_names_shadow_nothing(tmp_path: Path, how: str) -> None:
    for layer in LAYERS:
        (tmp_path / f"{layer}.py").write_text("mine = __name__\n", "utf-8")
    (tmp_path / "script.py").write_text(IMPORT_ALL, "utf-8")
    arguments = ("-c", IMPORT_ALL) if how == "-c" else ("script.py",)
    assert run(*arguments, cwd=tmp_path).split() == LAYERS
