"""Checks that read what an interface has: every GET, of what is there and of what is not."""

from collections.abc import Iterator

from ocpi_conformance.check._interface import CheckedInterface
from ocpi_conformance.check._registry import Outcome, check
from ocpi_conformance.exchanges.checked import Outcome as Answered
from ocpi_conformance.rules import Fault
from ocpi_conformance.rules.messages import malformed
from ocpi_conformance.rules.modules import objects


def _reads(place: CheckedInterface) -> bool:
    return any(one.method == "GET" for one in place.operations.values())


@check(malformed.VALID_ACCEPTED, objects.DATA, about=_reads)
def everything_there(place: CheckedInterface) -> Iterator[Outcome]:
    """Read the list, and the first of its objects by each path that leads to one."""
    for operation in place.operations.values():
        if operation.method != "GET" or operation.callback is not None:
            continue
        ids = place.known(operation)
        if ids is not None:
            place.call(operation, path=ids)
    return iter(())


@check(objects.UNKNOWN_REFUSED, about=lambda place: bool(list(place.by_id())))
def unknown_objects(place: CheckedInterface) -> Iterator[Outcome]:
    """Read an object that is not there."""
    for operation in place.by_id():
        sent = place.request(operation, path=place.invented(operation))
        checked = place.send(operation, sent)
        if checked.outcome is Answered.ACCEPTED:
            wanted = "HTTP 404, or an OCPI error, for an object that is not there"
            yield Fault(objects.UNKNOWN_REFUSED, wanted, checked.summary())
