"""Damage in the database: found by checksums, kept to the row that has it, and logged."""

import logging
from collections import OrderedDict
from functools import lru_cache
from typing import Any, Final
from zlib import crc32

import msgspec

from ocpi_runtime.errors import GenericServerError

__all__ = ["Damaged", "checksum", "is_object", "is_whole", "number", "report"]

log = logging.getLogger("ocpi_server.store")

_REMEMBERED: Final = 10_000
_reported: OrderedDict[tuple[str, Any], None] = OrderedDict()

_object = msgspec.json.Decoder(dict[str, msgspec.Raw])


class Damaged(GenericServerError):
    """What is stored of one object cannot be read any more; others are not affected."""


def checksum(raw: bytes, context: str) -> int:
    """Return the checksum of a text and of what it cannot be read without, such as its version."""
    return crc32(raw, _seed(context))


def is_whole(raw: Any, context: Any, known: Any) -> bool:
    """Return whether a text is as it was written; an old one has no checksum and is parsed."""
    if type(raw) is not bytes or type(context) is not str:
        return False
    return is_object(raw) if known is None else crc32(raw, _seed(context)) == known


@lru_cache(maxsize=64)
def _seed(context: str) -> int:
    return crc32(context.encode())


def is_object(raw: bytes) -> bool:
    """Return whether a text is a JSON object."""
    try:
        _object.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False
    return True


def number(value: Any) -> int:
    """Return a number of the database; what is none counts as 0."""
    return value if isinstance(value, int) else 0


def report(table: str, row: Any, what: str) -> None:
    """Log a damaged row, once for each."""
    if (table, row) in _reported:
        return
    _reported[table, row] = None
    if len(_reported) > _REMEMBERED:
        _reported.popitem(last=False)
    log.error("Damaged row %s in %s: %s; 'ocpi db check' lists all", row, table, what)
