"""An application that loses requests and answers at places that a test chooses."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["Losing", "Losses"]


class Losing:
    """Passes requests on, and loses those with certain numbers, counted over a whole line.

    Args:
        app: What answers.
        losses: Counts the requests and knows which are lost.
    """

    def __init__(self, app: ASGIApp, losses: "Losses") -> None:
        self._app, self._losses = app, losses

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        loss = self._losses.next()
        if loss is None:
            await self._app(scope, receive, send)
            return
        if loss == "answer":
            await self._app(scope, receive, _swallow)
        # A body that does not come makes the server close the connection.
        headers = [(b"content-length", b"10")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"", "more_body": True})


class Losses:
    """Which of the requests from now on are lost, and how: by their number, from 0."""

    def __init__(self) -> None:
        self.losses: dict[int, str] = {}
        self.seen = 0
        self.lost = 0

    def lose(self, losses: dict[int, str]) -> None:
        """Reset the count."""
        self.losses, self.seen = losses, 0

    def next(self) -> str | None:
        """Return what becomes of the next request."""
        loss = self.losses.get(self.seen)
        self.seen += 1
        self.lost += loss is not None
        return loss


async def _swallow(_message: Message) -> None:
    return None
