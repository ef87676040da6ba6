"""Objects of a peer, read by its dialect."""

import logging
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Any, TypeGuard

from ocpi_runtime._codec.lists import Item
from ocpi_runtime._codec.steps import Steps, in_thread
from ocpi_runtime._codec.unreadable import read_plain
from ocpi_runtime.client._calls.wire import Outgoing
from ocpi_runtime.dialect import SHORT, Dialect, Reading, Repair, RepairedText
from ocpi_runtime.errors import OcpiError, Violation
from ocpi_runtime.types import Model, Raw

__all__ = [
    "DialectReader",
    "faults_of",
    "log_repairs",
    "reader_of",
    "repaired",
    "repairs_of",
    "rules",
    "text_of",
]

log = logging.getLogger("ocpi_runtime.client")


class DialectReader:
    """Reads the objects of one answer.

    Args:
        dialect: The repairs that are on.
        kind: The class of the objects.
        now: The time of the answer, if it has one.
    """

    def __init__(self, dialect: Dialect, kind: type[Model], now: datetime | None) -> None:
        self._dialect = dialect
        self._kind = kind
        self._now = now

    def is_valid(self, plain: Any) -> bool:
        """Return whether an object, parsed, needs no repair."""
        return self._dialect.accepts(plain, self._kind)

    def read(self, text: Raw) -> Steps[Reading[Any]]:
        """Read an object that is not valid."""
        work = partial(self._dialect.read, text, self._kind, self._now)
        if len(text) <= SHORT:
            return work()
        return (yield from in_thread(work))


def reader_of(dialect: Dialect, kind: Any, now: datetime | None) -> DialectReader | None:
    """Return what reads objects of a class; None where they are taken as they are."""
    reads = dialect.active or dialect.edition
    return DialectReader(dialect, kind, now) if reads and _is_model(kind) else None


def repaired(raw: Raw, reader: DialectReader) -> Steps[Reading[Any] | None]:
    """Read one object that is not valid; None where it is, or stays so."""
    try:
        if reader.is_valid(read_plain(raw)):
            return None
        yield
        reading = yield from reader.read(raw)
    except OcpiError:
        return None
    return reading if reading.is_usable else None


def rules(objects: Iterable[tuple[Repair, ...]]) -> Counter[str]:
    """Count how many objects needed each rule."""
    found: Counter[str] = Counter()
    for each in objects:
        found.update({repair.rule for repair in each})
    return found


def text_of(item: Item[Any]) -> Raw:
    """Return the text of an object: as it came, or after repairs that made it valid."""
    if item.reading is None or not item.reading.is_usable:
        return item.raw
    return RepairedText(item.reading.text, item.raw, item.reading.repairs)


def repairs_of(item: Item[Any]) -> tuple[Repair, ...]:
    """Return the repairs that made an object valid."""
    return item.reading.repairs if item.reading is not None and item.reading.is_usable else ()


def faults_of(item: Item[Any]) -> tuple[Violation, ...]:
    """Return what is wrong with an object that could be decoded and is not valid all the same."""
    return () if item.reading is None or item.reading.is_usable else item.reading.faults


def log_repairs(outgoing: Outgoing, found: Counter[str]) -> None:
    """Log how many objects of an answer needed which rule."""
    shown = ", ".join(f"{rule} {times}" for rule, times in found.most_common())
    log.info("%s: objects were repaired: %s", outgoing.name, shown)


def _is_model(kind: Any) -> TypeGuard[type[Model]]:
    return isinstance(kind, type) and issubclass(kind, Model) and hasattr(kind, "OCPI_SCHEMAS")
