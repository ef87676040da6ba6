"""Sending something to many partners: a bounded number at a time, and each for itself."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final

from ocpi_runtime.errors import GenericServerError, OcpiError
from ocpi_server.partners import PartnerRecord

__all__ = ["Taken", "fan_out"]

log = logging.getLogger("ocpi_server.push")

_AT_ONCE: Final = 50

Taken = Mapping[str, OcpiError | None]
"""How each partner took a push: by the partner's id, None or what went wrong."""


async def fan_out(
    partners: Sequence[PartnerRecord], what: str, send: Callable[[PartnerRecord], Awaitable[object]]
) -> Taken:
    """Send something to partners, to 50 of them at the same time at most.

    Args:
        partners: Whom.
        what: What it is, for the log.
        send: Sends it to one of them.
    """
    taken: dict[str, OcpiError | None] = dict.fromkeys(partner.id for partner in partners)
    waiting = iter(partners)

    async def work() -> None:
        for partner in waiting:
            error = taken[partner.id] = await _tried(send(partner))
            if error is not None:
                log.warning("push to %s of %s failed: %s", partner.name, what, error.message)

    async with asyncio.TaskGroup() as group:
        for _ in range(min(_AT_ONCE, len(partners))):
            group.create_task(work())
    return taken


async def _tried(call: Awaitable[object]) -> OcpiError | None:
    try:
        await call
    except OcpiError as error:
        return error
    except Exception:  # what is wrong with one partner must not keep the others from it
        log.exception("a push failed")
        return GenericServerError("The push failed with an internal error; see the platform's log.")
    return None
