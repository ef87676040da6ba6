"""Checks of single fields of the objects of lists that no schema states."""

import base64
import binascii
from collections.abc import Callable, Iterator
from typing import Any, Final

from ocpi_conformance.check._interface import CheckedInterface
from ocpi_conformance.check._registry import NotAsked, Outcome, Seen, Stopped, check
from ocpi_conformance.rules import Fault, Rule
from ocpi_conformance.rules.modules import details as rules

__all__ = ["Data", "Found", "items", "judged", "lists", "measures"]

_SMALL: Final = frozenset({"PERSONAL_VEHICLE", "MOTORCYCLE"})
_MEASURES: Final = (
    "max_vehicle_weight", "max_vehicle_height", "max_vehicle_length", "max_vehicle_width",
)  # fmt: skip
_MOST_OF_CDR_ID: Final = 36
_SESSION_ONLY: Final = frozenset({
    "CURRENT", "ENERGY_EXPORT", "ENERGY_IMPORT", "POWER", "STATE_OF_CHARGE",
})  # fmt: skip
_OF_RESERVATIONS: Final = frozenset({"FLAT", "TIME"})
Data = dict[str, Any]
Found = Iterator[tuple[str, str, str]]
"""A place below the object, what was expected there, and what came instead."""


def lists(module: str) -> Callable[[CheckedInterface], bool]:
    """Return whether an interface is the one that lists the objects of a module."""
    return lambda place: place.module == module and place.listing is not None


def judged(place: CheckedInterface, rule: Rule, judge: Callable[[Data], Found]) -> Iterator[Seen]:
    """Judge all objects of a list; each fault is shown with its page."""
    place.objects()
    for page in place.crawled().pages:
        data = (page.envelope or {}).get("data")
        for at, one in enumerate(data if isinstance(data, list) else ()):
            for pointer, wanted, got in judge(one) if isinstance(one, dict) else ():
                field = pointer.rpartition("/")[2]
                cause = f"{rule.id.partition('.')[2]} at {field}"
                yield Seen(
                    Fault(rule, wanted, got, cause, f"/data/{at}{pointer}"), (page.exchange,)
                )


def items(value: Any) -> Iterator[tuple[int, Data]]:
    """Yield the objects of a list with their places; nothing where it is none."""
    for at, one in enumerate(value if isinstance(value, list) else ()):
        if isinstance(one, dict):
            yield at, one


@check(
    rules.CDR_ID_LENGTH,
    rules.CDR_TARIFFS,
    rules.SESSION_ONLY_DIMENSION,
    rules.SIGNED_DATA,
    rules.CDR_SESSION,
    about=lists("cdrs"),
)
def cdrs(place: CheckedInterface) -> Iterator[Outcome]:
    """Check ids, tariffs, dimensions and signed values of CDRs."""
    yield from judged(place, rules.CDR_ID_LENGTH, _id_length)
    yield from judged(place, rules.CDR_TARIFFS, _tariffs)
    yield from judged(place, rules.SESSION_ONLY_DIMENSION, _dimensions)
    yield from judged(place, rules.SIGNED_DATA, _signed)
    if place.sibling("sessions", "sender") is None:
        yield NotAsked(rules.CDR_SESSION, "The party does not offer sessions.")
    else:
        yield from judged(place, rules.CDR_SESSION, _session)


def _id_length(cdr: Data) -> Found:
    name = str(cdr.get("id"))
    if not cdr.get("credit") and len(name) > _MOST_OF_CDR_ID:
        yield "/id", f"at most {_MOST_OF_CDR_ID} characters", f"{name}, {len(name)} characters"


def _tariffs(cdr: Data) -> Found:
    known = {str(one.get("id")).lower() for _, one in items(cdr.get("tariffs"))}
    for at, period in items(cdr.get("charging_periods")):
        name = period.get("tariff_id")
        if isinstance(name, str) and name.lower() not in known:
            yield f"/charging_periods/{at}/tariff_id", "the id of a tariff in the CDR", name


def _dimensions(cdr: Data) -> Found:
    for at, period in items(cdr.get("charging_periods")):
        for number, one in items(period.get("dimensions")):
            if one.get("type") in _SESSION_ONLY:
                pointer = f"/charging_periods/{at}/dimensions/{number}/type"
                yield pointer, "a dimension of CDRs", str(one["type"])


def _signed(cdr: Data) -> Found:
    signed = cdr.get("signed_data")
    for at, one in items(signed.get("signed_values") if isinstance(signed, dict) else None):
        value = one.get("signed_data")
        try:
            base64.b64decode(str(value), validate=True)
        except (binascii.Error, ValueError):
            yield f"/signed_data/signed_values/{at}/signed_data", "Base64", str(value)[:50]


def _session(cdr: Data) -> Found:
    """Require a session where energy has flown: a reservation alone has none."""
    energy = cdr.get("total_energy")
    if isinstance(energy, int | float) and energy > 0 and not cdr.get("session_id"):
        yield "/session_id", "the id of the session", "no session_id"


@check(rules.RESERVATION_ELEMENT, about=lists("tariffs"))
def tariffs(place: CheckedInterface) -> Iterator[Outcome]:
    """Check elements for reservations."""
    yield from judged(place, rules.RESERVATION_ELEMENT, _reservation)


def _reservation(tariff: Data) -> Found:
    for at, element in items(tariff.get("elements")):
        restrictions = element.get("restrictions")
        if not isinstance(restrictions, dict) or not restrictions.get("reservation"):
            continue
        for number, one in items(element.get("price_components")):
            if one.get("type") not in _OF_RESERVATIONS:
                pointer = f"/elements/{at}/price_components/{number}/type"
                yield pointer, "FLAT or TIME", str(one.get("type"))


@check(rules.SESSION_COST, rules.LOCATION_REFERENCE, about=lists("sessions"))
def sessions(place: CheckedInterface) -> Iterator[Outcome]:
    """Check costs of sessions, and where they are."""
    yield from judged(place, rules.SESSION_COST, _cost)
    listing = place.sibling("locations", "sender")
    if listing is None:
        yield NotAsked(rules.LOCATION_REFERENCE, "The party offers no list of locations.")
        return
    try:
        known = _places(listing)
    except Stopped as stop:
        yield NotAsked(rules.LOCATION_REFERENCE, stop.reason)
        return
    yield from judged(place, rules.LOCATION_REFERENCE, lambda one: _at_place(one, known))


def _cost(session: Data) -> Found:
    cost = session.get("total_cost")
    for name, amount in cost.items() if isinstance(cost, dict) else ():
        if isinstance(amount, int | float) and amount < 0:
            yield f"/total_cost/{name}", "an amount of zero or more", str(amount)


_NO_EVSE: Final = "#na"
_NAMES: Final = ("location_id", "evse_uid", "connector_id")


def _places(listing: CheckedInterface) -> set[tuple[str, ...]]:
    found: set[tuple[str, ...]] = set()
    for location in listing.objects():
        first = str(location.get("id")).lower()
        for _, evse in items(location.get("evses")):
            second = str(evse.get("uid")).lower()
            for _, connector in items(evse.get("connectors")):
                found.add((first, second, str(connector.get("id")).lower()))
    return found


def _at_place(session: Data, known: set[tuple[str, ...]]) -> Found:
    names = tuple(str(session.get(name)).lower() for name in _NAMES)
    # A reservation may have no EVSE yet.
    open_yet = names[1] == _NO_EVSE and any(one[0] == names[0] for one in known)
    if names not in known and not open_yet:
        yield "/location_id", "a location that can be read", " ".join(names)


@check(rules.LANGUAGE, about=lambda place: lists("tokens")(place) or lists("locations")(place))
def languages(place: CheckedInterface) -> Iterator[Outcome]:
    """Check codes of languages."""
    yield from judged(place, rules.LANGUAGE, lambda one: _languages(one, ""))


def _languages(value: Any, at: str) -> Found:
    if isinstance(value, dict):
        code = value.get("language")
        if isinstance(code, str) and code not in _CODES:
            yield f"{at}/language", "a code of ISO 639-1", code
        for name, one in value.items():
            yield from _languages(one, f"{at}/{name}")
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from _languages(one, f"{at}/{number}")


_LISTED: Final = (
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv "
    "cy da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr "
    "ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw "
    "ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv "
    "ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr "
    "ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi "
    "yo za zh zu"
)
_CODES: Final = frozenset(_LISTED.split())
"""The codes of ISO 639-1, and bh, which was there before."""


@check(
    rules.PARKING,
    rules.VEHICLE_MEASURES,
    about=lambda place: lists("locations")(place) and place.version == "2.3.0",
)
def parking(place: CheckedInterface) -> Iterator[Outcome]:
    """Check parking places, and which of them EVSEs name."""
    yield from judged(place, rules.PARKING, _parking)
    yield from judged(place, rules.VEHICLE_MEASURES, _places_measures)


def _places_measures(location: Data) -> Found:
    for at, one in items(location.get("parking_places")):
        yield from measures(one, f"/parking_places/{at}")


def measures(one: Data, at: str) -> Found:
    """Require the measures of a place that is not for small vehicles alone."""
    kinds = {str(kind) for kind in one.get("vehicle_types") or ()}
    if kinds - _SMALL:
        for name in _MEASURES:
            if one.get(name) is None:
                yield f"{at}/{name}", f"a value, since {min(kinds - _SMALL)} fits", "none"


def _parking(location: Data) -> Found:
    known: set[str] = set()
    for at, one in items(location.get("parking_places")):
        name = str(one.get("id"))
        if name in known:
            yield f"/parking_places/{at}/id", "an id of its own", f"{name} again"
        known.add(name)
    for at, evse in items(location.get("evses")):
        for number, one in items(evse.get("parking")):
            if str(one.get("parking_id")) not in known:
                pointer = f"/evses/{at}/parking/{number}/parking_id"
                yield pointer, "a parking place of the location", str(one.get("parking_id"))
