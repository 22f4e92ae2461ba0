"""The empty window: what the library holds, and questions worth asking, drawn from it and each answered before."""

import re
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from contextlib import suppress
from itertools import chain, zip_longest
from typing import Any

from ..corpus import Brief, NorthbriefError
from ..corpus.headings import headings
from ..index import Index
from ..index.plan import Planner
from ..qa import Assistant
from .strings import month, say

QUESTIONS = 4
NEWEST = 12  # briefs that questions are drawn from
MOST_READ = 200  # newest briefs that tell which words are written small
LONG_AGO = 15  # years between two that a question compares
SHARED = 3  # newest briefs with one term make it too general to ask for
MOST_TRIED = 24  # questions put to the assistant, until enough are answered
MOST_BRIEFS = 2_000  # offered by title in the filter
_TOPIC = re.compile(r"[^<>{}\[\]$`|\\#*\r\n]{8,70}")  # plain words: a title may hold markup
_SMALL = re.compile(r"\b[a-z]+\b")
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]+\b")  # a capital within a sentence
_YEAR = re.compile(r"(?:19|20)\d\d")
_END = re.compile(r"\s*(?:[:;(–—]|\s-\s).*$")  # "Talks resumed: what next?" is about resumed talks


class Opening:
    """What an empty window shows, made once for each state of the library, the questions behind the page.

    It holds nothing of any user: it depends on the library alone. Safe to share between threads.
    """

    def __init__(self, index: Index, assistant: Assistant) -> None:
        self._index = index
        self._assistant = assistant
        self._lock = threading.Lock()
        self._drawing: dict[str, tuple[object, list[str] | None]] = {}
        self._warm = threading.Event()

    def warm(self) -> None:
        """Load the encoder, then draw the questions of the English window; for a thread of its own."""
        try:
            self._index.encoder  # noqa: B018  # loaded by being asked for
        except NorthbriefError:
            return  # told with the first question
        self._warm.set()
        self.questions("en")

    def as_dict(self, language: str) -> dict[str, Any]:
        """Return what the page shows before the first question; `questions` is None while they are being drawn."""
        briefs = self._index.briefs()
        return {
            "holds": holdings(briefs, language),
            "warm": self._warm.is_set(),
            "questions": self.questions(language, briefs) if self._warm.is_set() else None,
            "institutions": _values(brief.institution for brief in briefs),
            "authors": _values(chain.from_iterable(brief.authors for brief in briefs)),
            "languages": _values(brief.language for brief in briefs),
            "briefs": [[brief.id, " ".join(brief.title.split())] for brief in briefs[:MOST_BRIEFS]],
        }

    def questions(self, language: str, briefs: Sequence[Brief] | None = None) -> list[str] | None:
        """Return the questions drawn from the library as it is now; None while that happens on another thread."""
        briefs = self._index.briefs() if briefs is None else briefs
        state = hash(tuple((brief.id, brief.title, brief.published) for brief in briefs))
        with self._lock:
            known = self._drawing.get(language)
            if known and known[0] == state:
                return known[1]
            self._drawing[language] = (state, None)
        threading.Thread(target=self._draw, args=(language, state, briefs), daemon=True).start()
        return None

    def _draw(self, language: str, state: object, briefs: Sequence[Brief]) -> None:
        found: list[str] = []
        with suppress(NorthbriefError):  # the window stays without questions; the first one asked tells why
            found = list(answered(self._assistant, candidates(briefs, language, self._assistant.retriever.planner)))
        with self._lock:
            if self._drawing.get(language, (None,))[0] == state:
                self._drawing[language] = (state, found)


def holdings(briefs: Sequence[Brief], language: str) -> str:
    """Return one line on what the library holds: briefs, institutions, from when to when."""
    if not briefs:
        return say(language, "holds_empty")
    days = sorted(brief.published for brief in briefs if brief.published)
    institutions = len({brief.institution for brief in briefs if brief.institution})
    count = say(language, "brief_one") if len(briefs) == 1 else say(language, "brief_many", n=f"{len(briefs):,}")
    who = ""
    if institutions:
        who = say(language, "institution_one" if institutions == 1 else "institution_many", n=institutions)
        if language == "ko":
            count = say(language, "from_institutions", n=institutions) + count
    when = ""
    if days:
        first, last = month(language, days[0]), month(language, days[-1])
        when = f", {first}" if first == last else f", {say(language, 'from_to', since=first, until=last)}"
        if language == "ko":
            count, when = f"{when[2:]}, {count}", ""
    return say(language, "holds", briefs=count, institutions=who, days=when)


def candidates(briefs: Sequence[Brief], language: str, planner: Planner) -> Iterator[str]:
    """Yield questions on the newest briefs, of four kinds in turn: their titles, years they compare, headings, news.

    One on each topic comes before a second on any.
    In Korean a title that the planner's tables know a Korean term of is asked for by that term.
    """
    kinds: list[list[tuple[str, str]]] = [[], [], [], []]  # (topic, question)
    newest = _spread(briefs)
    texts = " ".join(brief.text for brief in briefs[:MOST_READ])
    small, names = set(_SMALL.findall(texts)), set(_NAME.findall(texts))

    def terms(title: str) -> tuple[str, ...]:
        return planner.glossary.to_korean(title, planner.names) if language == "ko" else ()

    common = Counter(chain.from_iterable(set(terms(brief.title)) for brief in newest))

    def named(title: str) -> str:
        topic = _topic(title, small, names)
        return next((term for term in terms(title) if common[term] < SHARED), topic) if topic else ""

    for brief in newest:
        if not (topic := named(brief.title)):
            continue
        short = _undated(topic)
        kinds[0].append((short, say(language, "draw_topic", topic=topic)))
        years = sorted(set(_YEAR.findall(brief.title)))
        if len(years) > 1 and int(years[-1]) - int(years[0]) <= LONG_AGO:
            kinds[1].append((short, say(language, "draw_change", topic=short, first=years[0], last=years[-1])))
        inside = (named(head.title) for head in headings(brief.text, brief.body))
        if name := max(filter(None, inside), key=len, default=""):
            kinds[2].append((name, say(language, "draw_known", topic=name)))
        kinds[3].append((short, say(language, "draw_latest", topic=short)))
    turns = chain.from_iterable(zip_longest(*(kind[n:] + kind[:n] for n, kind in enumerate(kinds))))
    order = [each for each in turns if each and each[1]]
    first = dict(reversed(order))  # of each topic the question that comes first
    new = [question for topic, question in order if first[topic] == question]
    yield from dict.fromkeys([*new, *(question for _, question in order)])


def answered(assistant: Assistant, questions: Iterable[str]) -> Iterator[str]:
    """Yield those questions, at most QUESTIONS, that the assistant answers, each from briefs not used before."""
    count, used = 0, set[str]()
    for tried, question in enumerate(questions):
        if count == QUESTIONS or tried == MOST_TRIED:
            return
        answer = assistant.ask(question)
        first = answer.citations[0].brief.id if answer.citations else ""
        if answer.abstained or not first or first in used:
            continue
        used.add(first)
        count += 1
        yield question


def _spread(briefs: Sequence[Brief]) -> list[Brief]:
    """The newest briefs, institutions in turn, so that one that publishes daily does not fill the list."""
    lanes: dict[str, list[Brief]] = {}
    for brief in briefs:
        lanes.setdefault(brief.institution, []).append(brief)
    turns = chain.from_iterable(zip_longest(*lanes.values()))
    return [brief for brief in turns if brief][:NEWEST]


def _topic(title: str, small: Set[str], names: Set[str]) -> str:
    """What a title is about, as it stands in a sentence: its first part, in lower case unless a name begins it.

    A word begins small if the briefs write it so; or if they have it as no name and the title's next word is small.
    """
    words = _END.sub("", " ".join(title.split())).rstrip(" .?!,")
    first, _, rest = words.partition(" ")
    if first.lower() in small or (first.isalpha() and first.istitle() and first not in names and rest[:1].islower()):
        words = first.lower() + words[len(first) :]
    return words if _TOPIC.fullmatch(words) else ""


def _undated(topic: str) -> str:
    return re.sub(r",?\s+(?:(?:of|in|from|since|and)\s+)*(?:19|20)\d\d.*$", "", topic) or topic


def _values(values: Iterable[str]) -> list[str]:
    return sorted({" ".join(value.split()) for value in values if value.strip()}, key=str.casefold)
