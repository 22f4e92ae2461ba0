"""The briefs that ship with the package, for a first use without any of one's own."""

from pathlib import Path

from .load import BriefLoader, load_briefs


def load_shelf() -> BriefLoader:
    """Return the shipped briefs."""
    return load_briefs(Path(__file__).parent / "briefs")
