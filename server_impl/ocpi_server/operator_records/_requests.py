"""Commands that a back end has sent to partners, and how they go."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Connection, Select, delete, func, insert, select, update

from ocpi_runtime.errors import NotFound
from ocpi_server._clock import SECOND, Clock, to_micros
from ocpi_server.store.database import Database
from ocpi_server.store.database.operator_tables import operator_requests as table
from ocpi_server.store.database.tables import exchanges

__all__ = ["RequestLog", "StoredRequest"]

_SENDING: Final = "SENDING"
_WAITING: Final = "WAITING"
_DONE: Final = "DONE"
_KEPT: Final = timedelta(days=90)
_COLUMNS: Final = ("id", "partner", "command", "state", "response", "message", "created", "updated")


@dataclass(frozen=True, slots=True)
class StoredRequest:
    """A command that was sent; instants count microseconds.

    Attributes:
        id: Its lasting id.
        partner: The partner, by its id.
        command: The command.
        state: How it goes.
        response: The response of the partner.
        message: Why it failed.
        created: When it was sent.
        updated: When its state changed.
        result: The result, as JSON text.
    """

    id: str
    partner: str
    command: str
    state: str
    response: str | None
    message: str | None
    created: int
    updated: int
    result: bytes | None


class RequestLog:
    """Keeps requests; their results are where all results of partners are.

    Args:
        database: Where they are kept.
        clock: Returns the current time.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    async def begin(self, request_id: str, partner: str, command: str, seconds: float) -> None:
        """Note a request before it is sent.

        Args:
            request_id: The id of its result.
            partner: To whom.
            command: Which command.
            seconds: How long the response may take.
        """
        now = to_micros(self._clock())
        row = {
            "id": request_id,
            "partner": partner,
            "command": command,
            "state": _SENDING,
            "created": now,
            "updated": now,
            "until": now + int(seconds * SECOND),
        }
        await self._database.write(lambda link: link.execute(insert(table), row))

    async def answered(
        self,
        request_id: str,
        state: str,
        *,
        response: str | None = None,
        message: str | None = None,
        seconds: float = 0.0,
    ) -> None:
        """Note how the partner responded.

        Args:
            request_id: The request.
            state: How it goes.
            response: The response.
            message: Why it failed.
            seconds: How long the result may take.
        """
        now = to_micros(self._clock())
        values = {"state": state, "response": response, "message": message, "updated": now}
        values["until"] = now + int(seconds * SECOND)
        statement = update(table).where(table.c.id == request_id).values(**values)
        await self._database.write(lambda link: link.execute(statement))

    async def get(self, request_id: str) -> StoredRequest:
        """Look a request up.

        Raises:
            NotFound: There is none.
        """
        statement = _read().where(table.c.id == request_id)
        row = await self._database.read(lambda link: link.execute(statement).mappings().first())
        if row is None:
            raise NotFound(f"Request {request_id} not found.")
        return self._shown(row)

    async def page(self, offset: int, limit: int) -> tuple[list[StoredRequest], int]:
        """Return requests, the newest first, and how many there are."""
        statement = _read().order_by(table.c.created.desc(), table.c.id)
        statement = statement.offset(offset).limit(limit)
        counted = select(func.count()).select_from(table)

        def work(link: Connection) -> tuple[list[StoredRequest], int]:
            rows = [self._shown(row) for row in link.execute(statement).mappings()]
            return rows, link.execute(counted).scalar_one()

        return await self._database.read(work)

    async def purge(self) -> None:
        """Delete requests that are so old that nobody asks for them."""
        old = table.c.created < to_micros(self._clock() - _KEPT)
        some = select(table.c.id).where(old).limit(1)
        if await self._database.read(lambda link: link.execute(some).first()) is not None:
            await self._database.write(lambda link: link.execute(delete(table).where(old)))

    def _shown(self, row: Any) -> StoredRequest:
        """Return a request with its state now: a result may have come, or the time be up."""
        state, updated = row["state"], row["updated"]
        if row["result"] is not None:
            state, updated = _DONE, row["answered"] or updated
        elif row["until"] <= to_micros(self._clock()) and state in {_SENDING, _WAITING}:
            state = "FAILED" if state == _SENDING else "TIMEOUT"
            updated = row["until"]
        kept = {name: row[name] for name in _COLUMNS}
        kept |= {"state": state, "updated": updated}
        return StoredRequest(**kept, result=row["result"])


def _read() -> Select[Any]:
    joined = table.outerjoin(exchanges, exchanges.c.uid == table.c.id)
    return select(*table.c, exchanges.c.result, exchanges.c.answered).select_from(joined)
