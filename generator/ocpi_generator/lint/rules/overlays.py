"""An overlay adds to a version; everything that the version says stays true."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from ocpi_generator._problems import Problem
from ocpi_generator.documents import DocumentPosition, Operation, Schema, Version
from ocpi_generator.lint._walk import own_operations, own_schemas

__all__ = ["overlay_problems"]

_WHY: Final = (
    "An overlay has the number of its version, so that who knows the version alone must be able "
    "to read what it sends, and may send what the version allows."
)
_RESTORE: Final = "Write it as the version does; put what is different into a field of your own."
_WORDS: Final = ("description", "externalDocs", "summary")
_ADDED_TO: Final = (
    *_WORDS,
    "properties",
    "required",
    "enum",
    "x-extensible-enum",
    "x-ocpi-extension",
)
_HOW_CLOSED: Final = (
    "Put what is different into a field of your own; or, if every partner of the overlay has "
    "agreed to the value, list the class in `closed_enumerations` of version.toml."
)
_WHY_CLOSED: Final = (
    "A value that is added to a closed enumeration is refused by whoever does not know the "
    "overlay; version.toml lists where that is so."
)


def overlay_problems(version: Version, parent: Version) -> Iterator[Problem]:
    """Find what an overlay removes from its version, or makes different."""
    yield from _settings(version, parent)
    yield from _closed_enumerations(version, parent)
    for schema in own_schemas(version):
        before = parent.schemas.get(schema.key)
        if before is not None:
            closed = f"{schema.module}/{schema.name}" not in _opened(version)
            yield from _class(schema, before, closed=closed)
    for operation in own_operations(version):
        for before_it in parent.operations.get((operation.module, operation.interface), ()):
            if before_it.id == operation.id:
                yield from _operation(operation, before_it)


def _closed_enumerations(version: Version, parent: Version) -> Iterator[Problem]:
    """Find names that `closed_enumerations` of version.toml lists in vain."""
    for name in _opened(version):
        module, _, class_name = name.partition("/")
        old = parent.schemas.get((module, class_name))
        new = version.own.schemas.get((module, class_name))
        if old is None or "enum" not in old.body or new is None or new.body == old.body:
            what = f"{name} is not a closed enumeration that gets values here"
            how = "Write module/Class of one that does, or remove the name."
            yield version.file.problem(name, "overlay", what, how, _WHY_CLOSED)


def _opened(version: Version) -> list[str]:
    names: list[str] = version.own.file.raw.get("closed_enumerations", [])
    return names


def _settings(version: Version, parent: Version) -> Iterator[Problem]:
    for name in version.own.file.raw.get("modules", {}):
        if name in parent.meta.modules:
            what, how = f"{name} is a module of {parent.meta.version}", "Give yours another name."
            yield version.file.problem(f"modules.{name}", "overlay", what, how, _WHY)
    for key in ("required", "append", "optional"):
        gone = set(getattr(parent.meta.patch, key)) - set(getattr(version.meta.patch, key))
        if gone:
            what = f"[patch] {key} lacks {', '.join(sorted(gone))}"
            how = "Repeat the list of the version, and add yours."
            yield version.file.problem(key, "overlay", what, how, _WHY)


def _problem(place: DocumentPosition, what: str, how: str = _RESTORE) -> Problem:
    return place.problem("overlay", what, why=_WHY, how=how)


def _class(new: Schema, old: Schema, *, closed: bool) -> Iterator[Problem]:
    yield from _kind(new, old, closed=closed)
    fields = new.body.get("properties", {})
    for name, field in old.body.get("properties", {}).items():
        if name not in fields:
            yield _problem(new.place, f"{new.name} lacks the field {name}", "Put it back.")
        elif _without(fields[name], _WORDS) != _without(field, _WORDS):
            place = new.place.at("properties", name)
            yield _problem(place, f"{new.name}.{name} differs from the version")
    yield from _required(new, old)


def _kind(new: Schema, old: Schema, *, closed: bool) -> Iterator[Problem]:
    for key in ("x-extensible-enum",) if closed else ("x-extensible-enum", "enum"):
        yield from _values(new, old, key)
    both = "enum" in new.body and "enum" in old.body
    if closed and both and new.body["enum"] != old.body["enum"]:
        what = f"{new.name} is a closed enumeration, and these are other values"
        yield _problem(new.place.at("enum"), what, _HOW_CLOSED)
    elif ("enum" in new.body) != ("enum" in old.body) or _without(new.body, _ADDED_TO) != _without(
        old.body, _ADDED_TO
    ):
        yield _problem(new.place, f"{new.name} is another kind of class than in the version")


def _values(new: Schema, old: Schema, key: str) -> Iterator[Problem]:
    if key in new.body and key in old.body:
        for value in old.body[key]:
            if value not in new.body[key]:
                what = f"{new.name} lacks the value {value}"
                yield _problem(new.place.at(key), what, "Put it back.")


def _required(new: Schema, old: Schema) -> Iterator[Problem]:
    needed, before = new.body.get("required", []), old.body.get("required", [])
    for index, name in enumerate(needed):
        if name not in before:
            what = f"{new.name} requires {name}, and objects of the version need not have it"
            place = new.place.at("required", index)
            yield _problem(place, what, "Take it out of `required`.")
    for name in before:
        if name not in needed:
            what = f"{new.name} no longer requires {name}"
            yield _problem(new.place.at("required"), what, "Put it back.")


def _operation(new: Operation, old: Operation) -> Iterator[Problem]:
    apart = (*_WORDS, "parameters")
    same = (new.method, new.path) == (old.method, old.path)
    if not same or _without(new.body, apart) != _without(old.body, apart):
        yield _problem(new.place, f"{new.id} differs from the version")
    before = {(one["in"], one["name"]): one for one in old.body.get("parameters", ())}
    for index, one in enumerate(new.body.get("parameters", ())):
        place = new.place_of("parameters", index)
        known = before.pop((one["in"], one["name"]), None)
        if known is not None and _without(one, _WORDS) != _without(known, _WORDS):
            yield _problem(place, f"the parameter {one['name']} differs from the version")
        elif known is None and one.get("required"):
            what = f"{one['name']} is required, and requests of the version do not have it"
            yield _problem(place, what, "Take out `required`.")
    for _, name in before:
        yield _problem(new.place, f"{new.id} lacks the parameter {name}", "Put it back.")


def _without(body: Mapping[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    return {key: value for key, value in body.items() if key not in keys}
