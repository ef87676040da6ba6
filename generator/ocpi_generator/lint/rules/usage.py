"""Nothing is written that no operation needs."""

from collections.abc import Iterator, Mapping
from typing import Any

from ocpi_generator._problems import Problem
from ocpi_generator.documents import SchemaKey, Version, parse_reference, references

__all__ = ["usage_problems"]

_WHY = "A class that no operation refers to is not part of the protocol."


def usage_problems(version: Version) -> Iterator[Problem]:
    """Find classes that no operation leads to, and settings of PATCH that match nothing."""
    yield from _unused_classes(version)
    yield from _append(version)
    yield from _optional(version)


def _unused_classes(version: Version) -> Iterator[Problem]:
    used = _used(version)
    for key, schema in version.schemas.items():
        if key in used:
            continue
        name = f"{schema.module}/{schema.name}"
        if schema.version == version.meta.version:
            what, how = f"nothing uses the class {schema.name}", "Remove it, or refer to it."
            yield schema.place.problem("unused", what, why=_WHY, how=how)
        else:
            what = f"nothing uses the class {name} of {schema.version} any more"
            how = f'Add "{name}" to schemas of [removed].'
            yield version.file.problem("removed", "unused", what, how, _WHY)


def _used(version: Version) -> set[SchemaKey]:
    used: set[SchemaKey] = set()
    waiting: list[SchemaKey] = []
    for operations in version.operations.values():
        for operation in operations:
            waiting += _named(operation.body, operation.module)
    for part in version.parts:
        waiting += _named(dict(part.contents), "common")
    while waiting:
        key = waiting.pop()
        if key not in used and key in version.schemas:
            used.add(key)
            waiting += _named(version.schemas[key].body, key[0])
    return used


def _named(value: Any, module: str) -> list[SchemaKey]:
    keys = (parse_reference(text, module) for _, text in references(value))
    return [key for key in keys if key is not None]


def _property(version: Version, entry: str) -> Mapping[str, Any] | None:
    """Find the property that ``Class.field`` names."""
    name, _, field = entry.partition(".")
    schema = next((one for one in version.schemas.values() if one.name == name), None)
    return schema.body.get("properties", {}).get(field) if schema else None


def _append(version: Version) -> Iterator[Problem]:
    for entry in version.meta.patch.append:
        if (_property(version, entry) or {}).get("type") != "array":
            what = f"{entry} of [patch] append is not an array of a class"
            how = "Write it as Class.field."
            yield version.file.problem(entry, "patch-append", what, how)


def _optional(version: Version) -> Iterator[Problem]:
    required = version.meta.patch.required
    for entry in version.meta.patch.optional:
        if _property(version, entry) is None or entry.partition(".")[2] not in required:
            what = f"{entry} of [patch] optional is not a field that a PATCH must carry"
            how = "Write it as Class.field, with a field of `required`."
            yield version.file.problem(entry, "patch-optional", what, how)
