"""Editing JSON text one field at a time, so that what a partner sent stays as it was.

Only the touched field is parsed and written again; unknown fields, the spelling of numbers and
the order of fields survive. Where a key comes twice, the last one counts.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec

__all__ = [
    "assemble",
    "canonical",
    "elements",
    "fields",
    "read_text",
    "same",
    "text_field",
    "write_list",
    "written_id",
]

_FIELDS = msgspec.json.Decoder(dict[str, msgspec.Raw])
_ELEMENTS = msgspec.json.Decoder(list[msgspec.Raw] | None)
_ANY = msgspec.json.Decoder()
_EXACT = msgspec.json.Decoder(float_hook=Decimal)
_ID_FIELDS = ("id", "uid", "terminal_id")
# All other fields of an object are skipped.
_ids = msgspec.json.Decoder(msgspec.defstruct("_Ids", [(each, Any, None) for each in _ID_FIELDS]))


def fields(raw: bytes) -> dict[str, msgspec.Raw]:
    """Split an object into its fields, each still as text."""
    return _FIELDS.decode(raw)


def elements(raw: bytes | msgspec.Raw) -> list[msgspec.Raw]:
    """Split an array into its elements, each still as text; null is an empty array."""
    return _ELEMENTS.decode(raw) or []


def assemble(parts: Mapping[str, bytes | msgspec.Raw]) -> bytes:
    """Write an object from fields that are text already."""
    return msgspec.json.encode(
        {
            name: part if isinstance(part, msgspec.Raw) else msgspec.Raw(part)
            for name, part in parts.items()
        }
    )


def write_list(items: Sequence[bytes | msgspec.Raw]) -> bytes:
    """Write an array from elements that are text already."""
    return b"[" + b",".join(items) + b"]"


def text_field(parts: Mapping[str, bytes | msgspec.Raw], name: str) -> str | None:
    """Read a field that should hold a string; None where it is absent or something else."""
    part = parts.get(name)
    return None if part is None else read_text(part)


def read_text(part: bytes | msgspec.Raw) -> str | None:
    """Read one JSON string; None where it is something else."""
    value: Any = _ANY.decode(part)
    return value if isinstance(value, str) else None


def same(one: bytes | msgspec.Raw, other: bytes | msgspec.Raw) -> bool:
    """Return whether two texts differ in the order of fields and in white space at most.

    Numbers are compared exactly, as decimals: no difference is lost in a float.
    """
    return bytes(one) == bytes(other) or bool(_EXACT.decode(one) == _EXACT.decode(other))


def canonical(raw: bytes) -> bytes:
    """Write JSON text without white space, with the fields of objects in alphabetical order."""
    return msgspec.json.encode(_EXACT.decode(raw), order="sorted")


def written_id(uid: str, raw: bytes) -> str:
    """Return an id as its object writes it: identities are kept in lower case.

    Args:
        uid: The id in lower case, which is returned where the object does not have it.
        raw: The object.
    """
    try:
        named = _ids.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return uid
    found = (getattr(named, each) for each in _ID_FIELDS)
    return next((each for each in found if isinstance(each, str) and each.lower() == uid), uid)
