"""Checks of what an object may contain: more than its class has, and never less."""

from collections.abc import Iterator
from copy import deepcopy

from ocpi_conformance.check._interface import CheckedInterface
from ocpi_conformance.check._registry import NotApplicable, Outcome, check
from ocpi_conformance.check.writing.kinds import is_pushed
from ocpi_conformance.check.writing.pushed import PushedObject, each_kind
from ocpi_conformance.exchanges.checked import Intent
from ocpi_conformance.exchanges.checked import Outcome as Answered
from ocpi_conformance.rules import Fault, Needs, Severity
from ocpi_conformance.rules.messages import malformed
from ocpi_conformance.rules.modules import pushes

_FIELD = "chk_unknown_field"
_VALUE = {"text": "checked", "numbers": [1, 2]}
_PLUG = "CHK_UNKNOWN_PLUG"
_DEMANDING = "2.3.0"
"""The first version that demands it in words."""


@check(pushes.UNKNOWN_FIELDS_ACCEPTED, pushes.UNKNOWN_FIELDS_KEPT, about=is_pushed)
def unknown_fields(place: CheckedInterface) -> Iterator[Outcome]:
    """Put an object with a field that its class does not have, and read it."""
    yield from each_kind(place, _unknown_fields)


def _unknown_fields(one: PushedObject) -> Iterator[Outcome]:
    one.store()
    body = one.body({**one.value, _FIELD: _VALUE})
    checked = one.put(body, intent=Intent.PROBE)
    if checked.outcome is not Answered.ACCEPTED:
        lighter = None if one.place.version >= _DEMANDING else Severity.WARNING
        wanted = "success for an object with a field that is not known"
        rule = pushes.UNKNOWN_FIELDS_ACCEPTED
        yield Fault(rule, wanted, checked.summary(), lighter=lighter)
        yield NotApplicable(pushes.UNKNOWN_FIELDS_KEPT, "Such objects are refused.")
        return
    found = one.found()
    if found.get(_FIELD) != _VALUE:
        wanted, got = f"{_FIELD} as it was sent", f"{_FIELD}: {found.get(_FIELD)!r}"
        yield Fault(pushes.UNKNOWN_FIELDS_KEPT, wanted, got, "a field that is not known is lost")


def _has_plugs(place: CheckedInterface) -> bool:
    return place.module == "locations" and is_pushed(place) and place.version >= _DEMANDING


@check(pushes.UNKNOWN_ENUM_VALUES, about=_has_plugs)
def unknown_values(place: CheckedInterface) -> Iterator[Outcome]:
    """Put a location with a plug that the specification does not know, and read it."""
    yield from each_kind(place, _unknown_values, lambda kind: kind.name == "Location")


def _unknown_values(one: PushedObject) -> Iterator[Outcome]:
    one.store()
    value = deepcopy(one.value)
    value["evses"][0]["connectors"][0]["standard"] = _PLUG
    body = one.body(value)
    checked = one.put(body, intent=Intent.PROBE)
    rule = pushes.UNKNOWN_ENUM_VALUES
    if checked.outcome is not Answered.ACCEPTED:
        yield Fault(rule, f"success for a connector of the standard {_PLUG}", checked.summary())
        return
    faults = one.differences(body, one.found())
    if faults:
        wanted = f"a connector of the standard {_PLUG}"
        yield Fault(rule, wanted, "; ".join(faults), "a value that is not known is lost")


@check(malformed.INVALID_REFUSED, about=is_pushed, needs=Needs.WRITE)
def incomplete_objects(place: CheckedInterface) -> Iterator[Outcome]:
    """Put objects without one of their required fields, and with one of another type.

    The rule about exchanges judges the answers.
    """
    yield from each_kind(place, _incomplete_objects)


def _incomplete_objects(one: PushedObject) -> Iterator[Outcome]:
    body = one.store()
    in_url = set(one.kind.put.identity.values())
    for name in one.kind.put.sends.get("required", ()):
        # What the URL says too, a party may take from there.
        if name not in in_url:
            one.put({key: value for key, value in one.body(body).items() if key != name})
        one.put({**one.body(body), name: [[]]})
    return iter(())
