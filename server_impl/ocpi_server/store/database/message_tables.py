"""The table of the message log: HTTP exchanges with partners, for the operator."""

from sqlalchemy import BigInteger, Column, Float, Index, Integer, LargeBinary, String, Table, Text

from ocpi_server.store.database.tables import SEQUENCE, metadata

__all__ = ["messages"]

messages = Table(
    "messages",
    metadata,
    Column("id", SEQUENCE, primary_key=True, autoincrement=True),
    Column("at", BigInteger, nullable=False),
    Column("direction", String(3), nullable=False),
    Column("partner", String(64)),
    Column("method", String(16), nullable=False),
    Column("url", Text, nullable=False),
    Column("module", String(32), nullable=False),
    Column("operation", String(64), nullable=False),
    Column("http_status", Integer, nullable=False),
    Column("ocpi_status", Integer),
    Column("duration", Float, nullable=False),
    Column("request_id", Text, nullable=False),
    Column("correlation_id", Text, nullable=False),
    Column("error", Text),
    Column("request_bytes", BigInteger, nullable=False),
    Column("response_bytes", BigInteger, nullable=False),
    Column("request_headers", Text, nullable=False),
    Column("response_headers", Text, nullable=False),
    Column("request_body", LargeBinary, nullable=False),
    Column("response_body", LargeBinary, nullable=False),
    sqlite_autoincrement=True,
)
"""HTTP exchanges, in both directions, in the order in which they were written down.

``at`` is when the exchange began, in microseconds. ``direction`` is ``in`` where the partner began
it, ``out`` where this platform did. ``partner`` is null where it is not known. ``http_status`` is 0
where no answer came; ``ocpi_status`` is null where there was no envelope. Headers are JSON objects,
those that carry secrets masked. Bodies are cut at a size; ``request_bytes`` and ``response_bytes``
are how long they were.
"""

Index("messages_partner", messages.c.partner, messages.c.id)
