"""Objects whose party is given to another registration, as functions of a connection.

What partners delivered belongs to their registration and stays where it is. What this platform
made for a party names that party only: it is set aside when the party is released.
"""

from sqlalchemy import Connection, bindparam, exists, insert, select, update

from ocpi_runtime.types import PartyId
from ocpi_server.store._moves import ListName
from ocpi_server.store._records import OWN, audience_of, party_of, set_aside_for
from ocpi_server.store.database.damage import number
from ocpi_server.store.database.tables import listings, objects, partners

__all__ = ["join_holders", "set_aside", "take_back"]

_OF_LIST = tuple(listings.c[name] == bindparam(f"of_{name}") for name in ListName._fields)
_SAME = ("module", "country_code", "party_id", "uid", "variant")


def set_aside(connection: Connection, party: PartyId, holder: str) -> None:
    """Keep our objects for a party from whoever gets the party next.

    Args:
        connection: Within a transaction that writes.
        party: A party that nobody speaks for.
        holder: The registration that had it.
    """
    _relabel(connection, audience_of(party), set_aside_for(party, holder))


def take_back(connection: Connection, holder: str, wanted: frozenset[PartyId]) -> None:
    """Show a registration what was set aside for it, of parties that it has again."""
    there = select(listings.c.audience).where(
        listings.c.source == OWN,
        listings.c.total > 0,
        listings.c.audience.endswith(set_aside_for(PartyId("", ""), holder)[1:], autoescape=True),
    )
    for audience in set(connection.execute(there).scalars()):
        if party_of(audience) in wanted:
            _relabel(connection, audience, audience_of(party_of(audience)))


def join_holders(connection: Connection, joined: str, holder: str) -> None:
    """Share the objects of a company among a registration and its linked ones.

    Where both have an object of one id, that of the company counts.
    """
    linked_partner_id = update(partners).where(partners.c.linked_partner_id == joined)
    connection.execute(
        linked_partner_id.values(linked_partner_id=holder, revision=partners.c.revision + 1)
    )
    theirs = objects.alias()
    same = exists().where(
        theirs.c.holder == holder, *(theirs.c[name] == objects.c[name] for name in _SAME)
    )
    connection.execute(
        update(objects).where(objects.c.holder == joined, ~same).values(holder=holder)
    )
    reserved = (objects.c.module == "reservations", objects.c.variant == joined)
    connection.execute(update(objects).where(*reserved).values(variant=holder))


def _relabel(connection: Connection, before: str, after: str) -> None:
    """Change the audience of our objects, and count them there."""
    rows = select(listings).where(
        listings.c.source == OWN, listings.c.audience == before, listings.c.total > 0
    )
    for row in connection.execute(rows).mappings().all():
        name = ListName(*(row[field] for field in ListName._fields))
        connection.execute(
            update(objects)
            .where(*(objects.c[field] == value for field, value in name._asdict().items()))
            .values(audience=after)
        )
        total, size = number(row["total"]), number(row["bytes"])
        _count(connection, name, -total, -size)
        _count(connection, name._replace(audience=after), total, size)


def _count(connection: Connection, name: ListName, total: int, size: int) -> None:
    # One change without moves: what processes remember of the list is no longer of use.
    more = {"total": total, "bytes": size, "changes": 1, "shifts": 1}
    done = connection.execute(
        update(listings)
        .where(*_OF_LIST)
        .values({field: listings.c[field] + value for field, value in more.items()}),
        {f"of_{field}": value for field, value in name._asdict().items()},
    )
    if not done.rowcount:
        connection.execute(insert(listings), {**name._asdict(), **more})
