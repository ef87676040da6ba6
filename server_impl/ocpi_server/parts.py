"""The services of a platform, put together once and shared by the handlers of all versions."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ocpi_runtime.binding import Binding
from ocpi_runtime.urls import MAX_LENGTH, UrlPolicy
from ocpi_server.background import Background
from ocpi_server.charging import ChargePoints
from ocpi_server.clock import Clock
from ocpi_server.partners import PartnerDirectory
from ocpi_server.partners.calling import PartnerClients
from ocpi_server.services.authorization import Authorization, Authorizer
from ocpi_server.services.commands import Commands
from ocpi_server.services.credentials import CredentialsService
from ocpi_server.services.exchanges import Exchanges
from ocpi_server.services.importing import Importer
from ocpi_server.services.own import OwnObjects, OwnParties
from ocpi_server.services.own_book import OwnBook
from ocpi_server.services.profiles import Preferences, Profiles
from ocpi_server.services.publishing import Publisher
from ocpi_server.services.pull import Puller
from ocpi_server.services.push import Pusher
from ocpi_server.services.registration import Registration
from ocpi_server.services.requests import Requests
from ocpi_server.services.reservations import Reservations
from ocpi_server.services.results import ResultSender
from ocpi_server.services.session_book import SessionBook
from ocpi_server.settings import Settings
from ocpi_server.store import Database, ObjectStore

__all__ = ["OWN_VERSION", "Base", "Parts", "Plugs", "assemble_parts"]

OWN_VERSION: Final = "2.2.1"
"""The OCPI version that the platform's own objects are written in."""

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
        own: The platform's own objects by module.
        exchanges: Requests that wait for their result.
        publisher: Writes own objects and pushes them.
        puller: Reads the lists of partners.
        importer: Reads files of own objects.
        requests: Sends requests whose result comes later.
        credentials: Answers the credentials module.
        registration: Registers at others.
        authorization: Answers about tokens.
        commands: Takes commands.
        profiles: Takes requests about charging profiles.
        preferences: Takes what drivers prefer.
    """

    store: ObjectStore
    own: Mapping[str, OwnObjects]
    exchanges: Exchanges
    publisher: Publisher
    puller: Puller
    importer: Importer
    requests: Requests
    credentials: CredentialsService
    registration: Registration
    authorization: Authorization
    commands: Commands
    profiles: Profiles
    preferences: Preferences


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
    """

    settings: Settings
    database: Database
    directory: PartnerDirectory
    clients: PartnerClients
    background: Background
    bindings: Mapping[str, Binding[Any, Any]]


def assemble_parts(base: Base, plugs: Plugs) -> Parts:
    """Put the services together."""
    settings = base.settings
    store = ObjectStore(base.database)
    own = _own(store, settings)
    book = OwnBook(store, settings.own_parties, OWN_VERSION)
    sessions = SessionBook(book, settings.currency, plugs.clock)
    exchanges = Exchanges(base.database, plugs.clock)
    pusher = Pusher(base.directory, base.clients)
    results = _results(base)
    shared = (settings, base.directory, base.clients, base.bindings)
    return Parts(
        store=store,
        own=own,
        exchanges=exchanges,
        publisher=Publisher(book, sessions, pusher, plugs.clock),
        puller=Puller(base.clients, store),
        importer=Importer(book, store),
        requests=Requests(settings, base.clients, exchanges, base.bindings),
        credentials=CredentialsService(*shared),
        registration=Registration(*shared),
        authorization=Authorization(
            own["tokens"], plugs.authorize, needs_location=settings.authorize_needs_location
        ),
        commands=Commands(
            locations=own["locations"],
            sessions=own["sessions"],
            reservations=Reservations(store, plugs.clock),
            points=plugs.points,
            book=sessions,
            results=results,
            changed=pusher.session,
            clock=plugs.clock,
        ),
        profiles=Profiles(own["sessions"], plugs.points, results, store, plugs.clock),
        preferences=Preferences(
            own["sessions"], own["locations"], plugs.points, store, plugs.clock
        ),
    )


def _own(store: ObjectStore, settings: Settings) -> dict[str, OwnObjects]:
    parties = OwnParties(settings.own_parties)
    return {
        module: OwnObjects(store, parties, module, scoped=scoped)
        for module, scoped in _MODULES.items()
    }


def _results(base: Base) -> ResultSender:
    urls = base.settings.urls
    return ResultSender(
        base.directory,
        base.clients,
        base.background,
        seconds=base.settings.command_timeout,
        policy=UrlPolicy(
            allow_private=urls.allow_private, allow_http=urls.allow_http, max_length=MAX_LENGTH
        ),
    )
