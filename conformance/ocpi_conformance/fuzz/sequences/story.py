"""One run of a sequence: what was asked in turn, and what is found in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ocpi_conformance.fuzz.align import Parts, Way, align, way_of
from ocpi_conformance.fuzz.findings import Fault
from ocpi_conformance.fuzz.memory import written
from ocpi_conformance.fuzz.sequences.bodies import Bodies
from ocpi_conformance.fuzz.sequences.same import Comparison
from ocpi_conformance.fuzz.session import Session
from ocpi_conformance.fuzz.surface import Described
from ocpi_conformance.fuzz.trial import Outcome, Trial
from ocpi_conformance.fuzz.wire import Exchange, Sent

__all__ = ["Broken", "Cut", "Scene", "Story"]


class Cut(Exception):
    """A step was not answered as it has to be for the next one."""


class Broken(Exception):
    """A rule is broken: hypothesis shall look for a smaller sequence."""


@dataclass(slots=True)
class Scene:
    """What the sequences of one target share.

    Attributes:
        session: Sends, judges and keeps what is found.
        bodies: Draws valid requests.
        compare: Compares what was sent with what came back.
        seconds: The longest wait for a result.
    """

    session: Session
    bodies: Bodies
    compare: Comparison
    seconds: float


class Story:
    """One run of a sequence.

    Args:
        scene: Where it plays.
        known: The rules whose break is known; it is counted then, but made no smaller.
    """

    def __init__(self, scene: Scene, known: frozenset[str]) -> None:
        self.scene = scene
        self.steps: list[Exchange] = []
        self._known = known

    def drawn(self, operation: Described, draw: Any, there: Mapping[str, str]) -> Parts:
        """Draw a valid request, with ids that belong together.

        Args:
            operation: What will be called.
            draw: Of hypothesis.
            there: What is settled already: ids of the path, and of the query.
        """
        parts = draw(self.scene.bodies.of(operation))
        knowledge = self.scene.session.knowledge
        _, number = way_of(operation, parts)
        return align(operation, parts, knowledge, Way.KNOWN, number, there)

    def ask(self, operation: Described, parts: Parts) -> Trial:
        """Send a request.

        Raises:
            Cut: No answer came, or the time is up.
        """
        session = self.scene.session
        return self.send(
            operation, written(operation, session.target.url, parts, session.headers(operation))
        )

    def send(self, operation: Described, sent: Sent) -> Trial:
        """Send a request that is written already.

        Raises:
            Cut: No answer came, or the time is up.
        """
        trial = self.scene.session.step(operation, sent)
        if trial is None:
            raise Cut
        self.steps.append(trial.exchange)
        return trial

    def must(self, trial: Trial) -> Trial:
        """Go on only after success; a refusal is judged elsewhere.

        Raises:
            Cut: It was no success.
        """
        if trial.outcome is not Outcome.ACCEPTED:
            raise Cut
        return trial

    def blame(self, operation: Described, fault: Fault, *, smaller: bool = True) -> None:
        """Keep what is wrong, and end the run.

        Args:
            operation: What was called last.
            fault: What is wrong.
            smaller: Whether to look for a smaller sequence that shows it.

        Raises:
            Broken: The rule is new, and a smaller sequence is wanted.
            Cut: Otherwise.
        """
        self.scene.session.keep(fault, operation, self.steps[-1], self.steps)
        raise Broken(fault.rule) if smaller and fault.rule not in self._known else Cut
