"""One request and its answer over a connection of aiohttp, without its session.

The session of aiohttp looks at cookies, redirects, forms and compression for each request, which
takes longer than all the rest, and OCPI has none of them.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Final

import aiohttp
import yarl
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import Connection
from aiohttp.http_parser import RawResponseMessage
from aiohttp.streams import StreamReader

from ocpi_runtime.client._http.connector import Connector

__all__ = ["Incoming", "Origin"]

_BUFFER: Final = 64 * 1024
_WITHOUT_BODY: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_INFORMATIONAL: Final = range(100, 200)
_SWITCHING: Final = 101


class Origin:
    """A server: scheme, host and port, and the proxy that it is reached through.

    Must be made while an event loop runs.

    Args:
        name: The beginning of a URL, up to its path.
        proxy: The proxy, if there is one.

    Raises:
        ValueError: The name is none of an origin.
    """

    def __init__(self, name: str, proxy: str | None) -> None:
        url = yarl.URL(f"{name}/", encoded=True)
        if url.scheme not in {"http", "https"}:
            raise ValueError(f"{name} is neither http nor https")
        through = None if proxy is None else yarl.URL(proxy)
        self._request = aiohttp.ClientRequest(
            "GET", url, loop=asyncio.get_running_loop(), proxy=through
        )
        self._host = self._request.headers["Host"]
        self._through_proxy, self._login = "", None
        if through is not None and url.scheme == "http":  # https goes through a tunnel
            self._through_proxy, self._login = name, aiohttp.BasicAuth.from_url(through)

    async def exchange(
        self,
        connector: Connector,
        times: aiohttp.ClientTimeout,
        head: tuple[str, str, Mapping[str, str]],
        content: bytes | None,
    ) -> "Incoming":
        """Send a request, and wait for the head of the answer.

        Args:
            connector: Has the connections.
            times: How long to wait.
            head: Method, target and headers.
            content: The body.

        Raises:
            aiohttp.ClientError: It was not answered.
            HttpProcessingError: The answer is no HTTP.
            ValueError: A header has more than one line.
        """
        text = self._text(*head, content)
        connection = await self._connected(connector, times)
        try:
            protocol = connection.protocol
            assert protocol is not None  # noqa: S101 - it was just made
            _expect(protocol, head[0], times)
            await _write(protocol, text if content is None else text + content)
            return Incoming(connection, *await _answer(protocol))
        except BaseException:
            connection.close()
            raise

    async def _connected(self, connector: Connector, times: aiohttp.ClientTimeout) -> Connection:
        try:
            return await connector.connect(self._request, traces=[], timeout=times)
        except TimeoutError as fault:
            raise aiohttp.ConnectionTimeoutError(
                f"Connection timeout to host {self._host}"
            ) from fault

    def _text(
        self, method: str, target: str, headers: Mapping[str, str], content: bytes | None
    ) -> bytes:
        """Write all that precedes the body.

        Raises:
            ValueError: A value has more than one line.
        """
        lines = [f"{method} {self._through_proxy}{target} HTTP/1.1"]
        names = {name.lower() for name in headers}
        if "host" not in names:
            lines.append(f"Host: {self._host}")
        if self._login is not None:
            lines.append(f"Proxy-Authorization: {self._login.encode()}")
        lines += [f"{name}: {value}" for name, value in headers.items()]
        if content is not None or method not in _WITHOUT_BODY:
            lines.append(f"Content-Length: {len(content or b'')}")
        text = "\r\n".join(lines)
        if text.count("\n") != len(lines) - 1 or text.count("\r") != len(lines) - 1:
            raise ValueError("A header has more than one line.")
        return f"{text}\r\n\r\n".encode()


class Incoming:
    """An answer whose body is still to be read.

    Attributes:
        status: The HTTP status.
        headers: The headers as they came.
        content: The body.
        closed: Whether the connection is needed no more.
    """

    def __init__(
        self, connection: Connection, message: RawResponseMessage, content: StreamReader
    ) -> None:
        self._connection = connection
        self.status, self.headers = message.code, message.raw_headers
        self.content = content
        self.closed = False
        content.on_eof(self._ended)

    def close(self) -> None:
        """Leave the connection to the next request, or close it where more would come."""
        if self.content.at_eof():
            self._ended()
        elif not self.closed:
            self.closed = True
            self._connection.close()

    def _ended(self) -> None:
        if not self.closed:
            self.closed = True
            self._connection.release()


def _expect(protocol: ResponseHandler, method: str, times: aiohttp.ClientTimeout) -> None:
    """Make a connection ready for an answer."""
    protocol.set_response_params(
        skip_payload=method == "HEAD",
        read_until_eof=True,
        auto_decompress=False,
        read_timeout=times.sock_read,
        read_bufsize=_BUFFER,
    )


async def _write(protocol: ResponseHandler, data: bytes) -> None:
    """Send all that a request consists of; silence counts from its end on."""
    if protocol.transport is None:
        raise aiohttp.ServerDisconnectedError
    protocol.transport.write(data)
    if protocol.writing_paused:
        with suppress(ConnectionError):  # an answer may have come all the same
            await protocol._drain_helper()  # noqa: SLF001 - there is no other way to wait
    protocol.start_timeout()


async def _answer(protocol: ResponseHandler) -> tuple[RawResponseMessage, StreamReader]:
    """Return the head of an answer, and its body; informational answers are passed over."""
    while True:
        message, content = await protocol.read()
        if message.code not in _INFORMATIONAL or message.code == _SWITCHING:
            return message, content
