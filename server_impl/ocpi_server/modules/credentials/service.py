"""The credentials module: partners register, renew and end their registration here.

A registration is put into force in one transaction, after the partner's own versions were read
with the token that it issued; until then nothing has changed, whatever goes wrong.
"""

import logging
from collections.abc import Mapping
from typing import Any, Final

from ocpi_runtime import token as tokens
from ocpi_runtime.binding import Binding
from ocpi_runtime.client import Endpoint, connect
from ocpi_runtime.errors import (
    ClientApiUnusable,
    MethodNotAllowed,
    NoMatchingEndpoints,
    OcpiError,
    UnsupportedVersion,
)
from ocpi_runtime.parties import PartyRole, other
from ocpi_runtime.server import Context
from ocpi_runtime.types import Model, Raw
from ocpi_server.modules.credentials._json_text import (
    PartnerCredentials,
    own_credentials,
    read_credentials,
)
from ocpi_server.modules.credentials._reachable import reachable
from ocpi_server.modules.credentials._rules import (
    check_roles,
    check_versions_url,
    refused_roles,
    taken_parties,
)
from ocpi_server.partners import (
    ConcurrentChange,
    InvitationTerms,
    KnownPartner,
    PartiesTaken,
    PartnerDirectory,
    PartnerRecord,
    RolesRefused,
)
from ocpi_server.partners.calling import HANDSHAKE, PartnerClients
from ocpi_server.settings import Settings

__all__ = ["CredentialsService", "shown"]

log = logging.getLogger("ocpi_server.partners")

_FREE: Final = ("GET", "POST")
_TAKEN: Final = ("GET", "PUT", "DELETE")


class CredentialsService:
    """Answers the credentials module.

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

    async def get(self, context: Context) -> Raw:
        """Return our credentials with the token that the partner uses."""
        version = context.interface.version
        partner = _known(context)
        behind = await reachable(self._settings, self._directory, partner.id)
        return own_credentials(self._settings, partner.token, version, context.own_role, behind)

    async def post(self, context: Context, credentials: Model) -> Raw:
        """Register a partner that was invited.

        It may do so again as long as it has not used the token that it was given, since our
        answer may have been lost.

        Raises:
            MethodNotAllowed: It is registered already.
            ClientApiUnusable: Its versions could not be read with the token that it issued.
            UnsupportedVersion: It does not speak the version of this endpoint.
            NoMatchingEndpoints: It lacks modules that this platform expects.
            InvalidParameters: It claims parties of somebody else, or roles that the invitation is
                not for.
        """
        partner = _known(context)
        if not partner.invited:
            raise MethodNotAllowed(
                "The platform is already registered; use PUT to update the registration.",
                allow=_TAKEN,
            )
        return await self._agree(context, partner, credentials)

    async def put(self, context: Context, credentials: Model) -> Raw:
        """Renew the registration of a partner: version, endpoints, roles and both tokens.

        Raises:
            MethodNotAllowed: It is not registered.
            OcpiError: As :meth:`post`.
        """
        partner = _known(context)
        if not partner.registered:
            raise MethodNotAllowed(
                "The platform is not registered; use POST to register.", allow=_FREE
            )
        return await self._agree(context, partner, credentials)

    async def delete(self, context: Context) -> None:
        """End the registration of a partner.

        Raises:
            MethodNotAllowed: It is not registered.
        """
        partner = _known(context)
        if not partner.registered:
            raise MethodNotAllowed(
                "The platform is not registered; use POST to register.", allow=_FREE
            )
        try:
            await self._directory.part(partner.record)
        except ConcurrentChange:
            raise MethodNotAllowed(
                "The registration was changed by another request.", allow=_FREE
            ) from None

    async def _agree(self, context: Context, partner: KnownPartner, credentials: Model) -> Raw:
        try:
            return await self._try_to_agree(context, partner, credentials)
        except OcpiError as error:
            record = partner.record
            log.warning(
                "registration of %s (%s) refused: %s", record.label, record.id, shown(error)
            )
            raise

    async def _try_to_agree(
        self, context: Context, partner: KnownPartner, credentials: Model
    ) -> Raw:
        role = context.own_role
        offer = read_credentials(credentials, role)
        check_roles(offer, self._settings.max_roles)
        check_versions_url(offer.url)
        version = context.interface.version
        endpoints, base64 = await self._discover(partner.record, offer, version, role)
        token = tokens.new_token()
        terms = InvitationTerms(
            token_here=token,
            token_there=offer.token,
            versions_url=offer.url,
            version=version,
            endpoints=endpoints,
            roles=offer.roles,
            token_base64=base64,
            own_role=role,
        )
        try:
            await self._directory.agree(partner.record, terms, asked=partner)
        except PartiesTaken as error:
            raise taken_parties(error, offer) from None
        except RolesRefused as error:
            raise refused_roles(error, offer) from None
        except ConcurrentChange:
            raise MethodNotAllowed(
                "The registration was changed by another request.", allow=_TAKEN
            ) from None
        behind = await reachable(self._settings, self._directory, partner.id)
        return own_credentials(self._settings, token, version, role, behind)

    async def _discover(
        self,
        partner: PartnerRecord,
        offer: PartnerCredentials,
        version: str,
        role: PartyRole | None,
    ) -> tuple[tuple[Endpoint, ...], bool]:
        binding = self._bindings[version]
        http, options = self._clients.handshake(partner, HANDSHAKE)
        options["peer_role"] = None if role is None else other(role)
        try:
            async with connect(
                offer.url,
                offer.token,
                bindings=[binding],
                http=http,
                **options,
            ) as peer:
                endpoints, base64 = peer.endpoints, peer.token_base64
        except UnsupportedVersion:
            raise
        except OcpiError as error:
            raise ClientApiUnusable(
                f"Versions at {offer.url} could not be read: {error.message}"
            ) from error
        self._require(endpoints)
        return endpoints, base64

    def _require(self, endpoints: tuple[Endpoint, ...]) -> None:
        offered = {each.module.lower() for each in endpoints}
        missing = sorted(self._settings.required_modules - offered)
        if missing:
            raise NoMatchingEndpoints(
                f"Version details lack endpoints of required modules: {', '.join(missing)}."
            )


def shown(error: OcpiError) -> str:
    """Return an error for a log line; what a partner wrote does not break the line."""
    pointers = ", ".join(fault.pointer for fault in error.violations[:10])
    text = f"{error.message} ({pointers})" if pointers else error.message
    return text.encode("unicode_escape").decode("ascii")[:500]


def _known(context: Context) -> KnownPartner:
    if not isinstance(context.partner, KnownPartner):
        raise TypeError("the application must authenticate with the platform's directory")
    return context.partner
