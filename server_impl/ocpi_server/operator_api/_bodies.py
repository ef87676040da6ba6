"""Bodies that are read before the operation is known."""

import asyncio
from typing import Final

import msgspec
from starlette.types import Message, Receive, Scope

from ocpi_runtime.errors import HttpError, MalformedRequest, PayloadTooLarge
from ocpi_runtime.server import Limits

__all__ = ["from_lines", "read_body", "replayed"]

_LINES: Final = msgspec.json.Decoder(msgspec.Raw)
_MOST_LINES: Final = 1000


async def read_body(receive: Receive, limits: Limits) -> bytes:
    """Read the body of a request within the limits of the server.

    Raises:
        PayloadTooLarge: It is larger.
        HttpError: It does not arrive in time, or the client has disconnected.
    """
    body = bytearray()
    try:
        async with asyncio.timeout(limits.body_seconds):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":  # what has come is not the whole body
                    raise HttpError("The body ended early.", http_status=400)
                body += message.get("body", b"")
                if len(body) > limits.body:
                    raise PayloadTooLarge(f"The body is larger than {limits.body} bytes.")
                if not message.get("more_body"):
                    return bytes(body)
    except TimeoutError:
        raise HttpError("The body did not arrive in time.", http_status=408) from None


def replayed(body: bytes) -> Receive:
    """Return a receive function that replays a body that was already read."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        return waiting.pop() if waiting else {"type": "http.disconnect"}

    return receive


def from_lines(scope: Scope, body: bytes) -> tuple[Scope, bytes]:
    """Return a request with an object on each line as one with a list of objects.

    Raises:
        MalformedRequest: A line is not JSON.
    """
    lines = [line for line in body.split(b"\n") if line.strip()]
    if len(lines) > _MOST_LINES:
        raise PayloadTooLarge(f"A request has at most {_MOST_LINES} objects, not {len(lines)}.")
    for number, line in enumerate(lines, start=1):
        try:
            _LINES.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise MalformedRequest(f"Line {number} is not JSON: {error}") from None
    whole = b'{"objects":[' + b",".join(lines) + b"]}"
    changed = {b"content-type": b"application/json", b"content-length": b"%d" % len(whole)}
    headers = [(name, changed.get(name, value)) for name, value in scope["headers"]]
    return {**scope, "headers": headers}, whole
