"""What no other rule repairs: optional parts are left out, as small as possible."""

from collections.abc import Iterator
from typing import Any, Final

from ocpi_runtime._codec.steps import run
from ocpi_runtime._validation.validate import fault_steps
from ocpi_runtime.dialect._repairing.part import Part
from ocpi_runtime.dialect._repairs import Repairs
from ocpi_runtime.dialect._rule import Rule
from ocpi_runtime.types import UNSET

__all__ = ["RULES", "decides_about_money", "leave_out"]

_SECTION: Final = "types: cardinality"
RULES: Final = (
    Rule(
        "optional-left-out",
        "lenient",
        "An optional field that no other rule repairs is left out.",
        _SECTION,
    ),
    Rule(
        "item-left-out",
        "lenient",
        "An object in an optional list that no other rule repairs, such as an EVSE "
        "without connectors, is left out; so is one connector of several.",
        _SECTION,
    ),
)

_MOST_ROUNDS: Final = 20
_MONEY: Final = frozenset({
    "CdrDimension", "ChargingPeriod", "Price", "PriceComponent", "PriceLimit", "TariffElement",
    "TariffRestrictions", "TaxAmount",
})  # fmt: skip
Place = tuple[Any, str | int, str]


def decides_about_money(part: Part) -> bool:
    """Return whether a session would cost something else if a field of a class were left out."""
    return part.name in _MONEY


def leave_out(part: Part, value: Any, kind: Any, repairs: Repairs) -> None:
    """Take away what is not valid, round by round, where the object stays complete without it."""
    for _ in range(_MOST_ROUNDS):
        if part.is_valid(value):
            return
        pointers = [each.pointer for each in run(fault_steps(value, kind))]
        places = [found for each in pointers if (found := _place(part, value, each, repairs))]
        if not places:
            return
        for holder, path in _deepest_first(places):
            _take(holder, path, repairs)


def _deepest_first(
    places: list[tuple[Any, list[str | int]]],
) -> Iterator[tuple[Any, list[str | int]]]:
    """Yield each place once; of a list the last item first, so that indexes stay right."""
    by_path = {tuple(map(str, path)): (holder, path) for holder, path in places}
    order = sorted(by_path.values(), key=lambda found: [_rank(each) for each in found[1]])
    yield from reversed(order)


def _rank(step: str | int) -> tuple[int, str]:
    return (step, "") if isinstance(step, int) else (-1, step)


def _take(holder: Any, path: list[str | int], repairs: Repairs) -> None:
    step = path[-1]
    rule = "item-left-out" if isinstance(step, int) else "optional-left-out"
    try:
        before = holder.pop(step)
    except (KeyError, IndexError):
        return
    repairs.add(rule, before, UNSET, *path)


def _has_others(name: str, value: Any) -> bool:
    """Return whether an EVSE keeps other connectors when one is left out."""
    return name == "connectors" and isinstance(value, list) and len(value) > 1


def _place(
    part: Part, value: Any, pointer: str, repairs: Repairs
) -> tuple[Any, list[str | int]] | None:
    """Find the smallest optional part around a fault."""
    steps = [each.replace("~1", "/").replace("~0", "~") for each in pointer.split("/")[1:]]
    best: tuple[Any, list[str | int]] | None = None
    path: list[str | int] = []
    optional_list = False
    current: Part | None = part
    for step in steps:
        if current is None:
            break
        if decides_about_money(current):
            return None
        if isinstance(value, dict):
            inner = current.field_part(step)
            optional = inner is not None and step not in current.required
            path.append(step)
            if optional and step in value and repairs.is_on("optional-left-out"):
                best = value, [*path]
            optional_list = optional or _has_others(step, value.get(step))
            if step not in value:
                break
            value, current = value[step], inner
        elif isinstance(value, list):
            path.append(int(step))
            if optional_list and repairs.is_on("item-left-out"):
                best = value, [*path]
            optional_list = False
            value, current = value[int(step)], current.items
        else:
            break
    return best
