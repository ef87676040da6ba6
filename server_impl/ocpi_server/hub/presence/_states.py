"""The parties behind a hub: the role and status that are published, from what is known of them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from ocpi_runtime.types import PartyId
from ocpi_server._versions import BEFORE_ROUTING
from ocpi_server.hub.presence.contacts import Contact
from ocpi_server.partners import HUB, PartnerRecord, PartnerRole, Status

__all__ = ["CONNECTED", "PLANNED", "PartyState", "roles_of", "states_of"]

CONNECTED: Final = "CONNECTED"
PLANNED: Final = "PLANNED"
_OFFLINE: Final = "OFFLINE"
_SUSPENDED: Final = "SUSPENDED"
_BEST: Final = (CONNECTED, _OFFLINE, PLANNED, _SUSPENDED)
"""The precedence of statuses of a party that several platforms have, or had."""
_ROLES: Final = frozenset({"CPO", "EMSP", "HUB", "NAP", "NSP", "OTHER", "SCSP"})


@dataclass(frozen=True, slots=True)
class PartyState:
    """A party behind a hub.

    Attributes:
        role: The role that is published: a ClientInfo has one.
        status: The status that is published.
        played: All roles of the party.
    """

    role: str
    status: str
    played: frozenset[str]


def states_of(
    records: Iterable[PartnerRecord], contacts: Mapping[str, Contact]
) -> dict[PartyId, PartyState]:
    """Return the state of all parties; of several statuses the best one."""
    found: dict[PartyId, PartyState] = {}
    for role, status in _all_states(records, contacts):
        named = _published(role)
        known = found.get(role.party)
        if known is None:
            found[role.party] = PartyState(named, status, frozenset((role.role,)))
            continue
        best = min((known.role, known.status), (named, status), key=_rank)
        found[role.party] = PartyState(*best, known.played | {role.role})
    return found


def roles_of(record: PartnerRecord) -> tuple[PartnerRole, ...]:
    """Return the roles that a platform has behind this hub.

    Those that are expected or wait for approval are among them. A platform with a version that has
    no routing has none: it is a partner of another role of this one.
    """
    if record.status is Status.UNREGISTERED or record.version in BEFORE_ROUTING:
        return ()
    invited = record.allowed if record.status is not Status.REGISTERED else ()
    return tuple(dict.fromkeys((*record.roles, *record.claimed, *invited)))


def _all_states(
    records: Iterable[PartnerRecord], contacts: Mapping[str, Contact]
) -> Iterator[tuple[PartnerRole, str]]:
    for record in records:
        contact = contacts.get(record.id)
        offline = contact is not None and contact.is_offline
        for role in roles_of(record):
            yield role, _status(record, role, offline=offline)
    for contact in contacts.values():
        for role in contact.roles:
            yield role, _SUSPENDED


def _status(record: PartnerRecord, role: PartnerRole, *, offline: bool) -> str:
    if record.blocked is not None:
        return _SUSPENDED
    if role not in record.roles or not record.active:
        return PLANNED
    return _OFFLINE if offline else CONNECTED


def _rank(state: tuple[str, str]) -> tuple[int, bool, str]:
    role, status = state
    return _BEST.index(status), role == HUB, role


def _published(role: PartnerRole) -> str:
    return role.role if role.role in _ROLES else "OTHER"
