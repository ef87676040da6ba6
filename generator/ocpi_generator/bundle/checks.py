"""What must hold before a version can be bundled: references lead somewhere, names stay apart."""

from collections.abc import Iterator

from ocpi_generator._problems import Problem
from ocpi_generator.documents import (
    DocumentPosition,
    SchemaKey,
    Version,
    class_at,
    parse_reference,
    part_class,
    references,
)

__all__ = ["obstacles"]

_WHY_FORM = "References go from class to class, so that each version can resolve them for itself."
_HOW_FORM = "Write schemas.yaml#/Class or ../module/schemas.yaml#/Class."
_WHY_GONE = "A reference is looked up in the version first and then in its parents."
_WHY_TAKEN = "All classes of a version share one namespace in bundles and models."


def obstacles(version: Version) -> Iterator[Problem]:
    """Find what makes bundling impossible."""
    yield from _references(version)
    yield from _parts_references(version)
    yield from _shared_names(version)
    yield from _derived_names(version)


def _references(version: Version) -> Iterator[Problem]:
    for schema in version.schemas.values():
        for pointer, text in references(schema.body):
            yield from _resolves(version, schema.place.at(*pointer), text, schema.module)
    for operations in version.operations.values():
        for operation in operations:
            for pointer, text in references(operation.body):
                place = operation.place_of(*pointer)
                yield from _resolves(version, place, text, operation.module)


def _parts_references(version: Version) -> Iterator[Problem]:
    for part in version.parts:
        for pointer, text in references(dict(part.contents)):
            if part_class(text) in part["classes"]:
                continue
            yield from _resolves(version, part.place.at(*pointer), text, "common")


def _resolves(
    version: Version, place: DocumentPosition, text: object, module: str
) -> Iterator[Problem]:
    key = parse_reference(text, module)
    if key is None:
        what = f"`{text}` is not a reference to a class"
        yield place.problem("reference-form", what, why=_WHY_FORM, how=_HOW_FORM)
    elif key not in version.schemas:
        number = version.meta.version
        what = f"class {key[1]} not found in module {key[0]} of version {number}"
        yield place.problem("reference", what, why=_WHY_GONE, how=_nearest(version, key))
    elif text == f"../{module}/schemas.yaml#/{key[1]}":
        what = "the reference leaves its module to come back to it"
        how = f"Write schemas.yaml#/{key[1]}."
        yield place.problem("reference-form", what, why=_WHY_FORM, how=how)


def _nearest(version: Version, wanted: SchemaKey) -> str:
    homes = sorted(module for module, name in version.schemas if name == wanted[1])
    if homes:
        return f"It is in {homes[0]}: write ../{homes[0]}/schemas.yaml#/{wanted[1]}."
    return "Correct the name, write the class, or take back its removal."


def _shared_names(version: Version) -> Iterator[Problem]:
    taken: dict[str, SchemaKey] = {}
    for key, schema in version.schemas.items():
        other = taken.setdefault(schema.name, key)
        if other != key:
            what = f"{other[0]} has a class {schema.name} too"
            how = "Rename one of them, or move the class to types."
            yield schema.place.problem("class-name", what, why=_WHY_TAKEN, how=how)


def _derived_names(version: Version) -> Iterator[Problem]:
    derived = {"EmptyResponse", "ErrorResponse"} | set(_derived(version))
    derived |= {name for part in version.parts for name in part["classes"]}
    for schema in version.schemas.values():
        if schema.name in derived:
            what = f"the bundler derives a class {schema.name} itself"
            how = "Rename the class."
            yield schema.place.problem("class-name", what, why=_WHY_TAKEN, how=how)


def _derived(version: Version) -> Iterator[str]:
    """Name the Patch classes and envelopes that will be derived."""
    for operations in version.operations.values():
        for operation in operations:
            body = operation.body
            for response in body["responses"].values():
                for media in response.get("content", {}).values():
                    key, listed = class_at(media["schema"], operation.module)
                    if key:
                        yield f"{key[1]}{'List' if listed else ''}Response"
            if operation.method == "patch" and "requestBody" in body:
                for media in body["requestBody"]["content"].values():
                    key, _ = class_at(media["schema"], operation.module)
                    if key:
                        yield f"{key[1]}Patch"
