"""The exchanges of the message log that are about an object, as its history."""

from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from ocpi_server.message_log import MessageFilter, MessageHead
from ocpi_server.store import Stored

if TYPE_CHECKING:
    from ocpi_server.console._console import Console

__all__ = ["exchanges_about"]

_LOOKED_AT: Final = 1000
_MOST: Final = 20


async def exchanges_about(console: "Console", stored: Stored) -> list[MessageHead]:
    """Return the latest exchanges whose URL names an object.

    The latest thousand of its module, and of its partner where it was received, are looked at.

    Args:
        console: Has the message log.
        stored: The object.
    """
    wanted = MessageFilter(
        module=stored.key.module, partner=stored.source or None, limit=_LOOKED_AT
    )
    name = f"/{quote(stored.key.uid, safe='').lower()}"
    return [
        each for each in (await console.messages.list(wanted)).messages if _names(each.url, name)
    ][:_MOST]


def _names(url: str, name: str) -> bool:
    path = url.partition("?")[0].lower()
    return path.endswith(name) or f"{name}/" in path
