"""What peers are known to send in place of an object, read as what they mean."""

from typing import Any, Final, get_origin

import msgspec

from ocpi_runtime.types import Raw

__all__ = ["tolerated"]

_ASSUMED_TIMEOUT: Final = 30
"""Seconds until the result of a command, where the answer does not state them."""
_items = msgspec.json.Decoder(list[msgspec.Raw]).decode
_fields = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


def tolerated(data: Raw, kind: Any) -> tuple[Raw, str]:
    """Return ``data`` of a success as the operation needs it, and what was wrong with it.

    Args:
        data: What came.
        kind: The type that the operation results in.

    Returns:
        The data, changed or as it is, and a message, empty where nothing was wrong.
    """
    if kind is None or get_origin(kind) is list:
        return data, ""
    data, listed = _one_of_list(data)
    has_timeout = "timeout" in getattr(kind, "__struct_fields__", ())
    data, timeless = _with_timeout(data) if has_timeout else (data, "")
    return data, " ".join(part for part in (listed, timeless) if part)


def _one_of_list(data: Raw) -> tuple[Raw, str]:
    if data[:1] != b"[":
        return data, ""
    try:
        items = _items(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return data, ""
    if len(items) != 1:
        return data, ""
    return Raw(items[0]), "The object is wrapped in a list; its only item is read."


def _with_timeout(data: Raw) -> tuple[Raw, str]:
    try:
        given = _fields(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return data, ""
    if "result" not in given or bytes(given.get("timeout", b"null")) != b"null":
        return data, ""
    given.pop("timeout", None)
    members = b"".join(b"%b:%b," % (msgspec.json.encode(key), given[key]) for key in given)
    added = b'{%b"timeout":%d}' % (members, _ASSUMED_TIMEOUT)
    return Raw(added), f"The timeout is missing; {_ASSUMED_TIMEOUT} seconds are assumed."
