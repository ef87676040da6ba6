"""Locations and tokens of the context, in the version that a rule needs."""

from typing import Any, TypeVar

from ocpi_bridge._convert import convert_into
from ocpi_bridge._text import same_id
from ocpi_bridge.context import Context
from ocpi_bridge.errors import ContextMismatch
from ocpi_runtime.types import Model

__all__ = ["checked_same", "in_context"]

M = TypeVar("M", bound=Model)


def in_context(found: Model | None, target: type[M], context: Context) -> M | None:
    """Say an object of the context in the version of a rule. What is lost of it, nobody asked."""
    return None if found is None else convert_into(found, target, context=context).value


def checked_same(what: str, wanted: str, found: Any) -> None:
    """Refuse a context that is about something else.

    Raises:
        ContextMismatch: The identifiers differ.
    """
    if not same_id(wanted, found):
        raise ContextMismatch(f"The object is about {what} {wanted}, the context about {found}.")
