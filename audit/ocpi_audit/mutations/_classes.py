"""Small changes to classes that make bundles wrong."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

__all__ = ["Change", "class_changes"]

Change = Callable[[dict[str, Any]], None]
"""Changes a schema, or an operation, in place."""

_EXTRA: Final = {"type": "string", "maxLength": 7}


def class_changes(name: str, schema: Mapping[str, Any]) -> Iterator[tuple[str, str, Change]]:
    """List what can be broken in a class: the kind of change, what it hits, and how."""
    if "externalDocs" in schema:
        yield "link", name, lambda found: found["externalDocs"].update(url="elsewhere.md#a")
    for key in ("enum", "x-extensible-enum"):
        for value in schema.get(key, ()):
            yield "drop value", f"{name}.{value}", _without_value(key, value)
        if key in schema:
            yield "add value", name, _with_value(key)
    if "enum" in schema:
        yield "open enum", name, _opened
    if "anyOf" in schema:
        yield "choice", name, lambda found: found.pop("anyOf")
    if "properties" in schema:
        yield "add property", name, lambda found: found["properties"].update(made_up=_EXTRA)
    for field, each in schema.get("properties", {}).items():
        yield from _field_changes(f"{name}.{field}", field, each)


def _without_value(key: str, value: str) -> Change:
    return lambda schema: schema[key].remove(value)


def _with_value(key: str) -> Change:
    return lambda schema: schema[key].append("MADE_UP")


def _opened(schema: dict[str, Any]) -> None:
    schema["x-extensible-enum"] = schema.pop("enum")
    schema["x-ocpi-unbounded"] = True


def _field_changes(
    where: str, field: str, each: Mapping[str, Any]
) -> Iterator[tuple[str, str, Change]]:
    inner = each.get("items", each)
    yield "drop property", where, _without_field(field)
    yield "cardinality", where, _toggled(field)
    yield "type", where, _in_field(field, _retyped)
    if "items" in each:
        yield "list", where, _in_field(field, _single)
        yield "list limit", where, _in_field(field, _limited)
    if "maxLength" in inner:
        yield "length", where, _in_field(field, _longer)
    if "minimum" in inner:
        yield "range", where, _in_field(field, _wider)
    if "pattern" in inner:
        yield "pattern", where, _in_field(field, _patterned)


def _without_field(field: str) -> Change:
    def change(schema: dict[str, Any]) -> None:
        del schema["properties"][field]
        for key in ("required", "x-ocpi-not-null"):
            if field in schema.get(key, ()):
                schema[key].remove(field)

    return change


def _toggled(field: str) -> Change:
    def change(schema: dict[str, Any]) -> None:
        required = schema.setdefault("required", [])
        if field in required:
            required.remove(field)
        else:
            required.append(field)

    return change


def _in_field(field: str, change: Change) -> Change:
    return lambda schema: change(schema["properties"][field])


def _single(each: dict[str, Any]) -> None:
    inner = each.pop("items")
    each.clear()
    each.update(inner)


def _limited(each: dict[str, Any]) -> None:
    if each.pop("minItems", None) is None:
        each["minItems"] = 1


def _longer(each: dict[str, Any]) -> None:
    each.get("items", each)["maxLength"] += 1


def _wider(each: dict[str, Any]) -> None:
    each.get("items", each)["minimum"] -= 1


def _patterned(each: dict[str, Any]) -> None:
    each.get("items", each)["pattern"] = "^x$"


def _retyped(each: dict[str, Any]) -> None:
    inner = each.get("items", each)
    other = {"type": "boolean"} if inner.get("type") == "integer" else {"type": "integer"}
    inner.clear()
    inner.update(other)
