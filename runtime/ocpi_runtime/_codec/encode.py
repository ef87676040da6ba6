"""Writing models as JSON.

msgspec writes six digits of a fraction, offsets, and whatever Decimal calls itself; OCPI has at
most 25 characters, UTC and numbers. The timestamps and numbers of a model are looked at first; only
where one of them would be written otherwise, a copy is written with text in its place.
"""

from collections.abc import Callable
from typing import Any, Final

import msgspec
from msgspec import inspect

from ocpi_runtime._codec._adjusting import adjusted, compile_adjust
from ocpi_runtime._codec._compiled_writing import Write, compile_write, write_plainly
from ocpi_runtime._codec.plan import plan_for
from ocpi_runtime.types import Raw

__all__ = ["encode"]


def encode(value: Any) -> bytes:
    """Write a model, a list of models or builtins as JSON text.

    Timestamps are written in UTC with ``Z`` and at most 25 characters, Decimals as numbers,
    UNSET not at all. ``Raw`` is taken as it is.

    Raises:
        ValueError: A datetime is naive, or a number is NaN or infinite.
        TypeError: A value has no form in JSON.
    """
    return _WRITERS[type(value)](value)


class _Writers(dict[type, Write]):
    """How objects are written, by their class; chosen when the first of a class comes."""

    def __init__(self, choose: Callable[[type], Write]) -> None:
        super().__init__()
        self._choose = choose

    def __missing__(self, kind: type) -> Write:
        write = self[kind] = self._choose(kind)
        return write


def _writer(kind: type) -> Write:
    if kind is list:
        return _write_list
    return _itself if issubclass(kind, Raw) else _struct_writer(kind, many=False)


def _write_list(values: list[Any]) -> bytes:
    kinds = set(map(type, values))
    return _LIST_WRITERS[kinds.pop()](values) if len(kinds) == 1 else _write_any(values)


def _list_writer(kind: type) -> Write:
    return _joined if issubclass(kind, Raw) else _struct_writer(kind, many=True)


_WRITERS: Final = _Writers(_writer)
_LIST_WRITERS: Final = _Writers(_list_writer)


def _struct_writer(kind: type, *, many: bool) -> Write:
    """Choose how objects of a class, or lists of them, are written."""
    plan = plan_for(kind) if issubclass(kind, msgspec.Struct) else None
    if plan is None or not plan.plain_writing:
        return _write_any
    info = inspect.ListType(plan.info) if many else plan.info
    adjust = compile_adjust(info) or _itself

    def write_adjusted(value: Any) -> bytes:
        try:
            return write_plainly(adjust(value))
        except (TypeError, ValueError):
            return _write_any(value)  # the error states the place

    return compile_write(info, write_adjusted)


def _itself(value: Any) -> Any:
    return value


def _joined(values: list[Raw]) -> bytes:
    return b"[" + b",".join(values) + b"]"


def _write_any(value: Any) -> bytes:
    """Write anything, looking at every value in it."""
    return write_plainly(adjusted(value))
