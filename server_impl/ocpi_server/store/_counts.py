"""What is kept of lists beside their objects, in the transaction of each write."""

from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, bindparam, insert, update

from ocpi_server.store._moves import ListName, Log, Move, Moved
from ocpi_server.store.database.prepared import Prepared
from ocpi_server.store.database.tables import listings

__all__ = ["Done", "count"]

_OF_LIST: Final = tuple(f"of_{field}" for field in ListName._fields)
_COUNTED = (
    update(listings)
    .where(*(listings.c[name] == bindparam(f"of_{name}") for name in ListName._fields))
    .values(
        total=listings.c.total + bindparam("more"),
        changes=listings.c.changes + bindparam("steps"),
        shifts=listings.c.shifts + bindparam("shift"),
        bytes=listings.c.bytes + bindparam("growth"),
    )
)
_COUNT = Prepared(_COUNTED)
_COUNT_AND_RETURN = Prepared(_COUNTED.returning(listings.c.changes))
_FIRST = insert(listings)


@dataclass(slots=True)
class Done:
    """What was done to a list: the moves, and by how many bytes it grew."""

    moves: list[Move] = field(default_factory=list)
    growth: int = 0

    def add(self, move: Move, growth: int) -> None:
        """Add what was done to one object."""
        self.moves.append(move)
        self.growth += growth


def count(connection: Connection, name: ListName, done: Done, log: Log, *, shift: int = 0) -> None:
    """Note in the row of a list what was done to it, and in the log what that was."""
    values: dict[str, Any] = dict(zip(_OF_LIST, name, strict=True))
    moves = done.moves
    more = 0
    for was, now, _ in moves:
        more += (now is not None) - (was is not None)
    values.update(more=more, steps=len(moves), shift=shift, growth=done.growth)
    returning = connection.dialect.update_returning
    if returning:
        (last,) = _COUNT_AND_RETURN.first(connection, values) or (None,)
    else:
        last = _COUNT.run(connection, values) or None
    if last is None:
        last = len(moves)
        numbers = {"total": more, "changes": last, "shifts": shift, "bytes": done.growth}
        connection.execute(_FIRST, {**name._asdict(), **numbers})
    if returning:
        log.append(Moved(name, int(last), moves, done.growth, more))
