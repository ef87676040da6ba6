"""Whom a change of an own object is for."""

from collections.abc import Callable

from ocpi_runtime.types import PartyId
from ocpi_server.partners import PartnerDirectory, PartnerRecord, Status
from ocpi_server.partners.by_party import FindPartner
from ocpi_server.partners.calling import PartnerClients
from ocpi_server.store import Announcement, ChangedParts, is_set_aside, party_of
from ocpi_server.sync.push._newer import endpoint_of

__all__ = ["Announcer"]


class Announcer:
    """Finds the partners that must be sent a change.

    What is for everybody goes to a hub itself, which passes it on; what is for one party behind a
    hub goes through the hub. A blocked partner is sent what it missed once it is unblocked.

    Args:
        directory: Looks partners up.
        find: Finds the one to which messages for a party are sent.
        clients: What they take.
    """

    def __init__(
        self, directory: PartnerDirectory, find: FindPartner, clients: PartnerClients
    ) -> None:
        self._directory = directory
        self._find = find
        self._clients = clients

    async def for_all(
        self,
        module: str,
        parts: Callable[[bytes], ChangedParts | None] | None = None,
        removed: dict[str, str] | None = None,
    ) -> Announcement:
        """Announce a change to all partners that take a module.

        Args:
            module: The OCPI module.
            parts: Returns what the change touches, from the text before.
            removed: The ids of an object that is removed, as it wrote them.
        """
        takers = [
            each.id
            for each in await self._directory.every()
            if each.status is Status.REGISTERED
            and each.roles
            and self._clients.takes(each, endpoint_of(module))
        ]
        return Announcement(tuple(takers), parts=parts, removed=removed, everybody=True)

    async def for_provider(
        self,
        module: str,
        audience: str,
        parts: Callable[[bytes], ChangedParts | None] | None = None,
        removed: dict[str, str] | None = None,
    ) -> Announcement:
        """Announce a change to the only party that an object is for, if it takes the module.

        Args:
            module: What it is, such as ``sessions`` or ``cdrs``.
            audience: The party that the object is for. Where another registration had the party
                then, nobody is sent it.
            parts: Returns what the change touches, from the text before.
            removed: The ids of an object that is removed, as it wrote them.
        """
        kind = "cdr" if module == "cdrs" else "state"
        partner = None if is_set_aside(audience) else await self._provider(party_of(audience))
        if partner is None or not self._clients.takes(partner, endpoint_of(module)):
            return Announcement((), kind)
        return Announcement((partner.id,), kind, parts, removed)

    async def is_for(self, partner: PartnerRecord, audience: str) -> bool:
        """Return whether an object of an audience goes to a partner; without one it is for all."""
        if not audience:
            return True
        if is_set_aside(audience):
            return False
        found = await self._provider(party_of(audience))
        return found is not None and found.company == partner.company

    async def _provider(self, party: PartyId) -> PartnerRecord | None:
        return await self._find(party) or await self._directory.of_party(party, blocked=True)
