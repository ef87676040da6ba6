"""Takes extensions out of bundles: their modules, and what they add to classes of the version."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from ocpi_audit.bundles.folder import Bundles, Json

__all__ = ["pruned", "without"]

_MARK: Final = "x-ocpi-extension"
_REFERENCE: Final = re.compile(r"#/components/schemas/(.+)$")
_NAMES: Final = ("required", "x-ocpi-not-null")


def without(bundles: Bundles, extensions: Iterable[str]) -> Bundles:
    """Return bundles without some extensions.

    Args:
        bundles: The bundles.
        extensions: The names under which they mark what an extension adds.
    """
    gone = frozenset(extensions)
    if not gone:
        return bundles
    kept = {
        name: pruned(_stripped(document, gone))
        for name, document in bundles.documents.items()
        if document["x-ocpi"]["module"] not in gone
    }
    schemas = {name: _stripped(schema, gone) for name, schema in bundles.schemas.items()}
    used = _reached(schemas, (name for each in kept.values() for name in _classes(each)))
    left = {name: schema for name, schema in schemas.items() if name in used}
    return replace(bundles, documents=kept, schemas=left)


def _classes(document: Json) -> Iterable[str]:
    return tuple(document["components"]["schemas"])


def _stripped(node: Any, gone: frozenset[str]) -> Any:
    """Drop what is marked as part of an extension, all the way down."""
    if isinstance(node, list):
        return [_stripped(each, gone) for each in node]
    if not isinstance(node, Mapping):
        return node
    left = {key: _stripped(each, gone) for key, each in node.items() if not _marked(each, gone)}
    mark = node.get(_MARK)
    if isinstance(mark, Mapping):
        for key in ("enum", "x-extensible-enum"):
            if key in left:
                left[key] = [value for value in left[key] if mark.get(value) not in gone]
    for key in _NAMES:
        if "properties" in left and isinstance(left.get(key), list):
            left[key] = [name for name in left[key] if name in left["properties"]]
    return left


def _marked(node: Any, gone: frozenset[str]) -> bool:
    mark = node.get(_MARK) if isinstance(node, Mapping) else None
    return isinstance(mark, str) and mark in gone


def pruned(document: Json) -> Json:
    """Drop classes that nothing in the document refers to any more."""
    components = document["components"]
    schemas = components["schemas"]
    rest = {key: each for key, each in components.items() if key != "schemas"}
    used = _reached(schemas, _references([document["paths"], rest]))
    kept = {name: schema for name, schema in schemas.items() if name in used}
    return {**document, "components": {**components, "schemas": kept}}


def _reached(schemas: Mapping[str, Json], begin: Iterable[str]) -> set[str]:
    found: set[str] = set()
    waiting = list(begin)
    while waiting:
        name = waiting.pop()
        if name not in found and name in schemas:
            found.add(name)
            waiting.extend(_references(schemas[name]))
            waiting.append(str(schemas[name].get("x-ocpi-patch-of", "")))
    return found


def _references(node: Any) -> list[str]:
    if isinstance(node, list):
        return [name for each in node for name in _references(each)]
    if not isinstance(node, Mapping):
        return []
    found = [name for each in node.values() for name in _references(each)]
    if match := _REFERENCE.match(str(node.get("$ref", ""))):
        found.append(match[1])
    return found
