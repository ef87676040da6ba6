"""Requests of ours whose result a partner sends later, to a URL that we gave it."""

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from sqlalchemy import Connection, bindparam, case, delete, insert, select, update

from ocpi_runtime.errors import InvalidParameters, NotFound
from ocpi_runtime.server import Partner
from ocpi_runtime.types import Raw
from ocpi_server._clock import Clock, to_micros, utc_now
from ocpi_server.store.database import Database
from ocpi_server.store.database.tables import exchanges
from ocpi_server.store.newest_rows import NewestRows

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["ACTIVE", "CLEAR", "SET", "PendingRequests", "new_id"]

ACTIVE: Final = "active_charging_profile"
SET: Final = "charging_profile"
CLEAR: Final = "clear_profile"
"""The kinds of results about charging profiles; those of commands have the command's name."""

_OPEN = insert(exchanges)
_RESULT = select(exchanges.c.result).where(exchanges.c.uid == bindparam("uid"))
_SETTLE = (
    update(exchanges)
    .where(
        exchanges.c.uid == bindparam("of_uid"),
        exchanges.c.partner_id == bindparam("of_partner"),
        exchanges.c.kind == bindparam("of_kind"),
    )
    .values(
        result=bindparam("new_result"),
        # Never before the request, though the clock may have gone back.
        answered=case(
            (exchanges.c.created > bindparam("now"), exchanges.c.created), else_=bindparam("now")
        ),
    )
)
_MOST: Final = 10_000
"""Number of requests that are kept of each partner."""
_RESULT_BYTES: Final = 64 * 1024
"""How long one result may be, so that those that are kept of a partner have a bound."""
_EVERY: Final = 256
"""After so many requests the oldest of too many are deleted."""
_PURGE = delete(exchanges).where(exchanges.c.created < bindparam("before"))
_SECOND: Final = 1.0
_KEPT: Final = timedelta(days=90)


def new_id() -> str:
    """Return an id that no request has."""
    return str(uuid4())


class PendingRequests:
    """Keeps the requests that wait for a result, over restarts too.

    Args:
        database: Where they are kept.
        clock: Returns the current time.

    Attributes:
        recorder: Called with the id of a request in the transaction that takes its result.
    """

    def __init__(self, database: Database, clock: Clock = utc_now) -> None:
        self._database = database
        self._clock = clock
        self.recorder: Callable[[Connection, str], None] | None = None
        self._arrivals: dict[str, asyncio.Event] = {}
        self._newest = NewestRows(exchanges.c.partner_id, exchanges.c.created)

    async def open(
        self, partner_id: str, kind: str, subject: str = "", *, uid: str | None = None
    ) -> str:
        """Note a request before it is sent, and return the id for the URL of its result.

        Args:
            partner_id: Who may send the result.
            kind: Which result is due, such as ``START_SESSION``.
            subject: What it is about, such as the id of a session.
            uid: The id, where the message needed one before; by default a new one.
        """
        uid = uid or new_id()
        values = {"uid": uid, "partner_id": partner_id, "kind": kind, "subject": subject}
        created = to_micros(self._clock())
        await self._database.write(
            lambda link: _execute(link, _OPEN, {**values, "created": created})
        )
        await self._newest.count(self._database, partner_id, most=_MOST, every=_EVERY)
        return uid

    async def purge(self) -> None:
        """Forget requests that are so old that nobody waits for their result any more."""
        before = to_micros(self._clock() - _KEPT)
        await self._database.write(lambda link: _execute(link, _PURGE, {"before": before}))

    async def settle(self, partner: Partner, kind: str, uid: str, result: Raw) -> None:
        """Take a result; a later one replaces it, as when a reservation is cancelled in the end.

        Raises:
            InvalidParameters: The result is too long.
            NotFound: The partner was sent no such request.
        """
        if len(result) > _RESULT_BYTES:
            raise InvalidParameters(
                f"The result has {len(result)} bytes; at most {_RESULT_BYTES} are allowed.",
                hint="Send fewer or longer periods.",
            )
        values = {
            "of_uid": uid.lower(),
            "of_partner": partner.id,
            "of_kind": kind,
            "new_result": bytes(result),
            "now": to_micros(self._clock()),
        }

        def work(link: Connection) -> int:
            count = _execute(link, _SETTLE, values)
            if count and self.recorder is not None:
                self.recorder(link, uid.lower())
            return count

        if not await self._database.write(work):
            raise NotFound(f"No pending {kind} request with this URL.")
        arrival = self._arrivals.get(uid.lower())
        if arrival is not None:
            arrival.set()

    async def result(self, uid: str) -> Raw | None:
        """Return the result that has come, or None."""
        found = await self._database.read(lambda link: link.execute(_RESULT, {"uid": uid}).scalar())
        return None if found is None else Raw(found)

    async def wait(self, uid: str, seconds: float) -> Raw:
        """Wait for a result, whichever process it comes in at.

        Raises:
            TimeoutError: It did not come in time.
        """
        arrival = self._arrivals.setdefault(uid, asyncio.Event())
        try:
            async with asyncio.timeout(seconds):
                while (found := await self.result(uid)) is None:
                    await _a_while(arrival)
                return found
        except TimeoutError:
            # It may have come to another process since the last look.
            if (found := await self.result(uid)) is None:
                raise
            return found
        finally:
            self._arrivals.pop(uid, None)


async def _a_while(arrival: asyncio.Event) -> None:
    try:
        async with asyncio.timeout(_SECOND):
            await arrival.wait()
    except TimeoutError:
        pass


def _execute(link: Connection, statement: Any, values: dict[str, Any]) -> int:
    return link.execute(statement, values).rowcount
