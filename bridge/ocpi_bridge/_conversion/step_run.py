"""The state of one step of a conversion: rules, context, and what was reported so far."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from ocpi_bridge._context import ConversionContext
from ocpi_bridge._conversion.paths import Path
from ocpi_bridge._conversion.step import ConversionStep

__all__ = ["NotRepresentable", "StepRun"]

T = TypeVar("T")


class NotRepresentable(Exception):
    """The target cannot represent this. The optional field or list item around it is left out."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(reason)
        self.path = path
        self.reason = reason


@dataclass(slots=True)
class StepRun:
    """The rules, what the caller adds, and what has been reported so far.

    Attributes:
        step: The rules.
        context: What the caller adds.
        losses: Places in the source, and why they are lost.
        assumptions: Places in the target, and what they were derived from.
        moves: Places in the target, and where in the source they come from; None if from nowhere.
            Only where they differ.
        also: Places in the target, and others in the source that they speak for as well.
    """

    step: ConversionStep
    context: ConversionContext
    losses: list[tuple[Path, str]] = field(default_factory=list)
    assumptions: list[tuple[Path, str]] = field(default_factory=list)
    moves: list[tuple[Path, Path | None]] = field(default_factory=list)
    also: list[tuple[Path, Path]] = field(default_factory=list)

    def attempt(self, work: Callable[[], T]) -> T:
        """Do something that may prove not_representable; what it reported is forgotten then."""
        notes: tuple[list[Any], ...] = (self.losses, self.assumptions, self.moves, self.also)
        marks = [len(each) for each in notes]
        try:
            return work()
        except NotRepresentable:
            for each, mark in zip(notes, marks, strict=True):
                del each[mark:]
            raise
