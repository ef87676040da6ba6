"""What the outbox of a hub sends in the name of others, or shows to some partners only."""

from ocpi_server.hub._broadcast import Broadcasts
from ocpi_server.hub.presence.visibility import Visibility
from ocpi_server.partners import PartnerRecord
from ocpi_server.store import Stored
from ocpi_server.store.outbox import Note

__all__ = ["HubRelay"]


class HubRelay:
    """Passes broadcasts on, and tells each partner of the parties that it may reach.

    Args:
        broadcasts: Sends broadcasts.
        visibility: Which parties each partner may see.
    """

    def __init__(self, broadcasts: Broadcasts, visibility: Visibility) -> None:
        self._broadcasts, self._visibility = broadcasts, visibility

    async def view(self, partner: PartnerRecord, info: Stored) -> Stored | None:
        """Return a ClientInfo as a partner may see it; None where it may not see it."""
        return await self._visibility.view(partner, info)

    async def send(self, partner: PartnerRecord, note: Note, known: Stored | None) -> None:
        """Send an object as it is now, or its removal.

        Raises:
            OcpiError: It was not taken.
            Unsendable: It cannot be represented in the version of the partner.
        """
        await self._broadcasts.send(partner, note, known)
