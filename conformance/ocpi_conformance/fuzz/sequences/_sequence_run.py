"""One run of a sequence: what was asked in turn, and what is found in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from ocpi_conformance.bundles.operations import Operation
from ocpi_conformance.exchanges.checked import CheckedExchange, Outcome
from ocpi_conformance.exchanges.wire import RecordedExchange, SentRequest
from ocpi_conformance.fuzz._align import Alignment, RequestParts, align, choose_alignment
from ocpi_conformance.fuzz._memory import written
from ocpi_conformance.fuzz._session import FuzzSession
from ocpi_conformance.fuzz.drawing import Draws, Requests
from ocpi_conformance.rules import Fault
from ocpi_conformance.verdicts.comparison import Comparison

__all__ = [
    "SequenceContext",
    "SequenceFailed",
    "SequenceRun",
    "SequenceStopped",
    "data_of",
    "succeeded",
]

_SUCCESS = range(200, 300)


class SequenceStopped(Exception):
    """A step was not answered as it has to be for the next one."""


class SequenceFailed(Exception):
    """A rule is broken.

    Args:
        fault: What is wrong.
        new: Whether its cause was not known before.

    Attributes:
        cause: What is the same whenever the same is wrong.
    """

    def __init__(self, fault: Fault, *, new: bool) -> None:
        super().__init__(fault.rule.id)
        self.cause = (fault.rule.id, fault.shape)
        self.new = new


@dataclass(slots=True)
class SequenceContext:
    """What the sequences of one target share.

    Attributes:
        session: Sends, checks, and keeps what is found.
        requests: Draws valid requests.
        compare: Compares what was sent with what came back.
        seconds: The longest wait for a result.
    """

    session: FuzzSession
    requests: Requests
    compare: Comparison
    seconds: float


class SequenceRun:
    """One run of a sequence.

    Args:
        context: What the sequences of its target share.
    """

    def __init__(self, context: SequenceContext) -> None:
        self.context = context
        self.steps: list[RecordedExchange] = []

    def draw_request(
        self, operation: Operation, draws: Draws, there: Mapping[str, str]
    ) -> RequestParts:
        """Draw a valid request, with ids that belong together.

        Args:
            operation: What will be called.
            draws: What is drawn at random.
            there: What is settled already: ids of the path, and of the query.
        """
        parts = self.context.requests.valid(operation, draws)
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
        if not succeeded(checked):
            raise SequenceStopped
        return checked

    def report(self, operation: Operation, fault: Fault) -> NoReturn:
        """Report what is wrong, and end the run.

        Args:
            operation: What was called last.
            fault: What is wrong.

        Raises:
            RuleBroken: Always.
        """
        new = self.context.session.keep(fault, operation, self.steps)
        raise SequenceFailed(fault, new=new)

    def report_all(self, operation: Operation, faults: Sequence[Fault]) -> None:
        """Report several things that are wrong with one answer, and end the run if there are any.

        Raises:
            RuleBroken: There are some.
        """
        kept = [(self.context.session.keep(one, operation, self.steps), one) for one in faults]
        if kept:
            new, fault = max(kept, key=lambda one: one[0])
            raise SequenceFailed(fault, new=new)


def succeeded(checked: CheckedExchange) -> bool:
    """Return whether a step was answered with success, as far as its answer can be read.

    What is wrong with an answer that cannot be read is a finding already; the party may well have
    done what it was asked for.
    """
    return checked.outcome is Outcome.ACCEPTED or (checked.http in _SUCCESS and not checked.code)


def data_of(checked: CheckedExchange) -> dict[str, Any]:
    """Return the object in an answer, taken out of a list if it is in one alone.

    Raises:
        SequenceStopped: There is none, which is a finding already.
    """
    found = (checked.envelope or {}).get("data")
    if isinstance(found, list) and len(found) == 1:
        found = found[0]
    if not isinstance(found, dict):
        raise SequenceStopped
    return found
