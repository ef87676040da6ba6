"""Checks of locations, EVSEs and connectors."""

from functools import cache

from ocpi_conformance.validation.semantics._common import (
    check_coordinates,
    check_country,
    check_country_code,
    check_id,
    check_last_updated,
    country_of,
)
from ocpi_conformance.validation.semantics._context import Context, Json, items
from ocpi_conformance.validation.semantics._current import FIELDS, current_faults
from ocpi_conformance.validation.semantics._places import (
    check_details,
    check_evse_id,
    check_links,
)

__all__ = ["check_connector", "check_evse", "check_location", "check_place"]


@cache
def _zones() -> frozenset[str]:
    from zoneinfo import available_timezones  # noqa: PLC0415 - reads many files

    return frozenset(available_timezones())


def check_location(value: Json, at: str, context: Context) -> None:
    """Check a location and all that is in it."""
    check_id(value, at, context, "Location")
    check_country_code(value, at, context)
    check_place(value, at, context)
    check_last_updated(value, at, context)
    _check_time_zone(value, at, context)
    check_details(value, at, context)
    owner = (str(value.get("country_code", "")), str(value.get("party_id", "")))
    country = country_of(value)
    for index, evse in items(value, "evses"):
        place = f"{at}/evses/{index}"
        _check_uid(evse, place, context, owner)
        check_coordinates(evse, place, context, country)
        check_evse(evse, place, context)
        _check_age(value, at, evse, place, context)


def check_evse(value: Json, at: str, context: Context) -> None:
    """Check an EVSE and its connectors."""
    check_last_updated(value, at, context)
    check_evse_id(value, at, context)
    ids: set[str] = set()
    for index, connector in items(value, "connectors"):
        place = f"{at}/connectors/{index}"
        _check_connector_id(connector, place, context, ids)
        check_connector(connector, place, context)
        _check_age(value, at, connector, place, context)


def check_connector(value: Json, at: str, context: Context) -> None:
    """Check a connector: its power against voltage and amperage; note its tariffs."""
    check_last_updated(value, at, context)
    check_links(value, at, context)
    _refer_to_tariffs(value, at, context)
    current = tuple([value.get(name) for name in FIELDS])
    try:
        found = current_faults(*current)
    except TypeError:  # what is no plain value is no current
        return
    for name, text, number, rule in found:
        context.warn(rule, f"{at}/{name}", text, number)


def _refer_to_tariffs(value: Json, at: str, context: Context) -> None:
    if "tariff_id" in value:
        context.refer(value["tariff_id"], f"{at}/tariff_id")
    ids = value.get("tariff_ids")
    if isinstance(ids, list):
        for index, each in enumerate(ids):
            context.refer(each, f"{at}/tariff_ids/{index}")


def check_place(value: Json, at: str, context: Context) -> None:
    """Check the country and the coordinates of a place."""
    check_country(value, at, context)
    check_coordinates(value, at, context, country_of(value))


def _check_time_zone(value: Json, at: str, context: Context) -> None:
    zone = value.get("time_zone")
    if isinstance(zone, str) and zone not in _zones():
        text = f"{zone!r} is not a time zone of the IANA database, such as Europe/Amsterdam"
        context.warn("time-zone", f"{at}/time_zone", text, zone)


def _check_uid(evse: Json, at: str, context: Context, owner: tuple[str, str]) -> None:
    uid = evse.get("uid")
    if isinstance(uid, str) and not context.is_new("EVSE", *owner, uid.upper()):
        text = f"EVSE {uid} comes twice; a uid is unique at the CPO, compared without case"
        context.warn("evse-uid-twice", f"{at}/uid", text, uid)


def _check_connector_id(connector: Json, at: str, context: Context, ids: set[str]) -> None:
    uid = connector.get("id")
    if not isinstance(uid, str):
        return
    if uid.upper() in ids:
        text = f"connector {uid} comes twice in its EVSE; ids are compared without case"
        context.warn("connector-id-twice", f"{at}/id", text, uid)
    ids.add(uid.upper())


def _check_age(parent: Json, at: str, child: Json, place: str, context: Context) -> None:
    older, newer = parent.get("last_updated"), child.get("last_updated")
    if older is not None and newer is not None and context.is_before(older, newer):
        text = f"{older} is older than {newer} in {place.removeprefix(at)}; parents change too"
        context.warn("last-updated-older", f"{at}/last_updated", text, older)
