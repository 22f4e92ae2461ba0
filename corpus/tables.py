"""Tables as text that can be read, and found, row by row."""

import re
from collections.abc import Sequence

_LONG = 60  # characters of a cell that can still name a column


def table_lines(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return a line for each row; below a row of column names each value carries its column's.

    [["Year", "Trade"], ["2023", "2.3"]] -> ["Year | Trade", "Year: 2023; Trade: 2.3"]; without names "a | b".
    """
    cells = [[re.sub(r"\s+", " ", cell).strip() for cell in row] for row in rows]
    cells = [row for row in cells if any(row)]
    if not cells:
        return []
    if len(max(cells, key=len)) == 1:
        return [row[0] for row in cells if row]
    head, body = cells[0], cells[1:]
    if not body or not _names(head):
        return [" | ".join(cell for cell in row if cell) for row in cells]
    lines = [" | ".join(cell for cell in head if cell)]
    for row in body:
        if len(row) != len(head):
            lines.append(" | ".join(cell for cell in row if cell))
            continue
        pairs = [f"{name}: {cell}" if name and name != cell else cell for name, cell in zip(head, row, strict=True)]
        lines.append("; ".join(pair for pair, cell in zip(pairs, row, strict=True) if cell))
    return lines


def _names(row: Sequence[str]) -> bool:
    """Whether the row names columns: short words, each once; only the corner may be empty."""
    filled = [cell for cell in row if cell]
    if len(filled) < 2 or any(not cell for cell in row[1:]):
        return False
    wordy = [cell for cell in filled if re.search(r"[^\W\d_]", cell) or re.fullmatch(r"(?:19|20)\d\d", cell)]
    return len(wordy) == len(filled) == len(set(filled)) and all(len(cell) <= _LONG for cell in filled)
