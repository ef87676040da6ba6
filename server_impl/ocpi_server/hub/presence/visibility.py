"""Which parties each partner of a hub sees: only those that it may reach."""

import time
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

import msgspec
from msgspec.structs import replace

from ocpi_runtime.types import PartyId, Raw
from ocpi_server._jsonbytes import assemble, fields
from ocpi_server.access_control import HubParties, Reach
from ocpi_server.hub.presence._states import PLANNED, PartyState, roles_of, states_of
from ocpi_server.hub.presence.contacts import Contacts
from ocpi_server.partners import HUB, PartnerDirectory, PartnerRecord, PartnerRole
from ocpi_server.store import Stored

__all__ = ["Sees", "Visibility"]

_SECONDS: Final = 1.0
"""How long what is known of all parties is used; whoever changes it reads it again."""

Sees: TypeAlias = Callable[[PartyId], bool]
"""Returns whether a partner sees a party."""


class Visibility:
    """Decides which parties a partner sees: those that it may exchange messages with.

    Args:
        directory: Looks partners up.
        contacts: Which ClientInfos each of them was sent.
        hub_parties: The parties behind other hubs.
        reach: Which parties may reach each other.
    """

    def __init__(
        self,
        directory: PartnerDirectory,
        contacts: Contacts,
        hub_parties: HubParties,
        reach: Reach,
    ) -> None:
        self._directory, self._contacts = directory, contacts
        self._hub_parties, self._reach = hub_parties, reach
        self._states: Mapping[PartyId, PartyState] = {}
        self._read = float("-inf")

    async def of(self, partner: PartnerRecord) -> Sees:
        """Return what decides which parties a partner sees; never its own.

        A party that is in no registration was published by the operator; the contracts alone hide
        it.
        """
        if time.monotonic() - self._read > _SECONDS:
            records, contacts = await self._directory.every(), await self._contacts.every()
            self._states = states_of(records, contacts)
            self._read = time.monotonic()
        roles = {*roles_of(partner)}
        if partner.plays(HUB):
            behind = await self._hub_parties.listed(partner)
            roles |= {PartnerRole(HUB, *party) for party in behind}
        states, own = self._states, partner.parties

        def sees(party: PartyId) -> bool:
            state = states.get(party)
            played = frozenset[str]() if state is None else state.played
            return party not in own and self._reach.connects(roles, party, played)

        return sees

    def forget(self) -> None:
        """Read what is known of all parties again the next time."""
        self._read = float("-inf")

    async def view(self, partner: PartnerRecord, info: Stored) -> Stored | None:
        """Return a ClientInfo as a partner may see it; None where it may not see it.

        A party that the partner was sent and may not reach any more is ``PLANNED`` for it.
        """
        party = PartyId(info.key.country_code, info.key.party_id)
        if (await self.of(partner))(party):
            return info
        if party not in await self._contacts.visible(partner.id):
            return None
        planned: Any = msgspec.Raw(msgspec.json.encode(PLANNED))
        raw = assemble({**fields(info.raw), "status": planned})
        return replace(info, raw=Raw(raw))
