"""JSON of partners, parsed and divided where it can be."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from io import BytesIO
from typing import Any

import msgspec

from ocpi_runtime.dialect import Dialect
from ocpi_runtime.json_stream import BrokenJson, JsonSource, array_items, object_fields

__all__ = ["fields_of", "items_of", "parsed", "parsed_in_parts", "parsed_leniently"]

_plain = msgspec.json.Decoder().decode
_raw_items = msgspec.json.Decoder(list[msgspec.Raw]).decode
_raw_fields = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


def parsed(text: bytes) -> Any:
    """Return JSON as builtins; None where it cannot be read, which is reported with its object."""
    try:
        return _plain(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def parsed_leniently(text: bytes) -> Any:
    """Return JSON as builtins, also where NaN or similar is in it; None if unreadable."""
    found = parsed(text)
    return parsed(Dialect.lenient.as_json(text)[0]) if found is None else found


def parsed_in_parts(text: bytes, levels: int) -> Any:
    """Return JSON as builtins, with None for each part that cannot be read.

    Args:
        text: The JSON text.
        levels: In how many levels parts are read one by one.
    """
    found = parsed_leniently(text)
    if found is not None or not levels:
        return found
    with suppress(BrokenJson):  # nested too deeply, and not JSON
        if text[:1] == b"[":
            return [parsed_in_parts(each, levels - 1) for each in items_of(text)]
        if text[:1] == b"{":
            parts = fields_of(text)
            return {name: parsed_in_parts(each, levels - 1) for name, each in parts.items()}
    return None


def items_of(text: bytes) -> Sequence[bytes]:
    """Divide a JSON array; its items are as they came, and need not be JSON.

    Raises:
        BrokenJson: It is no array.
    """
    try:
        return [bytes(each) for each in _raw_items(text)]
    except (msgspec.DecodeError, RecursionError):
        return [*array_items(_source(text))]


def fields_of(text: bytes) -> Mapping[str, bytes]:
    """Divide a JSON object; see :func:`items_of`."""
    try:
        return {name: bytes(each) for name, each in _raw_fields(text).items()}
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {str(parsed_leniently(name)): each for name, each in object_fields(_source(text))}


def _source(text: bytes) -> JsonSource:
    return JsonSource(BytesIO(text).read, lenient=True)
