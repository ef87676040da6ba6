"""The JSON schemas of a bindings package."""

from functools import cache
from typing import Any

import msgspec

from ocpi_runtime._validation.unwrapping import unwrapped

__all__ = ["SchemaSet"]


class SchemaSet:
    """The JSON schemas of one bindings package, read when they are first needed.

    Args:
        package: The import name of the bindings package, such as ``ocpi_bindings.v2_2_1``.
        edition: An earlier edition of the version, such as ``core-1``; the newest when empty.
    """

    __slots__ = ("edition", "package")

    def __init__(self, package: str, edition: str = "") -> None:
        self.package = package
        self.edition = edition

    def load(self) -> dict[str, Any]:
        """Return ``{"components": {"schemas": {...}}}``, the union of the bundles' schemas."""
        found = _load_schemas(self.package)
        return _in_edition(found, self.package, self.edition) if self.edition else found

    def editions(self) -> tuple[str, ...]:
        """Return the names of the earlier editions of the version."""
        return _editions(self.package)


@cache
def _editions(package: str) -> tuple[str, ...]:
    from importlib.resources import files  # noqa: PLC0415 - as below

    folder = files(package) / "documents" / "editions"
    names = (each.name for each in folder.iterdir()) if folder.is_dir() else ()
    return tuple(sorted(name.removesuffix(".json") for name in names if name.endswith(".json")))


@cache
def _load_schemas(package: str) -> dict[str, Any]:
    from importlib.resources import files  # noqa: PLC0415 - would double the import time of models

    text = (files(package) / "documents" / "schemas.json").read_bytes()
    document: dict[str, Any] = msgspec.json.decode(text)
    unwrapped(document["components"]["schemas"])
    return document


def _in_edition(newest: dict[str, Any], package: str, edition: str) -> dict[str, Any]:
    from importlib.resources import files  # noqa: PLC0415 - as above

    file = files(package) / "documents" / "editions" / f"{edition}.json"
    change = msgspec.json.decode(file.read_bytes())
    schemas = {
        name: schema
        for name, schema in newest["components"]["schemas"].items()
        if name not in change["absent"]
    }
    return {"components": {"schemas": schemas | unwrapped(change["schemas"])}}
