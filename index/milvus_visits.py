"""What an index in Milvus remembers of web addresses: nothing, so they are fetched whole each time."""

from collections.abc import Iterable

from ..corpus.visits import Visit
from .milvus_catalog import Catalog
from .milvus_client import number_of


class NoVisits:
    """The `Memory` of such an index."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def visit(self, url: str) -> Visit | None:
        """Return None: no visit is remembered."""
        return None

    def holds(self, url: str) -> bool:
        """Whether a brief was read from this address, under whichever name."""
        number = number_of("source", url)
        return bool(self._catalog.from_source([number]) or self._catalog.copies_from(number))

    def save(self, visits: Iterable[Visit]) -> None:
        """Remember nothing."""

    def forget(self, urls: Iterable[str]) -> None:
        """There is nothing to forget."""
