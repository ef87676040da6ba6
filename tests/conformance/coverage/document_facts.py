"""What the bundles of a version have, in the words in which requirements name it."""

from collections.abc import Iterator, Mapping
from typing import Any

from ocpi_conformance._references import resolved
from ocpi_runtime.binding import Binding

__all__ = ["facts_of", "sections_of"]

_METHODS = ("get", "put", "post", "patch", "delete")


def facts_of(binding: Binding[Any, Any]) -> set[str]:
    """Return every fact that a requirement may name in ``document``."""
    return {fact for bundle in _bundles(binding) for fact in _facts(bundle)}


def sections_of(binding: Binding[Any, Any]) -> set[str]:
    """Return file and anchor of every section to which the bundles link."""
    return {
        url.rpartition("/")[2]
        for bundle in _bundles(binding)
        for url in _urls(bundle)
        if "#" in url
    }


def _bundles(binding: Binding[Any, Any]) -> Iterator[Mapping[str, Any]]:
    for interface in binding.interfaces.values():
        yield binding.bundle(interface.module, interface.name)


def _facts(bundle: Mapping[str, Any]) -> Iterator[str]:
    components = bundle["components"]
    for name in components.get("securitySchemes", ()):
        yield f"security {name}"
    for name, schema in components["schemas"].items():
        yield name
        yield from (f"{name}.{one}" for one in _properties(bundle, schema))
    for item in bundle["paths"].values():
        for method in _METHODS:
            if method in item:
                yield from _operation_facts(bundle, item[method])


def _properties(bundle: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[str]:
    meant = resolved(bundle, schema)
    yield from meant.get("properties", ())
    for kind in ("allOf", "anyOf", "oneOf"):
        for part in meant.get(kind, ()):
            yield from _properties(bundle, part)


def _operation_facts(bundle: Mapping[str, Any], operation: Mapping[str, Any]) -> Iterator[str]:
    name = operation["operationId"]
    yield name
    for one in operation.get("parameters", ()):
        meant = resolved(bundle, one)
        where = "header " if meant["in"] == "header" else f"{name}?"
        yield f"{where}{meant['name']}"
    for status, answer in operation["responses"].items():
        yield status
        yield from (f"header {one}" for one in resolved(bundle, answer).get("headers", ()))


def _urls(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        docs = part.get("externalDocs")
        if isinstance(docs, dict):
            yield docs["url"]
        for one in part.values():
            yield from _urls(one)
    elif isinstance(part, list):
        for one in part:
            yield from _urls(one)
