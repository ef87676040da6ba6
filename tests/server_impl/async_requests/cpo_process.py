"""A CPO in a process of its own that is killed as soon as it has answered a POST or PUT.

    python -m tests.server_impl.async_requests.cpo_process DATABASE KEY_FILE PORT

It prints ``ready`` once it takes requests, and ends when its standard input does.
"""

import asyncio
import os
import signal
import sys
from pathlib import Path

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests.server_impl.hub.hub_process import serve
from tests.server_impl.pair import CPO


def killed_after_answers(app: ASGIApp) -> ASGIApp:
    """Return an application that kills its process when an answer has left."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        async def last(message: Message) -> None:
            await send(message)
            if message["type"] == "http.response.body" and not message.get("more_body"):
                os.kill(os.getpid(), signal.SIGKILL)

        is_write = scope["type"] == "http" and scope["method"] in {"POST", "PUT"}
        await app(scope, receive, last if is_write else send)

    return answer


if __name__ == "__main__":
    place = (sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
    asyncio.run(serve(*place, CPO, killed_after_answers))
