"""The interfaces that a platform offers in its roles, and where its versions are listed."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from ocpi_runtime.binding import Binding
from ocpi_runtime.parties import offered_by
from ocpi_server.settings import Settings

__all__ = ["interfaces_of", "main_versions_url"]

InterfaceName = tuple[str, str]

_MODULES: Final = (
    "locations",
    "tokens",
    "commands",
    "sessions",
    "cdrs",
    "tariffs",
    "chargingprofiles",
)
_OWNED_BY_EMSP: Final = frozenset({"tokens", "commands", "chargingprofiles"})
"""Here the eMSP is the sender; in all other modules the CPO is."""

_INVOICING: Final = frozenset(
    {("invoicereconciliation", "sender"), ("invoicereconciliation", "receiver")}
)
"""Whoever invoices is the sender: the CPO, or with reverse billing the eMSP."""

_CPO: Final = frozenset(
    (module, "receiver" if module in _OWNED_BY_EMSP else "sender") for module in _MODULES
) | {("payments", "receiver"), ("bookings", "sender"), *_INVOICING}
_EMSP: Final = frozenset(
    (module, "sender" if module in _OWNED_BY_EMSP else "receiver") for module in _MODULES
) | {("bookings", "receiver"), *_INVOICING}
_READER: Final = frozenset({("locations", "receiver"), ("tariffs", "receiver")})
_PTP: Final = frozenset(
    {
        ("payments", "sender"),
        ("commands", "sender"),
        *((module, "receiver") for module in ("locations", "tariffs", "sessions", "cdrs")),
    }
)
_INFORMED: Final = frozenset({("hubclientinfo", "receiver")})

_INTERFACES: Final[dict[str, frozenset[InterfaceName]]] = {
    "CPO": _CPO | _INFORMED,
    "EMSP": _EMSP | _INFORMED,
    "OTHER": _EMSP | _INFORMED,
    "NSP": _READER | _INFORMED,
    "NAP": _READER | _INFORMED,
    "SCSP": frozenset({("sessions", "receiver"), ("chargingprofiles", "sender")}) | _INFORMED,
    "PTP": _PTP,
    "HUB": _CPO | _EMSP | _PTP | {("hubclientinfo", "sender")} | _INFORMED,
}


def interfaces_of(roles: Iterable[str]) -> frozenset[InterfaceName]:
    """Return the interfaces, by module and name, that a platform of these roles offers."""
    offered = {("credentials", "both")}
    for role in roles:
        offered |= _INTERFACES.get(role, frozenset())
    return frozenset(offered)


def main_versions_url(settings: Settings, bindings: Mapping[str, Binding[Any, Any]]) -> str:
    """Return where all versions are listed, if a partner can only meet us in one role.

    Of a platform with several roles it is the list of those versions that distinguish roles, if
    it speaks one.
    """
    old = [each for each in bindings.values() if not _names_roles(each)]
    offered = interfaces_of(settings.roles)
    listed = {offered_by(*name) for each in old for name in each.interfaces if name in offered}
    if old and (len(listed - {None}) == 1 or len(old) == len(bindings)):
        return settings.versions_url(settings.main_role)
    return settings.versions_url()


def _names_roles(binding: Binding[Any, Any]) -> bool:
    return binding.interfaces["versions", "details"].roles
