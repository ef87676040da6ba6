"""Registering at a partner, renewing and ending it: from the side that starts it."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from ocpi_runtime import token as tokens
from ocpi_runtime.binding import Binding
from ocpi_runtime.client.registration import Registered, register, unregister, update
from ocpi_runtime.codec import decode, encode
from ocpi_runtime.errors import MethodNotAllowed, NotAuthorized
from ocpi_runtime.parties import CPO, EMSP, PartyRole, other
from ocpi_runtime.types import Model
from ocpi_server.partners import (
    PartiesTaken,
    PartnerDirectory,
    PartnerRecord,
    Terms,
)
from ocpi_server.partners.calling import PartnerClients
from ocpi_server.services.credentials import taken_parties
from ocpi_server.services.credentials_text import own_credentials, read_credentials
from ocpi_server.settings import Settings

__all__ = ["Registration"]

Side = tuple[str, str]


class Registration:
    """Registers this platform at others.

    Args:
        settings: Who we are.
        directory: Knows the partners.
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

    async def register(
        self,
        name: str,
        versions_url: str,
        token_a: str,
        *,
        expects: Sequence[Side] = (),
        role: PartyRole | None = None,
        beside: str | None = None,
    ) -> PartnerRecord:
        """Register at a partner with the token A that it gave us.

        Args:
            name: What an operator calls it.
            versions_url: Where it lists its versions.
            token_a: Its token A.
            expects: Modules and sides that it must offer.
            role: As whom we register, where only one role counts (2.1.1 and 2.0); that of our
                first party by default.
            beside: A partner that is the same company in its other role, so that both may speak
                for one party (2.1.1 and 2.0).

        Raises:
            OcpiError: It failed; nothing is left of it here.
        """
        role = role or self._settings.main_role
        token_b = tokens.new_token()
        partner = await self._directory.begin(name, token_b, beside=beside)
        try:
            done = await register(
                versions_url,
                token_a,
                lambda binding: self._own(binding, token_b, role),
                bindings=list(self._bindings.values()),
                expects=expects,
                peer_role=other(role),
                http=self._clients.http,
                policy=self._clients.policy,
                on_exchange=self._clients.on_exchange,
            )
            return await self._agree(partner, token_b, done, role)
        except BaseException:
            await self._directory.forget(partner)
            raise

    async def renew(self, partner: PartnerRecord) -> PartnerRecord:
        """Renew a registration with new tokens on both sides, in the newest common version.

        Raises:
            OcpiError: It failed; the tokens of before are still in force here.
        """
        role = self._role_towards(partner)
        token_b = tokens.new_token()
        proposed = await self._directory.propose(partner, token_b)
        try:
            done = await update(
                partner.versions_url or "",
                self._directory.open_token(partner),
                lambda binding: self._own(binding, token_b, role),
                bindings=list(self._bindings.values()),
                peer_role=other(role),
                http=self._clients.http,
                policy=self._clients.policy,
                token_base64=partner.token_base64,
                on_exchange=self._clients.on_exchange,
            )
            return await self._agree(proposed, token_b, done, role)
        except BaseException:
            await self._directory.propose(partner, None)
            raise

    async def unregister(self, partner: PartnerRecord) -> None:
        """End a registration on both sides; a partner that has ended it already is no error.

        Raises:
            OcpiError: The partner could not be told; the registration is still in force here.
        """
        binding = self._bindings[partner.version or ""]
        with suppress(NotAuthorized, MethodNotAllowed):
            await unregister(
                partner.versions_url or "",
                self._directory.open_token(partner),
                bindings=[binding],
                http=self._clients.http,
                policy=self._clients.policy,
                token_base64=partner.token_base64,
                on_exchange=self._clients.on_exchange,
            )
        await self._directory.part(partner)

    def _role_towards(self, partner: PartnerRecord) -> PartyRole:
        """Tell as whom we meet a partner where only one role counts."""
        played = {each.role for each in partner.roles}
        if len(played & {CPO, EMSP}) != 1:
            return self._settings.main_role
        return EMSP if CPO in played else CPO

    def _own(self, binding: Binding[Any, Any], token: str, role: PartyRole) -> Model:
        interface = binding.interfaces["credentials", "both"]
        operation = interface.operations["post_credentials"]
        met = None if interface.roles else role
        text = own_credentials(self._settings, token, binding.version, met)
        credentials: Model = decode(text, operation.body)
        return credentials

    async def _agree(
        self, partner: PartnerRecord, token_b: str, done: Registered[Any], role: PartyRole
    ) -> PartnerRecord:
        named = done.binding.interfaces["credentials", "both"].roles
        met_as = None if named else role
        offer = read_credentials(encode(done.credentials), met_as)
        terms = Terms(
            token_here=token_b,
            token_there=done.token,
            versions_url=offer.url,
            version=done.version,
            endpoints=done.endpoints,
            roles=offer.roles,
            token_base64=done.token_base64,
            met_as=met_as,
        )
        try:
            return await self._directory.agree(partner, terms)
        except PartiesTaken as error:
            raise taken_parties(error, offer) from None
