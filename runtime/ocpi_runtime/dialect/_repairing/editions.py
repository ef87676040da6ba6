"""Reading objects of a partner that is on earlier editions of its version.

Its objects are valid by the newest edition, or by one of its own. The models are those of the
newest: what an earlier edition has and they do not is in the text of the object only.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from ocpi_runtime._validation.editions import in_edition
from ocpi_runtime.dialect._reading import Reading
from ocpi_runtime.dialect._repairing._read import read, read_repaired
from ocpi_runtime.types import Model

if TYPE_CHECKING:
    from ocpi_runtime.dialect._dialect import Dialect

__all__ = ["read_in_editions"]

T = TypeVar("T", bound=Model)


def read_in_editions(
    dialect: "Dialect", text: bytes, kind: type[T], now: datetime | str | None
) -> Reading[T]:
    """Read an object that may not be valid, by the edition in which the least is repaired.

    The newest edition is one of them; those of the partner are the others.

    Args:
        dialect: The dialect of the partner.
        text: The JSON text of the object.
        kind: Its class in the newest edition.
        now: The time of the answer that it came in.
    """
    newest: Reading[T] = read_repaired(dialect, text, kind, now)
    if newest.verdict == "valid":
        return newest
    found = [read(dialect, text, each, now) for each in _earlier(dialect, kind)]
    usable = [each for each in (*found, newest) if each.is_usable]
    return min(usable, key=_repaired, default=newest)


def _earlier(dialect: "Dialect", kind: type[T]) -> Iterator[type[T]]:
    """Yield the class in each edition of the partner that has it."""
    known = kind.OCPI_SCHEMAS.editions()
    for name in dialect.edition:
        if name in known:
            try:
                yield in_edition(kind, name)
            except ValueError:  # the edition has no such class
                continue


def _repaired(reading: Reading[Any]) -> int:
    return len(reading.repairs) + reading.more_repairs
