"""What is kept of lists beside their objects, in the transaction of each write."""

from typing import Any, Final

from sqlalchemy import Connection, bindparam, insert, update

from ocpi_server.store._moves import ListName, Log, Move, Moved
from ocpi_server.store.database.prepared import Prepared
from ocpi_server.store.database.tables import listings

__all__ = ["Tally"]

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


class _Done:
    """What was done to a list: the moves, by how many bytes it grew, and whether others moved."""

    __slots__ = ("growth", "moves", "shifts")

    def __init__(self) -> None:
        self.moves: list[Move] = []
        self.growth = self.shifts = 0


class Tally:
    """What a transaction does to lists; written to their rows at its end.

    Each list has one row, which all that write to the list wait for: so it is written late, and
    once however many objects a transaction writes.

    Attributes:
        steps: How many changes were added up.
    """

    def __init__(self) -> None:
        self.steps = 0
        self._done: dict[ListName, _Done] = {}

    def add(self, name: ListName, move: Move, growth: int, *, shift: bool = False) -> None:
        """Add what is done to one object, before it is done.

        Args:
            name: The list.
            move: What is done.
            growth: By how many bytes the list grows.
            shift: Whether other objects of the list get another place.
        """
        done = self._done.get(name)
        if done is None:
            done = self._done[name] = _Done()
        self.steps += 1
        done.moves.append(move)
        done.growth += growth
        done.shifts += shift

    def write(self, connection: Connection) -> Log:
        """Write all of it, and return it as it is once the transaction is committed."""
        # In the same order everywhere, so that two writers cannot wait for each other.
        names = sorted(self._done) if len(self._done) > 1 else self._done
        counted = [_count(connection, name, self._done[name]) for name in names]
        return [moved for moved in counted if moved is not None]


def _count(connection: Connection, name: ListName, done: _Done) -> Moved | None:
    """Write what was done to a list; None where the number of its last change is not known."""
    values: dict[str, Any] = dict(zip(_OF_LIST, name, strict=True))
    moves = done.moves
    more = 0
    for was, now, _ in moves:
        more += (now is not None) - (was is not None)
    values.update(more=more, steps=len(moves), shift=done.shifts, growth=done.growth)
    returning = connection.dialect.update_returning
    if returning:
        (last,) = _COUNT_AND_RETURN.first(connection, values) or (None,)
    else:
        last = _COUNT.run(connection, values) or None
    if last is None:
        last = len(moves)
        numbers = {"total": more, "changes": last, "shifts": done.shifts, "bytes": done.growth}
        connection.execute(_FIRST, {**name._asdict(), **numbers})
    return Moved(name, int(last), moves, done.growth, more) if returning else None
