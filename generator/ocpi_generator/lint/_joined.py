"""Bundles of one version as few documents, so that shared components are validated once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from ocpi_generator.bundle.components import operations_of

__all__ = ["Joined", "joined"]

_PATHS: Final = "paths"


@dataclass(slots=True, eq=False)
class Joined:
    """Bundles with the same components, as one document.

    Attributes:
        document: An OpenAPI document with all paths, each below the name of its bundle.
        names: The names of the bundles; the first one has lent what is not paths or components.
    """

    document: dict[str, Any]
    names: list[str] = field(default_factory=list)
    _ids: set[str] = field(default_factory=set)

    def takes(self, bundle: Mapping[str, Any]) -> bool:
        """Return whether a bundle contradicts no other one here, by component or operationId."""
        if self._ids & _operation_ids(bundle):
            return False
        own = self.document["components"]
        return all(
            own.get(section, {}).get(name, component) == component
            for section, components in bundle["components"].items()
            for name, component in components.items()
        )

    def add(self, name: str, bundle: Mapping[str, Any]) -> None:
        """Add a bundle that this takes."""
        self.names.append(name)
        self._ids |= _operation_ids(bundle)
        for path, item in bundle[_PATHS].items():
            self.document[_PATHS][f"/{name}{path}"] = item
        for section, components in bundle["components"].items():
            self.document["components"].setdefault(section, {}).update(components)


def joined(bundles: Mapping[str, Mapping[str, Any]]) -> list[Joined]:
    """Join bundles into as few documents as their components allow."""
    groups: list[Joined] = []
    for name, bundle in bundles.items():
        group = next((one for one in groups if one.takes(bundle)), None)
        if group is None:
            group = Joined({**bundle, _PATHS: {}, "components": {}})
            groups.append(group)
        group.add(name, bundle)
    return groups


def _operation_ids(bundle: Mapping[str, Any]) -> set[str]:
    return {one.get("operationId", "") for one in operations_of(bundle[_PATHS])}
