"""The partners of the platform: who they are, and how far each registration has come."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import Connection

from ocpi_runtime import token as tokens
from ocpi_runtime.errors import GenericServerError, NotFound
from ocpi_runtime.parties import EMSP, PartyRole
from ocpi_runtime.types import PartyId
from ocpi_server.clock import Clock, to_micros, utc_now
from ocpi_server.partners import rows
from ocpi_server.partners.records import KnownPartner, PartnerRecord, Status, Terms
from ocpi_server.store.database import Database
from ocpi_server.vault import Vault

__all__ = ["Overtaken", "PartiesTaken", "PartnerDirectory"]

_REMEMBERED: Final = 1024


class PartiesTaken(Exception):
    """Another partner, or this platform, speaks for parties that a partner claims.

    Attributes:
        parties: The parties in question.
    """

    def __init__(self, parties: Sequence[PartyId]) -> None:
        super().__init__(", ".join(map(str, parties)))
        self.parties = tuple(parties)


class Overtaken(Exception):
    """The partner's record was changed by somebody else in the meantime."""


class PartnerDirectory:
    """Finds partners and moves them through their registration.

    Args:
        database: Where they are kept.
        vault: Seals the tokens that we use at them.
        own_parties: The platform's own parties; no partner may claim them.
        clock: Tells the present instant.
    """

    def __init__(
        self,
        database: Database,
        vault: Vault,
        own_parties: frozenset[PartyId],
        clock: Clock = utc_now,
    ) -> None:
        self._database = database
        self._vault = vault
        self._own = own_parties
        self._clock = clock
        self._known: dict[str, KnownPartner] = {}

    async def authenticate(self, candidates: Sequence[str]) -> KnownPartner | None:
        """Find who sent one of the tokens that an Authorization header may stand for.

        The database is asked each time, so that a token that another process took back is
        refused at once.
        """
        for candidate in candidates:
            known = await self._known_by(candidate)
            if known is not None:
                return replace(known, token=candidate)
        return None

    async def _known_by(self, token: str) -> KnownPartner | None:
        digest = tokens.digest(token)
        found = await self._database.read(lambda link: rows.by_digest(link, digest))
        if found is None:
            self._known.pop(digest, None)
            return None
        partner_id, revision, full = found
        known = self._known.get(digest)
        if known is None or (known.id, known.record.revision) != (partner_id, revision):
            record = await self._must_get(partner_id)
            whole = full is not None and tokens.matches(token, full)
            known = _partner(record, whole=whole)
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[digest] = known
        return known

    async def get(self, partner_id: str) -> PartnerRecord | None:
        """Look a partner up by our key for it."""
        return await self._database.read(lambda link: rows.by_id(link, partner_id))

    async def every(self) -> list[PartnerRecord]:
        """List all partners, oldest first."""
        return await self._database.read(rows.every)

    async def registered(self) -> list[PartnerRecord]:
        """List the partners that messages can be exchanged with."""
        return [each for each in await self.every() if each.status is Status.REGISTERED]

    async def of_party(self, party: PartyId, role: PartyRole = EMSP) -> PartnerRecord | None:
        """Look up who speaks for a party.

        Args:
            party: The party.
            role: In which role, where a company registered the party once per role.
        """
        found = await self._database.read(lambda link: rows.by_party(link, party))
        return min(found, key=lambda each: not each.plays(role), default=None)

    def open_token(self, partner: PartnerRecord) -> str:
        """Give the token that we use at a partner.

        Raises:
            GenericServerError: There is no registration.
        """
        if partner.sealed_token is None:
            raise GenericServerError(f"There is no registration with {partner.name}.")
        return self._vault.open(partner.sealed_token)

    async def invite(
        self, name: str, *, partner_id: str | None = None, beside: str | None = None
    ) -> tuple[str, str]:
        """Let a partner register here.

        Args:
            name: What an operator calls it.
            partner_id: A partner that was unregistered, to be invited again.
            beside: A partner that is the same company in its other role, so that both may speak
                for one party (2.1.1 and 2.0).

        Returns:
            Our key for the partner, and token A to be given to it in a safe way. The token works
            once and opens versions and credentials only.

        Raises:
            NotFound: There is no partner to be beside.
        """
        token = tokens.new_token()
        pending = {
            "status": Status.INVITED.value,
            "pending_digest": tokens.digest(token),
            **await self._beside(beside, partner_id),
        }
        if partner_id is None:
            return await self._create(name, pending), token
        await self._alter(partner_id, {"name": name, **pending})
        return partner_id, token

    async def begin(self, name: str, token: str, *, beside: str | None = None) -> PartnerRecord:
        """Note a partner that this platform is about to register at.

        Args:
            name: What an operator calls it.
            token: Token B; until :meth:`agree` it opens versions and credentials only.
            beside: As in :meth:`invite`.

        Raises:
            NotFound: There is no partner to be beside.
        """
        pending = {
            "status": Status.CONNECTING.value,
            "pending_digest": tokens.digest(token),
            **await self._beside(beside),
        }
        return await self._must_get(await self._create(name, pending))

    async def _beside(self, beside: str | None, partner_id: str | None = None) -> dict[str, str]:
        if beside is None:
            return {}
        known = await self.get(beside)
        if known is None:
            raise NotFound(f"There is no partner {beside}.")
        return {} if known.company == partner_id else {"beside": known.company}

    async def propose(self, partner: PartnerRecord, token: str | None) -> PartnerRecord:
        """Let a partner use a second token at versions and credentials; None takes it back."""
        digest = None if token is None else tokens.digest(token)
        await self._alter(partner.id, {"pending_digest": digest})
        return await self._must_get(partner.id)

    async def agree(self, partner: PartnerRecord, terms: Terms) -> PartnerRecord:
        """Put the terms of a registration into force, in one step.

        Raises:
            Overtaken: The record is no longer as it was read.
            PartiesTaken: Somebody else speaks for one of the parties.
        """
        claimed = list(dict.fromkeys(role.party for role in terms.roles))
        own = [party for party in claimed if party in self._own]
        if own:
            raise PartiesTaken(own)
        values = self._values(terms)

        def work(link: Connection) -> None:
            taken = rows.take_parties(link, partner, claimed, terms.met_as)
            if taken:
                raise PartiesTaken(taken)
            if not rows.change(link, partner, values):
                raise Overtaken(partner.name)

        await self._database.write(work)
        return await self._must_get(partner.id)

    def _values(self, terms: Terms) -> dict[str, Any]:
        return {
            "status": Status.REGISTERED.value,
            "pending_digest": None,
            "token_digest": tokens.digest(terms.token_here),
            "sealed_token": self._vault.seal(terms.token_there),
            "versions_url": terms.versions_url,
            "version": terms.version,
            "endpoints": rows.write_endpoints(terms.endpoints),
            "roles": rows.write_roles(terms.roles),
            "token_base64": None if terms.token_base64 is None else int(terms.token_base64),
            "met_as": terms.met_as,
            "updated": to_micros(self._clock()),
        }

    async def part(self, partner: PartnerRecord) -> None:
        """End a registration: the partner's tokens open nothing any more, ours is forgotten.

        Raises:
            Overtaken: The record is no longer as it was read.
        """
        values = {
            "status": Status.UNREGISTERED.value,
            "pending_digest": None,
            "token_digest": None,
            "sealed_token": None,
            "endpoints": "[]",
            "updated": to_micros(self._clock()),
        }

        def work(link: Connection) -> None:
            if not rows.change(link, partner, values):
                raise Overtaken(partner.name)
            rows.take_parties(link, partner, ())

        await self._database.write(work)

    async def forget(self, partner: PartnerRecord) -> None:
        """Remove a partner that nothing came of; one that has moved on stays."""
        await self._database.write(lambda link: rows.remove(link, partner))

    async def _create(self, name: str, values: dict[str, Any]) -> str:
        partner_id = str(uuid4())
        now = to_micros(self._clock())
        fixed = {"id": partner_id, "name": name, "revision": 1, "created": now, "updated": now}
        await self._database.write(lambda link: rows.add(link, {**fixed, **values}))
        return partner_id

    async def _alter(self, partner_id: str, values: dict[str, Any]) -> None:
        stamped = {"updated": to_micros(self._clock()), **values}

        def work(link: Connection) -> None:
            known = rows.by_id(link, partner_id)
            if known is None or not rows.change(link, known, stamped):
                raise Overtaken(partner_id)

        await self._database.write(work)

    async def _must_get(self, partner_id: str) -> PartnerRecord:
        found = await self.get(partner_id)
        if found is None:
            raise Overtaken(partner_id)
        return found


def _partner(record: PartnerRecord, *, whole: bool) -> KnownPartner:
    registering = not whole or record.status is not Status.REGISTERED
    parties = frozenset[PartyId]() if registering else record.parties
    met_as = None if registering else record.met_as
    return KnownPartner(
        id=record.id, registering=registering, parties=parties, met_as=met_as, record=record
    )
