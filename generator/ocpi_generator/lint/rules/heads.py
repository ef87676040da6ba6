"""Documents and folders: they are what their place says they are."""

from collections.abc import Iterator
from typing import Final

from ocpi_generator._problems import Problem
from ocpi_generator.documents import Head, InterfaceKey, Version

__all__ = ["head_problems", "missing_documents"]

_SHARED: Final = "types"
_WHY_PLACE: Final = "Folder and file name decide which bundle a document becomes."
_WHY_PLAIN: Final = "The tools behind it read OpenAPI 3.0.3."


def head_problems(version: Version) -> Iterator[Problem]:
    """Check what documents say about themselves, and that none is where it is not read."""
    yield from _misplaced_parts(version)
    for key, head in version.own.heads.items():
        if version.own is version.layers[-1] or "openapi" in head.data:
            yield from _openapi(head)
        if version.own is version.layers[-1] or "info" in head.data:
            yield from _info(version, head)
        if version.own is version.layers[-1] or "x-ocpi" in head.data:
            yield from _identity(version, key, head)


def _misplaced_parts(version: Version) -> Iterator[Problem]:
    modules = version.meta.modules
    for module, interface in version.own.heads:
        place = version.own.heads[module, interface].place
        if module not in modules:
            what, how = f"{module} is not a module of this version", "Name it in version.toml."
            yield place.problem("module", what, why=_WHY_PLACE, how=how)
        elif interface not in modules[module].interfaces:
            known = ", ".join(modules[module].interfaces)
            what = f"{interface} is not an interface of {module}"
            how = f"Name the file after one of {known}, or add it to version.toml."
            yield place.problem("interface-name", what, why=_WHY_PLACE, how=how)
    for schema in version.own.schemas.values():
        if schema.module != _SHARED and schema.module not in modules:
            what = f"{schema.module} is not a module of this version"
            how = "Name it in version.toml, or move the class to types."
            yield schema.place.problem("module", what, why=_WHY_PLACE, how=how)


def missing_documents(version: Version) -> Iterator[Problem]:
    """Find interfaces of version.toml that have no operations."""
    for module, interface in version.interfaces():
        if not version.operations.get((module, interface)):
            what = f"operations of {module} for {interface} are missing"
            how = f"Write {module}/{interface}.yaml, or take the interface out of version.toml."
            yield version.file.problem(f"modules.{module}", "interface-missing", what, how)


def _openapi(head: Head) -> Iterator[Problem]:
    if head.data.get("openapi") != "3.0.3":
        what, how = "the document does not say that it is OpenAPI 3.0.3", 'Write "openapi: 3.0.3".'
        yield head.place.at("openapi").problem("openapi-version", what, why=_WHY_PLAIN, how=how)


def _info(version: Version, head: Head) -> Iterator[Problem]:
    number = version.meta.version
    if head.data.get("info", {}).get("version") != number:
        what, how = f"info.version is not {number}", f'Write version: "{number}".'
        place = head.place.at("info", "version")
        yield place.problem("info-version", what, why=_WHY_PLACE, how=how)


def _identity(version: Version, key: InterfaceKey, head: Head) -> Iterator[Problem]:
    number = version.meta.version
    expected = {"version": number, "module": key[0], "interface": key[1]}
    if head.data.get("x-ocpi") != expected:
        what = "x-ocpi is missing or differs from the folder"
        how = f'Write x-ocpi: {{version: "{number}", module: {key[0]}, interface: {key[1]}}}.'
        yield head.place.at("x-ocpi").problem("x-ocpi", what, why=_WHY_PLACE, how=how)
