"""The partners of the platform: who they are, and how far each registration has come."""

import logging
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

import msgspec
from sqlalchemy import Connection

from ocpi_runtime import token as tokens
from ocpi_runtime.errors import NotFound
from ocpi_runtime.transport import Transport
from ocpi_server._clock import to_micros
from ocpi_server.partners import _columns as columns
from ocpi_server.partners import _holdings as holdings
from ocpi_server.partners import rows
from ocpi_server.partners._claims import RoleDecision, decide_roles
from ocpi_server.partners._errors import ConcurrentChange, PartiesTaken, WrongState
from ocpi_server.partners._lookup import PartnerLookup
from ocpi_server.partners._records import (
    InvitationTerms,
    KnownPartner,
    PartnerRecord,
    PartnerRole,
    Status,
)
from ocpi_server.store import handover
from ocpi_server.store.outbox import Recipient, close_lane, open_lane

__all__ = ["PartnerDirectory"]

log = logging.getLogger("ocpi_server.partners")


class PartnerDirectory(PartnerLookup):
    """Finds partners and moves them through their registration."""

    async def invite(
        self,
        name: str,
        *,
        partner_id: str | None = None,
        linked_partner_id: str | None = None,
        roles: Sequence[PartnerRole] = (),
        vouched: bool = True,
        lifetime: timedelta | None = None,
    ) -> tuple[str, str]:
        """Invite a partner to register.

        Args:
            name: What an operator calls it.
            partner_id: A partner that was unregistered, to be invited again.
            linked_partner_id: A partner that is the same company in its other role, so that both
                may speak for one party (2.1.1 and 2.0).
            roles: The roles that the invitation is for; others are refused.
            vouched: Whether the roles that it registers with are approved, where none are named.
            lifetime: How long the token works; without end when None.

        Returns:
            Our key for the partner, and token A to be given to it in a safe way. The token works
            once and opens versions and credentials only.

        Raises:
            NotFound: There is no such partner, or none to be linked to.
            WrongState: The partner is registered.
        """
        token = tokens.new_token()
        expires = None if lifetime is None else to_micros(self._clock() + lifetime)
        begun = columns.begun(name, Status.INVITED, token, roles, vouched=vouched, expires=expires)
        partner_id = await self._begin(begun, partner_id, linked_partner_id)
        log.info("%s (%s) is invited", name, partner_id)
        return partner_id, token

    async def add_source(self, name: str, partner_id: str | None = None) -> str:
        """Add somebody whose objects are read and who is not registered, such as open data.

        Args:
            name: What an operator calls it.
            partner_id: Our key for it; whoever has it already stays as it is.

        Returns:
            Our key for it. It may be invited later; its objects are then those of the partner.
        """
        key = await self._create({"name": name, "status": Status.UNREGISTERED.value}, partner_id)
        log.info("%s (%s) is a source without registration", name, key)
        return key

    async def set_transport(self, partner_id: str, transport: Transport) -> None:
        """Store what a partner demands of connections, sealed, for the next calls.

        Raises:
            NotFound: There is no such partner.
        """
        await self._alter(partner_id, {"sealed_transport": self._sealed(transport)})
        log.info("The transport settings of %s are changed", partner_id)

    def _sealed(self, transport: Transport) -> bytes | None:
        data = transport.as_data()
        return self._vault.seal(msgspec.json.encode(data).decode()) if data else None

    async def begin(
        self,
        name: str,
        token: str,
        *,
        partner_id: str | None = None,
        linked_partner_id: str | None = None,
        roles: Sequence[PartnerRole] = (),
        transport: Transport | None = None,
    ) -> PartnerRecord:
        """Note a partner that this platform is about to register at.

        Args:
            name: What an operator calls it.
            token: Token B; until :meth:`agree` it opens versions and credentials only.
            partner_id: A partner whose registration has ended, to be registered again.
            linked_partner_id: As in :meth:`invite`.
            roles: The roles that it is known for; others wait for approval.
            transport: What it demands of connections.

        Raises:
            NotFound: There is no such partner, or none to be linked to.
            WrongState: The partner is registered.
        """
        begun = columns.begun(name, Status.CONNECTING, token, roles, vouched=True, expires=None)
        begun["sealed_transport"] = None if transport is None else self._sealed(transport)
        partner_id = await self._begin(begun, partner_id, linked_partner_id)
        return await self._must_get(partner_id)

    async def _begin(
        self, begun: dict[str, Any], partner_id: str | None, linked_partner_id: str | None
    ) -> str:
        """Begin a registration: of a new partner, or of one whose registration has ended."""
        begun |= await self._linked(linked_partner_id, partner_id)
        if partner_id is None:
            return await self._create(begun)
        await self._alter(partner_id, begun, _must_be_free)
        return partner_id

    async def _linked(self, linked_id: str | None, partner_id: str | None) -> dict[str, str]:
        if linked_id is None:
            return {}
        known = await self.get(linked_id)
        if known is None:
            raise NotFound(f"Partner {linked_id} not found.")
        return {} if known.company == partner_id else {"linked_partner_id": known.company}

    async def ended_at(self, versions_url: str) -> PartnerRecord | None:
        """Look up the registration with a versions URL that has ended last."""
        ended = [
            each
            for each in await self.every()
            if each.status is Status.UNREGISTERED and each.versions_url == versions_url
        ]
        return ended[-1] if ended else None

    async def propose(self, partner: PartnerRecord) -> tuple[PartnerRecord, str]:
        """Accept a second token of a registered partner, until both sides agree on it.

        Returns:
            The record as it is now, and the token: that of the last proposal, if the partner may
            have accepted it without us knowing.
        """
        sealed = await self._database.read(lambda link: rows.sealed_proposal(link, partner.id))
        token = None if sealed is None else self._opened(partner, sealed)
        if token is None:
            token, sealed = tokens.new_token(), None
        values = {
            "pending_digest": tokens.digest(token),
            "sealed_pending": sealed or self._vault.seal(token),
            "proposed": to_micros(self._clock()),
        }
        await self._alter(partner.id, values)
        return await self._must_get(partner.id), token

    async def agree(
        self, partner: PartnerRecord, terms: InvitationTerms, *, asked: KnownPartner | None = None
    ) -> PartnerRecord:
        """Put the terms of a registration into force, in one step.

        Args:
            partner: The partner, as it was read.
            terms: What was agreed on.
            asked: The partner as it authenticated itself, where it began the exchange. The token
                that it sent stays valid until the new one is used, in case our answer is lost.

        Raises:
            ConcurrentChange: The record is no longer as it was read.
            PartiesTaken: Somebody else speaks, or spoke once, for one of the parties.
            RolesRefused: The invitation is not for some of the roles.
        """
        own = [role.party for role in terms.roles if role.party in self._own]
        if own:
            raise PartiesTaken(own)
        first = partner.status is not Status.REGISTERED or (asked is not None and asked.invited)
        now = to_micros(self._clock())
        decision = decide_roles(partner, terms.roles, first=first)
        values = {
            **columns.agreed(terms, decision, self._vault.seal(terms.token_there)),
            **columns.replaced(partner, asked),
            "updated": now,
            "agreed": now,
        }
        used = None if asked is None else tokens.digest(asked.token)

        def work(link: Connection) -> None:
            claimed = [role.party for role in terms.roles]
            taken = holdings.taken_parties(link, partner, claimed, terms.own_role)
            if taken:
                raise PartiesTaken(taken)
            if not self.changes.change(link, partner, values, used):
                raise ConcurrentChange(partner.label)
            granted = dict.fromkeys(role.party for role in decision.granted)
            holdings.take_parties(link, partner, granted, terms.own_role)
            open_lane(link, Recipient(partner.id, self._full_push))

        await self._database.write(work)
        _log_agreement(partner, terms.version, decision)
        return await self._must_get(partner.id)

    async def part(self, partner: PartnerRecord) -> None:
        """End a registration: the partner's tokens open nothing any more, ours is forgotten.

        Its parties and its objects stay reserved for it.

        Raises:
            ConcurrentChange: The record is no longer as it was read.
        """
        values = {**rows.ENDED, "updated": to_micros(self._clock())}

        def work(link: Connection) -> None:
            if not self.changes.change(link, partner, values):
                raise ConcurrentChange(partner.label)
            holdings.give_up_parties(link, partner)
            close_lane(link, partner.id)

        await self.changes.commit(self._database, work)
        log.info("The registration of %s (%s) has ended", partner.label, partner.id)

    async def forget(self, partner: PartnerRecord) -> None:
        """Undo :meth:`begin` or :meth:`invite`; a partner that has moved on stays as it is."""
        now = to_micros(self._clock())
        await self._database.write(lambda link: self.changes.undo(link, partner, now))

    async def _create(self, values: dict[str, Any], partner_id: str | None = None) -> str:
        key = partner_id or str(uuid4())
        now = to_micros(self._clock())
        fixed = {"id": key, "revision": 1, "created": now, "updated": now}

        def work(link: Connection) -> None:
            if partner_id is None or rows.by_id(link, partner_id) is None:
                self.changes.add(link, {**fixed, **values})

        await self._database.write(work)
        return key

    async def _alter(
        self,
        partner_id: str,
        values: dict[str, Any],
        check: Callable[[PartnerRecord], None] = lambda _: None,
    ) -> None:
        stamped = {"updated": to_micros(self._clock()), **values}

        def work(link: Connection) -> None:
            known = rows.by_id(link, partner_id)
            if known is None:
                raise NotFound(f"Partner {partner_id} not found.")
            check(known)
            if not self.changes.change(link, known, stamped):
                raise ConcurrentChange(partner_id)
            if values.get("linked_partner_id", known.linked_partner_id) != known.linked_partner_id:
                handover.join_holders(link, known.company, values["linked_partner_id"])

        await self._database.write(work)

    async def _must_get(self, partner_id: str) -> PartnerRecord:
        found = await self.get(partner_id)
        if found is None:
            raise ConcurrentChange(partner_id)
        return found


def _must_be_free(partner: PartnerRecord) -> None:
    if partner.status is Status.REGISTERED:
        raise WrongState(
            f"{partner.label} ({partner.id}) is already registered; end its registration before it "
            f"is registered again: ocpi partners end {partner.id}"
        )


def _log_agreement(partner: PartnerRecord, version: str, decision: RoleDecision) -> None:
    done = "renewed its registration" if partner.status is Status.REGISTERED else "is registered"
    log.info("%s (%s) %s for %s", partner.label, partner.id, done, version)
    if decision.waiting:
        waiting = ", ".join(map(str, decision.waiting))
        log.warning("%s (%s) claims %s: approve or reject it", partner.label, partner.id, waiting)
