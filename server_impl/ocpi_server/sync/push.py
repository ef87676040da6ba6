"""Pushing own objects to partners: to those that take them, and that they are for.

What is for everybody goes to a hub itself, which passes it on; what is for one party behind a hub
goes through the hub, with the party in its routing headers.

Each partner gets it in its version. Which fields a change touches in another version than the
object's shows when its renditions before and after are held together; where the one before is not
known, or most has changed, the whole part is put. Ids of URLs are those that the object has in the
version of the partner.
"""

import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from ocpi_runtime.errors import GenericClientError, NotFound, OcpiError
from ocpi_runtime.types import PartyId, Raw
from ocpi_server._jsonbytes import fields, text_field
from ocpi_server.objects.location_parts import evse, find
from ocpi_server.partners import PartnerDirectory, PartnerRecord
from ocpi_server.partners.by_party import FindPartner
from ocpi_server.partners.calling import PartnerClients
from ocpi_server.store import Stored, is_set_aside
from ocpi_server.sync._differences import difference
from ocpi_server.sync.fan_out import Taken, fan_out
from ocpi_server.sync.retries import persistently
from ocpi_server.versioning.contexts import before_roles
from ocpi_server.versioning.editions import edition_version
from ocpi_server.versioning.messages import MessageConverter
from ocpi_server.versioning.renditions import Renditions

if TYPE_CHECKING:
    from ocpi_bindings.v2_2_1.clients import Clients
    from ocpi_bindings.v2_2_1.models import TokenType

__all__ = ["Pusher"]

log = logging.getLogger("ocpi_server.push")

Call = Callable[["Clients", Raw], Awaitable[None]]
"""Sends an object, given as text in the version of the partner."""


class Pusher:
    """Sends own objects to partners.

    A push is tried once: OCPI does not queue messages, a partner that was away asks for what it
    missed. Only a CDR is posted again when its answer does not come, since the answer names its
    URL.

    Args:
        directory: Knows the partners.
        find: Finds the one to which messages for a party are sent.
        clients: Calls them.
        renditions: Gives objects in the versions of partners.
        messages: Converts messages to the versions of partners.
    """

    def __init__(
        self,
        directory: PartnerDirectory,
        find: FindPartner,
        clients: PartnerClients,
        renditions: Renditions,
        messages: MessageConverter,
    ) -> None:
        self._directory = directory
        self._find = find
        self._clients = clients
        self._renditions = renditions
        self._messages = messages

    async def location(self, stored: Stored) -> Taken:
        """PUT a location to every partner that takes locations."""
        owner = _owner(stored.raw)
        return await self._all(
            stored, lambda peer, raw: peer.locations.put_location(*owner, _text(raw, "id"), raw)
        )

    async def evse_patch(self, location: Stored, evse_uid: str, patch: Raw) -> Taken:
        """PATCH an EVSE at every partner that takes locations."""
        owner = _owner(location.raw)
        before = await self._renditions.before(location)

        async def call(peer: "Clients", raw: Raw) -> None:
            uid = _text(raw, "id")
            part = find(raw, [evse(evse_uid)])
            place = (*owner, uid)
            if part is None:  # its id is too long for the version and something stands in for it
                await peer.locations.put_location(*place, raw)
                return
            version = _version(peer)
            same = version == location.version
            news = patch if same else difference(_evse(before.get(version), evse_uid), part)
            await _patched(
                None if news is None else peer.locations.patch_evse(*place, evse_uid, news),
                lambda: peer.locations.get_stored_location(*place),
                lambda: peer.locations.put_location(*place, raw),
                lambda: peer.locations.put_evse(*place, evse_uid, Raw(part)),
            )

        return await self._all(location, call)

    async def token(self, stored: Stored) -> Taken:
        """PUT a token to every partner that takes tokens."""
        owner = _owner(stored.raw)
        kind: TokenType = _text(stored.raw, "type")  # type: ignore[assignment]  # sent as it is

        async def call(peer: "Clients", raw: Raw) -> None:
            # Before 2.2 the URL does not name the type.
            typed = "type" in _parameters(self._clients, peer.version)
            more = {"type": kind} if typed else {}
            await peer.tokens.put_token(*owner, _text(raw, "uid"), raw, **more)

        return await self._all(stored, call)

    async def tariff(self, stored: Stored) -> Taken:
        """PUT a tariff to every partner that takes tariffs."""
        owner = _owner(stored.raw)
        return await self._all(
            stored, lambda peer, raw: peer.tariffs.put_tariff(*owner, _text(raw, "id"), raw)
        )

    async def tariff_removal(self, stored: Stored) -> Taken:
        """DELETE a tariff at every partner that takes tariffs."""
        owner, uid = _owner(stored.raw), _text(stored.raw, "id")

        async def call(peer: "Clients") -> None:
            await peer.tariffs.delete_tariff(*owner, uid)

        return await self._each("tariffs", owner, lambda _, peer: call(peer))

    async def session(self, stored: Stored) -> None:
        """PUT a session to the provider of its token, if it takes sessions."""
        owner = _owner(stored.raw)
        await self._provider(
            stored, lambda peer, raw: peer.sessions.put_session(*owner, _text(raw, "id"), raw)
        )

    async def session_patch(self, session: Stored, patch: Raw) -> None:
        """PATCH a session at the provider of its token, if it takes sessions."""
        owner = _owner(session.raw)
        before = await self._renditions.before(session)

        async def call(peer: "Clients", raw: Raw) -> None:
            uid = _text(raw, "id")
            grows = () if before_roles(peer.version) else ("charging_periods",)
            version = _version(peer)
            same = version == session.version
            news = patch if same else difference(before.get(version), raw, grows)
            await _patched(
                None if news is None else peer.sessions.patch_session(*owner, uid, news),
                lambda: peer.sessions.get_stored_session(*owner, uid),
                lambda: peer.sessions.put_session(*owner, uid, raw),
            )

        await self._provider(session, call)

    async def cdr(self, stored: Stored) -> str | None:
        """POST a CDR to the provider of its token; again, a few times, while no answer comes.

        Returns:
            Where it can be read there; None where the provider takes no CDRs.

        Raises:
            OcpiError: It was not taken, or cannot be represented in the version of the provider.
        """
        partner = await self._provider_of(stored)
        if partner is None or not self._clients.takes(partner, "cdrs"):
            return None
        peer = self._peer(partner, _owner(stored.raw), _provider(stored.raw))
        raw = await self._renditions.of(stored, _version(peer))
        return await persistently(lambda: peer.cdrs.post_cdr(raw))

    async def active_profile(self, session: Stored, profile: Raw) -> None:
        """PUT the active profile of a session to the provider of its token, if it takes them."""
        partner = await self._provider_of(session)
        if partner is None or not self._clients.knows(partner, "chargingprofiles"):
            return
        peer = self._peer(partner, _owner(session.raw), _provider(session.raw))
        if peer.offers("chargingprofiles", "sender"):
            body = self._messages.to(peer.version, "ActiveChargingProfile", profile)
            await peer.chargingprofiles.put_active_charging_profile(_text(session.raw, "id"), body)

    async def _all(self, stored: Stored, call: Call) -> Taken:
        async def send(_: PartnerRecord, peer: "Clients") -> None:
            await call(peer, await self._renditions.of(stored, _version(peer)))

        return await self._each(stored.key.module, _owner(stored.raw), send)

    async def _each(
        self,
        module: str,
        owner: PartyId,
        send: Callable[[PartnerRecord, "Clients"], Awaitable[None]],
    ) -> Taken:
        takers = [
            each for each in await self._directory.registered() if self._clients.takes(each, module)
        ]

        async def one(partner: PartnerRecord) -> None:
            await send(partner, self._clients.for_all(partner, from_party=owner))

        return await fan_out(takers, module, one)

    async def _provider(self, stored: Stored, call: Call) -> None:
        module = stored.key.module
        partner = await self._provider_of(stored)
        if partner is None or not self._clients.takes(partner, module):
            return
        peer = self._peer(partner, _owner(stored.raw), _provider(stored.raw))
        try:
            await call(peer, await self._renditions.of(stored, _version(peer)))
        except OcpiError as error:
            log.warning("push to %s of %s failed: %s", partner.name, module, error.message)

    async def _provider_of(self, stored: Stored) -> PartnerRecord | None:
        """Find who speaks for the provider; nobody, where that was another registration then."""
        if is_set_aside(stored.audience):
            return None
        return await self._find(_provider(stored.raw))

    def _peer(self, partner: PartnerRecord, owner: PartyId, to_party: PartyId) -> "Clients":
        return self._clients.peer(partner, from_party=owner, to_party=to_party)


def _version(peer: "Clients") -> str:
    """Return the version that a partner speaks, with its editions."""
    return edition_version(peer.version, peer.dialect)


def _parameters(clients: PartnerClients, version: str) -> frozenset[str]:
    operation = clients.bindings[version].interfaces["tokens", "receiver"].operations["put_token"]
    return frozenset(each.name for each in operation.parameters)


async def _patched(
    patch: Awaitable[None] | None,
    look: Callable[[], Awaitable[object]],
    put: Callable[[], Awaitable[None]],
    put_part: Callable[[], Awaitable[None]] | None = None,
) -> None:
    """Send a PATCH, or PUT what there is none for; what is not there is put as a whole.

    Raises:
        OcpiError: It was refused, and not because it is not there.
    """
    try:
        await ((put_part or put)() if patch is None else patch)
    except (GenericClientError, NotFound):
        if await _is_there(look):
            raise
        await put()


async def _is_there(look: Callable[[], Awaitable[object]]) -> bool:
    try:
        await look()
    except (GenericClientError, NotFound):
        return False
    except OcpiError:
        return True  # as far as is known
    return True


def _evse(location: Raw | None, uid: str) -> bytes | None:
    return None if location is None else find(location, [evse(uid)])


def _owner(raw: bytes) -> PartyId:
    return PartyId.of(_text(raw, "country_code"), _text(raw, "party_id"))


def _provider(raw: bytes) -> PartyId:
    return _owner(bytes(fields(raw)["cdr_token"]))


def _text(raw: bytes, name: str) -> str:
    return text_field(fields(raw), name) or ""
