"""How a question was read, as chips above its answer: what it was filtered by, and what was read out of its words.

A chip can be removed, and the question is asked again without it. What the plan read has a key: "window", "latest",
"history" (the earlier questions), "sides", and "side:LABEL" for one side of a comparison.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from ..index import Filter
from ..index.plan import Inquiry, QueryPlan
from ..index.types import Window
from .conversation import Turn
from .markup import attributes, line
from .strings import day, language_name, say


@dataclass(frozen=True, slots=True)
class Chip:
    """One thing the question was read by. `key` names it in a request; `value` is the one of several in a filter."""

    kind: str
    text: str
    key: str
    value: str = ""
    on: bool = True


def edited(plan: QueryPlan, without: Sequence[str]) -> QueryPlan:
    """Return the plan without what `without` names; keys that name nothing are passed over."""
    inquiries = plan.inquiries
    if len(inquiries) > 1:
        kept = tuple(inquiry for inquiry in inquiries if f"side:{inquiry.label}" not in without)
        if "sides" in without or not kept:
            kept = (_joined(plan),)
        inquiries = kept if len(kept) > 1 else (replace(kept[0], label=""),)
    if "window" in without:
        inquiries = tuple(replace(inquiry, english=inquiry.topic, window=None) for inquiry in inquiries)
    return replace(plan, inquiries=inquiries, latest=plan.latest and "latest" not in without)


def _joined(plan: QueryPlan) -> Inquiry:
    first = plan.inquiries[0]
    english = plan.standalone
    if first.typed_korean:
        english = " ".join(dict.fromkeys(" ".join(inquiry.english for inquiry in plan.inquiries).split()))
    korean = " ".join(dict.fromkeys(" ".join(inquiry.korean for inquiry in plan.inquiries).split()))
    return Inquiry(english, korean, typed_korean=first.typed_korean)


def chips_of(turn: Turn, language: str) -> list[Chip]:
    """Return the chips of a turn: the filter, then what was read, then what was removed and can be put back."""
    chips = _filter_chips(turn.where, language) if turn.where else []
    plan = turn.answer.plan
    if plan is not None:
        if plan.standalone != plan.question:
            chips.append(Chip(say(language, "chip_history"), f"“{plan.standalone}”", "history"))
        if len(plan.inquiries) > 1:
            chips += [
                Chip(say(language, "chip_side"), _with_days(inquiry, language), f"side:{inquiry.label}")
                for inquiry in plan.inquiries
            ]
        elif plan.window:
            text = f"“{plan.window.text}” · {span(plan.window.since, plan.window.until, language)}"
            chips.append(Chip(say(language, "chip_time"), text, "window"))
        if plan.latest:
            chips.append(Chip("", say(language, "chip_latest"), "latest"))
    for key in turn.without:
        if key.startswith("side:"):
            chips.append(Chip(say(language, "chip_side"), key[5:], key, on=False))
        elif key in _OFF:
            chips.append(Chip("", say(language, _OFF[key]), key, on=False))
    return chips


_OFF = {
    "window": "chip_time_off",
    "sides": "chip_sides_off",
    "latest": "chip_latest_off",
    "history": "chip_history_off",
}


def chips_html(turn: Turn, language: str) -> str:
    """Return the chips as a list of buttons, "" if there are none."""
    chips = chips_of(turn, language)
    if not chips:
        return ""
    items = "".join(f"<li>{_chip_html(chip, language)}</li>" for chip in chips)
    return f'<ul class="chips"{attributes(aria_label=say(language, "chips"))}>{items}</ul>'


def _chip_html(chip: Chip, language: str) -> str:
    name = f"{chip.kind}: {chip.text}" if chip.kind else chip.text
    label = say(language, "remove" if chip.on else "restore", chip=" ".join(name.split()))
    kind = f"<b>{line(chip.kind)}</b> " if chip.kind else ""
    given = attributes(
        class_="chip" if chip.on else "chip off",
        data_do="drop" if chip.on else "restore",
        data_key=chip.key,
        data_value=chip.value or None,
        aria_label=label,
        title=label,
    )
    mark = "×" if chip.on else "+"
    return (
        f'<button type="button"{given}><span>{kind}{line(chip.text)}</span> <i aria-hidden="true">{mark}</i></button>'
    )


def _filter_chips(where: Filter, language: str) -> list[Chip]:
    kind = say(language, "chip_filter")
    chips = [
        Chip(
            kind, span(where.since if key == "since" else None, where.until if key == "until" else None, language), key
        )
        for key in ("since", "until")
        if getattr(where, key)
    ]
    for key in ("institutions", "authors", "languages", "briefs"):
        for value in getattr(where, key):
            chips.append(Chip(kind, language_name(language, value) if key == "languages" else value, key, value))
    return chips


def _with_days(inquiry: Inquiry, language: str) -> str:
    window: Window | None = inquiry.window
    if window is None:
        return inquiry.label
    days = span(window.since, window.until, language)
    return inquiry.label if days == inquiry.label else f"{inquiry.label} · {days}"


def span(first: date | None, last: date | None, language: str) -> str:
    """Return days as they are read: "1 May 2017 to 31 August 2017", "since 28 February 2019", "2020"."""
    if first and last:
        if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31):
            years = str(first.year) if first.year == last.year else f"{first.year}–{last.year}"
            return f"{years}년" if language == "ko" else years
        if first == last:
            return day(language, first)
        return say(language, "from_to", since=day(language, first), until=day(language, last))
    if first:
        return say(language, "from_on", since=day(language, first))
    return say(language, "up_to", until=day(language, last)) if last else ""
