"""Bringing a database to the present tables."""

from pathlib import Path
from typing import Final

from sqlalchemy import Column, Connection, MetaData, String, Table, insert, inspect, text

from ocpi_server.store.database import (
    Database,
    hub_tables,  # noqa: F401 - declares its tables
    message_tables,  # noqa: F401 - declares its tables
    operator_tables,  # noqa: F401 - declares its tables
    outbox_tables,  # noqa: F401 - declares its tables
)
from ocpi_server.store.database.errors import StoreError, reason_of
from ocpi_server.store.database.tables import metadata

__all__ = ["HEAD", "SchemaError", "ensure", "revision", "upgrade"]

HEAD: Final = "0029"
"""The newest step; a database at this step needs nothing."""

_STEPS: Final = Path(__file__).parent / "migrations"
# As alembic creates it; to import alembic for that takes longer than all our tables.
_VERSION: Final = Table(
    "alembic_version", MetaData(), Column("version_num", String(32), primary_key=True)
)


class SchemaError(StoreError):
    """The database is not in the form that this release works with."""


def revision(connection: Connection) -> str | None:
    """Read at which step a database is; None for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    value = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if value is None else str(value)


def upgrade(connection: Connection) -> None:
    """Update a database to the present tables within the transaction of ``connection``.

    An empty one gets the tables as they are now; the steps between would take ten times as long.

    Raises:
        SchemaError: The database was written by a newer release.
    """
    if revision(connection) is None:
        metadata.create_all(connection, checkfirst=False)
        _VERSION.create(connection)
        connection.execute(insert(_VERSION).values(version_num=HEAD))
        return
    # Imported here: a platform whose database is new or up to date starts without alembic.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_STEPS))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise SchemaError(f"the database cannot be upgraded to revision {HEAD}: {error}") from error


async def ensure(database: Database, *, migrate: bool) -> None:
    """Check that a database has the present tables.

    Args:
        database: The database.
        migrate: Whether missing steps are run; else they are an error.

    Raises:
        SchemaError: Steps are missing and may not be run, or the database is newer.
        StoreError: The database cannot be reached.
    """
    try:
        found = await database.read(revision)
    except (OSError, TypeError) as error:  # a driver raises TypeError for options that it lacks
        raise StoreError(f"the database cannot be reached: {reason_of(error)}") from error
    if found == HEAD:
        return
    if found is not None and found > HEAD:
        raise SchemaError(
            f"the database is at revision {found}, which is newer than this release (revision "
            f"{HEAD}); install the release that wrote it, or a newer one"
        )
    if not migrate:
        raise SchemaError(
            f"the database is at revision {found or 'none'} and this release needs {HEAD}; "
            "run 'ocpi db upgrade'"
        )
    await database.write(upgrade)
