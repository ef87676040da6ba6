"""One version folder as it was written, before its parents are taken into account."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from ocpi_generator._problems import Problem
from ocpi_generator.documents._shapes import METHODS, interface_shape, schemas_shape
from ocpi_generator.documents._vectors import VECTORS, WrittenVector, vector_shape, vectors_of
from ocpi_generator.documents._version_file import VersionFile
from ocpi_generator.documents.references import SchemaKey
from ocpi_generator.documents.yaml.files import read_document
from ocpi_generator.documents.yaml.positions import Document, DocumentPosition

__all__ = ["EDITIONS", "Head", "InterfaceKey", "Layer", "Operation", "Schema", "read_layer"]

EDITIONS: Final = "editions"
"""The folder of a version that has its earlier editions."""

InterfaceKey = tuple[str, str]
"""Module and interface."""


@dataclass(frozen=True, slots=True, eq=False)
class Schema:
    """One class.

    Attributes:
        module: The folder it is in; ``types`` for shared classes.
        name: The class name.
        body: The schema.
        place: Where it was written.
        version: The version whose folder it is in.
    """

    module: str
    name: str
    body: dict[str, Any]
    place: DocumentPosition
    version: str

    @property
    def key(self) -> SchemaKey:
        """What references resolve to."""
        return self.module, self.name


@dataclass(frozen=True, slots=True, eq=False)
class Operation:
    """One method on one path.

    Attributes:
        module: The module.
        interface: The one that offers it.
        path: Below the endpoint.
        method: In lower case.
        body: The operation, parameters of the path written into it.
        place: Where it was written.
        parameter_places: Where each of its parameters was written.
        version: The version whose folder it is in.
    """

    module: str
    interface: str
    path: str
    method: str
    body: dict[str, Any]
    place: DocumentPosition
    parameter_places: tuple[DocumentPosition, ...]
    version: str

    @property
    def id(self) -> str:
        """``operationId``, or method and path where it is missing (lint reports that)."""
        return str(self.body.get("operationId", f"{self.method} {self.path}"))

    def place_of(self, *steps: str | int) -> DocumentPosition:
        """Where something inside the operation was written."""
        if len(steps) > 1 and steps[0] == "parameters" and isinstance(steps[1], int):
            return self.parameter_places[steps[1]].at(*steps[2:])
        return self.place.at(*steps)


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """What an interface document says about itself.

    Attributes:
        data: The document without its paths.
        place: The document.
        version: The version whose folder it is in.
    """

    data: Mapping[str, Any]
    place: DocumentPosition
    version: str


@dataclass(slots=True, eq=False)
class Layer:
    """What one folder adds or changes.

    Attributes:
        file: Its version.toml.
        folder: The folder.
        schemas: By module and class.
        operations: By interface, in the order written.
        heads: By interface.
        vectors: By module, interface, operation and name.
        documents: Every YAML file that bundles are made from.
    """

    file: VersionFile
    folder: Path
    schemas: dict[SchemaKey, Schema] = field(default_factory=dict)
    operations: dict[InterfaceKey, list[Operation]] = field(default_factory=dict)
    heads: dict[InterfaceKey, Head] = field(default_factory=dict)
    vectors: dict[str, WrittenVector] = field(default_factory=dict)
    documents: list[Document] = field(default_factory=list)

    @property
    def version(self) -> str:
        """The version number."""
        return str(self.file.raw["version"])


def read_layer(folder: Path, file: VersionFile, problems: list[Problem]) -> Layer:
    """Read every document of a version folder."""
    layer = Layer(file, folder)
    for module in sorted(path for path in folder.iterdir() if _is_module(path)):
        for path in sorted(module.iterdir()):
            _read(layer, path, problems)
    how = "Move it into the folder of its module."
    problems.extend(_misplaced_file(path, how) for path in sorted(folder.glob("*.yaml")))
    return layer


def _is_module(path: Path) -> bool:
    """Return whether a folder holds documents, unlike one of a version control or of editions."""
    return path.is_dir() and not path.name.startswith(".") and path.name != EDITIONS


def _read(layer: Layer, path: Path, problems: list[Problem]) -> None:
    if path.suffix != ".yaml":
        problems.append(_misplaced_file(path, "Name it .yaml or move it out of the folder."))
        return
    found: list[Problem] = []
    document = read_document(path, found)
    if path.stem == VECTORS:
        _take_vectors(layer, path.parent.name, document, found)
        problems.extend(found)
        return
    schemas = path.stem == "schemas"
    if not found:
        found += schemas_shape(document) if schemas else interface_shape(document)
    problems.extend(found)
    layer.documents.append(document)
    if found:
        return
    if schemas:
        _take_schemas(layer, path.parent.name, document)
    else:
        _take_interface(layer, (path.parent.name, path.stem), document)


def _misplaced_file(path: Path, how: str) -> Problem:
    why = "Only <version>/<module>/*.yaml is read."
    return Problem(
        path.as_posix(), 0, "", "file", "the file is not a document of a module", why, how
    )


def _take_schemas(layer: Layer, module: str, document: Document) -> None:
    for name, body in document.data.items():
        place = DocumentPosition(document, (name,))
        layer.schemas[module, name] = Schema(module, name, body, place, layer.version)


def _take_vectors(layer: Layer, module: str, document: Document, problems: list[Problem]) -> None:
    if not problems:
        problems += vector_shape(document)
    if not problems:
        layer.vectors |= vectors_of(module, document, layer.version)


def _take_interface(layer: Layer, key: InterfaceKey, document: Document) -> None:
    head = {name: value for name, value in document.data.items() if name != "paths"}
    layer.heads[key] = Head(head, DocumentPosition(document), layer.version)
    layer.operations[key] = [
        _operation(layer, key, DocumentPosition(document, ("paths", path)), item, method)
        for path, item in document.data.get("paths", {}).items()
        for method in METHODS
        if method in item
    ]


def _operation(
    layer: Layer, key: InterfaceKey, place: DocumentPosition, item: Mapping[str, Any], method: str
) -> Operation:
    own, shared = item[method].get("parameters", []), item.get("parameters", [])
    stated = {(one.get("name"), one.get("in")) for one in own}
    taken = [
        (place.at("parameters", index), one)
        for index, one in enumerate(shared)
        if (one.get("name"), one.get("in")) not in stated
    ]
    taken += [(place.at(method, "parameters", index), one) for index, one in enumerate(own)]
    body = dict(item[method])
    if taken:
        body["parameters"] = [one for _, one in taken]
    places = tuple(where for where, _ in taken)
    path = str(place.pointer[-1])
    return Operation(*key, path, method, body, place.at(method), places, layer.version)
