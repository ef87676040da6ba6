"""Tariffs on any step: no loss makes an element apply where it must not."""

from typing import Any

from ocpi_bridge._conversion.object import ObjectConversion

__all__ = ["keep_restrictions"]


def keep_restrictions(conversion: ObjectConversion[Any]) -> None:
    """Rather leave a tariff element out than its restrictions."""
    conversion.carry("restrictions", strict=True)
