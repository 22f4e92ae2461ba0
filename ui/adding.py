"""Adding what lies at web addresses: each brief as it arrives, and what to remember once it is in the index."""

from collections.abc import Sequence
from dataclasses import replace

from ..corpus.addresses import Limits, load_addresses
from ..index import AddReport, Index
from ..index.types import Progress
from .settings import Application
from .terminal import err, print_failures, with_bar


def add_addresses(parts: Application, addresses: Sequence[str], limits: Limits) -> AddReport:
    """Fetch the addresses and add their briefs with a progress bar; what was not taken is listed with its reason."""
    left = 0

    def work(progress: Progress) -> AddReport:
        nonlocal left
        report, left = take_addresses(parts.index, addresses, limits, progress)
        return report

    report = with_bar(None, work)
    if left:
        err.print(f"{left} more were left over the limit of {limits.most}; run the command again for them.")
    print_failures(report.failed)
    return report


def take_addresses(index: Index, addresses: Sequence[str], limits: Limits, progress: Progress) -> tuple[AddReport, int]:
    """Fetch the addresses and add their briefs; return the report, and how many documents were over the limit."""
    visits = index.visits
    loader = load_addresses(*addresses, memory=visits, limits=limits)
    report = index.add(loader, progress=progress)
    lost = {failure.source for failure in report.failed}
    visits.save(visit for visit in loader.visits if visit.url not in lost)
    failed, unchanged = (*loader.failed, *report.failed), (*report.unchanged, *loader.unchanged)
    return replace(report, failed=failed, unchanged=unchanged), loader.left
