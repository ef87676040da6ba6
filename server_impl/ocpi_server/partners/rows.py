"""The statements on partners, as functions of a connection."""

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

from sqlalchemy import (
    Connection,
    Select,
    and_,
    bindparam,
    delete,
    insert,
    or_,
    select,
    update,
)

from ocpi_runtime.types import PartyId
from ocpi_server.partners._columns import read_record
from ocpi_server.partners._records import PartnerRecord, Status
from ocpi_server.store.database import Database
from ocpi_server.store.database.prepared import Prepared
from ocpi_server.store.database.tables import parties, partners

__all__ = [
    "ENDED",
    "STATES",
    "PartnerChanges",
    "by_id",
    "by_ids",
    "by_party",
    "every",
    "is_open",
    "named",
    "sealed_partners",
    "sealed_proposal",
    "sealed_tokens",
    "unfinished",
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
_NAMED = _EVERY.where(or_(partners.c.id == bindparam("id"), partners.c.name == bindparam("name")))
_BY_IDS = select(partners).where(partners.c.id.in_(bindparam("ids", expanding=True)))
_CHUNK: Final = 500
"""Partners in one statement: databases bound the parameters of a statement."""
STATES: Final = Prepared(
    select(partners.c.id, partners.c.revision).order_by(partners.c.created, partners.c.id)
)
"""Selects what changes with each change of a partner."""


def by_id(connection: Connection, partner_id: str) -> PartnerRecord | None:
    """Look a partner up by our key for it."""
    row = connection.execute(_BY_ID, {"id": partner_id}).mappings().first()
    return None if row is None else read_record(row)


def is_open(connection: Connection, partner_id: str) -> bool:
    """Return whether a partner is there and not blocked."""
    return _OPEN.first(connection, {"id": partner_id}) is not None


def by_party(connection: Connection, party: PartyId) -> list[PartnerRecord]:
    """Look up who speaks for a party; they are two where a company registered both its roles."""
    values = {"country": party.country_code, "party": party.party_id}
    return _records(connection, _BY_PARTY, values)


def by_ids(connection: Connection, partner_ids: Sequence[str]) -> list[PartnerRecord]:
    """List those of some partners that are there, in no order."""
    return [
        record
        for first in range(0, len(partner_ids), _CHUNK)
        for record in _records(connection, _BY_IDS, {"ids": partner_ids[first : first + _CHUNK]})
    ]


def every(connection: Connection) -> list[PartnerRecord]:
    """List all partners, oldest first."""
    return _records(connection, _EVERY, {})


def named(connection: Connection, name: str) -> list[PartnerRecord]:
    """List the partners with a key or a name, oldest first."""
    return _records(connection, _NAMED, {"id": name, "name": name})


def unfinished(connection: Connection, now: int, since: int) -> list[PartnerRecord]:
    """List invitations that have expired, and registrations of ours that began long ago.

    Args:
        connection: Within a transaction.
        now: The present instant.
        since: Registrations that were changed before are listed.
    """
    values = {"now": now, "since": since}
    return _records(connection, _UNFINISHED, values)


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


def _records(
    connection: Connection, statement: Select[Any], values: dict[str, Any]
) -> list[PartnerRecord]:
    return [read_record(row) for row in connection.execute(statement, values).mappings()]
