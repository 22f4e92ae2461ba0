"""The keys a user may give for a brief, in front matter, a sidecar or a line of .jsonl, checked and typed."""

import re
import reprlib
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from .errors import BriefError

_TEXT_KEYS = ("id", "title", "institution", "series", "language", "url")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_DAY = re.compile(r"\d{4}(-?)\d\d\1\d\d(?:[T ].*)?")  # an ISO week is no day
MAX_ID = 200  # ids stand in file names and URLs


def given_fields(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of `Brief` that `values` gives; keys that are none of ours are left alone.

    Raises:
        BriefError: a value of the wrong type, or a date that is not a calendar day.
    """
    fields: dict[str, Any] = {}
    for key in _TEXT_KEYS:
        value = values.get(key)
        if value is None or value == "":
            continue
        if not isinstance(value, (str, int)) or isinstance(value, bool):
            raise BriefError(f"found {key} = {reprlib.repr(value)}, expected text")
        try:
            fields[key] = str(value).strip()
        except ValueError:  # a number of thousands of digits
            raise BriefError(f"found a {key} of too many digits, expected text") from None
    if len(fields.get("id", "")) > MAX_ID or re.search(r"[\x00-\x1f\x7f]", fields.get("id", "")):
        raise BriefError(f"found id = {fields['id'][:MAX_ID]!r}, expected one line of at most {MAX_ID} characters")
    if "language" in fields and not _LANGUAGE.fullmatch(fields["language"]):
        raise BriefError(f'found language = {fields["language"]!r}, expected a code such as "en" or "ko"')
    if "language" in fields:
        fields["language"] = fields["language"].split("-")[0]  # ko-KR and ko are one language to a filter
    if authors := values.get("authors", values.get("author")):
        fields["authors"] = _authors(authors)
    if (published := values.get("published", values.get("date"))) not in (None, ""):
        fields["published"] = parse_day(published)
    return fields


def parse_day(value: object) -> date:
    """Return the calendar day of an ISO date, with or without a time of day.

    Raises:
        BriefError: anything else.
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = reprlib.repr(value) if isinstance(value, (int, list, dict)) else str(value).strip()
    try:
        if _DAY.fullmatch(text):
            return datetime.fromisoformat(text).date()
    except ValueError:
        pass
    raise BriefError(f"found published = {text!r}, expected an ISO date such as 2025-08-08")


def _authors(value: object) -> tuple[str, ...]:
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise BriefError(f'found authors = {reprlib.repr(value)}, expected a list of names such as ["Eun-ju Choi"]')
    return tuple(name.strip() for name in names if name.strip())
