"""What vectors need of a bundle: operations with their sections, schemas and classes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final
from zlib import crc32

from ocpi_conformance._references import resolved
from ocpi_runtime.binding import Binding
from ocpi_runtime.operations import Interface, Operation, Parameter

__all__ = ["JsonObject", "VectorOperation", "operations_of"]

JsonObject = Mapping[str, Any]

_BODY: Final = ("content", "application/json", "schema")


@dataclass(frozen=True)
class VectorOperation:
    """An operation, as generated code and as its bundle have it.

    Attributes:
        interface: The interface that it belongs to.
        operation: The record of generated code.
        bundle: The OpenAPI document.
        raw: The operation in the bundle.
        mark: Stands in the ids of objects of the peer, so that vectors do not meet each other's.
    """

    interface: Interface
    operation: Operation
    bundle: JsonObject = field(repr=False)
    raw: JsonObject = field(repr=False)
    mark: str = ""

    def marked(self, name: str) -> "VectorOperation":
        """Return the operation with the mark of a vector, which follows from its name."""
        return replace(self, mark=f"-{crc32(name.encode()) % 16**4:04x}")

    def marked_like(self, other: "VectorOperation") -> "VectorOperation":
        """Return the operation with the mark of another one, for the same objects."""
        return replace(self, mark=other.mark)

    @property
    def id(self) -> str:
        """The operation id."""
        return self.operation.id

    @property
    def method(self) -> str:
        """The HTTP method in upper case."""
        return self.operation.method

    @property
    def path(self) -> str:
        """The template of the path below the endpoint."""
        return self.operation.path

    @property
    def key(self) -> tuple[str, str]:
        """Module and interface."""
        return self.interface.module, self.interface.name

    @property
    def name(self) -> str:
        """What ids of vectors begin with."""
        one = self.interface
        return f"{one.version}/{one.module}/{one.name}/{self.id}"

    @property
    def section(self) -> str:
        """The URL of its section of the specification."""
        return str(self.raw["externalDocs"]["url"])

    @property
    def root(self) -> str:
        """The URL of the folder of the specification."""
        return self.section.rpartition("/")[0]

    @property
    def body(self) -> JsonObject | None:
        """The schema of the body, as a reference; None where there is none."""
        request = resolved(self.bundle, self.raw.get("requestBody", {}))
        return _below(request, *_BODY)

    @property
    def in_path(self) -> list[Parameter]:
        """The parameters of the path."""
        return [one for one in self.operation.parameters if one.place == "path"]

    @property
    def in_query(self) -> list[Parameter]:
        """The parameters of the query."""
        return [one for one in self.operation.parameters if one.place == "query"]

    @property
    def openapi_file(self) -> str:
        """The path of its bundle below the folder of the index."""
        return f"openapi/{self.interface.version}/{self.interface.document}"

    @property
    def creates(self) -> bool:
        """Whether a request may make a new object."""
        return self.operation.creates

    def is_open(self, parameter: str) -> bool:
        """Return whether a parameter takes values that its enumeration does not name."""
        listed = (resolved(self.bundle, one) for one in self.raw["parameters"])
        found = next(one for one in listed if one["name"] == parameter)
        return "enum" not in resolved(self.bundle, found["schema"])

    def schema_of_answer(self, http_status: int) -> str:
        """Return the JSON pointer of the schema of an answer in the bundle."""
        answers = self.raw["responses"]
        reference = answers.get(str(http_status), {})
        if "$ref" in reference:
            reference = resolved(self.bundle, reference)
        schema = _below(reference, *_BODY) or {}
        return str(schema.get("$ref", "#/components/schemas/ErrorResponse"))


def operations_of(binding: Binding[Any, Any], key: tuple[str, str]) -> list[VectorOperation]:
    """Return the operations of an interface, in the order of its bundle."""
    interface, bundle = binding.interfaces[key], binding.bundle(*key)
    raw = {one["operationId"]: one for one in _raw_operations(bundle)}
    return [
        VectorOperation(interface, one, bundle, raw[one.id])
        for one in interface.operations.values()
    ]


def _raw_operations(bundle: JsonObject) -> Iterator[JsonObject]:
    for item in bundle["paths"].values():
        yield from (one for one in item.values() if "operationId" in one)


def _below(part: JsonObject, *steps: str) -> JsonObject | None:
    found: JsonObject | None = part
    for step in steps:
        found = None if found is None else found.get(step)
    return found
