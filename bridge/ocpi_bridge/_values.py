"""Values on their way, by their types: texts, numbers, enumerations, lists."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Any, TypeAlias

from msgspec import inspect

from ocpi_bridge._exactly import NoNumber, exact
from ocpi_bridge._journey import Inexpressible, Journey
from ocpi_bridge._paths import Path
from ocpi_bridge._shapes import Limits
from ocpi_bridge._step import ANYTHING_ELSE
from ocpi_bridge._text import fitted, is_identifier
from ocpi_runtime.types import Model, OpenEnum

__all__ = ["Place", "carried"]

Objects: TypeAlias = Callable[[Any, type[Any], Path, Path], Model]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value comes from and goes to, and what is allowed there.

    Attributes:
        at: In the source.
        to: In the target.
        name: Of the field of the target.
        limits: Of that field.
        objects: Carries the objects in it over.
    """

    at: Path
    to: Path
    name: str
    limits: Limits
    objects: Objects


def carried(journey: Journey, value: Any, kind: inspect.Type, place: Place) -> Any:
    """Carry a value over.

    Args:
        journey: Where losses are reported.
        value: In the version of the source; not null.
        kind: Its type in the target.
        place: Where it comes from and goes to.

    Raises:
        Inexpressible: The target cannot say it.
    """
    match kind:
        case inspect.StructType():
            return place.objects(value, kind.cls, place.at, place.to)
        case inspect.ListType():
            return _list(journey, value, kind.item_type, place)
        case inspect.EnumType():
            return _member(journey, str(value), kind.cls, place)
        case inspect.StrType():
            return _text(journey, str(value), place)
        case inspect.DecimalType():
            return _number(value, place)
    return value


def _list(journey: Journey, values: list[Any], kind: inspect.Type, place: Place) -> list[Any]:
    """Carry a list over without the items that the target cannot say."""
    kept: list[Any] = []
    reason = "is empty"
    for index, value in enumerate(values):
        at, to = (*place.at, index), (*place.to, len(kept))
        item = Place(at, to, place.name, place.limits, place.objects)
        try:
            kept.append(_item(journey, value, kind, item))
        except Inexpressible as error:
            reason = error.reason
            journey.losses.append((at, reason))
    if len(kept) < place.limits.min_items:
        raise Inexpressible(place.at, reason)
    return kept


def _item(journey: Journey, value: Any, kind: inspect.Type, place: Place) -> Any:
    def work() -> Any:
        if place.at[-1] != place.to[-1]:  # items before it were left out
            journey.moves.append((place.to, place.at))
        return carried(journey, value, kind, place)

    return journey.attempt(work)


def _member(journey: Journey, text: str, kind: type[Enum], place: Place) -> Enum:
    if issubclass(kind, OpenEnum) or text in {each.value for each in kind}:
        return kind(text)
    known = journey.step.stand_ins.get(kind, {})
    stand_in = known.get(text) or known.get(ANYTHING_ELSE)
    reason = f"{text} is not known in OCPI {journey.step.target}"
    if stand_in is None:
        raise Inexpressible(place.at, reason)
    journey.losses.append((place.at, f"{reason}; {stand_in} stands in for it"))
    return kind(stand_in)


def _text(journey: Journey, text: str, place: Place) -> str:
    limits, identifier = place.limits, is_identifier(place.name)
    fit = fitted(text, limits.max_length, ascii_only=limits.ascii_only, identifier=identifier)
    if fit != text:
        reason = f"does not fit into OCPI {journey.step.target}; {fit!r} stands in for it"
        journey.losses.append((place.at, reason))
    return fit


def _number(value: Any, place: Place) -> Decimal:
    try:
        return exact(value)
    except NoNumber as error:
        raise Inexpressible(place.at, str(error)) from None
