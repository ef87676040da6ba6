"""The metrics of a process and of the state that it shares with others."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.metrics_core import CounterMetricFamily
from prometheus_client.registry import Collector

from ocpi_server._operations import Operations
from ocpi_server.monitoring._status import PartnerStatus, PlatformStatus, read_status
from ocpi_server.observing.observation import Observation

__all__ = ["StateMetrics"]

_LAGS: Final = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
_PARTNER: Final = ("partner",)


class StateMetrics:
    """Reads the state of a platform when it is asked, and writes it with what was counted.

    Args:
        platform: The platform.
        observation: What this process observes.

    Attributes:
        lag: How late the event loop goes on.
    """

    def __init__(self, platform: Operations, observation: Observation) -> None:
        self._platform, self._observation = platform, observation
        self._registry = CollectorRegistry()
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=self._registry)
        self.lag = Histogram(
            "ocpi_event_loop_lag_seconds",
            "How late the event loop of this process goes on after a pause.",
            buckets=_LAGS,
            registry=self._registry,
        )
        self._lock = asyncio.Lock()

    async def text(self) -> tuple[bytes, str]:
        """Return all metrics, and the content type of the text."""
        async with self._lock:
            status = await read_status(self._platform)
        registry = CollectorRegistry()
        registry.register(_Families([*_families(status), *self._own()]))
        assert self._observation.metrics is not None  # noqa: S101 - there is no server without
        known = (self._observation.metrics.registry, self._registry, registry)
        return b"".join(map(generate_latest, known)), CONTENT_TYPE_LATEST

    def _own(self) -> Iterator[Metric]:
        if self._observation.recorder is not None:
            yield CounterMetricFamily(
                "ocpi_messages_dropped",
                "Exchanges that the message log should have and has not.",
                value=self._observation.recorder.dropped,
            )


class _Families(Collector):
    """Metrics that have just been read."""

    def __init__(self, families: Sequence[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        return self._families


def _families(status: PlatformStatus) -> Iterator[Metric]:
    yield from _stored(status)
    yield _gauge("ocpi_commands_pending", "Requests of an hour whose result has not come.",
                 status.commands_pending)  # fmt: skip
    yield _gauge("ocpi_lossy_objects", "Objects that another version does not represent in full.",
                 status.losses)  # fmt: skip
    info = GaugeMetricFamily(
        "ocpi_partner_info", "1 for each partner.", labels=("partner", "name", "status")
    )
    for each in status.partners:
        info.add_metric((each.id, each.name, each.status), 1)
    yield info
    for name, meaning, read in _OF_PARTNER:
        family = GaugeMetricFamily(name, meaning, labels=_PARTNER)
        for each in status.partners:
            family.add_metric((each.id,), read(each))
        yield family
    yield from _pulls(status.partners)


_OF_PARTNER: Final = (
    ("ocpi_push_pending", "Objects that a partner has not been sent.",
     lambda each: each.pending),
    ("ocpi_push_parked", "Objects that a partner refused.",
     lambda each: each.parked),
    ("ocpi_push_lag_seconds", "Seconds since the oldest object changed that was not sent.",
     lambda each: each.push_lag),
    ("ocpi_push_failures", "Failures of pushes in a row; above 0 the circuit is open.",
     lambda each: each.push_failures),
    ("ocpi_push_circuit_open", "1 while pushes to a partner pause because of failures.",
     lambda each: int(each.push_failures > 0)),
    ("ocpi_partial_objects", "Objects of a partner that are not valid.",
     lambda each: each.partial_objects),
)  # fmt: skip


def _stored(status: PlatformStatus) -> Iterator[Metric]:
    labels = ("module", "side")
    objects = GaugeMetricFamily("ocpi_stored_objects", "Objects that are stored.", labels=labels)
    sizes = GaugeMetricFamily("ocpi_stored_bytes", "Bytes of their JSON.", labels=labels)
    for module, size in status.modules.items():
        objects.add_metric((module, "own"), size.own)
        objects.add_metric((module, "received"), size.received)
        sizes.add_metric((module, "own"), size.own_bytes)
        sizes.add_metric((module, "received"), size.received_bytes)
    yield from (objects, sizes)


def _pulls(partners: Sequence[PartnerStatus]) -> Iterator[Metric]:
    labels = ("partner", "module")
    ages = GaugeMetricFamily(
        "ocpi_pull_age_seconds", "Seconds since a list was pulled to its end.", labels=labels
    )
    failures = GaugeMetricFamily(
        "ocpi_pull_failures", "Failures of pulls of a list in a row.", labels=labels
    )
    for each in partners:
        for pull in each.pulls:
            failures.add_metric((each.id, pull.module), pull.failures)
            if pull.age is not None:
                ages.add_metric((each.id, pull.module), pull.age)
    yield from (ages, failures)


def _gauge(name: str, meaning: str, value: float) -> Metric:
    return GaugeMetricFamily(name, meaning, value=value)
