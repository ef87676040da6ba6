"""Renditions of objects before their last change: what partners of other versions have."""

from collections import OrderedDict
from typing import Final

from ocpi_runtime.types import Raw
from ocpi_server.store import Rendition, Stored
from ocpi_server.versioning.renditions import Renditions

__all__ = ["FormerRenditions"]

_MOST: Final = 2000


class FormerRenditions:
    """Finds the rendition before, also for the second partner of a version.

    A rendition replaces the one before it; so that is remembered for a while.

    Args:
        renditions: Has the renditions that are kept.
    """

    def __init__(self, renditions: Renditions) -> None:
        self._renditions = renditions
        self._known: OrderedDict[tuple[int, str], tuple[bytes, Raw]] = OrderedDict()

    async def of(self, stored: Stored, version: str) -> Raw | None:
        """Return the rendition of an object in a version before its last change, if known."""
        digest = Rendition.digest_of(stored.raw)
        for name, raw in (await self._renditions.before(stored)).items():
            self._known[stored.seq, name] = digest, raw
            self._known.move_to_end((stored.seq, name))
        while len(self._known) > _MOST:
            self._known.popitem(last=False)
        known = self._known.get((stored.seq, version))
        return known[1] if known is not None and known[0] == digest else None
