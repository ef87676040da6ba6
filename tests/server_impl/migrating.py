"""Databases of earlier releases, for tests of migrations."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from ocpi_server.store.database import schema


def downgrade(connection: Connection, to: str) -> None:
    """Downgrade a database to the tables of a revision."""
    config = Config()
    steps = Path(schema.__file__).parent / "migrations"
    config.set_main_option("script_location", str(steps))
    config.attributes["connection"] = connection
    command.downgrade(config, to)
