"""The versions that the platform can speak, and the one that it keeps its own objects in."""

from collections.abc import Iterable
from importlib import import_module
from typing import Any, Final

from ocpi_runtime.binding import Binding
from ocpi_runtime.types import SchemaSet

__all__ = [
    "OWN_VERSION",
    "VERSIONS",
    "WRITTEN",
    "binding_of",
    "bindings_of",
    "editions_of",
    "up_to",
]

VERSIONS: Final = ("2.0", "2.1.1", "2.2", "2.2.1", "2.3.0")
"""All of them, oldest first."""

OWN_VERSION: Final = "2.2.1"
"""What the platform itself writes, and what it reads objects of any partner in."""

WRITTEN: Final = frozenset({"2.2.1", "2.3.0"})
"""What own objects may be written in: here every object names its owner and that of its token."""


def binding_of(version: str) -> Binding[Any, Any]:
    """Return the binding of a version; no other version is imported."""
    package = "ocpi_bindings.v" + version.replace(".", "_")
    binding: Binding[Any, Any] = import_module(package).binding
    return binding


def bindings_of(versions: Iterable[str]) -> dict[str, Binding[Any, Any]]:
    """Return the bindings of some versions, by number."""
    return {version: binding_of(version) for version in versions}


def editions_of(version: str) -> tuple[str, ...]:
    """Return the names of the earlier editions of a version."""
    return SchemaSet(binding_of(version).package).editions()


def up_to(newest: str) -> tuple[str, ...]:
    """Return a version and all before it."""
    return VERSIONS[: VERSIONS.index(newest) + 1]
