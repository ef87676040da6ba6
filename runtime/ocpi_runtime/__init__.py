"""The hand-written library under generated OCPI code.

What most programs need can be imported from here. A name is loaded when it is first asked for:
models cost no HTTP library, and an extra that is missing is named in the error.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from ocpi_runtime.binding import Binding
    from ocpi_runtime.client import Peer, SyncPeer, connect_sync
    from ocpi_runtime.client._connect import connect
    from ocpi_runtime.client.registration import register, register_sync
    from ocpi_runtime.codec import check, decode, encode, violations
    from ocpi_runtime.errors import OcpiError, Violation
    from ocpi_runtime.patch import merge
    from ocpi_runtime.server import (
        Context,
        Created,
        Outcome,
        Page,
        PageQuery,
        Partner,
        Received,
        create_app,
    )
    from ocpi_runtime.token import new_token
    from ocpi_runtime.transport import Transport
    from ocpi_runtime.types import UNSET, PartyId, Raw
    from ocpi_runtime.urls import UrlPolicy

__all__ = [
    "UNSET",
    "Binding",
    "Context",
    "Created",
    "OcpiError",
    "Outcome",
    "Page",
    "PageQuery",
    "Partner",
    "PartyId",
    "Peer",
    "Raw",
    "Received",
    "SyncPeer",
    "Transport",
    "UrlPolicy",
    "Violation",
    "check",
    "connect",
    "connect_sync",
    "create_app",
    "decode",
    "encode",
    "merge",
    "new_token",
    "register",
    "register_sync",
    "violations",
]

_NAMES: Final = {
    "binding": ("Binding",),
    "client": ("Peer", "SyncPeer", "connect", "connect_sync"),
    "client.registration": ("register", "register_sync"),
    "codec": ("check", "decode", "encode", "violations"),
    "errors": ("OcpiError", "Violation"),
    "patch": ("merge",),
    "server": (
        "Context", "Created", "Outcome", "Page", "PageQuery", "Partner", "Received", "create_app",
    ),
    "token": ("new_token",),
    "transport": ("Transport",),
    "types": ("UNSET", "PartyId", "Raw"),
    "urls": ("UrlPolicy",),
}  # fmt: skip
_MODULES: Final = {name: module for module, names in _NAMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
