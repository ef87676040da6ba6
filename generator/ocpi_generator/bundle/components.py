"""Components of a bundle: of all that could be there, what its paths refer to."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from ocpi_generator.documents import METHODS

__all__ = ["Component", "operations_of", "reachable", "reference", "used_by"]

Component = tuple[str, str]
"""Section and name below ``components``."""

_PREFIX: Final = "#/components/"
_SECTIONS: Final = ("securitySchemes", "parameters", "headers", "responses", "schemas")


def reference(section: str, name: str) -> dict[str, str]:
    """Point at a component of the bundle."""
    return {"$ref": f"{_PREFIX}{section}/{name}"}


def used_by(value: Any) -> Iterator[Component]:
    """Name the components that a part of a bundle refers to."""
    if isinstance(value, dict):
        for key, item in value.items():
            if key == "$ref" and isinstance(item, str) and item.startswith(_PREFIX):
                section, _, name = item.removeprefix(_PREFIX).partition("/")
                yield section, name
            else:
                yield from used_by(item)
    elif isinstance(value, list):
        for item in value:
            yield from used_by(item)


def reachable(
    roots: Any, candidates: Mapping[str, Mapping[str, dict[str, Any]]]
) -> dict[str, dict[str, Any]]:
    """Choose the components that are referred to from somewhere, directly or through others.

    Args:
        roots: The part of the document that refers to them.
        candidates: All components by section and name.

    Returns:
        The sections that are not empty in a fixed order, each sorted by name.
    """
    found: set[Component] = set()
    waiting = list(used_by(roots))
    while waiting:
        component = waiting.pop()
        section, name = component
        if component not in found and name in candidates.get(section, {}):
            found.add(component)
            waiting.extend(used_by(candidates[section][name]))
    chosen = {
        section: {n: c for n, c in sorted(candidates[section].items()) if (section, n) in found}
        for section in _SECTIONS
        if section in candidates
    }
    return {section: components for section, components in chosen.items() if components}


def operations_of(paths: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """List the operations below the paths of a bundle, those of callbacks too."""
    for item in paths.values():
        for method in METHODS:
            if method in item:
                yield item[method]
                for callback in item[method].get("callbacks", {}).values():
                    yield from operations_of(callback)
