"""The tables of the SQLite store. Vectors are kept as half floats (the ranking is the same, half the bytes), and token
vectors in a table of their own, so that reading all vectors does not page through them."""

from .lexical import CREATE_LEXICAL

FORMAT = 2

# Tables that files of this format, made before these were thought of, get with the first use.
COPIES = (
    "CREATE TABLE IF NOT EXISTS copies (id TEXT PRIMARY KEY, brief TEXT NOT NULL, source TEXT NOT NULL, "
    "known TEXT NOT NULL) WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS copies_brief ON copies (brief)",
    "CREATE INDEX IF NOT EXISTS copies_source ON copies (source)",
)
VISITS = (
    "CREATE TABLE IF NOT EXISTS visits (url TEXT PRIMARY KEY, etag TEXT NOT NULL, modified TEXT NOT NULL, "
    "stamp TEXT NOT NULL, listing INTEGER NOT NULL) WITHOUT ROWID"
)
CORRECTIONS = "CREATE TABLE IF NOT EXISTS corrections (id TEXT PRIMARY KEY, fields TEXT NOT NULL) WITHOUT ROWID"

_REMEMBERED = ";\n".join((*COPIES, VISITS, CORRECTIONS))
SCHEMA = f"""
CREATE TABLE settings (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE briefs (
    n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, title TEXT NOT NULL, text TEXT NOT NULL, authors TEXT NOT NULL,
    institution TEXT NOT NULL, series TEXT NOT NULL, published TEXT, published_from TEXT NOT NULL,
    language TEXT NOT NULL, url TEXT NOT NULL, source TEXT NOT NULL, body INTEGER NOT NULL,
    derived_id INTEGER NOT NULL, pages TEXT NOT NULL DEFAULT '[]', digest BLOB NOT NULL
);
CREATE INDEX briefs_source ON briefs (source);
CREATE TABLE passages (
    n INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, brief INTEGER NOT NULL REFERENCES briefs (n),
    start INTEGER NOT NULL, stop INTEGER NOT NULL, page INTEGER, heading TEXT NOT NULL,
    input BLOB NOT NULL, vector BLOB NOT NULL, facts INTEGER, crc INTEGER
);
CREATE INDEX passages_brief ON passages (brief);
CREATE INDEX passages_input ON passages (input);
CREATE TABLE tokens (n INTEGER PRIMARY KEY REFERENCES passages (n), packed BLOB NOT NULL, crc INTEGER);
CREATE TABLE documents (
    source TEXT PRIMARY KEY, root TEXT NOT NULL, digest BLOB NOT NULL, stamp TEXT NOT NULL
) WITHOUT ROWID;
{_REMEMBERED};
CREATE TABLE pieces (piece INTEGER PRIMARY KEY, passages INTEGER NOT NULL);
{CREATE_LEXICAL};
CREATE VIRTUAL TABLE lexical_terms USING fts5vocab (lexical, row);
"""
# AUTOINCREMENT: a passage's number is never given again, so a reader's old number can't name a new passage.
CONTENT = ("briefs", "passages", "tokens", "pieces")  # what a rebuild makes anew
MEMORY = ("documents", "copies", "visits", "corrections")
# What is remembered beside it: a rebuild leaves it, a restored backup replaces it.
