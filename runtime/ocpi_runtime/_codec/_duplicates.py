"""Keys that come twice in one object of a JSON text."""

import json
from decimal import Decimal
from typing import Any, Final

import msgspec

__all__ = ["first_values", "has_duplicates"]

_LARGEST: Final = 64 * 1024
_write = msgspec.json.Encoder().encode


def has_duplicates(data: bytes, plain: Any) -> bool:
    """Return whether any object of a text has a key twice.

    Args:
        data: Valid JSON.
        plain: What was parsed from it. Parsing drops one of the two keys, and its quotes.
    """
    return _quotes(data) != _quotes(_write(plain))


def _quotes(data: bytes) -> int:
    """Count the quotes around strings: without pairs of backslashes, any other one escapes."""
    if b"\\" not in data:
        return data.count(b'"')
    data = data.replace(b"\\\\", b"")
    return data.count(b'"') - data.count(b'\\"')


def first_values(data: bytes) -> Any:
    """Parse a text so that of keys that come twice the first counts; None if it is too large."""
    if len(data) > _LARGEST:
        return None
    return json.loads(data, object_pairs_hook=_first, parse_float=Decimal)


def _first(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return dict(reversed(pairs))
