"""Validation of bundles with openapi-spec-validator."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from jsonschema import Draft4Validator  # type: ignore[import-untyped]  # ships no types
from openapi_spec_validator import OpenAPIV30SpecValidator

from ocpi_generator._problems import Problem
from ocpi_generator.bundle.components import used_by
from ocpi_generator.bundle.versions import VersionBundle
from ocpi_generator.documents import (
    DocumentPosition,
    Pointer,
    Version,
    as_text,
    openapi_errors,
)
from ocpi_generator.lint._joined import joined

__all__ = ["BundleValidator"]

_HEAD: Final[dict[str, Any]] = {"paths": {}, "components": {}}

_WHY: Final = "A bundle must be valid OpenAPI 3.0.3 for every tool."
_HOW: Final = "Correct what the bundle is made from."
_WHY_EXAMPLE: Final = "Readers, mocks and tests take the example as a good message."
_HOW_EXAMPLE: Final = (
    "Write `example:` in the class, or a value for Class.field in common/examples.yaml."
)
_HOW_STATED: Final = "Correct `example:`; that of an answer is its data, without the envelope."
_JSON: Final = "application/json"
_SHORT: Final = 300


class BundleValidator:
    """Validates the bundles of versions; a bundle that several have in common, once."""

    def __init__(self) -> None:
        self._valid: dict[str, list[Mapping[str, Any]]] = {}

    def problems(self, version: Version, bundle: VersionBundle) -> Iterator[Problem]:
        """Validate every bundle of a version and point at what it was made from."""
        documents = bundle.published()
        schemas = documents.pop("schemas")
        if bundle.examples:
            yield from _example_problems(version, schemas)
            yield from _stated_examples(version, documents)
        new = {name: one for name, one in documents.items() if one not in self._of(name)}
        suspects = [name for name, one in new.items() if not _whole(one)]
        for group in joined(new):
            if not OpenAPIV30SpecValidator(group.document).is_valid():
                suspects += group.names
        for name, document in new.items():
            found = [*_errors(version, name, document)] if name in suspects else []
            yield from found
            if not found:
                self._of(name).append(document)

    def _of(self, name: str) -> list[Mapping[str, Any]]:
        return self._valid.setdefault(name, [])


def _whole(document: Mapping[str, Any]) -> bool:
    """Return whether all is well beside the paths and components, and no component is missing."""
    components = document["components"]
    named = all(name in components.get(section, ()) for section, name in used_by(document))
    return named and not openapi_errors({**document, **_HEAD})


def _errors(version: Version, name: str, document: Mapping[str, Any]) -> Iterator[Problem]:
    for error in OpenAPIV30SpecValidator(document).iter_errors():
        pointer: Pointer = tuple(error.absolute_path)
        what = f"bundle {name}, {as_text(pointer) or '/'}: {error.message[:_SHORT]}"
        place = _origin(version, name, document, pointer)
        if place is None:
            yield version.file.problem("version", "openapi", what, _HOW, _WHY)
        else:
            yield place.problem("openapi", what, why=_WHY, how=_HOW)


def _example_problems(version: Version, document: Mapping[str, Any]) -> Iterator[Problem]:
    """Validate the example of each class; those of operations are composed of them."""
    components = document["components"]
    for name, schema in components["schemas"].items():
        pointer = ("components", "schemas", name)
        place = _origin(version, "", document, pointer)
        root = {"$ref": f"#/components/schemas/{name}", "components": components}
        for error in Draft4Validator(root).iter_errors(schema["example"]):
            where = as_text(tuple(error.absolute_path)) or "/"
            what = f"the example of {name} is not valid, {where}: {error.message[:_SHORT]}"
            if place is None:
                yield version.file.problem("version", "example", what, _HOW_EXAMPLE, _WHY_EXAMPLE)
            else:
                yield place.problem("example", what, why=_WHY_EXAMPLE, how=_HOW_EXAMPLE)


def _stated_examples(
    version: Version, documents: Mapping[str, Mapping[str, Any]]
) -> Iterator[Problem]:
    """Validate the examples that operations state for their requests and answers."""
    for (module, interface), operations in version.operations.items():
        for operation in operations:
            for steps in _stated(operation.body):
                document = documents[f"{module}.{interface}"]
                media = document["paths"][operation.path][operation.method]
                for step in steps:
                    media = media[step]
                root = {"allOf": [media["schema"]], "components": document["components"]}
                for error in Draft4Validator(root).iter_errors(media["example"]):
                    where = as_text(tuple(error.absolute_path)) or "/"
                    what = f"the example is not valid, {where}: {error.message[:_SHORT]}"
                    place = operation.place.at(*steps)
                    yield place.problem("example", what, why=_WHY_EXAMPLE, how=_HOW_STATED)


def _stated(operation: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """Yield where the bodies of an operation are that state an example."""
    bodies: list[tuple[tuple[str, ...], Mapping[str, Any]]] = [
        (("responses", status), one) for status, one in operation["responses"].items()
    ]
    bodies.append((("requestBody",), operation.get("requestBody", {})))
    for steps, body in bodies:
        if "example" in body.get("content", {}).get(_JSON, {}):
            yield (*steps, "content", _JSON)


def _origin(
    version: Version, name: str, document: Mapping[str, Any], pointer: Pointer
) -> DocumentPosition | None:
    """Find the operation or class that a position in a bundle was made from."""
    steps = [str(step) for step in pointer[:3]]
    if len(steps) == 3 and steps[0] == "paths":  # noqa: PLR2004 - paths, path, method
        module, _, interface = name.partition(".")
        for operation in version.operations[module, interface]:
            if [operation.path, operation.method] == steps[1:]:
                return operation.place
    if steps[:2] == ["components", "schemas"]:
        found = document["components"]["schemas"].get(steps[-1], {})
        wanted = found.get("x-ocpi-patch-of", steps[-1])
        for schema in version.schemas.values():
            if schema.name == wanted:
                return schema.place
    return None
