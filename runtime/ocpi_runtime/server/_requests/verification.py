"""Who sent a request: the partner of its token, within what one partner may hold open."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from ocpi_runtime import token
from ocpi_runtime.errors import NotAuthorized, TooManyRequests
from ocpi_runtime.server._context import Partner
from ocpi_runtime.server._requests.admission import Admission
from ocpi_runtime.server._requests.request import RequestState

__all__ = ["UNKNOWN_CALLER", "Authenticate", "Verification"]

UNKNOWN_CALLER: Final = (
    "The credentials token is missing or not known here. Paths that do not exist have the same "
    "answer."
)
Authenticate = Callable[[Sequence[str]], Awaitable[Partner | None]]


class Verification:
    """Finds the partner of a request.

    Args:
        authenticate: Finds the partner of a token; gets the readings of the header in order.
        admission: Counts the open requests of each partner.
    """

    def __init__(self, authenticate: Authenticate, admission: Admission) -> None:
        self._authenticate, self._admission = authenticate, admission

    async def verify(self, exchange: RequestState) -> Partner:
        """Find the partner that sent a request, and count the request as one of its open ones.

        Raises:
            NotAuthorized: No partner has the token.
            TooManyRequests: The partner has too many open requests or connections.
        """
        authorization = exchange.headers.get(b"authorization", b"")
        candidates = token.candidates(authorization.decode("latin-1"))
        partner = await self._authenticate(candidates) if candidates else None
        if partner is None:
            raise NotAuthorized(UNKNOWN_CALLER)
        exchange.admitted = await self._admission.enter(partner.id)
        if exchange.claim is not None and not exchange.claim(partner.id):
            raise TooManyRequests("This partner has too many open connections.")
        return partner
