"""The tables of a hub: URLs that it stands for, platforms, and whose what is that it forwards."""

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text

from ocpi_server.store.database.tables import metadata

__all__ = ["hub_contacts", "hub_parties", "hub_urls"]

hub_urls = Table(
    "hub_urls",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("caller", String(36), nullable=False),
    Column("platform", String(36), nullable=False),
    Column("sender", String(8), nullable=False),
    Column("receiver", String(8), nullable=False),
    Column("url", Text, nullable=False),
    Column("expires", BigInteger, nullable=False, index=True),
)
"""URLs at one platform that another one was given a URL of this hub for.

``caller`` is the partner that may call it, ``platform`` the one whose URL it is; what is sent there
comes from the party ``sender`` and is for the party ``receiver``. Instants count microseconds.
"""

hub_contacts = Table(
    "hub_contacts",
    metadata,
    Column("partner_id", String(36), primary_key=True),
    Column("parties", Text, nullable=False, server_default="[]"),
    Column("heard", BigInteger, nullable=False),
    Column("checked", BigInteger, nullable=False),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("visible", Text, nullable=False, server_default="{}"),
)
"""The platforms behind a hub: when they were heard of, and how many exchanges failed since.

``parties`` are those that a ClientInfo was published for, a JSON array of ``NL-CPO:CPO``.
``checked`` is when the hub tried last whether the platform answers. ``visible`` has the
parties that the platform was sent, a JSON object of ``NL-CPO`` and whether it may reach them.
"""

hub_parties = Table(
    "hub_parties",
    metadata,
    Column("kind", String(20), primary_key=True),
    Column("uid", String(64), primary_key=True),
    Column("party", String(8), primary_key=True),
    Column("concerns", String(8), primary_key=True),
    Column("noted", BigInteger, nullable=False, index=True),
    Column("partner", String(36), nullable=False),
)
"""The parties that messages without a receiver may be for, as other messages have shown.

``kind`` and ``uid`` are what a message is about, such as a ``session``; ``party`` is whose it is,
or the other side of it, for the party ``concerns`` or, where that is empty, for all. ``noted`` is
when, in microseconds, and ``partner`` who sent the message.
"""

Index("hub_parties_partner", hub_parties.c.partner, hub_parties.c.noted)
