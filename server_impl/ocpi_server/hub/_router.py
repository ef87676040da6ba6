"""Decides whether a request at a hub is forwarded to another party or answered here."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import parse_qsl, quote

from ocpi_runtime.client import RawAnswer, Request
from ocpi_runtime.errors import HubConnectionProblem, InvalidParameters, UnknownReceiver, Violation
from ocpi_runtime.server import ForwardedAnswer, RoutedRequest
from ocpi_runtime.types import PartyId, Raw
from ocpi_server.hub._broadcast import Broadcasts, is_for_all, is_read_back
from ocpi_server.hub._known_parties import KnownParties
from ocpi_server.hub._links import NEXT, Links
from ocpi_server.hub._lists import CombinedLists
from ocpi_server.hub._members import Members
from ocpi_server.hub._open_routing import OpenRouting
from ocpi_server.hub._receivers import Receivers, Route, is_hub, sender_of
from ocpi_server.hub._sending import Sender
from ocpi_server.hub._urls import KeptUrl, KeptUrls
from ocpi_server.hub.presence.contacts import Contacts
from ocpi_server.partners import PartnerDirectory

__all__ = ["HubRouter", "Services"]

_KEPT: Final = ("x-total-count", "x-limit", "retry-after", "allow")


@dataclass(frozen=True, slots=True)
class Services:
    """The services that a router uses.

    Attributes:
        directory: Looks partners up.
        receivers: Finds the platforms of others.
        members: Finds all of them that a message may be for.
        sender: Sends messages to them.
        links: Replaces URLs in messages.
        kept: Keeps the URLs that were replaced.
        contacts: Notes which platforms sent something.
        lists: Answers GET all.
        broadcasts: Stores and sends broadcasts.
        open_routing: Finds receivers by content.
        known: Notes what messages show of the parties that things belong to.
    """

    directory: PartnerDirectory
    receivers: Receivers
    members: Members
    sender: Sender
    links: Links
    kept: KeptUrls
    contacts: Contacts
    lists: CombinedLists
    broadcasts: Broadcasts
    open_routing: OpenRouting
    known: KnownParties


class HubRouter:
    """Forwards requests; made to be the ``forward`` of an application.

    Args:
        own: The parties of this platform.
        hub: Its party that is the hub and nothing else; None where it has another role too, so
            that what is for it, or for nobody, is answered here.
        serves: Whether this platform offers an interface to partners in another role than HUB.
        services: What it sends with.
    """

    def __init__(
        self,
        own: frozenset[PartyId],
        hub: PartyId | None,
        serves: Callable[[str, str], bool],
        services: Services,
    ) -> None:
        self._own, self._hub, self._serves, self._by = own, hub, serves, services
        self._open_messages: dict[tuple[object, ...], list[str]] = {}

    async def __call__(self, request: RoutedRequest) -> ForwardedAnswer | None:
        """Return the answer of another party; None where this platform answers.

        Raises:
            OcpiError: The request cannot be forwarded.
        """
        await self._by.contacts.heard(request.context.partner.id)
        kept = await self._kept_url(request)
        if kept is not None:
            return await self._to_kept(request, kept)
        receiver = request.context.to_party
        if receiver is not None and receiver not in self._own:
            return await self._direct(request, receiver)
        if self._hub is None or receiver not in {None, self._hub}:
            return None
        if request.operation.paged and request.context.interface.name == "sender":
            await self._by.lists.prepare(request)
            return None
        return await (self._open if receiver is None else self._to_hub)(request)

    async def _to_hub(self, request: RoutedRequest) -> None:
        """Have a Broadcast Push stored here, and then sent to all others.

        Raises:
            InvalidParameters: It must not be broadcast.
        """
        if is_for_all(request):
            await self._by.broadcasts.announce(request)
            return
        if is_read_back(request):
            return
        what = f"{request.operation.id} of {request.context.interface.module}"
        text = f"{what} cannot be sent to the hub {self._hub}: it is for one party"
        if request.operation.method == "GET":
            text = f"{what} cannot be sent to the hub {self._hub}: GET is never broadcast"
        raise InvalidParameters(
            f"{text}.",
            violations=[Violation("header:OCPI-to-party-id", "receiver", text)],
            hint="Name the party in OCPI-to-party-id and OCPI-to-country-code, or leave both out.",
        )

    async def _open(self, request: RoutedRequest) -> ForwardedAnswer | None:
        """Forward an Open Routing Request, if its receiver is found; else it may be broadcast.

        Raises:
            UnknownReceiver: It is not found, and this platform has no party that it could be for.
        """
        if is_for_all(request):
            await self._by.broadcasts.announce(request)
            return None
        context = request.context
        if is_read_back(request):
            return None
        sender, members = sender_of(context), await self._by.members.of(request, offline=True)
        members = [each for each in members if not is_hub(each.partner, each.party)]
        serves = self._serves(context.interface.module, context.interface.name)
        found = await self._by.open_routing.find(request, members, others=serves)
        if found is not None:
            route = Route(found.partner, sender, found.party, context.correlation_id)
            return replace(await self._sent(request, route), from_party=found.party)
        if serves:
            return None
        raise UnknownReceiver(
            "This hub does not know which party the request is for.",
            hint="Name the party in OCPI-to-party-id and OCPI-to-country-code.",
        )

    async def _kept_url(self, request: RoutedRequest) -> KeptUrl | None:
        """Return the URL that the called one replaces, if there is one."""
        uid = None
        if request.operation.result_url:
            uid = request.path.get("uid")
        elif request.operation.paged and NEXT in request.query:
            uid = dict(parse_qsl(request.query)).get(NEXT)
        return None if uid is None else await self._by.kept.find(uid, request.context.partner.id)

    async def _to_kept(self, request: RoutedRequest, kept: KeptUrl) -> ForwardedAnswer:
        sender_of(request.context)
        partner = await self._by.directory.get(kept.platform)
        if partner is None or not partner.active:
            raise HubConnectionProblem(f"{kept.receiver} is not connected to this hub.")
        route = Route(partner, kept.sender, kept.receiver, request.context.correlation_id)
        return await self._sent(request, route, kept.url)

    async def _direct(self, request: RoutedRequest, receiver: PartyId) -> ForwardedAnswer:
        context = request.context
        sender = sender_of(context)
        partner = await self._by.receivers.find(request, receiver)
        with self._passing(request, sender, receiver):
            route = Route(partner, sender, receiver, context.correlation_id)
            return await self._sent(request, route)

    @contextmanager
    def _passing(
        self, request: RoutedRequest, sender: PartyId, receiver: PartyId
    ) -> Iterator[None]:
        """Refuse a message that comes back from another platform while it is on its way.

        Hubs that each take another one for the hub of the receiver would pass it round.

        Raises:
            HubConnectionProblem: It came back.
        """
        context, partner = request.context, request.context.partner.id
        about = request.operation.id, frozenset(request.path.items()), request.query
        key = context.correlation_id, sender, receiver, *about
        senders = self._open_messages.setdefault(key, [])
        if senders and senders[0] != partner:
            raise HubConnectionProblem(
                f"{receiver} is not connected to this hub: the message came back to it.",
                hint="Ask the operators of the hubs which of them the party is connected to.",
            )
        senders.append(partner)
        try:
            yield
        finally:
            senders.pop()
            if not senders:
                del self._open_messages[key]

    async def _sent(
        self, request: RoutedRequest, route: Route, url: str | None = None
    ) -> ForwardedAnswer:
        """Forward a request, to its own URL if there is one, and return the answer."""
        context, operation = request.context, request.operation
        body, query = Raw(await request.body()), ""
        request.leave()
        if url is None:
            body, query = await self._by.links.sent(request, route, body)
        message: Request[None] = Request(
            context.interface, operation, request.path, body=body or None, url=url
        )
        answer = await self._by.sender.send(route, message, query)
        if url is None:
            await self._by.known.note(request, route, body, answer)
        headers = await self._by.links.headers(context, route, answer, _called(request))
        return _as_it_came(answer, headers)


def _called(request: RoutedRequest) -> str:
    """Return the URL that was called, without its query."""
    below = request.operation.path.rstrip("/")
    for name, value in request.path.items():
        below = below.replace(f"{{{name}}}", quote(value, safe=""))
    return request.context.endpoint_url + below


def _as_it_came(answer: RawAnswer, headers: list[tuple[bytes, bytes]]) -> ForwardedAnswer:
    kept = [
        (name.encode(), value.encode("latin-1", "replace"))
        for name in _KEPT
        if (value := answer.headers.get(name)) is not None
    ]
    return ForwardedAnswer(answer.http_status, answer.body, kept + headers)
