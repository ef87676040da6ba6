"""Bundles as they are read from a package of bindings, and reduced to what programs need."""

from collections.abc import Iterator
from typing import Any, Final

__all__ = ["direct", "unwrapped", "without_examples"]

_METHODS: Final = ("get", "put", "post", "patch", "delete")


def direct(schemas: dict[str, Any]) -> dict[str, Any]:
    """Write the references of fields without the ``allOf`` around them, and return the schemas.

    A field that is a reference with a description is an ``allOf`` of one in bundles, because
    OpenAPI 3.0 allows nothing beside ``$ref``; here it is the reference again, with its words
    beside it, so that whoever reads a field has one case less.
    """
    for schema in schemas.values():
        for field in schema.get("properties", {}).values():
            if len(field.get("allOf", ())) == 1:
                field.update(field.pop("allOf")[0])
    return schemas


def unwrapped(schemas: dict[str, Any]) -> dict[str, Any]:
    """Reduce schemas to what is validated, and return them: direct, and without examples."""
    for schema in schemas.values():
        schema.pop("example", None)
    return direct(schemas)


def without_examples(bundle: dict[str, Any]) -> dict[str, Any]:
    """Take the examples out of a bundle, which a server does not need, and return it."""
    components = bundle["components"]
    unwrapped(components.get("schemas", {}))
    for parameter in components.get("parameters", {}).values():
        parameter.pop("example", None)
    for response in components.get("responses", {}).values():
        _without(response)
    for operation in _operations(bundle["paths"]):
        for owner in (*operation.get("parameters", ()), operation.get("requestBody", {})):
            _without(owner)
        for response in operation["responses"].values():
            _without(response)
    return bundle


def _without(owner: dict[str, Any]) -> None:
    """Take the examples out of a parameter, a request body or an answer."""
    owner.pop("example", None)
    for media in owner.get("content", {}).values():
        media.pop("example", None)


def _operations(paths: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for item in paths.values():
        for method in _METHODS:
            if method in item:
                yield item[method]
                for callback in item[method].get("callbacks", {}).values():
                    yield from _operations(callback)
