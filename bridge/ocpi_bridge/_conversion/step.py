"""A step from a version to its neighbour: what differs, class by class."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar

from ocpi_runtime.types import Model

if TYPE_CHECKING:
    from ocpi_bridge._conversion.object import ObjectConversion

__all__ = ["ANYTHING_ELSE", "ConversionStep", "Rule", "step_between"]

S = TypeVar("S", bound=Model)

Rule: TypeAlias = "Callable[[ObjectConversion[S]], None]"

ANYTHING_ELSE: Final = "*"
"""In stand-ins: every value that the target does not know."""


@dataclass(slots=True)
class ConversionStep:
    """The rules of one direction between two versions.

    Attributes:
        source: The version that objects come from.
        target: Its neighbour that they go to.
        rules: What differs, by the class in the source and the class in the target. Classes
            without a rule are carried over field by field.
        stand_ins: Values that stand in for those that an enumeration of the target lacks.
    """

    source: str
    target: str
    rules: dict[tuple[type[Model], type[Model]], "Rule[Any]"] = field(default_factory=dict)
    stand_ins: dict[type[Enum], Mapping[str, str]] = field(default_factory=dict)

    def rule(self, source: type[S], *targets: type[Model]) -> Callable[["Rule[S]"], "Rule[S]"]:
        """Register what differs between a class and its counterparts."""

        def register(rule: "Rule[S]") -> "Rule[S]":
            for target in targets:
                self.rules[source, target] = rule
            return rule

        return register


@cache
def step_between(source: str, target: str) -> ConversionStep:
    """Load the step between two neighbours; no other version is imported."""
    names = (each.replace(".", "_") for each in (source, target))
    module = "ocpi_bridge._steps.v{}_to_v{}".format(*names)
    step: ConversionStep = import_module(module).STEP
    return step
