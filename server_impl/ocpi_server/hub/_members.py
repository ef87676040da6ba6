"""The parties behind a hub that may take or answer a message, in a fixed order."""

from typing import NamedTuple

from ocpi_runtime.server import RoutedRequest
from ocpi_runtime.types import PartyId
from ocpi_server.hub._receivers import Receivers, is_hub, is_relayed, senders_of
from ocpi_server.hub.presence.contacts import Contacts
from ocpi_server.partners import PartnerDirectory, PartnerRecord

__all__ = ["Member", "Members"]


class Member(NamedTuple):
    """A party and its platform."""

    party: PartyId
    partner: PartnerRecord


class Members:
    """Finds these parties.

    Args:
        directory: Looks partners up.
        receivers: What they take.
        contacts: Which of them can be reached.
    """

    def __init__(
        self, directory: PartnerDirectory, receivers: Receivers, contacts: Contacts
    ) -> None:
        self._directory, self._receivers, self._contacts = directory, receivers, contacts

    async def of(self, request: RoutedRequest, *, offline: bool = False) -> list[Member]:
        """Return the parties whose platforms offer the interface of a message, by their ids.

        Left out are those that the sender may not reach, those of its own platform, and hubs
        where another hub sends it.

        Args:
            request: The message.
            offline: Whether those that cannot be reached are among them.

        Raises:
            OcpiError: The sender may not send it.
        """
        context, senders = request.context, await senders_of(request)
        relayed = is_relayed(context, senders)
        unreached = frozenset[str]() if offline else await self._contacts.offline()
        found = [
            Member(party, partner)
            for partner in await self._directory.registered()
            if partner.id != context.partner.id and partner.id not in unreached
            for party in partner.parties
            if not (relayed and is_hub(partner, party))
            and self._receivers.takes(partner, context.interface, party)
            and self._receivers.may_reach(senders, party)
        ]
        return sorted(found, key=lambda each: each.party)
