"""What a conversion reports of one object: losses, assumptions, and fields that move."""

from typing import Any, Generic, TypeVar

from msgspec import UNSET

from ocpi_bridge._context import ConversionContext
from ocpi_bridge._conversion.paths import Path
from ocpi_bridge._conversion.step_run import StepRun
from ocpi_runtime.types import Model

__all__ = ["Report"]

S = TypeVar("S", bound=Model)


class Report(Generic[S]):
    """One object, and what is reported of it.

    Attributes:
        source: The object.
        at: Where it is in what is converted.
        to: Where it will be in the result.
        parent: The object around it.
    """

    def __init__(
        self, run: StepRun, source: S, at: Path, to: Path, parent: "Report[Any] | None"
    ) -> None:
        self.source = source
        self.at = at
        self.to = to
        self.parent = parent
        self._run = run
        self._used: set[str] = set()

    @property
    def context(self) -> ConversionContext:
        """What the caller adds to the object."""
        return self._run.context

    @property
    def version(self) -> str:
        """The version that the object goes to."""
        return self._run.step.target

    def note(self, to: Path, reason: str) -> None:
        """Report a place in the result as an assumption."""
        self._run.assumptions.append(((*self.to, *to), reason))

    def mark_used(self, *names: str) -> None:
        """Mark fields of the source as converted by a rule, or as not needed in the result."""
        self._used.update(names)

    def covered_by_parent(self, name: str) -> None:
        """Mark a field as represented by the field of the same name in the parent object."""
        self._used.add(name)
        if self.parent is not None:
            self._run.also.append(((*self.parent.to, name), (*self.at, name)))

    def lose(self, name: str, reason: str) -> None:
        """Report a field of the source as lost, or as not represented exactly."""
        self._used.add(name)
        self.lose_below((name,), reason)

    def lose_below(self, at: Path, reason: str) -> None:
        """Report something below the object as lost."""
        self._run.losses.append(((*self.at, *at), reason))

    def leave(self, model: Model, at: Path, *kept: str) -> None:
        """Report the fields of an object below this one as lost, but for some."""
        for name in model.__struct_fields__:
            if name not in kept and _has_value(getattr(model, name)):
                self.lose_below((*at, name), self._no_place())

    def move(self, to: Path, at: Path | None) -> None:
        """Record where in the source a place of the result comes from; None if from nowhere."""
        self._run.moves.append(((*self.to, *to), None if at is None else (*self.at, *at)))

    def _no_place(self) -> str:
        return f"the field does not exist in OCPI {self.version}"


def _has_value(value: Any) -> bool:
    return value is not UNSET and value is not None and value != []
