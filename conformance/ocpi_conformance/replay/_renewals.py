"""Tokens that were used after they had been replaced."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from ocpi_conformance.exchanges.checked import CheckedExchange, Outcome
from ocpi_conformance.exchanges.wire import RecordedExchange
from ocpi_conformance.replay._called import CalledOperation
from ocpi_conformance.rules import Fault, Rule
from ocpi_conformance.rules.clients.requests import OLD_TOKEN_ENDS, TOKEN_A_ENDS

__all__ = ["Renewals"]

_REPLACES: Final = {
    "post_credentials": TOKEN_A_ENDS,
    "put_credentials": OLD_TOKEN_ENDS,
    "delete_credentials": OLD_TOKEN_ENDS,
}
_UNAUTHORIZED: Final = 401


@dataclass(frozen=True, slots=True)
class _Use:
    """A request with a token."""

    place: CalledOperation
    exchange: RecordedExchange
    host: str
    mark: str


@dataclass(slots=True)
class Renewals:
    """Collects requests with their tokens in the order of the log."""

    _uses: list[_Use] = field(default_factory=list)
    _renewed: list[tuple[int, _Use, Rule]] = field(default_factory=list)

    def add(self, place: CalledOperation, checked: CheckedExchange) -> None:
        """Add an exchange."""
        exchange = checked.exchange
        if not exchange.token_mark:
            return
        host = urlsplit(exchange.sent.url).netloc
        use = _Use(place, exchange, host, exchange.token_mark)
        rule = _REPLACES.get(checked.operation.id)
        if rule is not None and place.known and checked.outcome is Outcome.ACCEPTED:
            self._renewed.append((len(self._uses), use, rule))
        self._uses.append(use)

    def judged(
        self,
    ) -> Iterator[tuple[CalledOperation, Rule, list[tuple[Fault, tuple[RecordedExchange, ...]]]]]:
        """Return what each exchange of credentials shows: the rule, and what breaks it."""
        for number, renewal, rule in self._renewed:
            later = [
                one
                for one in self._uses[number + 1 :]
                if one.host == renewal.host and _is_later(one.exchange, renewal.exchange)
            ]
            if later:
                old = [one for one in later if one.mark == renewal.mark]
                # A party may return the previous token, which another rule covers.
                is_replaced = len(old) < len(later) or _is_refused(old)
                breaches = [_breach(rule, one, renewal) for one in old] if is_replaced else []
                yield renewal.place, rule, breaches


def _is_later(exchange: RecordedExchange, renewal: RecordedExchange) -> bool:
    """Return whether a request was sent after the answer that replaced its token had come."""
    if exchange.started is None or renewal.ended is None:
        return True
    return exchange.started >= renewal.ended


def _is_refused(uses: list[_Use]) -> bool:
    return any(one.exchange.answer.status == _UNAUTHORIZED for one in uses)


def _breach(rule: Rule, use: _Use, renewal: _Use) -> tuple[Fault, tuple[RecordedExchange, ...]]:
    sent = use.exchange.sent
    got = f"the previous token in {sent.method} {sent.url}"
    fault = Fault(rule, "the token of the answer", got, "a token that another one replaced")
    return fault, (renewal.exchange, use.exchange)
