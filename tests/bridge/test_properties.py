"""What holds for every valid object, whatever its class and its version."""

import re
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from ocpi_bridge import ConversionContext, Converted, NotConvertible, convert
from ocpi_bridge.versions import class_in
from ocpi_runtime.types import Model
from tests.bridge.support.complete import complete, turns
from tests.bridge.support.contexts import around, faults
from tests.bridge.support.round_trips import at, missing, places, plain, without
from tests.bridge.support.shapes import objects
from tests.bridge.support.version_pairs import NEIGHBOURS, pairs

FAR = [("2.3.0", "2.0"), ("2.0", "2.3.0"), ("2.3.0", "2.1.1"), ("2.1.1", "2.3.0")]
# What comes back without having been there, and without being an assumption: it is what silence
# means in a version, or it comes from the context.
ADDED = frozenset(
    {
        "/allow_whitelist",
        "/token/allow_whitelist",
        "/stop_date_time",
        "/total_usage/*/type",
        "/total_usage/*/volume",
        "/time_zone",
        "/location/time_zone",
    }
)
# What cannot be said otherwise: a tariff of which no price is left, a bill that is none, a token
# that would be cut, a CDR without an EVSE.
REFUSED = frozenset(
    {
        ("Tariff", "/elements"),
        ("CDR", "/credit"),
        ("CDR", "/location"),
        ("Credentials", "/token"),
    }
)

# A location has so many places that finding the smallest example would take minutes.
quick = settings(max_examples=10, phases=[Phase.generate], suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize(("kind", "source", "target"), pairs([*NEIGHBOURS, *FAR]))
def test_a_round_trip_changes_only_what_was_reported(kind: str, source: str, target: str) -> None:
    @quick
    @given(objects(class_in(source, kind)))
    def check(value: Model) -> None:
        assert not faults(value)
        hold_or_refuse(value, kind, source, target)

    check()


@pytest.mark.parametrize(("kind", "source", "target"), pairs(NEIGHBOURS))
def test_every_value_of_every_enumeration_goes_over(kind: str, source: str, target: str) -> None:
    model = class_in(source, kind)
    for turn in range(turns(model)):
        value = complete(model, turn)
        assert not faults(value)
        hold_or_refuse(value, kind, source, target)


def hold_or_refuse(value: Model, kind: str, source: str, target: str) -> None:
    try:
        hold(value, kind, source, target)
    except NotConvertible as error:
        if (kind, error.pointer) not in REFUSED:
            raise


def hold(value: Model, kind: str, source: str, target: str) -> None:
    """Check one object against everything that is promised."""
    before, context = plain(value), around(value)
    there = convert(value, target, from_version=source, context=context, kind=kind)
    assert plain(value) == before, "the object itself was changed"
    assert_tells_where(before, there)
    back = convert(there.value, source, from_version=target, context=context, kind=kind)
    assert_tells_where(plain(there.value), back)
    after = plain(back.value)
    assert missing(without(before, there.losses), after) == []
    assert_adds_nothing(before, after, there, back)
    assert_repeatable(value, target, context, there)
    again = convert(back.value, target, from_version=source, context=context, kind=kind)
    assert settled(again.value) == settled(there.value), "the second way was another one"


def settled(value: Model) -> Any:
    """Return what does not change any more from the second way on.

    OTHER kinds of parking are not known on the way back, so that they come again as UNKNOWN.
    """
    document = plain(value)
    if document.get("type") == "OTHER" and "coordinates" in document:
        document["type"] = "UNKNOWN"
    return document


def assert_tells_where(document: Any, found: Converted[Any]) -> None:
    """The result is valid, losses are in the object, and assumptions in the result."""
    assert not faults(found.value)
    for loss in found.losses:
        at(document, loss.pointer)
    result = plain(found.value)
    for note in found.assumptions:
        at(result, note.pointer)


def assert_adds_nothing(
    before: Any, after: Any, there: Converted[Any], back: Converted[Any]
) -> None:
    """What came back was there before, or is an assumption of one of the two ways."""
    notes = [*there.assumptions, *back.assumptions]
    assumed = {re.sub(r"/\d+", "/*", each.pointer) for each in notes}
    added = set(places(after)) - set(places(before))
    assert {each for each in added if not covered(each, assumed)} <= ADDED


def covered(place: str, others: set[str]) -> bool:
    return any(place == each or place.startswith(f"{each}/") for each in others)


def assert_repeatable(
    value: Model, target: str, context: ConversionContext, there: Converted[Any]
) -> None:
    """The same object becomes the same."""
    again = convert(value, target, context=context)
    if type(again.value) is type(there.value):
        assert again == there
