"""The services of a platform, put together once and shared by the handlers of all versions."""

import math
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ocpi_runtime.binding import Binding
from ocpi_runtime.parties import CPO, EMSP
from ocpi_runtime.types import PartyId, Raw
from ocpi_runtime.urls import MAX_LENGTH, UrlPolicy
from ocpi_server.async_requests.pending import Exchanges
from ocpi_server.async_requests.requests import Requests
from ocpi_server.async_requests.response_urls import ResponseUrls
from ocpi_server.async_requests.results import ResultSender
from ocpi_server.background import Background
from ocpi_server.charging import ChargePoints
from ocpi_server.clock import Clock
from ocpi_server.modules.bookings.assembly import Bookings, assemble_bookings
from ocpi_server.modules.chargingprofiles.profiles import Profiles
from ocpi_server.modules.commands.commands import Commands
from ocpi_server.modules.commands.open_points import OpenPoints
from ocpi_server.modules.commands.reservations import Reservations
from ocpi_server.modules.credentials.registration import Registration
from ocpi_server.modules.credentials.service import CredentialsService
from ocpi_server.modules.invoicereconciliation.assembly import Invoicing, assemble_invoicing
from ocpi_server.modules.payments.assembly import Payments, assemble_payments
from ocpi_server.modules.sessions.preferences import Preferences
from ocpi_server.modules.shared import Shared
from ocpi_server.modules.tokens.authorization import Authorization, Authorizer
from ocpi_server.modules.tokens.inquiry import Inquiry
from ocpi_server.objects.known_tokens import KnownTokens
from ocpi_server.objects.own import OwnObjects, OwnParties
from ocpi_server.objects.own_book import OwnBook
from ocpi_server.objects.own_sessions import AnnouncedSessions
from ocpi_server.partners import PartnerDirectory
from ocpi_server.partners.calling import PartnerClients
from ocpi_server.partners.messenger import Messenger
from ocpi_server.settings import Settings
from ocpi_server.store import Database, ObjectStore, Quota, RenditionStore
from ocpi_server.sync.importing import Importer
from ocpi_server.sync.publishing import Publisher
from ocpi_server.sync.pull import Puller
from ocpi_server.sync.push import Pusher
from ocpi_server.versioning.contexts import Contexts
from ocpi_server.versioning.messages import Edge
from ocpi_server.versioning.renditions import Renditions

__all__ = ["Base", "Parts", "Plugs", "assemble_parts"]

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
class Plugs:
    """What a platform can exchange for something of its own.

    Attributes:
        points: The charge points.
        authorize: Decides about tokens.
        clock: Tells the present instant.
    """

    points: ChargePoints
    authorize: Authorizer
    clock: Clock


@dataclass(frozen=True, slots=True)
class Parts:
    """The services.

    Attributes:
        store: Objects, own and received.
        renditions: Objects in other versions.
        edge: Messages in other versions.
        own: The platform's own objects by module.
        exchanges: Requests that wait for their result.
        publisher: Writes own objects and pushes them.
        puller: Reads the lists of partners.
        importer: Reads files of own objects.
        requests: Sends requests whose result comes later.
        inquiry: Asks eMSPs about tokens.
        credentials: Answers the credentials module.
        registration: Registers at others.
        authorization: Answers about tokens.
        tokens: Knows which tokens sessions and CDRs may be about.
        commands: Takes commands.
        profiles: Takes requests about charging profiles.
        preferences: Takes what drivers prefer.
        payments: All about payment terminals.
        bookings: All about bookings.
        invoicing: All about records of invoices.
    """

    store: ObjectStore
    renditions: Renditions
    edge: Edge
    own: Mapping[str, OwnObjects]
    exchanges: Exchanges
    publisher: Publisher
    puller: Puller
    importer: Importer
    requests: Requests
    inquiry: Inquiry
    credentials: CredentialsService
    registration: Registration
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
    """What the services stand on.

    Attributes:
        settings: Who the platform is.
        database: Where everything is kept.
        directory: Knows the partners.
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


def assemble_parts(base: Base, plugs: Plugs) -> Parts:
    """Put the services together."""
    settings = base.settings
    store = ObjectStore(base.database, _quota(base))
    contexts = Contexts(store, settings)
    renditions = Renditions(store, RenditionStore(base.database), contexts)
    edge = Edge(math.ceil(settings.command_timeout))
    own = _own(store, renditions, settings)
    book = OwnBook(store, settings.own_parties)
    exchanges = Exchanges(base.database, plugs.clock)
    tokens = KnownTokens(store, settings)
    pusher = Pusher(base.directory, base.clients, renditions, edge)
    results = _results(base, edge)
    shared = (settings, base.directory, base.clients, base.bindings)
    shared_services = Shared(
        settings=settings,
        store=store,
        renditions=renditions,
        parties=_parties(settings),
        book=book,
        locations=own["locations"],
        directory=base.directory,
        messenger=Messenger(base.directory, base.clients),
        clients=base.clients,
        background=base.background,
        clock=plugs.clock,
    )
    bookings = assemble_bookings(shared_services)
    sessions = AnnouncedSessions(book, settings.currency, plugs.clock, bookings.keeper.began)
    return Parts(
        store=store,
        renditions=renditions,
        edge=edge,
        own=own,
        exchanges=exchanges,
        publisher=Publisher(book, sessions, pusher, plugs.clock),
        puller=Puller(base.clients, store, renditions, plugs.clock),
        importer=Importer(book, store),
        requests=Requests(settings, base.clients, exchanges, base.bindings, edge, tokens),
        inquiry=Inquiry(base.clients, store, edge),
        credentials=CredentialsService(*shared),
        registration=Registration(*shared),
        authorization=Authorization(
            own["tokens"], plugs.authorize, needs_location=settings.authorize_needs_location
        ),
        tokens=tokens,
        commands=Commands(
            locations=own["locations"],
            sessions=own["sessions"],
            reservations=Reservations(store, plugs.clock),
            points=OpenPoints(plugs.points, bookings.keeper.kept),
            book=sessions,
            results=results,
            changed=_changed(book, pusher),
            clock=plugs.clock,
        ),
        profiles=Profiles(own["sessions"], plugs.points, results, store, plugs.clock),
        preferences=Preferences(
            own["sessions"], own["locations"], plugs.points, store, plugs.clock
        ),
        payments=assemble_payments(shared_services),
        bookings=bookings,
        invoicing=assemble_invoicing(shared_services),
    )


def _quota(base: Base) -> Quota:
    limits = base.settings.limits
    return Quota(
        objects=limits.stored_objects, bytes=limits.stored_bytes, object_bytes=base.object_bytes
    )


def _changed(book: OwnBook, pusher: Pusher) -> Callable[[Raw], Awaitable[None]]:
    async def push(session: Raw) -> None:
        key = book.draft("sessions", session).key
        owner = PartyId(key.country_code, key.party_id)
        await pusher.session(await book.get("sessions", owner, key.uid))

    return push


def _parties(settings: Settings) -> OwnParties:
    roles = {role: settings.party_as(role).id for role in (CPO, EMSP)}
    return OwnParties(settings.own_parties, roles)


def _own(store: ObjectStore, renditions: Renditions, settings: Settings) -> dict[str, OwnObjects]:
    parties = _parties(settings)
    return {
        module: OwnObjects(store, renditions, parties, module, scoped=scoped)
        for module, scoped in _MODULES.items()
    }


def _results(base: Base, edge: Edge) -> ResultSender:
    urls = base.settings.urls
    return ResultSender(
        base.directory,
        base.clients,
        base.background,
        seconds=base.settings.command_timeout,
        urls=ResponseUrls(
            UrlPolicy(
                allow_private=urls.allow_private, allow_http=urls.allow_http, max_length=MAX_LENGTH
            ),
            urls.response_hosts,
        ),
        edge=edge,
    )
