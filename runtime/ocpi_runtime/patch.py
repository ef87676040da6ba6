"""PATCH: a partial object merged into a stored one (transport and format chapter).

Both are JSON texts. Only the top level is taken apart, so unknown fields and the spelling of
numbers stay as the owner sent them.
"""

from collections.abc import Collection

import msgspec

from ocpi_runtime.errors import InvalidParameters, MalformedRequest, Violation
from ocpi_runtime.types import Raw

__all__ = ["merge"]

_fields = msgspec.json.Decoder(dict[str, msgspec.Raw])
_items = msgspec.json.Decoder(list[msgspec.Raw])
_encode = msgspec.json.Encoder().encode


def merge(raw: bytes, patch: bytes, *, append: Collection[str] = ()) -> Raw:
    """Merge a PATCH body into an object.

    A field of the patch replaces the field of the object, arrays and nested objects as a whole.
    Null removes the field; whether it may is for the validation of the patch to say.

    Args:
        raw: The stored object.
        patch: The body of the PATCH.
        append: Fields whose items are added at the end of the stored list; an empty list, and
            null, change nothing.

    Returns:
        The merged object; fields keep their order, new ones come last.

    Raises:
        MalformedRequest: One of the two is not JSON.
        InvalidParameters: One of the two is no object, or an appended field is not a list.
    """
    merged = _object(raw)
    for name, value in _object(patch).items():
        if name in append:
            _append(merged, name, value)
        elif _is_null(value):
            merged.pop(name, None)
        else:
            merged[name] = value
    return Raw(_encode(merged))


def _object(data: bytes) -> dict[str, msgspec.Raw]:
    try:
        return _fields.decode(data)
    except msgspec.ValidationError:
        raise InvalidParameters(
            "Only an object can be patched, and only with an object.",
            violations=[Violation("", "type", "is not an object")],
        ) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise MalformedRequest from None


def _append(merged: dict[str, msgspec.Raw], name: str, value: msgspec.Raw) -> None:
    added = _list(name, value)
    if added:
        stored = _list(name, merged[name]) if name in merged else []
        merged[name] = msgspec.Raw(_encode(stored + added))


def _list(name: str, value: msgspec.Raw) -> list[msgspec.Raw]:
    if _is_null(value):
        return []
    try:
        return _items.decode(value)
    except msgspec.ValidationError:
        raise InvalidParameters(
            f"{name} is not a list.", violations=[Violation(f"/{name}", "type", "is not a list")]
        ) from None


def _is_null(value: msgspec.Raw) -> bool:
    return bytes(value).strip() == b"null"
