"""Assembly of the parts of a hub."""

import math
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from ocpi_runtime.binding import Binding
from ocpi_runtime.types import PartyId
from ocpi_server._background import Background
from ocpi_server._clock import Clock
from ocpi_server._interfaces import interfaces_of
from ocpi_server.access_control import HubParties, Reach, Routes
from ocpi_server.async_requests.response_urls import ResponseUrls
from ocpi_server.hub._broadcast import Broadcasts
from ocpi_server.hub._conversion import Conversion
from ocpi_server.hub._known_parties import KnownParties
from ocpi_server.hub._links import Links
from ocpi_server.hub._lists import CombinedLists
from ocpi_server.hub._members import Members
from ocpi_server.hub._open_routing import OpenRouting
from ocpi_server.hub._receivers import Receivers
from ocpi_server.hub._relay import HubRelay
from ocpi_server.hub._router import HubRouter, Services
from ocpi_server.hub._sending import Sender
from ocpi_server.hub._urls import KeptUrls
from ocpi_server.hub.presence.alive import AliveChecks
from ocpi_server.hub.presence.client_infos import ClientInfos
from ocpi_server.hub.presence.contacts import Contacts
from ocpi_server.hub.presence.listing import VisibleInfos
from ocpi_server.hub.presence.visibility import Visibility
from ocpi_server.objects.own import OwnObjects
from ocpi_server.objects.own_object_writer import OwnObjectWriter
from ocpi_server.partners import HUB, PartnerDirectory
from ocpi_server.partners.calling import PartnerClients
from ocpi_server.settings import Settings
from ocpi_server.store import Database, ObjectStore, Outbox
from ocpi_server.sync.push import Announcer
from ocpi_server.versioning.renditions import Renditions

__all__ = ["Forwarding", "Hub", "HubBase", "Publishing", "assemble_forwarding", "assemble_hub"]


class HubBase(Protocol):
    """What a hub needs."""

    @property
    def settings(self) -> Settings:
        """Who the platform is."""

    @property
    def database(self) -> Database:
        """Where everything is kept."""

    @property
    def directory(self) -> PartnerDirectory:
        """Looks partners up."""

    @property
    def clients(self) -> PartnerClients:
        """Calls them."""

    @property
    def background(self) -> Background:
        """Runs what goes on after answers."""

    @property
    def bindings(self) -> Mapping[str, Binding[Any, Any]]:
        """The versions that are spoken, by number."""


class Publishing(NamedTuple):
    """What is stored of ClientInfos and other objects, and how it is pushed.

    Attributes:
        store: Has them.
        book: Writes them.
        announcer: Finds the partners that they are pushed to.
        outbox: Sends them to a partner that is new.
        own: The objects of this platform's own parties.
        renditions: Converts ClientInfos to other versions.
    """

    store: ObjectStore
    book: OwnObjectWriter
    announcer: Announcer
    outbox: Outbox
    own: Mapping[str, OwnObjects]
    renditions: Renditions


@dataclass(frozen=True, slots=True)
class Hub:
    """The parts of a hub.

    Attributes:
        router: Forwards the messages of partners.
        kept: Keeps URLs of partners.
        known: Notes what messages show of the parties that things belong to.
        infos: Keeps ClientInfos current.
        listing: Lists them.
        alive: Checks whether platforms answer.
    """

    router: HubRouter
    kept: KeptUrls
    known: KnownParties
    infos: ClientInfos
    listing: VisibleInfos
    alive: AliveChecks

    def steps(self) -> tuple[Callable[[], Awaitable[None]], ...]:
        """Return the periodic tasks."""
        return self.infos.refresh, self.alive.start, self.kept.purge, self.known.purge


@dataclass(frozen=True, slots=True)
class Forwarding:
    """What sends messages on; the outbox of the platform uses it for broadcasts.

    Attributes:
        hub: The party that is the hub.
        contacts: Notes which platforms answer.
        receivers: Finds the platforms of others.
        members: Finds all of them that a message may be for.
        sender: Sends messages to them.
        broadcasts: Stores and sends broadcasts.
        visibility: Which parties each partner may see.
        relay: What the outbox sends through the hub.
    """

    hub: PartyId
    contacts: Contacts
    receivers: Receivers
    members: Members
    sender: Sender
    broadcasts: Broadcasts
    visibility: Visibility
    relay: HubRelay


def assemble_forwarding(
    base: HubBase, routes: Routes, hub_parties: HubParties, store: ObjectStore, clock: Clock
) -> Forwarding | None:
    """Assemble what sends messages on; return None if the platform is not a hub.

    Args:
        base: What it needs.
        routes: Finds the platforms of parties.
        hub_parties: The parties behind other hubs.
        store: Has the objects that were broadcast.
        clock: Returns the current time.
    """
    settings = base.settings
    if settings.hub_party is None:
        return None
    contacts = Contacts(base.database, clock)
    conversion = Conversion(base.bindings, math.ceil(settings.command_timeout))
    reach = Reach(settings.hub.pairs)
    receivers = Receivers(base.directory, routes.find, base.clients, store, reach)
    sender = Sender(base.clients, settings.hub, contacts, conversion)
    members = Members(base.directory, receivers, contacts)
    broadcasts = Broadcasts(settings.hub_party, members, receivers, sender, store)
    visibility = Visibility(base.directory, contacts, hub_parties, reach)
    return Forwarding(
        hub=settings.hub_party,
        contacts=contacts,
        receivers=receivers,
        members=members,
        sender=sender,
        broadcasts=broadcasts,
        visibility=visibility,
        relay=HubRelay(broadcasts, visibility),
    )


def assemble_hub(
    base: HubBase,
    forwarding: Forwarding | None,
    urls: ResponseUrls,
    publishing: Publishing,
    clock: Clock,
) -> Hub | None:
    """Assemble the parts; return None if the platform is not a hub.

    Args:
        base: What they need.
        forwarding: Sends messages on.
        urls: Which URLs results may be sent to.
        publishing: Publishes ClientInfos.
        clock: Returns the current time.
    """
    if forwarding is None:
        return None
    settings, contacts = base.settings, forwarding.contacts
    members, sender = forwarding.members, forwarding.sender
    kept, known = KeptUrls(base.database, clock), KnownParties(base.database, clock)
    links = Links(settings.base_url, base.bindings, kept, urls)
    others = {each.role for each in settings.parties} - {HUB}
    services = Services(
        directory=base.directory,
        receivers=forwarding.receivers,
        members=members,
        sender=sender,
        links=links,
        kept=kept,
        contacts=contacts,
        lists=CombinedLists(members, sender, links, known, publishing.own if others else {}),
        broadcasts=forwarding.broadcasts,
        open_routing=OpenRouting(publishing.store, known),
        known=known,
    )
    offered = interfaces_of(others)
    router = HubRouter(
        settings.own_parties, _pure(settings), lambda *name: name in offered, services
    )
    infos = ClientInfos(base.directory, contacts, forwarding.visibility, *publishing[:4], clock)
    alive = AliveChecks(
        base.directory,
        base.clients,
        contacts,
        base.bindings,
        base.background,
        settings.hub.alive_seconds,
    )
    listing = VisibleInfos(publishing.store, publishing.renditions, forwarding.visibility)
    return Hub(router, kept, known, infos, listing, alive)


def _pure(settings: Settings) -> PartyId | None:
    """Return the party that is the hub, if it plays no other role."""
    roles = {each.role for each in settings.parties if each.id == settings.hub_party}
    return settings.hub_party if roles == {HUB} else None
