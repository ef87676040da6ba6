"""Checks of PATCH."""

from collections.abc import Iterator
from typing import Any

from ocpi_conformance.check._interface import CheckedInterface
from ocpi_conformance.check._registry import NotApplicable, Outcome, check
from ocpi_conformance.check.writing.changes import ADDED, CLEARED, PATCHED
from ocpi_conformance.check.writing.kinds import STAMP, Kind, kinds_of
from ocpi_conformance.check.writing.pushed import PushedObject, each_kind
from ocpi_conformance.exchanges.checked import Intent
from ocpi_conformance.exchanges.checked import Outcome as Answered
from ocpi_conformance.rules import Fault, Rule, Severity
from ocpi_conformance.rules.modules import pushes, write
from ocpi_conformance.verdicts.comparison import faults_of_differences

Data = dict[str, Any]
_NO_PATCH = "Its objects are not patched in this version."
_PERIODS = "charging_periods"


def _is_patched(kind: Kind) -> bool:
    return kind.patch is not None


def _requires_date(kind: Kind) -> bool:
    return kind.patch is not None and STAMP in kind.patch.sends.get("required", ())


def _has_patch(place: CheckedInterface) -> bool:
    return any(map(_is_patched, kinds_of(place)))


@check(write.PATCH_MERGES, about=_has_patch)
def patches(place: CheckedInterface) -> Iterator[Outcome]:
    """Change some fields, arrays and nested objects, then clear a field; read what is there."""
    yield from each_kind(place, _patches, _is_patched)


def _patches(one: PushedObject) -> Iterator[Outcome]:
    stored = one.store({**one.value, **one.usable(ADDED.get(one.kind.name, {}))})
    changes = one.usable(PATCHED.get(one.kind.name, {}))
    yield from _merged(one, stored, changes)
    cleared = CLEARED.get(one.kind.name, "")
    if cleared in one.value and cleared not in one.kind.put.sends.get("required", ()):
        stored = one.store(stored)
        yield from _merged(one, stored, {cleared: None}, Severity.WARNING)


def _merged(
    one: PushedObject, stored: Data, changes: Data, lighter: Severity | None = None
) -> Iterator[Outcome]:
    """Change an object and compare it with what should come of that."""
    dated = {STAMP: one.place.writes.moment()} if one.kind.is_dated else {}
    one.place.require(one.patch({**changes, **dated}))
    found = one.found()
    wanted = {**stored, **changes, **dated}
    faults = one.differences(wanted, found, part=True)
    text = "the fields of the PATCH as they were sent, all others as they were"
    yield from faults_of_differences(write.PATCH_MERGES, text, faults, lighter)


@check(pushes.PATCH_LAST_UPDATED, about=_has_patch)
def patches_without_date(place: CheckedInterface) -> Iterator[Outcome]:
    """Send a PATCH without last_updated."""
    if not any(map(_requires_date, kinds_of(place))):
        reason = "The version does not demand last_updated in a PATCH."
        yield NotApplicable(pushes.PATCH_LAST_UPDATED, reason)
        return
    yield from each_kind(place, _patches_without_date, _requires_date)


def _patches_without_date(one: PushedObject) -> Iterator[Outcome]:
    one.store()
    changes = one.usable(PATCHED.get(one.kind.name, {}))
    checked = one.patch(changes, intent=Intent.PROBE)
    if checked.outcome is Answered.ACCEPTED:
        wanted = "OCPI 2001 for a PATCH without last_updated"
        yield Fault(pushes.PATCH_LAST_UPDATED, wanted, checked.summary())


@check(pushes.PATCH_UNKNOWN_OBJECT, about=_has_patch)
def patches_of_nothing(place: CheckedInterface) -> Iterator[Outcome]:
    """Send a PATCH of an object that is not there, and read it."""
    yield from each_kind(place, _patches_of_nothing, _is_patched)


def _patches_of_nothing(one: PushedObject) -> Iterator[Outcome]:
    absent = one.absent()
    dated = {STAMP: one.place.writes.moment()} if one.kind.is_dated else {}
    checked = absent.patch({**one.usable(PATCHED.get(one.kind.name, {})), **dated})
    rule = pushes.PATCH_UNKNOWN_OBJECT
    if checked.outcome is Answered.ACCEPTED:
        wanted = "HTTP 404, or an OCPI error, for an object that is not there"
        yield Fault(rule, wanted, checked.summary())
    elif absent.read().outcome is Answered.ACCEPTED:
        yield Fault(rule, "no object after a PATCH that was refused", "an object was made")


def _appends(place: CheckedInterface) -> bool:
    return any(_PERIODS in one.sends.get("x-ocpi-append", ()) for one in place.operations.values())


@check(pushes.PATCH_APPENDS_PERIODS, pushes.PATCH_EMPTY_PERIODS, about=_appends)
def patches_of_periods(place: CheckedInterface) -> Iterator[Outcome]:
    """Send a PATCH with a charging period, and one with an empty list; read the session."""
    yield from each_kind(place, _patches_of_periods, lambda kind: kind.name == "Session")


def _patches_of_periods(one: PushedObject) -> Iterator[Outcome]:
    stored = one.store()
    before = list(stored[_PERIODS])
    later = {**before[0], "start_date_time": "2026-01-05T06:30:00Z"}
    rule: Rule
    for rule, more in ((pushes.PATCH_APPENDS_PERIODS, [later]), (pushes.PATCH_EMPTY_PERIODS, [])):
        changes = {_PERIODS: more, STAMP: one.place.writes.moment()}
        one.place.require(one.patch(changes))
        before += more
        found = one.found()
        if one.differences({**found, _PERIODS: before}, found):
            got = f"{len(found.get(_PERIODS) or ())} charging periods"
            yield Fault(rule, f"{len(before)} charging periods", got, "other charging periods")
            return
