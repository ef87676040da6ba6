"""What the lists of a peer show of the dialect that it needs."""

from typing import Any, Final

from ocpi_runtime import headers
from ocpi_runtime._codec.lists import LONGEST_REPAIRED, Read
from ocpi_runtime._codec.steps import Steps
from ocpi_runtime.client._calls.outcome import Arrived
from ocpi_runtime.client._calls.repairing import DialectReader
from ocpi_runtime.dialect import Dialect, Learner

__all__ = ["learn_headers", "learn_items"]

_AT_ONCE: Final = 500
_MOST: Final = 100
"""So many objects of a page are read again, to see what would repair them."""


def learn_headers(learner: Learner, arrived: Arrived) -> None:
    """Note how a page states its total and the next page."""
    assert arrived.reply is not None  # noqa: S101 - arrive() returns nothing else
    sent = arrived.reply.headers
    learner.add_page(sent.get(headers.LINK, ""), sent.get(headers.TOTAL_COUNT))


def learn_items(learner: Learner, read: Read[Any], kind: Any) -> Steps[None]:
    """Note what the objects of a page need, and what those need that are still not valid."""
    again = [each.raw for each in read.broken]
    for number, each in enumerate(read.good):
        if number % _AT_ONCE == 0:
            yield
        if each.reading is None or each.reading.is_usable:
            learner.add_model(each.value, each.reading.repairs if each.reading else ())
        else:
            again.append(each.raw)
    reader = DialectReader(Dialect.lenient, kind, None)
    for text in [each for each in again if len(each) <= LONGEST_REPAIRED][:_MOST]:
        yield
        reading = yield from reader.read(text)
        learner.add(reading)
