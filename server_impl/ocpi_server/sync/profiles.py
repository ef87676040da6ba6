"""Sending the active profile of a session, which has changed, to the provider of its token."""

from typing import TYPE_CHECKING

from ocpi_runtime.types import PartyId, Raw
from ocpi_server._jsonbytes import fields, text_field
from ocpi_server.partners.by_party import FindPartner
from ocpi_server.partners.calling import PartnerClients
from ocpi_server.store import Stored, is_set_aside, party_of
from ocpi_server.versioning.messages import MessageConverter

if TYPE_CHECKING:
    from ocpi_bindings.v2_2_1.clients import Clients

__all__ = ["ActiveProfileSender"]


class ActiveProfileSender:
    """Sends active profiles: messages of a moment, which are not kept for later.

    Args:
        find: Finds the partner to which messages for a party are sent.
        clients: Calls it.
        messages: Converts messages to its version.
    """

    def __init__(
        self, find: FindPartner, clients: PartnerClients, messages: MessageConverter
    ) -> None:
        self._find = find
        self._clients = clients
        self._messages = messages

    async def send(self, session: Stored, profile: Raw) -> None:
        """PUT the active profile of a session to the provider of its token, if it takes them.

        Raises:
            OcpiError: It was not taken.
        """
        if is_set_aside(session.audience):
            return
        provider = party_of(session.audience)
        partner = await self._find(provider)
        if partner is None or not self._clients.knows(partner, "chargingprofiles"):
            return
        parts = fields(session.raw)
        owner = PartyId.of(
            text_field(parts, "country_code") or "", text_field(parts, "party_id") or ""
        )
        peer: Clients = self._clients.peer(partner, from_party=owner, to_party=provider)
        if peer.offers("chargingprofiles", "sender"):
            body = self._messages.to(peer.version, "ActiveChargingProfile", profile)
            session_id = text_field(parts, "id") or ""
            await peer.chargingprofiles.put_active_charging_profile(session_id, body)
