"""Two platforms on free loopback ports, in the event loop of the test, and objects for them."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import httpx2
import uvicorn
from starlette.types import ASGIApp

from ocpi_runtime.types import PartyId
from ocpi_server import OwnParty, Platform, Settings, UrlRules
from ocpi_server.charging import SimulatedChargePoints
from ocpi_server.partners import PartnerRecord, PartnerRole
from ocpi_server.serving import server_config
from tests.server_impl.nodes import NODES, in_turn
from tests.sqlite_files import new_sqlite
from tests.support.postgres import new_database

CPO = OwnParty("NL", "CPO", "CPO", "Example Charging")
EMSP = OwnParty("DE", "MSP", "EMSP", "Example Mobility")
LOOPBACK = UrlRules(allow_private=True, allow_http=True)
VERSION = "2.2.1"


@dataclass
class Served:
    """A platform that is being served, by one node or several.

    Attributes:
        platform: The first node.
        base_url: Where all nodes answer.
    """

    platform: Platform
    base_url: str

    @property
    def nodes(self) -> Sequence[Platform]:
        """All nodes."""
        others = self.platform.others if isinstance(self.platform, _FirstNode) else ()
        return (self.platform, *others)

    def url(self, *parts: str) -> str:
        return "/".join((self.base_url, VERSION, *parts))


_OPTIONS = (
    "authorize", "points", "limits", "clock", "on_exchange", "on_served", "check_answers",
    "tracer_provider",
)  # fmt: skip


@asynccontextmanager
async def served(directory: Path, *parties: OwnParty, **settings: Any) -> AsyncIterator[Served]:
    """Serve a platform until the block ends; ``wrap`` wraps its application."""
    options = {key: settings.pop(key) for key in _OPTIONS if key in settings}
    wrap = settings.pop("wrap", lambda app: app)
    options.setdefault("points", SimulatedChargePoints(delay=0))
    options.setdefault("check_answers", "fail")
    # asyncio sends small answers at once only on sockets that say that they are TCP.
    with socket.socket(proto=socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", settings.pop("port", 0)))
        listener.listen(128)
        base_url = f"http://127.0.0.1:{listener.getsockname()[1]}/ocpi"
        settings = {"urls": LOOPBACK, "versions": (VERSION,), **settings}
        settings.setdefault("database", database_of(directory))
        if settings["database"].startswith("postgresql"):
            settings.setdefault("key_file", directory / "ocpi.key")
        if "rules" in settings:  # not the bounds of the server that have their name
            settings["limits"] = settings.pop("rules")
        made = Settings(base_url=base_url, parties=parties, **settings)
        first = _FirstNode(made, **options)
        first.others = [Platform(made, **options) for _ in range(NODES - 1)]
        app = wrap(in_turn([node.app for node in (first, *first.others)]))
        async with _running(first, app, listener):
            yield Served(first, base_url)


class _FirstNode(Platform):
    """The node whose methods a test calls.

    Attributes:
        others: The other nodes of the platform.
    """

    others: Sequence[Platform] = ()

    async def settled(self) -> None:
        """Wait until everything that went on after answers is done, at the other nodes too."""
        for other in self.others:
            await other.settled()
        await super().settled()


@cache
def database_of(directory: Path) -> str:
    """Return the URL of the database of a folder, as ``STORE`` wants it: the same each time."""
    directory.mkdir(parents=True, exist_ok=True)
    if os.environ.get("STORE") == "postgresql":
        return new_database()
    return new_sqlite(directory / "ocpi.sqlite")


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to pytest."""
        yield


@asynccontextmanager
async def _running(
    platform: Platform, app: ASGIApp, listener: socket.socket
) -> AsyncIterator[None]:
    config = server_config(app, platform.settings.limits, log_level="critical", lifespan="on")
    server = _Server(config)
    task = asyncio.create_task(server.serve([listener]))
    while not server.started:
        assert not task.done(), "the server ended while it started"
        await asyncio.sleep(0.005)
    try:
        yield
    finally:
        server.should_exit = True
        await task


@dataclass
class Pair:
    """A CPO and an eMSP that are registered with each other.

    Attributes:
        cpo: Invited the eMSP.
        emsp: Registered at the CPO.
        at_cpo: What the CPO knows of the eMSP.
        at_emsp: What the eMSP knows of the CPO.
    """

    cpo: Served
    emsp: Served
    at_cpo: PartnerRecord
    at_emsp: PartnerRecord


async def introduce(
    host: Served, guest: Served, name: str = "guest", known_as: Sequence[PartnerRole] = ()
) -> Pair:
    """Register ``guest`` at ``host``, which it knows in some roles only, or in all."""
    invitation = await host.platform.issue_token_a(name)
    at_guest = await guest.platform.register_with(
        invitation.versions_url, invitation.token, roles=known_as
    )
    at_host = await host.platform.partner(invitation.partner_id)
    return Pair(host, guest, at_host, at_guest)


@asynccontextmanager
async def paired(directory: Path, **settings: Any) -> AsyncIterator[Pair]:
    """Serve a CPO and an eMSP that are registered with each other."""
    async with (
        served(directory / "cpo", CPO, **settings) as cpo,
        served(directory / "emsp", EMSP, **settings) as emsp,
    ):
        yield await introduce(cpo, emsp)


class Caller:
    """Calls a platform as a partner would, without our client in between."""

    def __init__(self, http: httpx2.AsyncClient, token: str) -> None:
        self.http = http
        self.headers = {
            "Authorization": f"Token {token}",
            "X-Request-ID": "r-1",
            "X-Correlation-ID": "c-1",
        }

    async def __call__(
        self, method: str, url: str, body: Any = None, **headers: str
    ) -> httpx2.Response:
        return await self.http.request(method, url, json=body, headers={**self.headers, **headers})


@asynccontextmanager
async def calling(host: Served, guest: Served, partner: PartnerRecord) -> AsyncIterator[Caller]:
    """Call ``host`` with the token that ``guest`` uses there."""
    token = guest.platform.partners.open_token(partner)
    async with httpx2.AsyncClient(timeout=60) as http:
        yield Caller(http, token)


def location(uid: str = "LOC1", owner: PartyId | OwnParty = CPO, **more: Any) -> dict[str, Any]:
    """A location with one EVSE of two connectors."""
    return {
        "country_code": owner.country_code,
        "party_id": owner.party_id,
        "id": uid,
        "publish": True,
        "name": "Station square",
        "address": "Stationsplein 1",
        "city": "Utrecht",
        "country": "NLD",
        "coordinates": {"latitude": "52.089520", "longitude": "5.109630"},
        "evses": [evse()],
        "time_zone": "Europe/Amsterdam",
        "last_updated": "2026-01-01T10:00:00Z",
        **more,
    }


def evse(uid: str = "E1", **more: Any) -> dict[str, Any]:
    """An EVSE with two connectors."""
    return {
        "uid": uid,
        "evse_id": "NL*CPO*E1",
        "status": "AVAILABLE",
        "capabilities": ["REMOTE_START_STOP_CAPABLE", "CHARGING_PREFERENCES_CAPABLE"],
        "connectors": [connector("1"), connector("2")],
        "last_updated": "2026-01-01T10:00:00Z",
        **more,
    }


def connector(uid: str = "1", **more: Any) -> dict[str, Any]:
    """A connector."""
    return {
        "id": uid,
        "standard": "IEC_62196_T2",
        "format": "SOCKET",
        "power_type": "AC_3_PHASE",
        "max_voltage": 230,
        "max_amperage": 32,
        "last_updated": "2026-01-01T10:00:00Z",
        **more,
    }


def token(uid: str = "TOKEN1", owner: PartyId | OwnParty = EMSP, **more: Any) -> dict[str, Any]:
    """An RFID token."""
    return {
        "country_code": owner.country_code,
        "party_id": owner.party_id,
        "uid": uid,
        "type": "RFID",
        "contract_id": "DE-MSP-C00000001-1",
        "issuer": "Example Mobility",
        "valid": True,
        "whitelist": "ALLOWED",
        "last_updated": "2026-01-01T10:00:00Z",
        **more,
    }
