"""The retriever: a question in, passages out. It plans the question, searches each part of the plan, and blends."""

import json
import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np

from ..corpus import QuestionError
from .concepts import search_concepts
from .fuse import blend, capped
from .index import Index, View
from .ingest import front_text
from .korean import Concept
from .late import best_matches
from .moment import LATEST_WEIGHT, OUTSIDE, SIDE_WEIGHT, UNDATED_NAMING, WINDOW_WEIGHT, recency, shifted, window_fit
from .plan import Inquiry, Planner, QueryPlan, default_planner
from .rank import Ranking, piece_weights, ranked
from .relatives import newer_versions, prefer_newer
from .store import Known, allowed_numbers, known_values, read_moments, read_packed, read_passages
from .types import Encoder, Encoding, Filter, Floats, Hit, Ints, SpanMatches, unit

CAP = 4  # passages of one brief before others have had theirs; it changes MRR by less than 0.001
CERTAIN, OUTDATED, NAMED, TOUCHED, LEAD = 0.55, 0.35, 0.4, 0.3, 4
"""Where passages of both languages meet an English question: below the similarity CERTAIN of the best English one, and
when a Korean one names NAMED of the question's ideas, they take turns after one English passage; when it names TOUCHED,
after LEAD. On questions about English texts that costs 0.007 of R@5. A Korean question begins with a Korean passage
that names NAMED, else with an English one. Below OUTDATED, mostly because the English ones are of another time, LEAD
Korean passages come first."""
OWN = 4  # passages that an institution or author wrote come first on their side of a comparison
ENOUGH = 40  # passages published in a side's period, from which on they are searched by themselves, too
MAX_QUESTION = 4_000  # characters; a pasted document is no question


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
        known = self._library()
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
        with self.index.reading() as view, view.store.reading() as connection:
            if not len(view.dense):
                return []
            allowed = allowed_numbers(connection, where) if where else None
            sides = []
            for inquiry in made.inquiries:
                alone = len(made.inquiries) == 1 and made.standalone != made.question
                typed = with_history(made.question, cleaned(history)) if alone else ""
                found = self._inquired(connection, view, inquiry, typed, made.latest, k, allowed)
                found = prefer_newer(connection, found, inquiry.window)
                sides.append(self._hits(connection, found, k, inquiry.label))
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
        with self.index.reading() as view, view.store.reading() as connection:
            weights = piece_weights(connection, encoding, len(view.dense))
            packed = read_packed(connection, [hit.passage.id for hit in hits]) if view.codec else {}
            best, near = _matched(encoder, view, encoding, hits, spans, packed)
        prefix = len(encoder.spec.query_prefix)
        offsets = encoder.offsets(encoder.spec.query_prefix + query)
        places = tuple((max(0, start - prefix), max(0, end - prefix)) for start, end in offsets)
        return SpanMatches(places, weights, tuple(best), tuple(near))

    # --- one inquiry ---------------------------------------------------------------------------------------------

    def _inquired(
        self,
        connection: sqlite3.Connection,
        view: View,
        inquiry: Inquiry,
        typed: str,
        latest: bool,
        k: int,
        allowed: Ints | None,
    ) -> Ranking:
        """The passages for one inquiry, in both languages where the library has both; `typed` is searched, too."""
        found = self._ranked(connection, view, inquiry.english, k, allowed)
        if inquiry.label and inquiry.window:  # a year by itself would bring whatever happens to name it
            found = _blended([found, self._ranked(connection, view, inquiry.topic, k, allowed)], [0.5, 0.5])
            inside = _inside(connection, Filter(since=inquiry.window.since, until=inquiry.window.until), allowed)
            if len(inside) >= ENOUGH:
                found = _blended([found, self._ranked(connection, view, inquiry.topic, k, inside)], [0.5, 0.5])
        if inquiry.where and len(own := _inside(connection, inquiry.where, allowed)):
            found = interleaved(self._ranked(connection, view, inquiry.topic, k, own), found, OWN)
        if typed:
            found = _blended([found, self._ranked(connection, view, typed, k, allowed)], [0.5, 0.5])
        found, fit = _timed(connection, found, inquiry, latest)
        if not (inquiry.concepts and self._library().korean):
            return found
        korean, korean_fit = _timed(connection, _korean(connection, view, inquiry.concepts, allowed), inquiry, latest)
        strong, named = _strength(found, fit), _strength(korean, korean_fit)
        if not inquiry.label or fit is None or korean_fit is None:
            return _merged(found, strong, korean, named, inquiry)
        within = _merged(found.only(fit > 0), strong, korean.only(korean_fit > 0), named, inquiry)
        return interleaved(within, found.only(fit == 0), len(within))  # of its period first, in either language

    def _ranked(self, connection: sqlite3.Connection, view: View, text: str, k: int, allowed: Ints | None) -> Ranking:
        codec = view.codec if self.rerank else None
        return ranked(connection, view.dense, codec, text, self._encoded(text), k, allowed, view.counts)

    def _encoded(self, query: str) -> Encoding:
        """The query's encoding; an answer needs the last few again."""
        with self._lock:
            known = self._encodings.get(query)
        if known is None:
            encoder = self.index.encoder
            known = encoder.encode([encoder.spec.query_prefix + query])[0]
            with self._lock:
                if len(self._encodings) >= 8:
                    self._encodings.pop(next(iter(self._encodings)))
                self._encodings[query] = known
        return known

    def _library(self) -> Known:
        """What the library holds, by which a question is understood; read again when it has changed."""
        with self.index.reading() as view, view.store.reading() as connection:
            generation = view.dense.generation
            with self._lock:
                if self._known is not None and self._known[0] == generation:
                    return self._known[1]
            known = known_values(connection)
            with self._lock:
                self._known = (generation, known)
            return known

    def _hits(self, connection: sqlite3.Connection, found: Ranking, k: int, side: str) -> list[Hit]:
        order = list(range(len(found)))[:k]
        if self.cap:
            order = capped(_briefs_of(connection, found.numbers), self.cap, k)
        passages = read_passages(connection, found.numbers[order].tolist())
        newer = newer_versions(connection, list({brief.id for _, brief in passages.values()}))
        hits = []
        for position in order:
            passage, brief = passages[int(found.numbers[position])]
            score = min(1.0, float(found.scores[position]))
            similar = float(found.similar[position])
            hits.append(Hit(score, passage, brief, similar, side, newer.get(brief.id, "")))
        return sorted(hits, key=lambda hit: -hit.score)


def cleaned(history: Sequence[str]) -> list[str]:
    """Return the earlier questions as they can be searched; empty ones are left out."""
    turns = (turn.encode("utf-8", "replace").decode().replace("\x00", " ").strip() for turn in history)
    return [turn[:MAX_QUESTION] for turn in turns if turn]


def checked_question(question: str) -> str:
    """Return the question without surrounding white space.

    Raises:
        QuestionError: it is empty or longer than MAX_QUESTION characters.
    """
    question = question.encode("utf-8", "replace").decode().replace("\x00", " ").strip()
    if not question:
        raise QuestionError("found an empty question, expected a sentence; type what you want to know")
    if len(question) > MAX_QUESTION:
        raise QuestionError(
            f"found a question of {len(question):,} characters, expected at most {MAX_QUESTION:,}; "
            "ask a shorter one, and add long texts as briefs"
        )
    return question


def with_history(question: str, history: Sequence[str]) -> str:
    """Return the previous question, if there is one, in front of this one.

    Searched beside the stand-alone form: where that form drops too much, the words are still there. On dialogues made
    by others it alone raised nDCG@10 from 0.835 to 0.887.
    """
    previous = next((turn.strip() for turn in reversed(history) if turn.strip()), "")
    return f"{previous[:MAX_QUESTION]} {question}" if previous else question


def taking_turns(sides: Sequence[Sequence[Hit]], k: int) -> list[Hit]:
    """Return the sides' hits in turn, each passage once, at most `k`.

    Scores stay descending: a hit's is at most that of the hit before it.
    """
    taken: dict[str, Hit] = {}
    queues = [iter(side) for side in sides]
    for _ in range(k):
        for queue in queues:
            if hit := next((hit for hit in queue if hit.passage.id not in taken), None):
                taken[hit.passage.id] = hit
    hits: list[Hit] = []
    for hit in list(taken.values())[:k]:
        score = min(hit.score, hits[-1].score) if hits else hit.score
        hits.append(replace(hit, score=score))
    return hits


def _blended(rankings: Sequence[Ranking], weights: Sequence[float]) -> Ranking:
    """The rankings' weighted sum; a passage's similarity is the highest it has in any of them."""
    numbers, scores = blend([(each.numbers, each.scores) for each in rankings], weights)
    similar = np.zeros(len(numbers), dtype=np.float32)
    for each in rankings:
        places = {int(number): value for number, value in zip(each.numbers, each.similar, strict=True)}
        similar = np.maximum(similar, np.array([places.get(int(number), 0.0) for number in numbers], np.float32))
    return Ranking(numbers, scores, similar)


def interleaved(first: Ranking, second: Ranking, lead: int) -> Ranking:
    """Return the two rankings in turn, after the first `lead` of the first one; scores stay descending."""
    second_only = ~np.isin(second.numbers, first.numbers)
    places = np.concatenate([2 * np.arange(len(first)), 2 * np.arange(int(second_only.sum())) + 2 * lead - 1])
    order = np.argsort(places, kind="stable")
    scores = np.concatenate([first.scores, second.scores[second_only]])[order]
    return Ranking(
        np.concatenate([first.numbers, second.numbers[second_only]])[order],
        np.minimum.accumulate(scores),
        np.concatenate([first.similar, second.similar[second_only]])[order],
    )


def _inside(connection: sqlite3.Connection, where: Filter, allowed: Ints | None) -> Ints:
    """The allowed passages that `where` lets through."""
    numbers = allowed_numbers(connection, where)
    return numbers if allowed is None else np.intersect1d(numbers, allowed, assume_unique=True)


def _korean(connection: sqlite3.Connection, view: View, concepts: Sequence[Concept], allowed: Ints | None) -> Ranking:
    """The Korean passages that name most of the question's ideas; `similar` is the share that they name."""
    numbers = _inside(connection, Filter(languages=("ko",)), allowed)
    return Ranking(*search_concepts(connection, concepts, numbers, len(view.dense), view.counts))


def _timed(
    connection: sqlite3.Connection, found: Ranking, inquiry: Inquiry, latest: bool
) -> tuple[Ranking, Floats | None]:
    """The ranking with passages that fit the question's window, or recent briefs, moved up; and how each fits."""
    if not (inquiry.window or latest) or not len(found):
        return found, None
    moments = read_moments(connection, found.numbers)
    scores, fit = found.scores, None
    if inquiry.window:
        fit = np.array([window_fit(inquiry.window, moment) for moment in moments], np.float32)
        scores = shifted(scores, fit, SIDE_WEIGHT if inquiry.label else WINDOW_WEIGHT)
        if inquiry.label:
            scores = np.where(fit > 0, scores, OUTSIDE * scores).astype(np.float32)
    if latest:
        scores = shifted(scores, recency([moment.published for moment in moments]), LATEST_WEIGHT)
    order = np.lexsort((found.numbers, -scores))
    timed = Ranking(found.numbers[order], scores[order], found.similar[order])
    return timed, None if fit is None else fit[order]


def _strength(found: Ranking, fit: Floats | None) -> float:
    """How well the best passage meets the question, in [0, 1]; one outside its window does so less."""
    if not len(found):
        return 0.0
    return float((found.similar * (1.0 if fit is None else np.minimum(1.0, fit / UNDATED_NAMING))).max())


def _merged(found: Ranking, english: float, korean: Ranking, named: float, inquiry: Inquiry) -> Ranking:
    """English and Korean passages in turn; `english` and `named` say how strong the best of each is."""
    if english < OUTDATED and named >= NAMED:
        return interleaved(korean, found, LEAD)
    if inquiry.typed_korean:
        return interleaved(found, korean, 0 if named >= NAMED else 1)
    if english < CERTAIN and named >= NAMED:
        return interleaved(found, korean, 1)
    lead = LEAD // 2 if inquiry.label else LEAD  # a side has half the places
    return interleaved(found, korean, lead) if named >= TOUCHED else found


def _briefs_of(connection: sqlite3.Connection, numbers: Ints) -> list[str]:
    asked = json.dumps(numbers.tolist())
    rows = connection.execute("SELECT n, brief FROM passages WHERE n IN (SELECT value FROM json_each(?))", (asked,))
    found = dict(rows.fetchall())
    return [str(found[number]) for number in numbers.tolist()]


def _matched(
    encoder: Encoder,
    view: View,
    query: Encoding,
    hits: Sequence[Hit],
    spans: Sequence[Sequence[tuple[int, int]]],
    packed: dict[str, tuple[str, bytes]],
) -> tuple[list[Floats], list[Floats]]:
    """Each hit's `best` and `nearness`, as `SpanMatches` has them; all token vectors go through one multiplication."""
    codec = view.codec
    stored = [packed.get(hit.passage.id) if codec else None for hit in hits]
    vectors = codec.unpack(b"".join(codes for _, codes in filter(None, stored))) if codec and any(stored) else None
    inside, at = [], 0
    best: list[Floats] = []
    near: list[Floats] = []
    for hit, places, found in zip(hits, spans, stored, strict=True):
        rows = starts = np.zeros(0, np.float32)
        if found and codec and vectors is not None:
            title, codes = found
            rows = vectors[at : at + codec.size(codes)]
            at += len(rows)
            text = front_text(title, encoder) + hit.passage.text
            starts = np.array([start for start, _ in encoder.offsets(text)]) - (len(text) - len(hit.passage.text))
        if len(rows) and len(starts) == len(rows):
            inside += [rows[(starts >= start) & (starts < end)] for start, end in places]
            best.append(np.zeros((0, len(query.pieces)), np.float32))
            near.append(np.zeros(0, np.float32))
        else:  # nothing stored, or by an older tokenizer
            worded = _word_matches(query, encoder, hit.passage.text, places)
            best.append(worded[0])
            near.append(worded[1])
    if vectors is None or not inside:
        return best, near
    sizes = [len(each) for each in inside]
    matched = best_matches(query, np.concatenate(inside), sizes)
    means = np.array([each.mean(axis=0) if len(each) else np.zeros(vectors.shape[1]) for each in inside], np.float32)
    cosines = np.asarray(unit(means) @ query.vector, np.float32)
    at = 0
    for number, places in enumerate(spans):
        if not len(best[number]) and len(places):
            best[number], near[number] = matched[at : at + len(places)], cosines[at : at + len(places)]
            at += len(places)
    return best, near


def _word_matches(
    query: Encoding, encoder: Encoder, text: str, spans: Sequence[tuple[int, int]]
) -> tuple[Floats, Floats]:
    """Without token vectors: 1 for each piece that the span holds, and their share for the nearness."""
    held = [np.isin(query.pieces, encoder.pieces(text[start:end])) for start, end in spans]
    best = np.array(held, dtype=np.float32).reshape(len(spans), len(query.pieces))
    return best, best.sum(axis=1) / max(1, len(query.pieces))
