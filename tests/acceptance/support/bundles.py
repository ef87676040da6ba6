"""Every operation of every bundle of the versions that are spoken: found, not listed."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

import ocpi_bindings
from ocpi_runtime._validation.unwrapping import without_examples

__all__ = [
    "ROLELESS",
    "SPOKEN",
    "OperationCase",
    "Parameter",
    "every_operation",
    "find",
    "resolved",
]

Schema = Mapping[str, Any]

ROLELESS = ("2.0", "2.1.1")
"""Versions with one versions URL for each role of a platform, and a partner of one role."""
SPOKEN = (*ROLELESS, "2.2", "2.2.1", "2.3.0")
"""The versions whose operations are walked."""

_METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Parameter:
    """A parameter of a path or a query."""

    name: str
    place: str
    required: bool
    schema: Schema = field(repr=False)


@dataclass(frozen=True)
class OperationCase:
    """An operation as its bundle tells it."""

    version: str
    module: str
    name: str
    id: str
    method: str
    path: str
    bundle: Schema = field(repr=False, compare=False)
    parameters: tuple[Parameter, ...] = field(repr=False, compare=False)
    body: Schema | None = field(repr=False, compare=False)
    paged: bool = False

    def __str__(self) -> str:
        return f"{self.version}.{self.module}.{self.name}.{self.id}"

    @property
    def interface(self) -> tuple[str, str, str]:
        return self.version, self.module, self.name

    @property
    def answers_later(self) -> bool:
        """Whether a result follows, to a URL that is in the request."""
        inside = {} if self.body is None else resolved(self.bundle, self.body)["properties"]
        return "response_url" in {*inside, *(each.name for each in self.parameters)}

    @property
    def path_names(self) -> tuple[str, ...]:
        return tuple(each.name for each in self.parameters if each.place == "path")

    @property
    def query_names(self) -> tuple[str, ...]:
        return tuple(each.name for each in self.parameters if each.place == "query")


@cache
def every_operation() -> tuple[OperationCase, ...]:
    """Read the operations of all bundles of the versions that are walked."""
    return tuple(case for bundle in _bundles() for case in _operations(bundle))


def find(version: str, name: str) -> OperationCase | None:
    """Find an operation by its id, if the version has it."""
    found = (each for each in every_operation() if (each.version, each.id) == (version, name))
    return next(found, None)


def _bundles() -> Iterator[Schema]:
    for package in sorted(files(ocpi_bindings).iterdir(), key=lambda each: each.name):
        documents = package / "documents"
        if not documents.is_dir():
            continue
        found = (each for each in documents.iterdir() if each.is_file())
        for document in sorted(found, key=lambda each: each.name):
            read = json.loads(document.read_bytes())
            if read.get("paths") and read["x-ocpi"]["version"] in SPOKEN:
                yield without_examples(read)


def _operations(bundle: Schema) -> Iterator[OperationCase]:
    where = bundle["x-ocpi"]
    for path, item in bundle["paths"].items():
        for method in _METHODS:
            if method in item:
                raw = item[method]
                yield OperationCase(
                    where["version"],
                    where["module"],
                    where["interface"],
                    raw["operationId"],
                    method.upper(),
                    path,
                    bundle,
                    _parameters(bundle, raw),
                    _body(bundle, raw),
                    bool(raw.get("x-ocpi-paged")),
                )


def _parameters(bundle: Schema, raw: Schema) -> tuple[Parameter, ...]:
    case = [resolved(bundle, each) for each in raw.get("parameters", ())]
    return tuple(
        Parameter(each["name"], each["in"], bool(each.get("required")), each["schema"])
        for each in case
        if each["in"] in {"path", "query"}
    )


def _body(bundle: Schema, raw: Schema) -> Schema | None:
    request = resolved(bundle, raw.get("requestBody", {}))
    found: Schema | None = request.get("content", {}).get("application/json", {}).get("schema")
    return found


def resolved(bundle: Schema, part: Schema) -> Schema:
    """Follow a reference inside a bundle; other parts are given back as they are."""
    while "$ref" in part:
        target: Any = bundle
        for step in part["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        part = target
    return part
