"""Each HTTP exchange with a partner, in both directions, for all that observe it."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeAlias

from ocpi_runtime.client import Exchange
from ocpi_server.message_log import Direction, MessageRecorder

__all__ = ["ExchangeObserver", "Exchanges"]

ExchangeObserver: TypeAlias = Callable[[Exchange, Direction, str | None], None]
"""Is called with an exchange, who began it, and the id of the partner, if that is known."""
_OnExchange: TypeAlias = Callable[[Exchange], None]


class _Samples:
    """A hook of the server that is asked before an exchange is recorded."""

    def __init__(self, recorder: MessageRecorder) -> None:
        self._recorder = recorder
        self.wants = recorder.wants

    def __call__(self, exchange: Exchange) -> None:
        """Keep an exchange that was wanted."""
        self._recorder.take(exchange, "in", exchange.partner)


class Exchanges:
    """Passes on exchanges to observers, and to the hooks of the code beside the platform.

    Args:
        observers: Are called with every exchange; they neither wait nor raise.
        on_sent: Called with those that this side began.
        on_served: Called with those that a partner began.
        sampler: The only one that observes those, and only a share of them.
    """

    def __init__(
        self,
        observers: Sequence[ExchangeObserver],
        on_sent: _OnExchange | None,
        on_served: _OnExchange | None,
        sampler: MessageRecorder | None = None,
    ) -> None:
        self._observers = observers
        self._sampler = sampler
        self._on_sent, self._on_served = on_sent, on_served

    @property
    def served(self) -> _OnExchange | None:
        """The hook of the server; None where nothing observes it."""
        if self._sampler is not None:
            return _Samples(self._sampler)
        return self._serve if self._observers or self._on_served is not None else None

    def sent_to(self, partner_id: str) -> _OnExchange | None:
        """Return the hook of the client of a partner; None where nothing observes it."""
        if not self._observers:
            return self._on_sent
        return partial(self._send, partner_id)

    def _serve(self, exchange: Exchange) -> None:
        for observe in self._observers:
            observe(exchange, "in", exchange.partner)
        if self._on_served is not None:
            self._on_served(exchange)

    def _send(self, partner_id: str, exchange: Exchange) -> None:
        for observe in self._observers:
            observe(exchange, "out", partner_id)
        if self._on_sent is not None:
            self._on_sent(exchange)
