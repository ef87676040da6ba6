"""Nothing is written that no operation needs."""

from collections.abc import Iterator
from typing import Any

from ocpi_generator.documents import (
    SchemaKey,
    Version,
    parse_reference,
    references,
)
from ocpi_generator.problems import Problem

__all__ = ["usage_problems"]

_WHY = "What no operation leads to is no part of the protocol, and nobody tests it."


def usage_problems(version: Version) -> Iterator[Problem]:
    """Find classes that no operation leads to, and settings of PATCH that match nothing."""
    yield from _unused_classes(version)
    yield from _append(version)


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


def _append(version: Version) -> Iterator[Problem]:
    by_name = {schema.name: schema for schema in version.schemas.values()}
    for entry in version.meta.patch.append:
        name, _, field = entry.partition(".")
        schema = by_name.get(name)
        properties = schema.body.get("properties", {}) if schema else {}
        if properties.get(field, {}).get("type") != "array":
            what = f"{entry} of [patch] append is no array of a class"
            how = "Write it as Class.field."
            yield version.file.problem(entry, "patch-append", what, how)
