"""What happens while one object is repaired: where the walk is, and what was repaired."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Self, TypeAlias

from ocpi_runtime._validation.bounds import pointer
from ocpi_runtime.types import UNSET, Raw

if TYPE_CHECKING:
    from ocpi_runtime.dialect._dialect import Dialect
    from ocpi_runtime.dialect._repairing.part import Part

__all__ = ["MOST_FAULTS", "Filler", "Gap", "Repair", "RepairedText", "Repairs", "TooManyFaults"]

MOST_FAULTS: Final = 5_000
"""Maximum number of repaired parts of one object: a large object of a real feed has hundreds."""

_MOST: Final = 1000


@dataclass(frozen=True, slots=True)
class Repair:
    """One repair of an object.

    Attributes:
        rule: The id of the rule.
        pointer: Where, as a JSON pointer into the object as it was sent; a filled-in field is
            pointed at where it is now.
        before: The value that was sent; UNSET where the field was absent.
        after: The value that it was repaired to; UNSET where it was left out.
    """

    rule: str
    pointer: str
    before: Any
    after: Any


class RepairedText(Raw):
    """JSON text after repairs, with what came before them.

    Args:
        text: The text after the repairs.
        sent: The text that was sent.
        repairs: What was repaired.
    """

    sent: bytes
    repairs: tuple[Repair, ...]

    def __new__(cls, text: bytes, sent: bytes, repairs: tuple[Repair, ...]) -> Self:
        """Make the text."""
        made = super().__new__(cls, text)
        made.sent, made.repairs = sent, repairs
        return made

    def report(self) -> list[dict[str, Any]]:
        """Return the repairs as JSON values, without ``before`` or ``after`` that is absent."""
        return [
            {
                name: value
                for name in ("rule", "pointer", "before", "after")
                if (value := getattr(each, name)) is not UNSET
            }
            for each in self.repairs
        ]


class TooManyFaults(Exception):
    """An object has so many faults that it is not repaired."""


@dataclass(slots=True)
class Repairs:
    """The repairs of one object.

    Attributes:
        dialect: Which rules are on, and what is known of the partner.
        now: The timestamp of the envelope, or of reading, as text.
        path: The field names and indexes that lead to the value at hand.
        parents: The objects around it, the outermost first.
        done: What was repaired, the first 1000 repairs.
        made: How many repairs there were.
        entered: How many parts that are not valid the walk has entered; it has an end, whether
            they can be repaired or not.
    """

    dialect: "Dialect"
    now: str
    path: list[str | int] = field(default_factory=list)
    parents: list[dict[str, Any]] = field(default_factory=list)
    done: list[Repair] = field(default_factory=list)
    made: int = 0
    entered: int = 0

    def enter(self) -> None:
        """Count a part that is not valid.

        Raises:
            TooManyFaults: There are more of them than are repaired in one object.
        """
        self.entered += 1
        if self.entered > MOST_FAULTS:
            raise TooManyFaults

    def is_on(self, rule: str) -> bool:
        """Return whether a rule is on."""
        return rule in self.dialect.active

    def add(self, rule: str, before: Any, after: Any, *steps: str | int) -> None:
        """Record a repair of the value at hand, or of one below it."""
        self.made += 1
        if len(self.done) < _MOST:
            self.done.append(Repair(rule, pointer([*self.path, *steps]), before, after))

    def take_back(self, made: int) -> None:
        """Forget the repairs behind a number of them, which came to nothing."""
        self.made = made
        del self.done[made:]

    @property
    def more(self) -> int:
        """Number of repairs that are not in ``done``."""
        return self.made - len(self.done)


@dataclass(frozen=True, slots=True)
class Gap:
    """A required field without a usable value.

    Attributes:
        part: The class of the object.
        value: The object.
        name: The name of the field.
        repairs: The repairs so far, and what is around the object.
    """

    part: "Part"
    value: dict[str, Any]
    name: str
    repairs: Repairs


Filler: TypeAlias = Callable[[Gap], Any]
"""Returns a value for a gap, or UNSET where it knows none."""
