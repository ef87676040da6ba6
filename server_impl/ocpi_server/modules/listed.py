"""What handlers of lists need: pages and single objects, from whichever place."""

from typing import Protocol

from ocpi_runtime.server import Context, PageQuery, RawPage
from ocpi_runtime.types import Raw

__all__ = ["Listed"]


class Listed(Protocol):
    """Objects of one module that a partner may list and read."""

    async def page(self, context: Context, query: PageQuery) -> RawPage:
        """Return one page of the objects, oldest first.

        Raises:
            InvalidParameters: The request is addressed to a party that is not here.
        """
        ...

    async def read(self, context: Context, uid: str) -> Raw:
        """Return an object in the version of whoever asks.

        Raises:
            NotFound: There is none.
            InvalidParameters: The request is addressed to a party that is not here.
        """
        ...
