"""Fields of JSON that a class does not have. Models pass them over, so that they are lost."""

from collections.abc import Iterator
from typing import Any

from msgspec import inspect

from ocpi_bridge._conversion.paths import Path, pointer
from ocpi_bridge._conversion.shapes import shape
from ocpi_runtime.types import Model

__all__ = ["unknown_fields"]


def unknown_fields(plain: Any, kind: type[Model]) -> list[str]:
    """List the fields that a class does not have.

    Args:
        plain: Parsed JSON.
        kind: The class that it is read as.

    Returns:
        JSON pointers; what is below an unknown field is not listed.
    """
    return [pointer(path) for path in _of_object(plain, kind, ())]


def _of_object(plain: Any, kind: Any, path: Path) -> Iterator[Path]:
    fields = shape(kind)
    for name, value in plain.items() if isinstance(plain, dict) else ():
        if name in fields:
            yield from _of_value(value, fields[name].type, (*path, name))
        else:
            yield (*path, name)


def _of_value(plain: Any, kind: inspect.Type, path: Path) -> Iterator[Path]:
    if isinstance(kind, inspect.StructType):
        yield from _of_object(plain, kind.cls, path)
    elif isinstance(kind, inspect.ListType) and isinstance(plain, list):
        for index, each in enumerate(plain):
            yield from _of_value(each, kind.item_type, (*path, index))
