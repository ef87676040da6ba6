"""What the options of several commands have in common."""

import math

import typer

__all__ = ["finite"]


def finite(value: float | None) -> float | None:
    """Refuse ``nan`` and ``inf``, which pass the bounds of typer; a callback of options.

    Raises:
        typer.BadParameter: The number is one of these.
    """
    if value is not None and not math.isfinite(value):
        raise typer.BadParameter(f"{value} is not a finite number.")
    return value
