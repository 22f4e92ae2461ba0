"""Gradio imported without what the window has no use for: half of the time that this takes.

With every import Gradio writes type stubs of its components for editors, a third of the time. Its server of the Model
Context Protocol brings a package that Gradio does without where it is not installed; ours (`mcp.py`) is none of its.
"""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

STUBS = ("gradio.component_meta", "create_or_modify_pyi")
UNUSED = "mcp"


@contextmanager
def lightened() -> Iterator[None]:
    """Import Gradio within this; once it is imported, or what is left out is, this changes nothing."""
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")  # nothing leaves the machine
    finder = _WithoutStubs()
    hidden = UNUSED not in sys.modules and "gradio" not in sys.modules
    sys.meta_path.insert(0, finder)
    if hidden:
        sys.modules[UNUSED] = None  # type: ignore[assignment]  # importlib's way to say that there is none
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        if hidden:
            del sys.modules[UNUSED]


class _WithoutStubs(MetaPathFinder):
    """Finds the one module that writes stubs, to be loaded by `_Loader`."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        spec = PathFinder.find_spec(fullname, path) if fullname == STUBS[0] else None
        if spec and spec.loader:
            spec.loader = _Loader(spec.loader)
        return spec


class _Loader(Loader):
    """Loads a module as its own loader does, and lets it write no stubs."""

    def __init__(self, own: Loader) -> None:
        self._own = own

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._own.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        self._own.exec_module(module)
        if hasattr(module, STUBS[1]):
            setattr(module, STUBS[1], _nothing)


def _nothing(*_: object) -> None:
    """Write no stubs."""
