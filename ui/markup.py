"""Text from outside as HTML. Everything that the window shows of a brief, a question or a file name is escaped here."""

from collections.abc import Iterable
from html import escape

Span = tuple[int, int]


def line(text: str) -> str:
    """Return the text escaped, on one line."""
    return escape(" ".join(text.split()))


def lines(text: str) -> str:
    """Return the text escaped, its lines kept."""
    return "<br>".join(escape(each) for each in text.strip().splitlines())


def wrapped(text: str, spans: Iterable[Span], tag: str) -> str:
    """Return the text escaped, with each span, (start, end) in it, between <tag> and </tag>; overlaps are joined.

    >>> wrapped("a < b", [(0, 1)], "b")
    '<b>a</b> &lt; b'
    """
    parts, at = [], 0
    for start, end in sorted(spans):
        start, end = max(start, at), min(end, len(text))
        if start < end:
            parts += [escape(text[at:start]), f"<{tag}>{escape(text[start:end])}</{tag}>"]
            at = end
    return "".join([*parts, escape(text[at:])])


def attributes(**values: object) -> str:
    """Return HTML attributes, escaped; `_` in a name is written `-`, a trailing one dropped, None leaves one out."""
    return "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(str(value))}"'
        for name, value in values.items()
        if value is not None
    )


_ICONS = {
    "copy": "M9 9h11v11H9zM15 9V4H4v11h5",
    "collect": "M6 3h9l4 4v14H6zM12.500 10v7M9 13.500h7",
    "edit": "M4 20h4L19 9l-4-4L4 16v4M13 7l4 4",
    "up": "M7 11v9H4v-9h3m0 0 4-8c1.7 0 2.6 1 2.3 2.7L12.7 9H19a2 2 0 0 1 2 2.3l-1.2 7A2 2 0 0 1 17.800 20H7",
    "down": "M17 13V4h3v9h-3m0 0-4 8c-1.7 0-2.6-1-2.3-2.7l.6-3.3H5a2 2 0 0 1-2-2.3l1.2-7A2 2 0 0 1 6.2 4H17",
}


def icon(label: str, do: str, **values: object) -> str:
    """Return a button that shows a drawing, since not every machine has the character for it."""
    given = attributes(class_=f"icon {do}", data_do=do, aria_label=label, title=label, **values)
    drawing = f'<svg viewBox="0 0 24 24" aria-hidden="true"><path d="{_ICONS[do]}"/></svg>'
    return f'<button type="button"{given}>{drawing}</button>'


def button(label: str, *, do: str, class_: str = "quiet", text: str = "", **values: object) -> str:
    """Return a button; `do` is what the page's script does when it is pressed, `label` what a screen reader says."""
    shown = text or label
    named = label if text and text != label else None
    given = attributes(class_=class_, data_do=do, aria_label=named, title=named, **values)
    return f'<button type="button"{given}>{escape(shown)}</button>'
