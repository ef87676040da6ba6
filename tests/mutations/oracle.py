"""Whether a body obeys its bundle, by another validator than the product's."""

import json
import math
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from jsonschema import (  # type: ignore[import-untyped]  # it has no types of its own
    Draft4Validator,
    ValidationError,
    validators,
)

from tests.acceptance.support.bundles import OperationCase, Schema, resolved

__all__ = ["fault"]

_NOT_AVAILABLE: Final = "#NA"
_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)?\Z", re.ASCII)
_OWN: Final = {
    "Location": ("id", "location_id"),
    "EVSE": ("uid", "evse_uid"),
    "Connector": ("id", "connector_id"),
    "Session": ("id", "session_id"),
    "Tariff": ("id", "tariff_id"),
    "Token": ("uid", "token_uid"),
}
"""Where the id in the body has to be that in the URL."""


def fault(case: OperationCase, path: Mapping[str, str], text: bytes) -> str | None:
    """Return what is wrong with a body, or None.

    Args:
        case: The operation.
        path: The values in the URL.
        text: The body.
    """
    operation = case.bundle["paths"][case.path][case.method.lower()]
    if not text and not resolved(case.bundle, operation["requestBody"]).get("required"):
        return None
    try:
        value = json.loads(text.decode("utf-8"), parse_constant=_no_number)
        _finite(value)
    except (ValueError, RecursionError) as error:
        return f"no JSON: {error}"
    schema: Schema = case.body or {}
    found = next(
        _validator({**schema, "components": case.bundle["components"]}).iter_errors(value), None
    )
    if found is not None:
        return f"/{'/'.join(map(str, found.absolute_path))}: {found.message[:200]}"
    return _other_object(case, path, value)


def _other_object(case: OperationCase, path: Mapping[str, str], value: Any) -> str | None:
    kind = str((case.body or {}).get("$ref", "")).rpartition("/")[2].removesuffix("Patch")
    own, named = _OWN.get(kind, ("", ""))
    pairs = [(own, path.get(named))] + [
        (name, path.get(name)) for name in ("country_code", "party_id")
    ]
    for name, expected in pairs:
        stated = value.get(name)
        if expected is not None and isinstance(stated, str) and stated.lower() != expected.lower():
            return f"/{name}: is {stated}, the URL says {expected}"
    return None


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is not a number")


def _finite(value: Any) -> None:
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("a number is too large")
    for each in (
        value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    ):
        _finite(each)


def _properties(
    validator: Any, properties: Any, value: Any, schema: Any
) -> Iterator[ValidationError]:
    """Validate properties; what is not required may be null."""
    if not isinstance(value, dict):
        return
    needed = {*schema.get("required", ()), *schema.get("x-ocpi-not-null", ())}
    for name, part in properties.items():
        if name in value and (value[name] is not None or name in needed):
            yield from validator.descend(value[name], part, path=name, schema_path=name)


def _texts(keyword: str) -> Any:
    usual = Draft4Validator.VALIDATORS[keyword]

    def check(validator: Any, bound: Any, value: Any, schema: Any) -> Iterator[ValidationError]:
        if value != _NOT_AVAILABLE or schema.get("format") == "date-time":
            yield from usual(validator, bound, value, schema)

    return check


def _format(_: Any, name: Any, value: Any, _schema: Any) -> Iterator[ValidationError]:
    if name != "date-time" or not isinstance(value, str):
        return
    match = _TIME.match(value)
    try:
        datetime.fromisoformat(match[1] if match else "")
    except ValueError:
        yield ValidationError(f"{value!r} is not an instant")


_Validator = validators.extend(
    Draft4Validator,
    {
        "properties": _properties,
        "format": _format,
        **{each: _texts(each) for each in ("pattern", "maxLength", "minLength")},
    },
)
_made: dict[str, Any] = {}


def _validator(schema: Schema) -> Any:
    key = f"{schema.get('$ref')} {id(schema['components'])}"
    if key not in _made:
        _made[key] = _Validator(schema)
    return _made[key]
