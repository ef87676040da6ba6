"""What an operator decides about partners: approvals, blocks, ends, and what is cleaned up."""

import logging
from collections.abc import Callable, Collection, Iterable
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Connection

from ocpi_runtime.dialect import Dialect
from ocpi_runtime.errors import NotFound
from ocpi_runtime.failures import did_you_mean
from ocpi_runtime.types import PartyId
from ocpi_server._clock import Clock, to_micros
from ocpi_server._versions import VERSIONS, editions_of
from ocpi_server.partners import _holdings as holdings
from ocpi_server.partners import rows
from ocpi_server.partners._columns import write_roles
from ocpi_server.partners._errors import PartiesTaken, PartnerNotFound, WrongState
from ocpi_server.partners._records import PartnerRecord, PartnerRole, Status
from ocpi_server.store.database import Database
from ocpi_server.store.outbox import resume_lane

__all__ = ["PartnerAdministration"]

log = logging.getLogger("ocpi_server.partners")

_ABANDONED: Final = timedelta(minutes=15)
"""A registration of ours that takes longer was left by a process that ended."""


class PartnerAdministration:
    """Changes partners at the word of an operator; in force at once in all processes.

    Args:
        database: Where partners are kept.
        clock: Returns the present instant.
        changes: Changes partners, and records that.
    """

    def __init__(self, database: Database, clock: Clock, changes: rows.PartnerChanges) -> None:
        self._database = database
        self.changes = changes
        self._clock = clock

    async def find(self, name: str) -> PartnerRecord:
        """Look a partner up by its key, or by what it is called; claimed parties do not count.

        Raises:
            PartnerNotFound: There is none.
            WrongState: Several have this name.
        """
        known = await self._database.read(lambda link: rows.named(link, name))
        found = [each for each in known if each.id == name] or known
        if not found:
            known = await self._database.read(rows.every)
            found = [each for each in known if each.label == name and each.roles]
        if not found:
            raise PartnerNotFound(f"Partner {name} not found.")
        if len(found) > 1:
            keys = ", ".join(each.id for each in found)
            raise WrongState(
                f"{len(found)} partners have the name {name}; use one of the keys {keys}."
            )
        return found[0]

    async def approve(
        self, partner_id: str, roles: Collection[PartnerRole] | None = None
    ) -> PartnerRecord:
        """Put roles that a partner claims into force.

        Args:
            partner_id: The partner.
            roles: Some of the roles that wait; all of them by default.

        Raises:
            NotFound: There is no such partner.
            WrongState: A role does not wait for approval.
            PartiesTaken: Another partner speaks for a party, or spoke for it once.
        """

        def work(link: Connection, known: PartnerRecord) -> dict[str, Any]:
            chosen = _chosen(known, roles)
            names = [role.party for role in chosen]
            taken = holdings.taken_parties(link, known, names, known.own_role)
            if taken:
                raise PartiesTaken(taken)
            granted = [*known.roles, *chosen]
            holdings.take_parties(link, known, {role.party for role in granted}, known.own_role)
            left = [role for role in known.claimed if role not in chosen]
            return {"roles": write_roles(granted), "claimed": write_roles(left)}

        before, after = await self._alter(partner_id, work)
        granted = [role for role in after.roles if role not in before.roles]
        log.info(
            "roles of %s (%s) approved: %s", after.label, after.id, ", ".join(map(str, granted))
        )
        return after

    async def reject(
        self, partner_id: str, roles: Collection[PartnerRole] | None = None
    ) -> PartnerRecord:
        """Refuse roles that a partner claims; what is in force stays.

        Raises:
            NotFound: There is no such partner.
            WrongState: A role does not wait for approval.
        """

        def work(_link: Connection, known: PartnerRecord) -> dict[str, Any]:
            chosen = _chosen(known, roles)
            left = [role for role in known.claimed if role not in chosen]
            return {"claimed": write_roles(left)}

        before, after = await self._alter(partner_id, work)
        refused = [role for role in before.claimed if role not in after.claimed]
        log.info(
            "roles of %s (%s) rejected: %s", after.label, after.id, ", ".join(map(str, refused))
        )
        return after

    async def set_blocked(self, partner_id: str, *, blocked: bool) -> PartnerRecord:
        """Refuse all requests of a partner and send it none; or let it go on as before.

        Args:
            partner_id: The partner.
            blocked: Whether it is blocked from now on.

        Raises:
            NotFound: There is no such partner.
        """
        since = to_micros(self._clock()) if blocked else None

        def work(link: Connection, known: PartnerRecord) -> dict[str, Any]:
            if not blocked:
                resume_lane(link, known.id)
            return {"blocked": since}

        _, after = await self._alter(partner_id, work)
        state = "blocked" if blocked else "no longer blocked"
        log.warning("%s (%s) is %s", after.label, after.id, state)
        return after

    async def withdraw(self, partner_id: str) -> None:
        """Take an invitation back: its token A opens nothing any more.

        Raises:
            NotFound: There is no such partner.
            WrongState: It is not invited.
        """

        def work(link: Connection) -> PartnerRecord:
            known = _must_get(link, partner_id)
            if known.status is not Status.INVITED:
                message = (
                    f"{known.label} is {known.status}, only an invited partner can be withdrawn."
                )
                raise WrongState(f"{message} Use 'ocpi partners end' to end a registration.")
            self.changes.undo(link, known, to_micros(self._clock()))
            return known

        known = await self._database.write(work)
        log.info("The invitation of %s (%s) is withdrawn", known.label, known.id)

    async def release(self, party: PartyId) -> list[str]:
        """Release a party that stays reserved for its former partner.

        Returns:
            The keys of the partners that it was reserved for.

        Raises:
            NotFound: The party is not reserved.
            WrongState: A partner speaks for it.
        """

        def work(link: Connection) -> list[str]:
            speaks = rows.by_party(link, party)
            if speaks:
                raise WrongState(
                    f"{party} is in use by {speaks[0].name} ({speaks[0].id}); end its registration "
                    "before releasing the party."
                )
            return holdings.release_party(link, party)

        released = await self._database.write(work)
        if not released:
            raise NotFound(f"{party} is not reserved for any partner.")
        log.info("%s is no longer reserved for %s", party, ", ".join(released))
        return released

    async def reserved(self) -> dict[PartyId, list[str]]:
        """List the parties that are reserved for partners which speak for them no longer."""
        return await self._database.read(holdings.reserved_parties)

    async def tidy(self) -> None:
        """Remove invitations that have expired and registrations that came to no end."""
        now = to_micros(self._clock())
        since = to_micros(self._clock() - _ABANDONED)
        found = await self._database.read(lambda link: rows.unfinished(link, now, since))
        if not found:
            return

        def work(link: Connection) -> list[PartnerRecord]:
            again = rows.unfinished(link, now, since)
            return [each for each in again if self.changes.undo(link, each, now)]

        for each in await self._database.write(work):
            what = "invitation" if each.status is Status.INVITED else "unfinished registration"
            log.info("The %s of %s (%s) has expired and is removed", what, each.label, each.id)

    async def set_dialect(self, partner_id: str, dialect: Dialect | None) -> PartnerRecord:
        """Store how what a partner sends is read; None: as the platform reads it.

        Raises:
            NotFound: There is no such partner.
            WrongState: The version of the partner has no edition that the dialect names, or a value
                of the dialect cannot be stored.
        """
        text = None if dialect is None else _text_of(dialect)

        def work(_: Connection, known: PartnerRecord) -> dict[str, Any]:
            _check_editions(known.version, () if dialect is None else dialect.edition)
            return {"dialect": text}

        _, after = await self._alter(partner_id, work)
        log.info("the dialect of %s (%s) is changed", after.label, after.id)
        return after

    async def _alter(
        self,
        partner_id: str,
        work: Callable[[Connection, PartnerRecord], dict[str, Any]],
    ) -> tuple[PartnerRecord, PartnerRecord]:
        """Change a partner in one transaction; return it as it was and as it is."""
        now = to_micros(self._clock())

        def change(link: Connection) -> tuple[PartnerRecord, PartnerRecord]:
            known = _must_get(link, partner_id)
            self.changes.change(link, known, {"updated": now, **work(link, known)})
            return known, _must_get(link, partner_id)

        return await self.changes.commit(self._database, change)


def _must_get(link: Connection, partner_id: str) -> PartnerRecord:
    known = rows.by_id(link, partner_id)
    if known is None:
        raise NotFound(f"Partner {partner_id} not found.")
    return known


def _chosen(known: PartnerRecord, roles: Collection[PartnerRole] | None) -> list[PartnerRole]:
    """Return those of the roles that wait which an operator decides about.

    Raises:
        WrongState: One does not wait.
    """
    waiting = {role.key: role for role in known.claimed}
    wanted = list(waiting) if roles is None else [role.key for role in roles]
    missing = [f"{party}:{role}" for party, role in wanted if (party, role) not in waiting]
    if missing or not wanted:
        what = ", ".join(missing) or "no role named"
        listed = ", ".join(map(str, known.claimed)) or "none"
        raise WrongState(
            f"{known.label}: not waiting for approval: {what}; waiting roles: {listed}."
        )
    return [waiting[key] for key in dict.fromkeys(wanted)]


def _text_of(dialect: Dialect) -> str:
    """Return a dialect as it is stored, and read with every request.

    Raises:
        WrongState: It has values that cannot be stored.
    """
    try:
        text = dialect.toml()
        Dialect.parse(text)
    except (TypeError, ValueError):
        raise WrongState(
            "A value of the dialect cannot be stored: use texts without emoji and control "
            "characters, numbers, true, false and lists of them."
        ) from None
    return text


def _check_editions(version: str | None, editions: Iterable[str]) -> None:
    """Refuse an edition that the version of a partner has not; before that is agreed on, any has.

    Raises:
        WrongState: There is no such edition.
    """
    versions = VERSIONS if version is None else (version,)
    known = [name for each in versions for name in editions_of(each)]
    for name in editions:
        if name not in known:
            where = f"OCPI {version}" if version else "OCPI"
            allowed = f"only {', '.join(known)}" if known else "none at all"
            near = did_you_mean(name, known) or "."
            raise WrongState(f"{where} has no edition {name!r}, {allowed}{near}")
