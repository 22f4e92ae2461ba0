"""The retriever: a question in, passages out. It plans the question, searches each part of the plan, and blends."""

import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from .asked import checked_question, cleaned, with_history
from .fuse import capped
from .importance import importance
from .index import Index
from .inquiries import Search, inquired
from .plan import Planner, QueryPlan, default_planner
from .preferring import prefer_newer
from .ranking import Ranking
from .spans import matched_spans
from .types import Encoding, Filter, Floats, Hit, SpanMatches
from .view import Known, View

CAP = 4  # passages of one brief before others have had theirs; it changes MRR by less than 0.001


class Retriever:
    """Searches an index. Safe to share between threads.

    `rerank` false leaves out late interaction; `cap` is the number of passages that one brief may take before others
    have had theirs, None for no cap; `planner` reads the questions, and may know names of the user's own.
    """

    def __init__(
        self, index: Index, *, rerank: bool = True, cap: int | None = CAP, planner: Planner | None = None
    ) -> None:
        self.index = index
        self.planner = planner or default_planner()
        self.rerank = rerank
        self.cap = cap
        self._lock = threading.Lock()
        self._encodings: dict[str, Encoding] = {}
        self._known: tuple[int, Known] | None = None

    def plan(self, question: str, history: Sequence[str] = (), now: date | None = None) -> QueryPlan:
        """Return what `search` would do for the question; `history` holds the earlier ones, oldest first.

        Raises:
            QuestionError: the question is empty or longer than MAX_QUESTION characters.
        """
        with self.index.reading() as view:
            known = self._library(view)
        earlier = cleaned(history)
        return self.planner.plan(checked_question(question), earlier, now, known.institutions, known.authors)

    def search(
        self,
        question: str,
        k: int = 8,
        history: Sequence[str] = (),
        where: Filter | None = None,
        *,
        plan: QueryPlan | None = None,
        now: date | None = None,
    ) -> list[Hit]:
        """Return at most `k` hits, best first; those of a comparison take turns by side, and say which they serve.

        `history` holds the earlier questions, oldest first. A `plan` made before is used as it is; relative dates count
        from `now`, by default today. Whatever the plan says, nothing that `where` leaves out is returned.

        Raises:
            QuestionError: the question is empty or longer than MAX_QUESTION characters.
            ValueError: `k` is less than 1.
        """
        if k < 1:
            raise ValueError(f"found k = {k}, expected at least 1")
        made = plan or self.plan(question, history, now)
        scope = (where,) if where else ()
        with self.index.reading() as view:
            if not len(view):
                return []
            known = self._library(view)
            korean = any(inquiry.concepts for inquiry in made.inquiries) and known.korean
            search = Search(view, scope, k, self._encoded, self.rerank, known.undated)
            alone = len(made.inquiries) == 1 and made.standalone != made.question
            typed = with_history(made.question, cleaned(history)) if alone else ""
            sides = []
            for inquiry in made.inquiries:
                found = inquired(search, inquiry, typed, latest=made.latest, korean=korean)
                found = prefer_newer(view, found, inquiry.window)
                sides.append(self._hits(view, found, k, inquiry.label))
            return sides[0] if len(sides) == 1 else taking_turns(sides, k)

    async def asearch(
        self,
        question: str,
        k: int = 8,
        history: Sequence[str] = (),
        where: Filter | None = None,
        *,
        plan: QueryPlan | None = None,
        now: date | None = None,
    ) -> list[Hit]:
        """Return what `search` does, from a thread, so that the event loop goes on; a few run at once, others wait."""
        from .asynchronous import in_thread  # asyncio is a tenth of the import of a script that does not await

        return await in_thread(self.search, question, k, history, where, plan=plan, now=now)

    def score_spans(self, query: str, hits: Sequence[Hit], spans: Sequence[Sequence[tuple[int, int]]]) -> list[Floats]:
        """Return, for each hit, how well each span of its passage meets the query, in [0, 1].

        `spans` are (start, end) in `hit.passage.text`, such as its sentences. The score is late interaction with the
        stored token vectors of the span, which saw the whole passage when they were made. Without stored ones, and for
        a passage that has left the index, it is the weight of the query's words that the span holds.
        """
        return self.match_spans(query, hits, spans).scores()

    def match_spans(self, query: str, hits: Sequence[Hit], spans: Sequence[Sequence[tuple[int, int]]]) -> SpanMatches:
        """Return how each span meets each word piece of the query; `score_spans` says from what."""
        encoding, encoder = self._encoded(query), self.index.encoder
        with self.index.reading() as view:
            return matched_spans(view, encoder, query, encoding, hits, spans)

    def _encoded(self, query: str) -> Encoding:
        """The query's encoding; an answer needs the last few again."""
        with self._lock:
            known = self._encodings.get(query)
        if known is None:
            encoder = self.index.encoder
            known = encoder.encode([encoder.spec.query_prefix + query])[0]
            known = replace(known, importance=importance(known, encoder.spec))
            with self._lock:
                if len(self._encodings) >= 8:
                    self._encodings.pop(next(iter(self._encodings)))
                self._encodings[query] = known
        return known

    def _library(self, view: View) -> Known:
        """What the library holds, by which a question is understood; read again when it has changed."""
        with self._lock:
            if self._known is not None and self._known[0] == view.generation:
                return self._known[1]
        known = view.known()
        with self._lock:
            self._known = (view.generation, known)
        return known

    def _hits(self, view: View, found: Ranking, k: int, side: str) -> list[Hit]:
        order = list(range(len(found)))[:k]
        if self.cap:
            order = capped(view.owners(found.numbers), self.cap, k)
        passages = view.passages(found.numbers[order])
        newer = view.newer(list({brief.id for _, brief in passages.values()}))
        hits = []
        for position in order:
            if (number := int(found.numbers[position])) not in passages:
                continue  # removed under a search, where the store has no view that lasts
            passage, brief = passages[number]
            score = min(1.0, float(found.scores[position]))
            similar = float(found.similar[position])
            hits.append(Hit(score, passage, brief, similar, side, newer.get(brief.id, "")))
        return sorted(hits, key=lambda hit: -hit.score)


def taking_turns(sides: Sequence[Sequence[Hit]], k: int) -> list[Hit]:
    """Return the sides' hits in turn, each passage once, at most `k`.

    A passage that another side has brought already serves both: the side's turn is over, and no worse passage of it
    takes the place. Scores stay descending: a hit's is at most that of the hit before it.
    """
    taken: dict[str, Hit] = {}
    for turn in range(max(map(len, sides), default=0)):
        for side in sides:
            for hit in side[turn : turn + 1]:
                taken.setdefault(hit.passage.id, hit)
    hits: list[Hit] = []
    for hit in list(taken.values())[:k]:
        score = min(hit.score, hits[-1].score) if hits else hit.score
        hits.append(replace(hit, score=score))
    return hits
