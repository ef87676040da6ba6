"""PATCH requests: what they consist of, and what is sent where one is refused."""

from collections.abc import Awaitable, Callable
from typing import Final

from msgspec import Raw as Part

from ocpi_runtime.errors import GenericClientError, NotFound
from ocpi_runtime.types import Raw
from ocpi_server._jsonbytes import assemble, elements, fields, write_list
from ocpi_server.store import ChangedParts
from ocpi_server.sync.push._newer import is_there

__all__ = ["patched", "picked"]

_NULL: Final = Part(b"null")


def picked(now: bytes, parts: ChangedParts) -> Raw | None:
    """Return the PATCH of the fields that have changed."""
    known = fields(now)
    news = {name: known.get(name, _NULL) for name in parts.fields}
    if parts.periods is not None and "charging_periods" in news:
        added = elements(news["charging_periods"])[parts.periods :]
        news["charging_periods"] = Part(write_list(added))
    return Raw(assemble(news))


async def patched(
    patch: Awaitable[None] | None,
    look: Callable[[], Awaitable[object]],
    put: Callable[[], Awaitable[None]],
    put_part: Callable[[], Awaitable[None]] | None = None,
) -> None:
    """Send a PATCH, or PUT what there is none for; what is not there is put as a whole.

    Raises:
        OcpiError: It was refused, and not because it is not there.
    """
    try:
        await ((put_part or put)() if patch is None else patch)
    except (GenericClientError, NotFound):
        if await is_there(look):
            raise
        await put()
