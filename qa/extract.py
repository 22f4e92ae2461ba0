"""From hits to sentences: which sentences of the passages found answer the question, quoted exactly.

Each sentence gets a score that is linear in what is known of it (`Sentence.features`); the softmax of the scores over
all sentences read is the probability that this one answers. The weights come from questions with known answers:
`python -m tests.benchmarks.sentences --fit`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from ..corpus.sentences import sentence_spans
from ..index import Hit, Retriever
from ..index.plan import Inquiry
from ..index.types import Floats, SpanMatches, Window, weighed_sum
from .injected import unquotable
from .question import TYPED, Asked
from .typed import answers, words_of

FEATURES = (
    "late",  # late interaction of the sentence with the question
    "late_before",  # ... of the sentence and the one before it together
    "nearness",  # cosine of the sentence's mean token vector with the question's vector
    "passage",  # late interaction of the whole passage
    "hit",  # the passage's score in the search, in [0, 1]
    "typed",  # share of the kinds asked for that the sentence holds a new span of
    "noun",  # how well the noun asked for is met, in [0, 1]
    "defines",  # 1 if a term is asked for and the sentence says what it is: "X is", "X (", "X, a"
    "year",  # 1 if it names a year of the question, -1 if only others
    "month",  # the same of months
    "window",  # 1 if the brief is of the question's window, -1 if it is older than that
    "length",  # words, at most 60, in [0, 1]
    "first",  # 1 for the first sentence of a passage
    "short",  # 1 under MIN_WORDS + 2 words
    "particular",  # late interaction with what of the question the sentences read seldom meet
    "gain",  # late interaction with what the best sentence leaves unmet
    "opening",  # 1 for the first line of a news item, or an item of a digest: it tells the matter, seldom the answer
)
WEIGHTS = (5.1, 8.0, 6.1, -4.3, 7.4, 1.7, 3.9, 1.5, 1.1, 0.4, 3.2, -1.7, -0.7, -3.2, 12.7, 9.6, -0.3)
# `defines` has no case in the training questions and is set by hand.
TYPED_FROM = 24  # sentences whose typed spans are looked for; the search for names and numbers takes the most time
QUOTABLE = 24  # leading sentences that an answer may need; each is searched for orders to a machine, which takes time
MIN_WORDS = 5  # shorter ones are headings and bylines
LONGEST = 90  # words; a longer "sentence" is a table or a list run together, quoted only if nothing else fits
REPEATED = 0.7
_DEFINITION = re.compile(
    r"^(?:what|who)(?:['’]s| is| are| was| were| does| do)(?: the| an?| meant by)? (?P<term>[^?,]{2,40}?)"
    r"(?: mean| stand for)?\??$",
    re.IGNORECASE,
)
_OPENING = re.compile(r"[A-Z][\w .'-]{2,30}, \w{3,9}\.? \d{1,2} \(\w+\)|[-–•*] ")
_MONTH = re.compile(r"\b(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)(?:[a-z]{2,6})?\b")
_YEAR = re.compile(r"(?<![\d,.])(?:19|20)\d\d(?![\d,]|\.\d)")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a hit's passage; `start` and `end` are offsets in the brief's text.

    `features` are in the order of FEATURES, `met` is how well each word piece of the question is met, in the order of
    the question; `score` is any number, `chance`, in [0, 1], the probability that this sentence, of all that were read,
    answers.
    """

    hit: Hit
    start: int
    end: int
    features: tuple[float, ...]
    met: tuple[float, ...]
    score: float
    chance: float

    @property
    def text(self) -> str:
        """The exact words."""
        return self.hit.brief.text[self.start : self.end]

    def feature(self, name: str) -> float:
        """The feature's value."""
        return self.features[FEATURES.index(name)]


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """The leading sentences of the `hits` read for one inquiry, best first; none of them gives orders to a machine."""

    query: str
    sentences: tuple[Sentence, ...]
    hits: tuple[Hit, ...]


def read(
    retriever: Retriever,
    inquiry: Inquiry,
    asked: Asked,
    question: str,
    hits: Sequence[Hit],
    most: int = QUOTABLE,
) -> Reading:
    """Return the best sentences of the hits' passages, at most `most`; their chances are among all sentences."""
    query = inquiry.topic
    spans = [_spans(hit) for hit in hits]
    matches = retriever.match_spans(query, hits, spans)
    rows = [(number, place) for number, places in enumerate(spans) for place in range(len(places))]
    if not rows:
        return Reading(query, (), tuple(hits))
    values = _features(matches, hits, spans, asked, inquiry.english if inquiry.label else question, inquiry.window)
    texts = [hits[number].passage.text[slice(*spans[number][place])] for number, place in rows]
    _add_typed(values, texts, asked, question)
    scores = values @ np.array(WEIGHTS)
    lengths = np.array([len(text.split()) for text in texts])
    fit = (lengths >= MIN_WORDS) & (lengths <= LONGEST)
    if fit.any():
        scores = np.where(fit, scores, -np.inf)
    chances = np.exp(scores - scores.max())
    chances /= chances.sum()
    sentences = [
        Sentence(
            hits[number],
            hits[number].passage.start + spans[number][place][0],
            hits[number].passage.start + spans[number][place][1],
            tuple(values[row].tolist()),
            tuple(matches.best[number][place].tolist()),
            float(scores[row]),
            float(chances[row]),
        )
        for row, (number, place) in enumerate(rows)
        if np.isfinite(scores[row])
    ]
    ordered = sorted(sentences, key=lambda sentence: -sentence.score)
    return Reading(query, tuple(each for each in ordered[:most] if not unquotable(each.text)), tuple(hits))


def _spans(hit: Hit) -> list[tuple[int, int]]:
    return sentence_spans(hit.passage.text, hit.brief.language)


def _features(
    matches: SpanMatches,
    hits: Sequence[Hit],
    spans: Sequence[Sequence[tuple[int, int]]],
    asked: Asked,
    question: str,
    window: Window | None,
) -> Floats:
    """The features (sentences, FEATURES), typed spans left at 0."""
    weights, years, term = matches.weights, years_asked(question, window), defined_term(question)
    months, noun = months_of(question), noun_pieces(matches, asked, question)
    counts = [len(best) for best in matches.best]
    best = np.concatenate(matches.best)
    opens = np.concatenate([np.arange(count) == 0 for count in counts])
    before = np.where(opens[:, None], best, np.maximum(best, np.roll(best, 1, axis=0)))
    late = weighed_sum(best, weights)
    rare = weights * (1 - best.mean(axis=0))
    whole = [float(each.max(axis=0) @ weights) for each in matches.best if len(each)]
    told = []
    for number, hit in enumerate(hits):
        for start, end in spans[number]:
            text = hit.passage.text[start:end]
            told.append(
                (
                    len(text.split()),
                    float(bool(term and term.search(text))),
                    named_fit(set(_YEAR.findall(text)), years) if years else 0.0,
                    named_fit(months_of(text), months) if months else 0.0,
                    float(bool(_OPENING.match(text))),
                )
            )
    words, defines, year, month, opening = np.array(told, np.float32).T
    held = [count for count in counts if count]
    kept = [hit for hit, count in zip(hits, counts, strict=True) if count]
    columns = {
        "late": late,
        "late_before": weighed_sum(before, weights),
        "nearness": np.concatenate(matches.nearness),
        "passage": np.repeat(whole, held),
        "hit": np.repeat([hit.score for hit in kept], held),
        "typed": np.zeros(len(best)),
        "noun": best[:, noun].mean(axis=1) if noun else np.zeros(len(best)),
        "defines": defines,
        "year": year,
        "month": month,
        "window": np.repeat([window_fit(hit, window) for hit in kept], held),
        "length": np.minimum(words, 60) / 60,
        "first": opens,
        "short": words < MIN_WORDS + 2,
        "particular": weighed_sum(best, rare / max(float(rare.sum()), 1e-9)),
        "gain": weighed_sum(np.maximum(0, best - best[late.argmax()]), weights),
        "opening": opening,
    }
    return np.stack([np.asarray(columns[name], np.float32) for name in FEATURES], axis=1)


def years_asked(question: str, window: Window | None) -> set[str]:
    """Return the years that the question names, and all of its window where it names any: "since 2019" is 2020, too."""
    years = set(_YEAR.findall(question))
    if not years or window is None or window.since is None:
        return years
    last = min(window.until or date.max, max(window.since, date.today())).year
    return years | {str(year) for year in range(window.since.year, last + 1)}


def _add_typed(values: Floats, texts: Sequence[str], asked: Asked, question: str) -> None:
    """Fill in the share of the typed kinds that each of the leading sentences holds a span of."""
    kinds = [kind for kind in asked.kinds if kind in TYPED]
    if not kinds:
        return
    scores = values @ np.array(WEIGHTS)
    for row in np.argsort(-scores)[:TYPED_FROM]:
        held = [bool(answers(kind, asked, question, texts[row])) for kind in kinds]
        values[row, FEATURES.index("typed")] = sum(held) / len(held)


def noun_pieces(matches: SpanMatches, asked: Asked, question: str) -> list[int]:
    """Return the numbers of the query's pieces that belong to the noun asked for."""
    if not asked.noun:
        return []
    return [
        number
        for number, (start, end) in enumerate(matches.places)
        if any(place <= start and end <= place + len(asked.noun) for place in _places(question, asked.noun))
    ]


def _places(text: str, word: str) -> list[int]:
    return [match.start() for match in re.finditer(re.escape(word), text, re.IGNORECASE)]


def defined_term(question: str) -> re.Pattern[str] | None:
    """Return what finds a sentence that says what a term is, for a question that asks just that: "What are donju?"."""
    found = _DEFINITION.match(question)
    if not found:
        return None
    says = r"(?:[\"”']|[’']s)?(?:, born\b"
    says += r"|,? (?:\(|(?:is|are|was|were|means?|meant|refers?|stands?|or|an?|the|which|who)\b))"
    return re.compile(re.escape(found["term"]) + says, re.IGNORECASE)


def named_fit(named: set[str], asked: set[str]) -> float:
    """1 if one of what is asked for is named, -1 if only others are, else 0: nothing asked, or nothing named."""
    return 0.0 if not named or not asked else 1.0 if named & asked else -1.0


def months_of(text: str) -> set[str]:
    """Return the first three letters of the months named."""
    return {match[1].lower() for match in _MONTH.finditer(text)}


def window_fit(hit: Hit, window: Window | None) -> float:
    """1 if the brief came out in the window or just behind it, -1 if it is older, 0 if later, or nothing is known."""
    published = hit.brief.published
    if window is None or published is None:
        return 0.0
    if window.since and (window.since - published).days > 1:
        return -1.0
    return float(window.until is None or (published - window.until).days <= 10)


def repeats(sentence: Sentence, other: Sentence) -> bool:
    """Whether most words of the shorter sentence stand in the longer: the same news told twice."""
    first, second = (set(words_of(each.text)) for each in (sentence, other))
    return len(first & second) > REPEATED * min(len(first), len(second))
