"""Names in a line of authors, one by one."""

import re
from collections.abc import Iterator

_POST = re.compile(
    r"\b(?:writers?|reporters?|staff|editors?|correspondents?|desk|team|press|news|contributors?)\b", re.I
)


def split_names(value: str) -> Iterator[str]:
    """ "Ann Lee and Bo Kim" -> "Ann Lee", "Bo Kim"; "Lee, Ann" stays one."""
    value = re.sub(r"^\s*(?:by|written by)[:\s]+", "", value, flags=re.IGNORECASE)
    for part in re.split(r";|\||\band\b|&|·|,(?=\s*\S+\s+\S+)", value):
        name = part.strip(" ,")
        if name and not (name != value and _POST.search(name)):
            yield name
