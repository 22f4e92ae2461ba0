"""What an index in Milvus was made with: encoder, chunking and token codec, recorded in it, and others refused."""

import threading
from dataclasses import asdict

from ..corpus import StoreMismatch
from ..corpus.chunk import Chunking
from .build import check_build, fitted_codec
from .encoder import load_encoder
from .late import TokenCodec, codec_from_bytes
from .milvus_catalog import Catalog
from .milvus_client import FORMAT
from .types import Encoder

REMEDY = "Name a new collection and add the briefs to it"


class MilvusBuild:
    """What this program would make an index with, held against what the one at `place` was made with."""

    def __init__(self, catalog: Catalog, encoder: Encoder | str, place: str, *, late: bool) -> None:
        self._catalog = catalog
        self._encoder = encoder
        self._place = place
        self._late = late
        self._lock = threading.RLock()
        self._dimension = 0
        self._codec: TokenCodec | None = None
        self._sought = False  # whether the codec has been looked for since the index was made
        found = catalog.setting("format")
        if found not in (None, FORMAT):
            raise StoreMismatch(
                f"{place} has index format {found}, expected {FORMAT}; update northbrief if the index is of a later "
                f"version. {REMEDY}"
            )
        self.check()

    @property
    def encoder(self) -> Encoder:
        """The encoder, loaded on first use; errors are those of `Index.encoder`."""
        with self._lock:
            if isinstance(self._encoder, str):
                loaded = load_encoder(self._encoder)
                self._check(loaded)
                self._encoder = loaded
            return self._encoder

    def check(self) -> None:
        """Refuse an index that was made otherwise than this program would add to it.

        Raises:
            StoreMismatch: it was.
        """
        self._check(self._encoder)

    def codec(self) -> TokenCodec | None:
        """Return what packs token vectors, None for an index without them."""
        with self._lock:
            if not self._sought and not self._catalog.is_new():
                data = self._catalog.blob("codec")
                self._codec = codec_from_bytes(data, self.dimension()) if data else None
                self._sought = True
            return self._codec

    def dimension(self) -> int:
        """Return the number of values of the index's vectors."""
        if not self._dimension and (made := self._catalog.setting("encoder")):
            self._dimension = int(made["dimension"])
        return self._dimension or self.encoder.spec.dimension

    def record(self, codec: bytes | None = None) -> None:
        """Record, with the first passages, everything that later ones must have in common with them.

        `codec` is what packed vectors that are moved here, empty if there are none; by default this machine's.

        Raises:
            StoreMismatch: another process was first, with another encoder.
        """
        encoder = self.encoder
        if self._catalog.is_new():
            if codec is None and self._late:
                codec = fitted_codec(encoder).tobytes()
            if codec:
                self._catalog.put_blob("codec", codec)
            settings = {"chunking": asdict(Chunking()), "encoder": asdict(encoder.spec), "format": FORMAT}
            for key, value in settings.items():  # the format last: what is before it is whole
                self._catalog.put_settings({key: value})
        self.check()

    def _check(self, encoder: Encoder | str) -> None:
        if made := self._catalog.setting("encoder"):
            check_build(made, self._catalog.setting("chunking"), encoder, self._place, REMEDY)
