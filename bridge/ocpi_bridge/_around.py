"""Locations and tokens of the context, in the version that a rule needs."""

from typing import Any, TypeVar

from ocpi_bridge._convert import convert_into
from ocpi_bridge._text import fitted
from ocpi_bridge.context import Context
from ocpi_bridge.errors import ContextMismatch
from ocpi_runtime.types import Model, same_ci

__all__ = ["checked_same", "in_context", "same_id"]

M = TypeVar("M", bound=Model)

_LENGTH = 36


def in_context(found: Model | None, target: type[M], context: Context) -> M | None:
    """Say an object of the context in the version of a rule. What is lost of it, nobody asked."""
    return None if found is None else convert_into(found, target, context=context).value


def same_id(left: str, right: str) -> bool:
    """Compare identifiers that may have been shortened for 2.2, on one side or on both."""
    return same_ci(_short(left), _short(right))


def _short(text: str) -> str:
    return fitted(text, _LENGTH, ascii_only=True, identifier=True)


def checked_same(what: str, wanted: str, found: Any) -> None:
    """Refuse a context that is about something else.

    Raises:
        ContextMismatch: The identifiers differ.
    """
    if not same_id(wanted, found):
        raise ContextMismatch(f"The object is about {what} {wanted}, the context about {found}.")
