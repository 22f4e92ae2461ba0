"""Ranking maths: late interaction, the token codec, fusion, lexical terms and the approximate dense index."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from northbrief.index import Encoding
from northbrief.index.fuse import capped, fuse, scaled
from northbrief.index.late import TokenCodec, best_matches, codec_from_bytes, idf_weights, train_codec
from northbrief.index.lexical import add_terms, remove_terms, search_terms, terms
from northbrief.index.types import Floats, Ints, unit

finite = st.floats(-1e3, 1e3, width=32)
quick = settings(deadline=None, max_examples=100)


def rows(source: np.random.Generator, count: int, dimension: int) -> Floats:
    return unit(source.standard_normal((count, dimension)).astype(np.float32))


# --- late interaction ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(10))
def test_the_best_matches_equal_plain_loops(seed: int) -> None:
    source = np.random.default_rng(seed)
    sizes = source.integers(0, 5, 12).tolist()
    passages = 3.0 * rows(source, sum(sizes), 16)  # of any length: cosines are what counts
    query = Encoding(np.zeros(16, np.float32), np.arange(4), rows(source, 4, 16))
    expected, first = [], 0
    for size in sizes:
        for token in query.tokens:
            cosines = [float(token @ row) / float(np.linalg.norm(row)) for row in passages[first : first + size]]
            expected.append(max(cosines, default=0.0))
        first += size
    assert best_matches(query, passages, sizes).ravel().tolist() == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("sizes", [[], [0], [0, 0, 0]], ids=str)
def test_passages_without_token_vectors_match_nothing(sizes: list[int]) -> None:
    query = Encoding(np.zeros(8, np.float32), np.arange(2), np.eye(2, 8, dtype=np.float32))
    none = np.empty((0, 8), np.float32)
    assert best_matches(query, none, sizes).tolist() == [[0.0, 0.0]] * len(sizes)


def test_a_query_without_pieces_matches_nothing() -> None:
    query = Encoding(np.zeros(8, np.float32), np.empty(0, np.int64), np.empty((0, 8), np.float32))
    assert best_matches(query, np.eye(3, 8, dtype=np.float32), [1, 2]).tolist() == [[], []]


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=20))
@quick
def test_idf_weights_sum_to_1_and_fall_with_the_number_of_passages(counts: list[int]) -> None:
    weights = idf_weights(np.array(counts, np.float32), 1000).tolist()
    assert sum(weights) == pytest.approx(1.0, abs=1e-5)
    by_count = [weight for _, weight in sorted(zip(counts, weights, strict=True))]
    assert by_count == pytest.approx(sorted(weights, reverse=True), abs=1e-7)


# --- the token codec -------------------------------------------------------------------------------------------------


def test_packing_takes_the_nearest_centroid_of_each_slice() -> None:
    source = np.random.default_rng(0)
    books = source.standard_normal((4, 256, 6)).astype(np.float32)
    tokens = source.standard_normal((25, 24)).astype(np.float32)
    packed = TokenCodec(books).pack(tokens)
    expected = [
        min(range(256), key=lambda c: float(((token[6 * part : 6 * part + 6] - books[part, c]) ** 2).sum()))
        for token in tokens
        for part in range(4)
    ]
    assert list(packed) == expected


def test_unpacking_puts_the_centroids_side_by_side() -> None:
    source = np.random.default_rng(0)
    books = source.standard_normal((4, 256, 6)).astype(np.float32)
    codes = source.integers(0, 256, (25, 4)).astype(np.uint8)
    expected = [np.concatenate([books[part, code] for part, code in enumerate(row)]).tolist() for row in codes]
    assert TokenCodec(books).unpack(codes.tobytes()).tolist() == expected


@pytest.mark.parametrize("count", [0, 1, 7])
def test_packed_vectors_know_their_number(count: int) -> None:
    codec = TokenCodec(np.random.default_rng(0).standard_normal((4, 256, 6)).astype(np.float32))
    packed = codec.pack(np.ones((count, 24), np.float32))
    assert (codec.size(packed), codec.unpack(packed).shape) == (count, (count, 24))


@pytest.mark.parametrize("dimension", [24, 32, 33])
def test_a_codec_comes_back_from_its_bytes(dimension: int) -> None:
    tokens = rows(np.random.default_rng(1), 600, dimension)
    codec = train_codec(tokens)
    again = codec_from_bytes(codec.tobytes(), dimension)
    assert again.pack(tokens) == codec.pack(tokens)


def test_bytes_of_another_dimension_are_no_codec() -> None:
    with pytest.raises(ValueError, match="expected"):
        codec_from_bytes(train_codec(rows(np.random.default_rng(1), 300, 16)).tobytes(), 24)


def test_the_same_vectors_give_the_same_codec() -> None:
    tokens = rows(np.random.default_rng(2), 600, 24)
    assert train_codec(tokens).tobytes() == train_codec(tokens.copy()).tobytes()


def test_a_trained_codec_keeps_vectors_close() -> None:
    tokens = rows(np.random.default_rng(2), 600, 48)
    codec = train_codec(tokens)
    cosines = (unit(codec.unpack(codec.pack(tokens))) * tokens).sum(axis=1)
    assert float(cosines.mean()) > 0.95


# --- fusion ----------------------------------------------------------------------------------------------------------


@given(st.lists(finite, max_size=12))
@quick
def test_scaled_scores_lie_in_0_to_1_and_keep_their_order(values: list[float]) -> None:
    found = scaled(np.array(values, np.float32)).tolist()
    assert all(0 <= score <= 1 for score in found)
    assert all(
        a <= b for (x, a) in zip(values, found, strict=True) for (y, b) in zip(values, found, strict=True) if x < y
    )


@given(st.lists(finite, min_size=2, max_size=12, unique=True))
@quick
def test_scaled_scores_reach_0_and_1(values: list[float]) -> None:
    found = scaled(np.array(values, np.float32))
    assert (found.min(), found.max()) == (0, 1)


def test_equal_scores_all_become_1() -> None:
    assert scaled(np.array([3.0, 3.0], np.float32)).tolist() == [1.0, 1.0]


rankings = st.lists(st.dictionaries(st.integers(1, 20), finite, max_size=8), min_size=2, max_size=2)


def ranking(scores: dict[int, float]) -> tuple[Ints, Floats]:
    return np.array(list(scores), dtype=np.int64), np.array(list(scores.values()), dtype=np.float32)


@given(rankings)
@quick
def test_fusion_equals_a_sum_over_dictionaries(parts: list[dict[int, float]]) -> None:
    expected = dict.fromkeys(set(parts[0]) | set(parts[1]), 0.0)
    for part, weight in zip(parts, (0.4, 0.6), strict=True):
        low, high = min(part.values(), default=0), max(part.values(), default=0)
        for number, score in part.items():
            expected[number] += weight * ((score - low) / (high - low) if high > low else 1.0)
    numbers, scores = fuse([ranking(part) for part in parts], [0.4, 0.6])
    assert dict(zip(numbers.tolist(), scores.tolist(), strict=True)) == pytest.approx(expected, abs=1e-4)


@given(rankings)
@quick
def test_fusion_sorts_by_score_and_then_by_number(parts: list[dict[int, float]]) -> None:
    numbers, scores = fuse([ranking(part) for part in parts], [0.4, 0.6])
    keys = [(-score, number) for number, score in zip(numbers.tolist(), scores.tolist(), strict=True)]
    assert keys == sorted(keys)
    assert all(0 <= score <= 1.0001 for score in scores.tolist())


@given(st.lists(st.sampled_from("abc"), max_size=12), st.integers(1, 4), st.integers(0, 14))
@quick
def test_a_cap_takes_the_first_of_each_brief_then_the_passed_over(briefs: list[str], cap: int, k: int) -> None:
    within = [n for n, brief in enumerate(briefs) if briefs[:n].count(brief) < cap]
    over = [n for n in range(len(briefs)) if n not in within]
    found = capped(briefs, cap, k)
    assert found == (within + over)[:k]
    assert max(Counter(briefs[n] for n in found[: len(within)]).values(), default=0) <= cap


# --- lexical search --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Rice prices, 2024", ["Rice", "prices", "2024"]),
        ("병진노선은", ["병진", "진노", "노선", "선은"]),
        ("쌀", ["쌀"]),
        ("ICBM발사 2호기", ["ICBM", "발사", "2", "호기"]),
        ("_a_ __", ["a"]),
        ("\u1107\u1167\u11bc진", ["병진"]),
        ("?! ...", []),
    ],
)
def test_terms_are_words_and_pairs_of_syllables(text: str, expected: list[str]) -> None:
    assert terms(text) == expected


@pytest.fixture
def lexical() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    options = "content='', tokenize='porter unicode61 remove_diacritics 2'"
    connection.execute(f"CREATE VIRTUAL TABLE lexical USING fts5 (terms, {options})")
    texts = [
        "경제건설과 핵무력건설의 병진노선을 밝혔다",
        "쌀값이 올랐다",
        "The price of rice rose",
        "Rice, rice and rice",
    ]
    add_terms(connection, enumerate([*texts, *(f"filler number {n}" for n in range(20))], start=1))
    yield connection
    connection.close()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("병진노선", 1),
        ("병진노선이란?", 1),
        ("쌀값은", 2),
        ("핵무력", 1),
        ("prices", 3),
        ("PRICE", 3),
        ("the ricé prices", 3),
    ],
)
def test_a_query_finds_the_word_in_another_form(lexical: sqlite3.Connection, query: str, found: int) -> None:
    assert search_terms(lexical, query, 5, 24)[0].tolist()[0] == found


def test_found_terms_are_ordered_by_score_and_then_by_number(lexical: sqlite3.Connection) -> None:
    numbers, scores = search_terms(lexical, "rice filler", 30, 24)
    keys = [(-score, number) for number, score in zip(numbers.tolist(), scores.tolist(), strict=True)]
    assert (keys, set(numbers.tolist())) == (sorted(keys), {3, 4})  # filler is common, so it is left out


def test_common_words_alone_are_searched_all_the_same(lexical: sqlite3.Connection) -> None:
    assert search_terms(lexical, "filler number", 30, 24)[0].tolist() == list(range(5, 25))


def test_only_allowed_numbers_are_found(lexical: sqlite3.Connection) -> None:
    assert search_terms(lexical, "rice", 5, 24, np.array([3, 9]))[0].tolist() == [3]


def test_terms_taken_out_are_not_found(lexical: sqlite3.Connection) -> None:
    remove_terms(lexical, [(2, "쌀값이 올랐다")])
    assert search_terms(lexical, "쌀값이 올랐다", 5, 23)[0].tolist() == []
