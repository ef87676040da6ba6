"""Which exchanges have failed: of values, and of rows of the message log."""

from typing import Final

from sqlalchemy import ColumnElement, or_

from ocpi_server.store.database.message_tables import messages

__all__ = ["FAILED", "OCPI_FAILURE", "has_failed"]

_HTTP_SUCCESS: Final = range(200, 400)
OCPI_FAILURE: Final = 2000
"""From here on an OCPI status is one of failure."""
FAILED: Final[ColumnElement[bool]] = or_(
    messages.c.http_status < _HTTP_SUCCESS.start,
    messages.c.http_status >= _HTTP_SUCCESS.stop,
    messages.c.ocpi_status >= OCPI_FAILURE,
)
"""What :func:`has_failed` is for rows."""


def has_failed(http_status: int, ocpi_status: int | None) -> bool:
    """Return whether there was no answer, an HTTP status of failure, or an OCPI status of one."""
    return http_status not in _HTTP_SUCCESS or (ocpi_status or 0) >= OCPI_FAILURE
