"""One platform of the demo: serves its partner, and does what the scenario process asks.

Run as ``python -m ocpi_server.demo._node cpo|emsp|hub FOLDER NEWEST_VERSION``; acts come on stdin,
see ``channel.py``.
"""

import asyncio
import socket
import sys
from pathlib import Path

import uvicorn

from ocpi_runtime.client import Exchange
from ocpi_runtime.errors import OcpiError
from ocpi_server._platform import Platform
from ocpi_server._versions import up_to
from ocpi_server.demo import _channel as channel
from ocpi_server.demo import _samples as samples
from ocpi_server.demo._actions import ACTIONS
from ocpi_server.demo._channel import Action, ActionResult, Exchanged, Ready
from ocpi_server.demo._stage import DemoPlatform, ScenarioClock
from ocpi_server.serving import server_config
from ocpi_server.settings import OwnParty, Settings, UrlRules

_PARTIES = {
    "cpo": OwnParty(*samples.CPO, "CPO", "Green Current", "https://green-current.example"),
    "emsp": OwnParty(*samples.EMSP, "EMSP", "Fun Drive", "https://fun-drive.example"),
    "hub": OwnParty(*samples.HUB, "HUB", "Open Roads", "https://open-roads.example"),
}


def _show_exchange(exchange: Exchange) -> None:
    channel.send(
        Exchanged(
            operation=exchange.operation,
            method=exchange.method,
            url=exchange.url,
            request_headers=dict(exchange.request_headers),
            request_body=exchange.request_body.decode(errors="replace"),
            http_status=exchange.http_status,
            response_headers=dict(exchange.response_headers),
            response_body=exchange.response_body.decode(errors="replace"),
            status_code=exchange.status_code,
            status_message=exchange.status_message,
            error=exchange.error,
            started=exchange.started.timestamp(),
            milliseconds=round(exchange.duration * 1000, 1),
        )
    )


def _settings(who: str, folder: Path, port: int, newest: str) -> Settings:
    return Settings(
        base_url=f"http://127.0.0.1:{port}/ocpi",
        parties=(_PARTIES[who],),
        database=f"sqlite:///{folder / who}.sqlite",
        urls=UrlRules(allow_private=True, allow_http=True),
        versions=up_to(newest),
    )


async def run(who: str, folder: Path, newest: str) -> None:
    """Serve on a free loopback port and act until the scenario process is gone."""
    # asyncio sends small answers at once only on sockets that are marked as TCP.
    with socket.socket(proto=socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(128)
        settings = _settings(who, folder, listener.getsockname()[1], newest)
        clock = ScenarioClock()
        platform = Platform(settings, clock=clock, on_exchange=_show_exchange, docs=True)
        config = server_config(platform.app, settings.limits, log_level="warning")
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        while not server.started and not serving.done():  # noqa: ASYNC110 - uvicorn has no event
            await asyncio.sleep(0.01)
        if not serving.done():
            channel.send(Ready(platform.versions_url, f"{settings.base_url}/docs/"))
            await _act(DemoPlatform(platform, clock))
        server.should_exit = True
        await serving


async def _act(stage: DemoPlatform) -> None:
    reader = await channel.read_lines(sys.stdin)
    while (act := await channel.next_act(reader)) is not None:
        channel.send(await _outcome(stage, act))


async def _outcome(stage: DemoPlatform, act: Action) -> ActionResult:
    try:
        return ActionResult(await ACTIONS[act.name](stage, **act.arguments))
    except OcpiError as error:
        faults = "; ".join(f"{one.pointer}: {one.message}" for one in error.violations)
        return ActionResult(failure=f"{error.message} {faults}".strip())


if __name__ == "__main__":
    asyncio.run(run(sys.argv[1], Path(sys.argv[2]), sys.argv[3]))
