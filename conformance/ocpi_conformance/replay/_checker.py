"""Exchanges judged by the rules: those about one exchange, and those about several."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from ocpi_conformance.bundles.reading import Reading, read
from ocpi_conformance.exchanges.checked import CheckedExchange, Intent
from ocpi_conformance.exchanges.wire import RecordedExchange, SentRequest
from ocpi_conformance.replay._called import CalledOperation, KnownEndpoints
from ocpi_conformance.replay._history import ExchangeHistory
from ocpi_conformance.reports import Finding, RuleResult
from ocpi_conformance.rules import Fault
from ocpi_conformance.rules.catalogue import EXCHANGE_RULES, judged
from ocpi_conformance.rules.messages import envelope
from ocpi_conformance.verdicts.collector import Breach, Collector
from ocpi_conformance.verdicts.results import Results, section_url
from ocpi_runtime import headers as names
from ocpi_runtime.types import PartyId

__all__ = ["RuleChecker"]

_NOT_OFFERED: Final = frozenset({404, 405})
_NOBODY: Final = PartyId("ZZ", "ZZZ")
_OWNER: Final = ("country_code", "party_id")
_FROM: Final = (names.FROM_COUNTRY_CODE.lower(), names.FROM_PARTY_ID.lower())


class RuleChecker:
    """Judges recorded exchanges, and keeps the results.

    Attributes:
        judged: How many exchanges were judged.
        versions: The versions that were spoken.
    """

    def __init__(self, places: KnownEndpoints) -> None:
        self.judged = 0
        self.versions: set[str] = set()
        self._places = places
        self._results = Results()
        self._collector = Collector()
        self._unknown: Counter[str] = Counter()
        self._history = ExchangeHistory()

    def add(self, exchange: RecordedExchange) -> CalledOperation | None:
        """Judge an exchange; return what it called, or None where that is not known."""
        place = self._places.find(exchange.sent)
        if place is None:
            self._unknown[exchange.sent.url.partition("?")[0]] += 1
            return None
        if not place.certain and exchange.answer.status in _NOT_OFFERED:
            return place  # it may be the other interface that the party offers there
        self.judged += 1
        self.versions.add(place.version)
        for one in EXCHANGE_RULES:
            self._results.expect(one.rule, place.name, _why(place, Fault(one.rule, "", "")))
        if not exchange.answer.status:
            self.keep(place, Fault(envelope.ANSWERED, "an answer", "none"), (exchange,))
            return place
        checked = _checked(place, exchange)
        for rule, faults, shown in judged(checked):
            self._results.asked(rule, place.name)
            for fault in faults:
                self.keep(place, fault, (shown,))
        self._history.add(place, checked)
        return place

    def finish(self) -> None:
        """Judge several exchanges together."""
        for chain in self._history.judged():
            self._results.expect(
                chain.rule, chain.place.name, _why(chain.place, Fault(chain.rule, "", ""))
            )
            self._results.asked(chain.rule, chain.place.name)
            for fault, steps in chain.faults:
                self.keep(chain.place, fault, steps)

    def keep(
        self, place: CalledOperation, fault: Fault, steps: tuple[RecordedExchange, ...]
    ) -> None:
        """Keep what is wrong."""
        why = _why(place, fault)
        self._results.expect(fault.rule, place.name, why)
        self._results.broken(fault.rule, place.name, fault.severity)
        self._collector.add(Breach(place.name, place.operation.id, fault, why, steps))

    @property
    def rules(self) -> Sequence[RuleResult]:
        """The verdicts."""
        return self._results.results()

    @property
    def findings(self) -> Sequence[Finding]:
        """What is wrong."""
        return self._collector.findings()

    @property
    def problems(self) -> list[str]:
        """What could not be judged, a sentence for each URL."""
        return [
            f"{url} belongs to no known endpoint ({times} exchanges); the log has no version "
            "details for it, and the URL does not name a version and a module."
            for url, times in self._unknown.most_common(20)
        ]


def _why(place: CalledOperation, fault: Fault) -> str:
    return section_url(fault.rule, place.description.specification, place.operation.docs)


def _checked(place: CalledOperation, exchange: RecordedExchange) -> CheckedExchange:
    reading = read(place.operation, place.url, exchange.sent)
    intent = Intent.CALL if place.known else Intent.METHOD
    own = _own(place, exchange.sent, reading)
    checked = CheckedExchange(place.operation, exchange, reading, own, intent=intent)
    checked.allowed = place.description.allowed(place.operation)
    return checked


def _own(place: CalledOperation, sent: SentRequest, reading: Reading) -> PartyId:
    """Return who sent a request: the routing headers name it, or the owner in the path."""
    if set(_FROM) <= sent.headers.keys():
        return PartyId.of(*(sent.headers[name] for name in _FROM))
    if place.operation.owned:
        return PartyId.of(*(reading.path.get(name, "") for name in _OWNER))
    return _NOBODY
