"""Pushing own objects to partners: to those that take them, and that they are for."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

from ocpi_runtime.errors import EndpointMissing, OcpiError
from ocpi_runtime.types import PartyId, Raw
from ocpi_server.jsonbytes import fields, text_field
from ocpi_server.partners import PartnerDirectory, PartnerRecord
from ocpi_server.partners.calling import PartnerClients

if TYPE_CHECKING:
    from ocpi_bindings.v2_2_1.clients import Clients
    from ocpi_bindings.v2_2_1.models import TokenType

__all__ = ["Pusher"]

log = logging.getLogger("ocpi_server.push")

Call = Callable[["Clients"], Awaitable[None]]


class Pusher:
    """Sends own objects to partners.

    A push is tried once: OCPI does not queue messages, a partner that was away asks for what it
    missed.

    Args:
        directory: Knows the partners.
        clients: Calls them.
    """

    def __init__(self, directory: PartnerDirectory, clients: PartnerClients) -> None:
        self._directory = directory
        self._clients = clients

    async def location(self, raw: Raw) -> Mapping[str, OcpiError | None]:
        """PUT a location to every partner that takes locations."""
        owner, uid = _owner(raw), _text(raw, "id")
        return await self._all(
            "locations", owner, lambda peer: peer.locations.put_location(*owner, uid, raw)
        )

    async def evse_patch(
        self, owner: PartyId, location_id: str, evse_uid: str, patch: Raw
    ) -> Mapping[str, OcpiError | None]:
        """PATCH an EVSE at every partner that takes locations."""
        return await self._all(
            "locations",
            owner,
            lambda peer: peer.locations.patch_evse(*owner, location_id, evse_uid, patch),
        )

    async def token(self, raw: Raw) -> Mapping[str, OcpiError | None]:
        """PUT a token to every partner that takes tokens."""
        owner, uid = _owner(raw), _text(raw, "uid")
        kind: TokenType = _text(raw, "type")  # type: ignore[assignment]  # sent as it is
        return await self._all(
            "tokens", owner, lambda peer: peer.tokens.put_token(*owner, uid, raw, type=kind)
        )

    async def tariff(self, raw: Raw) -> Mapping[str, OcpiError | None]:
        """PUT a tariff to every partner that takes tariffs."""
        owner, uid = _owner(raw), _text(raw, "id")
        return await self._all(
            "tariffs", owner, lambda peer: peer.tariffs.put_tariff(*owner, uid, raw)
        )

    async def tariff_removal(
        self, owner: PartyId, tariff_id: str
    ) -> Mapping[str, OcpiError | None]:
        """DELETE a tariff at every partner that takes tariffs."""
        return await self._all(
            "tariffs", owner, lambda peer: peer.tariffs.delete_tariff(*owner, tariff_id)
        )

    async def session(self, raw: Raw) -> None:
        """PUT a session to the provider of its token, if it takes sessions."""
        owner, uid = _owner(raw), _text(raw, "id")
        await self._provider(
            "sessions", raw, lambda peer: peer.sessions.put_session(*owner, uid, raw)
        )

    async def session_patch(self, session: Raw, patch: Raw) -> None:
        """PATCH a session at the provider of its token, if it takes sessions."""
        owner, uid = _owner(session), _text(session, "id")
        await self._provider(
            "sessions", session, lambda peer: peer.sessions.patch_session(*owner, uid, patch)
        )

    async def cdr(self, raw: Raw) -> str | None:
        """POST a CDR to the provider of its token.

        Returns:
            Where it can be read there; None where the provider takes no CDRs.

        Raises:
            OcpiError: It was not taken.
        """
        partner = await self._provider_of(raw)
        if partner is None or not self._takes(partner, "cdrs"):
            return None
        peer = self._peer(partner, _owner(raw), _provider(raw))
        return await peer.cdrs.post_cdr(raw)

    async def active_profile(self, session: Raw, profile: Raw) -> None:
        """PUT the active profile of a session to the provider of its token, if it takes them."""
        partner = await self._provider_of(session)
        if partner is None:
            return
        peer = self._peer(partner, _owner(session), _provider(session))
        if peer.offers("chargingprofiles", "sender"):
            await peer.chargingprofiles.put_active_charging_profile(_text(session, "id"), profile)

    async def _all(self, module: str, owner: PartyId, call: Call) -> Mapping[str, OcpiError | None]:
        takers = [each for each in await self._directory.registered() if self._takes(each, module)]
        peers = [self._peer(partner, owner, None) for partner in takers]
        done = await asyncio.gather(*(_tried(call(peer)) for peer in peers))
        for partner, error in zip(takers, done, strict=True):
            if error is not None:
                log.warning("%s did not take %s: %s", partner.name, module, error.message)
        return {partner.id: error for partner, error in zip(takers, done, strict=True)}

    async def _provider(self, module: str, raw: Raw, call: Call) -> None:
        partner = await self._provider_of(raw)
        if partner is None or not self._takes(partner, module):
            return
        error = await _tried(call(self._peer(partner, _owner(raw), _provider(raw))))
        if error is not None:
            log.warning("%s did not take %s: %s", partner.name, module, error.message)

    async def _provider_of(self, raw: Raw) -> PartnerRecord | None:
        return await self._directory.of_party(_provider(raw))

    def _takes(self, partner: PartnerRecord, module: str) -> bool:
        try:
            return self._clients.peer(partner).offers(module, "receiver")
        except EndpointMissing:
            return False

    def _peer(self, partner: PartnerRecord, owner: PartyId, to_party: PartyId | None) -> "Clients":
        return self._clients.peer(partner, from_party=owner, to_party=to_party)


async def _tried(call: Awaitable[None]) -> OcpiError | None:
    try:
        await call
    except OcpiError as error:
        return error
    return None


def _owner(raw: bytes) -> PartyId:
    return PartyId.of(_text(raw, "country_code"), _text(raw, "party_id"))


def _provider(raw: bytes) -> PartyId:
    return _owner(bytes(fields(raw)["cdr_token"]))


def _text(raw: bytes, name: str) -> str:
    return text_field(fields(raw), name) or ""
