"""What the window's import of Gradio leaves out, and that all else is there."""

import json
import subprocess
import sys
import textwrap

import pytest


def told(program: str) -> dict[str, object]:
    """What a program says, in JSON, in a process of its own."""
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    found: dict[str, object] = json.loads(done.stdout)
    return found


def test_gradio_is_imported_without_writing_stubs_and_without_the_protocol() -> None:
    found = told("""
        import json, pathlib, sys
        written = []
        write = pathlib.Path.write_text
        pathlib.Path.write_text = lambda path, *text, **more: written.append(str(path)) or write(path, *text, **more)
        read = pathlib.Path.read_text
        pathlib.Path.read_text = lambda path, *_, **more: written.append(str(path)) or read(path, **more)
        import northbrief.ui.app
        import gradio
        loaded = [name for name in sys.modules if name.split(".")[0] == "mcp"]
        from gradio.component_meta import create_or_modify_pyi
        stubs = [each for each in written if each.endswith(".pyi")]
        print(json.dumps({"loaded": loaded, "stubs": stubs, "finders": [type(f).__name__ for f in sys.meta_path],
                          "events": callable(gradio.Textbox.submit) and callable(gradio.Blocks)}))
    """)
    assert (found["loaded"], found["stubs"], found["events"]) == ([], [], True)
    assert "_WithoutStubs" not in found["finders"]  # type: ignore[operator]


def test_the_protocol_can_be_imported_afterwards() -> None:
    pytest.importorskip("mcp")
    found = told("""
        import json, northbrief.ui.app, northbrief.ui.mcp
        import mcp.server
        print(json.dumps({"server": mcp.server.__name__}))
    """)
    assert found == {"server": "mcp.server"}
