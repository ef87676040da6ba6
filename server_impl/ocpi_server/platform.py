"""The platform: everything put together, and what its own code does with it.

    platform = Platform(settings)
    await platform.start()
    uvicorn.run(platform.app)         # the application starts and closes the platform itself

Partners call ``platform.app``; an operator, a demo or an import calls the methods.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from ocpi_bindings.v2_2_1.models import AuthorizationInfo, TokenType
from ocpi_runtime.client import Exchange
from ocpi_runtime.errors import NotFound
from ocpi_runtime.parties import PartyRole
from ocpi_runtime.server import Limits, Stub
from ocpi_runtime.types import Model, PartyId, Raw
from ocpi_runtime.urls import UrlPolicy
from ocpi_server.assembly import Base, Plugs, assemble_parts
from ocpi_server.async_requests.requests import Answered, Requests
from ocpi_server.background import Background
from ocpi_server.charging import ChargePoints, SimulatedChargePoints
from ocpi_server.clock import Clock, utc_now
from ocpi_server.extensions import Bookings, Payments
from ocpi_server.modules.invoicereconciliation.invoices import Invoices
from ocpi_server.modules.tokens.authorization import Authorizer, by_validity
from ocpi_server.partners import (
    Invitation,
    PartnerAdministration,
    PartnerDirectory,
    PartnerRecord,
    PartnerRole,
    Status,
    WrongState,
)
from ocpi_server.partners.calling import PartnerClients
from ocpi_server.periodic import watching
from ocpi_server.permissions import RolePermit
from ocpi_server.settings import Settings
from ocpi_server.sides import sides_of
from ocpi_server.store import Lossy, Put, open_database
from ocpi_server.store.database.schema import ensure
from ocpi_server.sync.publishing import Publisher, Taken, as_raw
from ocpi_server.sync.pull import Pulled
from ocpi_server.vault import Vault
from ocpi_server.versions import bindings_of
from ocpi_server.versions_urls import main_versions_url

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from ocpi_runtime.server import CheckAnswers

__all__ = ["Invitation", "Platform"]


class Platform:
    """One OCPI platform.

    Args:
        settings: Who it is.
        points: Its charge points; simulated ones by default.
        authorize: Decides about tokens in real time; every valid one may charge by default.
        clock: Tells the present instant.
        on_exchange: Is told each HTTP exchange with a partner that this side began.
        limits: The bounds of the server.
        docs: Whether Swagger UI is served.
        check_answers: What happens to answers that break OCPI, see ``create_app``.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        points: ChargePoints | None = None,
        authorize: Authorizer = by_validity,
        clock: Clock = utc_now,
        on_exchange: Callable[[Exchange], None] | None = None,
        limits: Limits | None = None,
        docs: bool = False,
        check_answers: "CheckAnswers" = "log",
    ) -> None:
        self.settings = settings
        self._database = open_database(settings.database)
        self._background = Background()
        self._clock = clock
        vault = Vault(settings.key_path)
        self.partners = PartnerDirectory(self._database, vault, settings.own_parties, clock)
        self.administration = PartnerAdministration(self._database, clock)
        policy = UrlPolicy(
            allow_private=settings.urls.allow_private, allow_http=settings.urls.allow_http
        )
        self._bindings = bindings = bindings_of(settings.versions)
        self.clients = PartnerClients(
            self.partners, bindings, settings.parties[0].id, policy, on_exchange
        )
        self._limits = limits or _limits(settings)
        base = Base(
            settings=settings,
            database=self._database,
            directory=self.partners,
            clients=self.clients,
            background=self._background,
            bindings=bindings,
            object_bytes=self._limits.body,
        )
        self._points = points or SimulatedChargePoints(clock=clock)
        plugs = Plugs(self._points, authorize, clock)
        self.parts = assemble_parts(base, plugs)
        self._open = False
        self._docs = docs
        self._check_answers: CheckAnswers = check_answers

    @cached_property
    def app(self) -> "ASGIApp":
        """The application that partners call; made when it is first asked for.

        Raises:
            ValueError: The base URL is not absolute.
        """
        # Imported here: an import of objects or a list of partners needs no server and no stubs.
        from ocpi_runtime.server import create_app  # noqa: PLC0415

        return create_app(
            self._handlers(),
            authenticate=self.partners.authenticate,
            base_url=self.settings.base_url,
            limits=self._limits,
            permit=RolePermit(),
            lifespan=self._lifespan,
            docs=self._docs,
            check_answers=self._check_answers,
        )

    def _handlers(self) -> Sequence[Stub]:
        from ocpi_server.handlers import handlers  # noqa: PLC0415 - see ``app``

        offered = sides_of(self.settings.roles)
        return [
            handler
            for binding in self._bindings.values()
            for handler in handlers(binding, self.parts, offered)
        ]

    @asynccontextmanager
    async def _lifespan(self, _app: object) -> AsyncIterator[None]:
        steps = (
            self.administration.tidy,
            self.clients.close_unused,
            self.parts.commands.expire,
            self.parts.bookings.keeper.lapse,
        )
        async with self, watching(steps):
            yield

    async def start(self) -> None:
        """Bring the database to the present tables; only SQLite is migrated without being asked.

        Raises:
            SchemaError: Migrations are missing, or the database is newer than this release.
            VaultError: The key is missing, or is not the one that partners' tokens were sealed
                with.
        """
        if not self._open:
            await ensure(self._database, migrate=self.settings.database.startswith("sqlite"))
            await self.partners.unlock()
            await self.administration.tidy()
            await self.parts.exchanges.purge()
            await self.parts.bookings.desk.resume()
            self._open = True

    async def close(self) -> None:
        """Cancel what still runs, finish what was accepted, and let go of everything."""
        if self._open:
            self._open = False
            await self._background.close()
            await self.clients.close()
            await self._database.close()

    async def __aenter__(self) -> Self:
        try:
            await self.start()
        except BaseException:
            await self.clients.close()
            await self._database.close()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def settled(self) -> None:
        """Wait until everything that went on after answers is done."""
        await self._background.settled()

    @property
    def versions_url(self) -> str:
        """Where our versions are listed: all of them, if a partner can only meet us in one role.

        Of a platform with several roles it is the list of those versions that tell roles apart, if
        it speaks one. :meth:`Settings.versions_url` gives the list of a role, with all versions.
        """
        return main_versions_url(self.settings, self._bindings)

    # --- Partners

    async def issue_token_a(
        self,
        name: str,
        *,
        partner_id: str | None = None,
        role: PartyRole | None = None,
        beside: str | None = None,
        roles: Sequence[PartnerRole] = (),
        approval: bool = False,
        days: float | None = None,
    ) -> Invitation:
        """Invite a partner to register here.

        Without ``roles`` and ``approval`` the caller vouches for the partner: the roles that it
        registers with are approved, except the role HUB, which waits for approval.

        Args:
            name: What an operator calls it.
            partner_id: A partner that was unregistered, to be invited again.
            role: As whom it shall meet us, for partners of 2.1.1 and 2.0.
            beside: A partner that is the same company in its other role: in 2.1.1 and 2.0 it
                registers once per role, and may do so with one party.
            roles: The parties and roles that it may register; others are refused.
            approval: Whether the roles that it registers with wait for approval.
            days: How long the token works; ``token_a_days`` of the settings by default.

        Raises:
            NotFound: There is no partner to be beside.
            ValueError: Both ``roles`` and ``approval`` are given.
        """
        if roles and approval:
            raise ValueError("Name the roles of a partner, or let its roles wait: not both.")
        key, token = await self.partners.invite(
            name,
            partner_id=partner_id,
            beside=beside,
            roles=roles,
            vouched=not approval,
            lifetime=timedelta(days=self.settings.token_a_days if days is None else days),
        )
        url = self.versions_url if role is None else self.settings.versions_url(role)
        return Invitation(key, url, token)

    async def register_with(
        self,
        versions_url: str,
        token_a: str,
        *,
        name: str = "",
        expects: Sequence[tuple[str, str]] = (),
        role: PartyRole | None = None,
        beside: str | None = None,
        partner_id: str | None = None,
        roles: Sequence[PartnerRole] = (),
    ) -> PartnerRecord:
        """Register at a partner.

        Args:
            versions_url: Where it lists its versions.
            token_a: Its token A.
            name: What an operator calls it; its URL by default.
            expects: Modules and sides that it must offer.
            role: As whom we register, where only one role counts (2.1.1 and 2.0).
            beside: As in :meth:`issue_token_a`.
            partner_id: A partner whose registration has ended, to be registered anew; by default
                the one with this versions URL.
            roles: The parties and roles that it is known for; others wait for approval. By
                default all that it has are approved, except the role HUB.

        Raises:
            OcpiError: It failed; nothing is left of it here.
        """
        return await self.parts.registration.register(
            name or versions_url,
            versions_url,
            token_a,
            expects=expects,
            role=role,
            beside=beside,
            partner_id=partner_id,
            roles=roles,
        )

    async def renew(self, partner: PartnerRecord) -> PartnerRecord:
        """Renew a registration: new tokens on both sides, endpoints and roles anew.

        Raises:
            OcpiError: It failed; the tokens of before are still in force here.
        """
        return await self.parts.registration.renew(partner)

    async def unregister(self, partner: PartnerRecord) -> None:
        """End a registration on both sides.

        Raises:
            OcpiError: The partner could not be told.
        """
        await self.parts.registration.unregister(partner)

    async def end(self, partner_id: str, *, force: bool = False) -> bool:
        """End a registration; the partner is cut off here before it is told.

        Args:
            partner_id: The partner.
            force: Whether the registration ends here without the partner knowing, too.

        Returns:
            Whether the partner was told.

        Raises:
            NotFound: There is no such partner.
            WrongState: It is not registered.
            OcpiError: The partner could not be told; it stays registered and blocked.
        """
        partner = await self.partner(partner_id)
        if partner.status is not Status.REGISTERED:
            raise WrongState(f"{partner.name} is {partner.status}: there is nothing to end.")
        if force:
            return await self.parts.registration.cut_off(partner)
        await self.unregister(await self.administration.set_blocked(partner_id, blocked=True))
        return True

    async def partner(self, partner_id: str) -> PartnerRecord:
        """Look a partner up.

        Raises:
            NotFound: There is none.
        """
        found = await self.partners.get(partner_id)
        if found is None:
            raise NotFound(f"There is no partner {partner_id}.")
        return found

    # --- Own objects

    async def put_own(self, module: str, value: Model | bytes) -> Put:
        """Create or replace an own object, without telling anybody."""
        return await self.publisher.put(module, value)

    async def push_evse_status(
        self, location_id: str, evse_uid: str, status: str, *, owner: PartyId | None = None
    ) -> Taken:
        """Change the status of an own EVSE and PATCH it at all partners; see :class:`Publisher`."""
        return await self.publisher.evse_status(
            owner or self._first("CPO"), location_id, evse_uid, status
        )

    async def push_token(self, value: Model | bytes) -> Taken:
        """Put an own token and push it; gives how each partner took it."""
        return await self.publisher.token(value)

    async def end_session(self, session_id: str, *, owner: PartyId | None = None) -> Raw:
        """End an own session at the charge point, complete it and push it to its provider.

        Raises:
            NotFound: There is no such session.
        """
        await self._points.stop(session_id)
        return await self.publisher.end_session(owner or self._first("CPO"), session_id)

    # --- What partners have

    async def pull_locations(
        self,
        partner: PartnerRecord,
        *,
        date_from: datetime | None = None,
        limit: int | None = None,
    ) -> Pulled:
        """Read all locations of a partner into the store; see :class:`Puller`."""
        return await self.parts.puller.pull(partner, "locations", date_from=date_from, limit=limit)

    async def authorize(
        self,
        partner: PartnerRecord,
        token_uid: str,
        *,
        type: str = "RFID",
        location: Model | bytes | None = None,
    ) -> AuthorizationInfo:
        """Ask the eMSP of a token whether it may charge now.

        Args:
            partner: The eMSP.
            token_uid: The token.
            type: Its type.
            location: LocationReferences, if it is about a certain place.

        Raises:
            NotSupported: The version of the eMSP has no such question.
            OcpiError: The eMSP does not know the token, or needs a location.
        """
        body = None if location is None else as_raw(location)
        return await self.parts.inquiry.authorize(partner, token_uid, TokenType(type), body)

    async def start_session(
        self, partner: PartnerRecord, token: Model | bytes, location_id: str, **more: Any
    ) -> Answered:
        """Send START_SESSION and wait for its result.

        Args:
            partner: The CPO.
            token: The token, ours.
            location_id: Where.
            more: ``evse_uid``, ``connector_id``, ``authorization_reference``.

        Raises:
            OcpiError: The CPO refused it.
        """
        body = {"token": as_raw(token), "location_id": location_id, **more}
        return await self.parts.requests.command(partner, "START_SESSION", body)

    async def stop_session(self, partner: PartnerRecord, session_id: str) -> Answered:
        """Send STOP_SESSION and wait for its result.

        Raises:
            OcpiError: The CPO refused it.
        """
        body = {"session_id": session_id}
        return await self.parts.requests.command(partner, "STOP_SESSION", body)

    async def losses(self, most: int = 1000) -> list[Lossy]:
        """List the objects that other versions do not say in full, as far as they were asked for.

        Args:
            most: How many at most.
        """
        return await self.parts.renditions.lossy(most)

    @property
    def publisher(self) -> Publisher:
        """Writes own objects and tells partners."""
        return self.parts.publisher

    @property
    def requests(self) -> Requests:
        """Sends the other commands, and requests about charging profiles."""
        return self.parts.requests

    @property
    def payments(self) -> Payments:
        """Owns payment terminals, and uses those of others (2.3.0)."""
        return self.parts.payments

    @property
    def bookings(self) -> Bookings:
        """Tells what can be booked, keeps bookings, and books at others (2.3.0)."""
        return self.parts.bookings

    @property
    def invoices(self) -> Invoices:
        """Tells which CDRs invoices are about, and checks what others tell (2.3.0)."""
        return self.parts.invoicing.invoices

    def _first(self, role: str) -> PartyId:
        for party in self.settings.parties:
            if party.role == role:
                return party.id
        return self.settings.parties[0].id


def _limits(settings: Settings) -> Limits:
    rules = settings.limits
    rate = rules.rate_per_partner or None
    return Limits(partner_requests=rules.requests_per_partner, partner_rate=rate)
