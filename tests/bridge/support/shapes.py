"""Valid objects of any generated class, for property tests: from types and schemas."""

import string
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from hypothesis import strategies as st
from msgspec import UNSET, inspect

from ocpi_runtime.types import Model, OpenEnum

_ASCII = "".join(chr(code) for code in range(0x20, 0x7F))
_LETTERS = string.ascii_letters + string.digits
_ANY = _LETTERS + " -._~äßø漢😀"


def _digits(fewest: int, most: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=fewest, max_size=most)


def _coordinates(fewest: int, most: int) -> st.SearchStrategy[str]:
    return st.builds(
        "{}{}.{}".format, st.sampled_from(["", "-"]), _digits(1, 2), _digits(fewest, most)
    )


_HOUR = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.integers(0, 59))
_NUMBER = st.decimals(-(10**6), 10**6, places=4)
_PATTERNS = {
    r"^-?[0-9]{1,2}\.[0-9]{5,6}$": _coordinates(5, 6),
    r"^-?[0-9]{1,3}\.[0-9]{5,6}$": _coordinates(5, 6),
    r"^-?[0-9]{1,2}\.[0-9]{6}$": _coordinates(6, 6),
    r"^-?[0-9]{1,3}\.[0-9]{6}$": _coordinates(6, 6),
    r"^-?[0-9]{1,2}\.[0-9]{5,7}$": _coordinates(5, 7),
    r"^-?[0-9]{1,3}\.[0-9]{5,7}$": _coordinates(5, 7),
    r"^[0-2][0-9]:[0-5][0-9]$": st.builds(
        "{:02}:{:02}".format, st.integers(0, 29), st.integers(0, 59)
    ),
    r"^([0-1][0-9]|2[0-3]):[0-5][0-9]$": _HOUR,
    r"^([12][0-9]{3})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$": st.dates().map(
        lambda day: (
            day.replace(year=1000 + day.year % 2000).isoformat()
            if (day.month, day.day) != (2, 29)
            else "2024-02-29"
        )
    ),
    r"^[!-~]+$": st.text(_ASCII[1:], min_size=1, max_size=80),
    r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?([Ee][+-]?[0-9]+)?$": st.one_of(
        _NUMBER.map(str), st.sampled_from(["0", "-1E+2", "12e-3", "10"])
    ),
    r"^[\x20-\x7E]*$": None,
    r"^[^\x00-\x1F\x7F-\x9F]*$": None,
}
_START = datetime(2015, 1, 1, tzinfo=UTC)
_MOMENTS = st.integers(0, 10**12).map(lambda each: _START + timedelta(milliseconds=each))


@cache
def objects(kind: type[Model]) -> st.SearchStrategy[Any]:
    """Return valid objects of a class. Optional fields are absent, null, or there."""
    info = inspect.type_info(kind)
    assert isinstance(info, inspect.StructType)
    schemas = kind.OCPI_SCHEMAS.load()["components"]["schemas"]
    schema = schemas[kind.__name__]
    required: dict[str, st.SearchStrategy[Any]] = {}
    optional: dict[str, st.SearchStrategy[Any]] = {}
    for each in info.fields:
        values = _values(each.type, schema["properties"][each.name], schemas)
        (required if each.required else optional)[each.name] = values
    found = st.fixed_dictionaries(required, optional=optional).map(lambda each: kind(**each))
    if "anyOf" in schema:
        needed = [name for choice in schema["anyOf"] for name in choice["required"]]
        found = found.filter(lambda each: any(getattr(each, name) is not UNSET for name in needed))
    return found


def _values(info: inspect.Type, schema: Any, schemas: Any) -> st.SearchStrategy[Any]:
    if "$ref" in schema:
        schema = schemas[schema["$ref"].rpartition("/")[2]]
    match info:
        case inspect.UnionType():
            inner = next(each for each in info.types if not isinstance(each, inspect.NoneType))
            return st.one_of(_values(inner, schema, schemas), st.none())
        case inspect.StructType():
            return st.deferred(lambda: objects(info.cls))
        case inspect.ListType():
            items = _values(info.item_type, schema["items"], schemas)
            return st.lists(items, min_size=schema.get("minItems", 0), max_size=2)
    return _scalars(info, schema)


def _scalars(info: inspect.Type, schema: Any) -> st.SearchStrategy[Any]:
    match info:
        case inspect.EnumType():
            known = st.sampled_from(list(info.cls))
            return st.one_of(known, st.just(info.cls("OWN"))) if _is_open(info.cls) else known
        case inspect.BoolType():
            return st.booleans()
        case inspect.IntType():
            return st.integers(schema.get("minimum", -1000), schema.get("maximum", 10**9))
        case inspect.DecimalType():
            return _number(schema)
        case inspect.DateTimeType():
            return _MOMENTS
    return _texts(schema)


def _is_open(kind: Any) -> bool:
    return issubclass(kind, OpenEnum)


def _number(schema: Any) -> st.SearchStrategy[Decimal]:
    if "minimum" in schema:
        return st.decimals(schema["minimum"], schema["maximum"], places=2)
    return _NUMBER


def _texts(schema: Any) -> st.SearchStrategy[str]:
    special = _PATTERNS[schema["pattern"]] if "pattern" in schema else None
    limit = schema.get("maxLength", 100)
    if special is not None:
        return special.filter(lambda text: len(text) <= limit)
    letters = _ASCII if schema.get("format") == "ci-string" else _ANY
    short = st.text(letters, max_size=min(limit, 8))
    long = st.text(_LETTERS, min_size=1, max_size=3).map(lambda text: (text * limit)[:limit])
    return st.one_of(short, long)
