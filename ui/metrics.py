"""What Prometheus is told: requests by route and status, how long they took, how many run, and the library's size."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """The figures of one service. Routes are labelled by their pattern, so that no client can make up labels."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "northbrief_requests",
            "Requests by route and status.",
            ["method", "route", "status"],
            registry=self._registry,
        )
        self._seconds = Histogram(
            "northbrief_request_seconds",
            "Seconds from a request to the end of its response.",
            ["route"],
            buckets=SECONDS,
            registry=self._registry,
        )
        self._answers = Counter("northbrief_answers", "Answers given.", ["abstained"], registry=self._registry)
        self.running = Gauge("northbrief_running", "Questions being worked on.", registry=self._registry)
        self._briefs = Gauge("northbrief_briefs", "Briefs in the index.", registry=self._registry)
        self._passages = Gauge("northbrief_passages", "Passages in the index.", registry=self._registry)

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request that has ended."""
        known = method if method in {"GET", "HEAD", "POST", "DELETE", "OPTIONS"} else "other"
        self._requests.labels(known, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def answer(self, abstained: bool) -> None:
        """Count an answer."""
        self._answers.labels(str(abstained).lower()).inc()

    def text(self, briefs: int, passages: int) -> bytes:
        """Return everything in Prometheus' text form, with the library's size as it is now."""
        self._briefs.set(briefs)
        self._passages.set(passages)
        return generate_latest(self._registry)
