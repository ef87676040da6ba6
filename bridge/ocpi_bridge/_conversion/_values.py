"""Conversion of values by their types: texts, numbers, enumerations, lists."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, TypeAlias

from msgspec import inspect

from ocpi_bridge._conversion.decimals import InvalidNumber, exact
from ocpi_bridge._conversion.paths import Path
from ocpi_bridge._conversion.shapes import Limits
from ocpi_bridge._conversion.step import ANYTHING_ELSE
from ocpi_bridge._conversion.step_run import NotRepresentable, StepRun
from ocpi_bridge._conversion.text import fitted, is_identifier
from ocpi_runtime.types import Model, OpenEnum

__all__ = ["TargetField", "carried"]

Objects: TypeAlias = Callable[[Any, type[Any], Path, Path], Model]


@dataclass(frozen=True, slots=True)
class TargetField:
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


def carried(run: StepRun, value: Any, kind: inspect.Type, place: TargetField) -> Any:
    """Carry a value over.

    Args:
        run: Where losses are reported.
        value: In the version of the source; not null.
        kind: Its type in the target.
        place: Where it comes from and goes to.

    Raises:
        NotRepresentable: The target cannot represent it.
    """
    match kind:
        case inspect.StructType():
            return place.objects(value, kind.cls, place.at, place.to)
        case inspect.ListType():
            return _list(run, value, kind.item_type, place)
        case inspect.EnumType():
            return _member(run, str(value), kind.cls, place)
        case inspect.StrType():
            return _text(run, str(value), place)
        case inspect.DecimalType():
            return _number(value, place)
    return value


def _list(run: StepRun, values: list[Any], kind: inspect.Type, place: TargetField) -> list[Any]:
    """Carry a list over without the items that the target cannot represent."""
    kept: list[Any] = []
    reason = "is empty"
    for index, value in enumerate(values):
        at, to = (*place.at, index), (*place.to, len(kept))
        item = TargetField(at, to, place.name, place.limits, place.objects)
        try:
            kept.append(_item(run, value, kind, item))
        except NotRepresentable as error:
            reason = error.reason
            run.losses.append((at, reason))
    if len(kept) < place.limits.min_items:
        raise NotRepresentable(place.at, reason)
    return kept


def _item(run: StepRun, value: Any, kind: inspect.Type, place: TargetField) -> Any:
    def work() -> Any:
        if place.at[-1] != place.to[-1]:  # items before it were left out
            run.moves.append((place.to, place.at))
        return carried(run, value, kind, place)

    return run.attempt(work)


def _member(run: StepRun, text: str, kind: type[Enum], place: TargetField) -> Enum:
    if issubclass(kind, OpenEnum) or text in _values_of(kind):
        return kind(text)
    known = run.step.stand_ins.get(kind, {})
    stand_in = known.get(text) or known.get(ANYTHING_ELSE)
    reason = f"{text} cannot be represented in OCPI {run.step.target}"
    if stand_in is None:
        raise NotRepresentable(place.at, reason)
    run.losses.append((place.at, f"{reason}; {stand_in} is used"))
    return kind(stand_in)


@cache
def _values_of(kind: type[Enum]) -> frozenset[str]:
    return frozenset(each.value for each in kind)


def _text(run: StepRun, text: str, place: TargetField) -> str:
    limits, identifier = place.limits, is_identifier(place.name)
    fit = fitted(text, limits.max_length, ascii_only=limits.ascii_only, identifier=identifier)
    if fit != text:
        reason = f"the value cannot be represented in OCPI {run.step.target}; {fit!r} is used"
        run.losses.append((place.at, reason))
    return fit


def _number(value: Any, place: TargetField) -> Decimal:
    try:
        return exact(value)
    except InvalidNumber as error:
        raise NotRepresentable(place.at, str(error)) from None
