"""Dates as documents write them: ISO, English and Korean forms of one calendar day."""

import re
from datetime import date

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan",
            "february feb",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sept sep",
            "october oct",
            "november nov",
            "december dec",
        ),
        start=1,
    )
    for name in names.split()
}
_NAME = "|".join(sorted(_MONTHS, key=len, reverse=True))
_FORMS = (
    re.compile(r"(?<!\d)(?P<y>\d{4})(?:[-/]|\.\s?)(?P<m>\d{1,2})(?:[-/]|\.\s?)(?P<d>\d{1,2})\.?(?!\d)"),
    re.compile(r"(?P<y>\d{4})\s*년\s*(?P<m>\d{1,2})\s*월\s*(?P<d>\d{1,2})\s*일"),
    re.compile(rf"\b(?P<d>\d{{1,2}})(?:st|nd|rd|th)?[\s-]+(?P<name>{_NAME})\.?,?[\s-]+(?P<y>\d{{4}})\b", re.IGNORECASE),
    re.compile(rf"\b(?P<name>{_NAME})\.?\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y>\d{{4}})\b", re.IGNORECASE),
)


def find_day(text: str) -> tuple[date, int, int] | None:
    """Return the first full calendar day in `text` with its span, or None.

    "2025-08-08", "2025.8.8", "2025. 8. 8.", "8 August 2025", "8-Aug-2025", "Aug. 8, 2025", "2025년 8월 8일" ->
    date(2025, 8, 8).
    An impossible day ("2025-13-45") is no day.
    """
    found: list[tuple[date, int, int]] = []
    for form in _FORMS:
        for match in form.finditer(text):
            parts = match.groupdict()
            month = int(parts["m"]) if parts.get("m") else _MONTHS[parts["name"].lower()]
            try:
                found.append((date(int(parts["y"]), month, int(parts["d"])), match.start(), match.end()))
            except ValueError:
                continue
    return min(found, key=lambda hit: hit[1], default=None)
