"""The platform: everything put together, and what its own code does with it.

    platform = Platform(settings)
    await platform.start()
    uvicorn.run(platform.app)         # the application starts and closes the platform itself

Partners call ``platform.app``; an operator, a demo or an import calls the methods.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Self

from ocpi_bridge import prepare
from ocpi_runtime.client import Exchange
from ocpi_runtime.dialect import Dialect
from ocpi_runtime.server import Limits, Stub
from ocpi_runtime.urls import UrlPolicy
from ocpi_server._assembly import Base, Extensions, assemble_parts
from ocpi_server._background import Background
from ocpi_server._clock import Clock, utc_now
from ocpi_server._interfaces import interfaces_of
from ocpi_server._operations import Operations
from ocpi_server._periodic import watching
from ocpi_server._vault import Vault
from ocpi_server._versions import OWN_VERSION, bindings_of
from ocpi_server.access_control import RolePermit, Routing
from ocpi_server.charging import ChargePoints, SimulatedChargePoints
from ocpi_server.message_log import MessageLog
from ocpi_server.modules.tokens.authorization import Authorizer, by_validity
from ocpi_server.modules.tokens.by_back_end import by_back_end
from ocpi_server.observing.observation import Observation
from ocpi_server.operator_keys import Keys
from ocpi_server.operator_records import BackEndRecords
from ocpi_server.partners import Invitation, KnownPartner, PartnerAdministration, PartnerDirectory
from ocpi_server.partners.calling import PartnerClients
from ocpi_server.settings import Settings
from ocpi_server.store import open_database
from ocpi_server.store.database.schema import SchemaError, ensure
from ocpi_server.sync.partial_objects import keep_pushed

if TYPE_CHECKING:
    from opentelemetry.trace import TracerProvider
    from starlette.types import ASGIApp

    from ocpi_runtime.server import CheckAnswers
    from ocpi_server.open_data import OpenLists

__all__ = ["Invitation", "Platform"]


class Platform(Operations):
    """One OCPI platform.

    Args:
        settings: Who it is.
        points: Its charge points; simulated ones by default.
        authorize: Decides about tokens in real time; every valid one may charge by default.
        clock: Returns the current time.
        on_exchange: Called with each HTTP exchange with a partner that this side began.
        on_served: Called with each HTTP exchange that a partner began, after its answer.
        limits: The bounds of the server.
        docs: Whether Swagger UI is served.
        check_answers: What happens to answers that break OCPI, see ``create_app``.
        tracer_provider: Takes spans of OpenTelemetry (extra ``tracing``).
    """

    def __init__(  # noqa: PLR0913 - keywords, all of them optional
        self,
        settings: Settings,
        *,
        points: ChargePoints | None = None,
        authorize: Authorizer = by_validity,
        clock: Clock = utc_now,
        on_exchange: Callable[[Exchange], None] | None = None,
        on_served: Callable[[Exchange], None] | None = None,
        limits: Limits | None = None,
        docs: bool = False,
        check_answers: "CheckAnswers" = "log",
        tracer_provider: "TracerProvider | None" = None,
    ) -> None:
        self.settings = settings
        self._background = Background()
        opened = open_database(settings.database)
        self._observation = Observation(
            settings, opened, clock, on_exchange, on_served, tracer_provider
        )
        self._database = self._observation.database
        self.messages = MessageLog(opened)
        self._clock = clock
        self._vault = vault = Vault(settings.key_path)
        dialect = Dialect(level=settings.dialect)
        self.partners = PartnerDirectory(
            self._database,
            vault,
            settings.own_parties,
            clock,
            dialect,
            full_push=settings.push.full_after_registration,
        )
        self.administration = PartnerAdministration(self._database, clock, self.partners.changes)
        self.keys = Keys(self._database, clock)
        policy = UrlPolicy(
            allow_private=settings.urls.allow_private, allow_http=settings.urls.allow_http
        )
        self._bindings = bindings = bindings_of(settings.spoken_versions)
        self.clients = PartnerClients(
            self.partners,
            bindings,
            settings.parties[0].id,
            policy,
            self._observation.exchanges.sent_to,
            dialect,
            settings.connections_each,
        )
        self._limits = limits or settings.limits.of_server()
        base = Base(
            settings=settings,
            database=self._database,
            directory=self.partners,
            clients=self.clients,
            background=self._background,
            bindings=bindings,
            object_bytes=self._limits.body,
        )
        self.records = BackEndRecords.of(self._database, settings.operator, vault, clock)
        self._points = points or self.records.points(settings) or SimulatedChargePoints(clock=clock)
        decide = by_back_end(self.records.orders) if settings.operator.decides else authorize
        extensions = Extensions(self._points, decide, clock)
        self.parts = assemble_parts(base, extensions)
        if settings.operator.enabled:
            self._record_events()
        self._open = False
        self.stopping = False  # then /readyz reports that no more requests are wanted
        self._open_lists: OpenLists | None = None
        self._docs = docs
        self._check_answers: CheckAnswers = check_answers

    async def _authenticate(self, candidates: Sequence[str]) -> KnownPartner | None:
        """Find a partner; at the level lenient, what it pushes is kept if only a part is valid."""
        known = await self.partners.authenticate(candidates)
        if known is None or known.dialect is None or known.dialect.level != "lenient":
            return known
        keep = partial(keep_pushed, self.parts.partials, known.record)
        return replace(known, on_partial=keep)

    @cached_property
    def app(self) -> "ASGIApp":
        """The application that partners call; made when it is first asked for.

        Raises:
            ValueError: The base URL is not absolute.
        """
        # Imported here: an import of objects or a list of partners needs no server and no stubs.
        from ocpi_runtime.server import create_app  # noqa: PLC0415
        from ocpi_server.serving.health import HealthPaths  # noqa: PLC0415

        prepare({OWN_VERSION, *self._bindings})  # no partner waits until it is compiled
        hub = self.parts.hub
        app = create_app(
            self._handlers(),
            authenticate=self._authenticate,
            base_url=self.settings.base_url,
            limits=self._limits,
            permit=RolePermit(),
            route=Routing(
                self.settings.own_parties, self.parts.hub_parties, forwards=hub is not None
            ),
            forward=None if hub is None else hub.router,
            lifespan=self._lifespan,
            docs=self._docs,
            check_answers=self._check_answers,
            on_exchange=self._observation.exchanges.served,
        )
        if self.settings.open_data.enabled:
            app = self._with_open_data(app)
        if self.settings.console.enabled:
            from ocpi_server.console import Console, ConsoleApp, Tools  # noqa: PLC0415 - as above

            tools = Tools(self.keys, self.messages, self._background)
            app = ConsoleApp(app, Console(self, tools, self._clock))
        if self.settings.operator.enabled:
            from ocpi_server.operator_api import with_operator_api  # noqa: PLC0415 - as above

            app = with_operator_api(app, self, self._background, self._clock, docs=self._docs)
        app = HealthPaths(app, self._check_ready, lambda: self.stopping)
        return self._observation.around(app)

    async def _check_ready(self) -> None:
        """Raise what keeps requests of partners from being served."""
        if not self._open:
            raise SchemaError("the platform is not open")
        await ensure(self._database, migrate=False)

    def _with_open_data(self, app: "ASGIApp") -> "ASGIApp":
        from ocpi_server.open_data import OpenDataApp, OpenLists  # noqa: PLC0415 - see ``app``

        rules = self.settings.open_data
        self._open_lists = OpenLists(self.parts.store, self.parts.renditions, rules.refresh_seconds)
        return OpenDataApp(
            app,
            self.settings.base_url,
            rules,
            self._open_lists,
            self.parts.own,
            self.settings.versions,
        )

    def _handlers(self) -> Sequence[Stub]:
        from ocpi_server._handlers import handlers  # noqa: PLC0415 - see ``app``

        offered = interfaces_of(self.settings.roles)
        return [
            handler
            for binding in self._bindings.values()
            for handler in handlers(binding, self.parts, offered)
        ]

    @asynccontextmanager
    async def _lifespan(self, _app: object) -> AsyncIterator[None]:
        steps: list[Callable[[], Awaitable[object]]] = [
            self.administration.tidy,
            self.clients.close_unused,
            self.parts.commands.expire,
            self.parts.bookings.lifecycle.lapse,
            self.parts.commands.send_owed,
            *self.records.steps(),
            *self._observation.steps(),
        ]
        if self.parts.hub is not None:
            steps += self.parts.hub.steps()
        # Imported here: platforms that are not served are not monitored.
        from ocpi_server.monitoring import monitored  # noqa: PLC0415

        monitoring = monitored(self, self._observation, self._clock)
        async with self, watching(steps), monitoring, self._delivering():
            self.parts.pushes.engine.start()
            self.parts.schedule.start()
            try:
                yield
            finally:
                await self.parts.schedule.close()
                await self.parts.pushes.engine.close()

    def _delivering(self) -> AbstractAsyncContextManager[None]:
        if not self.settings.operator.enabled:
            return nullcontext()
        from ocpi_server.operator_api import deliveries  # noqa: PLC0415 - see ``app``

        return deliveries(self.settings, self.records).running()

    async def start(self) -> None:
        """Upgrade the database; only SQLite is migrated without a setting.

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
            await self.parts.bookings.requests.resume()
            self._open = True

    async def close(self) -> None:
        """Cancel what still runs, finish what was accepted, and let go of everything."""
        if self._open:
            self._open = False
            await self.parts.pushes.engine.close()
            await self._background.close()
            if self._open_lists is not None:
                await self._open_lists.close()
            await self.clients.close()
            await self._observation.close()
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
        """Wait until everything that went on after answers is done, pushes too."""
        await self._background.settled()
        if self.parts.pushes.engine.running:
            await self.pushed()
