"""Who may call what: a table of the interfaces and of the roles that a partner must play for them.

The roles are those of the partner, as its registration has them in force. Before 2.2 a partner
plays the role other than the one of ours that it registered with. What is not in the table is
refused. The reasons are in docs/decisions/permissions.md.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final, NamedTuple

from ocpi_runtime.errors import GenericClientError
from ocpi_runtime.operations import Interface, Operation
from ocpi_runtime.server import Partner
from ocpi_runtime.types import PartyId
from ocpi_server.partners import KnownPartner, PartnerRole

__all__ = ["ANYBODY", "OPEN", "PERMISSIONS", "Permission", "RolePermit", "parties_that_may"]

Roles = frozenset[str]

ANYBODY: Final[Roles] = frozenset(
    {"CPO", "EMSP", "HUB", "NAP", "NSP", "OTHER", "PTP", "SCSP"}
)  # fmt: skip
"""Every partner whose registration is in force, a role that a later version names included."""

OPEN: Final = frozenset({"versions", "credentials"})
"""Modules without which no registration can begin or end; they are open to every token."""


class Permission(NamedTuple):
    """The roles that may call one interface.

    Attributes:
        read: For GET.
        write: For every other method.
    """

    read: Roles
    write: Roles


def _roles(*names: str) -> Roles:
    # A hub forwards the messages of all, so it may call whatever any of them may.
    return frozenset({*names, "HUB"})


def _both(*names: str) -> Permission:
    return Permission(_roles(*names), _roles(*names))


_PUBLIC: Final = Permission(ANYBODY, frozenset())
_SITES: Final = _both("CPO", "NAP")

PERMISSIONS: Final[Mapping[tuple[str, str], Permission]] = {
    ("locations", "sender"): _PUBLIC,
    ("locations", "receiver"): _SITES,
    ("tariffs", "sender"): _PUBLIC,
    ("tariffs", "receiver"): _SITES,
    ("tokens", "sender"): _both("CPO"),
    ("tokens", "receiver"): _both("EMSP"),
    ("commands", "sender"): _both("CPO"),
    ("commands", "receiver"): _both("EMSP", "PTP"),
    ("sessions", "sender"): Permission(_roles("EMSP", "PTP", "SCSP"), _roles("EMSP")),
    ("sessions", "receiver"): _both("CPO"),
    ("cdrs", "sender"): Permission(_roles("EMSP", "PTP"), frozenset()),
    ("cdrs", "receiver"): _both("CPO"),
    ("chargingprofiles", "sender"): _both("CPO"),
    ("chargingprofiles", "receiver"): _both("EMSP", "SCSP"),
    ("hubclientinfo", "sender"): Permission(ANYBODY, frozenset()),
    ("hubclientinfo", "receiver"): _both(),
    ("bookings", "sender"): _both("EMSP"),
    ("bookings", "receiver"): _both("CPO"),
    ("invoicereconciliation", "sender"): Permission(_roles("CPO", "EMSP"), frozenset()),
    ("invoicereconciliation", "receiver"): _both("CPO", "EMSP"),
    ("payments", "sender"): _both("CPO"),
    ("payments", "receiver"): _both("PTP"),
}
"""By module and interface of this platform; the partner calls the interface."""

_NOBODY: Final = Permission(frozenset(), frozenset())
_REMEMBERED: Final = 4096
_UNKNOWN: Final = (None, None)


def parties_that_may(
    roles: Iterable[PartnerRole], module: str, interface: str, *, write: bool
) -> frozenset[PartyId]:
    """Return the parties of a partner that play a role which may call an interface.

    Args:
        roles: The partner's roles in force.
        module: The OCPI module.
        interface: ``sender`` or ``receiver``, of this platform.
        write: Whether the call changes something.
    """
    allowed = _allowed(module, interface, write=write)
    anybody = allowed is ANYBODY
    return frozenset(each.party for each in roles if anybody or each.role in allowed)


class RolePermit:
    """Applies the table to every request; made to be the ``permit`` of an application.

    What a partner may do is found out once for each state of its registration.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[str, int, str, str, bool], tuple[KnownPartner, KnownPartner]] = {}

    def __call__(self, partner: Partner, interface: Interface, operation: Operation) -> Partner:
        """Return the partner with those of its parties that may call an operation.

        Raises:
            GenericClientError: None of them may.
            TypeError: The partner was not found by the directory of partners.
        """
        if interface.module in OPEN:
            return partner
        if not isinstance(partner, KnownPartner):
            raise TypeError(f"the partner {partner.id} was not found by the directory of partners")
        write = operation.method != "GET"
        key = (partner.id, partner.record.revision, interface.module, interface.name, write)
        asked, answer = self._known.get(key, _UNKNOWN)
        if asked is partner and answer is not None:
            return answer
        may = _may_call(partner, interface, write=write) if answer is None else answer.parties
        answer = partner if may == partner.parties else replace(partner, parties=may)
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        self._known[key] = partner, answer
        return answer


def _may_call(partner: KnownPartner, interface: Interface, *, write: bool) -> frozenset[PartyId]:
    roles = partner.record.roles
    may = parties_that_may(roles, interface.module, interface.name, write=write)
    if not may:
        raise GenericClientError(_refusal(roles, interface, write=write))
    return may


def _refusal(roles: Iterable[PartnerRole], interface: Interface, *, write: bool) -> str:
    played = ", ".join(sorted({each.role for each in roles}))
    allowed = ", ".join(sorted(_allowed(interface.module, interface.name, write=write)))
    how = "write to" if write else "read from"
    where = f"{interface.module} ({interface.role})"
    return f"The role {played} may not {how} {where}; allowed: {allowed or 'no role'}."


def _allowed(module: str, interface: str, *, write: bool) -> Roles:
    permission = PERMISSIONS.get((module, interface), _NOBODY)
    return permission.write if write else permission.read
