"""The tables of the outbox: what partners have not been sent yet, and who is sending it."""

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text

from ocpi_server.store.database.tables import metadata

__all__ = ["lanes", "notes"]

notes = Table(
    "notes",
    metadata,
    Column("module", String(32), primary_key=True),
    Column("country_code", String(2), primary_key=True),
    Column("party_id", String(3), primary_key=True),
    Column("uid", String(64), primary_key=True),
    Column("variant", String(64), primary_key=True),
    Column("partner", String(36), primary_key=True),
    Column("kind", String(8), nullable=False),
    Column("parts", Text),
    Column("removed", Text),
    Column("number", BigInteger, nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("due", BigInteger, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("refused", Integer, nullable=False),
    Column("error", Text),
)
"""What a partner must be sent: one row for an object of ours and a partner, however often the
object changes. It is written in the transaction of the change and deleted once it was sent.

``kind`` is ``state`` (the object as it is then), ``removal`` or ``cdr``. ``parts`` is a JSON object
of what has changed, null for the whole object. ``removed`` is a JSON object of the ids of an object
that is gone, as it wrote them. ``number`` is that of the change (see ``objects.number``), ``since``
that of the first change that was not sent. ``due`` is when it is sent, in microseconds, 0 at once;
a note that was refused too often is parked far in the future. ``tries`` counts all failures,
``refused`` those that were about the object, ``error`` is the last one.
"""

Index("notes_due", notes.c.partner, notes.c.due, notes.c.since)

lanes = Table(
    "lanes",
    metadata,
    Column("partner", String(36), primary_key=True),
    Column("owner", String(128)),
    Column("until", BigInteger, nullable=False, server_default="0"),
    Column("due", BigInteger, nullable=False, server_default="0"),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("error", Text),
    Column("failed", BigInteger),
    Column("succeeded", BigInteger),
    Column("refill", BigInteger),
    Column("refill_module", String(32)),
)
"""How pushes to a partner go: one row for each registration.

``owner`` is the process that sends, alone until ``until``. ``due`` is when it may send again,
``tries`` how often the partner failed in a row, ``error`` and ``failed`` the last failure and
``succeeded`` the last success. ``refill`` is the place behind which own objects are still to be
noted for the partner, in the order of creation, and null where none are; ``refill_module`` limits
them to a module. All instants count microseconds.
"""
