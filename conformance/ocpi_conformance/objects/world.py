"""The objects of a mock: made from a seed, valid in their version, and belonging together."""

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from ocpi_conformance.objects._places import PLACES, TARIFFS
from ocpi_runtime import codec
from ocpi_runtime.binding import Binding
from ocpi_runtime.testing import Factory
from ocpi_runtime.types import PartyId

__all__ = ["World"]

_START: Final = datetime(2026, 1, 5, 6, tzinfo=UTC)
_STEP: Final = timedelta(minutes=7)
_BLOCKED: Final = 9
"""Every so many-th token is not valid."""
_DEMANDING: Final = 5
"""At every so many-th location, commands have to name the connector."""
_WITH_DEMANDS: Final = frozenset({"2.2.1", "2.3.0"})
_PRICE_PER_KWH: Final = (0.25, 0.35, 0.55)

Data = dict[str, Any]


@dataclass
class World:
    """The objects that a mock has, by module, in the order of their last change.

    Args:
        binding: The version.
        cpo: The party that owns locations, tariffs, sessions and CDRs.
        emsp: The party whose drivers charge there, and that owns the tokens.
        count: How many locations there are; of other objects there are about as many.
        seed: The same seed makes the same objects.
    """

    binding: Binding[Any, Any]
    cpo: PartyId
    emsp: PartyId
    count: int = 25
    seed: int = 1
    objects: dict[str, list[Data]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._factory = Factory(seed=self.seed)
        self._full = Factory(seed=self.seed, full=True)
        self._shapes: dict[str, Data] = {}
        self._random = random.Random(self.seed)  # noqa: S311 - data, no secrets
        self._now = _START
        tariffs = [self._tariff(at) for at in range(len(TARIFFS))]
        tokens = [self._token(at) for at in range(self.count)]
        locations = [self._location(at) for at in range(self.count)]
        ended = [self._charged(at, locations, tokens) for at in range(self.count)]
        sessions = [self._session(one, at) for at, one in enumerate(ended)]
        cdrs = [self._cdr(one) for one in ended if not one["active"]]
        made = {
            "tariffs": ("Tariff", tariffs),
            "tokens": ("Token", tokens),
            "locations": ("Location", locations),
            "sessions": ("Session", sessions),
            "cdrs": ("CDR", cdrs),
        }
        self.objects = {
            module: [self.fitted(kind, each) for each in listed]
            for module, (kind, listed) in made.items()
        }

    def fitted(self, kind: str, data: Data) -> Data:
        """Return an object of a class: fields that it does not have dropped, required ones added.

        Raises:
            InvalidParameters: It is not valid even so.
        """
        model = self.binding.model(kind)
        if kind not in self._shapes:
            self._shapes[kind] = json.loads(codec.encode(self._full.make(model)))
        base: Data = json.loads(codec.encode(self._factory.make(model)))
        whole: Data = base | _shaped(data, self._shapes[kind])
        codec.check(json.dumps(whole).encode(), model)
        return whole

    def read(self, module: str, identifier: str) -> Data | None:
        """Return an object by its id, compared without case."""
        for one in self.objects.get(module, ()):
            if str(one.get("id", one.get("uid"))).lower() == identifier.lower():
                return one
        return None

    def _moment(self) -> str:
        self._now += _STEP
        return _text(self._now)

    def _owned(self, party: PartyId) -> Data:
        return {"country_code": party.country_code, "party_id": party.party_id}

    def _tariff(self, at: int) -> Data:
        name, currency = TARIFFS[at], "EUR"
        component = {"type": "ENERGY", "price": _PRICE_PER_KWH[at], "vat": 21.0, "step_size": 1}
        return {
            **self._owned(self.cpo),
            "id": f"TARIFF{at + 1}",
            "currency": currency,
            "tariff_alt_text": [{"language": "en", "text": name}],
            "elements": [{"price_components": [component]}],
            "last_updated": self._moment(),
        }

    def _token(self, at: int) -> Data:
        contract = f"{self.emsp.country_code}-{self.emsp.party_id}-{at:08d}"
        return {
            **self._owned(self.emsp),
            "uid": f"{0x04A1B2C3D4E500 + at * 257:014X}",
            "type": "RFID",
            "contract_id": contract,
            "auth_id": contract,
            "visual_number": f"{self.emsp.party_id}-{at:06d}",
            "issuer": "Example Mobility",
            "valid": at % _BLOCKED != 1,
            "whitelist": "ALLOWED",
            "allow_whitelist": True,
            "last_updated": self._moment(),
        }

    def _location(self, at: int) -> Data:
        place = PLACES[at % len(PLACES)]
        changed = self._moment()
        evses = [self._evse(at, number, changed) for number in range(1 + at % 3)]
        return {
            **self._owned(self.cpo),
            "id": f"LOC{at + 1}",
            "type": "ON_STREET",
            "publish": True,
            "name": f"{place.city} {at + 1}",
            "address": f"{place.street} {at + 1}",
            "city": place.city,
            "postal_code": place.postal_code,
            "country": place.country,
            "coordinates": self._coordinates(place.latitude, place.longitude),
            "time_zone": "Europe/Amsterdam",
            "evses": evses,
            "last_updated": changed,
        }

    def _coordinates(self, latitude: float, longitude: float) -> Data:
        shift = self._random.uniform(-0.04, 0.04)
        return {"latitude": f"{latitude + shift:.6f}", "longitude": f"{longitude + shift:.6f}"}

    def _evse(self, at: int, number: int, changed: str) -> Data:
        uid = f"EVSE{at + 1}-{number + 1}"
        connector = {
            "id": "1",
            "status": "AVAILABLE",
            "standard": "IEC_62196_T2",
            "format": "SOCKET",
            "power_type": "AC_3_PHASE",
            "max_voltage": 230,
            "max_amperage": 32,
            "voltage": 230,
            "amperage": 32,
            "tariff_ids": [f"TARIFF{at % len(TARIFFS) + 1}"],
            "tariff_id": f"TARIFF{at % len(TARIFFS) + 1}",
            "last_updated": changed,
        }
        demanding = at % _DEMANDING == 0 and self.binding.version in _WITH_DEMANDS
        return {
            "uid": uid,
            **({"capabilities": ["START_SESSION_CONNECTOR_REQUIRED"]} if demanding else {}),
            "evse_id": f"{self.cpo.country_code}*{self.cpo.party_id}*E{at + 1:04d}{number + 1}",
            "status": self._random.choice(("AVAILABLE", "AVAILABLE", "CHARGING", "OUTOFORDER")),
            "connectors": [connector],
            "last_updated": changed,
        }

    def _charged(self, at: int, locations: Sequence[Data], tokens: Sequence[Data]) -> Data:
        """Return what a driver did: where, with which token, how long, how much energy."""
        start = _START + timedelta(hours=at)
        hours = self._random.randint(1, 4)
        return {
            "id": at + 1,
            "active": at % 4 == 3,  # noqa: PLR2004 - every fourth session goes on
            "location": locations[at % len(locations)],
            "token": tokens[at % len(tokens)],
            "start": _text(start),
            "end": _text(start + timedelta(hours=hours)),
            "hours": hours,
            "kwh": float(hours * 7),
            "tariff": at % len(locations) % len(TARIFFS),
            "changed": self._moment(),
        }

    def _session(self, did: Data, at: int) -> Data:
        ended = {} if did["active"] else {"end_date_time": did["end"], "end_datetime": did["end"]}
        return {
            **self._driving(did),
            **ended,
            "id": f"SESSION{at + 1}",
            "start_datetime": did["start"],
            "kwh": did["kwh"],
            "status": "ACTIVE" if did["active"] else "COMPLETED",
            "total_cost": _price(did),
        }

    def _cdr(self, did: Data) -> Data:
        return {
            **self._driving(did),
            "id": f"CDR{did['id']}",
            "session_id": f"SESSION{did['id']}",
            "end_date_time": did["end"],
            "stop_date_time": did["end"],
            "charging_periods": [
                {
                    "start_date_time": did["start"],
                    "dimensions": [{"type": "ENERGY", "volume": did["kwh"]}],
                }
            ],
            "cdr_location": self._cdr_location(did["location"]),
            "total_cost": _price(did),
            "total_energy": did["kwh"],
            "total_time": float(did["hours"]),
        }

    def _driving(self, did: Data) -> Data:
        """Return what sessions and CDRs have in common."""
        location, token = did["location"], did["token"]
        evse = location["evses"][0]
        names = ("country_code", "party_id", "uid", "type", "contract_id")
        return {
            **self._owned(self.cpo),
            "start_date_time": did["start"],
            "cdr_token": {name: token[name] for name in names},
            "auth_id": token["contract_id"],
            "auth_method": "WHITELIST",
            "location": {**location, "evses": location["evses"][:1]},
            "location_id": location["id"],
            "evse_uid": evse["uid"],
            "connector_id": evse["connectors"][0]["id"],
            "currency": "EUR",
            "last_updated": did["changed"],
        }

    def _cdr_location(self, location: Data) -> Data:
        evse = location["evses"][0]
        connector = evse["connectors"][0]
        same = ("id", "name", "address", "city", "postal_code", "country", "coordinates")
        return {
            **{name: location[name] for name in same},
            "evse_uid": evse["uid"],
            "evse_id": evse["evse_id"],
            "connector_id": connector["id"],
            "connector_standard": connector["standard"],
            "connector_format": connector["format"],
            "connector_power_type": connector["power_type"],
        }


def _price(did: Data) -> Data:
    """Return what it cost in the words of every version; the shape of the class chooses."""
    cost = round(did["kwh"] * _PRICE_PER_KWH[did["tariff"]], 2)
    return {"excl_vat": cost, "before_taxes": cost}


def _shaped(value: Any, shape: Any) -> Any:
    """Return a value as a class of the version has it: its fields, numbers as text if need be."""
    if isinstance(value, dict):
        if not isinstance(shape, dict):
            return _shaped(next(iter(value.values())), shape)
        return {key: _shaped(one, shape[key]) for key, one in value.items() if key in shape}
    if isinstance(value, list) and isinstance(shape, list):
        return [_shaped(one, shape[0]) for one in value]
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return f"{value:.2f}" if is_number and isinstance(shape, str) else value


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
