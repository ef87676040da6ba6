"""The statements on partners, as functions of a connection."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, TypeVar

import msgspec
from sqlalchemy import Connection, RowMapping, and_, bindparam, delete, insert, or_, select, update

from ocpi_runtime.client import Endpoint
from ocpi_runtime.types import PartyId
from ocpi_server._clock import from_micros
from ocpi_server.partners._records import PartnerRecord, PartnerRole, Status
from ocpi_server.store.database import Database
from ocpi_server.store.database.damage import number, report
from ocpi_server.store.database.prepared import Prepared
from ocpi_server.store.database.tables import parties, partners

__all__ = [
    "ENDED",
    "STATES",
    "PartnerChanges",
    "by_id",
    "by_party",
    "every",
    "is_open",
    "sealed_partners",
    "sealed_proposal",
    "sealed_tokens",
    "unfinished",
    "write_endpoints",
    "write_roles",
]

T = TypeVar("T")

ENDED: Final = {
    "status": Status.UNREGISTERED.value,
    "token_digest": None,
    "pending_digest": None,
    "previous_digest": None,
    "sealed_token": None,
    "sealed_pending": None,
    "sealed_transport": None,
    "expires": None,
    "allowed": "[]",
    "vouched": 0,
    "claimed": "[]",
    "blocked": None,
    "agreed": None,
    "endpoints": "[]",
}
"""The columns of a partner whose registration has ended."""

_BY_ID = select(partners).where(partners.c.id == bindparam("id"))
_BY_PARTY = (
    select(partners)
    .join(parties, parties.c.partner_id == partners.c.id)
    .where(
        parties.c.country_code == bindparam("country"),
        parties.c.party_id == bindparam("party"),
        parties.c.held == 1,
    )
)
_OPEN = Prepared(
    select(partners.c.id).where(partners.c.id == bindparam("id"), partners.c.blocked.is_(None))
)
_UNFINISHED = select(partners).where(
    or_(
        and_(partners.c.status == Status.INVITED.value, partners.c.expires <= bindparam("now")),
        and_(partners.c.status == Status.CONNECTING.value, partners.c.updated < bindparam("since")),
    )
)
_SECRETS = (partners.c.sealed_token, partners.c.sealed_pending, partners.c.sealed_transport)
_SEALED = select(partners.c.id, *_SECRETS).where(or_(*(each.is_not(None) for each in _SECRETS)))
_EVERY = select(partners).order_by(partners.c.created, partners.c.id)
STATES: Final = Prepared(
    select(partners.c.id, partners.c.revision).order_by(partners.c.created, partners.c.id)
)
"""Selects what changes with each change of a partner."""


def by_id(connection: Connection, partner_id: str) -> PartnerRecord | None:
    """Look a partner up by our key for it."""
    row = connection.execute(_BY_ID, {"id": partner_id}).mappings().first()
    return None if row is None else _record(row)


def is_open(connection: Connection, partner_id: str) -> bool:
    """Return whether a partner is there and not blocked."""
    return _OPEN.first(connection, {"id": partner_id}) is not None


def by_party(connection: Connection, party: PartyId) -> list[PartnerRecord]:
    """Look up who speaks for a party; they are two where a company registered both its roles."""
    values = {"country": party.country_code, "party": party.party_id}
    return [_record(row) for row in connection.execute(_BY_PARTY, values).mappings()]


def every(connection: Connection) -> list[PartnerRecord]:
    """List all partners, oldest first."""
    return [_record(row) for row in connection.execute(_EVERY).mappings()]


def unfinished(connection: Connection, now: int, since: int) -> list[PartnerRecord]:
    """List invitations that have expired, and registrations of ours that began long ago.

    Args:
        connection: Within a transaction.
        now: The present instant.
        since: Registrations that were changed before are listed.
    """
    values = {"now": now, "since": since}
    return [_record(row) for row in connection.execute(_UNFINISHED, values).mappings()]


def sealed_tokens(connection: Connection) -> list[bytes]:
    """List the secrets about partners, tokens of proposals without answer too, as sealed."""
    sealed = (row[1:] for row in connection.execute(_SEALED))
    return [secret for each in sealed for secret in each if secret is not None]


def sealed_partners(connection: Connection) -> frozenset[str]:
    """List the partners about which a secret is sealed."""
    return frozenset(row.id for row in connection.execute(_SEALED))


class PartnerChanges:
    """Changes partners, and records that in the same transaction.

    Attributes:
        recorder: Called with ``changed`` or ``removed`` and our key for the partner; None: nobody
            wants to know.
        count: How many changes of this process have been committed.
    """

    def __init__(self) -> None:
        self.recorder: Callable[[Connection, str, str], None] | None = None
        self.count = 0

    async def commit(self, database: Database, work: Callable[[Connection], T]) -> T:
        """Carry out a transaction that changes a partner, and count it afterwards."""
        try:
            return await database.write(work)
        finally:
            self.count += 1

    def add(self, connection: Connection, values: dict[str, Any]) -> None:
        """Insert a partner."""
        connection.execute(insert(partners), {"endpoints": "[]", "roles": "[]", **values})
        self._record(connection, "changed", values["id"])

    def change(
        self,
        connection: Connection,
        known: PartnerRecord,
        values: dict[str, Any],
        used: str | None = None,
    ) -> bool:
        """Change a partner if it is still as it was read; false where somebody was faster.

        Args:
            connection: Within a transaction that writes.
            known: The partner.
            values: What its columns become.
            used: The digest of a token that the change is asked for with, which must still be
                valid.
        """
        statement = update(partners).where(
            partners.c.id == known.id, partners.c.revision == known.revision
        )
        if used is not None:
            valid = (partners.c.token_digest, partners.c.pending_digest, partners.c.previous_digest)
            statement = statement.where(or_(*(column == used for column in valid)))
        done = (
            connection.execute(statement, {"revision": known.revision + 1, **values}).rowcount > 0
        )
        if done:
            self._record(connection, "changed", known.id)
        return done

    def undo(self, connection: Connection, known: PartnerRecord, now: int) -> bool:
        """Undo what began a registration, if the partner is still as it was read.

        A partner that was registered before goes back to that state; another one is deleted.

        Returns:
            Whether that was done.
        """
        if known.version is not None:
            return self.change(connection, known, {**ENDED, "updated": now})
        same = (partners.c.id == known.id, partners.c.revision == known.revision)
        done = connection.execute(delete(partners).where(*same)).rowcount > 0
        if done:
            self._record(connection, "removed", known.id)
        return done

    def _record(self, connection: Connection, what: str, partner_id: str) -> None:
        if self.recorder is not None:
            self.recorder(connection, what, partner_id)


def sealed_proposal(connection: Connection, partner_id: str) -> bytes | None:
    """Return the token of the last proposal whose answer did not come, sealed."""
    statement = select(partners.c.sealed_pending).where(partners.c.id == partner_id)
    return connection.execute(statement).scalar()


def write_endpoints(endpoints: Iterable[Endpoint]) -> str:
    """Write endpoints for their column."""
    return msgspec.json.encode(list(endpoints)).decode()


def write_roles(roles: Iterable[PartnerRole]) -> str:
    """Write roles for their column."""
    return msgspec.json.encode(list(roles)).decode()


def _record(values: RowMapping) -> PartnerRecord:
    """Read a row; what is damaged in it is empty, reported, and keeps the partner from acting."""
    coding = values["token_base64"]
    read = _Reader(values)
    record = PartnerRecord(
        id=values["id"],
        name=values["name"],
        status=read.status(),
        revision=number(values["revision"]),
        versions_url=values["versions_url"],
        version=values["version"],
        endpoints=read.array("endpoints", Endpoint),
        roles=read.array("roles", PartnerRole),
        token_base64=None if coding is None else bool(coding),
        sealed_token=values["sealed_token"],
        own_role=values["own_role"],
        linked_partner_id=values["linked_partner_id"],
        claimed=read.array("claimed", PartnerRole),
        allowed=read.array("allowed", PartnerRole),
        vouched=values["vouched"] == 1,
        blocked=read.instant("blocked"),
        expires=read.instant("expires"),
        sealed_transport=values["sealed_transport"],
        dialect=values["dialect"],
    )
    if read.damaged:
        report("partners", record.id, f"{record.label}: {', '.join(read.damaged)}")
    return replace(record, damaged=tuple(read.damaged))


class _Reader:
    """Reads columns, and notes which are damaged."""

    def __init__(self, values: RowMapping) -> None:
        self._values = values
        self.damaged: list[str] = []

    def status(self) -> Status:
        try:
            return Status(self._values["status"])
        except ValueError:
            self.damaged.append("status")
            return Status.UNREGISTERED

    def array(self, name: str, kind: type[T]) -> tuple[T, ...]:
        try:
            return msgspec.json.decode(self._values[name], type=tuple[kind, ...])  # type: ignore[valid-type]
        except (msgspec.DecodeError, TypeError, UnicodeError):
            self.damaged.append(name)
            return ()

    def instant(self, name: str) -> datetime | None:
        """Read an instant; one that is damaged is long ago, so that it is over."""
        value = self._values[name]
        if value is None:
            return None
        with suppress(TypeError, OverflowError):
            return from_micros(value)
        self.damaged.append(name)
        return from_micros(0)
