"""Which parties things belong to, as messages through the hub have shown; kept in the database."""

import logging
import math
import time
from collections import OrderedDict
from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, select
from sqlalchemy.exc import SQLAlchemyError

from ocpi_runtime.client import RawAnswer
from ocpi_runtime.server import RoutedRequest
from ocpi_runtime.types import PartyId
from ocpi_server._clock import Clock, in_micros, to_micros
from ocpi_server.hub._receivers import Route
from ocpi_server.hub._subjects import PUBLIC, Subject, listed_subjects, new_subjects
from ocpi_server.store.database import Database
from ocpi_server.store.database.hub_tables import hub_parties as table
from ocpi_server.store.database.prepared import upsert_into
from ocpi_server.store.newest_rows import NewestRows

__all__ = ["KnownParties"]

log = logging.getLogger("ocpi_server.hub")

_KEPT: Final = timedelta(days=90)
"""How long something is known after a message about it."""
_AGAIN: Final = in_micros(timedelta(days=1))
"""After which time it is noted again."""
_MOST_OF_ONE: Final = 200_000
"""Number of rows that are kept of the messages of one platform: the latest."""
_EVERY: Final = 5_000
"""After so many rows the oldest of too many are deleted."""
_REMEMBERED: Final = 20_000
_PURGED_SECONDS: Final = 600.0
_SUCCESS: Final = range(1000, 2000)

_FIND = select(table.c.party, table.c.concerns).where(
    table.c.kind == bindparam("kind"),
    table.c.uid == bindparam("uid"),
    table.c.concerns.in_(bindparam("concerns", expanding=True)),
    table.c.noted > bindparam("since"),
)
_EXPIRED = delete(table).where(table.c.noted <= bindparam("since"))
_Row = tuple[str, str, str, str]
"""Kind and id, the party, and the party that this concerns; empty for all."""


class KnownParties:
    """Notes what messages show, and finds the party that a message is about.

    Args:
        database: Where it is kept.
        clock: Returns the current time.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock
        self._noted: OrderedDict[_Row, int] = OrderedDict()
        self._newest = NewestRows(table.c.partner, table.c.noted)
        self._purged = -math.inf

    async def note(
        self, request: RoutedRequest, route: Route, body: bytes, answer: RawAnswer
    ) -> None:
        """Note what a message and its answer show."""
        if answer.status_code not in _SUCCESS:
            return
        operation, interface = request.operation, request.context.interface
        if operation.paged:
            await self.note_list(request, route, answer.data or b"[]")
            return
        pushed = interface.name == "receiver" and "party_id" in request.path
        owner = route.receiver
        if pushed:
            owner = PartyId.of(request.path["country_code"], request.path["party_id"])
        found = new_subjects(request, body, answer)
        await self._note(request, [row for each in found for row in _rows(each, owner, route)])

    async def note_list(self, request: RoutedRequest, route: Route, data: bytes) -> None:
        """Note what is in the list of a party."""
        found = listed_subjects(request.operation.id, data)
        rows = [row for each in found for row in _rows(each, route.receiver, route)]
        await self._note(request, rows)

    async def find(self, subject: Subject, sender: PartyId) -> set[PartyId]:
        """Return the parties that something may belong to.

        What was between the sender and others counts; only where there was nothing, what is known
        to all does.
        """
        values: dict[str, Any] = {
            **subject._asdict(),
            "concerns": [str(sender), ""],
            "since": to_micros(self._clock() - _KEPT),
        }
        rows = await self._database.read(lambda link: link.execute(_FIND, values).all())
        own = {row.party for row in rows if row.concerns}
        named = own or {row.party for row in rows}
        return {PartyId.parse(each) for each in named}

    async def purge(self) -> None:
        """Delete what is expired, every ten minutes."""
        if time.monotonic() - self._purged < _PURGED_SECONDS:
            return
        self._purged = time.monotonic()
        since = to_micros(self._clock() - _KEPT)
        await self._database.write(lambda link: link.execute(_EXPIRED, {"since": since}).close())

    async def _note(self, request: RoutedRequest, rows: Iterable[_Row]) -> None:
        now = to_micros(self._clock())
        recent = now - _AGAIN
        new = [row for row in dict.fromkeys(rows) if self._noted.get(row, 0) < recent]
        if not new:
            return
        partner = request.context.partner.id
        names = ("kind", "uid", "party", "concerns")
        values = [
            {**dict(zip(names, row, strict=True)), "noted": now, "partner": partner}
            for row in sorted(new)
        ]
        try:
            await self._database.write(lambda link: _upsert(link, values))
            await self._newest.count(
                self._database, partner, most=_MOST_OF_ONE, every=_EVERY, rows=len(values)
            )
        except SQLAlchemyError:
            log.exception("what a message shows was not noted")  # the message was answered
            return
        for row in new:
            self._noted[row] = now
            self._noted.move_to_end(row)
        while len(self._noted) > _REMEMBERED:
            self._noted.popitem(last=False)


def _rows(subject: Subject, owner: PartyId, route: Route) -> list[_Row]:
    """Return what is noted: whose it is for all, or the other side for both sides."""
    sender, receiver = str(route.sender), str(route.receiver)
    if subject.kind in PUBLIC:
        concerned = sender if receiver == str(owner) else receiver
        return [(*subject, str(owner), ""), (*subject, str(owner), concerned)]
    return [(*subject, receiver, sender), (*subject, sender, receiver)]


def _upsert(link: Connection, values: list[dict[str, Any]]) -> None:
    statement = upsert_into(table, link.dialect.name)
    changed = {"noted": statement.excluded.noted, "partner": statement.excluded.partner}
    index = ["kind", "uid", "party", "concerns"]
    link.execute(statement.on_conflict_do_update(index_elements=index, set_=changed), values)
