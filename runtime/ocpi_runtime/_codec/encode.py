"""Writing models as JSON.

msgspec writes six digits of a fraction, offsets, and whatever Decimal calls itself; OCPI has at
most 25 characters, UTC and numbers. The quick way writes and looks for such text; only where it
occurs, everything is written again, value by value.
"""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from functools import cache
from math import isfinite
from typing import Any

import msgspec

from ocpi_runtime._codec._walk import compile_walk
from ocpi_runtime._codec.plan import plan_for
from ocpi_runtime._codec.timestamps import format_timestamp
from ocpi_runtime.types import Raw

__all__ = ["encode"]

_write = msgspec.json.Encoder(decimal_format="number").encode


def encode(value: Any) -> bytes:
    """Write a model, a list of models or builtins as JSON text.

    Timestamps are written in UTC with ``Z`` and at most 25 characters, Decimals as numbers,
    UNSET not at all. ``Raw`` is taken as it is.

    Raises:
        ValueError: A datetime is naive, or a number is NaN or infinite.
        TypeError: A value is nothing that JSON knows.
    """
    kind: Any = type(value)
    if kind is list:
        kinds = set(map(type, value))
        kind = kinds.pop() if len(kinds) == 1 else list
    return _writer(kind)(value)


@cache
def _writer(kind: type) -> Callable[[Any], bytes]:
    """Choose how objects of a class, and lists of them, are written."""
    if issubclass(kind, Raw):
        return _as_it_is
    plan = plan_for(kind) if issubclass(kind, msgspec.Struct) else None
    if plan is None or not plan.plain_writing:
        return _encode_exactly
    stray = plan.stray
    if stray is None:
        return _write

    exact = _exact_writer(kind)

    def write(value: Any) -> bytes:
        text = _write(value)
        return exact(value) if stray(text.decode()) else text

    return write


def _as_it_is(value: Raw | list[Raw]) -> bytes:
    return b"[" + b",".join(value) + b"]" if isinstance(value, list) else value


def _exact_writer(kind: type) -> Callable[[Any], bytes]:
    """Write each timestamp and each number by hand, the rest as quickly as ever."""
    walk = compile_walk(plan_for(kind).info, time=_timestamp, number=_number) or _itself

    def write(value: Any) -> bytes:
        plain = _builtins(value)
        try:
            many = isinstance(plain, list)
            return _write([walk(each) for each in plain] if many else walk(plain))
        except ValueError:
            return _encode_exactly(value)

    return write


def _encode_exactly(value: Any) -> bytes:
    """Write anything, looking at every value in it."""
    return _write(_exact(_builtins(value), "$"))


def _builtins(value: Any) -> Any:
    return msgspec.to_builtins(value, builtin_types=(datetime, Decimal), str_keys=True)


def _exact(value: Any, place: str) -> Any:
    if isinstance(value, dict):
        return {name: _exact(each, f"{place}.{name}") for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_exact(each, f"{place}[{index}]") for index, each in enumerate(value)]
    try:
        return _number(_timestamp(value))
    except ValueError as error:
        raise ValueError(f"{place}: {error}") from None


def _timestamp(value: Any) -> Any:
    return format_timestamp(value) if isinstance(value, datetime) else value


def _number(value: Any) -> Any:
    if isinstance(value, Decimal):
        finite = value.is_finite()
    else:
        finite = not isinstance(value, float) or isfinite(value)
    if not finite:
        raise ValueError(f"{value} cannot be represented in JSON.")
    return value


def _itself(value: Any) -> Any:
    return value
