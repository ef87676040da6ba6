"""Decides about each request at a hub: forwarded to another party, or answered here."""

from typing import Final
from urllib.parse import parse_qsl, quote

from ocpi_runtime.client import RawAnswer, Request
from ocpi_runtime.errors import HubConnectionProblem
from ocpi_runtime.server import ForwardedAnswer, RoutedRequest
from ocpi_runtime.types import PartyId, Raw
from ocpi_server.hub._contacts import Contacts
from ocpi_server.hub._links import NEXT, Links
from ocpi_server.hub._receivers import Receivers, sender_of
from ocpi_server.hub._sending import Route, Sender
from ocpi_server.hub._urls import KeptUrl, KeptUrls
from ocpi_server.partners import PartnerDirectory

__all__ = ["HubRouter"]

_KEPT: Final = ("x-total-count", "x-limit", "retry-after", "allow")


class HubRouter:
    """Forwards requests; made to be the ``forward`` of an application.

    Args:
        own: The parties of this platform.
        directory: Knows the partners.
        receivers: Finds the platforms of others.
        sender: Sends messages to them.
        links: Replaces URLs in messages.
        kept: Keeps the URLs that were replaced.
        contacts: Notes which platforms were heard of.
    """

    def __init__(
        self,
        own: frozenset[PartyId],
        directory: PartnerDirectory,
        receivers: Receivers,
        sender: Sender,
        links: Links,
        kept: KeptUrls,
        contacts: Contacts,
    ) -> None:
        self._own, self._directory = own, directory
        self._receivers, self._sender = receivers, sender
        self._links, self._kept, self._contacts = links, kept, contacts

    async def __call__(self, request: RoutedRequest) -> ForwardedAnswer | None:
        """Return the answer of another party; None where this platform answers.

        Raises:
            OcpiError: The request cannot be forwarded.
        """
        await self._contacts.heard(request.context.partner.id)
        kept = await self._kept_url(request)
        if kept is not None:
            return await self._to_kept(request, kept)
        receiver = request.context.to_party
        if receiver is None or receiver in self._own:
            return None
        return await self._direct(request, receiver)

    async def _kept_url(self, request: RoutedRequest) -> KeptUrl | None:
        """Return the URL that the one which was called stands for, if it does."""
        uid = None
        if request.operation.result_url:
            uid = request.path.get("uid")
        elif request.operation.paged and NEXT in request.query:
            uid = dict(parse_qsl(request.query)).get(NEXT)
        return None if uid is None else await self._kept.find(uid, request.context.partner.id)

    async def _to_kept(self, request: RoutedRequest, kept: KeptUrl) -> ForwardedAnswer:
        sender_of(request.context)
        partner = await self._directory.get(kept.platform)
        if partner is None or not partner.active:
            raise HubConnectionProblem(f"{kept.receiver} is not connected to this hub.")
        route = Route(partner, kept.sender, kept.receiver, request.context.correlation_id)
        return await self._sent(request, route, kept.url)

    async def _direct(self, request: RoutedRequest, receiver: PartyId) -> ForwardedAnswer:
        context = request.context
        sender = sender_of(context)
        partner = await self._receivers.find(context, receiver)
        return await self._sent(request, Route(partner, sender, receiver, context.correlation_id))

    async def _sent(
        self, request: RoutedRequest, route: Route, url: str | None = None
    ) -> ForwardedAnswer:
        """Send a request on, to a URL of its own if there is one, and return what comes back."""
        context, operation = request.context, request.operation
        body, query = Raw(await request.body()), ""
        request.leave()
        if url is None:
            body, query = await self._links.sent(request, route, body)
        message: Request[None] = Request(
            context.interface, operation, request.path, body=body or None, url=url
        )
        answer = await self._sender.send(route, message, query)
        headers = await self._links.headers(context, route, answer, _called(request))
        return _as_it_came(answer, headers)


def _called(request: RoutedRequest) -> str:
    """Return the URL that was called, without its query."""
    below = request.operation.path.rstrip("/")
    for name, value in request.path.items():
        below = below.replace(f"{{{name}}}", quote(value, safe=""))
    return request.context.endpoint_url + below


def _as_it_came(answer: RawAnswer, headers: list[tuple[bytes, bytes]]) -> ForwardedAnswer:
    kept = [
        (name.encode(), value.encode("latin-1"))
        for name in _KEPT
        if (value := answer.headers.get(name)) is not None
    ]
    return ForwardedAnswer(answer.http_status, answer.body, kept + headers)
