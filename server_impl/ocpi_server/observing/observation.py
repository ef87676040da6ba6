"""What one process observes of a platform: the message log, the log of requests, metrics."""

from collections.abc import Awaitable, Callable, Iterator
from typing import TYPE_CHECKING, TypeAlias

from ocpi_runtime.client import Exchange
from ocpi_server._clock import Clock
from ocpi_server.message_log import MessageRecorder
from ocpi_server.observing._exchanges import ExchangeObserver, Exchanges
from ocpi_server.observing._sent_requests import log_sent
from ocpi_server.observing.work import observe_work
from ocpi_server.settings import Settings
from ocpi_server.store import Database

if TYPE_CHECKING:
    from opentelemetry.trace import TracerProvider
    from starlette.types import ASGIApp

    from ocpi_server.observing._exchange_metrics import ExchangeMetrics
    from ocpi_server.observing._tracing import Tracing

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
        provider: Takes spans; by default that of the environment, where the settings ask for it.

    Attributes:
        database: The same, with spans where they are wanted.
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
        provider: "TracerProvider | None" = None,
    ) -> None:
        self._tracing = _tracing(provider, enabled=settings.tracing.enabled)
        self._end_spans: Callable[[], None] = _nothing
        self.database = database
        if self._tracing is not None:
            from ocpi_server.observing._tracing import TracedDatabase  # noqa: PLC0415 - an extra

            self._end_spans = observe_work(self._tracing.working)
            self.database = TracedDatabase(database, self._tracing)
        rules = settings.messages
        self.recorder = MessageRecorder(database, rules, clock) if rules.enabled else None
        self.metrics = _metrics() if settings.metrics.port else None
        observers = list(self._observers(log_requests=settings.log.requests))
        samples_only = len(observers) == 1 and on_served is None and rules.sample < 1
        sampler = self.recorder if samples_only else None
        self.exchanges = Exchanges(observers, on_sent, on_served, sampler)

    def _observers(self, *, log_requests: bool) -> Iterator[ExchangeObserver]:
        if log_requests:
            yield log_sent
        if self.recorder is not None:
            yield self.recorder.record
        if self.metrics is not None:
            yield self.metrics.observe
        if self._tracing is not None:
            yield self._tracing.observe

    def around(self, app: "ASGIApp") -> "ASGIApp":
        """Return an application with spans where they are wanted."""
        if self._tracing is None:
            return app
        from ocpi_server.observing._tracing import TracedApp  # noqa: PLC0415 - an extra

        return TracedApp(app, self._tracing)

    def steps(self) -> Iterator[Callable[[], Awaitable[object]]]:
        """Yield what is to be done again and again while the platform is served."""
        if self.recorder is not None:
            yield self.recorder.purge

    async def close(self) -> None:
        """Write down what was taken."""
        self._end_spans()
        self._end_spans = _nothing
        if self.recorder is not None:
            await self.recorder.close()


def _nothing() -> None:
    """Do nothing."""


def _metrics() -> "ExchangeMetrics":
    # Imported here: few commands and platforms need it.
    from ocpi_server.observing._exchange_metrics import ExchangeMetrics  # noqa: PLC0415

    return ExchangeMetrics()


def _tracing(provider: "TracerProvider | None", *, enabled: bool) -> "Tracing | None":
    """Return what makes spans; None where nobody wants them.

    Raises:
        ModuleNotFoundError: They are wanted, and the extra is not installed.
    """
    if provider is None and not enabled:
        return None
    try:
        from ocpi_server.observing._tracing import Tracing, provider_of_environment  # noqa: PLC0415 - an extra
    except ModuleNotFoundError as error:
        needed = "[tracing] needs an extra: pip install 'ocpi-server[tracing]'"
        raise ModuleNotFoundError(needed, name=error.name) from error
    return Tracing(provider or provider_of_environment())
