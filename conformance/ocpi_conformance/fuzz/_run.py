"""A whole run: targets in turn, the budget shared out over their operations."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from operator import attrgetter
from threading import Event
from typing import Literal

from ocpi_conformance.bundles.operations import Operation
from ocpi_conformance.exchanges.sending import Sender
from ocpi_conformance.exchanges.target import Target
from ocpi_conformance.fuzz._engine import Engine, Round
from ocpi_conformance.fuzz._findings import Collector
from ocpi_conformance.fuzz._knowledge import Knowledge
from ocpi_conformance.fuzz._probes import probe_operation, probe_target
from ocpi_conformance.fuzz._report import Report
from ocpi_conformance.fuzz._session import Session
from ocpi_conformance.fuzz.sequences import Sequence as SequenceOfRequests
from ocpi_conformance.fuzz.sequences import (
    SequenceResult,
    run_sequence,
    sequence_context,
    sequences_of,
)
from ocpi_conformance.fuzz.sequences.sequence_run import SequenceContext

__all__ = ["Budget", "Fuzzing", "Progress", "fuzz"]

_COVERAGE_SHARE = 0.6
# To draw the bounds of all properties, or to begin drawing twice, does not pay for few cases.
_MANY_CASES = 40
_APART: tuple[tuple[Literal["positive", "negative", "all"], float], ...] = (
    ("positive", 0.6),
    ("negative", 0.4),
)
_MOST_OBJECTS = 100  # of a kind: locations do not crowd out sessions
_MOST_ROUNDS = 6
_WEIGHT_OF_STEP = 2.0
_LEAST_RUNS = 3


@dataclass(frozen=True, slots=True)
class Budget:
    """How much a run may cost.

    Attributes:
        cases: About how many requests to send; probes and what makes findings smaller come on top.
        least: How many of them each operation gets at least, whatever its share; each sequence
            runs as often, but no more than three times for this reason.
        seconds: When to stop at the latest.
        seed: Where random draws begin.
        timeout: Seconds until an answer must be there.
        sequences: The share of sequences, in which one request follows from another; 0 for none,
            1 for nothing else.
        result_timeout: Seconds until the result of a command must have come, where the answer to
            the command does not allow less.
    """

    cases: int = 2000
    least: int = 8
    seconds: float = 600.0
    seed: int = 1
    timeout: float = 10.0
    sequences: float = 0.3
    result_timeout: float = 30.0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is.

    Attributes:
        target: The bundle that is at work.
        operation: The operation that is at work.
        done: How many operations are done.
        total: How many there are.
        findings: How many findings there are so far.
    """

    target: str
    operation: str
    done: int
    total: int
    findings: int


def fuzz(
    targets: Sequence[Target],
    knowledge: Knowledge,
    budget: Budget | None = None,
    *,
    progress: Callable[[Progress], None] = lambda _: None,
) -> Report:
    """Fuzz a party: valid and invalid requests to every operation, each answer checked.

    Args:
        targets: The interfaces of the party, in the order in which they are fuzzed.
        knowledge: What is known about the party; ids of its objects are added to it.
        budget: How much the run may cost.
        progress: Called with each operation that begins.
    """
    return Fuzzing(targets, knowledge, budget, progress=progress).run()


class Fuzzing:
    """A run of the fuzzer that another thread can stop and look at.

    Args:
        targets: As in :func:`fuzz`, like the others.
        knowledge: What is known about the party.
        budget: How much the run may cost.
        progress: Is called with each operation that begins.
    """

    def __init__(
        self,
        targets: Sequence[Target],
        knowledge: Knowledge,
        budget: Budget | None = None,
        *,
        progress: Callable[[Progress], None] = lambda _: None,
    ) -> None:
        self._targets, self._knowledge, self._progress = targets, knowledge, progress
        self._budget = budget or Budget()
        self._began = time.monotonic()
        self._collector = Collector()
        self._sessions: list[Session] = []
        self._run: _Run | None = None
        self._stop = Event()

    def run(self) -> Report:
        """Fuzz until the budget is spent, or :meth:`stop` is called."""
        end = self._began + self._budget.seconds
        with ExitStack() as stack:
            for target in self._targets:
                sender = Sender(target, seed=self._budget.seed, timeout=self._budget.timeout)
                stack.enter_context(sender)
                made = Session(
                    target, self._knowledge, self._collector, sender, end=end, stop=self._stop
                )
                self._sessions.append(made)
            for session in self._sessions:
                url = session.target.url
                session.interfaces = [
                    one.interface for one in self._sessions if one.target.url == url
                ]
                _learn(session, self._knowledge)
            self._run = _Run(self._sessions, self._budget)
            self._run.go(end, self._progress, self._collector)
        return self.report()

    def stop(self) -> None:
        """Ask nothing more; a request that is under way may still be answered."""
        self._stop.set()

    def report(self) -> Report:
        """Return what is known so far."""
        order = attrgetter("fault.severity", "target", "operation")
        return Report(
            self._budget.seed,
            time.monotonic() - self._began,
            {one.target.name: dict(one.tallies) for one in list(self._sessions)},
            sorted(self._collector, key=order),
            tuple(self._run.problems) if self._run else (),
            {name: dict(one) for name, one in dict(self._run.sequence_results).items()}
            if self._run
            else {},
        )


def _learn(session: Session, knowledge: Knowledge) -> None:
    for ids in session.learn():
        known = [one for one in knowledge.objects if one.keys() == ids.keys()]
        if len(known) < _MOST_OBJECTS and ids not in known:
            knowledge.objects.append(ids)


@dataclass(frozen=True, slots=True)
class _Job:
    """A part of a run.

    Attributes:
        session: Of the target that it is about.
        name: The operation that it is about.
        share: Of cases and of time, out of all jobs.
        work: Gets the cases, and when to stop on the monotonic clock.
        untested: The reason to report where there is no time left for it.
    """

    session: Session
    name: str
    share: float
    work: Callable[[int, float], None]
    untested: str


class _Run:
    """One run, and what comes of it beside findings."""

    def __init__(self, sessions: Sequence[Session], budget: Budget) -> None:
        self.problems: list[str] = []
        self.sequence_results: dict[str, dict[str, SequenceResult]] = {}
        self._budget = budget
        self._sessions = sessions
        self._engines = {one.target.name: Engine(one, timeout=budget.timeout) for one in sessions}

    def go(self, end: float, show: Callable[[Progress], None], found: Collector) -> None:
        """Do all jobs in turn."""
        jobs = [job for session in self._sessions for job in self._jobs(session)]
        left = whole = sum(job.share for job in jobs)
        for done, job in enumerate(jobs):
            now = time.monotonic()
            if job.session.stop.is_set():
                break
            if now >= end:
                self.problems.append(job.untested)
                continue
            show(Progress(job.session.target.name, job.name, done, len(jobs), len(found)))
            cases = int(self._budget.cases * job.share / whole)
            job.work(cases, now + (end - now) * job.share / left)
            left -= job.share
        self.problems += [problem for one in self._engines.values() for problem in one.problems]

    def _jobs(self, session: Session) -> Iterator[_Job]:
        operations = session.operations if self._budget.sequences < 1 else []
        weights = [_weight(one) * (1 - self._budget.sequences) for one in operations]
        for operation, weight in zip(operations, weights, strict=True):
            yield self._of_operation(session, operation, weight, last=operation is operations[-1])
        if not self._budget.sequences:
            return
        context = sequence_context(session, seconds=self._budget.result_timeout)
        for sequence in sequences_of(context):
            weight = _WEIGHT_OF_STEP * sequence.length * self._budget.sequences
            yield self._of_sequence(context, sequence, weight)

    def _of_operation(
        self, session: Session, operation: Operation, weight: float, *, last: bool
    ) -> _Job:
        def work(cases: int, end: float) -> None:
            engine = self._engines[session.target.name]
            session.put_back(operation)
            _operation(engine, operation, max(self._budget.least, cases), self._budget.seed, end)
            probe_operation(session, operation)
            if last:
                probe_target(session)

        where = f"{session.target.name} {operation.id}"
        untested = f"{where}: not tested, the time was up"
        return _Job(session, operation.id, weight, work, untested)

    def _of_sequence(
        self, context: SequenceContext, sequence: SequenceOfRequests, weight: float
    ) -> _Job:
        target, name = context.session.target.name, sequence.operation.id

        def work(cases: int, end: float) -> None:
            least = min(_LEAST_RUNS, self._budget.least)
            seed = self._budget.seed
            done = run_sequence(sequence, context, cases=cases, least=least, seed=seed, end=end)
            self.sequence_results.setdefault(target, {})[f"{name} ({sequence.kind})"] = done

        untested = f"{target} {name}: its sequences not tested, the time was up"
        return _Job(context.session, name, weight, work, untested)


def _operation(engine: Engine, operation: Operation, cases: int, seed: int, end: float) -> None:
    """Spend the share of one operation: its bounds first, then at random until all is spent."""
    many = cases >= _MANY_CASES
    part = int(cases * _COVERAGE_SHARE) if many else 0
    left = cases - engine.run(operation, Round("coverage", part, seed, end - time.monotonic()))
    for number in range(_MOST_ROUNDS):
        hunted = len(engine.hunted.get(operation.id, ()))
        spent = 0
        for mode, share in _APART if many else (("all", 1.0),):
            this = Round("fuzzing", int(left * share), seed + number, end - time.monotonic(), mode)
            spent += engine.run(operation, this)
        left -= spent
        # A round ends with the first broken rule; the next one looks for others.
        if len(engine.hunted.get(operation.id, ())) == hunted:
            break


def _weight(operation: Operation) -> float:
    """Weigh an operation by how much there is to be got wrong."""
    return 1.0 + len(operation.params) / 2 + len(operation.properties)
