"""A platform that does wrong, one thing at a time, in the process of the test."""

from dataclasses import replace
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests.conformance.fuzz.misbehaving import Answer, ReceivedRequest, ask_application
from tests.conformance.fuzz.relay import Relay

__all__ = ["FaultyPlatform"]

_SCOPE: dict[str, Any] = {
    "type": "http",
    "asgi": {"version": "3.0", "spec_version": "2.3"},
    "http_version": "1.1",
    "scheme": "http",
    "root_path": "",
    "client": ("127.0.0.1", 0),
}


class FaultyPlatform(Relay):
    """An ASGI application around that of a platform, into which faults are injected.

    Args:
        app: The application of the platform.
    """

    def __init__(self, app: ASGIApp) -> None:
        super().__init__("", "")
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await super().__call__(scope, receive, send)
            return

        async def closing(message: Message) -> None:
            # Before it is reported: the event loop may end right after.
            if message["type"].startswith("lifespan.shutdown"):
                await self._http.aclose()
            await send(message)

        await self._app(scope, receive, closing)

    async def _request(self, asked: ReceivedRequest) -> Answer:
        self._own = f"http://{asked.headers.get('host', '')}"
        return await super()._request(asked)

    async def _forwarded(self, asked: ReceivedRequest) -> Answer:
        host, _, port = asked.headers.get("host", "").partition(":")
        scope = {**_SCOPE, "server": (host, int(port or 80))}
        sized = {**asked.headers, "content-length": str(len(asked.body))}
        headers = sized if asked.body or "content-length" in asked.headers else asked.headers
        return await ask_application(self._app, replace(asked, headers=headers), scope)
