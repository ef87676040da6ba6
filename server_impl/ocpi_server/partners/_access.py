"""Finding the partner that a token belongs to, and retiring the tokens that it replaced."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import replace
from datetime import timedelta
from operator import itemgetter
from typing import Any, Final, Generic, NamedTuple, TypeAlias, TypeVar

from sqlalchemy import bindparam, or_, select, update

from ocpi_runtime import token as tokens
from ocpi_runtime.dialect import Dialect
from ocpi_runtime.types import PartyId
from ocpi_server._clock import Clock, to_micros
from ocpi_server.partners._records import KnownPartner, PartnerRecord, Status
from ocpi_server.store.database import Database
from ocpi_server.store.database.prepared import Prepared
from ocpi_server.store.database.tables import partners

__all__ = ["Access", "Unchanged"]

T = TypeVar("T")

log = logging.getLogger("ocpi_server.partners")

_REMEMBERED: Final = 1024
_SETTLED: Final = timedelta(minutes=10)
"""How long after a proposal its use may still be part of the exchange that it was proposed in."""

_Answer: TypeAlias = tuple[KnownPartner | None, bool]
"""The partner of a token, and whether it stays so until something is committed."""

_columns = partners.c
_BY_DIGEST = Prepared(
    select(
        _columns.id,
        _columns.name,
        _columns.status,
        _columns.revision,
        _columns.token_digest,
        _columns.previous_digest,
        _columns.previous_whole,
        _columns.proposed,
        _columns.expires,
        _columns.blocked,
    ).where(
        or_(
            _columns.token_digest == bindparam("digest"),
            _columns.pending_digest == bindparam("digest"),
            _columns.previous_digest == bindparam("digest"),
        )
    )
)


class _Found(NamedTuple):
    """The partner that a token belongs to."""

    id: str
    name: str
    status: str
    revision: int
    token_digest: str | None
    previous_digest: str | None
    previous_whole: int | None
    proposed: int | None
    expires: int | None
    blocked: int | None

    def current(self, digest: str) -> bool:
        """Return whether a token is the one that was agreed on last."""
        return digest == self.token_digest

    def token_a(self, digest: str) -> bool:
        """Return whether a token is the one of an invitation."""
        if digest == self.previous_digest:
            return not self.previous_whole
        return not self.current(digest) and self.status == Status.INVITED

    def whole(self, digest: str) -> bool:
        """Return whether a token opens more than versions and credentials."""
        return self.status == Status.REGISTERED and not self.token_a(digest)


class Unchanged(Generic[T]):
    """Keeps answers about partners until something is committed that may change them.

    Only where the database shows that at no cost: writes of single objects change no partner.

    Args:
        database: The database.
        most: How many answers are kept.
    """

    def __init__(self, database: Database, most: int) -> None:
        self._database, self._most = database, most
        self._mark: int | None = None
        self._known: dict[Hashable, T] = {}

    async def get(
        self,
        key: Hashable,
        read: Callable[[], Awaitable[T]],
        may_keep: Callable[[T], bool] = lambda _answer: True,
    ) -> T:
        """Return the answer to a question, which is read if it is not known.

        Args:
            key: The question.
            read: Reads the answer.
            may_keep: Returns whether an answer stays true until something is committed.
        """
        answer = self.kept(key)
        return await self.read(key, read, may_keep) if answer is None else answer

    async def read(
        self,
        key: Hashable,
        read: Callable[[], Awaitable[T]],
        may_keep: Callable[[T], bool] = lambda _answer: True,
    ) -> T:
        """Read the answer to a question that :meth:`kept` has just not had; see :meth:`get`."""
        mark = self._mark
        answer = await read()
        # What was committed meanwhile may have changed it.
        if mark is not None and mark == self._mark and may_keep(answer):
            self._known[key] = answer
        return answer

    @property
    def is_kept(self) -> bool:
        """Whether the database showed, when :meth:`kept` was last asked, what was committed."""
        return self._mark is not None

    def kept(self, key: Hashable) -> T | None:
        """Return the answer to a question if it is known; no answer is None."""
        mark = self._database.mark()
        if mark != self._mark or len(self._known) >= self._most:
            self._mark = mark
            self._known.clear()
        return self._known.get(key)


class _Joined(Generic[T]):
    """Asks a question once for all that ask it in one turn of the event loop, before it is read."""

    def __init__(self) -> None:
        self._asking: dict[Hashable, list[asyncio.Future[T | None]]] = {}

    async def get(self, key: Hashable, read: Callable[[], Awaitable[T]]) -> T:
        """Return the answer to a question; no answer is None."""
        others = self._asking.get(key)
        if others is not None:
            others.append(future := asyncio.get_running_loop().create_future())
            # Who reads it for all may be cancelled, or fail for a reason of its own.
            return await future or await read()
        self._asking[key] = others = []
        answer: T | None = None
        try:
            try:
                await asyncio.sleep(0)
            finally:
                del self._asking[key]
            answer = await read()
        finally:
            for each in others:
                if not each.done():
                    each.set_result(answer)
        return answer


class Access:
    """Authenticates partners by the token that they send.

    Args:
        database: Where the digests of tokens are kept.
        get: Looks a partner up by our key for it.
        clock: Returns the present instant.
        dialect: How bodies of partners are read.
    """

    def __init__(
        self,
        database: Database,
        get: Callable[[str], Awaitable[PartnerRecord | None]],
        clock: Clock,
        dialect: Dialect,
    ) -> None:
        self._database, self._get = database, get
        self._clock, self._dialect = clock, dialect
        self._known: dict[str, KnownPartner] = {}
        self._found = Unchanged[_Answer](database, _REMEMBERED)
        self._joined = _Joined[_Answer]()

    async def authenticate(self, candidates: Sequence[str]) -> KnownPartner | None:
        """Find who sent one of the tokens that an Authorization header may stand for.

        The database is asked each time, so that a token that another process took back is
        refused at once: for the row of the token, or for whether anything was committed since.
        """
        names = tuple(candidates)
        found = self._found.kept(names)
        if found is None and self._found.is_kept:
            found = await self._found.read(names, lambda: self._first(names), itemgetter(1))
        elif found is None:
            found = await self._joined.get(names, lambda: self._first(names))
        return found[0]

    async def _first(self, names: Sequence[str]) -> _Answer:
        """Return the partner of the first token that has one.

        Other tokens than the one that was agreed on last end with time, or are replaced.
        """
        for name in names:
            digest = tokens.digest(name)
            found = await self._find(digest)
            known = await self._known_by(name, digest, found)
            if known is not None:
                return known, found is not None and found.current(digest)
        return None, False

    async def _known_by(self, token: str, digest: str, found: _Found | None) -> KnownPartner | None:
        if found is None or found.blocked is not None or self._expired(found, digest):
            self._known.pop(digest, None)
            return None
        await self._retire(found, digest)
        whole, invited = found.whole(digest), found.token_a(digest)
        known = self._known.get(digest)
        if known is None or not _same(known, found, invited=invited):
            record = await self._get(found.id)
            if record is None:
                return None
            partner = _partner(record, self._dialect, whole=whole, invited=invited)
            known = replace(partner, token=token)
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[digest] = known
        return known

    async def _find(self, digest: str) -> _Found | None:
        found = await self._database.rows(_BY_DIGEST, {"digest": digest})
        return _Found._make(found[0]) if found else None

    def _expired(self, found: _Found, digest: str) -> bool:
        end = found.expires if found.token_a(digest) else None
        if end is None or to_micros(self._clock()) < end:
            return False
        log.warning("%s (%s) used a token A that has expired", found.name, found.id)
        return True

    async def _retire(self, found: _Found, digest: str) -> None:
        """End the tokens that the one in hand has replaced, since it is in use now."""
        if found.current(digest):
            if found.previous_digest is not None:
                await self._change(_columns.token_digest == digest, previous_digest=None)
        elif found.status == Status.REGISTERED and digest != found.previous_digest:
            since = to_micros(self._clock() - _SETTLED)
            if found.proposed is not None and found.proposed < since:
                await self._settle(found, digest)

    async def _settle(self, found: _Found, digest: str) -> None:
        log.info("%s (%s) uses the token of a renewal without answer", found.name, found.id)
        await self._change(
            _columns.pending_digest == digest,
            token_digest=digest,
            pending_digest=None,
            sealed_pending=None,
            proposed=None,
            previous_digest=None,
        )

    async def _change(self, where: Any, **values: Any) -> None:
        # The revision stays: who holds the record sees nothing of these columns.
        statement = update(partners).where(where).values(values)
        await self._database.write(lambda link: link.execute(statement).close())


def _same(known: KnownPartner, found: _Found, *, invited: bool) -> bool:
    record = known.record
    return (record.id, record.revision, known.invited) == (found.id, found.revision, invited)


def _partner(
    record: PartnerRecord, dialect: Dialect, *, whole: bool, invited: bool
) -> KnownPartner:
    # A partner all of whose roles wait for approval gets to versions and credentials only.
    registering = not whole or record.status is not Status.REGISTERED or not record.roles
    return KnownPartner(
        id=record.id,
        registering=registering,
        parties=frozenset[PartyId]() if registering else record.parties,
        own_role=None if registering else record.own_role,
        forwards=not registering and record.plays("HUB"),
        dialect=None if registering else record.spoken(dialect),
        record=record,
        invited=invited,
    )
