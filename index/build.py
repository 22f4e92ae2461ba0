"""What an index was made with: encoder, chunking and token codec, recorded in it, and others refused."""

import json
import os
import threading
import zlib
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import uuid4

import numpy as np

from ..corpus import StoreMismatch
from ..corpus.chunk import Chunking
from ..corpus.shelf import load_shelf
from .encoder import load_encoder
from .export import cache_folder
from .ingest import prepare
from .late import PARTS, TokenCodec, codec_from_bytes, train_codec
from .store import Store
from .types import Encoder
from .weights import MINILM

CODEC_EVERY = 3  # every third passage of the shipped shelf, some 12,000 token vectors, fits the token codec


class Build:
    """What this program would make an index with, held against what the index at hand was made with."""

    def __init__(self, store: Store, encoder: Encoder | str, *, late: bool) -> None:
        self._store = store
        self._encoder = encoder
        self._late = late
        self._lock = threading.RLock()
        self.check()

    @property
    def encoder(self) -> Encoder:
        """The encoder, loaded on first use.

        Raises:
            WeightsError: its weights are missing, or are not the pinned ones.
            StoreMismatch: the index was made by another one.
        """
        with self._lock:
            if isinstance(self._encoder, str):
                loaded = load_encoder(self._encoder)
                check_build(self._store.json_setting("encoder"), self._chunking(), loaded, str(self._store.path))
                self._encoder = loaded
            return self._encoder

    def dimension(self) -> int:
        """Return the number of values of the index's vectors."""
        made = self._store.json_setting("encoder")
        return int(made["dimension"]) if made else self.encoder.spec.dimension

    def check(self) -> None:
        """Refuse an index that was made otherwise than this program would add to it.

        Raises:
            StoreMismatch: it was.
        """
        check_build(self._store.json_setting("encoder"), self._chunking(), self._encoder, str(self._store.path))

    def record(self) -> None:
        """Record, with the first passages, everything that later ones must have in common with them."""
        encoder = self.encoder
        if self._store.setting("encoder") is None:
            settings = new_settings(encoder, fitted_codec(encoder).tobytes() if self._late else None)
            with self._store.writing() as connection:
                connection.executemany("INSERT OR IGNORE INTO settings VALUES (?, ?)", list(settings.items()))
        self.check()  # another process may have been first, with another encoder

    def _chunking(self) -> Any:
        return self._store.json_setting("chunking")


def new_settings(encoder: Encoder, codec: bytes | None) -> dict[str, str | bytes | int]:
    """Return what is recorded in a new index; `codec` is what packs its token vectors, if it has any."""
    settings: dict[str, str | bytes | int] = {
        "encoder": json.dumps(asdict(encoder.spec)),
        "chunking": json.dumps(asdict(Chunking())),
        "store": uuid4().hex,
    }
    if codec:
        settings |= {"codec": codec, "codec_crc": zlib.crc32(codec)}
    return settings


def check_build(
    made: Any, chunking: Any, encoder: Encoder | str, place: str, remedy: str = "Run `northbrief rebuild`"
) -> None:
    """Refuse the index at `place`, made by the encoder `made` with `chunking`, if this program would make it otherwise.

    Raises:
        StoreMismatch: it would.
    """
    if made is None:
        return
    if isinstance(encoder, str):
        ours = {"name": encoder} | ({"weights": MINILM.sha256} if encoder == MINILM.name else {})
    else:
        ours = asdict(encoder.spec)
    expected = asdict(Chunking())
    if any(made[key] != value for key, value in ours.items()) or chunking != expected:
        raise StoreMismatch(
            f"{place} was built with {_described(made, chunking)}; the settings name "
            f"{_described(ours, expected)}. {remedy}, or set `encoder` back"
        )


def fitted_codec(encoder: Encoder) -> TokenCodec:
    """Return the codec for the encoder's token vectors, fitted once a machine to the shipped shelf and kept.

    The index stores the codec it was made with, so a later fit, or another machine's, changes nothing in it.
    """
    spec = encoder.spec
    kept = cache_folder() / "codecs" / f"{spec.weights[:16]}-{spec.dimension}-{spec.precision}-{PARTS}.bin"
    try:
        return codec_from_bytes(kept.read_bytes(), spec.dimension)
    except (OSError, ValueError):  # missing, or of another size
        pass
    texts = [text for brief in load_shelf() for text in prepare(brief, encoder, Chunking()).inputs][::CODEC_EVERY]
    tokens = np.concatenate([encoding.tokens for encoding in encoder.encode(texts)])
    codec = train_codec(tokens)
    kept.parent.mkdir(parents=True, exist_ok=True)
    scratch = kept.with_name(f".{kept.name}.{os.getpid()}")
    scratch.write_bytes(codec.tobytes())
    os.replace(scratch, kept)
    return codec


def _described(spec: Mapping[str, object], chunking: Mapping[str, object]) -> str:
    details = []
    if "dimension" in spec:
        details = [f"{spec['dimension']} dimensions", spec["precision"], f"weights {str(spec['weights'])[:12]}"]
    return ", ".join(map(str, [spec["name"], *details, f"passages of {chunking['pieces']} word pieces"]))
