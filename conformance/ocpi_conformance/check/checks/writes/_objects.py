"""Checks of PUT, GET and DELETE of objects that are pushed."""

from collections.abc import Iterator
from typing import Any

from ocpi_conformance.check._interface import CheckedInterface
from ocpi_conformance.check._registry import NotApplicable, Outcome, Seen, check
from ocpi_conformance.check.writing.changes import ADDED
from ocpi_conformance.check.writing.kinds import Kind, is_pushed, kinds_of
from ocpi_conformance.check.writing.pushed import PushedObject, each_kind, stamped
from ocpi_conformance.exchanges.checked import Outcome as Answered
from ocpi_conformance.rules import Fault
from ocpi_conformance.rules.modules import pushes, write
from ocpi_conformance.verdicts.comparison import faults_of_differences

_CREATED, _OK = 201, 200
_FIRST = (write.STORED, write.READ_BACK, pushes.CREATED_201, pushes.UPDATED_200, pushes.CASE_KEPT)


@check(*_FIRST, about=is_pushed)
def put_and_get(place: CheckedInterface) -> Iterator[Outcome]:
    """Put an object and read it; put it again with fewer fields and items, and read that."""
    yield from each_kind(place, _put_and_get)


def _put_and_get(one: PushedObject) -> Iterator[Outcome]:
    is_new = one.read().outcome is not Answered.ACCEPTED
    plain = one.value
    body = one.body({**plain, **one.usable(ADDED.get(one.kind.name, {}))})
    checked = one.place.require(one.put(body))
    one.value = body
    if is_new and checked.http != _CREATED:
        yield Fault(pushes.CREATED_201, "HTTP 201 for a new object", f"HTTP {checked.http}")
    yield from _read_back(one)
    appended = one.kind.patch.sends.get("x-ocpi-append", ()) if one.kind.patch else ()
    body = one.body({**plain, **{name: [] for name in appended}})
    checked = one.place.require(one.put(body))
    one.value = body
    if checked.http != _OK:
        wanted = "HTTP 200 for an object that was there"
        yield Fault(pushes.UPDATED_200, wanted, f"HTTP {checked.http}")
    yield from _read_back(one)


def _read_back(one: PushedObject) -> Iterator[Outcome]:
    checked = one.read()
    steps = tuple(one.place.session.steps[-2:])
    if checked.outcome is not Answered.ACCEPTED:
        wanted = f"the object, after {one.kind.put.id} succeeded"
        yield Seen(Fault(write.STORED, wanted, checked.summary()), steps)
        return
    data = checked.object
    wanted = f"what {one.kind.put.id} left there"
    found = one.differences(one.value, data)
    for fault in faults_of_differences(write.READ_BACK, wanted, found):
        yield Seen(fault, steps)
    changed = [name for name in _texts(one, data) if data[name] != one.value[name]]
    if changed:
        pairs = [f"{name}: {data[name]!r} for {one.value[name]!r}" for name in changed]
        cause = "ids in other case"
        yield Seen(Fault(pushes.CASE_KEPT, "ids as sent", "; ".join(pairs), cause), steps)


def _texts(one: PushedObject, data: Any) -> list[str]:
    """Return the ids that are the same but for their case."""
    names = {*one.kind.put.identity.values()} & {*one.value}
    return [
        name
        for name in sorted(names)
        if isinstance(data, dict) and str(data.get(name)).lower() == str(one.value[name]).lower()
    ]


@check(write.OLDER_IGNORED, about=is_pushed)
def older_state(place: CheckedInterface) -> Iterator[Outcome]:
    """Put an older state of an object, with other values, and read the object."""
    if not any(kind.is_dated for kind in kinds_of(place)):
        yield NotApplicable(write.OLDER_IGNORED, "Its objects have no last_updated.")
        return
    yield from each_kind(place, _older_state, lambda kind: kind.is_dated)


def _older_state(one: PushedObject) -> Iterator[Outcome]:
    body = one.store()
    more = one.usable(ADDED.get(one.kind.name, {}))
    one.put(stamped({**body, **more}, one.place.writes.earlier()))
    faults = one.differences(body, one.found())
    if faults:
        wanted, cause = "the newer state of the object", "an older state wins"
        yield Fault(write.OLDER_IGNORED, wanted, "; ".join(faults), cause)


@check(write.IDS_MATCH_URL, about=is_pushed)
def other_ids(place: CheckedInterface) -> Iterator[Outcome]:
    """Put an object whose id, or whose owner, is another one than in the URL.

    The rule about exchanges judges the answers.
    """
    if not any(kind.put.identity for kind in kinds_of(place)):
        reason = "Its objects do not repeat the ids of their URL."
        yield NotApplicable(write.IDS_MATCH_URL, reason)
        return
    yield from each_kind(place, _other_ids, lambda kind: bool(kind.put.identity))


def _other_ids(one: PushedObject) -> Iterator[Outcome]:
    body = one.store()
    other = one.absent()
    for name, prop in one.kind.put.identity.items():
        if prop in body and other.ids[name] != one.ids[name]:
            one.put(one.body({**body, prop: other.ids[name]}))
    owner = {name: text for name, text in one.place.writes.foreign.items() if name in body}
    if owner and one.kind.own_names:
        one.put(one.body({**body, **owner}))
    return iter(())


@check(write.OWNER_ONLY, about=is_pushed)
def other_owner(place: CheckedInterface) -> Iterator[Outcome]:
    """Put and read an object at the URL of a party that is not ours.

    The rule about exchanges judges the answers.
    """
    if not any(kind.put.owned for kind in kinds_of(place)):
        yield NotApplicable(write.OWNER_ONLY, "The version does not speak of owners.")
        return
    yield from each_kind(place, _other_owner, _is_whole_and_owned)


def _is_whole_and_owned(kind: Kind) -> bool:
    return kind.put.owned and kind.above is None


def _other_owner(one: PushedObject) -> Iterator[Outcome]:
    foreign = one.place.writes.foreign
    owner = {name: text for name, text in foreign.items() if name in one.value}
    one.put(one.body({**one.value, **owner}), ids=foreign)
    one.read(ids=foreign)
    return iter(())


@check(pushes.CASE_OF_IDS, about=is_pushed)
def ids_in_other_case(place: CheckedInterface) -> Iterator[Outcome]:
    """Read an object by its id in lower case."""
    if not any(kind.own_names for kind in kinds_of(place)):
        yield NotApplicable(pushes.CASE_OF_IDS, "Its objects are named by a party alone.")
        return
    yield from each_kind(place, _ids_in_other_case, lambda kind: bool(kind.own_names))


def _ids_in_other_case(one: PushedObject) -> Iterator[Outcome]:
    one.store()
    one.found()
    lower = {name: one.ids[name].lower() for name in one.kind.own_names}
    checked = one.read(ids=lower)
    if checked.outcome is not Answered.ACCEPTED:
        wanted = f"the object that was put as {' '.join(one.ids[name] for name in lower)}"
        yield Fault(pushes.CASE_OF_IDS, wanted, checked.summary())


@check(write.DELETED_GONE, pushes.DELETE_UNKNOWN, about=is_pushed)
def deletion(place: CheckedInterface) -> Iterator[Outcome]:
    """Delete an object and read it; delete one that was never there."""
    if not any(kind.delete for kind in kinds_of(place)):
        for rule in (write.DELETED_GONE, pushes.DELETE_UNKNOWN):
            yield NotApplicable(rule, "Its objects are not deleted.")
        return
    yield from each_kind(place, _deletion, lambda kind: kind.delete is not None)


def _deletion(one: PushedObject) -> Iterator[Outcome]:
    one.store()
    one.place.require(one.delete())
    checked = one.read()
    if checked.outcome is Answered.ACCEPTED:
        wanted = "HTTP 404 after DELETE succeeded"
        yield Fault(write.DELETED_GONE, wanted, checked.summary())
    checked = one.absent().delete()
    if checked.outcome is Answered.ACCEPTED:
        wanted = "HTTP 404, or an OCPI error, for an object that was never there"
        yield Fault(pushes.DELETE_UNKNOWN, wanted, checked.summary())
