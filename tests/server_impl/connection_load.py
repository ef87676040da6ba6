"""A partner that overloads a platform: half-open connections, unread answers, results that hang.

The platform is served by ``ocpi serve``; the partner that overloads it has its own process too.
"""

import asyncio
import json
import socket
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

import httpx2
import msgspec

from ocpi_server import OwnParty, Platform, load_settings
from tests.server_impl.greedy import GREEDY, LOCATIONS
from tests.server_impl.pair import CPO, VERSION, Served, location, served

__all__ = ["ConnectionLoad", "Figures", "Host", "answering", "hosted", "under_load"]

_HONEST = OwnParty("DE", "MSP", "EMSP", "Honest Mobility")
_NEWCOMER = OwnParty("FR", "NEW", "EMSP", "New Mobility")
_START_SECONDS = 60.0

SETTINGS = """
base_url = "{base_url}"
database = "sqlite:///{directory}/ocpi.sqlite"
versions = ["{version}"]
[[parties]]
country_code = "{party.country_code}"
party_id = "{party.party_id}"
role = "CPO"
name = "{party.name}"
[urls]
allow_private = true
allow_http = true
[limits]
{limits}
"""


@dataclass(frozen=True)
class ConnectionLoad:
    """How many of each are held open.

    Attributes:
        half_open: Connections whose headers are never finished.
        unread: Requests whose answers nobody reads.
        commands: START_SESSION whose response_url never answers.
        probes: Requests of another partner that are timed meanwhile.
    """

    half_open: int
    unread: int
    commands: int
    probes: int


@dataclass
class Figures:
    """What another partner saw, times in seconds.

    Attributes:
        times: How long each of its requests took.
        statuses: How they were answered.
        registration: How long a new partner took to register.
        commands: How the commands were answered, by HTTP status and result.
    """

    times: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    registration: float = 0.0
    commands: Counter[str] = field(default_factory=Counter)

    def quantile(self, share: float) -> float:
        """Return the time within which a share of the requests was answered."""
        ordered = sorted(self.times)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


@dataclass(frozen=True)
class Host:
    """The platform in the other process, and a handle on its database here."""

    base_url: str
    port: int
    platform: Platform


@asynccontextmanager
async def hosted(directory: Path, limits: str = "", locations: int = 0) -> AsyncIterator[Host]:
    """Serve a CPO with own locations by ``ocpi serve``."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    base_url = f"http://127.0.0.1:{port}/ocpi"
    config = directory / "ocpi.toml"
    config.write_text(
        SETTINGS.format(
            base_url=base_url, directory=directory, version=VERSION, party=CPO, limits=limits
        )
    )
    async with Platform(load_settings(config, {})) as platform:
        made = (msgspec.json.encode(location(f"LOC{each}")) for each in range(locations))
        await platform.publisher.put_all("locations", list(made))
        ocpi = Path(sys.executable).with_name("ocpi")
        with (directory / "server.log").open("wb") as log:
            server = await asyncio.create_subprocess_exec(
                str(ocpi), "serve", "--config", str(config), "--port", str(port), stderr=log
            )
        try:
            await answering(port)
            yield Host(base_url, port, platform)
        finally:
            server.terminate()
            await server.wait()


async def answering(port: int) -> None:
    """Wait until somebody listens at a port."""
    async with asyncio.timeout(_START_SECONDS):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return


async def under_load(directory: Path, load: ConnectionLoad) -> Figures:
    """Load a platform by one partner, and measure what the others see of it."""
    figures = Figures()
    async with AsyncExitStack() as stack:
        host = await stack.enter_async_context(hosted(directory, locations=LOCATIONS))
        greedy = await _token(stack, host, directory, GREEDY)
        honest = await _token(stack, host, directory, _HONEST)
        newcomer = await stack.enter_async_context(served(directory / "new", _NEWCOMER))
        attack = await _attack(stack, host, load, greedy)
        async with asyncio.TaskGroup() as group:
            group.create_task(_probe(host, load.probes, honest, figures))
            group.create_task(_register(host, newcomer, figures))
        assert attack.stdout is not None
        figures.commands.update(json.loads(await attack.stdout.readline()))
    return figures


async def _attack(
    stack: AsyncExitStack, host: Host, load: ConnectionLoad, greedy: str
) -> asyncio.subprocess.Process:
    """Start the greedy partner in a process of its own; return when its connections are open."""
    arguments = [str(host.port), greedy, *map(str, (load.half_open, load.unread, load.commands))]
    pipe = asyncio.subprocess.PIPE
    attack = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.server_impl.greedy", *arguments, stdin=pipe, stdout=pipe
    )
    stack.push_async_callback(_stopped, attack)
    assert attack.stdout is not None
    assert await attack.stdout.readline() == b"open\n"
    return attack


async def _stopped(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.kill()
    await process.wait()


async def _token(stack: AsyncExitStack, host: Host, directory: Path, party: OwnParty) -> str:
    guest = await stack.enter_async_context(served(directory / party.party_id, party))
    invitation = await host.platform.issue_token_a(party.name)
    known = await guest.platform.register_with(invitation.versions_url, invitation.token)
    return guest.platform.partners.open_token(known)


async def _probe(host: Host, count: int, honest: str, figures: Figures) -> None:
    """Ask as another partner; every tenth time over a new connection."""
    url = f"{host.base_url}/{VERSION}/sender/locations/LOC1"
    done = 0
    while done < count:
        async with httpx2.AsyncClient(headers=_headers(honest), timeout=30) as http:
            for _ in range(min(10, count - done)):
                started = perf_counter()
                answer = await http.get(url)
                figures.times.append(perf_counter() - started)
                figures.statuses[answer.status_code] += 1
                done += 1
                await asyncio.sleep(0.01)


async def _register(host: Host, newcomer: Served, figures: Figures) -> None:
    invitation = await host.platform.issue_token_a("newcomer")
    started = perf_counter()
    await newcomer.platform.register_with(invitation.versions_url, invitation.token)
    figures.registration = perf_counter() - started


def _headers(credentials_token: str) -> dict[str, str]:
    return {"Authorization": f"Token {credentials_token}"}
