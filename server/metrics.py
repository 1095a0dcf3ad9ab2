"""Counters for `/metrics` in Prometheus's text form. One registry per app, so that two apps in a test do
not meet.

With several workers prometheus_client keeps the counters in files that all of them read, in the folder that
`server.workers` names before a worker starts; whichever worker is asked tells the sum.
"""

from __future__ import annotations

import os

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from server.service import Snapshot

BUCKETS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class Metrics:
    """What is counted: requests and their time by route, answers by status, and the size of the library."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        labels = ("method", "route", "status")
        self._requests = Counter("tiaowen_requests", "Requests answered", labels, registry=self.registry)
        self._seconds = Histogram(
            "tiaowen_request_seconds",
            "Seconds from the request to the end of its answer",
            ("route",),
            buckets=BUCKETS,
            registry=self.registry,
        )
        self._answers = Counter("tiaowen_answers", "Questions by outcome", ("status",), registry=self.registry)
        self._documents = Gauge(
            "tiaowen_documents", "Documents in the library", registry=self.registry, multiprocess_mode="mostrecent"
        )
        self._clauses = Gauge(
            "tiaowen_clauses", "Clauses in the library", registry=self.registry, multiprocess_mode="mostrecent"
        )

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request under its route's pattern; addresses nobody serves share one label."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def answer(self, status: str) -> None:
        """Count one question, `answered` or `not_found`."""
        self._answers.labels(status).inc()

    def text(self, snapshot: Snapshot | None) -> bytes:
        """All of it in Prometheus's text form."""
        if snapshot is not None:
            self._documents.set(len(snapshot.infos))
            self._clauses.set(snapshot.clause_count)
        if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
            return generate_latest(self.registry)
        shared = CollectorRegistry()
        MultiProcessCollector(shared)  # type: ignore[no-untyped-call]  # prometheus_client types only a part
        return generate_latest(shared)
