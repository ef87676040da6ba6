"""The state of fuzzing one target: what was sent, what was learned, what was found."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import httpx2

from ocpi_conformance.bundles.operations import InterfaceDescription, Operation, describe
from ocpi_conformance.bundles.reading import bodies_differ, read, segments_below
from ocpi_conformance.exchanges.checked import CheckedExchange, Intent, Outcome
from ocpi_conformance.exchanges.sending import Sender
from ocpi_conformance.exchanges.target import Target
from ocpi_conformance.exchanges.wire import Answer, RecordedExchange, SentRequest
from ocpi_conformance.fuzz._align import Alignment
from ocpi_conformance.fuzz._budget import Allowance
from ocpi_conformance.fuzz._knowledge import Ids, Knowledge, harvest
from ocpi_conformance.fuzz._memory import Memory, renewed
from ocpi_conformance.rules import Fault
from ocpi_conformance.rules.catalogue import faults_of
from ocpi_conformance.rules.messages import envelope
from ocpi_conformance.verdicts.collector import Breach, Collector
from ocpi_conformance.verdicts.results import section_url
from ocpi_runtime.client import connection_failure
from ocpi_runtime.token import is_token

__all__ = ["FuzzSession", "OperationCounts"]


@dataclass(slots=True)
class OperationCounts:
    """What became of the cases of one operation.

    Attributes:
        cases: How many requests were checked.
        valid: How many of them were valid, with ids of an object that exists or may be made.
        reached: How many of the valid ones were answered with success.
        outcomes: How many were answered in which way.
    """

    cases: int = 0
    valid: int = 0
    reached: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)


class FuzzSession:
    """Judges exchanges with one target and remembers what helps further requests.

    Args:
        target: What is fuzzed.
        knowledge: What is known about the party.
        collector: Where findings go.
        sender: Sends requests that schemathesis does not make.
        allowance: How many requests may be sent, and until when; nothing is asked afterwards.

    Attributes:
        interfaces: What is at the URL of the target: its bundle, and others if the party
            publishes one URL for both interfaces of a module.
        fresh: The faults of the exchange that was checked last whose causes were new.
        asked: The ids of the operations that were called.
    """

    def __init__(
        self,
        target: Target,
        knowledge: Knowledge,
        collector: Collector,
        sender: Sender,
        allowance: Allowance | None = None,
    ) -> None:
        self.target = target
        self.knowledge = knowledge
        self.sender = sender
        self.interface: InterfaceDescription = describe(target.bundle)
        self.interfaces = [self.interface]
        self.tallies: dict[str, OperationCounts] = {}
        self.memory = Memory(target.url)
        self._collector = collector
        self.allowance = allowance or Allowance()
        self.fresh: list[Fault] = []
        self.asked: set[str] = set()

    @property
    def operations(self) -> list[Operation]:
        """The operations to fuzz: those first that make objects, parents before children."""
        order = {"PUT": 0, "POST": 1, "PATCH": 2, "GET": 3, "DELETE": 4}
        wanted = (
            one
            for one in self.interface.operations.values()
            if not self.knowledge.leaves_out(one.id, one.method)
            # The path of a result is in the bundle an example; another party has another.
            and (not one.is_result or one.id in self.knowledge.at)
        )
        return sorted(wanted, key=lambda one: (order[one.method], len(one.segments)))

    def checked(
        self, operation: Operation, exchange: RecordedExchange, intent: Intent = Intent.CALL
    ) -> CheckedExchange:
        """Put an exchange together with what is known about it."""
        reading = read(operation, self.target.url, exchange.sent)
        checked = CheckedExchange(operation, exchange, reading, self.knowledge.own, intent=intent)
        checked.allowed = self.allowed(operation)
        checked.awaited = self.knowledge.awaits(operation.callback, reading)
        checked.reachable = not checked.foreign and self.knowledge.knows(
            operation.id, operation.path_params, reading.path
        )
        return checked

    def allowed(self, operation: Operation) -> frozenset[str]:
        """Return the methods that the path of an operation has."""
        return frozenset().union(*(one.allowed(operation) for one in self.interfaces))

    def answered(self, operation: Operation) -> frozenset[str]:
        """Return the methods of all paths that match a URL of an operation."""
        return frozenset().union(*(one.answered(operation) for one in self.interfaces))

    def check(self, checked: CheckedExchange) -> list[Fault]:
        """Check an exchange by the rules; count it, learn from it and keep what is found."""
        self._count(checked)
        self._learn(checked)
        faults = faults_of(checked)
        self.fresh = [
            fault for fault, shown in faults if self.keep(fault, checked.operation, [shown])
        ]
        return [fault for fault, _ in faults]

    def keep(self, fault: Fault, operation: Operation, steps: Sequence[RecordedExchange]) -> bool:
        """Keep what is found, with the exchanges that show it; return whether its cause is new."""
        why = section_url(fault.rule, self.interface.specification, operation.docs)
        breach = Breach(self.target.name, operation.id, fault, why, tuple(steps))
        return self._collector.add(breach)

    def step(self, operation: Operation, sent: SentRequest) -> CheckedExchange | None:
        """Send one request of a sequence and check it; it is not remembered as an example."""
        exchange = self._sent(operation, sent)
        if exchange is None:
            return None
        checked = self.checked(operation, exchange)
        checked.reachable = True
        self._tally(checked)
        for fault, shown in faults_of(checked):
            self.keep(fault, operation, [shown])
        return checked

    def shows(self, operation: Operation, sent: SentRequest, fault: Fault) -> bool:
        """Send a request; return whether its answer has a fault of the same cause."""
        checked = self.ask(operation, renewed(sent, self.headers(operation)))
        if checked is None:
            return False
        causes = {(one.rule.id, one.shape) for one, _ in faults_of(checked)}
        return (fault.rule.id, fault.shape) in causes

    def _count(self, checked: CheckedExchange) -> None:
        if self._tally(checked):
            self.memory.valid[checked.operation.id] = checked.exchange.sent
            if checked.outcome is Outcome.ACCEPTED:
                self.memory.accepted[checked.operation.id] = checked.exchange.sent

    def _tally(self, checked: CheckedExchange) -> bool:
        """Count an exchange; return whether it could have succeeded."""
        operation = checked.operation
        tally = self.tallies.setdefault(operation.id, OperationCounts())
        tally.cases += 1
        tally.outcomes[checked.outcome.value] += 1
        if checked.intent is not Intent.CALL or not checked.reading.valid or not checked.reachable:
            return False
        if bodies_differ(operation, checked.reading):
            return False
        tally.valid += 1
        tally.reached += checked.outcome is Outcome.ACCEPTED
        return True

    def _learn(self, checked: CheckedExchange) -> None:
        """Take over a token that was renewed, and remember where a new object can be read."""
        if checked.outcome is not Outcome.ACCEPTED:
            return
        data = (checked.envelope or {}).get("data")
        if self.target.module == "credentials" and isinstance(data, dict):
            self.use(str(data.get("token", "")))
        location = checked.exchange.answer.headers.get("location")
        if checked.operation.creates and not location:
            self._learn_new(checked)
        pieces = segments_below(self.target.url, location) if location else None
        for operation in self.operations if pieces else ():
            names = operation.path_params
            if operation.method == "GET" and len(names) == len(pieces or ()):
                ids = dict(zip(names, map(unquote, pieces or ()), strict=True))
                self.knowledge.at.setdefault(operation.id, []).append(ids)

    def _learn_new(self, checked: CheckedExchange) -> None:
        """Remember an object that was posted, where its URL is the list's and its id."""
        body, above = checked.reading.body, checked.operation.segments
        for operation in self.operations if isinstance(body, dict) else ():
            names = operation.path_params
            if operation.method == "GET" and len(names) == 1 and operation.segments[:-1] == above:
                own = body.get(names[0], body.get("id"))
                self.knowledge.at.setdefault(operation.id, []).append({names[0]: str(own)})

    def use(self, token: str) -> None:
        """Send another token from now on, if it is one."""
        if is_token(token):
            self.sender.use(token)

    def prepare(self, operation: Operation) -> None:
        """Set up the party so that a request can succeed."""
        token = self.knowledge.before(operation.id)
        if token is not None:
            self.use(token)
        if operation.method == "DELETE":
            self.put_back(operation)

    def reached(self, operation: Operation) -> bool:
        """Return whether a request to an operation was answered with success."""
        return operation.id in self.memory.accepted

    def no_answer(self, operation: Operation, sent: SentRequest, reason: str) -> None:
        """Keep a request that was not answered at all."""
        fault = Fault(envelope.ANSWERED, "an answer", reason)
        self.keep(fault, operation, [RecordedExchange(sent, Answer(0))])

    def ask(
        self, operation: Operation, sent: SentRequest, intent: Intent = Intent.CALL
    ) -> CheckedExchange | None:
        """Send one request directly and check it; None where no answer came or time is up."""
        exchange = self._sent(operation, sent)
        if exchange is None:
            return None
        checked = self.checked(operation, exchange, intent)
        self.check(checked)
        return checked

    def _sent(self, operation: Operation, sent: SentRequest) -> RecordedExchange | None:
        if not self.allowance.take():
            return None
        self.asked.add(operation.id)
        try:
            return self.sender.send(sent)
        except httpx2.HTTPError as error:
            self.no_answer(operation, sent, connection_failure(error, sent.url))
            return None

    def headers(self, operation: Operation) -> dict[str, str]:
        """Return the headers of a message, the token masked."""
        return self.sender.headers(operation, self.knowledge.own, self.knowledge.peer)

    def sample(self, operation: Operation) -> SentRequest:
        """Return a request that is as right as is known."""
        return self.memory.sample(operation, self.knowledge, self.headers(operation))

    def moved(self, operation: Operation) -> Iterator[SentRequest]:
        """Return a request that was accepted, now for another party and with ids that differ."""
        ways = [Alignment.FOREIGN] if operation.owned else []
        ways += [Alignment.MISMATCH] if operation.identity else []
        for alignment in ways:
            sent = self.memory.moved(operation, self.knowledge, alignment, self.headers(operation))
            if sent is not None:
                yield sent

    def put_back(self, above: Operation) -> None:
        """Send again what was accepted of the objects that an operation works on."""
        for operation in self.operations:
            sent = self.memory.again(operation, self.headers(operation))
            if operation.method == "PUT" and sent and above.path.startswith(operation.path):
                self.ask(operation, sent)

    def query_there(self, operation: Operation) -> dict[str, str]:
        """Return the query with which an object was put at the path of an operation."""
        return self.memory.query_of(operation, self.operations)

    def learn(self) -> Iterator[Ids]:
        """Pull the lists of the target and return the ids that its paths take."""
        for operation in self.operations:
            if not operation.paged:
                continue
            checked = self.ask(operation, self.sample(operation))
            data = (checked.envelope or {}).get("data") if checked else None
            items: list[Any] = data if isinstance(data, list) else []
            for names in self._names(operation):
                yield from harvest(names, items, self._queries())

    def _queries(self) -> set[str]:
        """Return the query parameters of operations that are no lists."""
        found = [one for one in self.operations if not one.paged]
        return {name for one in found for name in one.params if name not in one.path_params}

    def _names(self, listing: Operation) -> set[tuple[str, ...]]:
        """Return the parameters of the paths below a list; where there is none, invent a name."""
        at = len(listing.segments)
        below = {
            one.path_params
            for one in self.operations
            if one.segments[:at] == listing.segments and "{" in "".join(one.segments[at : at + 1])
        }
        return below or {(f"{self.target.module.removesuffix('s')}_id",)}
