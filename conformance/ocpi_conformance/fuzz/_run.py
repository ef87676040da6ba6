"""A whole run: targets in turn, the budget shared out over their operations."""

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from threading import Event
from typing import Final

from ocpi_conformance.exchanges.sending import Sender
from ocpi_conformance.exchanges.target import Target
from ocpi_conformance.fuzz._budget import Allowance, Budget, Progress
from ocpi_conformance.fuzz._jobs import Jobs
from ocpi_conformance.fuzz._knowledge import Knowledge
from ocpi_conformance.fuzz._result import FuzzResult, report_of
from ocpi_conformance.fuzz._session import FuzzSession
from ocpi_conformance.verdicts.collector import Collector

__all__ = ["Fuzzing", "fuzz"]

_MOST_OBJECTS: Final = 100  # of a kind: locations do not crowd out sessions


def fuzz(
    targets: Sequence[Target],
    knowledge: Knowledge,
    budget: Budget | None = None,
    *,
    progress: Callable[[Progress], None] = lambda _: None,
) -> FuzzResult:
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
        self._began, self._date = time.monotonic(), datetime.now(UTC)
        self._collector = Collector()
        self._sessions: list[FuzzSession] = []
        self._jobs: Jobs | None = None
        self._stop = Event()

    def run(self) -> FuzzResult:
        """Fuzz until the budget is spent, or :meth:`stop` is called."""
        budget = self._budget
        allowance = Allowance(budget.cases, self._began + budget.seconds, self._stop)
        with ExitStack() as stack:
            for target in self._targets:
                sender = Sender(target, seed=budget.seed, timeout=budget.timeout)
                stack.enter_context(sender)
                self._sessions.append(
                    FuzzSession(target, self._knowledge, self._collector, sender, allowance)
                )
            for session in self._sessions:
                url = session.target.url
                session.interfaces = [
                    one.interface for one in self._sessions if one.target.url == url
                ]
                _learn(session, self._knowledge)
            self._jobs = Jobs(self._sessions, budget, allowance)
            self._jobs.go(self._progress, self._collector.__len__)
        return self.report()

    def stop(self) -> None:
        """Ask nothing more; a request that is under way may still be answered."""
        self._stop.set()

    def report(self) -> FuzzResult:
        """Return what is known so far."""
        jobs = self._jobs
        sequences = jobs.sequence_results if jobs else {}
        tallies = {one.target.name: dict(one.tallies) for one in list(self._sessions)}
        report = report_of(
            [one.target for one in self._sessions],
            self._collector.findings(),
            began=self._date,
            seconds=time.monotonic() - self._began,
            seed=self._budget.seed,
            requests=sum(one.cases for target in tallies.values() for one in target.values()),
            problems=tuple(jobs.problems) if jobs else (),
        )
        return FuzzResult(report, tallies, {name: dict(one) for name, one in sequences.items()})


def _learn(session: FuzzSession, knowledge: Knowledge) -> None:
    for ids in session.learn():
        known = [one for one in knowledge.objects if one.keys() == ids.keys()]
        if len(known) < _MOST_OBJECTS and ids not in known:
            knowledge.objects.append(ids)
