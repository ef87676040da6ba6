"""The statements on partners, as functions of a connection."""

from collections.abc import Iterable
from typing import Any

import msgspec
from sqlalchemy import Connection, RowMapping, bindparam, delete, insert, or_, select, update

from ocpi_runtime.client.endpoints import Endpoint
from ocpi_runtime.parties import PartyRole
from ocpi_runtime.types import PartyId
from ocpi_server.partners.records import PartnerRecord, PartnerRole, Status
from ocpi_server.store.tables import parties, partners

__all__ = [
    "add",
    "by_digest",
    "by_id",
    "by_party",
    "change",
    "every",
    "remove",
    "take_parties",
    "write_endpoints",
    "write_roles",
]

_BY_ID = select(partners).where(partners.c.id == bindparam("id"))
_BY_DIGEST = select(partners.c.id, partners.c.revision, partners.c.token_digest).where(
    or_(
        partners.c.token_digest == bindparam("digest"),
        partners.c.pending_digest == bindparam("digest"),
    )
)
_BY_PARTY = (
    select(partners)
    .join(parties, parties.c.partner_id == partners.c.id)
    .where(parties.c.country_code == bindparam("country"), parties.c.party_id == bindparam("party"))
)
_OTHER_HOLDERS = _BY_PARTY.where(partners.c.id != bindparam("me"))
_EVERY = select(partners).order_by(partners.c.created, partners.c.id)


def by_id(connection: Connection, partner_id: str) -> PartnerRecord | None:
    """Look a partner up by our key for it."""
    row = connection.execute(_BY_ID, {"id": partner_id}).mappings().first()
    return None if row is None else _record(row)


def by_digest(connection: Connection, digest: str) -> tuple[str, int, str | None] | None:
    """Find whose token has a digest.

    Returns:
        Key and revision of the partner, and the digest of its full token, if it has one.
    """
    row = connection.execute(_BY_DIGEST, {"digest": digest}).first()
    return None if row is None else (row[0], row[1], row[2])


def by_party(connection: Connection, party: PartyId) -> list[PartnerRecord]:
    """Look up who speaks for a party; they are two where a company registered both its roles."""
    values = {"country": party.country_code, "party": party.party_id}
    return [_record(row) for row in connection.execute(_BY_PARTY, values).mappings()]


def every(connection: Connection) -> list[PartnerRecord]:
    """List all partners, oldest first."""
    return [_record(row) for row in connection.execute(_EVERY).mappings()]


def add(connection: Connection, values: dict[str, Any]) -> None:
    """Insert a partner."""
    connection.execute(insert(partners), {"endpoints": "[]", "roles": "[]", **values})


def change(connection: Connection, known: PartnerRecord, values: dict[str, Any]) -> bool:
    """Change a partner if it is still as it was read; false where somebody was faster."""
    statement = update(partners).where(
        partners.c.id == known.id, partners.c.revision == known.revision
    )
    done = connection.execute(statement, {"revision": known.revision + 1, **values})
    return done.rowcount > 0


def remove(connection: Connection, known: PartnerRecord) -> None:
    """Delete a partner if it is still as it was read."""
    connection.execute(
        delete(partners).where(partners.c.id == known.id, partners.c.revision == known.revision)
    )


def take_parties(
    connection: Connection,
    known: PartnerRecord,
    wanted: Iterable[PartyId],
    met_as: PartyRole | None = None,
) -> list[PartyId]:
    """Make a partner the voice of parties, and of no others.

    Args:
        connection: Within a transaction that writes.
        known: The partner.
        wanted: The parties.
        met_as: Our role that it meets, if that is one only.

    Returns:
        The parties that another partner speaks for; if there is one, nothing was changed.
    """
    names = [{"country": country, "party": party} for country, party in wanted]
    taken = [
        PartyId(name["country"], name["party"])
        for name in names
        if not _may_share(connection, known, met_as, name)
    ]
    if taken:
        return taken
    connection.execute(delete(parties).where(parties.c.partner_id == known.id))
    seat = "" if known.beside is None else met_as or ""
    for name in names:
        values = {"country_code": name["country"], "party_id": name["party"], "seat": seat}
        connection.execute(insert(parties), {**values, "partner_id": known.id})
    return []


def _may_share(
    connection: Connection, known: PartnerRecord, met_as: PartyRole | None, name: dict[str, str]
) -> bool:
    """Tell whether everybody else who speaks for a party is the same company in its other role.

    Who meets one role only sees nothing of what the other role keeps and is told, so that two
    registrations of a party are as apart from each other as those of two parties.
    """
    others = connection.execute(_OTHER_HOLDERS, {**name, "me": known.id}).mappings().all()
    return all(
        met_as is not None and other.met_as not in {None, met_as} and other.company == known.company
        for other in map(_record, others)
    )


def write_endpoints(endpoints: Iterable[Endpoint]) -> str:
    """Write endpoints for their column."""
    return msgspec.json.encode(list(endpoints)).decode()


def write_roles(roles: Iterable[PartnerRole]) -> str:
    """Write roles for their column."""
    return msgspec.json.encode(list(roles)).decode()


def _record(values: RowMapping) -> PartnerRecord:
    coding = values["token_base64"]
    return PartnerRecord(
        id=values["id"],
        name=values["name"],
        status=Status(values["status"]),
        revision=values["revision"],
        versions_url=values["versions_url"],
        version=values["version"],
        endpoints=msgspec.json.decode(values["endpoints"], type=tuple[Endpoint, ...]),
        roles=msgspec.json.decode(values["roles"], type=tuple[PartnerRole, ...]),
        token_base64=None if coding is None else bool(coding),
        sealed_token=values["sealed_token"],
        met_as=values["met_as"],
        beside=values["beside"],
    )
