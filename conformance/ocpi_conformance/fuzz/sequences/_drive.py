"""Runs sequences: hypothesis draws them, and makes those smaller that break a rule."""

import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Protocol

from hypothesis import HealthCheck, Phase, Verbosity, given, settings, strategies
from hypothesis import seed as seeded
from hypothesis.errors import Flaky, Unsatisfiable

from ocpi_conformance.bundles.operations import Operation
from ocpi_conformance.fuzz._hypothesis_isolation import isolated_hypothesis
from ocpi_conformance.fuzz._session import Session
from ocpi_conformance.fuzz.sequences._bodies import Bodies
from ocpi_conformance.fuzz.sequences._cdrs import find_posts
from ocpi_conformance.fuzz.sequences._comparison import Comparison
from ocpi_conformance.fuzz.sequences._objects import find_objects
from ocpi_conformance.fuzz.sequences._pages import find_pages
from ocpi_conformance.fuzz.sequences._results import find_results
from ocpi_conformance.fuzz.sequences.sequence_run import (
    RuleBroken,
    SequenceContext,
    SequenceRun,
    SequenceStopped,
)

__all__ = ["Sequence", "SequenceResult", "run_sequence", "sequence_context", "sequences_of"]

_PHASES = (Phase.generate, Phase.shrink)
_SHRINKS = 100
_MOST_ROUNDS = 4


class Sequence(Protocol):
    """A kind of sequence, for one class of objects, one list or one request."""

    @property
    def kind(self) -> str:
        """What is done, for people."""

    @property
    def operation(self) -> Operation:
        """What it is named by."""

    @property
    def length(self) -> int:
        """About how many requests there are in one run."""

    def run(self, run: SequenceRun, draw: Any) -> None:
        """Go through it once.

        Raises:
            SequenceStopped: It cannot go on.
            RuleBroken: A rule is broken.
        """

    def finish(self, context: SequenceContext) -> None:
        """Do what is left when all runs are done."""


@dataclass(slots=True)
class SequenceResult:
    """What became of the runs of a sequence.

    Attributes:
        kind: What was done, for people.
        runs: How often it was begun.
        completed: How often it came to its end.
        requests: How many requests were sent.
    """

    kind: str
    runs: int = 0
    completed: int = 0
    requests: int = 0


def sequence_context(session: Session, *, seconds: float) -> SequenceContext:
    """Prepare the sequences of a target.

    Args:
        session: Of the target.
        seconds: The longest wait for a result.
    """
    bundle = session.target.bundle
    return SequenceContext(session, Bodies(bundle), Comparison(bundle), seconds)


def sequences_of(context: SequenceContext) -> Iterator[Sequence]:
    """Find the sequences that the operations of a target make possible."""
    yield from find_objects(context)
    yield from find_posts(context)
    yield from find_results(context)
    yield from find_pages(context)


def run_sequence(
    sequence: Sequence,
    context: SequenceContext,
    *,
    cases: int,
    least: int,
    seed: int,
    end: float,
) -> SequenceResult:
    """Run a sequence as often as about so many requests allow.

    Args:
        sequence: What to run.
        context: Of its target.
        cases: About how many requests to send; those that make a finding smaller come on top.
        least: How often to run it at least, whatever that costs.
        seed: What random draws come from.
        end: When to stop, on the monotonic clock.
    """
    result = SequenceResult(sequence.kind)
    known: set[str] = set()
    for number in range(_MOST_ROUNDS):
        left = (cases - result.requests) // sequence.length
        if left <= 0 and number:
            break
        once = _Round(sequence, context, frozenset(known), end, result)
        new = once.run(max(least, left), seed + number)
        if new <= known:
            break
        known |= new
    sequence.finish(context)
    return result


@dataclass(slots=True)
class _Round:
    """Runs until the first rule breaks that was not known to, and is shown by a small sequence.

    Attributes:
        shrinks: How many runs were made to find a smaller one.
        found: The rules that were broken.
    """

    sequence: Sequence
    context: SequenceContext
    known: frozenset[str]
    end: float
    result: SequenceResult
    shrinks: int = 0
    found: set[str] = field(default_factory=set)

    def run(self, examples: int, seed: int) -> set[str]:
        """Run; give the rules that were broken."""
        once = given(strategies.data())(self._once)
        once = settings(
            max_examples=examples,
            phases=_PHASES,
            database=None,
            deadline=None,
            report_multiple_bugs=False,
            print_blob=False,
            verbosity=Verbosity.quiet,
            suppress_health_check=list(HealthCheck),
        )(seeded(seed)(once))
        # What was broken once is kept, also when it is not shown again in the end.
        with isolated_hypothesis(), suppress(RuleBroken, Flaky, Unsatisfiable):
            once()
        return self.found

    def _once(self, data: Any) -> None:
        self.shrinks += bool(self.found)
        if time.monotonic() > self.end or self.shrinks > _SHRINKS:
            return
        run = SequenceRun(self.context, self.known)
        self.result.runs += 1
        try:
            self.sequence.run(run, data.draw)
            self.result.completed += 1
        except SequenceStopped:
            pass
        except RuleBroken as broken:
            self.found.add(str(broken))
            raise
        finally:
            self.result.requests += len(run.steps)
