"""Plain objects of every class, made from the schemas of a version."""

import re
from functools import cache
from typing import Any, Final

from ocpi_runtime.types import Model

__all__ = ["sample"]

_PREFIX: Final = "#/components/schemas/"
_DEEPEST: Final = 8
_FORMS: Final = ("12:30", "2026-01-02", "1")
_BY_NAME: Final = {
    "country_code": "BE",
    "party_id": "BEC",
    "country": "BEL",
    "latitude": "50.770774",
    "longitude": "-126.104965",
    "currency": "EUR",
    "time_zone": "Europe/Brussels",
    "response_url": "https://partner.example/result",
    "token": "another-credentials-token",
}


@cache
def sample(kind: type[Model]) -> dict[str, Any]:
    """Return an object with every field of a class; do not change it."""
    schemas = kind.OCPI_SCHEMAS.load()["components"]["schemas"]
    made: dict[str, Any] = _Maker(schemas).value("", schemas[kind.__name__], 0)
    return made


class _Maker:
    def __init__(self, schemas: dict[str, Any]) -> None:
        self._schemas = schemas

    def value(self, name: str, schema: dict[str, Any], depth: int) -> Any:
        while "$ref" in schema:
            schema = self._schemas[schema["$ref"].removeprefix(_PREFIX)]
        if "enum" in schema:
            return schema["enum"][0]
        kind = schema.get("type", "object")
        if kind == "object":
            fields = schema.get("properties", {}) if depth < _DEEPEST else {}
            return {name: self.value(name, each, depth + 1) for name, each in fields.items()}
        if kind == "array":
            return [self.value(name, schema["items"], depth + 1)]
        return _scalar(name, kind, schema)


def _scalar(name: str, kind: str, schema: dict[str, Any]) -> Any:
    if kind == "boolean":
        return True
    if kind in {"integer", "number"}:
        return max(1, schema.get("minimum", 1))
    if schema.get("format") == "date-time":
        return "2026-01-02T03:04:05Z"
    if options := schema.get("x-extensible-enum"):
        return options[0]
    if schema.get("format") == "uri" or name.endswith("url"):
        return "https://partner.example/x"
    text = _BY_NAME.get(name, "A1")[: schema.get("maxLength", 36)]
    pattern = schema.get("pattern", "")
    return next((each for each in (text, *_FORMS) if re.search(pattern, each)), text)
