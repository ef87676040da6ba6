"""Registering at a partner, renewing and ending it: from the side that starts it."""

import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from ocpi_runtime import token as tokens
from ocpi_runtime.binding import Binding
from ocpi_runtime.client import Limits
from ocpi_runtime.client.registration import Registered, register, unregister, update
from ocpi_runtime.codec import decode
from ocpi_runtime.errors import (
    EndpointMissing,
    GenericServerError,
    MethodNotAllowed,
    NotAuthorized,
    OcpiError,
)
from ocpi_runtime.parties import CPO, EMSP, PartyRole, other
from ocpi_runtime.transport import Transport
from ocpi_runtime.types import Model
from ocpi_server.modules.credentials._json_text import own_credentials, read_credentials
from ocpi_server.modules.credentials._reachable import Roles, reachable
from ocpi_server.modules.credentials._rules import check_roles, taken_parties
from ocpi_server.modules.credentials.service import shown
from ocpi_server.partners import (
    ConcurrentChange,
    InvitationTerms,
    PartiesTaken,
    PartnerDirectory,
    PartnerRecord,
    PartnerRole,
    Status,
)
from ocpi_server.partners.calling import HANDSHAKE, PartnerClients
from ocpi_server.settings import Settings
from ocpi_server.sync.retries import persistently

__all__ = ["RegistrationClient"]

Side = tuple[str, str]

log = logging.getLogger("ocpi_server.partners")


class RegistrationClient:
    """Registers this platform at others.

    Args:
        settings: Who we are.
        directory: Looks partners up.
        clients: Calls them.
        bindings: The versions that this platform speaks, by number.
    """

    def __init__(
        self,
        settings: Settings,
        directory: PartnerDirectory,
        clients: PartnerClients,
        bindings: Mapping[str, Binding[Any, Any]],
    ) -> None:
        self._settings = settings
        self._directory = directory
        self._clients = clients
        self._bindings = bindings

    async def register(  # noqa: PLR0913 - keywords, as of register_with
        self,
        name: str,
        versions_url: str,
        token_a: str,
        *,
        expects: Sequence[Side] = (),
        role: PartyRole | None = None,
        linked_partner_id: str | None = None,
        partner_id: str | None = None,
        roles: Sequence[PartnerRole] = (),
        transport: Transport | None = None,
    ) -> PartnerRecord:
        """Register at a partner with the token A that it gave us.

        An exchange whose answer is lost is repeated. If the last answer is lost too, all of it can
        be repeated with the same token A.

        Args:
            name: What an operator calls it.
            versions_url: Where it lists its versions.
            token_a: Its token A.
            expects: Modules and interfaces that it must offer.
            role: The role that we register with, where only one counts (2.1.1 and 2.0); that of our
                first party by default.
            linked_partner_id: A partner that is the same company in its other role, so that both
                may speak for one party (2.1.1 and 2.0).
            partner_id: A partner whose registration has ended, to be registered again; by default
                the one with this versions URL.
            roles: The roles that it is known for; what it claims beyond them waits for approval.
            transport: What the partner demands of connections.

        Raises:
            OcpiError: It failed; nothing is left of it here.
        """
        role = role or self._settings.main_role
        token_b = tokens.new_token()
        if partner_id is None:
            ended = await self._directory.ended_at(versions_url)
            partner_id = None if ended is None else ended.id
        partner = await self._directory.begin(
            name,
            token_b,
            partner_id=partner_id,
            linked_partner_id=linked_partner_id,
            roles=roles,
            transport=transport,
        )

        async def attempt() -> Registered[Any]:
            http, options = self._clients.handshake(partner)
            options["peer_role"] = other(role)
            behind = await reachable(self._settings, self._directory, partner.id)
            return await register(
                versions_url,
                token_a,
                lambda binding: self._own(binding, token_b, role, behind),
                bindings=list(self._bindings.values()),
                expects=expects,
                http=http,
                **options,
            )

        try:
            done = await persistently(attempt)
            return await self._conclude(partner, token_b, done, role)
        except BaseException as error:
            await self._directory.forget(partner)
            why = shown(error) if isinstance(error, OcpiError) else type(error).__name__
            log.info("registration at %s failed: %s", name, why)
            raise

    async def renew(self, partner: PartnerRecord) -> PartnerRecord:
        """Renew a registration with new tokens on both sides, in the newest common version.

        An exchange whose answer is lost is repeated. If the last answer is lost too, the partner
        may use its token of before and the new one, until the next renewal.

        Raises:
            OcpiError: It failed; the tokens of before are still in force here.
        """
        role = self._role_towards(partner)
        proposed, token_b = await self._directory.propose(partner)

        async def attempt() -> Registered[Any]:
            http, options = self._clients.handshake(proposed)
            behind = await reachable(self._settings, self._directory, partner.id)
            options |= {"peer_role": other(role), "token_base64": None}
            return await update(
                partner.versions_url or "",
                self._directory.open_token(proposed),
                lambda binding: self._own(binding, token_b, role, behind),
                bindings=list(self._bindings.values()),
                http=http,
                **options,
            )

        try:
            done = await persistently(attempt)
            record = await self._agree(proposed, token_b, done, role)
        except OcpiError as error:
            log.info("renewal of the registration at %s failed: %s", partner.label, shown(error))
            raise
        await self._confirm(record)
        return record

    async def unregister(self, partner: PartnerRecord) -> None:
        """End a registration on both sides; a partner that has ended it already is accepted.

        Raises:
            OcpiError: The partner could not be reached; the registration is still in force here.
        """
        token = self._directory.open_token(partner)
        await persistently(lambda: self._end_there(partner, token))
        await self._end_here(partner)

    async def cut_off(self, partner: PartnerRecord) -> bool:
        """End a registration here at once, and there if the partner can be reached.

        Returns:
            Whether the partner knows.
        """
        await self._end_here(partner)
        try:
            await self._end_there(partner, self._directory.open_token(partner), HANDSHAKE)
        except OcpiError as error:
            log.info("unregistering at %s failed: %s", partner.label, shown(error))
            return False
        return True

    async def _end_here(self, partner: PartnerRecord) -> None:
        try:
            await self._directory.part(partner)
        except ConcurrentChange:
            now = await self._directory.get(partner.id)
            if now is not None and now.status is not Status.UNREGISTERED:
                await self._directory.part(now)

    async def _end_there(
        self, partner: PartnerRecord, token: str, limits: Limits | None = None
    ) -> None:
        binding = self._bindings.get(partner.version or "")
        if binding is None:
            raise EndpointMissing(
                f"OCPI {partner.version} of {partner.label} is not in our settings."
            )
        url = partner.versions_url or ""
        await self._end_at(partner, url, token, binding, partner.token_base64, limits)

    async def _end_at(
        self,
        partner: PartnerRecord,
        versions_url: str,
        token: str,
        binding: Binding[Any, Any],
        token_base64: bool | None,  # noqa: FBT001 - as the record has it, which may be None
        limits: Limits | None,
    ) -> None:
        http, options = self._clients.handshake(partner, limits)
        options["token_base64"] = token_base64
        with suppress(NotAuthorized, MethodNotAllowed):
            await unregister(versions_url, token, bindings=[binding], http=http, **options)

    def _role_towards(self, partner: PartnerRecord) -> PartyRole:
        """Return our role towards a partner where only one counts."""
        if partner.own_role is not None:
            return partner.own_role
        played = {each.role for each in (*partner.roles, *partner.claimed)}
        if len(played & {CPO, EMSP}) != 1:
            return self._settings.main_role
        return EMSP if CPO in played else CPO

    def _own(self, binding: Binding[Any, Any], token: str, role: PartyRole, behind: Roles) -> Model:
        interface = binding.interfaces["credentials", "both"]
        met = None if interface.roles else role
        text = own_credentials(self._settings, token, binding.version, met, behind)
        credentials: Model = decode(text, interface.operations["post_credentials"].body)
        return credentials

    async def _conclude(
        self, partner: PartnerRecord, token_b: str, done: Registered[Any], role: PartyRole
    ) -> PartnerRecord:
        """Put a first registration into force; where that is not possible, end it there too."""
        try:
            record = await self._agree(partner, token_b, done, role)
        except OcpiError:
            await self._undo_there(partner, done)
            raise
        await self._confirm(record)
        return record

    async def _undo_there(self, partner: PartnerRecord, done: Registered[Any]) -> None:
        url = str(done.credentials.url)
        known = await self._directory.registered()
        if any(each.versions_url == url for each in known):
            return  # It was registered by another exchange, whose registration must stay.
        with suppress(OcpiError):
            await self._end_at(partner, url, done.token, done.binding, done.token_base64, HANDSHAKE)

    async def _agree(
        self, partner: PartnerRecord, token_b: str, done: Registered[Any], role: PartyRole
    ) -> PartnerRecord:
        named = done.binding.interfaces["credentials", "both"].roles
        own_role = None if named else role
        offer = read_credentials(done.credentials, own_role)
        check_roles(offer, self._settings.max_roles)
        terms = InvitationTerms(
            token_here=token_b,
            token_there=done.token,
            versions_url=offer.url,
            version=done.version,
            endpoints=done.endpoints,
            roles=offer.roles,
            token_base64=done.token_base64,
            own_role=own_role,
        )
        try:
            return await self._directory.agree(partner, terms)
        except PartiesTaken as error:
            raise taken_parties(error, offer) from None
        except ConcurrentChange:
            message = f"The registration with {partner.label} was changed by another request."
            raise GenericServerError(message, hint="Check its state, and renew it again.") from None

    async def _confirm(self, partner: PartnerRecord) -> None:
        """Use the new token, so that the partner refuses the one of before."""
        try:
            await self._clients.peer(partner).credentials.get_credentials()
        except OcpiError as error:
            log.warning("%s does not accept its new token yet: %s", partner.label, shown(error))
