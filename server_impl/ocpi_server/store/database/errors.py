"""What is wrong with a database, in words for an operator."""

import sqlite3

from sqlalchemy.exc import DBAPIError

from ocpi_runtime.failures import CommandFailed

__all__ = ["StoreBusy", "StoreError", "reason_of"]


class StoreError(CommandFailed, RuntimeError):
    """The database cannot be used as it is; the message names it and the remedy."""


class StoreBusy(StoreError):
    """Another process kept the database locked for too long, or the disk refused a write."""


def reason_of(error: Exception) -> str:
    """Return the message of the driver, without the statement and links that SQLAlchemy adds."""
    if isinstance(error, DBAPIError):
        return str(error.orig)
    if isinstance(error, OSError) and not isinstance(error, sqlite3.Error):
        return error.strerror or str(error)
    return str(error)
