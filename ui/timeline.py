"""The evidence on a time axis: one lane an institution, a point for each passage cited, numbered, and for each
brief that was only read.

It is an SVG whose points are links to the passages. Places are percentages, so that it fits any width with letters of
one size.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ..corpus import Brief
from ..index.plan import QueryPlan
from .conversation import Turn
from .markup import attributes, line
from .sources import read_id, source_id, uncited
from .strings import day, say

LEFT, RIGHT = 3.0, 97.0  # per cent of the width between which days lie
LANE, STEP, TOP = 46, 20, 8  # pixels: an empty lane, one more row of points in it, above the first
NEAR = 5.5  # per cent: closer points of a lane stand in rows under each other
MOST_TICKS = 7
_CHANGE = re.compile(
    r"\b(?:chang\w*|evol\w*|trend\w*|over time|shift\w*|develop(?:ed|ment)\w*|history of|since|how has|how have"
    r"|timeline|when did)\b|변화|변천|추이|바뀌|달라|흐름|이후|연혁|언제",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Point:
    """A passage on the axis, with the id of its source; `number` is that of its citation, 0 for one only read."""

    brief: Brief
    target: str
    number: int = 0


def about_change(plan: QueryPlan | None) -> bool:
    """Whether the question asks how something changed, so that the timeline is shown at once."""
    if plan is None:
        return False
    windows = [inquiry.window for inquiry in plan.inquiries if inquiry.window]
    long = any(w.since and w.until and (w.until - w.since).days > 366 for w in windows)
    return len(windows) > 1 or long or bool(_CHANGE.search(plan.standalone))


def points_of(turn: Turn) -> list[Point]:
    """Return a point for each citation, then one, at its best passage, for each brief that was only read."""
    answer = turn.answer
    points = [Point(c.brief, source_id(turn.id, c.number), c.number) for c in answer.citations]
    seen = {point.brief.id for point in points}
    for n, hit in enumerate(uncited(answer), start=1):
        if hit.brief.id not in seen:
            points.append(Point(hit.brief, read_id(turn.id, n)))
            seen.add(hit.brief.id)
    return points


def timeline_html(turn: Turn, language: str) -> str:
    """Return the timeline folded, or open for a question about change; "" where there are no two days to tell apart."""
    points = points_of(turn)
    dated = [point for point in points if point.brief.published]
    if len({point.brief.published for point in dated}) < 2:
        return ""
    state = " open" if about_change(turn.answer.plan) else ""
    legend = "".join(
        f'<span class="key {kind}">{line(say(language, f"timeline_{kind}"))}</span>'
        for kind in ("cited", "read")
        if any(bool(point.number) == (kind == "cited") for point in dated)
    )
    rest = _undated([point for point in points if not point.brief.published], language)
    return (
        f'<details class="timeline"{state}><summary>{line(say(language, "timeline"))}</summary>'
        f'{_svg(dated, language)}<p class="legend">{legend}</p>{rest}</details>'
    )


def _undated(points: Sequence[Point], language: str) -> str:
    cited = [point for point in points if point.number]
    if not cited:
        return ""
    links = " ".join(f'<a class="cite" href="#{point.target}">[{point.number}]</a>' for point in cited)
    return f'<p class="legend">{line(say(language, "undated"))}: {links}</p>'


def ticks(first: date, last: date) -> list[date]:
    """Return at most about MOST_TICKS days of whole years, or of months where the span is short.

    >>> [tick.year for tick in ticks(date(2017, 5, 1), date(2020, 2, 1))]
    [2018, 2019, 2020]
    """
    months = (last.year - first.year) * 12 + last.month - first.month
    sizes = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200)
    size = next((size for size in sizes if months <= size * MOST_TICKS), sizes[-1])
    start = first.year * 12 + first.month - 1
    if first.day > 1:
        start += 1
    start += -start % size
    return [date(n // 12, n % 12 + 1, 1) for n in range(start, last.year * 12 + last.month, size)]


def _svg(points: Sequence[Point], language: str) -> str:
    days = [point.brief.published for point in points if point.brief.published]
    first, last = min(days), max(days)
    span = max(1, (last - first).days)

    def place(when: date) -> float:
        return LEFT + (RIGHT - LEFT) * (when - first).days / span if first != last else 50.0

    lanes: dict[str, list[Point]] = {}
    for point in sorted(points, key=lambda point: (point.brief.published or first, point.number == 0, point.number)):
        lanes.setdefault(point.brief.institution or say(language, "no_institution"), []).append(point)
    y, drawn, rules = TOP, [], []
    for name, lane in lanes.items():
        rows: list[float] = []  # the last place taken in each row
        marks = []
        for point in lane:
            x = place(point.brief.published or first)
            row = next((n for n, taken in enumerate(rows) if x - taken >= NEAR), len(rows))
            rows[row : row + 1] = [x]
            marks.append(_mark(point, x, y + 30 + row * STEP, language))
        rules.append(f'<line class="lane" x1="0" x2="100%" y1="{y + 30}" y2="{y + 30}"/>')
        drawn.append(f'<text class="name" x="0" y="{y + 12}">{line(name)}</text>{"".join(marks)}')
        y += LANE + (len(rows) - 1) * STEP
    marked = ticks(first, last) if first != last else [first]
    axis = [_tick(tick, place(tick), y, (last - first).days, language) for tick in marked]
    label = attributes(aria_label=say(language, "timeline_label"))
    return (
        f'<svg role="group"{label} width="100%" height="{y + 22}">{"".join(axis)}{"".join(rules)}{"".join(drawn)}</svg>'
    )


def _mark(point: Point, x: float, y: int, language: str) -> str:
    when = day(language, point.brief.published) if point.brief.published else ""
    state = f"[{point.number}]" if point.number else say(language, "timeline_read")
    name = " ".join(f"{state} {point.brief.title}, {when}".split())
    radius, kind = (9, "cited") if point.number else (6, "read")
    number = f'<text x="{x:.1f}%" y="{y + 4}">{point.number}</text>' if point.number else ""
    return (
        f"<a{attributes(class_=f'cite point {kind}', href=f'#{point.target}', aria_label=name)}>"
        f'<circle class="reach" cx="{x:.1f}%" cy="{y}" r="12"/>'
        f'<circle cx="{x:.1f}%" cy="{y}" r="{radius}"/>{number}</a>'
    )


def _tick(tick: date, x: float, y: int, days: int, language: str) -> str:
    short = days < 3 * 366
    if days == 0:
        text = day(language, tick)
    elif language == "ko":
        text = f"{tick.year}.{tick.month}" if short else str(tick.year)
    else:
        text = f"{tick:%b %Y}" if short else str(tick.year)
    edge = 8 if short else 4
    anchor = "start" if x < edge else "end" if x > 100 - edge else "middle"
    return (
        f'<line class="tick" x1="{x:.1f}%" x2="{x:.1f}%" y1="{TOP}" y2="{y + 2}"/>'
        f'<text class="tick" text-anchor="{anchor}" x="{x:.1f}%" y="{y + 17}">{text}</text>'
    )
