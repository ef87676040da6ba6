"""One connection of the server, and the limiter that counts them all.

uvicorn waits for ever for the headers of a request and for a client that does not read its answer,
and takes connections without bound. A connection that is one too many takes the place of the
oldest one that waits for a request, first of whoever holds the most.
"""

import asyncio
import logging
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

from ocpi_runtime.errors import HttpError, OcpiError
from ocpi_runtime.server import failure_envelope
from ocpi_server.serving._answer_writer import AnswerWriter
from ocpi_server.settings import LimitRules

__all__ = ["Connection", "ConnectionLimiter"]

log = logging.getLogger("ocpi_server.serving.connections")

_MOST_HEAD: Final = 64 * 1024
_MOST_LEFT_OVER: Final = 8 * 1024 * 1024
_LINGER_SECONDS: Final = 5.0
_FIRST_SECONDS: Final = 1.0
_EXTENSION: Final = "ocpi.connection"


class ConnectionLimiter:
    """The connections of one server, by partner, or by address while the partner is not known.

    Args:
        rules: The bounds.
        most: Maximum number of connections together.

    Attributes:
        rules: The bounds.
        keeps: Whether connections are kept for further requests.
    """

    def __init__(self, rules: LimitRules, most: int) -> None:
        self.rules, self._most = rules, most
        self.keeps = True
        self._groups: dict[str, dict[Connection, None]] = {}
        self._count = 0

    def enter(self, connection: "Connection", address: str) -> bool:
        """Add a new connection; return whether the limits allow it."""
        group = f"address {address}"
        if not self._room(group, self.rules.connections_per_address):
            return False
        if self._count >= self._most and not self._make_room():
            return False
        self._add(connection, group)
        return True

    def claim(self, connection: "Connection", partner_id: str) -> bool:
        """Count a connection as one of a partner; return whether it may have one more."""
        group = f"partner {partner_id}"
        if connection.group == group:
            return True
        if not self._room(group, self.rules.connections_per_partner):
            return False
        self.leave(connection)
        self._add(connection, group)
        return True

    def leave(self, connection: "Connection") -> None:
        """Forget a connection."""
        members = self._groups.get(connection.group)
        if members is None or connection not in members:
            return
        del members[connection]
        self._count -= 1
        if not members:
            del self._groups[connection.group]

    def _add(self, connection: "Connection", group: str) -> None:
        self._groups.setdefault(group, {})[connection] = None
        self._count += 1
        connection.group = group

    def _room(self, group: str, most: int) -> bool:
        members = self._groups.get(group, {})
        return len(members) < most or self._drop_oldest(members)

    def _make_room(self) -> bool:
        groups = sorted(self._groups.values(), key=len, reverse=True)
        return any(self._drop_oldest(members) for members in groups)

    def _drop_oldest(self, members: "dict[Connection, None]") -> bool:
        """Close the oldest connection that waits for a request; return whether there was one."""
        oldest = next((each for each in members if each.waiting), None)
        if oldest is None:
            return False
        self.leave(oldest)
        oldest.drop("replaced by another connection")
        return True


class Connection(HttpToolsProtocol):
    """A connection with time limits for request headers and for reading answers.

    Args:
        limiter: Counts it.
        arguments: What uvicorn passes to its protocols.
    """

    def __init__(self, limiter: ConnectionLimiter, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.group = ""
        self._limiter, self._rules = limiter, limiter.rules
        self._unread = 0
        self._header_timer: asyncio.TimerHandle | None = None
        self._answer_timer: asyncio.TimerHandle | None = None

    @property
    def waiting(self) -> bool:
        """Whether no request is being answered."""
        cycle: RequestResponseCycle | None = self.cycle  # there is none before the first request
        return cycle is None or cycle.response_complete

    def claim(self, partner_id: str) -> bool:
        """Count the connection as one of a partner; return whether it may have one more."""
        return self._limiter.claim(self, partner_id)

    def drop(self, why: str) -> None:
        """Close at once, whatever has not been sent."""
        log.info("closed a connection of %s: %s", self.group, why)
        self.transport.abort()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Accept the connection, or refuse it."""
        super().connection_made(transport)
        address = "" if self.client is None else self.client[0]
        if self._limiter.enter(self, address):
            self._expect_headers()
        else:
            self._refuse(HttpError("Too many open connections.", http_status=503))

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._limiter.leave(self)
        for timer in (self._header_timer, self._answer_timer):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse received data, and limit the time until a request is complete."""
        if self.transport.is_closing():
            return
        super().data_received(data)
        if not self.waiting:
            self._unread = 0
            if self._header_timer is not None:
                self._header_timer.cancel()
                self._header_timer = None
            return
        self._unread += len(data)
        cycle: RequestResponseCycle | None = self.cycle
        left_over = cycle is not None and cycle.more_body
        if self._unread > (_MOST_LEFT_OVER if left_over else _MOST_HEAD):
            self._refuse(HttpError("The request line and headers are too large.", http_status=431))
        elif self._header_timer is None:
            self._expect_headers()

    def on_message_begin(self) -> None:
        """Count the connection as one of a partner."""
        super().on_message_begin()
        extensions: dict[str, Any] = {_EXTENSION: self.claim}
        self.scope["extensions"] = extensions

    def on_headers_complete(self) -> None:
        """Begin to answer; the connection is closed after that if none are kept."""
        super().on_headers_complete()
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is None:
            return
        if cycle.transport is self.transport and self.scope["method"] != "HEAD":
            cycle.transport = AnswerWriter(self.transport, self.loop)  # type: ignore[assignment]
        if not self._limiter.keeps:
            cycle.keep_alive = False

    def on_response_complete(self) -> None:
        """Continue with the next request, or make sure that a closing connection ends."""
        super().on_response_complete()
        if self.transport.is_closing():
            self._end(self._rules.answer_seconds)

    def pause_writing(self) -> None:
        """Wait for a client that does not read, for a limited time."""
        super().pause_writing()
        self._end(self._rules.answer_seconds)

    def resume_writing(self) -> None:
        """Continue: the client has read."""
        super().resume_writing()
        if self._answer_timer is not None and not self.transport.is_closing():
            self._answer_timer.cancel()
            self._answer_timer = None

    def timeout_keep_alive_handler(self) -> None:
        """Close an idle connection, whether or not the client reads."""
        super().timeout_keep_alive_handler()
        self._end(_LINGER_SECONDS)

    def shutdown(self) -> None:
        """Close as soon as no request is being answered, and the first one has been."""
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is None and not self.transport.is_closing():
            # A client that has just connected has sent a request, which would be lost.
            self.loop.call_later(_FIRST_SECONDS, self._close_unused)
            return
        super().shutdown()
        if self.transport.is_closing():
            self._end(_LINGER_SECONDS)

    def send_400_response(self, msg: str) -> None:
        """Answer what is not HTTP with an envelope."""
        self._refuse(HttpError(msg))

    def _unsupported_upgrade_warning(self) -> None:
        """Answer as if no upgrade had been asked for; anybody could fill the log with warnings."""

    def _close_unused(self) -> None:
        if self.waiting and not self.transport.is_closing():
            self.transport.close()

    def _expect_headers(self) -> None:
        self._header_timer = self.loop.call_later(self._rules.header_seconds, self._too_slow)

    def _too_slow(self) -> None:
        self._header_timer = None
        if self._unread:
            message = "The headers of the request did not arrive in time."
            self._refuse(HttpError(message, http_status=408))
        else:
            self.transport.abort()

    def _end(self, seconds: float) -> None:
        """Wait for a client to read, then close."""
        if self._answer_timer is None:
            self._answer_timer = self.loop.call_later(
                seconds, self.drop, "answers were not read in time"
            )

    def _refuse(self, error: OcpiError) -> None:
        if self.transport.is_closing():
            return
        body = failure_envelope(error)
        head = (
            b"content-type: application/json\r\ncache-control: no-store\r\n"
            b"x-content-type-options: nosniff\r\nconnection: close\r\ncontent-length: %d\r\n\r\n"
        )
        self.transport.write(STATUS_LINE[error.http_status] + head % len(body) + body)
        self.transport.close()
        self._end(_LINGER_SECONDS)
