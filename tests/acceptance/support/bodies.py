"""Valid bodies from the schemas of a bundle: what is required, with ids that mean something."""

from collections.abc import Mapping
from typing import Any, Final
from zlib import crc32

from tests.acceptance.support.bundles import Schema, resolved

__all__ = ["Maker"]

Ids = Mapping[str, str]

_UNKNOWN: Final = "x_made_by"
"""A field that no class has, which is legal; receivers keep it."""

_OWN_ID: Final = {
    "Location": ("id", "location_id"),
    "CdrLocation": ("id", "location_id"),
    "EVSE": ("uid", "evse_uid"),
    "Connector": ("id", "connector_id"),
    "Session": ("id", "session_id"),
    "Tariff": ("id", "tariff_id"),
    "Token": ("uid", "token_uid"),
    "CdrToken": ("uid", "token_uid"),
    "CDR": ("id", "cdr_id"),
    "BookingLocation": ("id", "booking_location_id"),
    "Calendar": ("id", "calendar_id"),
    "Booking": ("id", "booking_id"),
    "FinancialAdviceConfirmation": ("id", "financial_advice_confirmation_id"),
}
"""What the field is called by which a class says its own id, and what paths call that id."""

_BY_NAME: Final = {
    "latitude": "52.089520",
    "longitude": "5.109630",
    "expiry_date": "2099-01-01T00:00:00Z",
    "departure_time": "2099-01-01T00:00:00Z",
    "currency": "EUR",
    "country": "NLD",
}
"""Values that must have a form or lie in the future."""

_CONTRACT: Final = ("auth_id",)
"""What names a token in sessions and CDRs before 2.2."""

_IF_KNOWN: Final = ("last_updated",)
"""What is said wherever a class has it, required or not."""

_PREFERRED: Final = frozenset({"ACTIVE", "AVAILABLE", "ACCEPTED", "RFID", "REGULAR"})
"""Values of enumerations with which a request leads on."""


class Maker:
    """Makes bodies for one party.

    Args:
        ids: Ids by the name that paths and properties have for them.
        mark: What is in every object, so that whoever sees it knows whose it is.
        stamp: ``last_updated`` of everything.
        token: What names the token of a session or a CDR, by the name of the field.
    """

    def __init__(self, ids: Ids, mark: str, stamp: str, token: Ids | None = None) -> None:
        self._ids = ids
        self._mark = mark
        self._stamp = stamp
        self._token = token or {}

    def make(self, bundle: Schema, schema: Schema, name: str = "") -> Any:
        """Make a value of a schema; ``name`` is the property or parameter that it is for."""
        kind = schema["$ref"].rpartition("/")[2] if "$ref" in schema else ""
        meant = resolved(bundle, schema)
        if kind == "Decimal":  # a number in quotes
            return "1"
        if meant.get("type") == "object":
            return self._object(bundle, meant, kind.removesuffix("Patch"))
        if meant.get("type") == "array":
            item = self.make(bundle, meant["items"], name)
            return [item]
        return self._scalar(meant, name)

    def _object(self, bundle: Schema, schema: Schema, kind: str) -> dict[str, Any]:
        properties = schema["properties"]
        wanted = [*schema.get("required", ())]
        meant = (*self._ids, *_IF_KNOWN)
        wanted += [each for each in meant if each in properties and each not in wanted]
        made = {each: self.make(bundle, properties[each], each) for each in wanted}
        own, known = _OWN_ID.get(kind, ("", ""))
        if own in made:
            made[own] = self._ids[known]
        if kind in {"CdrToken", "Session", "CDR"}:
            named = self._token if kind == "CdrToken" else _CONTRACT
            made |= {each: self._token[each] for each in named if each in made and self._token}
        made[_UNKNOWN] = self._mark
        return made

    def _scalar(self, schema: Schema, name: str) -> Any:
        if name in self._ids:
            return _number(self._ids[name]) if schema["type"] == "integer" else self._ids[name]
        named = schema.get("enum") or schema.get("x-extensible-enum")
        if named:
            return next((each for each in named if each in _PREFERRED), named[0])
        if schema.get("type") in {"integer", "number"}:
            return max(1, schema.get("minimum", 1))
        if schema.get("type") == "boolean":
            return True
        if schema.get("format") == "date-time":
            return _BY_NAME.get(name, self._stamp)
        text = _BY_NAME.get(name, self._mark)
        return text[: schema.get("maxLength", len(text))]


def _number(name: str) -> int:
    """Make an id that is a number, as those of reservations were once."""
    return crc32(name.encode()) % 2**31
