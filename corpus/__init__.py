"""Briefs in: reading documents, their metadata, and cutting them into passages."""

from .errors import (
    BriefError,
    ModelError,
    NorthbriefError,
    QuestionError,
    SettingsError,
    StoreDamaged,
    StoreError,
    StoreLocked,
    StoreMismatch,
    WeightsError,
)
from .load import BriefLoader, load_briefs
from .types import Brief, DateSource, Failure, Passage

__all__ = [
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
]
