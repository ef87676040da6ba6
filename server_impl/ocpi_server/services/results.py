"""Asynchronous results on their way back to the partner that asked for them."""

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from ocpi_runtime.errors import OcpiError
from ocpi_runtime.server import Context
from ocpi_runtime.types import Raw
from ocpi_server.background import Background
from ocpi_server.partners.calling import PartnerClients
from ocpi_server.partners.directory import PartnerDirectory
from ocpi_server.services.edge import Edge
from ocpi_server.services.response_urls import ResponseUrls

__all__ = ["Later", "ResultSender"]

_RESULTS: Final = {
    "post_command_result": "CommandResult",
    "post_active_charging_profile_result": "ActiveChargingProfileResult",
    "post_charging_profile_result": "ChargingProfileResult",
    "post_clear_profile_result": "ClearProfileResult",
}
log = logging.getLogger("ocpi_server.results")

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Later:
    """What is done after the answer.

    Attributes:
        kind: The name of the request, for people.
        response_url: Where the result goes.
        post: The client's method that sends it, as ``module.operation``.
        act: Asks the charge point and gives the result as an object.
        late: The result when the charge point does not answer in time.
        failed: The result when something went wrong.
        after: What follows when the result was sent, or sending it failed.
    """

    kind: str
    response_url: str
    post: str
    act: Callable[[], Awaitable[Document]]
    late: Document
    failed: Document
    after: Callable[[], Awaitable[None]] | None = None


class ResultSender:
    """Answers at once and sends the result when there is one.

    Args:
        directory: Knows the partners.
        clients: Calls them.
        background: Runs what goes on after the answer.
        seconds: How long a charge point may take.
        urls: Which URLs results may be sent to.
        edge: Says results in the version of the partner.
    """

    def __init__(
        self,
        directory: PartnerDirectory,
        clients: PartnerClients,
        background: Background,
        *,
        seconds: float,
        urls: ResponseUrls,
        edge: Edge,
    ) -> None:
        self._directory = directory
        self._clients = clients
        self._background = background
        self._seconds = seconds
        self.urls = urls
        self._edge = edge

    def accept(self, context: Context, later: Later) -> Raw:
        """Begin what is due later, and give the answer for now."""
        if self._background.full:
            return self.answer("REJECTED", "Too many requests are under way.")
        self._background.start(self._run(context, later), later.kind)
        return self.answer("ACCEPTED")

    def answer(self, result: str, message: str = "") -> Raw:
        """Write a response: whether the request is passed on, and how long it may take."""
        document: Document = {"result": result, "timeout": math.ceil(self._seconds)}
        if message:
            document["message"] = [{"language": "en", "text": message}]
        return Raw(msgspec.json.encode(document))

    async def _run(self, context: Context, later: Later) -> None:
        try:
            async with asyncio.timeout(self._seconds):
                result = await later.act()
        except TimeoutError:
            result = later.late
        except Exception:
            log.exception("%s failed", later.kind)
            result = later.failed
        await self._send(context, later, Raw(msgspec.json.encode(result)))
        if later.after is not None:
            await later.after()

    async def _send(self, context: Context, later: Later, result: Raw) -> None:
        # The partner may have rotated its tokens since it asked.
        partner = await self._directory.get(context.partner.id)
        if partner is None:
            return
        module, _, operation = later.post.partition(".")
        try:
            peer = self._clients.peer(
                partner,
                from_party=context.to_party,
                to_party=context.from_party,
                correlation_id=context.correlation_id,
            )
            said = self._edge.to(partner.version or "", _RESULTS[operation], result)
            await getattr(getattr(peer, module), operation)(later.response_url, said)
        except OcpiError as error:
            log.warning("the result of %s was not taken: %s", later.kind, error.message)
