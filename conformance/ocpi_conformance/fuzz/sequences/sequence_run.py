"""One run of a sequence: what was asked in turn, and what is found in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ocpi_conformance.bundles.operations import Operation
from ocpi_conformance.exchanges.checked import CheckedExchange, Outcome
from ocpi_conformance.exchanges.wire import RecordedExchange, SentRequest
from ocpi_conformance.fuzz._align import Alignment, RequestParts, align, choose_alignment
from ocpi_conformance.fuzz._memory import written
from ocpi_conformance.fuzz._session import Session
from ocpi_conformance.fuzz.sequences._bodies import Bodies
from ocpi_conformance.fuzz.sequences._comparison import Comparison
from ocpi_conformance.rules import Fault

__all__ = ["RuleBroken", "SequenceContext", "SequenceRun", "SequenceStopped"]


class SequenceStopped(Exception):
    """A step was not answered as it has to be for the next one."""


class RuleBroken(Exception):
    """A rule is broken: hypothesis shall look for a smaller sequence."""


@dataclass(slots=True)
class SequenceContext:
    """What the sequences of one target share.

    Attributes:
        session: Sends, checks, and keeps what is found.
        bodies: Draws valid requests.
        compare: Compares what was sent with what came back.
        seconds: The longest wait for a result.
    """

    session: Session
    bodies: Bodies
    compare: Comparison
    seconds: float


class SequenceRun:
    """One run of a sequence.

    Args:
        context: What the sequences of its target share.
        known: The rules whose break is known; it is counted then, but made no smaller.
    """

    def __init__(self, context: SequenceContext, known: frozenset[str]) -> None:
        self.context = context
        self.steps: list[RecordedExchange] = []
        self._known = known

    def draw_request(
        self, operation: Operation, draw: Any, there: Mapping[str, str]
    ) -> RequestParts:
        """Draw a valid request, with ids that belong together.

        Args:
            operation: What will be called.
            draw: Of hypothesis.
            there: What is settled already: ids of the path, and of the query.
        """
        parts = draw(self.context.bodies.of(operation))
        knowledge = self.context.session.knowledge
        _, number = choose_alignment(operation, parts)
        return align(operation, parts, knowledge, Alignment.KNOWN, number, there)

    def call(self, operation: Operation, parts: RequestParts) -> CheckedExchange:
        """Send a request.

        Raises:
            SequenceStopped: No answer came, or the time is up.
        """
        session = self.context.session
        return self.send(
            operation, written(operation, session.target.url, parts, session.headers(operation))
        )

    def send(self, operation: Operation, sent: SentRequest) -> CheckedExchange:
        """Send a request that is written already.

        Raises:
            SequenceStopped: No answer came, or the time is up.
        """
        checked = self.context.session.step(operation, sent)
        if checked is None:
            raise SequenceStopped
        self.steps.append(checked.exchange)
        return checked

    def require_success(self, checked: CheckedExchange) -> CheckedExchange:
        """Go on only after success; a refusal is checked elsewhere.

        Raises:
            SequenceStopped: It was no success.
        """
        if checked.outcome is not Outcome.ACCEPTED:
            raise SequenceStopped
        return checked

    def report(self, operation: Operation, fault: Fault, *, smaller: bool = True) -> None:
        """Report what is wrong, and end the run.

        Args:
            operation: What was called last.
            fault: What is wrong.
            smaller: Whether to look for a smaller sequence that shows it.

        Raises:
            RuleBroken: The rule is new, and a smaller sequence is wanted.
            SequenceStopped: Otherwise.
        """
        self.context.session.keep(fault, operation, self.steps[-1], self.steps)
        new = fault.rule.id not in self._known
        raise RuleBroken(fault.rule.id) if smaller and new else SequenceStopped
