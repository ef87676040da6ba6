"""What one process observes of a platform: the message log, the log of requests, metrics."""

from collections.abc import Awaitable, Callable, Iterator
from typing import TYPE_CHECKING, TypeAlias

from ocpi_runtime.client import Exchange
from ocpi_server._clock import Clock
from ocpi_server.message_log import MessageRecorder
from ocpi_server.observing.exchanges import ExchangeObserver, Exchanges
from ocpi_server.observing.sent_requests import log_sent
from ocpi_server.settings import Settings
from ocpi_server.store import Database

if TYPE_CHECKING:
    from ocpi_server.observing.exchange_metrics import ExchangeMetrics

__all__ = ["Observation"]

_OnExchange: TypeAlias = Callable[[Exchange], None]


class Observation:
    """Observes what the settings ask for.

    Args:
        settings: The settings.
        database: Where the message log is kept.
        clock: Returns the current time.
        on_sent: Called with each exchange that this side began.
        on_served: Called with each exchange that a partner began.

    Attributes:
        exchanges: The hooks of the server and of clients.
        recorder: Writes the message log; None where it is off.
        metrics: Counts exchanges; None where there are no metrics.
    """

    def __init__(
        self,
        settings: Settings,
        database: Database,
        clock: Clock,
        on_sent: _OnExchange | None,
        on_served: _OnExchange | None,
    ) -> None:
        rules = settings.messages
        self.recorder = MessageRecorder(database, rules, clock) if rules.enabled else None
        self.metrics = _metrics() if settings.metrics.port else None
        observers = list(self._observers(log_requests=settings.log.requests))
        self.exchanges = Exchanges(observers, on_sent, on_served)

    def _observers(self, *, log_requests: bool) -> Iterator[ExchangeObserver]:
        if log_requests:
            yield log_sent
        if self.recorder is not None:
            yield self.recorder.record
        if self.metrics is not None:
            yield self.metrics.observe

    def steps(self) -> Iterator[Callable[[], Awaitable[object]]]:
        """Yield what is to be done again and again while the platform is served."""
        if self.recorder is not None:
            yield self.recorder.purge

    async def close(self) -> None:
        """Write down what was taken."""
        if self.recorder is not None:
            await self.recorder.close()


def _metrics() -> "ExchangeMetrics":
    # Imported here: few commands and platforms need it.
    from ocpi_server.observing.exchange_metrics import ExchangeMetrics  # noqa: PLC0415

    return ExchangeMetrics()
