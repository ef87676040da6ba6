"""Checks that read what an interface has: every GET, of what is there and of what is not."""

from collections.abc import Iterator, Mapping
from typing import Any

from ocpi_conformance.bundles.operations import Operation
from ocpi_conformance.check._ids import ids_of
from ocpi_conformance.check._interface import CheckedInterface
from ocpi_conformance.check._registry import Outcome, Stopped, check
from ocpi_conformance.exchanges.checked import CheckedExchange
from ocpi_conformance.exchanges.checked import Outcome as Answered
from ocpi_conformance.rules import Fault
from ocpi_conformance.rules.modules import objects
from ocpi_conformance.verdicts.comparison import Comparison, faults_of_differences


def _reads(place: CheckedInterface) -> bool:
    return any(one.method == "GET" for one in place.operations.values())


@check(objects.DATA, about=_reads)
def everything_there(place: CheckedInterface) -> Iterator[Outcome]:
    """Read the list, and the first of its objects by each path that leads to one."""
    for operation in place.operations.values():
        if operation.method != "GET" or operation.callback is not None:
            continue
        ids = place.known(operation)
        if ids is not None:
            place.call(operation, path=ids)
    return iter(())


def _lists_what_it_reads(place: CheckedInterface) -> bool:
    return place.listing is not None and bool(_single(place))


def _single(place: CheckedInterface) -> list[Operation]:
    """Return the operations that read an object of the list, or a part of it."""
    return [one for one in place.by_id() if one.segments[0].startswith("{")]


@check(objects.GET_BY_ID, about=_lists_what_it_reads)
def single_objects(place: CheckedInterface) -> Iterator[Outcome]:
    """Read the first object of the list by its id, and parts of it by theirs."""
    compare = Comparison(place.target.bundle)
    for operation in _single(place):
        ids = place.known(operation)
        if ids is None:
            continue
        wanted = _part(place.objects(), operation, ids)
        yield from _compared(compare, place.call(operation, path=ids), wanted)


def _compared(compare: Comparison, checked: CheckedExchange, wanted: Any) -> Iterator[Outcome]:
    """Compare what was read by id with the object of the list."""
    if checked.outcome is not Answered.ACCEPTED:
        yield Fault(objects.GET_BY_ID, "the object that the list has", checked.summary())
        return
    faults = compare.differences(checked.operation.gives, wanted, checked.object)
    yield from faults_of_differences(objects.GET_BY_ID, "the object of the list", faults)


def _named(place: CheckedInterface) -> list[tuple[Operation, Operation]]:
    """Return lists below the endpoint, such as terminals, each with what reads one object of it."""
    lists = [one for one in place.operations.values() if one.paged and one.segments]
    return [
        (listing, one)
        for listing in lists
        for one in place.by_id()
        if one.segments[:-1] == listing.segments and len(one.path_params) == 1
    ]


@check(objects.GET_BY_ID, about=lambda place: bool(_named(place)))
def objects_of_named_lists(place: CheckedInterface) -> Iterator[Outcome]:
    """Read the first object of each list below the endpoint by its id."""
    compare = Comparison(place.target.bundle)
    asked = False
    for listing, operation in _named(place):
        data = (place.require(place.call(listing)).envelope or {}).get("data")
        item = data[0] if isinstance(data, list) and data else None
        ids = ids_of(operation.path_params, item)
        if not ids:
            continue
        asked = True
        yield from _compared(compare, place.call(operation, path=ids), item)
    if not asked:
        raise Stopped("The lists are empty.")


def _part(items: list[dict[str, Any]], operation: Operation, ids: Mapping[str, str]) -> Any:
    """Return what ids name: an object of a list, or a part of it."""
    found: Any = next(one for one in items if ids_of(operation.path_params, one) == ids)
    for name in operation.path_params[1:]:
        found = found[f"{name.rpartition('_')[0]}s"][0]
    return found


@check(objects.UNKNOWN_REFUSED, about=lambda place: bool(list(place.by_id())))
def unknown_objects(place: CheckedInterface) -> Iterator[Outcome]:
    """Read an object that is not there."""
    for operation in place.by_id():
        sent = place.request(operation, path=place.invented(operation))
        checked = place.send(operation, sent)
        if checked.outcome is Answered.ACCEPTED:
            wanted = "HTTP 404, or an OCPI error, for an object that is not there"
            yield Fault(objects.UNKNOWN_REFUSED, wanted, checked.summary())
