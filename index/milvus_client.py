"""Three Milvus collections behind one small class; pymilvus' errors as ours, at this one seam.

`NAME` is what is searched: a vector and analysed words a passage, and what filters ask for. `NAME_catalog` has a row a
brief and the settings; `NAME_payload` has what is only ever read by its key: texts, token vectors. Rows are read by key
wherever possible: it costs the same in a small and in a large collection.
"""

import base64
import hashlib
import logging
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from ..corpus import StoreError, StoreMismatch
from .milvus_address import Address
from .milvus_schema import CATALOG, PASSAGES, PAYLOAD, TEXT, Field, collection_of

FORMAT = 1
KEYS = 500  # asked for at once
WAIT = 10.0  # seconds for a server to answer when it is opened
Row = dict[str, Any]
"""One row, by the names of its fields."""


def number_of(*parts: object) -> int:
    """Return 62 bits that stand for the parts: what is asked for by number needs no quoting."""
    digest = hashlib.blake2b("\x00".join(map(str, parts)).encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 2


def packed_text(data: bytes) -> str:
    """Return bytes as a string, which is all that Milvus stores."""
    return base64.b64encode(data).decode("ascii")


def pieces_of(text: str, size: int = TEXT - 5) -> list[str]:
    """Return the text cut into strings of at most `size` bytes of UTF-8, at least one."""
    raw = text.encode("utf-8")
    cut, start = [], 0
    while len(raw) - start > size:
        end = start + size
        while raw[end] & 0xC0 == 0x80:  # within a character
            end -= 1
        cut.append(raw[start:end].decode("utf-8"))
        start = end
    return [*cut, raw[start:].decode("utf-8")]


def in_parts(values: Iterable[Any], size: int = KEYS) -> Iterator[list[Any]]:
    """Yield the values in lists of at most `size`."""
    source = iter(values)
    while part := list(islice(source, size)):
        yield part


class Collections:
    """The collections of one index. Safe to share between threads."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self.passages = address.collection
        self.catalog = f"{address.collection}_catalog"
        self.payload = f"{address.collection}_payload"
        self._lock = threading.Lock()
        milvus = _pymilvus()
        with self._errors():
            if address.local:
                Path(address.uri).parent.mkdir(parents=True, exist_ok=True)
            # Milvus Lite refuses pings as often as the client sends them, and says so on standard error.
            quiet = {"grpc_options": {"grpc.keepalive_time_ms": 2**31 - 1}} if address.local else {}
            self._client = milvus.MilvusClient(address.uri, token=address.token, timeout=WAIT, **quiet)
        try:
            with self._errors():
                self.made = self._loaded(milvus)
        except BaseException:
            self.close()
            raise

    def _loaded(self, milvus: Any) -> bool:
        """Load the collections, and make those that every index has; whether there is the one that is searched."""
        there = set(self._client.list_collections()) & {self.passages, self.catalog, self.payload}
        if self.passages in there and self.catalog not in there:
            raise StoreMismatch(
                f"the collection {self.passages} at {self.address.uri} is none of Northbrief's; name another one"
            )
        for name, fields in ((self.catalog, CATALOG), (self.payload, PAYLOAD)):
            if name not in there:
                self._create(milvus, name, fields)
            self._client.load_collection(name)
        if self.passages in there:
            self._client.load_collection(self.passages)
        return self.passages in there

    def create_passages(self, dimension: int) -> None:
        """Make the collection that is searched; its vectors' size is known with the first encoder."""
        with self._lock, self._errors():
            if not self.made:
                if not self._client.has_collection(self.passages):
                    self._create(_pymilvus(), self.passages, PASSAGES, dimension)
                self._client.load_collection(self.passages)
                self.made = True

    def read(self, name: str, keys: Sequence[Any], fields: Sequence[str]) -> list[Row]:
        """Return the rows with these keys that are there, in any order."""
        column = "n" if name == self.passages else "key"
        found: list[Row] = []
        for part in in_parts(dict.fromkeys(keys)):
            wanted = ", ".join(str(key) if column == "n" else f'"{key}"' for key in part)
            found += self.select(name, f"{column} in [{wanted}]", fields)
        return found

    def select(self, name: str, condition: str, fields: Sequence[str]) -> list[Row]:
        """Return the rows that a condition is true of, a few thousand at most."""
        with self._errors():
            return [dict(row) for row in self._client.query(name, filter=condition, output_fields=list(fields))]

    def scan(self, name: str, condition: str, fields: Sequence[str]) -> Iterator[Row]:
        """Yield all rows that a condition is true of."""
        with self._errors():
            pages = self._client.query_iterator(name, batch_size=1000, filter=condition, output_fields=list(fields))
        while True:
            with self._errors():
                rows = pages.next()
            if not rows:
                pages.close()
                return
            yield from map(dict, rows)

    def count(self, name: str, condition: str = "") -> int:
        """Return the number of rows that a condition is true of."""
        with self._errors():
            rows = self._client.query(name, filter=condition, output_fields=["count(*)"])
            return int(rows[0]["count(*)"])

    def search(self, field: str, asked: Any, k: int, condition: str) -> list[tuple[Row, float]]:
        """Return at most `k` (row, score) of the passages, best first: by cosine or, for "sparse", by BM25."""
        metric = "BM25" if field == "sparse" else "IP"
        with self._errors():
            [found] = self._client.search(
                self.passages,
                data=[asked],
                anns_field=field,
                limit=k,
                filter=condition,
                output_fields=["n", "owner", "version", "place"],
                search_params={"metric_type": metric},
            )
        # Milvus Lite gives BM25 as a distance, below zero; a server gives it as a score.
        return [
            (dict(each["entity"]), abs(each["distance"]) if metric == "BM25" else each["distance"]) for each in found
        ]

    def write(self, name: str, rows: Sequence[Row]) -> None:
        """Put the rows in place of those with their keys; on the return they are safe."""
        with self._errors():
            for part in in_parts(rows):
                blank = {} if name == self.passages else {"blank": [0.0, 0.0]}
                self._client.upsert(name, [row | blank for row in part])

    def delete(self, name: str, keys: Sequence[Any]) -> None:
        """Remove the rows with these keys."""
        with self._errors():
            for part in in_parts(keys):
                self._client.delete(name, ids=list(part))

    def settle(self) -> None:
        """Let Milvus Lite write its log into segments, which it searches far faster; a server does so by itself."""
        if self.address.local:
            with self._errors():
                for name in (self.passages, self.catalog, self.payload):
                    if name != self.passages or self.made:
                        self._client.flush(name)

    def close(self) -> None:
        """Close the connection."""
        with self._errors():
            self._client.close()

    def _create(self, milvus: Any, name: str, fields: Sequence[Field], dimension: int = 2) -> None:
        schema, indexes = collection_of(milvus, fields, dimension, local=self.address.local)
        # Session: what this process wrote it sees; what others wrote follows within moments.
        self._client.create_collection(name, schema=schema, consistency_level="Session")
        # Milvus Lite has made an index when it answers; asked to wait, the client sleeps half a second for each.
        self._client.create_index(name, indexes, sync=not self.address.local)

    @contextmanager
    def _errors(self) -> Iterator[None]:
        milvus = _pymilvus()
        try:
            yield
        except milvus.MilvusException as error:
            place = f"{self.address.collection} at {self.address.uri}"
            raise StoreError(
                f"Milvus failed for {place} ({error.message}); check that it runs, and try again"
            ) from error
        except OSError as error:
            raise StoreError(f"{self.address.uri} cannot be opened or written ({error}); check the folder") from error


def _pymilvus() -> Any:
    """The package, whose own log would print what is raised anyway."""
    try:
        import pymilvus
    except ImportError as error:
        raise StoreError("an index in Milvus needs the extra: pip install 'northbrief[milvus]'") from error
    for name in ("pymilvus", "grpc._server"):  # the latter is Milvus Lite's, when a client asks what it does not have
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return pymilvus
