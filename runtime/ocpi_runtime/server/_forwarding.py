"""Requests that a hub forwards: what it sees of them, and the answer that it passes on."""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from starlette.types import Receive

from ocpi_runtime.operations import Operation
from ocpi_runtime.server._context import Context
from ocpi_runtime.server._limits import Limits
from ocpi_runtime.server._requests.request import RequestState, read_body
from ocpi_runtime.types import PartyId

__all__ = ["Forward", "ForwardedAnswer", "RoutedRequest"]


@dataclass(frozen=True, slots=True)
class ForwardedAnswer:
    """An answer of another party, sent as it came.

    Attributes:
        http_status: The HTTP status.
        body: The envelope.
        headers: Headers beside the ids and the routing headers, such as Link.
        from_party: The party that answered, where the request named none.
    """

    http_status: int
    body: bytes
    headers: Sequence[tuple[bytes, bytes]] = ()
    from_party: PartyId | None = None


class RoutedRequest:
    """A request of a functional module, before its parameters and its body are read.

    Attributes:
        context: Who asks whom; the handler of this platform is called with it.
        operation: What is asked.
        path: The values of the path by name, decoded.
        query: The query as it was sent.
        handler: Called in place of the method of the handler of this platform, if it is set.
    """

    def __init__(
        self,
        context: Context,
        operation: Operation,
        path: Mapping[str, str],
        query: str,
        source: tuple[RequestState, Receive, Limits],
    ) -> None:
        self.context, self.operation, self.path, self.query = context, operation, path, query
        self.handler: Callable[..., Coroutine[Any, Any, Any]] | None = None
        self._source = source

    async def body(self) -> bytes:
        """Return the body; a handler that is called later finds it too.

        Raises:
            HttpError: It cannot be read, see ``Limits``.
        """
        exchange, receive, limits = self._source
        if self.operation.body is None:
            return b""
        return await read_body(exchange, receive, limits)

    def leave(self) -> None:
        """Leave the requests of the partner that are worked on: this one waits for another party.

        It counts as open until it is answered.
        """
        admitted = self._source[0].admitted
        if admitted is not None:
            admitted.rest()


Forward: TypeAlias = Callable[[RoutedRequest], Coroutine[Any, Any, ForwardedAnswer | None]]
"""Decides about a request of a functional module: returns the answer of another party, or None
where this platform answers itself, or raises the error that the request is answered with.
"""
