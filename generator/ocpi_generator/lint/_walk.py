"""Going through everything in a version that a rule may look at."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ocpi_generator.documents import DocumentPosition, Operation, Schema, Version, subschemas

__all__ = ["Inline", "inline_schemas", "own_operations", "own_schemas", "schemas_of"]


@dataclass(frozen=True, slots=True, eq=False)
class Inline:
    """A schema somewhere in a document.

    Attributes:
        body: The schema.
        place: Where it is.
        module: The module of its document.
        owner: The class that it is the whole of; None for every schema inside another thing.
    """

    body: dict[str, Any]
    place: DocumentPosition
    module: str
    owner: str | None = None


def own_schemas(version: Version) -> Iterator[Schema]:
    """Return the classes that the folder of the version itself holds."""
    yield from version.own.schemas.values()


def own_operations(version: Version) -> Iterator[Operation]:
    """Return the operations that the folder of the version itself holds."""
    for operations in version.own.operations.values():
        yield from operations


def schemas_of(version: Version) -> Iterator[Inline]:
    """Return every schema of the folder of the version itself, in classes and operations."""
    for schema in own_schemas(version):
        for pointer, body in subschemas(schema.body):
            owner = None if pointer else schema.name
            yield Inline(body, schema.place.at(*pointer), schema.module, owner)
    for operation in own_operations(version):
        yield from inline_schemas(operation)


def inline_schemas(operation: Operation) -> Iterator[Inline]:
    """Return every schema in an operation."""
    for steps, root in _roots(operation.body):
        for pointer, body in subschemas(root):
            yield Inline(body, operation.place_of(*steps, *pointer), operation.module)


def _roots(body: dict[str, Any]) -> Iterator[tuple[tuple[str | int, ...], dict[str, Any]]]:
    for index, parameter in enumerate(body.get("parameters", ())):
        yield ("parameters", index, "schema"), parameter["schema"]
    if "requestBody" in body:
        yield from _media(body["requestBody"], "requestBody")
    for status, response in body["responses"].items():
        yield from _media(response, "responses", status)
        for name, header in response.get("headers", {}).items():
            yield ("responses", status, "headers", name, "schema"), header["schema"]


def _media(
    owner: dict[str, Any], *steps: str
) -> Iterator[tuple[tuple[str | int, ...], dict[str, Any]]]:
    for kind, media in owner.get("content", {}).items():
        yield (*steps, "content", kind, "schema"), media["schema"]
