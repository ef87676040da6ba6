"""Fields that may be absent or null."""

from typing import TypeVar

from msgspec import UnsetType

__all__ = ["items", "present"]

T = TypeVar("T")


def present(value: T | UnsetType | None) -> T | None:
    """Return the value of an optional field; None where it is absent or null."""
    return None if isinstance(value, UnsetType) else value


def items(value: list[T] | UnsetType | None) -> list[T]:
    """Return the items of an optional list; none where it is absent or null."""
    return value if isinstance(value, list) else []
