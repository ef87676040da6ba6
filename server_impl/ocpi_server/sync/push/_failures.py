"""Failures of pushes: whose they are, and when to try again."""

from typing import Any, Final

from tenacity import RetryCallState, wait_random_exponential

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

__all__ = ["Unsendable", "is_of_partner", "pause"]

_SERVER_FAULT: Final = 500
_REDIRECTS: Final = range(300, 400)
_SHORTEST: Final = 0.5
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


def pause(tries: int, longest: float, error: Exception | None = None) -> float:
    """Return how many seconds to wait after a number of failures in a row: longer and longer.

    Args:
        tries: The number, from 1.
        longest: The most seconds, unless the partner asks for more.
        error: The last failure; one with Retry-After is waited for.
    """
    nothing: Any = None
    state = RetryCallState(nothing, None, (), {})
    state.attempt_number = tries
    shortest = min(_SHORTEST, longest)
    wait = wait_random_exponential(multiplier=1, min=shortest, max=longest)(state)
    asked = error.retry_after if isinstance(error, TooManyRequests) else 0
    return max(wait, asked)
