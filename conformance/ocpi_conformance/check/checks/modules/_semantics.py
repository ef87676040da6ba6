"""Checks of what the objects of lists mean, by the same functions as ``ocpi validate``."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, Final

from ocpi_conformance.check._interface import CheckedInterface
from ocpi_conformance.check._registry import NotAsked, Outcome, Seen, Stopped, check
from ocpi_conformance.exchanges.checked import CheckedExchange
from ocpi_conformance.rules import Fault, Rule
from ocpi_conformance.rules.modules import place_semantics, semantics
from ocpi_conformance.validation.semantics import Context, checks_of

_RIGHT: Final = "values that can be true together"
_OF_WARNING: Final = {**place_semantics.OF_WARNING, **semantics.OF_WARNING}


def _rules(module: str) -> tuple[Rule, ...]:
    found = dict.fromkeys([*_OF_WARNING.values(), place_semantics.TARIFF_REFERENCE])
    return tuple(one for one in found if module in one.modules)


def _lists(module: str) -> Callable[[CheckedInterface], bool]:
    return lambda place: place.module == module and place.listing is not None


@check(*_rules("locations"), about=_lists("locations"))
def locations(place: CheckedInterface) -> Iterator[Outcome]:
    """Check locations, EVSEs and connectors, and that their tariffs can be read."""
    tariffs = _tariff_ids(place)
    if isinstance(tariffs, NotAsked):
        yield tariffs
    yield from _judged(place, "Location", None if isinstance(tariffs, NotAsked) else tariffs)


@check(*_rules("tariffs"), about=_lists("tariffs"))
def tariffs(place: CheckedInterface) -> Iterator[Outcome]:
    """Check tariffs."""
    yield from _judged(place, "Tariff")


@check(*_rules("sessions"), about=_lists("sessions"))
def sessions(place: CheckedInterface) -> Iterator[Outcome]:
    """Check sessions."""
    yield from _judged(place, "Session")


@check(*_rules("cdrs"), about=_lists("cdrs"))
def cdrs(place: CheckedInterface) -> Iterator[Outcome]:
    """Check CDRs."""
    yield from _judged(place, "CDR")


@check(*_rules("tokens"), about=_lists("tokens"))
def tokens(place: CheckedInterface) -> Iterator[Outcome]:
    """Check tokens."""
    yield from _judged(place, "Token")


def _tariff_ids(place: CheckedInterface) -> set[str] | NotAsked:
    """Return the ids of all tariffs of the party, in upper case."""
    rule = place_semantics.TARIFF_REFERENCE
    listing = place.party.interfaces.get((place.version, "tariffs", "sender"))
    if listing is None:
        return NotAsked(rule, "The party offers no list of tariffs.")
    try:
        found = listing.crawled().items
    except Stopped as error:
        return NotAsked(rule, error.reason)
    return {str(one.get("id")).upper() for one in found if isinstance(one, dict)}


def _judged(
    place: CheckedInterface, name: str, tariff_ids: set[str] | None = None
) -> Iterator[Outcome]:
    """Check all objects of a list; each fault is shown with its page.

    Args:
        place: The interface.
        name: The class of the objects.
        tariff_ids: The tariffs that objects may refer to; None where that is not known.
    """
    place.objects()
    context = Context(datetime.now(UTC))
    for page in place.crawled().pages:
        data = (page.envelope or {}).get("data")
        for index, value in enumerate(data if isinstance(data, list) else ()):
            if isinstance(value, dict):
                faults = _faults(value, f"/data/{index}", name, context, tariff_ids)
                yield from (_seen(one, page) for one in faults)


def _faults(
    value: dict[str, Any], at: str, name: str, context: Context, tariff_ids: set[str] | None
) -> Iterator[Fault]:
    for one in checks_of(name):
        one(value, at, context)
    for warning in context.take_warnings():
        rule = _OF_WARNING[warning.rule]
        field = warning.pointer.rpartition("/")[2]
        cause = f"{warning.rule} of {name} at {field}"
        yield Fault(rule, _RIGHT, f"{field} {warning.message}", cause, warning.pointer)
    for uid, pointer in context.take_references().items():
        if tariff_ids is not None and uid not in tariff_ids:
            rule, cause = place_semantics.TARIFF_REFERENCE, "tariff that cannot be read"
            yield Fault(rule, "the id of a tariff in the list", f"{uid}, {cause}", cause, pointer)


def _seen(fault: Fault, page: CheckedExchange) -> Seen:
    return Seen(fault, (page.exchange,))
