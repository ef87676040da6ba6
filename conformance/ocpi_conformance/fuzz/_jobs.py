"""The parts of a run: each operation of each target, each sequence; the budget shared out."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ocpi_conformance.bundles.operations import Operation
from ocpi_conformance.fuzz._budget import Allowance, Budget, Progress
from ocpi_conformance.fuzz._engine import Engine
from ocpi_conformance.fuzz._probes import probe_operation, probe_target
from ocpi_conformance.fuzz._session import FuzzSession
from ocpi_conformance.fuzz.drawing import Pools, Requests
from ocpi_conformance.fuzz.sequences import Sequence as SequenceOfRequests
from ocpi_conformance.fuzz.sequences import (
    SequenceContext,
    SequenceResult,
    run_sequence,
    sequence_context,
    sequences_of,
)

__all__ = ["Jobs"]

_PROBES_SHARE: Final = 0.4
_WEIGHT_OF_STEP: Final = 2.0
_MOST_TURNS: Final = 5
_LEAST: Final = 4
# What is left of a budget when so little is, is not worth another turn.
_SPENT: Final = 0.97


@dataclass(frozen=True, slots=True)
class _Job:
    """A part of a run.

    Attributes:
        session: Of the target that it is about.
        name: The operation that it is about.
        share: Of the cases, out of all jobs.
        work: Gets the number of the turn.
    """

    session: FuzzSession
    name: str
    share: float
    work: Callable[[int], None]


class Jobs:
    """Does the parts of a run in turn.

    Args:
        sessions: Of all targets, in their order.
        budget: How much the run may cost.
        allowance: Counts what it costs.

    Attributes:
        problems: What could not be done.
        sequence_results: What became of the sequences, by target and name.
    """

    def __init__(
        self, sessions: Sequence[FuzzSession], budget: Budget, allowance: Allowance
    ) -> None:
        self.problems: list[str] = []
        self.sequence_results: dict[str, dict[str, SequenceResult]] = {}
        self._budget = budget
        self._allowance = allowance
        pools = Pools(budget.seed)
        self._jobs = [
            job
            for session in sessions
            for job in self._of_target(session, Requests(session.target.bundle, pools))
        ]

    def go(self, show: Callable[[Progress], None], found: Callable[[], int]) -> None:
        """Do all jobs, again and with other requests where some of the budget is left."""
        for turn in range(_MOST_TURNS):
            before = self._allowance.sent
            self._turn(turn, show, found)
            spent = self._allowance.sent
            if spent >= _SPENT * self._budget.cases or spent == before or self._allowance.is_over:
                break
        self.problems += self._untested()

    def _turn(self, turn: int, show: Callable[[Progress], None], found: Callable[[], int]) -> None:
        left = sum(job.share for job in self._jobs)
        for done, job in enumerate(self._jobs):
            allowance = self._allowance
            if allowance.is_over:
                break
            show(Progress(job.session.target.name, job.name, done, len(self._jobs), found()))
            rest = self._budget.cases - allowance.sent
            later = len(self._jobs) - done - 1
            least = min(_LEAST, rest // (later + 1))
            share = least + round((rest - least * (later + 1)) * job.share / left)
            allowance.until = allowance.sent + share
            allowance.reserve = min(least * later, rest - share)
            job.work(turn)
            left -= job.share

    def _untested(self) -> Iterator[str]:
        if self._allowance.stop.is_set():
            return
        for job in self._jobs:
            if job.name not in job.session.asked:
                where = f"{job.session.target.name} {job.name}"
                yield f"{where}: not tested, time or requests were used up"

    def _of_target(self, session: FuzzSession, requests: Requests) -> Iterator[_Job]:
        engine = Engine(session, requests, self._budget.seed)
        share = self._budget.sequences
        operations = session.operations if share < 1 else []
        for operation in operations:
            weight = _weight(operation) * (1 - share)
            yield _Job(session, operation.id, weight, self._operation(engine, session, operation))
        if share:
            context = sequence_context(session, requests, seconds=self._budget.result_timeout)
            for sequence in sequences_of(context):
                weight = _WEIGHT_OF_STEP * sequence.length * share
                work = self._sequence(context, sequence)
                yield _Job(session, sequence.operation.id, weight, work)

    def _operation(
        self, engine: Engine, session: FuzzSession, operation: Operation
    ) -> Callable[[int], None]:
        def work(turn: int) -> None:
            share = self._allowance.left
            if operation.method != "DELETE":  # before which it is put back anyway
                session.put_back(operation)
            probes = 0 if turn else int(share * _PROBES_SHARE)
            cases = max(1, int(self._allowance.left) - probes)
            if not engine.run(operation, cases, turn) or turn:
                return
            rng = random.Random(f"{self._budget.seed} {operation.id}")  # noqa: S311 - no secret
            probe_operation(session, operation, rng)
            if operation is session.operations[-1]:
                probe_target(session)

        return work

    def _sequence(
        self, context: SequenceContext, sequence: SequenceOfRequests
    ) -> Callable[[int], None]:
        target = context.session.target.name
        name = f"{sequence.operation.id} ({sequence.kind})"

        def work(turn: int) -> None:
            results = self.sequence_results.setdefault(target, {})
            result = results.setdefault(name, SequenceResult(sequence.kind))
            run_sequence(sequence, context, result, seed=self._budget.seed + turn)

        return work


def _weight(operation: Operation) -> float:
    """Weigh an operation by how much there is to be got wrong."""
    return 1.0 + len(operation.params) / 2 + len(operation.properties)
