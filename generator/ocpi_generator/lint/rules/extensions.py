"""Marks of what extensions add to the classes of a version."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from ocpi_generator._problems import Problem
from ocpi_generator.documents import DocumentPosition, Version
from ocpi_generator.lint._walk import own_operations, schemas_of

__all__ = ["extension_problems"]

_MARK: Final = "x-ocpi-extension"
_WHY: Final = "The mark names the module of version.toml a field or value belongs to."


def extension_problems(version: Version) -> Iterator[Problem]:
    """Check every x-ocpi-extension of the folder.

    It names an extension; on an enumeration it may instead name one for each value that is added.
    """
    known = frozenset(name for name, one in version.meta.modules.items() if one.extension)
    for inline in schemas_of(version):
        if _MARK in inline.body:
            yield from _mark(inline.place.at(_MARK), inline.body, known)
    for operation in own_operations(version):
        if _MARK in operation.body:
            yield from _names_one(operation.place.at(_MARK), operation.body[_MARK], known)


def _mark(
    place: DocumentPosition, body: Mapping[str, Any], known: frozenset[str]
) -> Iterator[Problem]:
    mark = body[_MARK]
    if not isinstance(mark, dict):
        yield from _names_one(place, mark, known)
        return
    values = body.get("enum", body.get("x-extensible-enum", ()))
    for value, name in mark.items():
        if value not in values:
            what = f"{value} is not a value of the enumeration"
            yield place.at(value).problem("extension", what, why=_WHY, how="Correct or remove it.")
        yield from _names_one(place.at(value), name, known)


def _names_one(place: DocumentPosition, name: object, known: frozenset[str]) -> Iterator[Problem]:
    if name not in known:
        what = f"`{name}` is not an extension of this version"
        how = f"Name one of {', '.join(sorted(known)) or 'none'}, or set `extension = true` there."
        yield place.problem("extension", what, why=_WHY, how=how)
