"""What an index in Milvus knows of its briefs, read by key: heads, texts, settings, names, copies, corrections."""

import json
import zlib
from base64 import b64decode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from ..corpus import Brief, StoreDamaged
from .milvus_client import Collections, Row, number_of, packed_text, pieces_of
from .milvus_rows import (
    COPY,
    CORRECTION,
    HEAD,
    HEAD_FIELDS,
    LINK,
    NAME,
    SETTING,
    Head,
    catalog_row,
    head_of,
    owner_of,
    text_keys,
)
from .view import Known


class Catalog:
    """Safe to share between threads."""

    def __init__(self, collections: Collections) -> None:
        self._collections = collections

    # --- settings ------------------------------------------------------------------------------------------------

    def setting(self, key: str) -> Any:
        """Return the recorded value, or None."""
        rows = self._collections.read(self._collections.catalog, [f"s{key}"], ["facts"])
        return json.loads(rows[0]["facts"]) if rows else None

    def put_settings(self, settings: dict[str, Any]) -> None:
        """Record the values."""
        rows = [catalog_row(f"s{key}", SETTING, value) for key, value in settings.items()]
        self._collections.write(self._collections.catalog, rows)

    def blob(self, key: str) -> bytes | None:
        """Return the recorded bytes, if they are those that were written.

        Raises:
            StoreDamaged: they are others.
        """
        label = self.setting(key)
        if label is None:
            return None
        keys = [f"{key}-{label['crc']}-{part}" for part in range(label["parts"])]
        rows = self._collections.read(self._collections.payload, keys, ["key", "text"])
        found = {row["key"]: row["text"] for row in rows}
        data = b64decode("".join(found.get(each, "") for each in keys))
        if zlib.crc32(data) != label["crc"]:
            raise StoreDamaged(f"the setting {key} in Milvus is not as it was written; move the index there again")
        return data

    def put_blob(self, key: str, data: bytes) -> None:
        """Record the bytes, the label last."""
        parts, crc = pieces_of(packed_text(data)), zlib.crc32(data)
        rows = [
            {"key": f"{key}-{crc}-{number}", "facts": "", "text": part, "packed": ""}
            for number, part in enumerate(parts)
        ]
        self._collections.write(self._collections.payload, rows)
        self.put_settings({key: {"parts": len(parts), "crc": crc}})

    def is_new(self) -> bool:
        """Whether nothing was recorded yet."""
        return self.setting("format") is None

    def generation(self) -> int:
        """Return the number of the last change, which grows from change to change."""
        return int(self.setting("generation") or 0)

    # --- briefs --------------------------------------------------------------------------------------------------

    def heads(self, owners: Iterable[int]) -> dict[int, Head]:
        """Return the heads of those of the briefs that are there."""
        keys = [f"b{owner}" for owner in owners]
        rows = self._collections.read(self._collections.catalog, keys, HEAD_FIELDS)
        return {int(row["owner"]): head_of(row) for row in rows}

    def head(self, brief_id: str) -> Head | None:
        """Return the head of the brief with this id, or with this as one of its names."""
        owner = owner_of(brief_id)
        found = self.heads([owner]) or self.heads(self.own_names([owner]).values())
        return next(iter(found.values()), None)

    def size(self) -> int:
        """Return the number of briefs."""
        return self._collections.count(self._collections.catalog, f"kind == {HEAD}")

    def all_heads(self, below: int | None = None) -> list[Head]:
        """Return all heads, or those of the briefs whose number is below a bound."""
        condition = f"kind == {HEAD}" + (f" and owner < {below}" if below is not None else "")
        return [head_of(row) for row in self._collections.scan(self._collections.catalog, condition, HEAD_FIELDS)]

    def undated(self, most: int) -> list[Head]:
        """Return the heads of briefs without a date, `most` of them."""
        rows = self._collections.scan(self._collections.catalog, f"kind == {HEAD} and day == 0", HEAD_FIELDS)
        return [head_of(row) for row in islice(rows, most)]

    def from_source(self, sources: Sequence[int]) -> list[Head]:
        """Return the heads of the briefs read from these sources, by the sources' numbers."""
        return [head_of(row) for row in self._selected(HEAD, "source", sources, HEAD_FIELDS)]

    def with_text(self, numbers: Sequence[int]) -> list[Head]:
        """Return the heads of the briefs that have one of these texts, by the texts' numbers."""
        return [head_of(row) for row in self._selected(HEAD, "other", numbers, HEAD_FIELDS)]

    def texts(self, heads: Iterable[Head]) -> dict[int, str]:
        """Return the texts of those of the briefs that are whole."""
        wanted = {head.owner: text_keys(head.owner, head.extent) for head in heads}
        keys = [key for each in wanted.values() for key in each]
        rows = self._collections.read(self._collections.payload, keys, ["key", "text"])
        found = {row["key"]: row["text"] for row in rows}
        return {
            owner: "".join(found[key] for key in each)
            for owner, each in wanted.items()
            if all(key in found for key in each)
        }

    def briefs(self, heads: Sequence[Head]) -> list[Brief]:
        """Return those of the briefs that are whole, newest first, undated last."""
        texts = self.texts(heads)
        briefs = [head.brief(texts[head.owner]) for head in heads if head.owner in texts]
        return sorted(briefs, key=lambda brief: (-(brief.published.toordinal() if brief.published else 0), brief.id))

    # --- beside the briefs ---------------------------------------------------------------------------------------

    def known(self) -> Known:
        """Return the names that briefs have carried, those of removed ones, too; undated briefs are not among it."""
        names: dict[str, set[str]] = {"institution": set(), "author": set(), "language": set()}
        for row in self._collections.scan(self._collections.catalog, f"kind == {NAME}", ["facts"]):
            kind, name = json.loads(row["facts"])
            names[kind].add(name)
        return Known(tuple(sorted(names["institution"])), tuple(sorted(names["author"])), "ko" in names["language"])

    def copies_of(self, owners: Sequence[int]) -> list[dict[str, str]]:
        """Return the further names of the briefs, as {id, brief, source, known}."""
        found = [json.loads(row["facts"]) for row in self._selected(COPY, "other", owners, ["facts"])]
        return sorted(found, key=lambda copy: str(copy["id"]))

    def copies_from(self, source: int) -> list[dict[str, str]]:
        """Return the names that were given by a source."""
        return [json.loads(row["facts"]) for row in self._selected(COPY, "source", [source], ["facts"])]

    def own_names(self, owners: Iterable[int]) -> dict[int, int]:
        """Return, for those of the names that are copies, the number of the brief that has the text."""
        keys = [f"c{owner}" for owner in owners]
        rows = self._collections.read(self._collections.catalog, keys, ["owner", "other"])
        return {int(row["owner"]): int(row["other"]) for row in rows}

    def links(self, owners: Iterable[int]) -> list["Link"]:
        """Return the links of the briefs with other versions of them."""
        rows = self._selected(LINK, "owner", list(owners), ["owner", "other", "facts"])
        return [Link(int(row["owner"]), int(row["other"]), float(json.loads(row["facts"]))) for row in rows]

    def corrections(self, owners: Iterable[int]) -> dict[int, dict[str, Any]]:
        """Return what was corrected of the briefs, as it is stored."""
        keys = [f"k{owner}" for owner in owners]
        rows = self._collections.read(self._collections.catalog, keys, ["owner", "facts"])
        return {int(row["owner"]): json.loads(row["facts"]) for row in rows}

    def all_corrected(self) -> set[int]:
        """Return the numbers of the briefs that were corrected."""
        rows = self._collections.scan(self._collections.catalog, f"kind == {CORRECTION}", ["owner"])
        return {int(row["owner"]) for row in rows}

    def _selected(self, kind: int, column: str, numbers: Sequence[int], fields: Sequence[str]) -> list[Row]:
        if not numbers:
            return []
        wanted = ", ".join(map(str, numbers))
        condition = f"kind == {kind} and {column} in [{wanted}]"
        return self._collections.select(self._collections.catalog, condition, fields)


@dataclass(frozen=True, slots=True)
class Link:
    """Two versions of one text, by their briefs' numbers, and how alike they are."""

    owner: int
    other: int
    similarity: float


def link_row(owner: int, other: int, similarity: float) -> Row:
    """Return the row that links a brief with a version of it."""
    return catalog_row(f"l{owner}-{other}", LINK, similarity, owner=owner, other=other)


def copy_row(copy_id: str, brief_id: str, source: str, known: str) -> Row:
    """Return the row of a further name of a brief."""
    facts = {"id": copy_id, "brief": brief_id, "source": source, "known": known}
    owner, other = owner_of(copy_id), owner_of(brief_id)
    return catalog_row(f"c{owner}", COPY, facts, owner=owner, other=other, source=number_of("source", source))
