"""ClientInfo of the parties behind a hub, kept current and pushed to all platforms."""

import logging
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, TypeAlias

import msgspec

from ocpi_runtime.codec import format_timestamp
from ocpi_runtime.types import PartyId, Raw
from ocpi_server._clock import Clock, after, read_micros
from ocpi_server._jsonbytes import fields, text_field
from ocpi_server.hub.presence.contacts import Contact, Contacts
from ocpi_server.objects.own_object_writer import OwnObjectWriter
from ocpi_server.partners import HUB, PartnerDirectory, PartnerRecord, PartnerRole, Status
from ocpi_server.store import Key, ObjectStore, Outbox
from ocpi_server.sync.push import Announcer

__all__ = ["CONNECTED", "ClientInfos"]

log = logging.getLogger("ocpi_server.hub")

CONNECTED: Final = "CONNECTED"
_OFFLINE: Final = "OFFLINE"
_PLANNED: Final = "PLANNED"
_SUSPENDED: Final = "SUSPENDED"
_BEST: Final = (CONNECTED, _OFFLINE, _PLANNED, _SUSPENDED)
"""The precedence of statuses of a party that several platforms have, or had."""
_MODULE: Final = "hubclientinfo"
_CHUNK: Final = 500
_ROLES: Final = frozenset({"CPO", "EMSP", "HUB", "NAP", "NSP", "OTHER", "SCSP"})

States: TypeAlias = dict[PartyId, tuple[str, str]]
"""Role and status of each party."""


class ClientInfos:
    """Keeps the ClientInfo of each party behind this hub.

    Args:
        directory: Knows the partners.
        contacts: When they last sent something.
        store: Has the ClientInfos that were published.
        book: Writes them.
        announcer: Finds the partners that they are pushed to.
        outbox: Sends them to a partner that is new.
        clock: Returns the current time.
    """

    def __init__(
        self,
        directory: PartnerDirectory,
        contacts: Contacts,
        store: ObjectStore,
        book: OwnObjectWriter,
        announcer: Announcer,
        outbox: Outbox,
        clock: Clock,
    ) -> None:
        self._directory, self._contacts, self._clock = directory, contacts, clock
        self._store, self._book = store, book
        self._announcer, self._outbox = announcer, outbox
        self._seen: object = None

    async def refresh(self) -> None:
        """Publish changes: new and removed parties, and which can be reached."""
        records, contacts = await self._directory.every(), await self._contacts.every()
        seen = (
            tuple((each.id, each.revision) for each in records),
            {each: contact.is_offline for each, contact in contacts.items()},
        )
        if seen == self._seen:
            return
        states = _states(records, contacts)
        changed = await self._changed(states)
        for party in changed:
            await self._publish(party, *states[party])
        for record in records:
            contact = contacts.get(record.id)
            await self._note(record, contact, has_missed=len(changed) < len(states))
        self._seen = seen

    async def _note(
        self, record: PartnerRecord, contact: Contact | None, *, has_missed: bool
    ) -> None:
        """Remember the roles that were published, to suspend them once the partner is gone.

        A partner with new roles is sent all ClientInfos, unless all are on their way to it.
        """
        known = set(contact.roles) if contact is not None else set()
        roles = known | set(_roles(record))
        if roles and roles != known:
            await self._contacts.publish(record.id, roles)
            if record.active and has_missed:
                await self._outbox.resync(record.id, _MODULE)

    async def _changed(self, states: States) -> list[PartyId]:
        """Return the parties whose published ClientInfo differs."""
        parties, same = sorted(states), set()
        for start in range(0, len(parties), _CHUNK):
            keys = [_key(each) for each in parties[start : start + _CHUNK]]
            for stored in await self._store.get_any(keys):
                known = fields(stored.raw)
                party = PartyId(stored.key.country_code, stored.key.party_id)
                if (text_field(known, "role"), text_field(known, "status")) == states[party]:
                    same.add(party)
        return [each for each in parties if each not in same]

    async def _publish(self, party: PartyId, role: str, status: str) -> None:
        found = await self._store.get_any([_key(party)])
        times = [read_micros(text_field(fields(each.raw), "last_updated") or "") for each in found]
        info = {
            "country_code": party.country_code,
            "party_id": party.party_id,
            "role": role,
            "status": status,
            "last_updated": format_timestamp(after(self._clock(), *times)),
        }
        announcement = await self._announcer.for_all(_MODULE)
        raw = Raw(msgspec.json.encode(info))
        await self._book.put(_MODULE, raw, announcement=announcement)
        log.info("%s (%s) is %s at this hub", party, role, status)


def _states(records: Iterable[PartnerRecord], contacts: Mapping[str, Contact]) -> States:
    """Return role and status of all parties; of several statuses the best one."""
    found: States = {}
    for role, status in _all_states(records, contacts):
        known = found.get(role.party)
        new = (_role(role), status)
        if known is None or _rank(*new) < _rank(*known):
            found[role.party] = new
    return found


def _all_states(
    records: Iterable[PartnerRecord], contacts: Mapping[str, Contact]
) -> Iterator[tuple[PartnerRole, str]]:
    for record in records:
        contact = contacts.get(record.id)
        offline = contact is not None and contact.is_offline
        for role in _roles(record):
            yield role, _status(record, role, offline=offline)
    for contact in contacts.values():
        for role in contact.roles:
            yield role, _SUSPENDED


def _roles(record: PartnerRecord) -> tuple[PartnerRole, ...]:
    """Return the roles of a platform, those that are expected or wait for approval included."""
    if record.status is Status.UNREGISTERED:
        return ()
    invited = record.allowed if record.status is not Status.REGISTERED else ()
    return tuple(dict.fromkeys((*record.roles, *record.claimed, *invited)))


def _status(record: PartnerRecord, role: PartnerRole, *, offline: bool) -> str:
    if record.blocked is not None:
        return _SUSPENDED
    if role not in record.roles or not record.active:
        return _PLANNED
    return _OFFLINE if offline else CONNECTED


def _rank(role: str, status: str) -> tuple[int, bool, str]:
    return _BEST.index(status), role == HUB, role


def _role(role: PartnerRole) -> str:
    return role.role if role.role in _ROLES else "OTHER"


def _key(party: PartyId) -> Key:
    return Key.of(_MODULE, party, "")
