"""Checks of parts of objects: EVSEs and connectors of locations, calendars."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from ocpi_conformance.check._interface import CheckedInterface
from ocpi_conformance.check._registry import Outcome, Stopped, check
from ocpi_conformance.check.writing.kinds import STAMP, Kind, kinds_of
from ocpi_conformance.check.writing.pushed import PushedObject, each_kind
from ocpi_conformance.rules import Fault
from ocpi_conformance.rules.modules import pushes
from ocpi_runtime.codec import parse_timestamp

Data = dict[str, Any]


def _is_part(kind: Kind) -> bool:
    return kind.above is not None


def _has_parts(place: CheckedInterface) -> bool:
    return any(map(_is_part, kinds_of(place)))


@check(pushes.PARENT_LAST_UPDATED, about=_has_parts)
def parents(place: CheckedInterface) -> Iterator[Outcome]:
    """Put and patch a part of an object, and read what it is a part of."""
    yield from each_kind(place, _parents, _is_part)


def _parents(one: PushedObject) -> Iterator[Outcome]:
    one.store()
    yield from _moved(one, one.value[STAMP], one.kind.put.id)
    if one.kind.patch is not None:
        moment = one.place.writes.moment()
        one.place.require(one.patch({STAMP: moment}))
        yield from _moved(one, moment, one.kind.patch.id)


def _moved(one: PushedObject, moment: str, changed: str) -> Iterator[Outcome]:
    parent = one.whole
    assert parent is not None  # noqa: S101 - it is a part
    found = parent.found()
    if _instant(found.get(STAMP)) < _instant(moment):
        wanted = f"last_updated of the {parent.kind.name} not before {moment}"
        got = f"last_updated: {found.get(STAMP)} after {changed}"
        cause = f"last_updated of a {parent.kind.name} stays"
        yield Fault(pushes.PARENT_LAST_UPDATED, wanted, got, cause)


def _instant(text: Any) -> datetime:
    try:
        return parse_timestamp(str(text))
    except ValueError:
        raise Stopped(f"{text} is not a timestamp.") from None


def _has_connectors(place: CheckedInterface) -> bool:
    return any(kind.name == "Connector" for kind in kinds_of(place))


@check(pushes.OTHER_EVSE_UNCHANGED, about=_has_connectors)
def other_evses(place: CheckedInterface) -> Iterator[Outcome]:
    """Put a connector into one of two EVSEs, whose connectors have the same id."""
    yield from each_kind(place, _other_evses, lambda kind: kind.name == "Connector")


def _other_evses(one: PushedObject) -> Iterator[Outcome]:
    parent = one.whole
    assert parent is not None  # noqa: S101 - it is a part
    one.store({**one.value, "format": "CABLE"})
    found = parent.found()
    wanted, got = (_evse(each, f"{parent.value['id']}2") for each in (parent.value, found))
    faults = parent.differences({**found, "evses": [wanted]}, {**found, "evses": [got]})
    if faults:
        text = "the EVSE that the URL does not name as it was"
        cause = "another EVSE is changed"
        yield Fault(pushes.OTHER_EVSE_UNCHANGED, text, "; ".join(faults), cause)


def _evse(location: Data, uid: str) -> Data:
    evses = [one for one in location.get("evses") or () if str(one.get("uid")).upper() == uid]
    if not evses:
        raise Stopped(f"EVSE {uid} is not in the location.")
    found: Data = evses[0]
    return found
