"""The history of an object: when it changed, and the exchanges that are about it."""

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from sqlalchemy import Connection, func, select

from ocpi_server.message_log import MessageFilter, MessageHead
from ocpi_server.store import Stored
from ocpi_server.store.database.operator_tables import operator_events as events

if TYPE_CHECKING:
    from ocpi_server.console._console import Console

__all__ = ["changes_of", "exchanges_about"]

_LOOKED_AT: Final = 1000
_EVENTS: Final = 50_000
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


async def changes_of(console: "Console", stored: Stored) -> list[dict[str, Any]]:
    """Return the latest changes of an object among the latest events, the newest first.

    Events are kept for some days where the operator API is enabled.

    Args:
        console: Has the database.
        stored: The object.
    """
    key = stored.key
    same = [events.c[name] == getattr(key, name) for name in ("country_code", "party_id", "uid")]

    def work(link: Connection) -> list[dict[str, Any]]:
        last = link.execute(select(func.max(events.c.seq))).scalar() or 0
        statement = (
            select(events.c.at, events.c.kind)
            .where(events.c.seq > last - _EVENTS, events.c.module == key.module, *same)
            .where(events.c.partner == key.holder)
            .order_by(events.c.seq.desc())
            .limit(_MOST)
        )
        return [dict(row) for row in link.execute(statement).mappings()]

    return await console.database.read_aside(work)
