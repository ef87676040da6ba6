"""The two drivers: they perform the steps of a flow with httpx2, one with await and one without."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, Self, TypeVar

from ocpi_runtime._codec.steps import let_others_run, run
from ocpi_runtime.client._calls.wire import (
    BodyReader,
    Flow,
    Outgoing,
    Pause,
    Reply,
    StaleConnection,
)
from ocpi_runtime.client._http._failures import connection_failure
from ocpi_runtime.client._http._streams import ConnectionUse, deadline, observed
from ocpi_runtime.client._http._transport import http_client, sync_http_client
from ocpi_runtime.client._http.libraries import HttpClient, SyncHttpClient, Timeouts, error_classes
from ocpi_runtime.client._options import Limits, Settings
from ocpi_runtime.errors import OcpiError, RequestTimeout, TransportError, UnsafeUrl

__all__ = ["AsyncWire", "SyncWire"]

R = TypeVar("R")

_ENVELOPE: Final = 64 * 1024
"""What an envelope has around the object that a peer may send back."""


class AsyncWire:
    """Runs flows on an ``AsyncClient`` of httpx2 or httpx.

    Args:
        client: Sends the requests.
        limits: Times and sizes.
        owned: Whether closing the wire closes the client.
    """

    def __init__(self, client: HttpClient, limits: Limits, *, owned: bool) -> None:
        self._client = client
        self._limits = limits
        self._owned = owned

    @classmethod
    def opened(cls, settings: Settings, http: HttpClient | None) -> Self:
        """Make a wire on a client that was given, or on one of its own."""
        _check_given(settings, http)
        client = http or http_client(
            settings.policy, idle_seconds=settings.limits.idle, transport=settings.transport
        )
        return cls(client, settings.limits, owned=http is None)

    async def run(self, flow: Flow[R]) -> R:
        """Perform the steps of a flow until it returns or raises."""
        result: Reply | None = None
        fault: OcpiError | None = None
        while True:
            try:
                step = flow.send(result) if fault is None else flow.throw(fault)
            except StopIteration as stop:
                value: R = stop.value
                return value
            finally:
                result, fault = None, None  # an error that leaves shall keep no cycle, and no body
            try:
                result = await self._perform(step)
            except OcpiError as error:
                fault = error

    async def aclose(self) -> None:
        """Close the connections, if they are not somebody else's."""
        if self._owned:
            await self._client.aclose()

    async def _perform(self, step: Outgoing | Pause) -> Reply | None:
        if isinstance(step, Pause):
            await (asyncio.sleep(step.seconds) if step.seconds else let_others_run())
            return None
        use = ConnectionUse()
        with _httpx_errors(step.url, self._limits, use), observed(use):
            async with asyncio.timeout(self._limits.total):
                return await self._exchange(step, use)

    async def _exchange(self, outgoing: Outgoing, use: ConnectionUse) -> Reply:
        request = self._client.build_request(
            **outgoing.httpx_arguments(_awaitable(use.trace)), timeout=_timeout(self._limits)
        )
        response = await self._client.send(request, stream=True, auth=None, follow_redirects=False)
        try:
            body = BodyReader(response.headers, _longest(outgoing, self._limits))
            async for chunk in response.stream:
                for _ in body.feed(chunk):
                    await let_others_run()
        finally:
            await response.aclose()
        return Reply(response.status_code, response.headers, body.finish())


class SyncWire:
    """Runs flows on an ``httpx2.Client``; see :class:`AsyncWire`.

    On a client that was not made by :func:`sync_http_client` the total time is looked at whenever
    a part of the body comes, so an exchange may last longer than ``Limits.total``.
    """

    def __init__(self, client: SyncHttpClient, limits: Limits, *, owned: bool) -> None:
        self._client = client
        self._limits = limits
        self._owned = owned

    @classmethod
    def opened(cls, settings: Settings, http: SyncHttpClient | None) -> Self:
        """Make a wire on a client that was given, or on one of its own."""
        _check_given(settings, http)
        client = http or sync_http_client(
            settings.policy, idle_seconds=settings.limits.idle, transport=settings.transport
        )
        return cls(client, settings.limits, owned=http is None)

    def run(self, flow: Flow[R]) -> R:
        """Perform the steps of a flow until it returns or raises."""
        result: Reply | None = None
        fault: OcpiError | None = None
        while True:
            try:
                step = flow.send(result) if fault is None else flow.throw(fault)
            except StopIteration as stop:
                value: R = stop.value
                return value
            finally:
                result, fault = None, None  # an error that leaves shall keep no cycle, and no body
            try:
                result = self._perform(step)
            except OcpiError as error:
                fault = error

    def close(self) -> None:
        """Close the connections, if they are not somebody else's."""
        if self._owned:
            self._client.close()

    def _perform(self, step: Outgoing | Pause) -> Reply | None:
        if isinstance(step, Pause):
            time.sleep(step.seconds)
            return None
        use = ConnectionUse()
        with (
            _httpx_errors(step.url, self._limits, use),
            observed(use),
            deadline(self._limits.total),
        ):
            return self._exchange(step, use)

    def _exchange(self, outgoing: Outgoing, use: ConnectionUse) -> Reply:
        end = time.monotonic() + self._limits.total
        request = self._client.build_request(
            **outgoing.httpx_arguments(use.trace), timeout=_timeout(self._limits)
        )
        response = self._client.send(request, stream=True, auth=None, follow_redirects=False)
        try:
            body = BodyReader(response.headers, _longest(outgoing, self._limits))
            for chunk in response.stream:
                run(body.feed(chunk))
                if time.monotonic() > end:
                    raise TimeoutError
        finally:
            response.close()
        return Reply(response.status_code, response.headers, body.finish())


def _check_given(settings: Settings, http: HttpClient | SyncHttpClient | None) -> None:
    if http is not None and settings.transport.has_connection:
        raise ValueError(
            "Certificates and proxy of transport exclude http, a client that makes its own "
            "connections. Pass them to http_client(..., transport=...) instead."
        )


def _longest(outgoing: Outgoing, limits: Limits) -> int:
    """Return how long an answer may be: where no data are expected, as long as what was sent."""
    if outgoing.operation.result is not None:
        return limits.body
    return min(limits.body, limits.object + _ENVELOPE)


def _timeout(limits: Limits) -> Timeouts:
    read = min(limits.read, limits.total)
    return (min(limits.connect, limits.total), read, read, read)


def _awaitable(trace: Callable[[str, Any], None]) -> Callable[[str, Any], Awaitable[None]]:
    async def awaited(event: str, info: Any) -> None:
        trace(event, info)

    return awaited


@contextmanager
def _httpx_errors(url: str, limits: Limits, use: ConnectionUse) -> Iterator[None]:
    """Turn what httpx2 raises into the tree of this library."""
    try:
        yield
    except error_classes("ConnectTimeout") as fault:
        raise TransportError(f"No connection within {limits.connect:g} s.") from fault
    except error_classes("TimeoutException", TimeoutError) as fault:
        raise RequestTimeout(
            f"No complete answer in time ({limits.read:g} s of silence, {limits.total:g} s in all)."
        ) from fault
    except error_classes("InvalidURL", "UnsupportedProtocol") as fault:
        raise UnsafeUrl(f"The URL cannot be called: {fault}.") from fault
    except error_classes("TransportError") as fault:
        if use.stale and _is_closing(fault):
            raise StaleConnection("The peer closed the connection while it was idle.") from fault
        why = connection_failure(fault, url, answered=use.answered)
        raise TransportError(f"The connection failed: {why}.") from fault


def _is_closing(fault: Exception) -> bool:
    """Return whether a failure is the end of a connection, and no answer that cannot be read."""
    if isinstance(fault, error_classes("RemoteProtocolError")):
        return str(fault).startswith("Server disconnected")
    return isinstance(fault, error_classes("ReadError", "WriteError"))
