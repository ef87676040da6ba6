"""What comes out of a conversion."""

from dataclasses import dataclass
from typing import Generic, TypeVar

__all__ = ["Assumption", "Converted", "Loss"]

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Loss:
    """Something of the object that the result does not represent, or not exactly.

    Attributes:
        pointer: Where in the object that was converted, as an RFC 6901 JSON pointer, however many
            versions lie between. What is below it is lost as well.
        reason: Why, and which value is used instead, if any, for a person.
    """

    pointer: str
    reason: str


@dataclass(frozen=True, slots=True)
class Assumption:
    """Something that the result requires and the object did not contain.

    What the caller supplied in the context is not an assumption.

    Attributes:
        pointer: Where in the result, as an RFC 6901 JSON pointer.
        reason: What it was derived from, or what it stands for, for a person.
    """

    pointer: str
    reason: str


@dataclass(frozen=True, slots=True)
class Converted(Generic[T_co]):
    """An object in another version.

    Attributes:
        value: The model. Valid, if the object that was converted is.
        losses: What it no longer represents.
        assumptions: What it contains although the object did not.
    """

    value: T_co
    losses: tuple[Loss, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
