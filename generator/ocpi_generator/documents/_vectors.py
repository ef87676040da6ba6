"""Hand-written test vectors, ``vectors.yaml`` of a module: what no schema can express."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from jsonschema import Draft4Validator  # type: ignore[import-untyped]  # ships no types

from ocpi_generator._problems import Problem
from ocpi_generator.documents.yaml.positions import Document, DocumentPosition

__all__ = ["VECTORS", "WrittenVector", "vector_shape", "vectors_of"]

VECTORS: Final = "vectors"
"""The name of the files, less ``.yaml``."""
_SHORT: Final = 200
_WHY: Final = "Vectors are printed for other languages, in one form."
_HOW: Final = "See docs/guides/vectors.md for the members of a vector."
_NAME: Final = r"^[a-z]+\.[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$"
_TEXTS: Final[dict[str, Any]] = {"type": "object", "additionalProperties": {"type": "string"}}
_OBJECT: Final[dict[str, Any]] = {"type": "object"}
_POINTERS: Final[dict[str, Any]] = {
    "type": "array",
    "minItems": 1,
    "items": {"type": "string", "pattern": "^/[^/]+$"},
}
_ABSENT: Final[dict[str, Any]] = {
    "type": "array",
    "minItems": 1,
    "items": {"type": "string", "pattern": "^/"},
}
_EXPECTED: Final[dict[str, Any]] = {
    "type": "array",
    "minItems": 1,
    "items": {
        "type": "object",
        "additionalProperties": False,
        "required": ["http_status", "status_code"],
        "properties": {
            "http_status": {"type": "integer", "minimum": 200, "maximum": 599},
            "status_code": {"type": "string", "pattern": "^[1-4][0-9x]{3}$"},
        },
    },
}
_REQUEST: Final[dict[str, Any]] = {
    "path": _TEXTS,
    "query": _TEXTS,
    "headers": _TEXTS,
    "body": _OBJECT,
    "merge": _OBJECT,
    "stamp": {"type": "string", "minLength": 1},
    "without": _POINTERS,
    "nulls": _POINTERS,
}
_STEP: Final[dict[str, Any]] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["operation"],
    "properties": {"operation": {"type": "string"}, **_REQUEST},
}
_AFTER: Final[dict[str, Any]] = {
    **_STEP,
    "properties": {
        **_STEP["properties"],
        "expected": _EXPECTED,
        "data": _OBJECT,
        "absent": _ABSENT,
    },
}
_VECTOR: Final[dict[str, Any]] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["kind", "title", "section"],
    "properties": {
        "kind": {"enum": ["good", "malformed"]},
        "title": {"type": "string", "minLength": 1},
        "section": {"type": "string", "minLength": 1},
        "pointer": {"type": "string", "pattern": "^(/.*)?$"},
        "parameter": {"type": "string", "minLength": 1},
        "before": {"type": "array", "items": _STEP},
        "request": {"type": "object", "additionalProperties": False, "properties": _REQUEST},
        "expected": _EXPECTED,
        "after": {"type": "array", "items": _AFTER},
    },
}
_FILE: Final[dict[str, Any]] = {
    "type": "object",
    "additionalProperties": False,
    "patternProperties": {_NAME: _VECTOR},
}


@dataclass(frozen=True, slots=True, eq=False)
class WrittenVector:
    """One hand-written vector.

    Attributes:
        module: The module.
        interface: The interface whose operation is called.
        operation: The operation id.
        name: What the id of the vector ends with.
        body: The vector as it was written.
        place: Where it was written.
        version: The version whose folder it is in.
    """

    module: str
    interface: str
    operation: str
    name: str
    body: dict[str, Any]
    place: DocumentPosition
    version: str

    @property
    def kind(self) -> str:
        """``good`` or ``malformed``."""
        return str(self.body["kind"])

    @property
    def operations(self) -> set[str]:
        """The operations that are called."""
        steps = (*self.body.get("before", ()), *self.body.get("after", ()))
        return {self.operation, *(step["operation"] for step in steps)}

    @property
    def key(self) -> str:
        """The name by which a version replaces or removes it."""
        return f"{self.module}.{self.interface}.{self.operation}.{self.name}"


def vector_shape(document: Document) -> list[Problem]:
    """Find what is no vector in a file."""
    place = DocumentPosition(document)
    found = []
    for error in _validator().iter_errors(document.data):
        where = place.at(*error.absolute_path)
        found.append(where.problem("vector", error.message[:_SHORT], why=_WHY, how=_HOW))
    return found


@cache
def _validator() -> Draft4Validator:
    return Draft4Validator(_FILE)


def vectors_of(module: str, document: Document, version: str) -> Mapping[str, WrittenVector]:
    """Return the vectors of a file of the right shape."""
    found = {}
    for key, body in document.data.items():
        place = DocumentPosition(document, (key,))
        interface, operation, name = key.split(".")
        one = WrittenVector(module, interface, operation, name, body, place, version)
        found[one.key] = one
    return found
