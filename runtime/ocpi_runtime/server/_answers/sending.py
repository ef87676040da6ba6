"""Sending answers, ours and those of others."""

from collections.abc import Sequence
from typing import TypeAlias

from starlette.types import Send

from ocpi_runtime.server._forwarding import ForwardedAnswer
from ocpi_runtime.server._requests.request import FROM, RequestState

__all__ = ["Header", "Piece", "send_answer", "send_forwarded"]

Header: TypeAlias = tuple[bytes, bytes]
Piece: TypeAlias = bytes | memoryview

_UNREAD = 64 * 1024


async def send_answer(
    send: Send,
    exchange: RequestState | None,
    status: int,
    headers: list[Header],
    parts: Sequence[Piece],
) -> None:
    """Send one whole answer, put together from its pieces."""
    body = b"".join(parts)
    headers.append((b"content-length", b"%d" % len(body)))
    if exchange is not None:
        exchange.answered = True
        exchange.status = status
        if exchange.admitted is not None:
            exchange.admitted.rest()
    await send({"type": "http.response.start", "status": status, "headers": headers})
    if len(body) <= _UNREAD:
        await send({"type": "http.response.body", "body": body})
        return
    # A server that has not written the one message waits with the next: until the peer has read
    # the answer, the request counts as open.
    await send({"type": "http.response.body", "body": body, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def send_forwarded(send: Send, exchange: RequestState, answer: ForwardedAnswer) -> None:
    """Send an answer of another party, with the ids and the routing headers of the request."""
    headers = [*exchange.answer_headers(), *answer.headers]
    if answer.from_party is not None:
        country, party = answer.from_party.country_code, answer.from_party.party_id
        headers += zip(FROM, (country.encode(), party.encode()), strict=True)
    await send_answer(send, exchange, answer.http_status, headers, [answer.body])
