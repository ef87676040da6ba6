"""What a rule of a dialect is, and the levels that switch rules on."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

__all__ = ["LEVELS", "Level", "Rule", "Step", "is_on"]

Level: TypeAlias = Literal["strict", "standard", "lenient"]
LEVELS: Final[tuple[Level, ...]] = ("strict", "standard", "lenient")
"""From no repairs to all of them."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A named repair.

    Attributes:
        id: The stable name.
        level: The first level at which the rule is on.
        title: What is repaired, and into what.
        section: The chapter and section of the specification that is concerned.
    """

    id: str
    level: Level
    title: str
    section: str


@dataclass(frozen=True, slots=True)
class Step:
    """A repair of a single value.

    Attributes:
        rule: The id of its rule.
        apply: Takes a value and returns the repaired one; the same one where it does not apply.
    """

    rule: str
    apply: Callable[[Any], Any]


def is_on(rule: Rule, level: Level) -> bool:
    """Return whether a rule is part of a level."""
    return LEVELS.index(rule.level) <= LEVELS.index(level)
