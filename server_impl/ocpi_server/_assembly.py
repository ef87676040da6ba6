"""The services of a platform, put together once and shared by the handlers of all versions."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from ocpi_runtime.binding import Binding
from ocpi_runtime.dialect import Dialect
from ocpi_server._background import Background
from ocpi_server._clock import Clock
from ocpi_server.access_control import HubParties, Routes
from ocpi_server.async_requests.owed_results import OwedResults
from ocpi_server.async_requests.pending import PendingRequests
from ocpi_server.async_requests.requests import RequestSender
from ocpi_server.async_requests.response_urls import ResponseUrls
from ocpi_server.async_requests.results import ResultSender
from ocpi_server.charging import ChargePoints
from ocpi_server.hub.assembly import Hub, Publishing, assemble_forwarding, assemble_hub
from ocpi_server.modules.bookings.assembly import Bookings, assemble_bookings
from ocpi_server.modules.chargingprofiles.profiles import Profiles
from ocpi_server.modules.commands.available_points import AvailableChargePoints
from ocpi_server.modules.commands.commands import Commands
from ocpi_server.modules.commands.occupied_evses import OccupiedEvses
from ocpi_server.modules.commands.reservations import Reservations
from ocpi_server.modules.commands.session_ids import SessionIds
from ocpi_server.modules.credentials.registration import RegistrationClient
from ocpi_server.modules.credentials.service import CredentialsService
from ocpi_server.modules.invoicereconciliation.assembly import Invoicing, assemble_invoicing
from ocpi_server.modules.payments.assembly import Payments, assemble_payments
from ocpi_server.modules.sessions.preferences import Preferences
from ocpi_server.modules.shared import Shared
from ocpi_server.modules.tokens.authorization import Authorization, Authorizer
from ocpi_server.modules.tokens.authorizer import TokenAuthorizer
from ocpi_server.objects.known_tokens import KnownTokens
from ocpi_server.objects.own import OwnObjects, own_parties
from ocpi_server.objects.own_object_writer import OwnObjectWriter
from ocpi_server.objects.own_sessions import AnnouncedSessions
from ocpi_server.partners import PartnerDirectory
from ocpi_server.partners.calling import PartnerClients
from ocpi_server.settings import Settings
from ocpi_server.store import Database, ObjectStore, PartialStore, Quota, RenditionStore
from ocpi_server.sync.importing import Importer
from ocpi_server.sync.profiles import ActiveProfileSender
from ocpi_server.sync.publishing import Publisher
from ocpi_server.sync.pull import Puller
from ocpi_server.sync.push.assembly import Pushes, assemble_pushes
from ocpi_server.sync.received_files import ReceivedImporter
from ocpi_server.sync.schedule import PullSchedule, assemble_schedule
from ocpi_server.versioning.contexts import Contexts
from ocpi_server.versioning.messages import MessageConverter
from ocpi_server.versioning.renditions import Renditions

__all__ = ["Base", "Extensions", "Parts", "assemble_parts"]

_MODULES: Final = {
    "locations": False,
    "tokens": False,
    "sessions": True,
    "cdrs": True,
    "tariffs": False,
    "hubclientinfo": False,
}
"""The modules with own objects, and whether each object is for one party only."""


@dataclass(frozen=True, slots=True)
class Extensions:
    """What a platform can exchange for something of its own.

    Attributes:
        points: The charge points.
        authorize: Decides about tokens.
        clock: Returns the current time.
    """

    points: ChargePoints
    authorize: Authorizer
    clock: Clock


@dataclass(frozen=True, slots=True)
class Parts:
    """The services.

    Attributes:
        store: Objects, own and received.
        partials: Objects of partners that are not valid, even after repairs.
        hub_parties: The parties behind hubs.
        hub: Forwards messages, if this platform is a hub.
        renditions: Objects in other versions.
        messages: Messages in other versions.
        own: The platform's own objects by module.
        exchanges: Requests that wait for their result.
        publisher: Writes own objects, to be pushed.
        pushes: What partners have not been sent, and the engine that sends it.
        puller: Reads the lists of partners.
        schedule: Does so by a schedule.
        importer: Reads files of own objects.
        requests: Sends requests whose result comes later.
        inquiry: Asks eMSPs about tokens.
        credentials: Answers the credentials module.
        registration: Registers at others.
        authorization: Answers about tokens.
        tokens: Which tokens sessions and CDRs may be about.
        commands: Takes commands.
        profiles: Takes requests about charging profiles.
        preferences: Takes what drivers prefer.
        payments: All about payment terminals.
        bookings: All about bookings.
        invoicing: All about records of invoices.
    """

    store: ObjectStore
    partials: PartialStore
    hub_parties: HubParties
    hub: Hub | None
    renditions: Renditions
    messages: MessageConverter
    own: Mapping[str, OwnObjects]
    exchanges: PendingRequests
    publisher: Publisher
    pushes: Pushes
    puller: Puller
    schedule: PullSchedule
    importer: Importer
    requests: RequestSender
    inquiry: TokenAuthorizer
    credentials: CredentialsService
    registration: RegistrationClient
    authorization: Authorization
    tokens: KnownTokens
    commands: Commands
    profiles: Profiles
    preferences: Preferences
    payments: Payments
    bookings: Bookings
    invoicing: Invoicing


@dataclass(frozen=True, slots=True)
class Base:
    """What the services need.

    Attributes:
        settings: Who the platform is.
        database: Where everything is kept.
        directory: Looks partners up.
        clients: Calls them.
        background: Runs what goes on after answers.
        bindings: The versions that are spoken, by number.
        object_bytes: How many bytes one object of a partner may have: those of one body.
    """

    settings: Settings
    database: Database
    directory: PartnerDirectory
    clients: PartnerClients
    background: Background
    bindings: Mapping[str, Binding[Any, Any]]
    object_bytes: int


def assemble_parts(base: Base, extensions: Extensions) -> Parts:
    """Put the services together."""
    settings = base.settings
    store = ObjectStore(base.database, _quota(base))
    partials = PartialStore(base.database)
    contexts = Contexts(store, settings)
    renditions = Renditions(store, RenditionStore(base.database), contexts)
    messages = MessageConverter(math.ceil(settings.command_timeout))
    own = _own(store, renditions, settings)
    book = OwnObjectWriter(store, settings.own_parties)
    exchanges = PendingRequests(base.database, extensions.clock)
    tokens = KnownTokens(store, settings)
    hub_parties = HubParties(settings.own_parties, base.directory, store)
    routes = Routes(base.directory, hub_parties, store)
    forwarding = assemble_forwarding(base, routes, hub_parties, store, extensions.clock)
    pushes = assemble_pushes(
        base.directory,
        routes.find,
        base.clients,
        store,
        renditions,
        settings.push,
        extensions.clock,
        None if forwarding is None else forwarding.relay,
    )
    results = _results(base, messages, extensions.clock)
    shared = (settings, base.directory, base.clients, base.bindings)
    shared_services = Shared(
        settings=settings,
        store=store,
        renditions=renditions,
        parties=own_parties(settings),
        book=book,
        locations=own["locations"],
        directory=base.directory,
        clients=base.clients,
        hub_parties=hub_parties,
        announcer=pushes.announcer,
        outbox=pushes.outbox,
        background=base.background,
        clock=extensions.clock,
    )
    bookings = assemble_bookings(shared_services)
    sessions = AnnouncedSessions(
        book,
        settings.currency,
        partial(pushes.announcer.for_provider, "sessions"),
        extensions.clock,
        bookings.lifecycle.began,
    )
    received = partial(ReceivedImporter, store, renditions, partials, own=settings.own_parties)
    puller = Puller(base.clients, store, renditions, extensions.clock, hub_parties, partials)
    return Parts(
        store=store,
        partials=partials,
        hub_parties=hub_parties,
        hub=assemble_hub(
            base,
            forwarding,
            results.urls,
            Publishing(store, book, pushes.announcer, pushes.outbox, own, renditions),
            extensions.clock,
        ),
        renditions=renditions,
        messages=messages,
        own=own,
        exchanges=exchanges,
        publisher=Publisher(
            book,
            sessions,
            pushes.announcer,
            ActiveProfileSender(routes.find, base.clients, messages),
            pushes.outbox,
            extensions.clock,
        ),
        pushes=pushes,
        puller=puller,
        schedule=assemble_schedule(base, puller, received, extensions.clock),
        importer=Importer(book, store, Dialect(level=settings.dialect), pushes.announcer),
        requests=RequestSender(settings, base.clients, exchanges, base.bindings, messages, tokens),
        inquiry=TokenAuthorizer(base.clients, store, messages),
        credentials=CredentialsService(*shared),
        registration=RegistrationClient(*shared),
        authorization=Authorization(
            own["tokens"], extensions.authorize, needs_location=settings.authorize_needs_location
        ),
        tokens=tokens,
        commands=Commands(
            locations=own["locations"],
            sessions=own["sessions"],
            reservations=Reservations(store, extensions.clock),
            ids=SessionIds(store, settings.command_timeout, extensions.clock),
            points=AvailableChargePoints(
                extensions.points,
                bookings.lifecycle.booked_by_others,
                OccupiedEvses(store, settings.command_timeout, extensions.clock),
            ),
            book=sessions,
            results=results,
            clock=extensions.clock,
        ),
        profiles=Profiles(own["sessions"], extensions.points, results, store, extensions.clock),
        preferences=Preferences(
            own["sessions"], own["locations"], extensions.points, store, extensions.clock
        ),
        payments=assemble_payments(shared_services),
        bookings=bookings,
        invoicing=assemble_invoicing(shared_services),
    )


def _quota(base: Base) -> Quota:
    limits, size = base.settings.limits, base.object_bytes
    counts = {"objects": limits.stored_objects, "parties": limits.parties_per_hub}
    return Quota(**counts, bytes=limits.stored_bytes, object_bytes=size)


def _own(store: ObjectStore, renditions: Renditions, settings: Settings) -> dict[str, OwnObjects]:
    parties = own_parties(settings)
    return {
        module: OwnObjects(store, renditions, parties, module, scoped=scoped)
        for module, scoped in _MODULES.items()
    }


def _results(base: Base, messages: MessageConverter, clock: Clock) -> ResultSender:
    return ResultSender(
        base.directory,
        base.clients,
        base.background,
        seconds=base.settings.command_timeout,
        urls=ResponseUrls.of(base.settings.urls),
        messages=messages,
        owed=OwedResults(base.database, clock),
    )
