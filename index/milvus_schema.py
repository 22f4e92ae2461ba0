"""The fields of the three collections, and their indexes."""

from collections.abc import Sequence
from typing import Any

TEXT = 65_535  # bytes, the longest string that Milvus takes
Options = dict[str, Any]
Field = tuple[str, str, Options]
"""Name, Milvus' type, and its options."""

_KEY: Options = {"max_length": 100, "is_primary": True}
_LONG: Options = {"max_length": TEXT}
ASKED = {"owner", "day", "institution", "language", "kind", "source", "other"}  # in conditions: they get an index
PASSAGES: list[Field] = [
    ("n", "INT64", {"is_primary": True}),
    *((field, "INT64", {}) for field in ("owner", "version", "place", "day", "institution", "language")),
    ("authors", "VARCHAR", _LONG),
    ("vector", "FLOAT_VECTOR", {}),
    ("stems", "VARCHAR", _LONG | {"enable_analyzer": True, "analyzer_params": {"tokenizer": "standard"}}),
    ("sparse", "SPARSE_FLOAT_VECTOR", {}),
]
CATALOG: list[Field] = [
    ("key", "VARCHAR", _KEY),
    *((field, "INT64", {}) for field in ("kind", "owner", "version", "source", "other", "day")),
    ("facts", "VARCHAR", _LONG),
    ("blank", "FLOAT_VECTOR", {}),  # Milvus wants a vector in every collection
]
PAYLOAD: list[Field] = [
    ("key", "VARCHAR", _KEY),
    ("facts", "VARCHAR", _LONG),
    ("text", "VARCHAR", _LONG),
    ("packed", "VARCHAR", _LONG),
    ("blank", "FLOAT_VECTOR", {}),
]


def collection_of(milvus: Any, fields: Sequence[Field], dimension: int, *, local: bool) -> tuple[Any, Any]:
    """Return schema and indexes of a collection with these fields; `dimension` is that of its vectors.

    Milvus Lite (`local`) knows no scalar indexes and is searched exactly; a server chooses its own index.
    """
    schema = milvus.MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
    indexes = milvus.MilvusClient.prepare_index_params()
    for field, kind, options in fields:
        size = {"dim": dimension} if kind == "FLOAT_VECTOR" else {}
        schema.add_field(field, getattr(milvus.DataType, kind), **size, **options)
        if kind == "FLOAT_VECTOR":
            indexes.add_index(field, index_type="AUTOINDEX" if not local else "FLAT", metric_type="IP")
        elif kind == "SPARSE_FLOAT_VECTOR":
            numbers = {"bm25_k1": 1.2, "bm25_b": 0.75}  # FTS5's
            indexes.add_index(field, index_type="SPARSE_INVERTED_INDEX", metric_type="BM25", params=numbers)
        elif field in ASKED and not local:
            indexes.add_index(field, index_type="INVERTED")
    if any(field == "sparse" for field, _, _ in fields):
        bm25 = milvus.Function(
            name="bm25",
            input_field_names=["stems"],
            output_field_names=["sparse"],
            function_type=milvus.FunctionType.BM25,
        )
        schema.add_function(bm25)
    return schema, indexes
