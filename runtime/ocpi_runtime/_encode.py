"""Writing models as JSON.

msgspec writes six digits of a fraction, offsets, and whatever Decimal calls itself; OCPI has at
most 25 characters, UTC and numbers. The quick way writes and looks for such text; only where it
occurs, everything is written again, value by value.
"""

from datetime import datetime
from decimal import Decimal
from math import isfinite
from typing import Any

import msgspec

from ocpi_runtime._plan import Finder, plan_for
from ocpi_runtime._timestamps import format_timestamp
from ocpi_runtime.types import Raw

__all__ = ["encode"]

_write = msgspec.json.Encoder(decimal_format="number").encode
_is_suspect = Finder(r"T\d\d:\d\d:\d\d[^Z]|NaN|Infinity")


def encode(value: Any) -> bytes:
    """Write a model, a list of models or builtins as JSON text.

    Timestamps are written in UTC with ``Z`` and at most 25 characters, Decimals as numbers,
    UNSET not at all. ``Raw`` is given back as it is.

    Raises:
        ValueError: A datetime is naive, or a number is NaN or infinite.
        TypeError: A value is nothing that JSON knows.
    """
    if isinstance(value, Raw):
        return value
    if not _is_plain(value):
        return _encode_exactly(value)
    text = _write(value)
    return _encode_exactly(value) if _is_suspect(text.decode()) else text


def _is_plain(value: Any) -> bool:
    if isinstance(value, list):
        return all(_is_plain_type(kind) for kind in set(map(type, value)))
    return _is_plain_type(type(value))


def _is_plain_type(kind: type) -> bool:
    return issubclass(kind, msgspec.Struct) and plan_for(kind).plain_writing


def _encode_exactly(value: Any) -> bytes:
    plain = msgspec.to_builtins(value, builtin_types=(datetime, Decimal), str_keys=True)
    return _write(_exact(plain, "$"))


def _exact(value: Any, place: str) -> Any:
    if isinstance(value, dict):
        return {name: _exact(each, f"{place}.{name}") for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_exact(each, f"{place}[{index}]") for index, each in enumerate(value)]
    if isinstance(value, datetime):
        return _timestamp(value, place)
    if isinstance(value, Decimal | float) and not isfinite(value):
        raise ValueError(f"{place} is {value}, which JSON has no number for.")
    return value


def _timestamp(value: datetime, place: str) -> str:
    try:
        return format_timestamp(value)
    except ValueError as error:
        raise ValueError(f"{place}: {error}") from None
