"""A whole run: targets in turn, the budget shared out over their operations."""

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Literal

from ocpi_conformance.fuzz.engine import Engine, Round
from ocpi_conformance.fuzz.findings import Collector
from ocpi_conformance.fuzz.knowledge import Knowledge
from ocpi_conformance.fuzz.probes import probe_operation, probe_target
from ocpi_conformance.fuzz.report import Report
from ocpi_conformance.fuzz.sending import Sender
from ocpi_conformance.fuzz.session import Session
from ocpi_conformance.fuzz.surface import Described
from ocpi_conformance.fuzz.target import Target

__all__ = ["Budget", "Progress", "fuzz"]

_LEAST_CASES = 8
_COVERAGE_SHARE = 0.6
# To draw the bounds of all properties, or to begin drawing twice, does not pay for few cases.
_MANY_CASES = 40
_APART: tuple[tuple[Literal["positive", "negative", "all"], float], ...] = (
    ("positive", 0.6),
    ("negative", 0.4),
)
_MOST_OBJECTS = 100
_MOST_ROUNDS = 6


@dataclass(frozen=True, slots=True)
class Budget:
    """How much a run may cost.

    Attributes:
        cases: About how many requests to send; probes and what makes findings smaller come on top.
        seconds: When to stop at the latest.
        seed: Where random draws begin.
        timeout: Seconds until an answer must be there.
    """

    cases: int = 2000
    seconds: float = 600.0
    seed: int = 1
    timeout: float = 10.0


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
    """Fuzz a party: valid and invalid requests to every operation, each answer held to the rules.

    Args:
        targets: The interfaces of the party, in the order in which they are fuzzed.
        knowledge: What is known about the party; ids of its objects are added to it.
        budget: How much the run may cost.
        progress: Is told each operation that begins.
    """
    budget = budget or Budget()
    began = time.monotonic()
    collector = Collector()
    with ExitStack() as stack:
        sessions = []
        for target in targets:
            sender = Sender(target, seed=budget.seed, timeout=budget.timeout)
            sessions.append(Session(target, knowledge, collector, stack.enter_context(sender)))
        for session in sessions:
            _learn(session, knowledge)
        problems = _run(sessions, budget, began + budget.seconds, collector, progress)
    ordered = sorted(collector, key=lambda one: (one.fault.severity, one.target, one.operation))
    tallies = {session.target.name: session.tallies for session in sessions}
    return Report(budget.seed, time.monotonic() - began, tallies, ordered, tuple(problems))


def _learn(session: Session, knowledge: Knowledge) -> None:
    for ids in session.learn():
        if len(knowledge.objects) < _MOST_OBJECTS and ids not in knowledge.objects:
            knowledge.objects.append(ids)


def _run(
    sessions: Sequence[Session],
    budget: Budget,
    end: float,
    collector: Collector,
    progress: Callable[[Progress], None],
) -> list[str]:
    plan = [(session, operation) for session in sessions for operation in session.operations]
    weights = [_weight(operation) for _, operation in plan]
    engines = {id(session): Engine(session, timeout=budget.timeout) for session in sessions}
    left = float(sum(weights))
    problems: list[str] = []
    for done, (session, operation) in enumerate(plan):
        now = time.monotonic()
        if now >= end:
            problems.append(f"{session.target.name} {operation.id}: not tested, the time was up")
            continue
        progress(Progress(session.target.name, operation.id, done, len(plan), len(collector)))
        share = weights[done] / left
        left -= weights[done]
        cases = max(_LEAST_CASES, int(budget.cases * weights[done] / sum(weights)))
        session.put_back(operation)
        _operation(
            engines[id(session)], session, operation, cases, budget.seed, now + (end - now) * share
        )
        probe_operation(session, operation)
        if done + 1 == len(plan) or plan[done + 1][0] is not session:
            probe_target(session)
    return [*problems, *(problem for one in engines.values() for problem in one.problems)]


def _operation(
    engine: Engine, session: Session, operation: Described, cases: int, seed: int, end: float
) -> None:
    """Spend the share of one operation: its bounds first, then at random until all is spent."""
    many = cases >= _MANY_CASES
    part = int(cases * _COVERAGE_SHARE) if many else 0
    left = cases - engine.run(operation, Round("coverage", part, seed, end - time.monotonic()))
    for number in range(_MOST_ROUNDS):
        known = session.broken_rules(operation)
        spent = 0
        for mode, share in _APART if many else (("all", 1.0),):
            this = Round("fuzzing", int(left * share), seed + number, end - time.monotonic(), mode)
            spent += engine.run(operation, this)
        left -= spent
        if session.broken_rules(operation) == known:
            break


def _weight(operation: Described) -> float:
    """Weigh an operation by how much there is to be got wrong."""
    return 1.0 + len(operation.params) / 2 + len(operation.properties)
