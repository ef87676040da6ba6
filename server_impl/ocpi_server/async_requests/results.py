"""Asynchronous results on their way back to the partner that asked for them."""

import asyncio
import logging
import math
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from ocpi_runtime.codec import validate
from ocpi_runtime.errors import HttpError, OcpiError, RequestTimeout, TransportError
from ocpi_runtime.server import Context
from ocpi_runtime.types import Raw
from ocpi_server._background import Background
from ocpi_server._versions import OWN_VERSION, binding_of
from ocpi_server.async_requests.owed_results import Addresses, Owed, OwedResults
from ocpi_server.async_requests.response_urls import ResponseUrls
from ocpi_server.partners.calling import PartnerClients
from ocpi_server.partners.directory import PartnerDirectory
from ocpi_server.versioning.messages import MessageConverter

__all__ = ["DELIVERY_SECONDS", "DeferredResult", "ResultSender"]

_RESULTS: Final = {
    "post_command_result": "CommandResult",
    "post_active_charging_profile_result": "ActiveChargingProfileResult",
    "post_charging_profile_result": "ChargingProfileResult",
    "post_clear_profile_result": "ClearProfileResult",
}
DELIVERY_SECONDS: Final = 5
"""How long a result may be on its way, after the charge point has had its time."""
_HEAD_START: Final = 0.1
"""Seconds between the answer and the result at least: partners expect the answer first."""
_STORE_SECONDS: Final = 1.0
"""How long a result waits until it is stored: a partner does not wait for a busy database."""
_PAUSES: Final = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
"""Seconds between attempts to deliver a result."""
_ATTEMPT_SECONDS: Final = 10.0
"""How long one attempt may take, so that one without answer leaves time for others."""
_OVERLOADED: Final = frozenset({429, 500, 502, 503, 504})
log = logging.getLogger("ocpi_server.results")

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class DeferredResult:
    """What is done after the answer.

    Attributes:
        kind: The name of the request, for people.
        response_url: Where the result goes.
        post: The client's method that sends it, as ``module.operation``.
        act: Asks the charge point and returns the result as an object.
        late: The result when the charge point does not answer in time.
        failed: The result when something went wrong.
        size: How many bytes of the request are kept until then.
    """

    kind: str
    response_url: str
    post: str
    act: Callable[[], Awaitable[Document]]
    late: Document
    failed: Document
    size: int = 0


class ResultSender:
    """Answers at once and sends the result when there is one.

    Args:
        directory: Looks partners up.
        clients: Calls them.
        background: Runs what goes on after the answer.
        seconds: How long a charge point may take.
        urls: Which URLs results may be sent to.
        messages: Converts results to the version of the partner.
        owed: Remembers results until they are sent, for when this process ends before.
    """

    def __init__(
        self,
        directory: PartnerDirectory,
        clients: PartnerClients,
        background: Background,
        *,
        seconds: float,
        urls: ResponseUrls,
        messages: MessageConverter,
        owed: OwedResults,
    ) -> None:
        self._directory = directory
        self._clients = clients
        self._background = background
        self._seconds = seconds
        self.urls = urls
        self._messages = messages
        self._owed = owed

    async def accept(self, context: Context, later: DeferredResult) -> Raw:
        """Note that a result is owed, begin what is due later, and return the answer for now.

        The note is stored before the answer leaves, so that a partner with ACCEPTED gets a result
        even if this process is killed at once.
        """
        partner_id = context.partner.id
        if not self._background.is_full(partner_id, later.size):
            owed = await self._note(context, later)
            work = self._run(context, later, owed)
            # Other requests may have taken the room meanwhile.
            if self._background.try_start(work, later.kind, partner_id, later.size):
                return self.answer("ACCEPTED")
            await self._owed.settle(owed)
        return self.answer("REJECTED", "Too many pending requests.")

    def answer(self, result: str, message: str = "") -> Raw:
        """Write a response: whether the request is passed on, and how long it may take."""
        timeout = math.ceil(self._seconds) + DELIVERY_SECONDS
        document: Document = {"result": result, "timeout": timeout}
        if message:
            document["message"] = [{"language": "en", "text": message}]
        return Raw(msgspec.json.encode(document))

    async def resume(self) -> None:
        """Send what a process that has ended owes: the result, or TIMEOUT where it had none."""
        for owed in await self._owed.take(self._seconds):
            work = self._send_owed(owed)
            partner_id = owed.addresses.partner
            self._background.try_start(work, "late result", partner_id, len(owed.body))

    async def _send_owed(self, owed: Owed) -> None:
        late = DeferredResult("request", owed.response_url, owed.post, _nobody, {}, {})
        try:
            await self._send(owed.addresses, late, Raw(owed.body))
        except Exception:
            log.exception("a late result cannot be sent")
        await self._owed.settle(owed.id)

    async def _note(self, context: Context, later: DeferredResult) -> str:
        to, late = Addresses.of(context), msgspec.json.encode(later.late)
        return await self._owed.add(to, later.post, later.response_url, late, 2 * self._seconds)

    async def _run(self, context: Context, later: DeferredResult, owed: str) -> None:
        loop = asyncio.get_running_loop()
        begun = loop.time()
        text = self._fitting(context, later, await self._result(later))
        with self._background.keeping(context.partner.id, len(text)):
            async with asyncio.TaskGroup() as group:
                stored = group.create_task(self._keep(owed, text, later.kind))
                await asyncio.wait({stored}, timeout=_STORE_SECONDS)
                await asyncio.sleep(begun + _HEAD_START - loop.time())
                await self._send(Addresses.of(context), later, text)
        await self._owed.settle(owed)

    async def _keep(self, owed: str, result: Raw, kind: str) -> None:
        """Store a result until it is delivered, for when this process ends before."""
        try:
            await self._owed.replace(owed, result)
        except Exception:
            log.exception("the result of %s is not stored; it is sent all the same", kind)

    async def _result(self, later: DeferredResult) -> Raw:
        """Return the result: that of the charge point, if it is in time and one that OCPI has."""
        try:
            async with asyncio.timeout(self._seconds):
                result = Raw(msgspec.json.encode(await later.act()))
            validate(result, _class_of(later.post))
        except TimeoutError:
            return Raw(msgspec.json.encode(later.late))
        except Exception:
            log.exception("%s failed", later.kind)
            return Raw(msgspec.json.encode(later.failed))
        return result

    def _fitting(self, context: Context, later: DeferredResult, result: Raw) -> Raw:
        """Return a result, or that of a failure where too much waits for the partner already."""
        if self._background.fits(context.partner.id, len(result)):
            return result
        message = "the result of %s for partner %s is dropped: too many results are pending for it"
        log.warning(message, later.kind, context.partner.id)
        return Raw(msgspec.json.encode(later.failed))

    async def _send(self, to: Addresses, later: DeferredResult, result: Raw) -> None:
        """Send the result, again and again until it is taken or the time of the request is up."""
        loop = asyncio.get_running_loop()
        end = loop.time() + self._seconds
        pauses = iter(_PAUSES)
        while (error := await self._attempt(to, later, result, end)) is not None:
            pause = next(pauses, math.inf)
            if not _may_pass(error) or loop.time() + pause >= end:
                break
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 - no secret
        else:
            return
        host = urlsplit(later.response_url).hostname or ""
        reason = error.message.replace(later.response_url, host)
        message = "the result of %s for partner %s could not be delivered to %s: %s"
        log.warning(message, later.kind, to.partner, host, reason)

    async def _attempt(
        self, to: Addresses, later: DeferredResult, result: Raw, end: float
    ) -> OcpiError | None:
        """Send the result once; return the error, None where it was taken."""
        # The partner may have rotated its tokens since it asked.
        partner = await self._directory.get(to.partner)
        if partner is None:
            return None
        module, _, operation = later.post.partition(".")
        loop = asyncio.get_running_loop()
        try:
            peer = self._clients.peer(
                partner,
                from_party=to.here,
                to_party=to.there,
                correlation_id=to.correlation_id,
            )
            text = self._messages.to(partner.version or "", _RESULTS[operation], result)
            async with asyncio.timeout_at(min(end, loop.time() + _ATTEMPT_SECONDS)):
                await getattr(getattr(peer, module), operation)(later.response_url, text)
        except OcpiError as error:
            return error
        except TimeoutError:
            return RequestTimeout("The charge point did not respond in time.")
        return None


def _class_of(post: str) -> Any:
    """Return the class of a result in our version, by the method that sends it."""
    module, _, operation = post.partition(".")
    return binding_of(OWN_VERSION).interfaces[module, "sender"].operations[operation].body


async def _nobody() -> Document:
    """Return no result: the command is not stored any more."""
    return {}


def _may_pass(error: OcpiError) -> bool:
    """Return whether a failure may be a passing one: no answer, or an overloaded server."""
    if isinstance(error, TransportError | RequestTimeout):
        return True
    return isinstance(error, HttpError) and error.http_status in _OVERLOADED
