"""Tariffs on any step: no loss makes an element apply where it must not."""

from typing import Any

from ocpi_bridge._conversion.object import ObjectConversion

__all__ = ["keep_restrictions"]


def keep_restrictions(conversion: ObjectConversion[Any]) -> None:
    """Leave out a tariff element whose restrictions cannot be kept."""
    conversion.carry("restrictions", strict=True)
