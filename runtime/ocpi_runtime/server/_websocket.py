"""The answer to a websocket handshake: OCPI has none, so it is refused with an envelope."""

from starlette.types import Scope, Send

from ocpi_runtime._wire import envelope
from ocpi_runtime.errors import HttpError
from ocpi_runtime.server._requests.request import PLAIN

__all__ = ["refuse_websocket"]

_ANSWER = "websocket.http.response"


async def refuse_websocket(scope: Scope, send: Send) -> None:
    """Refuse a handshake, with an envelope if the server can send one in its place."""
    if _ANSWER not in (scope.get("extensions") or {}):
        await send({"type": "websocket.close", "code": 1008})
        return
    body = envelope.failure(HttpError("OCPI uses HTTP, not WebSocket."))
    headers = [*PLAIN, (b"content-length", b"%d" % len(body))]
    await send({"type": f"{_ANSWER}.start", "status": 400, "headers": headers})
    await send({"type": f"{_ANSWER}.body", "body": body})
