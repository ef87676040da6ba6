"""Finding partners: by their token, by our key for them, by party."""

import logging
from collections.abc import Collection, Hashable, Sequence
from functools import partial
from typing import Final

import msgspec
from sqlalchemy import Connection

from ocpi_runtime.dialect import Dialect
from ocpi_runtime.errors import GenericServerError
from ocpi_runtime.parties import EMSP, PartyRole
from ocpi_runtime.transport import Transport
from ocpi_runtime.types import PartyId
from ocpi_server._clock import Clock, utc_now
from ocpi_server._vault import Vault, VaultError
from ocpi_server.partners import _holdings as holdings
from ocpi_server.partners import keys, rows
from ocpi_server.partners._access import Access, Unchanged
from ocpi_server.partners._records import KnownPartner, PartnerRecord
from ocpi_server.store.database import Database

__all__ = ["PartnerLookup"]

log = logging.getLogger("ocpi_server.partners")

_MOST: Final = 4096
"""Number of answers that are kept."""


class PartnerLookup:
    """Finds partners and opens the tokens that we use at them.

    Args:
        database: Where they are kept.
        vault: Seals the tokens that we use at them.
        own_parties: The platform's own parties; no partner may claim them.
        clock: Returns the current time.
        dialect: How bodies of partners are read.
        full_push: Whether a partner is sent all own objects that it may see once it is registered,
            and after each renewal.

    Attributes:
        changes: Changes partners, and records that.
        dialect: How bodies of partners are read.
    """

    def __init__(
        self,
        database: Database,
        vault: Vault,
        own_parties: frozenset[PartyId],
        clock: Clock = utc_now,
        dialect: Dialect = Dialect.standard,
        *,
        full_push: bool = False,
    ) -> None:
        self.changes = rows.PartnerChanges()
        self._database = database
        self._full_push = full_push
        self._vault = vault
        self._own = own_parties
        self._clock = clock
        self.dialect = dialect
        self._access = Access(database, self.get, clock, dialect)
        self._every = Unchanged[list[PartnerRecord]](database, 2)
        self._records: dict[str, PartnerRecord] = {}
        self._speaking = Unchanged[list[PartnerRecord]](database, _MOST)
        self._behind = Unchanged[frozenset[PartyId]](database, _MOST)
        self._open = Unchanged[bool](database, _MOST)

    async def unlock(self) -> None:
        """Read the key for the tokens that are stored; called before anything else.

        Raises:
            VaultError: The key is missing, or is not the one that they were sealed with.
        """
        await keys.unlock(self._database, self._vault)

    async def authenticate(self, candidates: Sequence[str]) -> KnownPartner | None:
        """Find who sent one of the tokens that an Authorization header may stand for."""
        return await self._access.authenticate(candidates)

    async def get(self, partner_id: str) -> PartnerRecord | None:
        """Look a partner up by our key for it."""
        return await self._database.read(lambda link: rows.by_id(link, partner_id))

    async def every(self) -> list[PartnerRecord]:
        """List all partners, oldest first; those that have changed are read again.

        Each message to a party behind a hub and each push asks for them.
        """
        return list(await self._every.get("", self._read_every))

    async def _read_every(self) -> list[PartnerRecord]:
        states = await self._database.rows(rows.STATES, {})
        known = self._records
        news = [each for each, revision in states if not _is_known(known.get(each), revision)]
        read = await self._database.read(partial(rows.by_ids, partner_ids=news)) if news else []
        fresh = {each.id: each for each in read}
        found = {each: fresh.get(each) or known.get(each) for each, _ in states}
        self._records = {each: record for each, record in found.items() if record is not None}
        return list(self._records.values())

    async def registered(self) -> list[PartnerRecord]:
        """List the partners that messages can be exchanged with."""
        return [each for each in await self.every() if each.active]

    async def of_party(
        self, party: PartyId, role: PartyRole = EMSP, *, blocked: bool = False
    ) -> PartnerRecord | None:
        """Look up who speaks for a party.

        Args:
            party: The party.
            role: In which role, where a company registered the party once per role.
            blocked: Whether a partner that is blocked counts too.
        """
        found = await self._speaking.get(
            party, lambda: self._database.read(lambda link: rows.by_party(link, party))
        )
        active = [each for each in found if each.active or (blocked and each.blocked)]
        return min(active, key=lambda each: not each.plays(role), default=None)

    async def unclaimed(
        self, partner: PartnerRecord, parties: Collection[PartyId]
    ) -> frozenset[PartyId]:
        """Return those of some parties that no other partner speaks for, or has spoken for."""

        def work(link: Connection) -> list[PartyId]:
            return holdings.taken_parties(link, partner, parties)

        return frozenset(parties).difference(await self._database.read(work))

    async def claimed_behind(self, hub: PartnerRecord, state: Hashable) -> frozenset[PartyId]:
        """Return the parties in ClientInfos of a hub that others speak for, or have spoken for.

        Args:
            hub: The hub.
            state: Changes with its ClientInfos.
        """

        def work(link: Connection) -> list[PartyId]:
            return holdings.taken_parties(link, hub, holdings.parties_behind(hub))

        async def read() -> frozenset[PartyId]:
            return frozenset(await self._database.read(work))

        return await self._behind.get((hub.id, hub.revision, state), read)

    async def check_open(self, partner: PartnerRecord) -> None:
        """Refuse a request to a partner that an operator has blocked since.

        Raises:
            GenericServerError: It is blocked, or removed.
        """
        if not await self._open.get(
            partner.id, lambda: self._database.read(lambda link: rows.is_open(link, partner.id))
        ):
            raise GenericServerError(
                f"Partner {partner.label} is blocked; no requests are sent to it.",
                hint=f"Unblock it with 'ocpi partners unblock {partner.id}'.",
            )

    def open_token(self, partner: PartnerRecord) -> str:
        """Return the token that we use at a partner.

        Raises:
            GenericServerError: There is no registration, or the stored token is damaged.
        """
        if partner.sealed_token is None:
            raise GenericServerError(f"Partner {partner.label} is not registered.")
        token = self._opened(partner, partner.sealed_token)
        if token is None:
            raise GenericServerError(
                f"The stored token of {partner.label} is damaged; the partner must register again."
            )
        return token

    def transport(self, partner: PartnerRecord) -> Transport:
        """Return what a partner demands of connections.

        Raises:
            GenericServerError: What is stored is damaged, or a file in it cannot be used any more.
        """
        return self.open_transport(partner.id, partner.sealed_transport)

    def open_transport(self, partner_id: str, sealed: bytes | None) -> Transport:
        """Return what is sealed about a partner; see :meth:`transport`."""
        if sealed is None:
            return Transport()
        try:
            return Transport(**msgspec.json.decode(self._vault.open(sealed)))
        except (VaultError, ValueError, TypeError) as error:
            raise GenericServerError(
                f"The transport settings of partner {partner_id} cannot be used: {error}",
                hint=f"Set them again with 'ocpi partners transport {partner_id}'.",
            ) from error

    def _opened(self, partner: PartnerRecord, sealed: bytes) -> str | None:
        try:
            return self._vault.open(sealed)
        except VaultError as error:
            log.warning(
                "The token for %s (%s) cannot be read: %s", partner.label, partner.id, error
            )
            return None


def _is_known(record: PartnerRecord | None, revision: int) -> bool:
    return record is not None and record.revision == revision
