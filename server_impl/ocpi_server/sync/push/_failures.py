"""Failures of pushes: whose they are."""

from typing import Final

from ocpi_runtime.errors import (
    EndpointMissing,
    GenericServerError,
    HttpError,
    NotAuthorized,
    OcpiError,
    ProtocolError,
    TooManyRequests,
    TransportError,
    UnsafeUrl,
)

__all__ = ["Unsendable", "is_of_partner"]

_SERVER_FAULT: Final = 500
_REDIRECTS: Final = range(300, 400)
_OF_PARTNER: Final = (
    TransportError,
    ProtocolError,
    GenericServerError,
    NotAuthorized,
    TooManyRequests,
    EndpointMissing,
    UnsafeUrl,
    TimeoutError,
)


class Unsendable(Exception):
    """The object cannot be represented in the version of the partner, or is damaged."""


def is_of_partner(error: Exception) -> bool:
    """Return whether any other object would fail too: no answer, 5xx, 3xxx, 401, 429, no OCPI."""
    if isinstance(error, _OF_PARTNER):
        return True
    status = error.http_status if isinstance(error, HttpError | OcpiError) else 0
    return status >= _SERVER_FAULT or status in _REDIRECTS
