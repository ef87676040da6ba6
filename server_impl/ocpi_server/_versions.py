"""The versions that the platform can speak, and the one that it keeps its own objects in."""

from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from typing import Any, Final

from ocpi_runtime.binding import Binding
from ocpi_runtime.types import SchemaSet

__all__ = [
    "BEFORE_ROUTING",
    "OWN_VERSION",
    "VERSIONS",
    "WRITTEN",
    "binding_of",
    "bindings_of",
    "editions_of",
    "package_of",
    "up_to",
]

VERSIONS: Final = ("2.0", "2.1.1", "2.2", "2.2.1", "2.3.0")
"""All of them, oldest first."""

BEFORE_ROUTING: Final = frozenset({"2.0", "2.1.1"})
"""Those without routing headers and the role HUB: nobody can be behind a hub in them."""

OWN_VERSION: Final = "2.2.1"
"""What the platform itself writes, and what it reads objects of any partner in."""

WRITTEN: Final = frozenset({"2.2.1", "2.3.0"})
"""What own objects may be written in: here every object names its owner and that of its token."""


def package_of(version: str) -> str:
    """Return the name of the package of a version."""
    return "ocpi_bindings.v" + version.replace(".", "_")


def binding_of(version: str) -> Binding[Any, Any]:
    """Return the binding of a version; no other version is imported."""
    binding: Binding[Any, Any] = import_module(package_of(version)).binding
    return binding


class _Bindings(Mapping[str, Binding[Any, Any]]):
    """Bindings by number; each is imported when it is first asked for."""

    def __init__(self, versions: Iterable[str]) -> None:
        self._versions = tuple(versions)

    def __getitem__(self, version: str) -> Binding[Any, Any]:
        if version not in self._versions:
            raise KeyError(version)
        return binding_of(version)

    def __iter__(self) -> Iterator[str]:
        return iter(self._versions)

    def __len__(self) -> int:
        return len(self._versions)

    def __contains__(self, version: object) -> bool:
        return version in self._versions


def bindings_of(versions: Iterable[str]) -> Mapping[str, Binding[Any, Any]]:
    """Return the bindings of some versions, by number; none is imported before it is used."""
    return _Bindings(versions)


def editions_of(version: str) -> tuple[str, ...]:
    """Return the names of the earlier editions of a version."""
    return SchemaSet(binding_of(version).package).editions()


def up_to(newest: str) -> tuple[str, ...]:
    """Return a version and all before it."""
    return VERSIONS[: VERSIONS.index(newest) + 1]
