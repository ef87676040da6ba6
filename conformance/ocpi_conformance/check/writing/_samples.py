"""Objects to be pushed: valid in their version, and in agreement with each other."""

import json
from collections.abc import Mapping
from typing import Any, Final

from ocpi_conformance.objects.world import World
from ocpi_runtime import codec
from ocpi_runtime.binding import Binding
from ocpi_runtime.testing import Factory
from ocpi_runtime.types import PartyId

__all__ = ["Names", "sample"]

_MODULES: Final = {
    "Location": "locations",
    "Session": "sessions",
    "Tariff": "tariffs",
    "Token": "tokens",
    "CDR": "cdrs",
}
_SECOND: Final = 2
_ENDS: Final = frozenset({"end_date_time", "end_datetime"})

Data = dict[str, Any]
Names = Mapping[str, str]
"""The ids by what they name: location, evse, tariff, session, cdr, token."""


def sample(world: World, name: str, names: Names, token: Data | None) -> Data:
    """Return an object of a class, all of whose ids are ours.

    Args:
        world: Realistic objects of the version, with the party that owns it.
        name: The class.
        names: Its ids, and those of what it refers to.
        token: A token of the party that sessions and CDRs are for; None where none is known.
    """
    if name in {"EVSE", "Connector"}:
        return _part(sample(world, "Location", names, token), name, names)
    if name not in _MODULES:
        return _owned(_made(world.binding, name), world.cpo)
    found: Data = _renamed(world.objects[_MODULES[name]][0], _changes(world, names))
    if name == "Location":
        found["evses"] = [found["evses"][0], _second(found["evses"][0], names)]
    if name == "Session":
        found = _active(found, world)
    return _paid_by(found, token) if token is not None else found


def _active(session: Data, world: World) -> Data:
    """Return a session that goes on: energy has flown in one period."""
    kept = {name: one for name, one in session.items() if name not in _ENDS}
    periods = world.objects["cdrs"][0]["charging_periods"]
    return {**kept, "status": "ACTIVE", "charging_periods": periods}


def _made(binding: Binding[Any, Any], name: str) -> Data:
    """Make an object of a class that no realistic ones are known of."""
    made: Data = json.loads(codec.encode(Factory(seed=1).make(binding.model(name))))
    return made


def _owned(made: Data, own: PartyId) -> Data:
    owner = {"country_code": own.country_code, "party_id": own.party_id}
    return {name: owner.get(name, value) for name, value in made.items()}


def _changes(world: World, names: Names) -> dict[str, str]:
    """Return what the ids of the realistic objects become."""
    token = world.objects["tokens"][0]["uid"]
    known = {
        "LOC1": "location",
        "EVSE1-1": "evse",
        "TARIFF1": "tariff",
        "SESSION1": "session",
        "CDR1": "cdr",
        token: "token",
    }
    return {old: names[role] for old, role in known.items()}


def _renamed(value: Any, changes: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: _renamed(one, changes) for name, one in value.items()}
    if isinstance(value, list):
        return [_renamed(one, changes) for one in value]
    return changes.get(value, value) if isinstance(value, str) else value


def _second(evse: Data, names: Names) -> Data:
    """Return another EVSE of the same location; its connector is called as the one that is put."""
    number = {"evse_id": f"{str(evse['evse_id'])[:-1]}2"} if "evse_id" in evse else {}
    connectors = [{**one, "id": str(_SECOND)} for one in evse["connectors"]]
    return {**evse, "uid": f"{names['location']}{_SECOND}", "connectors": connectors, **number}


def _part(location: Data, name: str, names: Names) -> Data:
    evse: Data = location["evses"][0]
    if name == "EVSE":
        number = {"evse_id": f"{str(evse['evse_id'])[:-1]}3"} if "evse_id" in evse else {}
        return {**evse, "uid": f"{names['location']}3", **number}
    connector: Data = evse["connectors"][0]
    return {**connector, "id": "2"}


def _paid_by(found: Data, token: Data) -> Data:
    """Have a session or CDR name a token that the party has."""
    if "cdr_token" in found:
        old = found["cdr_token"]
        found["cdr_token"] = {name: token.get(name, one) for name, one in old.items()}
    if "auth_id" in found and "auth_id" in token:
        found["auth_id"] = token["auth_id"]
    return found
