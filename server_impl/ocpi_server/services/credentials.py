"""The credentials module: partners register, renew and end their registration here.

A registration is put into force in one transaction, after the partner's own versions were read
with the token that it gave; until then nothing has changed, whatever goes wrong.
"""

import logging
from collections.abc import Mapping
from typing import Any, Final

from ocpi_runtime import token as tokens
from ocpi_runtime.binding import Binding
from ocpi_runtime.client import Endpoint, connect
from ocpi_runtime.errors import (
    ClientApiUnusable,
    InvalidParameters,
    MethodNotAllowed,
    NoMatchingEndpoints,
    OcpiError,
    UnsupportedVersion,
    Violation,
)
from ocpi_runtime.parties import PartyRole, other
from ocpi_runtime.server import Context
from ocpi_runtime.types import PartyId, Raw
from ocpi_server.partners import (
    KnownPartner,
    Overtaken,
    PartiesTaken,
    PartnerDirectory,
    Status,
    Terms,
)
from ocpi_server.partners.calling import HANDSHAKE, PartnerClients
from ocpi_server.services.credentials_text import Offer, own_credentials, read_credentials
from ocpi_server.settings import Settings

__all__ = ["CredentialsService", "taken_parties"]

log = logging.getLogger("ocpi_server.credentials")

_FREE: Final = ("GET", "POST")
_TAKEN: Final = ("GET", "PUT", "DELETE")


class CredentialsService:
    """Answers the credentials module.

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

    async def get(self, context: Context) -> Raw:
        """Give our credentials with the token that the partner uses."""
        version = context.interface.version
        return own_credentials(self._settings, _known(context).token, version, context.own_role)

    async def post(self, context: Context, raw: Raw) -> Raw:
        """Register a partner that was invited.

        Raises:
            MethodNotAllowed: It is registered already.
            ClientApiUnusable: Its versions could not be read with the token that it gave.
            UnsupportedVersion: It does not speak the version of this endpoint.
            NoMatchingEndpoints: It lacks modules that this platform expects.
            InvalidParameters: It claims parties of somebody else.
        """
        partner = _known(context)
        if partner.record.status is not Status.INVITED:
            raise MethodNotAllowed("You are registered here already.", allow=_TAKEN)
        return await self._agree(context, partner, raw)

    async def put(self, context: Context, raw: Raw) -> Raw:
        """Renew the registration of a partner: version, endpoints, roles and both tokens.

        Raises:
            MethodNotAllowed: It is not registered.
            OcpiError: As :meth:`post`.
        """
        partner = _known(context)
        if partner.registering:
            raise MethodNotAllowed("You are not registered here.", allow=_FREE)
        return await self._agree(context, partner, raw)

    async def delete(self, context: Context) -> None:
        """End the registration of a partner.

        Raises:
            MethodNotAllowed: It is not registered.
        """
        partner = _known(context)
        if partner.registering:
            raise MethodNotAllowed("You are not registered here.", allow=_FREE)
        try:
            await self._directory.part(partner.record)
        except Overtaken:
            raise MethodNotAllowed("The registration has just changed.", allow=_FREE) from None
        log.info("%s has ended its registration", partner.record.name)

    async def _agree(self, context: Context, partner: KnownPartner, raw: Raw) -> Raw:
        role = context.own_role
        offer = read_credentials(raw, role)
        _check_roles(offer)
        version = context.interface.version
        endpoints, base64 = await self._discover(offer, version, role)
        token = tokens.new_token()
        terms = Terms(
            token_here=token,
            token_there=offer.token,
            versions_url=offer.url,
            version=version,
            endpoints=endpoints,
            roles=offer.roles,
            token_base64=base64,
            met_as=role,
        )
        try:
            await self._directory.agree(partner.record, terms)
        except PartiesTaken as error:
            raise taken_parties(error, offer) from None
        except Overtaken:
            raise MethodNotAllowed("The registration has just changed.", allow=_TAKEN) from None
        log.info("%s is registered for %s", partner.record.name, version)
        return own_credentials(self._settings, token, version, role)

    async def _discover(
        self, offer: Offer, version: str, role: PartyRole | None
    ) -> tuple[tuple[Endpoint, ...], bool]:
        binding = self._bindings[version]
        try:
            async with connect(
                offer.url,
                offer.token,
                bindings=[binding],
                http=self._clients.http,
                policy=self._clients.policy,
                limits=HANDSHAKE,
                peer_role=None if role is None else other(role),
                on_exchange=self._clients.on_exchange,
            ) as peer:
                endpoints, base64 = peer.endpoints, peer.token_base64
        except UnsupportedVersion:
            raise
        except OcpiError as error:
            raise ClientApiUnusable(
                f"Your versions could not be read at {offer.url}: {error.message}"
            ) from error
        self._require(endpoints)
        return endpoints, base64

    def _require(self, endpoints: tuple[Endpoint, ...]) -> None:
        offered = {each.module.lower() for each in endpoints}
        missing = sorted(self._settings.required_modules - offered)
        if missing:
            raise NoMatchingEndpoints(f"You publish no endpoint of {', '.join(missing)}.")


def _check_roles(offer: Offer) -> None:
    known: set[tuple[str, PartyId]] = set()
    faults = []
    for at, role in enumerate(offer.roles):
        name = (role.role, role.party)
        if name in known:
            faults.append(
                Violation(f"/roles/{at}", "unique", f"repeats {role.party} as {role.role}")
            )
        known.add(name)
    if faults:
        raise InvalidParameters("A party stands twice in one role.", violations=faults)


def taken_parties(error: PartiesTaken, offer: Offer) -> InvalidParameters:
    """Name the roles in credentials whose party somebody else speaks for."""
    faults = [
        Violation(f"/roles/{at}", "taken", f"another platform speaks for {role.party}")
        for at, role in enumerate(offer.roles)
        if role.party in error.parties
    ]
    return InvalidParameters("Another platform speaks for your parties.", violations=faults)


def _known(context: Context) -> KnownPartner:
    if not isinstance(context.partner, KnownPartner):
        raise TypeError("the application must authenticate with the platform's directory")
    return context.partner
