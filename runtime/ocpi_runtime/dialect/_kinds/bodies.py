"""What stands around the JSON of an object."""

from typing import Final

from ocpi_runtime.dialect._rule import Rule

__all__ = ["RULES"]

RULES: Final = (
    Rule(
        "bom",
        "standard",
        "A byte order mark before the JSON is taken away.",
        "transport: JSON",
    ),
)
