"""The tables of exchanges in the background: the outbox, pulls, and the processes that do both."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, Table, Text

from ocpi_server.store.database.tables import metadata

__all__ = ["lanes", "nodes", "notes", "pulls", "push_lags"]

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
    Column("holder", String(36), nullable=False, server_default=""),
    Column("message", LargeBinary),
)
"""What a partner must be sent: one row for an object and a partner, however often the object
changes. It is written in the transaction of the change and deleted once it was sent.

``kind`` is ``state`` (the object as it is then), ``removal`` or ``cdr``. ``parts`` is a JSON object
of what has changed, null for the whole object. ``removed`` is a JSON object of the ids of an object
that is gone, as it wrote them. ``number`` is that of the change (see ``objects.number``), ``since``
that of the first change that was not sent. ``due`` is when it is sent, in microseconds, 0 at once;
a note that was refused too often is parked far in the future. ``tries`` counts all failures,
``refused`` those that were about the object, ``error`` is the last one. ``holder`` is empty for an
object of ours; a hub passes objects of other partners on, with the last ``message`` about each.
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

push_lags = Table(
    "push_lags",
    metadata,
    Column("partner", String(36), primary_key=True),
    Column("at", BigInteger, primary_key=True),
    Column("seconds", BigInteger, nullable=False),
    Column("pending", BigInteger, nullable=False),
)
"""How late pushes were at regular instants of the last day, for the charts of the console.

A row with an empty ``partner`` has the longest lag of all and how many changes waited in all; it is
there for every instant at which a process looked. Partners have a row where something waited.
``at`` counts microseconds.
"""

Index("push_lags_at", push_lags.c.at)

nodes = Table(
    "nodes",
    metadata,
    Column("id", String(128), primary_key=True),
    Column("until", BigInteger, nullable=False),
)
"""The processes that share the work for partners; each is there until ``until``, and writes that
again every few seconds.
"""

pulls = Table(
    "pulls",
    metadata,
    Column("partner", String(36), primary_key=True),
    Column("module", String(32), primary_key=True),
    Column("owner", String(128)),
    Column("until", BigInteger, nullable=False, server_default="0"),
    Column("due", BigInteger, nullable=False, server_default="0"),
    Column("whole_due", BigInteger, nullable=False, server_default="0"),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("error", Text),
    Column("ended", BigInteger),
    Column("since", BigInteger),
    Column("began", BigInteger),
    Column("date_from", BigInteger),
    Column("page_url", Text),
    Column("items", Integer, nullable=False, server_default="0"),
    Column("total", Integer),
    Column("last", BigInteger),
    Column("seen", LargeBinary),
    Column("etag", Text),
)
"""How the lists of partners are pulled: one row for each partner and module.

``owner`` is the process that pulls, alone until ``until``. ``due`` is when the next pull begins,
``whole_due`` when the next one of the whole list does; ``tries`` counts failures in a row,
``error`` is the last one, ``ended`` the last success. ``since`` is the instant from which on
changes have not been pulled, null where nothing was. The rest is about a pull that has begun and
not ended: ``began`` is when, ``date_from`` from which instant on it asks (null: the whole list),
``page_url`` the page that it goes on at, ``items`` how many objects came before it, ``total`` how
many the list has, ``seen`` a bit for each place up to ``last`` that was met. ``etag`` is that of a
feed whose objects are stored, after a mark of the settings that it was read with. All instants
count microseconds.
"""
