"""Databases of earlier releases, for tests of migrations."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from ocpi_server.store.database import schema


def downgrade(connection: Connection, to: str) -> None:
    """Downgrade a database to the tables of a revision."""
    command.downgrade(_config(connection), to)


def upgrade_from_nothing(connection: Connection) -> None:
    """Perform every step on an empty database."""
    command.upgrade(_config(connection), "head")


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(schema.__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config
