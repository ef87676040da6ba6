"""The bundles of a version, as they are shipped."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ocpi_audit._profiles import WrongUsage

__all__ = [
    "Bundles",
    "Json",
    "escaped",
    "open_bundles",
    "operations_of",
    "read_json",
    "resolved",
    "versions_in",
]

Json = Mapping[str, Any]

_SCHEMAS: Final = "schemas.json"


@dataclass(frozen=True, slots=True)
class Bundles:
    """The bundles of a version.

    Attributes:
        name: How the folder is called in messages.
        version: The version.
        documents: By file name, ``locations.sender.json``.
        schemas: The classes, by name.
        folder: Where they are.
    """

    name: str
    version: str
    documents: Mapping[str, Json]
    schemas: Mapping[str, Json]
    folder: Path


def versions_in(package: Path) -> dict[str, Path]:
    """Find the versions that a package of bindings has bundles of.

    Args:
        package: A folder with ``v2_2_1/documents`` and similar.
    """
    found: dict[str, Path] = {}
    for folder in sorted(package.glob("*/documents")):
        version = next((_version(path) for path in sorted(folder.glob("*.*.json"))), "")
        if version:
            found[version] = folder
    return found


def _version(path: Path) -> str:
    return str(read_json(path).get("x-ocpi", {}).get("version", ""))


def open_bundles(package: Path, version: str) -> Bundles:
    """Read the bundles of a version.

    Raises:
        WrongUsage: There are none, or they cannot be read.
    """
    folder = versions_in(package).get(version)
    if folder is None:
        raise WrongUsage(f"{package} contains no bundles of {version}.")
    documents = {path.name: read_json(path) for path in sorted(folder.glob("*.*.json"))}
    schemas = read_json(folder / _SCHEMAS)["components"]["schemas"]
    name = folder.relative_to(package).as_posix()
    return Bundles(name, version, documents, schemas, folder)


def read_json(path: Path) -> dict[str, Any]:
    """Read a document.

    Raises:
        WrongUsage: It is missing or is none.
    """
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise WrongUsage(f"{path} cannot be read: {error}") from error
    if not isinstance(read, dict):
        raise WrongUsage(f"{path} contains no document.")
    return read


def resolved(document: Json, node: Json, pointer: str) -> tuple[Json, str]:
    """Follow a reference within a document.

    Args:
        document: The whole document.
        node: What may be a reference.
        pointer: Where the node is.

    Returns:
        What it leads to, and where that is.
    """
    while "$ref" in node:
        pointer = str(node["$ref"]).lstrip("#")
        node = document
        for step in pointer.strip("/").split("/"):
            node = node[step.replace("~1", "/").replace("~0", "~")]
    return node, pointer


def escaped(step: str) -> str:
    """Write a name as a step of a JSON pointer."""
    return step.replace("~", "~0").replace("/", "~1")


def operations_of(document: Json) -> Iterator[tuple[str, str, Json, str]]:
    """List path, method, operation and pointer of what a document offers."""
    for path, item in document.get("paths", {}).items():
        for verb, operation in item.items():
            if isinstance(operation, Mapping) and "responses" in operation:
                pointer = f"/paths/{escaped(path)}/{verb}"
                yield path, verb.upper(), operation, pointer
