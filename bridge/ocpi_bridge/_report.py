"""What is said about one object on its way: what of it is lost, assumed, or stands elsewhere."""

from typing import Any, Generic, TypeVar

from msgspec import UNSET

from ocpi_bridge._journey import Journey
from ocpi_bridge._paths import Path
from ocpi_bridge.context import Context
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
        self, journey: Journey, source: S, at: Path, to: Path, parent: "Report[Any] | None"
    ) -> None:
        self.source = source
        self.at = at
        self.to = to
        self.parent = parent
        self._journey = journey
        self._spent: set[str] = set()

    @property
    def context(self) -> Context:
        """What the caller knows beside the object."""
        return self._journey.context

    @property
    def version(self) -> str:
        """The version that the object goes to."""
        return self._journey.step.target

    def note(self, to: Path, reason: str) -> None:
        """Report a place in the result as an assumption."""
        self._journey.assumptions.append(((*self.to, *to), reason))

    def spend(self, *names: str) -> None:
        """Mark fields of the source as said in another way, or as not worth saying."""
        self._spent.update(names)

    def say_above(self, name: str) -> None:
        """Mark a field as said by the one of the same name in the object around."""
        self._spent.add(name)
        if self.parent is not None:
            self._journey.also.append(((*self.parent.to, name), (*self.at, name)))

    def lose(self, name: str, reason: str) -> None:
        """Report a field of the source as lost, or as not said exactly."""
        self._spent.add(name)
        self.lose_below((name,), reason)

    def lose_below(self, at: Path, reason: str) -> None:
        """Report something below the object as lost."""
        self._journey.losses.append(((*self.at, *at), reason))

    def leave(self, model: Model, at: Path, *kept: str) -> None:
        """Report the fields of an object below this one as lost, but for some."""
        for name in model.__struct_fields__:
            if name not in kept and _says_something(getattr(model, name)):
                self.lose_below((*at, name), self._no_place())

    def move(self, to: Path, at: Path | None) -> None:
        """Say where in the source a place of the result comes from; None if from nowhere."""
        self._journey.moves.append(((*self.to, *to), None if at is None else (*self.at, *at)))

    def _no_place(self) -> str:
        return f"OCPI {self.version} has no such field"


def _says_something(value: Any) -> bool:
    return value is not UNSET and value is not None and value != []
