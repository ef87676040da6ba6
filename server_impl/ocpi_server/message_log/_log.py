"""Reading the message log."""

import asyncio
from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, func, select

from ocpi_server._clock import from_micros, to_micros
from ocpi_server.message_log._failures import FAILED
from ocpi_server.message_log._records import Message, MessageFilter, MessageHead, MessagePage
from ocpi_server.store import Database
from ocpi_server.store.database.message_tables import messages

__all__ = ["MessageLog"]

_PAUSE_SECONDS: Final = 0.5
_MOST_NEW: Final = 1000
_PARTS: Final = ("request_headers", "response_headers", "request_body", "response_body")
_HEAD: Final = tuple(column for column in messages.c if column.name not in _PARTS)


class MessageLog:
    """The exchanges that were written down by any process of the platform.

    Args:
        database: Where they are kept.
        pause: Seconds between two looks for new ones.
    """

    def __init__(self, database: Database, pause: float = _PAUSE_SECONDS) -> None:
        self._database, self._pause = database, pause

    async def list(self, wanted: MessageFilter | None = None) -> MessagePage:
        """Return exchanges, the latest first."""
        wanted = wanted or MessageFilter()
        query = (
            select(*_HEAD)
            .where(*_conditions(wanted))
            .order_by(messages.c.id.desc())
            .limit(wanted.limit + 1)
        )
        rows = await self._database.read_aside(lambda link: link.execute(query).all())
        found = [_head(row) for row in rows[: wanted.limit]]
        return MessagePage(found, found[-1].id if len(rows) > wanted.limit else None)

    async def get(self, id: int) -> Message | None:
        """Return an exchange in full; None if the number does not exist."""
        query = select(messages).where(messages.c.id == id)
        row = await self._database.read(lambda link: link.execute(query).first())
        return None if row is None else _message(row)

    async def last_id(self) -> int:
        """Return the number of the latest exchange, 0 if there is none."""
        return await self._database.read(_last_id)

    async def follow(
        self, after_id: int, wanted: MessageFilter | None = None
    ) -> Sequence[MessageHead]:
        """Wait for exchanges after a number, and return them in order.

        Args:
            after_id: The number of the last exchange that is known; 0 for all that there are.
            wanted: Which of them; ``before_id`` and ``limit`` do not matter.
        """
        conditions = list(_conditions(wanted or MessageFilter()))
        query = (
            select(*_HEAD)
            .where(messages.c.id > after_id, *conditions)
            .order_by(messages.c.id)
            .limit(_MOST_NEW)
        )
        while True:
            rows = await self._database.read_aside(lambda link: link.execute(query).all())
            if rows:
                return [_head(row) for row in rows]
            await asyncio.sleep(self._pause)


def _last_id(link: Connection) -> int:
    return link.execute(select(func.max(messages.c.id))).scalar() or 0


def _conditions(wanted: MessageFilter) -> Iterator[ColumnElement[bool]]:
    column = messages.c
    for name in ("partner", "module", "direction"):
        value = getattr(wanted, name)
        if value is not None:
            yield column[name] == value
    if wanted.since is not None:
        yield column.at >= to_micros(wanted.since)
    if wanted.until is not None:
        yield column.at < to_micros(wanted.until)
    if wanted.before_id is not None:
        yield column.id < wanted.before_id
    if wanted.status is not None:
        yield _has_status(wanted.status)


def _has_status(status: str) -> ColumnElement[bool]:
    if status == "failed":
        return FAILED
    column = messages.c.http_status if len(status) == len("404") else messages.c.ocpi_status
    if status.isdigit():
        return column == int(status)
    least = int(status.replace("x", "0"))
    return column.between(least, int(status.replace("x", "9")))


def _head(row: Row[Any]) -> MessageHead:
    fields = dict(row._mapping)  # noqa: SLF001 - the public face of a row
    return MessageHead(**{**fields, "at": from_micros(row.at)})


def _message(row: Row[Any]) -> Message:
    fields = dict(row._mapping)  # noqa: SLF001 - the public face of a row
    for name in ("request_headers", "response_headers"):
        fields[name] = msgspec.json.decode(fields[name], type=dict[str, str])
    return Message(**{**fields, "at": from_micros(row.at)})
