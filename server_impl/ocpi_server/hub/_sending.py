"""Forwarding of a message to one platform, within limits, and the handling of failures."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from ocpi_runtime.client import RawAnswer, Request
from ocpi_runtime.errors import (
    GenericHubError,
    HubConnectionProblem,
    HubTimeout,
    OcpiError,
    ProtocolError,
    RequestTimeout,
    StatusError,
    TransportError,
)
from ocpi_server.hub._conversion import Conversion
from ocpi_server.hub._receivers import Route
from ocpi_server.hub.presence.contacts import Contacts
from ocpi_server.partners.calling import PartnerClients
from ocpi_server.settings import HubRules

__all__ = ["Sender"]

_UNAUTHORIZED = 401
_HTTP = range(200, 600)
"""The HTTP statuses that an answer may have."""


class Sender:
    """Sends messages to platforms, to each a few at a time.

    Args:
        clients: Calls partners, within the policy for URLs and the limits of sessions.
        rules: How long it waits, and how many are open.
        contacts: Notes which platforms answer.
        conversion: Converts messages to platforms of other versions.
    """

    def __init__(
        self,
        clients: PartnerClients,
        rules: HubRules,
        contacts: Contacts,
        conversion: Conversion,
    ) -> None:
        self._clients, self._rules, self._contacts = clients, rules, contacts
        self._conversion = conversion
        self._open: Counter[str] = Counter()

    async def send(self, route: Route, request: Request[None], query: str = "") -> RawAnswer:
        """Send a message, and return the answer of the receiver, even a refusal.

        Where both speak one version, neither is changed.

        Args:
            route: Its route.
            request: The message; its body is ``Raw``.
            query: Its query.

        Raises:
            HubTimeout: The receiver did not answer in time.
            HubConnectionProblem: It cannot be reached, or no longer accepts the token of this hub.
            GenericHubError: Too many requests to it are open, or it did not answer in OCPI.
            InvalidParameters: Its version cannot represent the message.
        """
        if request.interface.version == route.partner.version:
            return await self._once(route, request, query)
        return await self._conversion.exchange(self._once, route, request, query)

    async def _once(self, route: Route, request: Request[None], query: str) -> RawAnswer:
        with self._counted(route):
            answer = await self._noted(route, request, query)
        if answer.status_code is None or answer.http_status not in _HTTP:
            text = f"{route.receiver} answered with HTTP {answer.http_status} and not in OCPI."
            raise GenericHubError(text)
        if answer.http_status == _UNAUTHORIZED:
            raise HubConnectionProblem(f"{route.receiver} refuses the token of this hub.")
        return answer

    async def _noted(self, route: Route, request: Request[None], query: str) -> RawAnswer:
        """Send a message, and note whether the platform answers in OCPI."""
        key = route.partner.id
        try:
            answer = await self._answer(route, request, query)
        except HubTimeout:
            await self._contacts.failed(key, certain=False)
            raise
        except HubConnectionProblem as error:
            if isinstance(error.__cause__, TransportError):
                await self._contacts.failed(key, certain=True)
            raise
        if answer.status_code is None or answer.http_status == _UNAUTHORIZED:
            await self._contacts.failed(key, certain=answer.http_status == _UNAUTHORIZED)
        else:
            await self._contacts.heard(key)
        return answer

    async def _answer(self, route: Route, request: Request[None], query: str) -> RawAnswer:
        try:
            peer = self._clients.peer(
                route.partner,
                from_party=route.sender,
                to_party=route.receiver,
                correlation_id=route.correlation_id,
            )
            async with asyncio.timeout(self._rules.seconds):
                return await peer.forward(request, query)
        except (TimeoutError, RequestTimeout) as error:
            text = f"{route.receiver} did not answer within {self._rules.seconds:g} s."
            raise HubTimeout(text) from error
        except (ProtocolError, StatusError) as error:
            raise _as_hub_error(route, error) from error
        except OcpiError as error:
            text = f"{route.receiver} cannot be reached."
            raise HubConnectionProblem(text) from error

    @contextmanager
    def _counted(self, route: Route) -> Iterator[None]:
        """Count a request as open; a slow platform keeps no more than its share waiting."""
        key, most = route.partner.id, self._rules.requests_per_platform
        if self._open[key] >= most:
            raise GenericHubError(
                f"{most} requests to the platform of {route.receiver} are already open.",
                hint="Wait for their answers, and send the request again.",
            )
        self._open[key] += 1
        try:
            yield
        finally:
            self._open[key] -= 1
            if not self._open[key]:
                del self._open[key]


def _as_hub_error(route: Route, error: OcpiError) -> OcpiError:
    """Return the error for the sender, without tokens and addresses."""
    if isinstance(error, ProtocolError):
        return GenericHubError(f"The answer of {route.receiver} cannot be read.")
    return HubConnectionProblem(f"{route.receiver} is not connected to this hub.")
