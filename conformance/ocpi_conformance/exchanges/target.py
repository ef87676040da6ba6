"""What is fuzzed: one interface at the URL where a party offers it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ocpi_conformance.bundles.documents import bundle_of
from ocpi_runtime.operations import Interface
from ocpi_runtime.transport import Transport

if TYPE_CHECKING:
    from ocpi_runtime.binding import Binding
    from ocpi_runtime.client import Endpoint

__all__ = ["Target", "targets_of"]


@dataclass(frozen=True, slots=True)
class Target:
    """A bundle and the endpoint URL to which its paths are relative.

    Attributes:
        bundle: The OpenAPI document of one version, module and interface.
        url: The endpoint URL, as the party publishes it.
        token: The credentials token that the party issued to us.
        token_base64: Whether the token is Base64-encoded in the header.
        transport: What the party demands of connections.
    """

    bundle: Mapping[str, Any] = field(repr=False)
    url: str
    token: str = field(repr=False)
    token_base64: bool = True
    transport: Transport = field(default_factory=Transport)

    @property
    def version(self) -> str:
        """The OCPI version, such as ``2.2.1``."""
        return str(self.bundle["x-ocpi"]["version"])

    @property
    def module(self) -> str:
        """The module identifier, such as ``locations``."""
        return str(self.bundle["x-ocpi"]["module"])

    @property
    def interface(self) -> str:
        """``sender``, ``receiver``, ``both``, ``list`` or ``details``."""
        return str(self.bundle["x-ocpi"]["interface"])

    @property
    def name(self) -> str:
        """The bundle's name for people, such as ``2.2.1 locations.sender``."""
        return f"{self.version} {self.module}.{self.interface}"


def targets_of(
    binding: "Binding[Any, Any]",
    endpoints: "Iterable[Endpoint]",
    token: str,
    *,
    token_base64: bool | None = None,
    transport: Transport | None = None,
    edition: str = "",
) -> Iterator[Target]:
    """Return the target of each endpoint that a party publishes and the binding has a bundle for.

    Args:
        binding: The version that is spoken.
        endpoints: As discovery found them.
        token: The credentials token that the party issued to us.
        token_base64: How the token is coded; None leaves it to the version.
        transport: What the party demands of connections.
        edition: The earlier edition of the version that the party is on, such as ``core-1``; what
            that has no interface of is passed over.
    """
    for endpoint in endpoints:
        for interface in _interfaces(binding, endpoint):
            coded = interface.token_base64 if token_base64 is None else token_base64
            try:
                bundle = bundle_of(binding, interface.module, interface.name, edition)
            except KeyError:
                continue
            yield Target(bundle, endpoint.url, token, coded, transport or Transport())


def _interfaces(binding: "Binding[Any, Any]", endpoint: "Endpoint") -> list[Interface]:
    """Find what is at an endpoint; without a role it may be any interface of its module."""
    role = endpoint.role.lower()
    names = {role, "both"} if role else {"sender", "receiver", "both"}
    module = endpoint.module.casefold()
    return [
        interface
        for interface in binding.interfaces.values()
        if interface.module.casefold() == module and interface.name in names
    ]
