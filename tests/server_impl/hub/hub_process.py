"""A hub in a process of its own, made to be killed.

    python -m tests.server_impl.hub.hub_process DATABASE KEY_FILE PORT

It prints ``ready`` once it takes requests, and ends when its standard input does.
"""

import asyncio
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path

from starlette.types import ASGIApp

from ocpi_server import OwnParty, Platform, Settings
from ocpi_server.serving import server_config
from tests.acceptance.support.process import Server
from tests.server_impl.hub.conftest import HUB
from tests.server_impl.pair import LOOPBACK, VERSION


async def serve(
    database: str,
    key_file: Path,
    port: int,
    party: OwnParty = HUB,
    wrap: Callable[[ASGIApp], ASGIApp] = lambda app: app,
) -> None:
    with socket.socket(proto=socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        settings = Settings(
            base_url=f"http://127.0.0.1:{port}/ocpi",
            parties=(party,),
            database=database,
            key_file=key_file,
            urls=LOOPBACK,
            versions=(VERSION,),
        )
        config = server_config(wrap(Platform(settings).app), settings.limits, log_level="critical")
        server = Server(config)
        asyncio.get_running_loop().add_reader(sys.stdin, os._exit, 1)
        async with asyncio.TaskGroup() as group:
            group.create_task(server.serve([listener]))
            await server.ready.wait()
            sys.stdout.write("ready\n")
            sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])))
