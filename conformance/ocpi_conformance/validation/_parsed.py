"""JSON of partners, parsed where it can be."""

from typing import Any

import msgspec

__all__ = ["parsed"]

_plain = msgspec.json.Decoder().decode


def parsed(text: bytes) -> Any:
    """Return JSON as builtins; None where it cannot be read, which is reported with its object."""
    try:
        return _plain(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
