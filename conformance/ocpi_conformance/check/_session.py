"""Sends requests to a party, judges every answer, and keeps what comes of it."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from ocpi_conformance.bundles.operations import InterfaceDescription, Operation
from ocpi_conformance.bundles.reading import read
from ocpi_conformance.exchanges.checked import CheckedExchange, Intent
from ocpi_conformance.exchanges.sending import Sender
from ocpi_conformance.exchanges.target import Target
from ocpi_conformance.exchanges.wire import RecordedExchange, SentRequest
from ocpi_conformance.rules import Fault
from ocpi_conformance.rules.catalogue import judged
from ocpi_conformance.rules.messages import envelope
from ocpi_conformance.rules.selection import Selection
from ocpi_conformance.verdicts.collector import Breach, Collector
from ocpi_conformance.verdicts.dialects import KnownDialect
from ocpi_conformance.verdicts.results import Results, section_url
from ocpi_runtime.types import PartyId

__all__ = ["CheckSession"]

_UNKNOWN: Final = PartyId("ZZ", "ZZZ")


@dataclass(slots=True)
class CheckSession:
    """What all checks of a run share.

    Attributes:
        senders: Sends requests, with the token Base64-encoded or plain.
        own: The party that we speak for; None where nobody said which.
        peer: The party that is asked, for the routing headers.
        peers: The same by operationId, where another party offers the operation.
        interval: The least seconds from one request to the next.
        results: What became of the rules.
        collector: What was found.
        steps: The exchanges of the check that runs.
        called: What those exchanges called, by identity.
        requests: How many requests were sent.
        selection: The rules that the run is about.
        dialect: Reads what the party sends as it is known to send it.
    """

    senders: Mapping[bool, Sender]
    own: PartyId | None = None
    peer: PartyId | None = None
    peers: dict[str, PartyId] = field(default_factory=dict)
    interval: float = 0.0
    results: Results = field(default_factory=Results)
    collector: Collector = field(default_factory=Collector)
    steps: list[RecordedExchange] = field(default_factory=list)
    called: dict[int, str] = field(default_factory=dict)
    requests: int = 0
    selection: Selection = field(default_factory=Selection)
    dialect: KnownDialect = field(default_factory=lambda: KnownDialect(None, ()))
    _next: float = 0.0

    def begin(self) -> None:
        """Begin another check: its exchanges are its own."""
        self.steps.clear()
        self.called.clear()

    def headers(self, operation: Operation) -> dict[str, str]:
        """Return the headers of a message; routing headers where we know who we are."""
        peer = self.peers.get(operation.id, self.peer)
        out = self.senders[True].headers(operation, self.own or _UNKNOWN, peer)
        if self.own is None or self.peer is None:
            out = {name: value for name, value in out.items() if not name.startswith("ocpi-")}
        return out

    def ask(
        self,
        target: Target,
        description: InterfaceDescription,
        operation: Operation,
        sent: SentRequest,
        *,
        intent: Intent = Intent.CALL,
        reachable: bool = False,
    ) -> CheckedExchange | None:
        """Send a request and judge the answer by all rules about exchanges.

        Returns:
            The exchange; None where no answer came.
        """
        exchange = self._send(self.senders[target.token_base64], sent)
        self.steps.append(exchange)
        self.called[id(exchange)] = operation.id
        self.results.asked(envelope.ANSWERED, target.name)
        if not exchange.answer.status:
            reason = exchange.answer.body.decode()
            fault = Fault(envelope.ANSWERED, "an answer", reason)
            self.keep(target, description, operation.id, fault, [exchange])
            return None
        reading = read(operation, target.url, sent)
        checked = CheckedExchange(operation, exchange, reading, self.own or _UNKNOWN, intent=intent)
        checked.allowed = description.allowed(operation)
        checked.reachable = reachable
        self._apply_rules(target, description, checked)
        return checked

    def probe(self, target: Target, sent: SentRequest) -> RecordedExchange:
        """Send a request whose answer no rule judges; without an answer the status is 0."""
        return self._send(self.senders[target.token_base64], sent)

    def keep(
        self,
        target: Target,
        description: InterfaceDescription,
        operation: str,
        fault: Fault,
        steps: Sequence[RecordedExchange],
    ) -> None:
        """Keep what is wrong, if the run is about the rule."""
        if not self.selection.wants(fault.rule):
            return
        self.results.broken(fault.rule, target.name, fault.severity)
        found = description.operations.get(operation)
        docs = found.docs if found else description.section
        why = section_url(fault.rule, description.specification, docs)
        self.collector.add(Breach(target.name, operation, fault, why, tuple(steps)))

    def _apply_rules(
        self, target: Target, description: InterfaceDescription, checked: CheckedExchange
    ) -> None:
        operation = checked.operation.id
        for fault in self.dialect.read(target, checked):
            self.keep(target, description, operation, fault, [checked.exchange])
        for rule, faults, exchange in judged(checked, self.selection.wants):
            self.results.asked(rule, target.name)
            for fault in faults:
                known = self.dialect.known(fault, checked)
                self.keep(target, description, operation, known, [exchange])

    def _send(self, sender: Sender, sent: SentRequest) -> RecordedExchange:
        """Send; without an answer the status is 0, and the body the reason."""
        now = time.monotonic()
        if now < self._next:
            time.sleep(self._next - now)
        self._next = max(now, self._next) + self.interval
        self.requests += 1
        return sender.try_to_send(sent)
