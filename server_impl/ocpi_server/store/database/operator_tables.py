"""The tables of those who operate the platform by HTTP."""

from sqlalchemy import BigInteger, Column, String, Table, Text

from ocpi_server.store.database.tables import metadata

__all__ = ["operator_keys"]

operator_keys = Table(
    "operator_keys",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("name", String(255), nullable=False, unique=True),
    Column("digest", String(64), nullable=False),
    Column("scopes", Text, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("expires", BigInteger),
)
"""The keys of operators and their back ends.

``digest`` is the SHA-256 of the secret, which is random and kept nowhere. ``scopes`` is a JSON
array. ``expires`` is when the key ends, null where it does not; instants count microseconds.
"""
