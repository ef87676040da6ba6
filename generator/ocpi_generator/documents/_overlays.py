"""Overlays before they become part of a version: what they add to its classes, and to each other's.

An overlay writes its own classes in full. To a class of the version it adds fields, or values of an
enumeration, and writes nothing else of it:

    Location:
      x-ocpi-addition: true
      properties:
        parking_places: ...
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from ocpi_generator._problems import Problem
from ocpi_generator.documents._layers import Layer, Schema
from ocpi_generator.documents._version_file import VersionFile
from ocpi_generator.documents._version_files import read_overlay_file
from ocpi_generator.documents.references import SchemaKey
from ocpi_generator.documents.yaml.positions import DocumentPosition

__all__ = [
    "ADDITION",
    "document_sets",
    "lay_on",
    "overlay_groups",
    "shipped_overlays",
    "with_patches",
]

ADDITION: Final = "x-ocpi-addition"
"""The mark of a class that only adds to the one of its name."""

_VALUES: Final = ("enum", "x-extensible-enum")
_ALLOWED: Final = (ADDITION, "properties", *_VALUES)
_WHY: Final = (
    "An addition is laid on the class of its name, so that several overlays can add to it."
)
_WHY_CLASH: Final = (
    "Overlays that are laid on each other become one version, with one of each name."
)
_RENAME: Final = "Give one of them another name."


def shipped_overlays(root: Path) -> list[Path]:
    """List the overlays that are shipped beside the documents."""
    return sorted(path.parent for path in (root.parent / "overlays").glob("*/version.toml"))


def document_sets(root: Path) -> list[Path]:
    """List the folders below the root that are no versions but have some, as ``operator`` does.

    Each is a set of documents of its own, with common parts of its own.
    """
    return sorted({path.parent.parent for path in root.glob("*/*/version.toml")})


def overlay_groups(folders: Sequence[Path]) -> list[list[Path]]:
    """Group overlays that are laid on each other: those of one version and package."""
    groups: dict[tuple[str, str], list[Path]] = {}
    for folder in folders:
        file = read_overlay_file(folder / "version.toml", [])
        key = (file.raw["parent"], file.raw["package"]) if file else (folder.as_posix(), "")
        groups.setdefault(key, []).append(folder)
    return list(groups.values())


def with_patches(files: Sequence[VersionFile]) -> list[VersionFile]:
    """Take into the [patch] of each overlay what those before it have there."""
    result: list[VersionFile] = []
    merged: dict[str, list[str]] = {}
    for file in files:
        for key, names in file.raw.get("patch", {}).items():
            merged[key] = list(dict.fromkeys([*merged.get(key, ()), *names]))
        patch = {key: list(names) for key, names in merged.items()}
        result.append(replace(file, raw=file.raw | {"patch": patch}) if patch else file)
    return result


def lay_on(
    known: Mapping[SchemaKey, Schema], layers: Sequence[Layer], problems: list[Problem]
) -> None:
    """Write out what overlays add to classes, and report what two of them have.

    Args:
        known: The classes of the version.
        layers: The overlays, the lowest first. Their additions are replaced by whole classes.
        problems: Where to report.
    """
    known = dict(known)
    for index, layer in enumerate(layers):
        problems.extend(_clashes(layer, layers[:index]))
        for key, schema in list(layer.schemas.items()):
            if ADDITION in schema.body:
                found = list(_faults(schema, known.get(key), layers[:index]))
                problems.extend(found)
                _replace(layer, schema, known.get(key), found)
        known |= layer.schemas


def _replace(layer: Layer, new: Schema, old: Schema | None, faults: list[Problem]) -> None:
    if old is None or faults:
        del layer.schemas[new.key]
    else:
        layer.schemas[new.key] = replace(new, body=_merged(new.body, old.body))


def _merged(new: Mapping[str, Any], old: Mapping[str, Any]) -> dict[str, Any]:
    body = dict(old)
    if "properties" in new:
        body["properties"] = {**old.get("properties", {}), **new["properties"]}
    for key in _VALUES:
        if key in new:
            body[key] = list(dict.fromkeys([*old[key], *new[key]]))
    return body


def _faults(new: Schema, old: Schema | None, below: Sequence[Layer]) -> Iterator[Problem]:
    if old is None:
        what = f"{new.module} has no class {new.name} to add to"
        how = f"Correct the name, or remove `{ADDITION}` and write the class in full."
        yield new.place.problem("overlay", what, why=_WHY, how=how)
        return
    if new.body[ADDITION] is not True or not set(new.body) & set(_ALLOWED[1:]):
        what = f"{new.name} adds nothing"
        how = f"Write `{ADDITION}: true`, and `properties` or values of the enumeration."
        yield new.place.problem("overlay", what, why=_WHY, how=how)
    for key in new.body:
        wrong = key not in _ALLOWED
        if wrong or (key in _VALUES and key not in old.body):
            allowed = [name for name in _ALLOWED if name not in _VALUES or name in old.body]
            what = f"`{key}` cannot be added to {new.name}"
            how = f"Write nothing but {', '.join(allowed)}."
            yield new.place.at(key).problem("overlay", what, why=_WHY, how=how)
    for name in new.body.get("properties", {}):
        if name in old.body.get("properties", {}):
            where = _position(old, name, below)
            what = f"{new.name}.{name} is in {_where(where)} already"
            place = new.place.at("properties", name)
            yield place.problem("overlay-clash", what, why=_WHY_CLASH, how=_RENAME)


def _position(old: Schema, name: str, below: Sequence[Layer]) -> DocumentPosition:
    """Find who added a field: an overlay below, or else the class itself."""
    for layer in reversed(below):
        schema = layer.schemas.get(old.key)
        if schema and name in schema.place.document.data[old.name].get("properties", {}):
            return schema.place.at("properties", name)
    return old.place.at("properties", name)


def _where(place: DocumentPosition) -> str:
    return f"{place.document.file}:{place.document.line(place.pointer)}"


def _clashes(layer: Layer, below: Sequence[Layer]) -> Iterator[Problem]:
    """Find classes, operations and modules that an overlay below has, too."""
    for other in below:
        for name in layer.file.raw.get("modules", {}):
            if name in other.file.raw.get("modules", {}):
                where = other.file.problem(f"modules.{name}", "", "", "")
                what = f"{name} is a module of {where.file}:{where.line}, too"
                word = f"modules.{name}"
                yield layer.file.problem(word, "overlay-clash", what, _RENAME, _WHY_CLASH)
        for key, schema in layer.schemas.items():
            if key in other.schemas and ADDITION not in schema.body:
                what = f"{schema.name} is a class of {_where(other.schemas[key].place)}, too"
                yield schema.place.problem("overlay-clash", what, why=_WHY_CLASH, how=_RENAME)
        yield from _operation_clashes(layer, other)


def _operation_clashes(layer: Layer, other: Layer) -> Iterator[Problem]:
    for key, operations in layer.operations.items():
        known = {one.id: one for one in other.operations.get(key, ())}
        for operation in operations:
            if operation.id in known:
                where = _where(known[operation.id].place)
                what = f"{operation.id} is an operation of {where}, too"
                yield operation.place.problem("overlay-clash", what, why=_WHY_CLASH, how=_RENAME)
