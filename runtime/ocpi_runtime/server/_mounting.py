"""Where each interface stands, and the versions module that is derived from it."""

import json
from collections import defaultdict
from collections.abc import Sequence
from importlib import import_module
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from ocpi_runtime.operations import Interface
from ocpi_runtime.server.context import Context
from ocpi_runtime.server.stub import Stub

__all__ = ["mounted"]

# The role that the specification advises for credentials, whose interface has no sides.
_ROLES = {"sender": "SENDER", "receiver": "RECEIVER", "both": "SENDER"}

Mounted = dict[str, tuple[Stub, dict[str, Any]]]


class _Versions(Stub):
    """The list of versions that are mounted."""

    def __init__(self, interface: Interface, versions: Sequence[dict[str, str]]) -> None:
        self.INTERFACE = interface  # type: ignore[misc]  # one object for each application
        self._versions = list(versions)

    async def get_versions(self, _context: Context) -> list[dict[str, str]]:
        return self._versions


class _Details(Stub):
    """The endpoints of one version that are mounted."""

    def __init__(self, interface: Interface, endpoints: Sequence[dict[str, str]]) -> None:
        self.INTERFACE = interface  # type: ignore[misc]  # one object for each application
        self._details = {"version": interface.version, "endpoints": list(endpoints)}

    async def get_version_details(self, _context: Context) -> dict[str, Any]:
        return self._details


def mounted(handlers: Sequence[Stub], base_url: str) -> Mounted:
    """Lay out all interfaces below a base URL.

    Args:
        handlers: The handlers to mount.
        base_url: Absolute, without trailing slash.

    Returns:
        By base path, the handler and its bundle; versions and details included.

    Raises:
        ValueError: An interface has two handlers, or there is no handler at all.
    """
    if not handlers:
        raise ValueError("There is no handler to mount.")
    prefix = urlsplit(base_url).path
    table: Mounted = {}
    endpoints: dict[str, list[dict[str, str]]] = defaultdict(list)
    packages: dict[str, str] = {}
    for handler in handlers:
        interface = handler.INTERFACE
        below = _below(interface)
        if prefix + below in table:
            raise ValueError(f"{interface.document} of {interface.version} has two handlers.")
        table[prefix + below] = (handler, _bundle(interface))
        packages[interface.version] = interface.package
        endpoints[interface.version].append(_endpoint(interface, base_url + below))
    return table | _versions(packages, endpoints, base_url)


def _below(interface: Interface) -> str:
    if interface.side == "both":
        return f"/{interface.version}/{interface.module}"
    return f"/{interface.version}/{interface.side}/{interface.module}"


def _endpoint(interface: Interface, url: str) -> dict[str, str]:
    endpoint = {"identifier": interface.module, "url": url}
    if interface.roles:
        endpoint["role"] = _ROLES[interface.side]
    return endpoint


def _versions(
    packages: dict[str, str], endpoints: dict[str, list[dict[str, str]]], base_url: str
) -> Mounted:
    """Make the versions module: one list for all versions, the details of each."""
    prefix = urlsplit(base_url).path
    versions = [{"version": v, "url": f"{base_url}/{v}"} for v in packages]
    newest = max(packages, key=_order)
    listing: Interface = import_module(f"{packages[newest]}.interfaces").VERSIONS_LIST
    out: Mounted = {f"{prefix}/versions": (_Versions(listing, versions), _bundle(listing))}
    for version, package in packages.items():
        details: Interface = import_module(f"{package}.interfaces").VERSIONS_DETAILS
        handler = _Details(details, endpoints[version])
        out[f"{prefix}/{version}"] = (handler, _bundle(details))
    return out


def _order(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _bundle(interface: Interface) -> dict[str, Any]:
    resource = files(interface.package) / "documents" / interface.document
    bundle: dict[str, Any] = json.loads(resource.read_bytes())
    return bundle
