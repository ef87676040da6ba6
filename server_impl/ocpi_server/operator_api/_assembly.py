"""Assembly of the operator API of a platform."""

from urllib.parse import urlsplit

from starlette.types import ASGIApp

from ocpi_runtime.dialect import Dialect
from ocpi_runtime.server import Stub
from ocpi_runtime.urls import UrlPolicy
from ocpi_server._background import Background
from ocpi_server._clock import Clock
from ocpi_server._operations import Operations
from ocpi_server.objects.own_object_writer import OwnObjectWriter
from ocpi_server.operator_api._access import Access
from ocpi_server.operator_api._app import OperatorApp
from ocpi_server.operator_api._deliveries import Deliveries
from ocpi_server.operator_api._events import Events, Webhooks
from ocpi_server.operator_api._lists import Lists
from ocpi_server.operator_api._messages import Messages
from ocpi_server.operator_api._objects import Evses, Own, ReceivedLists
from ocpi_server.operator_api._partners import Partners
from ocpi_server.operator_api._requests import Orders, Requests
from ocpi_server.operator_api._state import Authorizations, Losses, Pulls, Pushes
from ocpi_server.operator_api._stream import EventStream
from ocpi_server.operator_records import BackEndRecords
from ocpi_server.settings import Settings
from ocpi_server.sync.own_changes import OwnChanges

__all__ = ["deliveries", "with_operator_api"]


def with_operator_api(
    app: ASGIApp,
    platform: Operations,
    background: Background,
    clock: Clock,
    *,
    docs: bool,
) -> ASGIApp:
    """Mount the operator API beside the application of partners.

    Args:
        app: The application of partners.
        platform: The platform.
        background: Runs what goes on after answers.
        clock: Returns the current time.
        docs: Whether Swagger UI is served.
    """
    settings, parts = platform.settings, urlsplit(platform.settings.base_url)
    keys, records = platform.keys, platform.records
    return OperatorApp(
        app,
        f"{parts.scheme}://{parts.netloc}",
        settings.operator,
        Access(keys),
        [*_handlers(platform, background, clock), *_for_records(platform, records)],
        records.answers,
        EventStream(records.events, keys, lambda: platform.stopping),
        docs=docs,
    )


def deliveries(settings: Settings, records: BackEndRecords) -> Deliveries:
    """Return what posts events to webhooks."""
    return Deliveries(records.webhooks, records.events, _policy(settings))


def _for_records(platform: Operations, records: BackEndRecords) -> list[Stub]:
    return [
        Requests(platform, records.requests),
        Orders(records.orders),
        Messages(platform.messages, platform.administration),
        Events(records.events),
        Webhooks(records.webhooks, records.events, _policy(platform.settings)),
    ]


def _policy(settings: Settings) -> UrlPolicy:
    urls = settings.urls
    return UrlPolicy(allow_private=urls.allow_private, allow_http=urls.allow_http)


def _handlers(platform: Operations, background: Background, clock: Clock) -> list[Stub]:
    settings, store = platform.settings, platform.parts.store
    book = OwnObjectWriter(store, settings.own_parties)
    announcer = platform.parts.pushes.announcer
    dialect = Dialect(level=settings.dialect)
    lists, decide = Lists(platform), platform.administration
    return [
        Own(OwnChanges(book, store, announcer, dialect, clock), lists),
        Evses(platform),
        ReceivedLists(platform, lists),
        Partners(platform, decide),
        Pushes(platform, decide),
        Pulls(platform, decide, background),
        Losses(platform),
        Authorizations(platform, decide),
    ]
