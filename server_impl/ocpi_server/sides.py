"""Which interfaces a role calls for."""

from collections.abc import Iterable
from typing import Final

__all__ = ["sides_of"]

Side = tuple[str, str]

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

_SIDES: Final[dict[str, frozenset[Side]]] = {
    "CPO": _CPO | _INFORMED,
    "EMSP": _EMSP | _INFORMED,
    "OTHER": _EMSP | _INFORMED,
    "NSP": _READER | _INFORMED,
    "NAP": _READER | _INFORMED,
    "SCSP": frozenset({("sessions", "receiver"), ("chargingprofiles", "sender")}) | _INFORMED,
    "PTP": _PTP,
    "HUB": _CPO | _EMSP | _PTP | {("hubclientinfo", "sender")},
}


def sides_of(roles: Iterable[str]) -> frozenset[Side]:
    """Give the interfaces, by module and side, that a platform of these roles offers."""
    offered = {("credentials", "both")}
    for role in roles:
        offered |= _SIDES.get(role, frozenset())
    return frozenset(offered)
