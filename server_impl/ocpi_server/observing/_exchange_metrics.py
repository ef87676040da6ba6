"""Counts and durations of HTTP exchanges, as Prometheus reads them.

No label has a value that a partner makes up: whatever is not known here is ``other``.
"""

from http import HTTPStatus
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram

from ocpi_runtime.client import Exchange
from ocpi_runtime.status import Status
from ocpi_server.message_log import Direction

__all__ = ["ExchangeMetrics"]

_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_HTTP: Final = {status.value: str(status.value) for status in HTTPStatus} | {0: "none"}
_OCPI: Final[dict[int | None, str]] = {
    **{status.value: str(status.value) for status in Status},
    None: "none",
}
_OTHER: Final = "other"


class ExchangeMetrics:
    """The metrics of exchanges, in a registry of their own.

    Attributes:
        registry: Has them.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._count = Counter(
            "ocpi_requests",
            "HTTP exchanges with partners; direction is in where the partner began them.",
            ("direction", "module", "operation", "http_status", "ocpi_status"),
            registry=self.registry,
        )
        self._seconds = Histogram(
            "ocpi_request_seconds",
            "Seconds from a request to the end of its answer.",
            ("direction", "module"),
            buckets=_SECONDS,
            registry=self.registry,
        )

    def observe(self, exchange: Exchange, direction: Direction, _partner: str | None) -> None:
        """Count an exchange. Modules and operations are those of the bundles, or empty."""
        module = exchange.module or _OTHER
        self._count.labels(
            direction,
            module,
            exchange.operation or _OTHER,
            _HTTP.get(exchange.http_status, _OTHER),
            _OCPI.get(exchange.status_code, _OTHER),
        ).inc()
        self._seconds.labels(direction, module).observe(exchange.duration)
