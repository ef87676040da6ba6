"""Routes to parties: their own platforms, or the hubs that they are behind."""

import logging

from ocpi_runtime.types import PartyId
from ocpi_server._jsonbytes import fields, text_field
from ocpi_server.access_control._hubs import HubParties
from ocpi_server.access_control._log_limit import LogLimit
from ocpi_server.partners import PartnerDirectory, PartnerRecord
from ocpi_server.store import Key, ObjectStore

__all__ = ["Routes", "client_info_key"]

log = logging.getLogger("ocpi_server.routing")

_CONNECTED = "CONNECTED"


class Routes:
    """Finds the partner to which messages for a party are sent.

    Args:
        directory: Looks partners up.
        hub_parties: For which parties hubs may speak.
        store: Has the ClientInfos that hubs sent.
    """

    def __init__(
        self, directory: PartnerDirectory, hub_parties: HubParties, store: ObjectStore
    ) -> None:
        self._directory, self._hub_parties, self._store = directory, hub_parties, store
        self._log_limit = LogLimit()

    async def find(self, party: PartyId) -> PartnerRecord | None:
        """Return the platform of a party, or else a hub to which the party is connected.

        Messages are not queued: None where the party is behind hubs, but not connected.
        """
        return await self._directory.of_party(party) or await self._hub_of(party)

    async def _hub_of(self, party: PartyId) -> PartnerRecord | None:
        hubs = {
            client_info_key(party, each): each
            for each in await self._directory.registered()
            if each.plays("HUB")
        }
        for info in await self._store.get_any(list(hubs)) if hubs else ():
            hub = hubs[info.key]
            if not await self._hub_parties.among(hub, {party}):
                continue
            status = text_field(fields(info.raw), "status")
            if status == _CONNECTED:
                return hub
            if self._log_limit.permits((party, status)):
                log.warning("%s is %s at hub %s; nothing is sent to it", party, status, hub.name)
        return None


def client_info_key(party: PartyId, hub: PartnerRecord) -> Key:
    """Return the key of the ClientInfo that a hub sent about a party."""
    return Key.of("hubclientinfo", party, "", hub.id, holder=hub.company)
