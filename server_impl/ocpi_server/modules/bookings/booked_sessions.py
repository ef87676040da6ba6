"""Sessions that tell when they begin, so that what was booked is known to be used."""

from collections.abc import Awaitable, Callable

from ocpi_runtime.types import Raw
from ocpi_server.clock import Clock
from ocpi_server.objects.own_book import OwnBook
from ocpi_server.objects.own_sessions import NewSession, SessionBook

__all__ = ["BookedSessions"]


class BookedSessions(SessionBook):
    """A book of sessions.

    Args:
        book: Writes own objects.
        currency: The currency of sessions (ISO 4217).
        clock: Tells the present instant.
        began: Is told each session that has become ACTIVE.
    """

    def __init__(
        self,
        book: OwnBook,
        currency: str,
        clock: Clock,
        began: Callable[[bytes], Awaitable[None]],
    ) -> None:
        super().__init__(book, currency, clock)
        self._began = began

    async def begin(self, new: NewSession) -> Raw:
        """Create an ACTIVE session.

        Raises:
            Duplicate: There is a session of this id.
        """
        session = await super().begin(new)
        await self._began(session)
        return session

    async def activate(self, new: NewSession) -> Raw:
        """Let a reserved session become ACTIVE."""
        session = await super().activate(new)
        await self._began(session)
        return session
