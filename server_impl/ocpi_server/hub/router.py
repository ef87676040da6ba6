"""Decides about each request at a hub: forwarded to another party, or answered here."""

from typing import Final

from ocpi_runtime.client import RawAnswer, Request
from ocpi_runtime.server import ForwardedAnswer, RoutedRequest
from ocpi_runtime.types import PartyId, Raw
from ocpi_server.hub._receivers import Receivers, sender_of
from ocpi_server.hub._sending import Route, Sender

__all__ = ["HubRouter"]

_KEPT: Final = ("x-total-count", "x-limit", "retry-after", "allow")


class HubRouter:
    """Forwards requests; made to be the ``forward`` of an application.

    Args:
        own: The parties of this platform.
        receivers: Finds the platforms of others.
        sender: Sends messages to them.
    """

    def __init__(self, own: frozenset[PartyId], receivers: Receivers, sender: Sender) -> None:
        self._own, self._receivers, self._sender = own, receivers, sender

    async def __call__(self, request: RoutedRequest) -> ForwardedAnswer | None:
        """Return the answer of another party; None where this platform answers.

        Raises:
            OcpiError: The request cannot be forwarded.
        """
        receiver = request.context.to_party
        if receiver is None or receiver in self._own:
            return None
        return await self._direct(request, receiver)

    async def _direct(self, request: RoutedRequest, receiver: PartyId) -> ForwardedAnswer:
        context = request.context
        sender = sender_of(context)
        partner = await self._receivers.find(context, receiver)
        body = await request.body()
        request.leave()
        route = Route(partner, sender, receiver, context.correlation_id)
        message: Request[None] = Request(
            context.interface, request.operation, request.path, body=Raw(body) if body else None
        )
        return _as_it_came(await self._sender.send(route, message, request.query))


def _as_it_came(answer: RawAnswer) -> ForwardedAnswer:
    headers = [
        (name.encode(), value.encode("latin-1"))
        for name in _KEPT
        if (value := answer.headers.get(name)) is not None
    ]
    return ForwardedAnswer(answer.http_status, answer.body, headers)
