"""Text as the lexical index reads it, word by word: for a store that is no SQLite, but is to find the same.

SQLite's own tokenizer does it, in memory, so both stores hold one form of a word: "deployments" is "deploy" in both.
"""

import sqlite3
import threading
from collections.abc import Sequence

from .lexical import CREATE_LEXICAL, terms

_local = threading.local()


def stemmed(texts: Sequence[str]) -> list[list[str]]:
    """Return the stems of each text, in their order; hangul as pairs of neighbouring syllables.

    >>> stemmed(["Deployments of troops", "병진노선"])
    [['deploy', 'of', 'troop'], ['병진', '진노', '노선']]
    """
    connection = _connection()
    connection.executemany(
        "INSERT INTO lexical (rowid, terms) VALUES (?, ?)",
        ((number, " ".join(terms(text))) for number, text in enumerate(texts, 1)),
    )
    found: list[list[str]] = [[] for _ in texts]
    for stem, number in connection.execute("SELECT term, doc FROM stems ORDER BY doc, offset"):
        found[number - 1].append(stem)
    connection.execute("INSERT INTO lexical (lexical) VALUES ('delete-all')")
    return found


def _connection() -> sqlite3.Connection:
    """This thread's table in memory."""
    connection: sqlite3.Connection | None = getattr(_local, "connection", None)
    if connection is None:
        connection = sqlite3.connect(":memory:", isolation_level=None)
        connection.execute(CREATE_LEXICAL)
        connection.execute("CREATE VIRTUAL TABLE stems USING fts5vocab (lexical, instance)")
        _local.connection = connection
    return connection
