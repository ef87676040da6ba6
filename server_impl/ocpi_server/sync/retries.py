"""Repeating an exchange of credentials, or a new CDR, whose answer did not come."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from ocpi_runtime.errors import (
    ClientApiUnusable,
    HttpError,
    MethodNotAllowed,
    OcpiError,
    ProtocolError,
    TransportError,
)

__all__ = ["persistently"]

T = TypeVar("T")

_PAUSES: Final = (0.2, 0.6)
"""Seconds before each repetition."""
_SERVER_FAULT: Final = 500


async def persistently(attempt: Callable[[], Awaitable[T]]) -> T:
    """Make an attempt again, a few times, while its outcome is not known.

    Raises:
        OcpiError: The other side refused, or no attempt was answered.
    """
    lost = False
    for pause in _PAUSES:
        try:
            return await attempt()
        except OcpiError as error:
            # The other side may still be busy with an attempt that it has received before.
            if not (_lost(error) or (lost and isinstance(error, MethodNotAllowed))):
                raise
            lost = True
        await asyncio.sleep(pause)
    return await attempt()


def _lost(error: OcpiError) -> bool:
    """Return whether it is not known what the other side did, or a repetition may succeed."""
    if isinstance(error, HttpError):
        return error.http_status >= _SERVER_FAULT
    return isinstance(error, TransportError | ProtocolError | ClientApiUnusable)
