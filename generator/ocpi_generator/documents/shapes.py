"""Whether source documents are OpenAPI, as far as a document without its common parts can be.

Everything after this may rely on the shapes that OpenAPI 3.0 prescribes.
"""

from collections.abc import Iterable
from functools import cache
from typing import Any, Final

from jsonschema import Draft4Validator  # type: ignore[import-untyped]  # ships no types
from jsonschema.exceptions import (  # type: ignore[import-untyped]  # ships no types
    ValidationError,
)
from openapi_spec_validator.schemas import schema_v30

from ocpi_generator.documents.positions import Document, Place, Pointer
from ocpi_generator.problems import Problem

__all__ = ["interface_shape", "openapi_errors", "schemas_shape"]

_WHY: Final = "A document that is no OpenAPI 3.0 cannot be bundled."
_HEAD: Final = {"openapi": "3.0.3", "info": {"title": "-", "version": "-"}, "paths": {}}
_SHORT: Final = 200


@cache
def _validator() -> Draft4Validator:
    return Draft4Validator(dict(schema_v30))


def openapi_errors(document: dict[str, Any]) -> list[tuple[Pointer, str]]:
    """Check a document against the schema of OpenAPI 3.0; give where and what."""
    found = [_deepest(error) for error in _validator().iter_errors(document)]
    return [(tuple(error.absolute_path), error.message[:_SHORT]) for error in found]


def _deepest(error: ValidationError) -> ValidationError:
    """Follow the branch that was meant: a reference where there is `$ref`, else the object."""
    while error.validator in {"oneOf", "anyOf"} and error.context:
        reference = isinstance(error.instance, dict) and "$ref" in error.instance
        branches = [part for part in error.context if _is_reference(part) == reference]
        error = max(branches or error.context, key=lambda part: len(part.absolute_path))
    return error


def _is_reference(error: ValidationError) -> bool:
    return (
        "Reference" in str(error.parent.validator_value[error.schema_path[0]])
        if error.parent
        else False
    )


def interface_shape(document: Document) -> list[Problem]:
    """Check ``sender.yaml`` and its like; what a head may leave to its parent is not missed."""
    return _problems(document, openapi_errors(_HEAD | document.data), 0)


def schemas_shape(document: Document) -> list[Problem]:
    """Check ``schemas.yaml``: a mapping from class names to schemas."""
    wrapped = _HEAD | {"components": {"schemas": document.data}}
    return _problems(document, openapi_errors(wrapped), 2)


def _problems(
    document: Document, errors: Iterable[tuple[Pointer, str]], skipped: int
) -> list[Problem]:
    return [
        Place(document, pointer[skipped:]).problem(
            "openapi", message, why=_WHY, how="Write it as OpenAPI 3.0.3 says."
        )
        for pointer, message in errors
    ]
