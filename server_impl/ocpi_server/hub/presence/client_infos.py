"""ClientInfo of the parties behind a hub, kept current and pushed to the platforms concerned."""

import logging
from collections.abc import Collection, Mapping, Sequence
from typing import Final

import msgspec

from ocpi_runtime.codec import format_timestamp
from ocpi_runtime.types import PartyId, Raw
from ocpi_server._clock import Clock, after, read_micros
from ocpi_server._jsonbytes import fields, text_field
from ocpi_server.hub.presence._states import PartyState, roles_of, states_of
from ocpi_server.hub.presence.contacts import Contact, Contacts
from ocpi_server.hub.presence.visibility import Visibility
from ocpi_server.objects.own_object_writer import OwnObjectWriter
from ocpi_server.partners import PartnerDirectory, PartnerRecord
from ocpi_server.store import Announcement, Key, ObjectStore, Outbox
from ocpi_server.sync.push import Announcer

__all__ = ["ClientInfos"]

log = logging.getLogger("ocpi_server.hub")

_MODULE: Final = "hubclientinfo"
_CHUNK: Final = 500


class ClientInfos:
    """Keeps the ClientInfo of each party behind this hub.

    Args:
        directory: Looks partners up.
        contacts: When they last sent something, and what they were sent.
        visibility: Which parties each of them may see.
        store: Has the ClientInfos that were published.
        book: Writes them.
        announcer: Finds the partners that take them.
        outbox: Sends them.
        clock: Returns the current time.
    """

    def __init__(
        self,
        directory: PartnerDirectory,
        contacts: Contacts,
        visibility: Visibility,
        store: ObjectStore,
        book: OwnObjectWriter,
        announcer: Announcer,
        outbox: Outbox,
        clock: Clock,
    ) -> None:
        self._directory, self._contacts, self._clock = directory, contacts, clock
        self._visibility, self._store, self._book = visibility, store, book
        self._announcer, self._outbox = announcer, outbox
        self._seen: object = None
        self._offline: frozenset[str] = frozenset()

    async def refresh(self) -> None:
        """Publish changes: new and removed parties, and which can be reached, and by whom."""
        records, contacts = await self._directory.every(), await self._contacts.every()
        seen = (
            tuple((each.id, each.revision) for each in records),
            {each: contact.is_offline for each, contact in contacts.items()},
        )
        if seen == self._seen:
            return
        self._visibility.forget()
        await self._resume({each for each, contact in contacts.items() if contact.is_offline})
        states = states_of(records, contacts)
        takers = {*(await self._announcer.for_all(_MODULE)).partners}
        visible = {
            each.id: {party for party in states if sees(party)}
            for each in records
            if each.id in takers
            for sees in [await self._visibility.of(each)]
        }
        for party in await self._changed(states):
            concerned = tuple(each for each, parties in visible.items() if party in parties)
            await self._publish(party, states[party], concerned)
        for record in records:
            contact = contacts.get(record.id)
            await self._note_roles(record, contact)
            if record.id in visible:
                await self._tell(record, visible[record.id], states)
        self._seen = seen

    async def _resume(self, offline: Collection[str]) -> None:
        """Send at once what platforms that can be reached again have missed or refused."""
        for partner_id in self._offline.difference(offline):
            await self._outbox.retry(partner_id)
        self._offline = frozenset(offline)

    async def _note_roles(self, record: PartnerRecord, contact: Contact | None) -> None:
        """Remember the roles that were published, to suspend them once the partner is gone."""
        known = set(contact.roles) if contact is not None else set()
        roles = known | set(roles_of(record))
        if roles and roles != known:
            await self._contacts.publish(record.id, roles)

    async def _tell(
        self,
        record: PartnerRecord,
        visible: set[PartyId],
        states: Mapping[PartyId, PartyState],
    ) -> None:
        """Send a partner the ClientInfos of parties that it may reach from now on, or no more."""
        before = await self._contacts.visible(record.id)
        now = before | {party: party in visible for party in states if party in before}
        now |= dict.fromkeys(visible, True)
        news = [party for party, is_visible in now.items() if before.get(party) is not is_visible]
        for party in news:
            await self._outbox.note(_key(party), Announcement((record.id,)))
        if news:
            await self._contacts.publish_visible(record.id, now)

    async def _changed(self, states: Mapping[PartyId, PartyState]) -> list[PartyId]:
        """Return the parties whose published ClientInfo differs."""
        parties, same = sorted(states), set()
        for start in range(0, len(parties), _CHUNK):
            keys = [_key(each) for each in parties[start : start + _CHUNK]]
            for stored in await self._store.get_any(keys):
                known = fields(stored.raw)
                party = PartyId(stored.key.country_code, stored.key.party_id)
                state = states[party]
                if (text_field(known, "role"), text_field(known, "status")) == (
                    state.role,
                    state.status,
                ):
                    same.add(party)
        return [each for each in parties if each not in same]

    async def _publish(self, party: PartyId, state: PartyState, concerned: Sequence[str]) -> None:
        found = await self._store.get_any([_key(party)])
        times = [read_micros(text_field(fields(each.raw), "last_updated") or "") for each in found]
        info = {
            "country_code": party.country_code,
            "party_id": party.party_id,
            "role": state.role,
            "status": state.status,
            "last_updated": format_timestamp(after(self._clock(), *times)),
        }
        raw = Raw(msgspec.json.encode(info))
        await self._book.put(_MODULE, raw, announcement=Announcement(tuple(concerned)))
        log.info("%s (%s) is %s at this hub", party, state.role, state.status)


def _key(party: PartyId) -> Key:
    return Key.of(_MODULE, party, "")
