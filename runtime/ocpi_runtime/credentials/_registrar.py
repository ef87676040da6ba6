"""The exchange of credentials, from both sides, over the store of an application."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Unpack

from ocpi_runtime import token as tokens
from ocpi_runtime.binding import Binding
from ocpi_runtime.client import HttpClient, Options, Peer
from ocpi_runtime.client.registration import Registered, register, unregister, update
from ocpi_runtime.credentials._handler import CredentialsHandler
from ocpi_runtime.credentials._messages import (
    OwnParty,
    check_allowed,
    own_credentials,
    parties_of,
)
from ocpi_runtime.credentials._store import CredentialsStore, Registration
from ocpi_runtime.errors import GenericServerError
from ocpi_runtime.parties import CPO, EMSP, PartyRole
from ocpi_runtime.server import Partner, Stub
from ocpi_runtime.types import Model, PartyId

__all__ = ["RegisteredPartner", "Registrar"]


@dataclass(frozen=True)
class RegisteredPartner(Partner):
    """The partner of a request, as :meth:`Registrar.authenticate` finds it.

    Attributes:
        token: The token that the partner used.
        registration: What is stored of it.
        by_previous: Whether it used the token before the present one.
    """

    token: str = ""
    registration: Registration = Registration("", "")  # noqa: RUF009 - it is immutable
    by_previous: bool = False


class Registrar:
    """Registers with partners, and lets invited ones register here.

    Args:
        store: Keeps the registrations.
        bindings: The versions that we speak.
        base_url: That of ``create_app``.
        own: Our parties. In versions whose credentials are those of one party (2.1.1, 2.0) it is
            the first one of the role that counts.
        http: Sends the requests; see :func:`ocpi_runtime.client.connect`.
        options: See :class:`ocpi_runtime.client.Settings`.
    """

    def __init__(
        self,
        store: CredentialsStore,
        *,
        bindings: Sequence[Binding[Any, Any]],
        base_url: str,
        own: Sequence[OwnParty],
        http: HttpClient | None = None,
        **options: Unpack[Options],
    ) -> None:
        self.store, self.http = store, http
        self.base_url = base_url.rstrip("/")
        self.options = options
        self._bindings, self._own = tuple(bindings), tuple(own)

    def handlers(self) -> list[Stub]:
        """Return the credentials handlers of all versions, for ``create_app``."""
        return [CredentialsHandler(self, each) for each in self._bindings]

    async def authenticate(self, candidates: Sequence[str]) -> RegisteredPartner | None:
        """Return the partner of a token; ``authenticate`` of ``create_app``."""
        digests = {tokens.digest(each): each for each in candidates}
        stored = await self.store.find([*digests])
        if stored is None:
            return None
        current = stored.token_digest in digests
        used = stored.token_digest if current else str(stored.previous_digest)
        if current and stored.previous_digest and not stored.pending:
            stored = await self._confirmed(stored)
        return RegisteredPartner(
            stored.partner_id,
            registering=stored.token_there is None or current == stored.pending,
            parties=stored.parties,
            own_role=stored.own_role,
            token=digests[used],
            registration=stored,
            by_previous=not current,
        )

    async def _confirmed(self, stored: Registration) -> Registration:
        """Refuse the token of before, once the partner has used the new one."""
        new = replace(stored, previous_digest=None, revision=stored.revision + 1)
        if await self.store.replace(stored, new):
            return new
        return await self.store.load(stored.partner_id) or stored

    async def invite(self, partner_id: str, *, parties: Iterable[PartyId]) -> str:
        """Make an invitation.

        Args:
            partner_id: The key of the partner in the application.
            parties: The parties that it may register.

        Returns:
            Token A, to be given to the partner with the versions URL.

        Raises:
            GenericServerError: There is an invitation or registration already.
        """
        token = tokens.new_token()
        invited = Registration(partner_id, tokens.digest(token), allowed=frozenset(parties))
        await self._store(None, invited)
        return token

    async def register(
        self,
        partner_id: str,
        versions_url: str,
        token_a: str,
        *,
        parties: Iterable[PartyId] | None = None,
        own_role: PartyRole | None = None,
        expects: Sequence[tuple[str, str]] = (),
    ) -> Registration:
        """Register with a partner that invited us.

        Args:
            partner_id: The key that the partner gets in the application.
            versions_url: Where the partner lists its versions.
            token_a: The token of its invitation.
            parties: The parties that it may speak for; None for any.
            own_role: Our role in the registration, in 2.1.1 and 2.0; needed where we have two.
            expects: The modules and interfaces that it must offer.

        Raises:
            GenericServerError: There is a registration already, or it changed meanwhile.
            OcpiError: As :func:`ocpi_runtime.client.registration.register`. Nothing stays stored.
        """
        allowed = None if parties is None else frozenset(parties)
        token = tokens.new_token()
        pending = Registration(partner_id, tokens.digest(token), pending=True, allowed=allowed)
        await self._store(None, pending)
        try:
            done = await register(
                versions_url,
                token_a,
                lambda binding: self.credentials(binding, token, own_role),
                bindings=self._bindings,
                expects=expects,
                http=self.http,
                **self.options,
            )
            new = self._completed(pending, done, own_role)
            await self._store(pending, new)
        except BaseException:
            await self.store.replace(pending, None)
            raise
        return new

    async def update(self, partner_id: str) -> Registration:
        """Renew a registration: the newest version that both know, endpoints and both tokens.

        Raises:
            GenericServerError: There is no registration, or it changed meanwhile.
            OcpiError: As :func:`ocpi_runtime.client.registration.update`. The old one stays.
        """
        old = await self._registered(partner_id)
        token = tokens.new_token()
        digest = tokens.digest(token)
        pending = replace(
            old,
            token_digest=digest,
            previous_digest=old.token_digest,
            pending=True,
            revision=old.revision + 1,
        )
        await self._store(old, pending)
        try:
            done = await update(
                str(old.versions_url),
                str(old.token_there),
                lambda binding: self.credentials(binding, token, old.own_role),
                bindings=self._bindings,
                http=self.http,
                **self.options,
            )
            new = self._completed(pending, done, old.own_role)
            await self._store(pending, new)
        except BaseException:
            await self.store.replace(pending, replace(old, revision=pending.revision + 1))
            raise
        return new

    async def unregister(self, partner_id: str) -> None:
        """End a registration at the partner and here.

        Raises:
            GenericServerError: There is no registration.
            OcpiError: As :func:`ocpi_runtime.client.registration.unregister`; it stays here.
        """
        old = await self._registered(partner_id)
        bindings = [self._binding(old)]
        url, token = str(old.versions_url), str(old.token_there)
        await unregister(url, token, bindings=bindings, http=self.http, **self.options)
        await self.store.replace(old, None)

    async def peer(self, partner_id: str) -> Peer:
        """Return the client of a partner, to be used in ``async with``.

        Its class is ``Clients`` of the version that is spoken with the partner.

        Raises:
            GenericServerError: There is no registration.
        """
        stored = await self._registered(partner_id)
        peer: Peer = Peer.at(
            self._binding(stored),
            stored.endpoints,
            str(stored.token_there),
            http=self.http,
            **(self.options | {"token_base64": stored.token_base64}),
        )
        return peer

    def credentials(
        self, binding: Binding[Any, Any], token: str, own_role: PartyRole | None = None
    ) -> Model:
        """Write our credentials of one version with a token."""
        role = None if binding.interfaces["credentials", "both"].roles else self._role(own_role)
        return own_credentials(binding, self._own, token, self.base_url, role)

    def _role(self, asked: PartyRole | None) -> PartyRole:
        ours = {each.role for each in self._own}
        roles: list[PartyRole] = [role for role in (CPO, EMSP) if role in ours]
        if asked is not None and asked in roles:
            return asked
        if asked is None and len(roles) == 1:
            return roles[0]
        named = " and ".join(roles) or "no party that is CPO or EMSP"
        raise ValueError(f"own_role must be one of our roles in this version: there is {named}.")

    def _completed(
        self, pending: Registration, done: Registered[Any], own_role: PartyRole | None
    ) -> Registration:
        parties = parties_of(done.credentials)
        check_allowed(parties, pending.allowed)
        with_roles = done.binding.interfaces["credentials", "both"].roles
        return replace(
            pending,
            pending=False,
            revision=pending.revision + 1,
            token_there=done.token,
            versions_url=str(done.credentials.url),
            version=done.version,
            endpoints=done.endpoints,
            token_base64=done.token_base64,
            parties=parties,
            own_role=None if with_roles else self._role(own_role),
        )

    def _binding(self, stored: Registration) -> Binding[Any, Any]:
        for each in self._bindings:
            if each.version == stored.version:
                return each
        known = ", ".join(each.version for each in self._bindings)
        raise GenericServerError(
            f"Partner {stored.partner_id} uses OCPI {stored.version}; supported here: {known}."
        )

    async def _registered(self, partner_id: str) -> Registration:
        stored = await self.store.load(partner_id)
        if stored is None or stored.token_there is None:
            raise GenericServerError(
                f"Partner {partner_id} is not registered. Register with a token A first."
            )
        return stored

    async def _store(self, old: Registration | None, new: Registration) -> None:
        if not await self.store.replace(old, new):
            raise GenericServerError(f"The registration with {new.partner_id} exists or changed.")
