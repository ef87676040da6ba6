"""Tariffs on any step: no loss makes an element apply where it must not."""

from typing import Any

from ocpi_bridge._passage import Passage

__all__ = ["keep_restrictions"]


def keep_restrictions(passage: Passage[Any]) -> None:
    """Rather leave a tariff element out than its restrictions."""
    passage.carry("restrictions", strict=True)
