"""The agenda of pulls: each method is one transaction."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, and_, delete, insert, or_, select, update

from ocpi_server._clock import CLOCK_SLACK
from ocpi_server.store.database import Database
from ocpi_server.store.database.outbox_tables import pulls

__all__ = ["Position", "PullAgenda", "PullState"]


@dataclass(frozen=True, slots=True)
class PullState:
    """How a list of a partner is pulled; instants count microseconds.

    Attributes:
        partner: The partner.
        module: The OCPI module.
        owner: The process that pulls; None: no one does.
        until: Until when nobody else may.
        due: When the next pull begins.
        whole_due: When the next one of the whole list does.
        tries: How often it failed in a row.
        error: What went wrong last.
        ended: When it last came to its end.
        since: From which instant on changes have not been pulled; None: nothing was.
        began: When the pull began that has not ended; None: there is none.
        date_from: From which instant on it asks; None: it reads the whole list.
        page_url: The page that it goes on at; None: the first.
        items: How many objects came before that.
        total: How many the list had at its first page, if the partner states it.
        last: The last place that ``seen`` is about.
        seen: A bit for each place that was met; None where nobody counts.
        etag: The ETag of a feed whose objects are stored, after a mark of its settings.
    """

    partner: str
    module: str
    owner: str | None
    until: int
    due: int
    whole_due: int
    tries: int
    error: str | None
    ended: int | None
    since: int | None
    began: int | None
    date_from: int | None
    page_url: str | None
    items: int
    total: int | None
    last: int | None
    seen: bytes | None
    etag: str | None

    @property
    def name(self) -> tuple[str, str]:
        """Partner and module."""
        return self.partner, self.module


@dataclass(frozen=True, slots=True)
class Position:
    """How far a pull has come.

    Attributes:
        page_url: The page that it goes on at.
        items: How many objects came before that.
        total: How many the list has, if the partner states it.
        last: The last place that ``seen`` is about.
        seen: A bit for each place that was met; None where nobody counts.
    """

    page_url: str
    items: int
    total: int | None = None
    last: int | None = None
    seen: bytes | None = None


_NO_POSITION: Final[dict[str, Any]] = {
    "page_url": None, "items": 0, "total": None, "last": None, "seen": None,
}  # fmt: skip
_NOT_BEGUN: Final[dict[str, Any]] = {"began": None, "date_from": None, **_NO_POSITION}
_FREE: Final[dict[str, Any]] = {"owner": None, "until": 0}


class PullAgenda:
    """What is pulled from partners.

    Args:
        database: Where it is kept.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> list[PullState]:
        """Return how each list is pulled."""
        statement = select(*pulls.c).order_by(pulls.c.partner, pulls.c.module)
        rows = await self._database.read(lambda link: link.execute(statement).all())
        return [PullState(*row) for row in rows]

    async def due(self, now: int) -> list[PullState]:
        """Return what is to be pulled at an instant, the longest due first."""
        statement = select(*pulls.c).where(pulls.c.due <= now).order_by(pulls.c.due)
        rows = await self._database.read(lambda link: link.execute(statement).all())
        return [PullState(*row) for row in rows]

    async def plan(self, wanted: Collection[tuple[str, str]], partners: Collection[str]) -> None:
        """Add lists that are pulled from now on, and forget partners that are gone.

        Args:
            wanted: Partners and modules.
            partners: All partners that are registered.
        """

        def work(link: Connection) -> None:
            known = {tuple(row) for row in link.execute(select(pulls.c.partner, pulls.c.module))}
            for partner in sorted({each[0] for each in known} - set(partners)):
                link.execute(delete(pulls).where(pulls.c.partner == partner))
            for partner, module in sorted(set(wanted) - known):
                link.execute(insert(pulls).values(partner=partner, module=module))

        known = {state.name for state in await self.all()}
        if set(wanted) - known or {each[0] for each in known} - set(partners):
            await self._database.write(work)

    async def end_far_pauses(self, now: int, longest: int) -> None:
        """Make lists due that a clock has put off which ran ahead and was set back.

        Args:
            now: The present instant.
            longest: How long a list may pause, in microseconds.
        """
        ended_later = and_(pulls.c.tries == 0, pulls.c.ended > now + CLOCK_SLACK)
        failed_later = and_(pulls.c.tries > 0, pulls.c.began > now + CLOCK_SLACK)
        late = or_(pulls.c.due > now + longest, ended_later, failed_later)
        wrong = and_(pulls.c.due > now, late)
        some = select(pulls.c.partner).where(wrong).limit(1)
        if await self._database.read(lambda link: link.execute(some).first()) is not None:
            change = update(pulls).where(wrong).values(due=0)
            await self._database.write(lambda link: link.execute(change).close())

    async def find(self, name: tuple[str, str]) -> PullState | None:
        """Look up how one list is pulled."""
        statement = select(*pulls.c).where(_named(name))
        row = await self._database.read(lambda link: link.execute(statement).first())
        return None if row is None else PullState(*row)

    async def take(
        self,
        name: tuple[str, str],
        owner: str,
        now: int,
        until: int,
        due_by: int | None = None,
    ) -> bool:
        """Take the lease of a list, unless another process has it; a list that is new is added.

        A lease that ends later than any that begins now began before the clock went back.

        Args:
            name: Partner and module.
            owner: Who wants to pull.
            now: The present instant.
            until: Until when nobody else may.
            due_by: If the list is not due by then, another process has pulled it; it is not taken.
        """
        ended = or_(pulls.c.until < now, pulls.c.until > 2 * until - now)
        free = or_(pulls.c.owner.is_(None), pulls.c.owner == owner, ended)
        if due_by is not None:
            free = and_(free, pulls.c.due <= due_by)

        def work(link: Connection) -> bool:
            if link.execute(select(pulls.c.due).where(_named(name))).first() is None:
                link.execute(insert(pulls).values(partner=name[0], module=name[1]))
            change = update(pulls).where(_named(name), free).values(owner=owner, until=until)
            return bool(link.execute(change).rowcount)

        return await self._database.write(work)

    async def release_gone(self, name: tuple[str, str], owner: str) -> None:
        """Take a list from a process that has ended."""
        await self._change(name, owner, _FREE)

    async def keep(self, owner: str, until: int) -> set[tuple[str, str]]:
        """Renew the lease of pulls; return what this process still pulls."""
        mine = pulls.c.owner == owner

        def work(link: Connection) -> set[tuple[str, str]]:
            link.execute(update(pulls).where(mine).values(until=until))
            rows = link.execute(select(pulls.c.partner, pulls.c.module).where(mine))
            return {(partner, module) for partner, module in rows}

        return await self._database.write(work)

    async def begin(
        self, name: tuple[str, str], owner: str, began: int, date_from: int | None
    ) -> bool:
        """Note that a pull begins; false where somebody else is at it by now."""
        values = {**_NOT_BEGUN, "began": began, "date_from": date_from}
        return await self._change(name, owner, values)

    async def save(self, name: tuple[str, str], owner: str, position: Position) -> bool:
        """Note how far a pull has come; false where somebody else is at it by now."""
        values = {part: getattr(position, part) for part in _NO_POSITION}
        return await self._change(name, owner, values)

    async def end(self, name: tuple[str, str], owner: str, **values: Any) -> None:
        """Note that a pull came to its end, and leave it to others.

        Args:
            name: Partner and module.
            owner: Who pulled.
            values: ``due``, ``ended``, ``since``, and ``whole_due`` or ``etag``.
        """
        done = {**_FREE, **_NOT_BEGUN, "tries": 0, "error": None, **values}
        await self._change(name, owner, done)

    async def fail(
        self, name: tuple[str, str], owner: str, error: str, due: int, *, restart: bool
    ) -> None:
        """Note that a pull broke off, and leave it to others.

        Args:
            name: Partner and module.
            owner: Who pulled.
            error: What went wrong.
            due: When it is tried again.
            restart: Whether it then begins with the first page.
        """
        values = {**_FREE, "tries": pulls.c.tries + 1, "error": error, "due": due, "etag": None}
        await self._change(name, owner, values | (_NOT_BEGUN if restart else {}))

    async def leave(self, owner: str) -> None:
        """Leave everything to others, to be gone on with at once."""
        mine = update(pulls).where(pulls.c.owner == owner).values(**_FREE)
        await self._database.write(lambda link: link.execute(mine).close())

    async def _change(self, name: tuple[str, str], owner: str, values: dict[str, Any]) -> bool:
        change = update(pulls).where(_named(name), pulls.c.owner == owner).values(**values)
        return bool(await self._database.write(lambda link: link.execute(change).rowcount))


def _named(name: tuple[str, str]) -> Any:
    return and_(pulls.c.partner == name[0], pulls.c.module == name[1])
