"""Checks of PUT, GET and DELETE of objects that are pushed."""

from collections.abc import Iterator

from ocpi_conformance.check._interface import CheckedInterface
from ocpi_conformance.check._registry import Outcome, check
from ocpi_conformance.check.writing.kinds import is_pushed
from ocpi_conformance.check.writing.pushed import PushedObject, each_kind
from ocpi_conformance.exchanges.checked import Outcome as Answered
from ocpi_conformance.rules import Fault
from ocpi_conformance.rules.modules import write
from ocpi_conformance.verdicts.comparison import faults_of_differences


@check(write.STORED, write.READ_BACK, about=is_pushed)
def put_and_get(place: CheckedInterface) -> Iterator[Outcome]:
    """Put an object, read it, put it again with other values, and read that."""
    yield from each_kind(place, _put_and_get)


def _put_and_get(one: PushedObject) -> Iterator[Outcome]:
    body = one.store()
    checked = one.read()
    if checked.outcome is not Answered.ACCEPTED:
        wanted = f"the object, after {one.kind.put.id} succeeded"
        yield Fault(write.STORED, wanted, checked.summary())
        return
    found = one.differences(body, (checked.envelope or {}).get("data"))
    wanted = f"what {one.kind.put.id} left there"
    yield from faults_of_differences(write.READ_BACK, wanted, found)
