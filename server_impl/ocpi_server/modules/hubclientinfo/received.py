"""Client infos that a hub sends: which parties are behind it, and whether they can be reached."""

from ocpi_runtime.errors import NotFound
from ocpi_runtime.server import Outcome, Partner
from ocpi_runtime.types import PartyId, Raw
from ocpi_server.access_control import client_info_key
from ocpi_server.objects.received import outcome
from ocpi_server.objects.rules import require_same
from ocpi_server.partners import KnownPartner
from ocpi_server.store import Draft, Key, ObjectStore
from ocpi_server.versioning.renditions import Renditions

__all__ = ["ReceivedClientInfos"]


class ReceivedClientInfos:
    """Client infos that hubs pushed. Each hub sees only its own.

    Args:
        store: Where they are kept.
        version: The OCPI version that the bodies are written in.
        renditions: Converts what is stored to other versions.
    """

    def __init__(self, store: ObjectStore, version: str, renditions: Renditions) -> None:
        self._store = store
        self._renditions = renditions
        self._version = version

    async def get(self, partner: Partner, country_code: str, party_id: str) -> Raw:
        """Read back the ClientInfo of a party.

        Raises:
            NotFound: None is stored, or the partner is not a hub.
        """
        found = await self._store.get(_key(partner, country_code, party_id))
        if found is None:
            raise NotFound(f"No ClientInfo stored for {country_code}-{party_id}.")
        return await self._renditions.of(found, self._version)

    async def put(
        self, partner: Partner, country_code: str, party_id: str, raw: Raw, last_updated: int
    ) -> Outcome:
        """Store the ClientInfo of a party; a newer one that is stored stays.

        Raises:
            NotFound: The partner is not a hub.
            InvalidParameters: The parties in body and URL differ.
        """
        key = _key(partner, country_code, party_id)
        require_same(raw, {"country_code": country_code, "party_id": party_id})
        draft = Draft(key, raw, last_updated, self._version, source=partner.id)
        done = outcome(await self._store.put(draft))
        await self._renditions.taken(key, self._version)
        return done


def _key(partner: Partner, country_code: str, party_id: str) -> Key:
    if not isinstance(partner, KnownPartner) or not partner.record.plays("HUB"):
        raise NotFound("Only a partner with the role HUB may push ClientInfo.")
    return client_info_key(PartyId.of(country_code, party_id), partner.record)
