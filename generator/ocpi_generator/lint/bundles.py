"""The last word has openapi-spec-validator, on each complete bundle."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from openapi_spec_validator import OpenAPIV30SpecValidator

from ocpi_generator.bundle.versions import VersionBundle
from ocpi_generator.documents import DocumentPosition, Pointer, Version, as_text
from ocpi_generator.problems import Problem

__all__ = ["bundle_problems"]

_WHY: Final = "A bundle must be valid OpenAPI 3.0.3 for every tool."
_HOW: Final = "Mend what the bundle is woven from."
_SHORT: Final = 300


def bundle_problems(version: Version, bundle: VersionBundle) -> Iterator[Problem]:
    """Validate every bundle of a version and point at what it was made from."""
    for name, document in bundle.documents.items():
        for error in OpenAPIV30SpecValidator(document).iter_errors():
            pointer: Pointer = tuple(error.absolute_path)
            what = f"bundle {name}, {as_text(pointer) or '/'}: {error.message[:_SHORT]}"
            place = _origin(version, name, document, pointer)
            if place is None:
                yield version.file.problem("version", "openapi", what, _HOW, _WHY)
            else:
                yield place.problem("openapi", what, why=_WHY, how=_HOW)


def _origin(
    version: Version, name: str, document: Mapping[str, Any], pointer: Pointer
) -> DocumentPosition | None:
    """Find the operation or class that a spot of a bundle was made from."""
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
