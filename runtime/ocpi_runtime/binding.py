"""What one version brings along: interfaces, clients, models, handler stubs and bundles."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ocpi_runtime._validation.editions import bundle_in_edition
from ocpi_runtime._validation.unwrapping import direct
from ocpi_runtime.operations import Interface

if TYPE_CHECKING:
    from ocpi_runtime.client import Peer, SyncPeer
    from ocpi_runtime.server import Stub
    from ocpi_runtime.types import Model

__all__ = ["Binding"]

C_co = TypeVar("C_co", bound="Peer", covariant=True)
S_co = TypeVar("S_co", bound="SyncPeer", covariant=True)


@dataclass(frozen=True, slots=True)
class Binding(Generic[C_co, S_co]):
    """A version of OCPI in Python. Each bindings package has one, ``binding``.

    Attributes:
        version: The version number as on the wire, such as ``2.2.1``.
        package: The import name of the bindings package.
        interfaces: By module and interface, such as ``("locations", "sender")``.
        clients: The class of a peer that speaks the version.
        sync_clients: The same for code that is not async.
    """

    version: str
    package: str
    interfaces: Mapping[tuple[str, str], Interface]
    clients: type[C_co]
    sync_clients: type[S_co]

    def model(self, name: str) -> "type[Model]":
        """Return a class by its name in the specification, such as ``Location``.

        Raises:
            KeyError: The version has no such class.
        """
        found: type[Model] = _member(f"{self.package}.models", name)
        return found

    def stub(self, module: str, interface: str) -> "type[Stub]":
        """Return the abstract handler class of an interface.

        Raises:
            KeyError: The version has no such interface.
        """
        stubs: Mapping[tuple[str, str], type[Stub]] = _member(f"{self.package}.stubs", "STUBS")
        return stubs[module, interface]

    def bundle(self, module: str, interface: str, edition: str = "") -> dict[str, Any]:
        """Read the OpenAPI document of an interface.

        A field that is a reference has it beside its words and not in an ``allOf``, so that
        programs read it as any other field; ``document`` returns the text as it is published.

        Args:
            module: The module identifier.
            interface: The interface, such as ``sender``.
            edition: An earlier edition of the version, such as ``core-1``; the newest when empty.

        Raises:
            KeyError: The version, or the edition, has no such interface.
            ValueError: The version has no such edition.
        """
        bundle: dict[str, Any] = json.loads(self.document(module, interface))
        direct(bundle["components"]["schemas"])
        return bundle_in_edition(bundle, self.package, edition) if edition else bundle

    def document(self, module: str, interface: str) -> bytes:
        """Return the text of the OpenAPI document of an interface, for other tools.

        Raises:
            KeyError: The version has no such interface.
        """
        name = self.interfaces[module, interface].document
        return (files(self.package) / "documents" / name).read_bytes()


def _member(module: str, name: str) -> Any:
    return vars(import_module(module))[name]
