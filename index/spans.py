"""How spans of passages, such as their sentences, meet a question: late interaction within a passage."""

from collections.abc import Sequence

import numpy as np

from .ingest import front_text
from .late import best_matches
from .rank import piece_weights
from .types import Encoder, Encoding, Floats, Hit, SpanMatches, unit
from .view import View


def matched_spans(
    view: View,
    encoder: Encoder,
    query: str,
    encoding: Encoding,
    hits: Sequence[Hit],
    spans: Sequence[Sequence[tuple[int, int]]],
) -> SpanMatches:
    """Return how each span of the hits' passages meets each word piece of the query, whose encoding is `encoding`."""
    weights = piece_weights(view, encoding)
    packed = view.packed([hit.passage.id for hit in hits]) if view.codec else {}
    best, near = _matched(encoder, view, encoding, hits, spans, packed)
    prefix = len(encoder.spec.query_prefix)
    offsets = encoder.offsets(encoder.spec.query_prefix + query)
    places = tuple((max(0, start - prefix), max(0, end - prefix)) for start, end in offsets)
    return SpanMatches(places, weights, tuple(best), tuple(near))


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
    fronts: dict[str, int] = {}  # pieces of what was read before each passage; several hits are of one brief
    best: list[Floats] = []
    near: list[Floats] = []
    for hit, places, found in zip(hits, spans, stored, strict=True):
        rows = starts = np.zeros(0, np.float32)
        if found and codec and vectors is not None:
            title, codes = found
            rows = vectors[at : at + codec.size(codes)]
            at += len(rows)
            if title not in fronts:
                fronts[title] = len(encoder.offsets(front_text(title, encoder)))
            rows = rows[fronts[title] :]
            starts = np.array([start for start, _ in encoder.offsets(hit.passage.text)])
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
