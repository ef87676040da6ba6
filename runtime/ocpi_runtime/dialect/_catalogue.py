"""All rules, in the order in which the guide lists them."""

from typing import Final

from ocpi_runtime.dialect._kinds import (
    absent,
    bodies,
    codes,
    coordinates,
    duplicates,
    enums,
    hours,
    left_out,
    lists,
    missing,
    names,
    numbers,
    objects,
    texts,
    timestamps,
    values,
    wrapped,
)  # fmt: skip
from ocpi_runtime.dialect._rule import Rule

__all__ = ["BY_ID", "RULES"]

RULES: Final[tuple[Rule, ...]] = (
    *bodies.RULES, *wrapped.RULES, *names.RULES, *absent.RULES, *lists.RULES, *objects.RULES,
    *hours.RULES, *values.RULES, *numbers.RULES,
    *timestamps.RULES, *texts.RULES, *enums.RULES, *codes.RULES, *coordinates.RULES,
    *missing.RULES, *duplicates.RULES, *left_out.RULES,
)  # fmt: skip
"""Every repair that a dialect can switch on."""

BY_ID: Final = {each.id: each for each in RULES}
