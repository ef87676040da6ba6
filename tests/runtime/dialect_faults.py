"""Faults of real feeds, made for every field of a class from its schema.

``python -m tests.runtime.dialect_faults`` tries all of them and lists what is not as expected.
"""

import json
import sys
from collections.abc import Callable, Iterator
from copy import deepcopy
from importlib import import_module
from typing import Any, Final, NamedTuple

from ocpi_bindings import v2_0, v2_1_1, v2_2, v2_2_1, v2_3_0
from ocpi_runtime.codec import encode
from ocpi_runtime.dialect import RULES, Dialect, Reading
from ocpi_runtime.dialect._repairing.part import Part, root_part
from ocpi_runtime.testing._factories import Factory
from ocpi_runtime.types import UNSET, Model

__all__ = ["LENIENT", "Fault", "faults", "findings", "kinds"]

CLASSES: Final = ("Location", "Session", "CDR", "Tariff", "Token")
_BINDINGS: Final = (v2_0, v2_1_1, v2_2, v2_2_1, v2_3_0)
_IDS: Final = {each.id for each in RULES}
LENIENT: Final = Dialect(level="lenient", country_code="NL", party_id="ABC")
_ABSENT: Final = "absent"


class Fault(NamedTuple):
    """An object with one fault.

    Attributes:
        kind: The class.
        name: What is wrong.
        path: The field that is wrong.
        sent: The object.
        before: What the field was before the fault; UNSET where it may become something else.
        rule: The rule that has to repair it; empty where any rule may, or none.
    """

    kind: type[Model]
    name: str
    path: tuple[str | int, ...]
    sent: Any
    before: Any
    rule: str

    def __str__(self) -> str:
        place = "/".join(map(str, self.path))
        return f"{self.kind.__module__} {self.kind.__name__} /{place}: {self.name}"


class _Case(NamedTuple):
    """A case in which a value is sent wrongly; ``make`` returns UNSET where it does not apply."""

    name: str
    rule: str
    make: Callable[[Part, Any], Any]


def _of(part: Part, *types: str) -> bool:
    return bool(part.types & set(types)) and not part.options and not part.is_moment


def _when(applies: Callable[[Part, Any], bool], make: Callable[[Any], Any]) -> Callable[..., Any]:
    return lambda part, value: make(value) if applies(part, value) else UNSET


def _moment(make: Callable[[str], Any]) -> Callable[..., Any]:
    return _when(lambda part, _: part.is_moment, lambda value: make(value[:19]))


def _is_number(part: Part, value: Any) -> bool:
    return _of(part, "number", "integer") and isinstance(value, int | float)


_CASES: Final = (
    _Case("offset", "timestamp-offset", _moment(lambda text: f"{text}+00:00")),
    _Case("space for T", "timestamp-separator", _moment(lambda text: f"{text}Z".replace("T", " "))),
    _Case("nanoseconds", "timestamp-length", _moment(lambda text: f"{text}.000000000Z")),
    _Case("basic", "timestamp-form", _moment(lambda text: text.translate({45: "", 58: ""}) + "Z")),
    _Case("mongo", "stored-value", _moment(lambda text: {"$date": f"{text}Z"})),
    _Case("lower case", "enum-spelling", _when(lambda part, _: bool(part.options), str.lower)),
    _Case("unknown value", "", _when(lambda part, _: bool(part.options), lambda _: "MELTED")),
    _Case("number as text", "number-text", _when(_is_number, str)),
    _Case("boolean as text", "boolean-text",
         _when(lambda part, _: _of(part, "boolean"), lambda value: str(value).lower())),
    _Case("text as number", "", _when(lambda part, _: _of(part, "string"), lambda _: 12)),
    _Case("break", "", _when(lambda part, _: _of(part, "string"), lambda text: f"{text}\r\n")),
    _Case("long", "", _when(lambda part, _: _of(part, "string"), lambda text: text + "x" * 600)),
    _Case("one for a list", "single-item",
         _when(lambda part, value: _of(part, "array") and len(value) == 1, lambda value: value[0])),
    _Case("null in a list", "null-in-list",
         _when(lambda part, value: _of(part, "array") and bool(value),
               lambda value: [*value, None])),
    _Case("JSON as text", "json-text",
         _when(lambda part, value: _of(part, "array", "object") and bool(value), json.dumps)),
    _Case("list for one", "list-of-one",
         _when(lambda part, _: _of(part, "object"), lambda value: [value])),
    _Case("page of items", "wrapped",
         _when(lambda part, value: _of(part, "array") and isinstance([*value, 0][0], dict),
               lambda value: {"items": value, "total": len(value)})),
    _Case("list in a list", "",
         _when(lambda part, value: _of(part, "array") and bool(value), lambda value: [value])),
    _Case("named value", "value-object",
         _when(lambda part, _: bool(part.options), lambda value: {"name": value})),
    _Case("value as object", "value-object",
         _when(lambda part, value: not _of(part, "object", "array") and value is not None,
               lambda value: {"value": value})),
    _Case("value in lists", "list-of-one",
         _when(lambda part, _: not _of(part, "array"), lambda value: [[value]])),
    _Case("object below data", "wrapped",
         _when(lambda part, _: _of(part, "object"), lambda value: {"data": value})),
    _Case("placeholder", "", lambda _, __: "N/A"),
    _Case("empty text", "", lambda _, __: ""),
    _Case("null", "", lambda _, __: None),
    _Case(_ABSENT, "", lambda _, __: None),
    _Case("another type", "", lambda part, _: 17 if _of(part, "object", "array") else {"a": 1}),
)  # fmt: skip


def kinds() -> list[type[Model]]:
    """Return the classes of all versions that lists have."""
    modules = [import_module(f"{each.__name__}.models") for each in _BINDINGS]
    return [vars(each)[name] for each in modules for name in CLASSES if name in vars(each)]


def faults(kind: type[Model]) -> Iterator[Fault]:
    """Yield an object for each field of a class and each way in which it is sent wrongly."""
    whole = json.loads(encode(Factory(seed=3, full=True).make(kind)))
    part = root_part(kind.OCPI_SCHEMAS, kind.__name__)
    for path, field, before in _fields(part, whole, ()):
        for way in _CASES:
            after = way.make(field, before)
            if after is UNSET or (after == before and way.name != _ABSENT):
                continue
            sent = deepcopy(whole)
            _put(sent, path, UNSET if way.name == _ABSENT else after)
            yield Fault(kind, way.name, path, sent, before if way.rule else UNSET, way.rule)


def _fields(
    part: Part, value: Any, path: tuple[str | int, ...]
) -> Iterator[tuple[tuple[str | int, ...], Part, Any]]:
    if isinstance(value, list) and value and part.items is not None:
        yield from _fields(part.items, value[0], (*path, 0))
    for name, each in value.items() if isinstance(value, dict) else ():
        field = part.field_part(name)
        if field is not None and each is not None:
            yield (*path, name), field, each
            yield from _fields(field, each, (*path, name))


def _put(value: Any, path: tuple[str | int, ...], after: Any) -> None:
    for step in path[:-1]:
        value = value[step]
    if after is UNSET:
        del value[path[-1]]
    else:
        value[path[-1]] = after


def findings(fault: Fault, dialect: Dialect = LENIENT) -> Iterator[str]:
    """Yield what is not as it has to be when an object is read."""
    text = encode(fault.sent)
    strict = Dialect.strict.read(text, fault.kind)
    reading = dialect.read(text, fault.kind, "2026-01-01T00:00:00Z")
    if reading.object is None:
        yield f"{fault}: nothing could be read"
    if (strict.verdict == "valid") != (reading.verdict == "valid"):
        yield f"{fault}: {strict.verdict} strictly, {reading.verdict} leniently"
    if reading.verdict == "repaired" and strict.verdict != "valid":
        yield from _wrongly_repaired(fault, reading)
    if reading.verdict == "partial" and (fault.rule or not reading.remaining):
        yield f"{fault}: partial, {[str(each) for each in reading.remaining]}"


def _wrongly_repaired(fault: Fault, reading: Reading[Any]) -> Iterator[str]:
    place = "".join(f"/{step}" for step in fault.path)
    near = [each for each in reading.repairs if _is_near(each.pointer, place)]
    if Dialect.strict.read(reading.text, fault.kind).verdict != "valid":
        yield f"{fault}: not valid after repairs"
    if not near:
        yield f"{fault}: no repair is reported there: {reading.repairs}"
    if any(each.rule not in _IDS or each.before == each.after for each in reading.repairs):
        yield f"{fault}: a repair without rule or change: {reading.repairs}"
    if fault.rule and fault.rule not in {each.rule for each in near}:
        yield f"{fault}: {fault.rule} did not repair it: {[each.rule for each in near]}"
    if fault.rule and not _is_restored(_at(reading.value, fault.path), fault.before):
        yield f"{fault}: {fault.before!r} became {_at(reading.value, fault.path)!r}"


def _is_near(pointer: str, place: str) -> bool:
    return pointer == place or pointer.startswith(f"{place}/") or place.startswith(f"{pointer}/")


def _is_restored(after: Any, before: Any) -> bool:
    if isinstance(before, str) and isinstance(after, str) and before[10:11] == "T":
        return after[:19] == before[:19]
    return bool(after == before)


def _at(value: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return UNSET
    return value


def main() -> int:
    """Try all faults of all classes."""
    tried = found = 0
    for kind in kinds():
        for fault in faults(kind):
            tried += 1
            for each in findings(fault):
                found += 1
                sys.stdout.write(f"{each[:600]}\n")
    sys.stderr.write(f"{tried} faults tried, {found} findings\n")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
