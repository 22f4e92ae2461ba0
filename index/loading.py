"""Many briefs into an index at once: by threads of one process, and by processes that each take a part of them.

A brief is acknowledged once it is stored whole. A load that was killed is run again as it was: what is there unchanged
is passed over, what was left half written is cleaned up.
"""

import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import islice

from ..corpus import Brief, BriefLoader, StoreError
from .index import Index
from .milvus import MilvusIndex
from .types import AddReport, Progress

WAIT = 300.0  # seconds for the first worker to begin
GROUP = 16  # briefs that a thread encodes and stores together

Acknowledged = Callable[[AddReport], None]
"""Called, in one thread at a time, with what a group of briefs came to, once all of them are stored."""


def load(
    index: Index,
    briefs: Iterable[Brief],
    *,
    part: tuple[int, int] = (1, 1),
    threads: int = 1,
    acknowledged: Acknowledged | None = None,
    progress: Progress | None = None,
) -> AddReport:
    """Add the briefs whose ids fall to `part`: (2, 8) is the second of eight workers, and a brief is always one's.

    Each worker is given the same briefs. More `threads` than one are for an index in Milvus, which writes while others
    encode; a file has one writer, and one thread.

    Raises:
        ValueError: the part is none of its whole.
        StoreError: the index is new, and the first worker, which begins it, did not come.
    """
    number, of = part
    if not 1 <= number <= of:
        raise ValueError(f"found part {number} of {of}, expected 1 to {of}")
    if not isinstance(index, MilvusIndex):
        threads = 1
    else:
        index.writer.alone = True  # of these briefs
        if number > 1:
            _wait_for_the_first(index)
    claimed: dict[str, str] = {}
    reports: list[AddReport] = []

    def settle(done: Iterable[Future[AddReport]]) -> None:
        for future in done:
            reports.append(future.result())
            if acknowledged:
                acknowledged(reports[-1])
            if progress:
                progress(sum(map(_seen, reports)), sum(report.passages for report in reports))

    mine = (brief for brief in briefs if zlib.crc32(brief.id.encode("utf-8")) % of == number - 1)
    with ThreadPoolExecutor(threads) as pool:
        running: set[Future[AddReport]] = set()
        for group in _groups(mine):
            running.add(pool.submit(index.add, group, claimed=claimed))
            if len(running) > threads:  # the next group is read meanwhile, no more
                done, running = wait(running, return_when=FIRST_COMPLETED)
                settle(done)
        settle(wait(running).done)
    index.save_dense()
    return AddReport.of(reports, *(briefs.failed if isinstance(briefs, BriefLoader) and number == 1 else ()))


def _wait_for_the_first(index: MilvusIndex) -> None:
    """Two workers on two machines would fit two codebooks; the first one's are everybody's."""
    began = time.monotonic()
    while index.catalog.is_new():
        if time.monotonic() > began + WAIT:
            raise StoreError(f"found nothing at {index.path.stem} after {WAIT:.0f} s; begin with the first part")
        time.sleep(0.2)


def _groups(briefs: Iterable[Brief]) -> Iterator[list[Brief]]:
    source = iter(briefs)
    while group := list(islice(source, GROUP)):
        yield group


def _seen(report: AddReport) -> int:
    return len(report.added) + len(report.unchanged) + len(report.replaced) + len(report.failed)
