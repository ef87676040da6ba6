"""The state of fuzzing one target: what was sent, what was learned, what was found."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx

from ocpi_conformance.fuzz.findings import Collector, Fault, Finding
from ocpi_conformance.fuzz.knowledge import Ids, Knowledge, harvest
from ocpi_conformance.fuzz.reading import bodies_differ, read
from ocpi_conformance.fuzz.rules import judge
from ocpi_conformance.fuzz.sending import Sender
from ocpi_conformance.fuzz.surface import Described, Surface, describe
from ocpi_conformance.fuzz.target import Target
from ocpi_conformance.fuzz.trial import Intent, Outcome, Trial
from ocpi_conformance.fuzz.wire import Answer, Exchange, Sent
from ocpi_runtime.urls import join

__all__ = ["Session", "Tally"]


@dataclass(slots=True)
class Tally:
    """What became of the cases of one operation.

    Attributes:
        cases: How many requests were judged.
        valid: How many of them were valid, with ids of an object that exists or may be made.
        reached: How many of the valid ones were answered with success.
        outcomes: How many were answered in which way.
    """

    cases: int = 0
    valid: int = 0
    reached: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)


class Session:
    """Judges exchanges with one target and remembers what helps further requests.

    Args:
        target: What is fuzzed.
        knowledge: What is known about the party.
        collector: Where findings go.
        sender: Sends requests that schemathesis does not make.
    """

    def __init__(
        self, target: Target, knowledge: Knowledge, collector: Collector, sender: Sender
    ) -> None:
        self.target = target
        self.knowledge = knowledge
        self.sender = sender
        self.surface: Surface = describe(target.bundle)
        self.tallies: dict[str, Tally] = {}
        self._collector = collector
        self._accepted: dict[str, Sent] = {}
        self._valid: dict[str, Sent] = {}

    @property
    def operations(self) -> list[Described]:
        """The operations to fuzz: those first that make objects, parents before children."""
        order = {"PUT": 0, "POST": 1, "PATCH": 2, "GET": 3, "DELETE": 4}
        wanted = (
            one for one in self.surface.operations.values() if one.id not in self.knowledge.skip
        )
        return sorted(wanted, key=lambda one: (order[one.method], len(one.segments)))

    def trial(
        self, operation: Described, exchange: Exchange, intent: Intent = Intent.CALL
    ) -> Trial:
        """Put an exchange together with what is known about it."""
        reading = read(operation, self.target.url, exchange.sent)
        trial = Trial(operation, exchange, reading, self.knowledge.own, intent=intent)
        trial.allowed = self.surface.allowed(operation.path)
        trial.reachable = not trial.foreign and self.knowledge.knows(
            operation.path_params, reading.path
        )
        return trial

    def judge(self, trial: Trial) -> list[Fault]:
        """Hold a trial to the rules; tally it and keep what is found."""
        self._count(trial)
        faults = judge(trial)
        for fault in faults:
            self._keep(fault, trial)
        return faults

    def _keep(self, fault: Fault, trial: Trial) -> None:
        asciidoc = ".asciidoc#" in trial.operation.docs
        section = self.surface.specification + fault.section
        why = section if fault.section and asciidoc else trial.operation.docs
        finding = Finding(self.target.name, trial.operation.id, fault, why, trial.exchange)
        self._collector.add(finding)

    def broken_rules(self, operation: Described) -> set[str]:
        """Give the rules that an operation is known to break."""
        return self._collector.rules(self.target.name, operation.id)

    def _count(self, trial: Trial) -> None:
        operation = trial.operation
        tally = self.tallies.setdefault(operation.id, Tally())
        tally.cases += 1
        tally.outcomes[trial.outcome.value] += 1
        if trial.intent is not Intent.CALL or not trial.reading.valid:
            return
        if trial.reachable and not bodies_differ(operation, trial.reading):
            tally.valid += 1
            self._valid[operation.id] = trial.exchange.sent
            if trial.outcome is Outcome.ACCEPTED:
                tally.reached += 1
                self._accepted[operation.id] = trial.exchange.sent

    def no_answer(self, operation: Described, sent: Sent, reason: str) -> None:
        """Keep a request that was not answered at all."""
        fault = Fault("no-answer", "an answer", reason)
        finding = Finding(
            self.target.name, operation.id, fault, operation.docs, Exchange(sent, Answer(0))
        )
        self._collector.add(finding)

    def ask(self, operation: Described, sent: Sent, intent: Intent = Intent.CALL) -> Trial | None:
        """Send one request directly and judge it; None where no answer came."""
        try:
            exchange = self.sender.send(sent)
        except httpx.HTTPError as error:
            self.no_answer(operation, sent, f"{type(error).__name__}: {error}")
            return None
        trial = self.trial(operation, exchange, intent)
        self.judge(trial)
        return trial

    def headers(self, operation: Described) -> dict[str, str]:
        """Give the headers of a message, the token masked."""
        return self.sender.headers(operation, self.knowledge.own, self.knowledge.peer)

    def sample(self, operation: Described) -> Sent:
        """Give a request that is as valid as is known: one that was, or one without a body."""
        known = self._accepted.get(operation.id) or self._valid.get(operation.id)
        headers = self.headers(operation)
        if known is not None:
            headers |= {
                name: known.headers[name] for name in ("content-type",) if name in known.headers
            }
            return Sent(known.method, known.url, headers, known.body)
        ids = self.knowledge.ids(operation.path_params, 0)
        pieces = [
            ids.get(piece[1:-1], "FUZZ-NONE") if piece.startswith("{") else piece
            for piece in operation.segments
        ]
        body = None
        if operation.body is not None:
            headers["content-type"] = "application/json"
            body = b"{}"
        return Sent(operation.method, join(self.target.url, *pieces), headers, body)

    def put_back(self, above: Described) -> None:
        """Send again what was accepted of the objects that an operation works on."""
        for operation in self.operations:
            sent = self._accepted.get(operation.id)
            related = above.path.startswith(operation.path)
            if operation.method == "PUT" and sent is not None and related:
                self.ask(
                    operation,
                    Sent(
                        sent.method,
                        sent.url,
                        {**sent.headers, **self.headers(operation)},
                        sent.body,
                    ),
                )

    def learn(self) -> Iterator[Ids]:
        """Pull the lists of the target and give the ids that its paths take."""
        for operation in self.operations:
            if not operation.paged:
                continue
            trial = self.ask(operation, self.sample(operation))
            data = (trial.envelope or {}).get("data") if trial else None
            items: list[Any] = data if isinstance(data, list) else []
            for names in self._names(operation):
                yield from harvest(names, items)

    def _names(self, listing: Described) -> set[tuple[str, ...]]:
        """Give the parameters of the paths below a list; where there is none, invent a name."""
        below = {one.path_params for one in self.operations if one.path_params}
        return below or {(f"{self.target.module.removesuffix('s')}_id",)}
