"""Everything Northbrief raises for a user's mistake or a damaged file, in one tree.

    NorthbriefError
    ├── BriefError         a document that cannot be read as a brief
    │   └── AddressError   an address that did not answer as it should, but may another time
    ├── SettingsError      a setting that has no meaning
    ├── QuestionError      a question that cannot be asked
    ├── ModelError         a language model that does not answer, or not as it should
    ├── WeightsError       encoder weights that are missing or are not the pinned ones
    └── StoreError         an index that cannot be opened or changed
        ├── StoreMismatch  made by another encoder or another format
        ├── StoreLocked    another process is writing
        └── StoreDamaged   the file is not a sound SQLite database

Every message is one sentence or two: what was found, what was expected, what to do.
"""


class NorthbriefError(Exception):
    """Base of all errors that a caller can act on."""


class BriefError(NorthbriefError):
    """A document that cannot be read as a brief."""


class AddressError(BriefError):
    """An address that did not answer as it should, but may another time: a time-out, a server's own error."""


class SettingsError(NorthbriefError):
    """A setting that has no meaning."""


class QuestionError(NorthbriefError):
    """A question that cannot be asked: empty, or far too long."""


class ModelError(NorthbriefError):
    """A language model that does not answer, or not as it should."""


class WeightsError(NorthbriefError):
    """Encoder weights that are missing, or whose SHA-256 is not the pinned one."""


class StoreError(NorthbriefError):
    """An index that cannot be opened or changed."""


class StoreMismatch(StoreError):
    """An index made by another encoder, other chunking or another format version."""


class StoreLocked(StoreError):
    """An index that another process has been writing for longer than we wait."""


class StoreDamaged(StoreError):
    """An index file that is not a sound SQLite database."""
