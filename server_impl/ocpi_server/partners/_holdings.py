"""The statements on parties: which partner speaks for one, or spoke for it once."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    Connection,
    Select,
    bindparam,
    delete,
    func,
    insert,
    select,
    tuple_,
    update,
)

from ocpi_runtime.parties import PartyRole
from ocpi_runtime.types import PartyId
from ocpi_server.partners._records import PartnerRecord
from ocpi_server.store import handover
from ocpi_server.store.database.tables import listings, parties, partners

__all__ = [
    "give_up_parties",
    "parties_behind",
    "release_party",
    "reserved_parties",
    "take_parties",
    "taken_parties",
]

_CHUNK: Final = 500
"""Parties in one statement: databases bound the parameters of a statement."""

_NAME = tuple_(parties.c.country_code, parties.c.party_id)
_MINE = select(parties.c.country_code, parties.c.party_id).where(
    parties.c.partner_id == bindparam("me")
)


def taken_parties(
    connection: Connection,
    known: PartnerRecord,
    wanted: Iterable[PartyId] | Select[str, str],
    own_role: PartyRole | None = None,
) -> list[PartyId]:
    """List the parties that a partner may not speak for, since another one does or did.

    Args:
        connection: Within a transaction.
        known: The partner.
        wanted: The parties that it claims, or what selects them.
        own_role: Our role that it meets, if that is one only.
    """
    return [
        holder.party
        for holder in _other_holders(connection, known, wanted)
        if not _may_share(holder, known, own_role)
    ]


def parties_behind(hub: PartnerRecord) -> Select[str, str]:
    """Return what selects the parties in the ClientInfos of a hub."""
    return select(listings.c.country_code, listings.c.party_id).where(
        listings.c.module == "hubclientinfo", listings.c.source == hub.id
    )


class _Holder(NamedTuple):
    """Another partner that speaks for a party, or spoke for it once."""

    party: PartyId
    own_role: PartyRole | None
    company: str
    held: bool


def _may_share(holder: _Holder, known: PartnerRecord, own_role: PartyRole | None) -> bool:
    """Return whether a holder is the same company, and leaves room for another registration.

    Who meets one role only sees nothing of what the other role keeps, so that two registrations
    are as apart from each other as those of two parties.
    """
    if holder.company != known.company:
        return False
    return not holder.held or (own_role is not None and holder.own_role not in {None, own_role})


def _other_holders(
    connection: Connection, known: PartnerRecord, wanted: Iterable[PartyId] | Select[str, str]
) -> Iterator[_Holder]:
    found = (
        select(
            parties.c.country_code,
            parties.c.party_id,
            parties.c.held,
            partners.c.id,
            partners.c.own_role,
            partners.c.linked_partner_id,
        )
        .join(partners, partners.c.id == parties.c.partner_id)
        .where(partners.c.id != known.id)
    )
    chunks = [wanted] if isinstance(wanted, Select) else _chunks(wanted)
    for chunk in chunks:
        rows = connection.execute(found.where(_NAME.in_(chunk)))
        for country, party, held, other, own_role, linked_partner_id in rows:
            yield _Holder(PartyId(country, party), own_role, linked_partner_id or other, bool(held))


def take_parties(
    connection: Connection,
    known: PartnerRecord,
    wanted: Collection[PartyId],
    own_role: PartyRole | None = None,
) -> None:
    """Make a partner the voice of parties; what it spoke for before stays reserved for it."""
    for chunk in _chunks(wanted):  # reserved for ended registrations of the same company
        connection.execute(delete(parties).where(parties.c.held == 0, _NAME.in_(chunk)))
    before = {PartyId(*row) for row in connection.execute(_MINE, {"me": known.id})}
    handover.take_back(connection, known.company, frozenset(wanted))
    connection.execute(delete(parties).where(parties.c.partner_id == known.id))
    seat = "" if known.linked_partner_id is None else own_role or ""
    held = [_row(party, known, seat, held=True) for party in dict.fromkeys(wanted)]
    kept = [_row(party, known, seat, held=False) for party in before.difference(wanted)]
    if held or kept:
        connection.execute(insert(parties), [*held, *kept])


def _row(party: PartyId, known: PartnerRecord, seat: str, *, held: bool) -> dict[str, Any]:
    return {
        "country_code": party.country_code,
        "party_id": party.party_id,
        "seat": seat,
        "partner_id": known.id,
        "held": int(held),
    }


def give_up_parties(connection: Connection, known: PartnerRecord) -> None:
    """Remove all parties of a partner; they stay reserved for it."""
    connection.execute(update(parties).where(parties.c.partner_id == known.id).values(held=0))


def reserved_parties(connection: Connection) -> dict[PartyId, list[str]]:
    """List the parties that nobody speaks for any more, with the partners that did."""
    found: dict[PartyId, list[str]] = {}
    rows = select(parties.c.country_code, parties.c.party_id, parties.c.partner_id).where(
        parties.c.held == 0
    )
    for country, party, partner_id in connection.execute(rows):
        found.setdefault(PartyId(country, party), []).append(partner_id)
    return found


def release_party(connection: Connection, party: PartyId) -> list[str]:
    """Release a party that nobody speaks for.

    Its objects stay with the partner that had it, and so do those that were made for it here.

    Returns:
        The partners that it was reserved for.
    """
    reserved = (_NAME.in_([party]), parties.c.held == 0)
    company = func.coalesce(partners.c.linked_partner_id, partners.c.id)
    known = (
        select(partners.c.id, company)
        .join(parties, parties.c.partner_id == partners.c.id)
        .where(*reserved)
    )
    found = {str(partner): str(holder) for partner, holder in connection.execute(known)}
    for holder in sorted(set(found.values())):
        handover.set_aside(connection, party, holder)
    connection.execute(delete(parties).where(*reserved))
    return list(found)


def _chunks(wanted: Iterable[PartyId]) -> Iterator[Sequence[PartyId]]:
    names = list(dict.fromkeys(wanted))
    for start in range(0, len(names), _CHUNK):
        yield names[start : start + _CHUNK]
