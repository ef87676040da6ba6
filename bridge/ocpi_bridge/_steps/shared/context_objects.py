"""Locations and tokens of the context, in the version that a rule needs."""

from typing import Any, TypeVar

from ocpi_bridge._context import ConversionContext
from ocpi_bridge._conversion.text import same_id
from ocpi_bridge._convert import convert_into
from ocpi_bridge._errors import ContextMismatch
from ocpi_runtime.types import Model

__all__ = ["checked_same", "in_context"]

M = TypeVar("M", bound=Model)


def in_context(found: Model | None, target: type[M], context: ConversionContext) -> M | None:
    """Convert an object of the context to the version of a rule; its losses are not reported."""
    return None if found is None else convert_into(found, target, context=context).value


def checked_same(what: str, wanted: str, found: Any) -> None:
    """Refuse a context that is about something else.

    Raises:
        ContextMismatch: The identifiers differ.
    """
    if not same_id(wanted, found):
        raise ContextMismatch(f"The object is about {what} {wanted}, the context about {found}.")
