"""What writes did to lists: with it a count is brought up to date without recounting.

Each list numbers its changes in the database. A write reports the numbers of its changes and what
they did; whoever holds a count and misses no number since can add up. Writes of other processes
leave gaps, and then it has to be counted.
"""

from collections import deque
from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

from ocpi_server.store._records import Key

__all__ = ["Count", "ListName", "Log", "Move", "Moved", "Moves"]

_REMEMBERED: Final = 4096
"""Number of moves that are remembered of a list."""
_MOST_LISTS: Final = 1024
_MOST_MOVES: Final = 65536
"""Number of moves that are remembered of all lists together: some 12 MB."""


class ListName(NamedTuple):
    """A list: the objects of one owner that come from one source, for one audience."""

    module: str
    source: str
    audience: str
    country_code: str
    party_id: str

    @classmethod
    def of(cls, key: Key, source: str, audience: str) -> "ListName":
        """Name the list that an object is in."""
        return cls(key.module, source, audience, key.country_code, key.party_id)


class Move(NamedTuple):
    """What one change did to a list.

    Attributes:
        was: ``last_updated`` of the object before; None if it was not in the list.
        now: The same afterwards; None if it is not in the list any more.
        seq: Its place; None for an object that was created, which is behind all others.
    """

    was: int | None
    now: int | None
    seq: int | None = None


class Moved(NamedTuple):
    """What one write did to a list.

    Attributes:
        name: The list.
        last: The number of its last change; each move is one.
        moves: What they did.
        growth: By how many bytes the list grew.
        more: By how many objects the list grew.
    """

    name: ListName
    last: int
    moves: list[Move]
    growth: int = 0
    more: int = 0


Log = list[Moved]
"""Filled within a transaction, and of use only once that is committed."""


class _Past:
    """The last moves of one list, without gaps."""

    def __init__(self) -> None:
        self.last = 0
        self.moves: deque[Move] = deque(maxlen=_REMEMBERED)

    def note(self, moved: Moved) -> None:
        """Take moves; what was known before a gap is forgotten."""
        if moved.last - len(moved.moves) != self.last:
            if moved.last <= self.last:
                return  # reported out of order: the numbers from here to there are not known
            self.moves.clear()
        self.moves.extend(moved.moves)
        self.last = moved.last

    def between(self, known: int, wanted: int) -> list[Move] | None:
        """Return the moves after one change up to another; None if they are not all known."""
        missing, later = wanted - known, self.last - wanted
        if missing < 0 or later < 0 or missing + later > len(self.moves):
            return None
        moves = list(self.moves)
        end = len(moves) - later
        return moves[end - missing : end]


class Moves:
    """The last moves of all lists."""

    def __init__(self) -> None:
        self._pasts: dict[ListName, _Past] = {}
        self._known = 0

    def note(self, log: Iterable[Moved]) -> None:
        """Take what a write did, once it is committed."""
        for moved in log:
            past = self._forget(moved.name) or _Past()
            past.note(moved)
            self._pasts[moved.name] = past
            self._known += len(past.moves)
            while len(self._pasts) > _MOST_LISTS or self._known > _MOST_MOVES:
                self._forget(next(iter(self._pasts)))

    def _forget(self, name: ListName) -> _Past | None:
        past = self._pasts.pop(name, None)
        self._known -= 0 if past is None else len(past.moves)
        return past

    def since(self, known: dict[ListName, int], wanted: dict[ListName, int]) -> list[Move] | None:
        """Return the moves of some lists between two states.

        Args:
            known: The number of the last change of each list, then.
            wanted: The same, now.

        Returns:
            None if not all of it is known.
        """
        if not known.keys() <= wanted.keys():
            return None
        found: list[Move] = []
        for name, change in wanted.items():
            before = known.get(name, 0)
            if before == change:
                continue
            past = self._pasts.get(name)
            moves = None if past is None else past.between(before, change)
            if moves is None:
                return None
            found += moves
        return found


class Count(NamedTuple):
    """How many objects of some lists a filter lets through.

    Attributes:
        total: So many.
        first: A place that none of them is before.
        state: The number of the last change of each list at the time.
    """

    total: int
    first: int
    state: dict[ListName, int]

    def moved(
        self, moves: Iterable[Move], state: dict[ListName, int], match: Callable[[int], bool]
    ) -> "Count":
        """Add up what has happened since."""
        total, first = self.total, self.first
        for was, now, seq in moves:
            comes = now is not None and match(now)
            total += comes - (was is not None and match(was))
            if comes and seq is not None:
                first = min(first, seq)
        return Count(total, first, state)
