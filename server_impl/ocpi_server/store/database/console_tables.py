"""The tables of the operator's console."""

from sqlalchemy import BigInteger, Column, LargeBinary, String, Table, Text

from ocpi_server.store.database.tables import metadata

__all__ = ["console_checks", "console_sessions"]

console_sessions = Table(
    "console_sessions",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("key_id", String(36), nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("expires", BigInteger, nullable=False),
)
"""Sessions of operators. ``digest`` is the SHA-256 of the random token in the cookie, ``key_id``
the API key that the session was begun with. Instants count microseconds.
"""

console_checks = Table(
    "console_checks",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("partner", String(36), nullable=False, index=True),
    Column("started", BigInteger, nullable=False),
    Column("ended", BigInteger),
    Column("state", String(16), nullable=False),
    Column("message", Text),
    Column("report", LargeBinary),
    Column("page", LargeBinary),
)
"""Runs of ``ocpi check`` that were started in the console. ``state`` is ``running``, ``passed``,
``failed`` (there are findings) or ``broken`` (it could not run, as ``message`` states); ``report``
is the report as JSON, ``page`` as HTML.
"""
