"""Late interaction: how well each word piece of a question is met somewhere in a passage.

score(q, p) = sum over query pieces t of w(t) * max over passage pieces u of cos(t, u), with w(t) = idf(t)^1.25 divided
by their sum. It is ColBERT's MaxSim (Khattab and Zaharia 2020) on the token outputs of the encoder that we have anyway,
without its training, and with product quantization (Jegou et al. 2011) for ColBERT's compression: each token vector
becomes PARTS bytes, one for the nearest of 256 centroids in each of PARTS slices.
"""

from collections.abc import Sequence

import faiss
import numpy as np

from .dense import one_thread
from .types import Encoding, Floats

PARTS = 24  # bytes a token, 16 dimensions each of 384; 32 would add 0.003 MRR and a sixth to the size
IDF_EXPONENT = 1.25
CENTROIDS = 256


class TokenCodec:
    """Token vectors to bytes and back, by fixed `codebooks` (parts, 256, d / parts) float32."""

    def __init__(self, codebooks: Floats) -> None:
        self.codebooks = codebooks
        # |x - c|^2 = |x|^2 - 2 (x.c - |c|^2 / 2): the nearest centroid has the largest bracket.
        self._columns = np.ascontiguousarray(codebooks.transpose(0, 2, 1))
        self._halves = 0.5 * np.square(codebooks).sum(axis=2)[:, None, :]
        parts, _, width = codebooks.shape
        self._decoder = faiss.ProductQuantizer(parts * width, parts, 8)  # seven times as fast as indexing arrays
        faiss.copy_array_to_vector(np.ascontiguousarray(codebooks).ravel(), self._decoder.centroids)

    def pack(self, tokens: Floats) -> bytes:
        """Return the codes of (m, d) token vectors, `parts` bytes each: in each slice the nearest centroid."""
        parts, _, width = self.codebooks.shape
        slices = np.ascontiguousarray(tokens.reshape(len(tokens), parts, width).transpose(1, 0, 2))
        nearest = (slices @ self._columns - self._halves).argmax(axis=2)  # (parts, m)
        return bytes(nearest.T.astype(np.uint8).tobytes())

    def unpack(self, packed: bytes) -> Floats:
        """Return the (m, d) rows that the codes stand for, of about unit length."""
        codes = np.frombuffer(packed, np.uint8).reshape(-1, len(self.codebooks))
        with one_thread():
            return np.asarray(self._decoder.decode(codes), dtype=np.float32)

    def size(self, packed: bytes) -> int:
        """Return the number of token vectors that the codes stand for."""
        return len(packed) // len(self.codebooks)

    def tobytes(self) -> bytes:
        """Return the codebooks for storing, the number of parts first; `codec_from_bytes` reads them."""
        return len(self.codebooks).to_bytes(4, "little") + self.codebooks.tobytes()


def train_codec(tokens: Floats) -> TokenCodec:
    """Return a codec fitted to (n, d) token vectors by k-means in each slice; the same vectors give the same codec."""
    dimension = tokens.shape[1]
    parts = _parts(dimension)
    quantizer = faiss.ProductQuantizer(dimension, parts, 8)
    quantizer.cp.seed = 1
    quantizer.cp.min_points_per_centroid = 1  # do not warn on a small sample
    quantizer.train(np.ascontiguousarray(tokens, dtype=np.float32))
    codebooks = faiss.vector_to_array(quantizer.centroids).reshape(parts, CENTROIDS, dimension // parts)
    return TokenCodec(np.asarray(codebooks, dtype=np.float32))


def codec_from_bytes(data: bytes, dimension: int) -> TokenCodec:
    """Return the codec whose codebooks `data` holds.

    Raises:
        ValueError: `data` is not of a size that codebooks for this dimension have.
    """
    parts = int.from_bytes(data[:4], "little")
    if len(data) != 4 + 4 * CENTROIDS * dimension or not parts or dimension % parts:
        raise ValueError(f"found {len(data)} bytes of codebooks, expected {4 + 4 * CENTROIDS * dimension}")
    return TokenCodec(np.frombuffer(data, np.float32, offset=4).reshape(parts, CENTROIDS, dimension // parts))


def best_matches(query: Encoding, rows: Floats, sizes: Sequence[int]) -> Floats:
    """Return, as (n, m), the best cosine of each of the m pieces of the query in each of n passages; without rows, 0.

    `rows` holds the token vectors of all passages one below the other, of any length, `sizes` how many each has.
    """
    best = np.zeros((len(sizes), len(query.tokens)), dtype=np.float32)
    filled = np.flatnonzero(sizes)
    if not len(filled) or not len(query.tokens):
        return best
    starts = np.concatenate([[0], np.cumsum(np.array(sizes)[filled])[:-1]])
    lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows))
    cosines = (rows @ query.tokens.T) / np.maximum(lengths, 1e-9)[:, None]
    best[filled] = np.maximum.reduceat(cosines, starts, axis=0)
    return best


def weakest(best: Floats) -> Floats:
    """Return the mean (n,) of the quarter of pieces that each passage meets worst: something it does not speak of."""
    count = max(1, best.shape[1] // 4)
    return np.asarray(np.partition(best, count - 1, axis=1)[:, :count].mean(axis=1), dtype=np.float32)


def idf_weights(passages_with: Floats, total: int) -> Floats:
    """Return the weights of query pieces, summing to 1, from the number of passages that hold each."""
    idf = np.log((total + 1.0) / (passages_with + 0.5))
    weights = np.maximum(idf, 0.01) ** IDF_EXPONENT
    return np.asarray(weights / weights.sum(), dtype=np.float32)


def _parts(dimension: int) -> int:
    """PARTS, or the largest smaller number of slices that the dimension divides into."""
    return next(parts for parts in range(min(PARTS, dimension), 0, -1) if dimension % parts == 0)
