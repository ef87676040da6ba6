"""A small version of OCPI, made up for tests of the runtime: models and their schemas."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar

from ocpi_runtime import types
from ocpi_runtime.types import UNSET, OpenEnum, SchemaSet, Timestamp, UnsetType


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _ci(length: int) -> dict[str, Any]:
    return {
        "type": "string",
        "format": "ci-string",
        "maxLength": length,
        "pattern": r"^[\x20-\x7E]*$",
    }


def _datetime(pattern: str) -> dict[str, Any]:
    return {"type": "string", "format": "date-time", "maxLength": 25, "pattern": pattern}


_SCHEMAS: dict[str, Any] = {
    "DateTime": _datetime("^[0-9T:.-]*Z?$"),
    "OldDateTime": _datetime("^[0-9T:.-]*(Z|[+-][0-9:]*)?$"),
    "Status": {"type": "string", "enum": ["AVAILABLE", "CHARGING"]},
    "Module": {"type": "string", "x-extensible-enum": ["locations"], "x-ocpi-unbounded": True},
    "Price": {
        "type": "object",
        "required": ["excl_vat"],
        "properties": {
            "excl_vat": {"type": "number", "format": "decimal"},
            "incl_vat": {"type": "number", "format": "decimal"},
        },
    },
    "Plug": {
        "type": "object",
        "required": ["id", "volts", "last_updated"],
        "properties": {
            "id": _ci(5),
            "volts": {"type": "integer", "minimum": 1},
            "status": _ref("Status"),
            "last_updated": _ref("DateTime"),
        },
    },
    "Site": {
        "type": "object",
        "required": ["id", "name", "plugs", "last_updated"],
        "properties": {
            "id": _ci(36),
            "name": {"type": "string", "maxLength": 20, "pattern": r"^[^\x00-\x1F\x7F-\x9F]*$"},
            "latitude": {"type": "string", "maxLength": 10, "pattern": r"^-?\d{1,2}\.\d{5,7}$"},
            "plugs": {"type": "array", "items": _ref("Plug"), "minItems": 1},
            "tags": {"type": "array", "items": _ci(8)},
            "module": _ref("Module"),
            "price": _ref("Price"),
            "open": {"type": "boolean"},
            "closings": {"type": "array", "items": _ref("DateTime")},
            "last_updated": _ref("DateTime"),
        },
    },
}
_SCHEMAS["Moment"] = {
    "type": "object",
    "required": ["at"],
    "properties": {"at": _ref("OldDateTime")},
}
_SCHEMAS["SitePatch"] = {
    **_SCHEMAS["Site"],
    "required": ["last_updated"],
    "x-ocpi-not-null": ["id", "name", "plugs"],
}


class _Inline(SchemaSet):
    def load(self) -> dict[str, Any]:
        return {"components": {"schemas": _SCHEMAS}}


class Model(types.Model, kw_only=True):
    OCPI_SCHEMAS: ClassVar[SchemaSet] = _Inline("samples")


class Status(StrEnum):
    AVAILABLE = "AVAILABLE"
    CHARGING = "CHARGING"


class Module(OpenEnum):
    LOCATIONS = "locations"


class Price(Model, kw_only=True):
    excl_vat: Decimal
    incl_vat: Decimal | UnsetType | None = UNSET


class Plug(Model, kw_only=True):
    id: str
    volts: int
    last_updated: Timestamp
    status: Status | UnsetType | None = UNSET


class Site(Model, kw_only=True):
    id: str
    name: str
    plugs: list[Plug]
    last_updated: Timestamp
    latitude: str | UnsetType | None = UNSET
    tags: list[str] | UnsetType | None = UNSET
    module: Module | UnsetType | None = UNSET
    price: Price | UnsetType | None = UNSET
    open: bool | UnsetType | None = UNSET
    closings: list[Timestamp] | UnsetType | None = UNSET


class SitePatch(Model, kw_only=True):
    last_updated: Timestamp
    id: str | UnsetType | None = UNSET
    name: str | UnsetType | None = UNSET
    plugs: list[Plug] | UnsetType | None = UNSET
    price: Price | UnsetType | None = UNSET


class Moment(Model, kw_only=True):
    at: Timestamp


class PlainTime(types.Model, kw_only=True):
    """A class that is not generated: no schema, and a field of the plain type."""

    at: datetime
    times: list[datetime] | UnsetType = UNSET
    amounts: list[Decimal] | UnsetType = UNSET


PLACE = b"""{
  "id": "P1", "name": "Z\\u00fcrich", "latitude": "47.36667", "open": null,
  "plugs": [
    {"id": "1", "volts": 230, "status": "CHARGING", "last_updated": "2024-06-29T20:39:09Z"}
  ],
  "tags": [], "module": "parking", "price": {"excl_vat": 0.10, "incl_vat": 12345678901234567.89},
  "unknown": {"kept": [1.0, null]}, "last_updated": "2024-06-29T20:39:09.25Z"
}"""
