"""Runs sequences, and makes those smaller that break a rule."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Protocol

from ocpi_conformance.bundles.operations import Operation
from ocpi_conformance.fuzz._session import FuzzSession
from ocpi_conformance.fuzz.drawing import Draws, Requests
from ocpi_conformance.fuzz.sequences._cdrs import find_posts
from ocpi_conformance.fuzz.sequences._objects import find_objects
from ocpi_conformance.fuzz.sequences._pages import find_pages
from ocpi_conformance.fuzz.sequences._results import find_results
from ocpi_conformance.fuzz.sequences._sequence_run import (
    SequenceContext,
    SequenceFailed,
    SequenceRun,
    SequenceStopped,
)
from ocpi_conformance.verdicts.comparison import Comparison

__all__ = ["Sequence", "SequenceResult", "run_sequence", "sequence_context", "sequences_of"]

# How much of the optional properties is there in turn, and where something smaller is looked for.
_SHARES: Final = (0.5, 0.2, 1.0)
_SMALLER: Final = (0, 0, 0, 0, 0, 0.2, 0.2)


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

    def run(self, run: SequenceRun, draws: Draws) -> None:
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


def sequence_context(
    session: FuzzSession, requests: Requests, *, seconds: float
) -> SequenceContext:
    """Prepare the sequences of a target.

    Args:
        session: Of the target.
        requests: Draws requests to it.
        seconds: The longest wait for a result.
    """
    return SequenceContext(session, requests, Comparison(session.target.bundle), seconds)


def sequences_of(context: SequenceContext) -> Iterator[Sequence]:
    """Find the sequences that the operations of a target make possible."""
    yield from find_objects(context)
    yield from find_posts(context)
    yield from find_results(context)
    yield from find_pages(context)


def run_sequence(
    sequence: Sequence, context: SequenceContext, result: SequenceResult, *, seed: int
) -> None:
    """Run a sequence as often as the allowance of the session admits.

    Args:
        sequence: What to run.
        context: Of its target.
        result: Counts what becomes of it.
        seed: What random draws come from.
    """
    name = f"{seed} {context.session.target.name} {sequence.operation.id} {sequence.kind}"
    rng = random.Random(name)  # noqa: S311 - no secret
    runs = 0
    while context.session.allowance.left >= sequence.length / (2 if runs else 4):
        before = result.requests
        broken = _once(sequence, context, result, Draws(rng, _SHARES[runs % len(_SHARES)]))
        runs += 1
        if broken is not None and broken.new:
            _make_smaller(sequence, context, result, broken, rng)
        if result.requests == before:
            break
    sequence.finish(context)


def _make_smaller(
    sequence: Sequence,
    context: SequenceContext,
    result: SequenceResult,
    broken: SequenceFailed,
    rng: random.Random,
) -> None:
    """Look for a smaller run that breaks the same rule in the same way."""
    for share in _SMALLER:
        if not context.session.allowance.left:
            return
        again = _once(sequence, context, result, Draws(rng, share))
        if again is not None and again.cause == broken.cause:
            return


def _once(
    sequence: Sequence, context: SequenceContext, result: SequenceResult, draws: Draws
) -> SequenceFailed | None:
    """Run a sequence once; return what is broken."""
    run = SequenceRun(context)
    result.runs += 1
    try:
        sequence.run(run, draws)
        result.completed += 1
    except SequenceStopped:
        pass
    except SequenceFailed as broken:
        return broken
    finally:
        result.requests += len(run.steps)
    return None
