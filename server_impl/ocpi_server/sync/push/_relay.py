"""Objects of other partners in the outbox: a hub passes them on."""

from collections.abc import Mapping, Sequence
from typing import Final, Protocol

from ocpi_server.partners import PartnerRecord
from ocpi_server.store import OWN, Key, Stored
from ocpi_server.store.outbox import Lane, Note
from ocpi_server.sync.push._calls import Calls

__all__ = ["Relay", "RelayedCalls"]


_INFOS: Final = "hubclientinfo"


class Relay(Protocol):
    """Passes objects of other partners on, and tells each partner what concerns it."""

    async def view(self, partner: PartnerRecord, info: Stored) -> Stored | None:
        """Return a ClientInfo as a partner may see it; None where it may not see it."""
        ...

    async def send(self, partner: PartnerRecord, note: Note, known: Stored | None) -> None:
        """Send an object as it is now, or its removal.

        Raises:
            OcpiError: It was not taken.
            Unsendable: It cannot be represented in the version of the partner.
        """
        ...


class RelayedCalls:
    """Sends own objects, and has those of others passed on.

    Args:
        calls: Sends own objects.
        relay: Passes the others on; None where this platform is no hub.
    """

    def __init__(self, calls: Calls, relay: Relay | None) -> None:
        self._calls, self._relay = calls, relay

    async def load(self, notes: Sequence[Note]) -> Mapping[Key, Stored]:
        """Read the objects of notes; what is gone or damaged is left out."""
        return await self._calls.load(notes)

    async def refill(self, partner: PartnerRecord, lane: Lane) -> None:
        """Note the next own objects for a partner that is to have them all."""
        await self._calls.refill(partner, lane)

    async def send(self, partner: PartnerRecord, note: Note, known: Stored | None) -> str | None:
        """Send a note; return where a CDR can be read then.

        Raises:
            OcpiError: It was not taken.
            Unsendable: It is damaged, or cannot be represented in the version of the partner.
        """
        if note.key.holder == OWN:
            if note.key.module == _INFOS and self._relay is not None:
                known = None if known is None else await self._relay.view(partner, known)
                if known is None:
                    return None
            return await self._calls.send(partner, note, known)
        if self._relay is not None:  # else this platform has stopped being a hub
            await self._relay.send(partner, note, known)
        return None
