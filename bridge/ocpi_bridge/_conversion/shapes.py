"""Generated classes, taken apart: fields, types, and the limits in their schemas."""

from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from msgspec import inspect

from ocpi_runtime.types import Model

__all__ = ["Field", "Limits", "shape"]

_PREFIX: Final = "#/components/schemas/"


@dataclass(frozen=True, slots=True)
class Limits:
    """What the schema of a field, or of the items of a list, allows.

    Attributes:
        max_length: Characters of a text; None if any.
        ascii_only: Whether a text is a CiString.
        min_items: Items of a list.
    """

    max_length: int | None = None
    ascii_only: bool = False
    min_items: int = 0


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a class.

    Attributes:
        name: Its name, in the class and on the wire.
        required: Whether it has to be there, and is never null.
        type: Its type without null and UNSET.
        limits: Of its text or list.
    """

    name: str
    required: bool
    type: inspect.Type
    limits: Limits


@cache
def shape(kind: type[Model]) -> dict[str, Field]:
    """Take a class apart."""
    info = inspect.type_info(kind)
    if not isinstance(info, inspect.StructType):
        raise TypeError(f"{kind.__name__} is not a model.")
    schemas = kind.OCPI_SCHEMAS.load()["components"]["schemas"]
    properties = schemas[kind.__name__]["properties"]
    return {
        each.encode_name: Field(
            name=each.encode_name,
            required=each.required,
            type=_without_null(each.type),
            limits=_limits(properties[each.encode_name], schemas),
        )
        for each in info.fields
    }


def _without_null(info: inspect.Type) -> inspect.Type:
    if not isinstance(info, inspect.UnionType):
        return info
    (kept,) = (each for each in info.types if not isinstance(each, inspect.NoneType))
    return kept


def _limits(schema: dict[str, Any], schemas: dict[str, Any]) -> Limits:
    text = _resolved(schema, schemas)
    if text.get("type") == "array":
        text = _resolved(text["items"], schemas)
    return Limits(
        max_length=text.get("maxLength"),
        ascii_only=text.get("format") == "ci-string",
        min_items=schema.get("minItems", 0),
    )


def _resolved(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    reference = schema.get("$ref")
    found: dict[str, Any] = schemas[reference.removeprefix(_PREFIX)] if reference else schema
    return found
