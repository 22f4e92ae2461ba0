"""The library page: its frame, the rows of the list, the counts by year and institution, one brief to be read."""

from collections import Counter
from collections.abc import Sequence

from ..corpus import Brief
from ..corpus.kinds import SUFFIXES
from ..index.listing import Entry
from .markup import attributes, button, line
from .sources import original_link, prose_html
from .strings import day, language_name, say

ORDERS = ("newest", "oldest", "by_title", "by_institution")
MOST_BARS = 8  # institutions in the picture; the rest are one bar
BAR, GAP, NAME = 18, 6, 200  # pixels
LETTERS = 22  # of an institution's name


def library_page_html() -> str:
    """Return the frame of the page; what depends on the library is filled in when it is opened."""
    orders = "".join(f'<option value="{order}" data-say="{order}"></option>' for order in ORDERS)
    return (
        '<main id="library" class="page" hidden><p id="library-closed" class="soft" data-say="read_only" hidden></p>'
        '<section id="adding" hidden><label id="drop" for="files"><span data-say="drop_here"></span>'
        f'<input type="file" id="files" multiple accept="{",".join(SUFFIXES)}" class="hidden"></label>'
        '<form id="by-address" class="bar"><label class="title"><span data-say="by_address"></span>'
        '<input type="text" id="address" inputmode="url" autocomplete="off"></label>'
        '<button type="submit" class="quiet" data-say="add"></button></form>'
        '<ul id="uploads" aria-live="polite"></ul></section>'
        '<p id="undo" class="strip" role="status" hidden></p>'
        '<div class="bar"><label class="title"><span data-say="search_library"></span>'
        '<input type="search" id="library-search"></label>'
        f'<label><span data-say="order"></span><select id="order">{orders}</select></label></div>'
        '<div id="chart"></div><p id="found" class="soft" role="status"></p><ul id="briefs"></ul>'
        '<button type="button" class="quiet" data-do="more" id="more" data-say="more" hidden></button>'
        '<section id="brief-page" tabindex="-1" hidden></section></main>'
    )


def sorted_entries(entries: Sequence[Entry], words: str, order: str) -> list[Entry]:
    """Return the entries that hold every word of `words`, in the order, one of ORDERS; `entries` are newest first."""
    wanted = words.casefold().split()

    def held(entry: Entry) -> str:
        day = entry.published.isoformat() if entry.published else ""
        return " ".join((entry.title, *entry.authors, entry.institution, entry.series, entry.id, day)).casefold()

    found = [entry for entry in entries if not wanted or all(word in held(entry) for word in wanted)]
    if order == "oldest":
        dated = [entry for entry in found if entry.published]
        return dated[::-1] + [entry for entry in found if not entry.published]
    if order == "by_title":
        return sorted(found, key=lambda entry: entry.title.casefold())
    if order == "by_institution":
        return sorted(found, key=lambda entry: (not entry.institution, entry.institution.casefold()))
    return found


def rows_html(entries: Sequence[Entry], language: str, *, change: bool) -> str:
    """Return an <li> a brief: what is known of it, and where the library may be changed, the fields to correct."""
    return "".join(_row(entry, language, change) for entry in entries)


def _row(entry: Entry, language: str, change: bool) -> str:
    title = " ".join(entry.title.split())
    when = day(language, entry.published) if entry.published else say(language, "undated")
    known = [
        *(", ".join(entry.authors),),
        entry.institution,
        entry.series,
        when,
        language_name(language, entry.language),
    ]
    facts = " · ".join(line(each) for each in dict.fromkeys(known) if each.strip())
    mark = f' <span class="from">({line(say(language, "was_corrected"))})</span>' if entry.corrected else ""
    tools = form = ""
    if change:
        edit = button(say(language, "correct"), do="correct", aria_expanded="false")
        gone = button(say(language, "remove_brief", title=title), do="remove", text=say(language, "remove_one"))
        tools = f'<span class="tools">{edit}{gone}</span>'
        form = _form(entry, language)
    opener = button(title, do="brief", class_="open-brief")
    return (
        f'<li{attributes(data_id=entry.id)}><div class="row"><div><h3>{opener}</h3>'
        f'<p class="facts">{facts}{mark}</p></div>{tools}</div>{form}</li>'
    )


def _form(entry: Entry, language: str) -> str:
    fields = (
        ("title", "text", entry.title),
        ("authors", "text", "; ".join(entry.authors)),
        ("institution", "text", entry.institution),
        ("published", "date", entry.published.isoformat() if entry.published else ""),
    )
    inputs = "".join(
        f"<label><span>{line(say(language, f'field_{name}'))}</span>"
        f"<input{attributes(type=kind, name=name, value=' '.join(value.split()))}></label>"
        for name, kind, value in fields
    )
    save = f'<button type="submit" class="quiet">{line(say(language, "save"))}</button>'
    cancel = button(say(language, "cancel"), do="correct")
    return f'<form class="correction bar" hidden>{inputs}{save}{cancel}<p class="ended error" role="alert"></p></form>'


def chart_html(entries: Sequence[Entry], language: str) -> str:
    """Return the counts by year and by institution, two SVGs of bars; none where there is one year, or institution."""
    years = Counter(entry.published.year for entry in entries if entry.published)
    bodies = Counter(" ".join(entry.institution.split()) for entry in entries if entry.institution.strip())
    span = [(str(year), years[year]) for year in range(min(years), max(years) + 1)] if years else []
    if len(span) > 60:  # some date is far off: only years that have any
        span = [(str(year), count) for year, count in sorted(years.items())][-60:]
    top = bodies.most_common(MOST_BARS)
    if rest := sum(bodies.values()) - sum(count for _, count in top):
        top.append((say(language, "other_bodies"), rest))
    return _years(span, say(language, "by_year")) + _bodies(top, say(language, "by_body"))


def _years(counts: Sequence[tuple[str, int]], title: str) -> str:
    if len(counts) < 2:
        return ""
    most, width = max(count for _, count in counts), 100 / len(counts)
    step = -(-len(counts) // 10)
    bars = ""
    for n, (year, count) in enumerate(counts):
        height = 90 * count / most
        place = attributes(x=f"{n * width + width * 0.1:.2f}%", y=f"{100 - height:.1f}", width=f"{width * 0.8:.2f}%")
        middle = f"{(n + 0.5) * width:.2f}%"
        bars += f'<rect{place} height="{height:.1f}" rx="2"><title>{year}: {count}</title></rect>'
        if n % step == 0:
            bars += f'<text x="{middle}" y="116" text-anchor="middle">{year}</text>'
    return _figure(title, counts, f'<svg width="100%" height="122" aria-hidden="true">{bars}</svg>')


def _bodies(counts: Sequence[tuple[str, int]], title: str) -> str:
    if len(counts) < 2:
        return ""
    most, bars = max(count for _, count in counts), ""
    for n, (name, count) in enumerate(counts):
        y = n * (BAR + GAP)
        short = name if len(name) <= LETTERS else f"{name[: LETTERS - 1]}…"
        bars += (
            f'<text x="0" y="{y + 13}">{line(short)}</text><svg x="{NAME}" y="{y}" width="100%" height="{BAR}">'
            f'<rect width="{44 * count / most:.1f}%" height="{BAR}" rx="2"><title>{line(name)}: {count}</title></rect>'
            f'</svg><text x="{NAME - 8}" y="{y + 13}" text-anchor="end">{count}</text>'
        )
    height = len(counts) * (BAR + GAP)
    return _figure(title, counts, f'<svg width="100%" height="{height}" aria-hidden="true">{bars}</svg>')


def _figure(title: str, counts: Sequence[tuple[str, int]], drawing: str) -> str:
    """The drawing under its title, and its numbers as text for those who do not see it."""
    told = ", ".join(f"{line(name)}: {count}" for name, count in counts)
    return f'<figure><figcaption>{line(title)}</figcaption>{drawing}<p class="hidden">{told}</p></figure>'


def brief_page_html(brief: Brief, language: str) -> str:
    """Return one brief, whole."""
    when = day(language, brief.published) if brief.published else say(language, "undated")
    known = [*brief.authors, brief.institution, brief.series, when]
    facts = " · ".join(line(each) for each in dict.fromkeys(known) if each.strip())
    back = button(say(language, "back_to_list"), do="toList", class_="quiet back")
    return (
        f'<article class="whole"><header>{back}<h3 tabindex="-1">{line(brief.title)}</h3><p class="facts">{facts}'
        f"{original_link(brief, language)}</p></header>"
        f"<div{attributes(class_='text', lang=brief.language)}>{prose_html(brief.text)}</div></article>"
    )
