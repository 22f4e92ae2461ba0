"""The library in the window: listed, added to, corrected, removed from and put back, while others go on asking."""

import asyncio
import secrets
import threading
from collections import OrderedDict
from collections.abc import AsyncGenerator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

from ..corpus import Brief, BriefError, Failure, NorthbriefError
from ..corpus.load import to_brief
from ..corpus.parse import read_document
from ..index import AddReport, Index
from ..index.corrections import Correction
from ..index.index import Removed
from ..index.types import Progress
from .catalogue_page import brief_page_html, chart_html, rows_html, sorted_entries
from .line import Line, LineFull
from .settings import Application
from .strings import language_of, say
from .uploads import Allowance, Uploads, shown_name

PAGE = 100  # briefs listed at once
UNDO = 20  # removals that can be undone
ADDRESSES = 20  # documents taken from one address
BEAT = 0.5  # seconds after which a long add says that it goes on
WAITING = 50  # adds that may wait, and of one browser
OF_ONE = 10

Values = dict[str, Any]


class Ended(Exception):
    """The add was cancelled."""


@dataclass(slots=True)
class Librarian:
    """What the library page may ask for. One document is added at a time; others wait in line and are told so."""

    index: Index
    uploads: Uploads = field(default_factory=Uploads)
    allow_private: bool = False
    _line: Line = field(default_factory=lambda: Line(1, WAITING, OF_ONE))
    _adder: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(1, thread_name_prefix="northbrief-add")
    )
    _jobs: dict[str, threading.Event] = field(default_factory=dict)
    _removed: OrderedDict[str, Removed] = field(default_factory=OrderedDict)

    @property
    def open(self) -> bool:
        """Whether the library may be changed from the window."""
        return self.uploads.allowance.open

    def library(self, request: Values) -> Values:
        """Return the rows that the words of `search` leave, in the asked order, and the counts as a picture."""
        language = language_of(request.get("language"))
        entries = self.index.entries()
        words, order = str(request.get("search") or ""), str(request.get("order") or "newest")
        most = min(max(int(request.get("most") or PAGE), PAGE), 10_000)
        found = sorted_entries(entries, words, order)
        return {
            "rows": rows_html(found[:most], language, change=self.open),
            "chart": chart_html(found, language),
            "shown": min(most, len(found)),
            "found": len(found),
            "all": len(entries),
            "open": self.open,
            "size": self.uploads.allowance.size,
        }

    def brief(self, request: Values) -> Values:
        """Return one brief, to be read."""
        language = language_of(request.get("language"))
        brief = self.index.brief(str(request.get("id")))
        return {"html": brief_page_html(brief, language)} if brief else {"error": say(language, "brief_missing")}

    def gone(self, request: Values) -> Values:
        """Return those of the ids whose brief has left the library."""
        asked = [str(each) for each in list(request.get("briefs") or ())[:1_000]]
        there = self.index.holds(asked)
        return {"gone": [each for each in asked if each not in there]}

    def correct(self, request: Values) -> Values:
        """Correct title, authors, institution and date of a brief."""
        language = language_of(request.get("language"))
        if not self.open:
            return {"error": say(language, "read_only")}
        try:
            day = str(request.get("published") or "").strip()
            correction: Correction = {
                "title": _text(request, "title"),
                "authors": tuple(name for each in _text(request, "authors").split(";") if (name := each.strip())),
                "institution": _text(request, "institution"),
                "published": date.fromisoformat(day) if day else None,
            }
        except ValueError:
            return {"error": say(language, "bad_date", value=day)}
        try:
            brief = self.index.brief(str(request.get("id")))
            changed: Correction = {}
            if brief:
                changed = {k: v for k, v in correction.items() if getattr(brief, k) != v}  # type: ignore[assignment]
            if brief and changed:
                brief = self.index.correct(brief.id, changed)
        except NorthbriefError as error:
            return {"error": say(language, "not_saved", reason=error)}
        return {"said": say(language, "corrected")} if brief else {"error": say(language, "brief_missing")}

    def remove(self, request: Values) -> Values:
        """Remove a brief; `undo` is what puts it back."""
        language = language_of(request.get("language"))
        if not self.open:
            return {"error": say(language, "read_only")}
        try:
            removed = self.index.take_out(str(request.get("id")))
        except NorthbriefError as error:
            return {"error": say(language, "not_saved", reason=error)}
        if removed is None:
            return {"error": say(language, "brief_missing")}
        token = secrets.token_urlsafe(12)
        self._removed[token] = removed
        while len(self._removed) > UNDO:
            self._removed.popitem(last=False)
        return {"undo": token, "said": say(language, "removed", title=" ".join(removed.brief.title.split()))}

    def undo(self, request: Values) -> Values:
        """Put a removed brief back."""
        language = language_of(request.get("language"))
        removed = self._removed.pop(str(request.get("undo")), None)
        if removed is None or not self.open:
            return {"error": say(language, "undo_late")}
        try:
            self.index.put_back(removed)
        except NorthbriefError as error:
            return {"error": say(language, "not_saved", reason=error)}
        return {"said": say(language, "put_back", title=" ".join(removed.brief.title.split()))}

    async def add(self, request: Values) -> AsyncGenerator[Values, None]:
        """Add a file that was sent, `file`, or what lies at `address`; yield where it stands, then the report."""
        language, client = language_of(request.get("language")), str(request.get("browser"))[:40]
        if not self.open:
            yield {"error": say(language, "read_only")}
            return
        try:
            place = self._line.join(client)
        except LineFull:
            yield {"error": say(language, "upload_full")}
            return
        self.uploads.claim(request.get("file"))
        job, stop = str(request.get("job"))[:40], threading.Event()
        self._jobs[job] = stop
        held: list[bytes] = []  # the file, until it is read: nothing else refers to it
        try:
            async for position in self._line.turn(place):
                if stop.is_set():
                    break
                yield {"state": say(language, "upload_waits", n=position)}
            async for part in self._added(request, held, language, stop):
                yield part
        finally:
            stop.set()
            held.clear()  # of a page that has gone, before the reader's turn comes
            self._jobs.pop(job, None)
            self.uploads.take(request.get("file"))
            self._line.leave(place)

    def cancel(self, request: Values) -> Values:
        """End an add; what was committed stays."""
        if stop := self._jobs.get(str(request.get("job"))):
            stop.set()
        return {}

    async def _added(
        self, request: Values, held: list[bytes], language: str, stop: threading.Event
    ) -> AsyncGenerator[Values, None]:
        loop = asyncio.get_running_loop()
        passages = 0

        def progress(_: int, written: int) -> None:
            nonlocal passages
            passages = written
            if stop.is_set():
                raise Ended

        if (data := self.uploads.take(request.get("file"))) is not None:
            held.append(data)
        del data
        work = loop.run_in_executor(self._adder, partial(self._add, request, held, language, stop, progress))
        while not work.done():
            said = say(language, "upload_adds", n=passages) if passages else say(language, "upload_reads")
            yield {"state": said}
            await asyncio.wait([work], timeout=BEAT)
        yield work.result()

    def _add(
        self, request: Values, held: list[bytes], language: str, stop: threading.Event, progress: Progress
    ) -> Values:
        failed: list[Failure] = []
        try:
            if stop.is_set():
                raise Ended
            if request.get("address"):
                report = self._add_address(str(request["address"]), progress)
            else:
                name = shown_name(request.get("name"))
                if not held:
                    return {"error": say(language, "upload_broken")}
                documents = read_document(held.pop(), name, apart=True)
                report = self.index.add(_briefs(documents, name, failed), _checked(stop, progress))
        except Ended:
            return {"cancelled": say(language, "upload_cancelled")}
        except NorthbriefError as error:
            return {"failed": [["", _sentence(error)]], "said": say(language, "upload_failed")}
        return _reported(report, failed, language)

    def _add_address(self, address: str, progress: Progress) -> AddReport:
        from ..corpus.addresses import Limits  # what speaks HTTP takes a quarter of a second to load
        from .adding import take_addresses

        limits = Limits(most=ADDRESSES, allow_private=self.allow_private)
        return take_addresses(self.index, [address.strip()[:2_000]], limits, progress)[0]


def librarian_of(parts: Application, is_open: bool) -> Librarian:
    """Return the librarian that the settings describe; `is_open`: whether the window may change the library."""
    chosen = parts.settings
    allowance = Allowance(size=chosen.upload_mb * 1_000_000, open=is_open)
    return Librarian(parts.index, Uploads(allowance), chosen.sources.allow_private)


def _briefs(documents: list[Any], name: str, failed: list[Failure]) -> Iterator[Brief]:
    for document in documents:
        try:
            if document.reason:
                raise BriefError(document.reason)
            yield to_brief(document, {}, source=f"upload:{name}", name=name)
        except BriefError as error:
            failed.append(Failure(document.place or name, str(error)))


def _checked(stop: threading.Event, progress: Progress) -> Callable[[int, int], None]:
    """The progress, which also ends an add that was cancelled before its first passages."""

    def told(seen: int, written: int) -> None:
        if stop.is_set():
            raise Ended
        progress(seen, written)

    return told


def _reported(report: AddReport, failed: list[Failure], language: str) -> Values:
    """What became of a file, in words: a line a state with the briefs' ids, and each failure with its reason."""
    counts = {
        "upload_added": report.added,
        "upload_replaced": report.replaced,
        "upload_unchanged": report.unchanged,
        "upload_copy": tuple(brief_id for _, brief_id in report.duplicates),
    }
    lines = [say(language, key, names=_some(ids)) for key, ids in counts.items() if ids]
    every = [*failed, *report.failed]
    if every and not lines:
        lines = [say(language, "upload_failed")]
    elif not lines:
        lines = [say(language, "upload_nothing")]
    return {
        "said": " ".join(lines),
        "failed": [[failure.source.removeprefix("upload:"), _sentence(failure.reason)] for failure in every[:20]],
        "changed": bool(report.added or report.replaced),
    }


def _sentence(reason: object) -> str:
    """A reason as it stands alone in the window: with a capital letter, and a stop at its end."""
    words = str(reason)
    return f"{words[:1].upper()}{words[1:]}{'' if words.endswith(('.', '!', '?')) else '.'}"


def _some(names: tuple[str, ...]) -> str:
    return ", ".join(names[:5]) + (" …" if len(names) > 5 else "")


def _text(request: Values, key: str) -> str:
    return " ".join(str(request.get(key) or "").split())[:1_000]
