"""Where each interface is, and the versions module that is derived from it.

Versions whose details name the role of an endpoint share one versions URL. The others (2.0 and
2.1.1) have one per role, below ``/cpo`` and ``/emsp``; these list the former versions too, so that
a partner who was given one of them finds every version.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from importlib import import_module
from importlib.resources import files
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

import msgspec

from ocpi_runtime import codec
from ocpi_runtime._validation.unwrapping import without_examples
from ocpi_runtime.operations import SENDER, Interface
from ocpi_runtime.parties import CPO, EMSP, PartyRole, offered_by
from ocpi_runtime.server._context import Context
from ocpi_runtime.server._stub import Stub
from ocpi_runtime.types import Raw

__all__ = ["Mounted", "MountedInterface", "endpoint_url", "mounted", "read_bundle"]

# The role that the specification advises for credentials, whose interface serves both roles.
_CREDENTIALS_ROLE: Final = SENDER


class MountedInterface(NamedTuple):
    """What is at one base path.

    Attributes:
        handler: Answers.
        bundle: The document that it implements, without examples.
        role: Whose interface it is, in versions that have one versions URL per role.
    """

    handler: Stub
    bundle: dict[str, Any]
    role: PartyRole | None = None


Mounted = dict[str, MountedInterface]


class _Versions(Stub):
    """The list of versions that are mounted."""

    def __init__(self, interface: Interface, versions: Sequence[dict[str, str]]) -> None:
        self.INTERFACE = interface  # type: ignore[misc]  # one object for each application
        self._versions = Raw(codec.encode(list(versions)))

    async def get_versions(self, _context: Context) -> Raw:
        return self._versions


class _VersionEndpoints(Stub):
    """The endpoints of one version that are mounted."""

    def __init__(self, interface: Interface, endpoints: Sequence[dict[str, str]]) -> None:
        self.INTERFACE = interface  # type: ignore[misc]  # one object for each application
        details = {"version": interface.version, "endpoints": list(endpoints)}
        self._details = Raw(codec.encode(details))

    async def get_version_details(self, _context: Context) -> Raw:
        return self._details


def endpoint_url(base_url: str, interface: Interface) -> str:
    """Return the URL at which a functional interface is in an application of ``create_app``.

    Args:
        base_url: That of the application, without trailing slash.
        interface: The interface; with an interface role, so that there is one place for it.
    """
    role = None if interface.roles else offered_by(interface.module, interface.role)
    return f"{base_url}{_below_role(role)}/{interface.version}{_within(interface, role)}"


def mounted(handlers: Sequence[Stub], base_url: str, *, versions: bool = True) -> Mounted:
    """Lay out all interfaces below a base URL.

    Args:
        handlers: The handlers to mount.
        base_url: Absolute, without trailing slash.
        versions: Whether the versions module is derived, else each interface is at the name of
            its module.

    Returns:
        By base path, the handler and its bundle; versions and details included.

    Raises:
        ValueError: An interface has two handlers, or there is no handler at all.
    """
    if not handlers:
        raise ValueError(
            "No handlers were given. Pass an instance of at least one stub to create_app."
        )
    if not versions:
        return _by_module(handlers, base_url)
    layout = _Layout(base_url)
    for handler in handlers:
        if handler.INTERFACE.roles:
            layout.add(handler, None)
            continue
        for role in _roles(handler, handlers):
            layout.add(handler, role)
    return layout.finished()


def _by_module(handlers: Sequence[Stub], base_url: str) -> Mounted:
    table: Mounted = {}
    for handler in handlers:
        path = f"{urlsplit(base_url).path}/{handler.INTERFACE.module}"
        if path in table:
            raise ValueError(f"{handler.INTERFACE.module} has two handlers.")
        table[path] = MountedInterface(handler, _bundle(handler.INTERFACE))
    return table


def _roles(handler: Stub, handlers: Iterable[Stub]) -> list[PartyRole]:
    """Return the role in which a party offers an interface of a version without roles."""
    role = offered_by(handler.INTERFACE.module, handler.INTERFACE.role)
    if role is not None:
        return [role]
    version = handler.INTERFACE.version
    mounted_with = [each.INTERFACE for each in handlers if each.INTERFACE.version == version]
    played = {offered_by(each.module, each.role) for each in mounted_with}
    return [each for each in (CPO, EMSP) if each in played] or [CPO, EMSP]


class _Layout:
    """What is where; filled handler by handler."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url
        self._path = urlsplit(base_url).path
        self._table: Mounted = {}
        self._packages: dict[tuple[str, PartyRole | None], str] = {}
        self._endpoints: dict[str, list[dict[str, str]]] = defaultdict(list)

    def add(self, handler: Stub, role: PartyRole | None) -> None:
        """Mount a handler at its path."""
        interface = handler.INTERFACE
        version = _below_role(role) + f"/{interface.version}"
        below = version + _within(interface, role)
        if self._path + below in self._table:
            raise ValueError(f"{interface.document} of {interface.version} has two handlers.")
        self._table[self._path + below] = MountedInterface(handler, _bundle(interface), role)
        self._packages[interface.version, role] = interface.package
        self._endpoints[version].append(_endpoint(interface, self._base_url + below))

    def finished(self) -> Mounted:
        """Add the versions module: the details of each version, and a list for each role."""
        for (version, role), package in self._packages.items():
            details: Interface = import_module(f"{package}.interfaces").VERSIONS_DETAILS
            below = f"{_below_role(role)}/{version}"
            handler = _VersionEndpoints(details, self._endpoints[below])
            self._table[self._path + below] = MountedInterface(handler, _bundle(details), role)
        for role in {role: None for _, role in self._packages}:
            self._list(role)
        return self._table

    def _list(self, role: PartyRole | None) -> None:
        shown = {each: name for each, name in self._packages.items() if each[1] in {None, role}}
        versions = [
            {"version": version, "url": f"{self._base_url}{_below_role(of)}/{version}"}
            for version, of in sorted(shown, key=lambda each: _order(each[0]))
        ]
        newest = max(shown, key=lambda each: _order(each[0]))
        listing: Interface = import_module(f"{shown[newest]}.interfaces").VERSIONS_LIST
        below = f"{_below_role(role)}/versions"
        handler = _Versions(listing, versions)
        self._table[self._path + below] = MountedInterface(handler, _bundle(listing), role)


def _below_role(role: PartyRole | None) -> str:
    return "" if role is None else f"/{role.lower()}"


def _within(interface: Interface, role: PartyRole | None) -> str:
    # Where the role is part of the path already, it implies the interface role.
    if interface.role is None or role is not None:
        return f"/{interface.module}"
    return f"/{interface.name}/{interface.module}"


def _endpoint(interface: Interface, url: str) -> dict[str, str]:
    endpoint = {"identifier": interface.module, "url": url}
    if interface.roles:
        endpoint["role"] = interface.role or _CREDENTIALS_ROLE
    return endpoint


def _order(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def read_bundle(interface: Interface) -> dict[str, Any]:
    """Read the document of an interface, examples included."""
    resource = files(interface.package) / "documents" / interface.document
    bundle: dict[str, Any] = msgspec.json.decode(resource.read_bytes())
    return bundle


def _bundle(interface: Interface) -> dict[str, Any]:
    return without_examples(read_bundle(interface))
