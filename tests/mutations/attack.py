"""A partner that sends mutated bodies to a platform and watches what becomes of them."""

import json
import random
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import httpx2
from starlette.types import ASGIApp

from tests.acceptance.support.bundles import ROLELESS, OperationCase, Schema, resolved
from tests.acceptance.support.furnished import FurnishedPlatform, furnish
from tests.acceptance.support.guests import Call, Guest, authorization
from tests.acceptance.support.partner_server import PartnerServer
from tests.acceptance.support.stored import Snapshot, changes, read_all
from tests.acceptance.support.two_partners import (
    ALONE,
    PARTIES,
    Watched,
    create,
    offered,
    partner_of,
)
from tests.mutations.mutator import Mutated, mutate
from tests.mutations.oracle import fault
from tests.server_impl.pair import served

__all__ = ["Attack", "attacking"]

_OPTIONAL: Final = 0.3
_SUCCESS: Final = range(1000, 2000)
_FAILED: Final = 500


@dataclass
class Attack:
    """Mutated bodies for all operations of one version, one after the other.

    Attributes:
        scene: The partner.
        app: The platform.
        chance: Decides.
        link: A connection of its own to the database, which knows when somebody else wrote.
        counts: How many were sent, accepted, refused.
        findings: What must not be.
    """

    scene: FurnishedPlatform
    app: ASGIApp
    chance: random.Random
    link: sqlite3.Connection
    counts: Counter[str] = field(default_factory=Counter)
    findings: list[str] = field(default_factory=list)
    _before: Snapshot = field(default_factory=dict)
    _written: int = -1

    @property
    def operations(self) -> list[OperationCase]:
        """The operations that take a body."""
        return [
            case
            for case in offered(self.scene.guest)
            if case.body is not None and case.module != "credentials"
        ]

    async def run(self, count: int) -> None:
        """Send so many bodies."""
        operations = self.operations
        for at in range(count):
            await self._once(operations[at % len(operations)])

    async def _once(self, case: OperationCase) -> None:
        call = self.scene.call(case)
        body = enriched(self.scene, call, self.chance)
        await self.send(call, mutate(body, self.chance))

    async def send(self, call: Call, mutated: Mutated) -> None:
        """Send a body and check what becomes of it."""
        if not self._before:
            self._before = await self._stored()
        status, answer = await ask(self.app, self.scene.guest, call, mutated.text)
        self.counts["sent"] += 1
        envelope = _envelope(answer)
        place = f"{call.case} [{mutated.how}] {mutated.text[:400]!r} -> {status} {answer[:300]!r}"
        if status >= _FAILED:
            self.findings.append(f"HTTP 5xx: {place}")
        if envelope is None:
            self.findings.append(f"no envelope: {place}")
        elif status < 400 and envelope["status_code"] in _SUCCESS:
            await self._accepted(call, mutated, place)
        else:
            await self._refused(place)

    async def _accepted(self, call: Call, mutated: Mutated, place: str) -> None:
        self.counts["accepted"] += 1
        wrong = fault(call.case, call.path, mutated.text)
        if wrong is None and mutated.wrong:
            wrong = "has to be refused"
        if wrong is not None:
            self.findings.append(f"accepted though {wrong}: {place}")
        await self.scene.guest.host.platform.settled()
        self._before = await self._stored()

    async def _refused(self, place: str) -> None:
        self.counts["refused"] += 1
        if self._writes() == self._written:
            return
        after = await self._stored()
        if after != self._before:
            changed = changes(self._before, after)
            self.findings.append(f"stored though refused: {place}: {str(changed)[:600]}")
        self._before = after

    def _writes(self) -> int:
        """Return a number that changes whenever another connection has written."""
        number: int = self.link.execute("PRAGMA data_version").fetchone()[0]
        return number

    async def _stored(self) -> Snapshot:
        self._written = self._writes()
        return await self.scene.guest.host.platform.parts.store.database.read(read_all)


def _envelope(answer: bytes) -> dict[str, Any] | None:
    try:
        case = json.loads(answer)
    except ValueError:
        return None
    whole = isinstance(case, dict) and isinstance(case.get("timestamp"), str)
    return case if whole and type(case.get("status_code")) is int else None


def enriched(scene: FurnishedPlatform, call: Call, chance: random.Random) -> Any:
    """Add optional fields to a valid body."""
    case = call.case
    maker = scene.maker(scene.ids(case))

    def add(schema: Schema, value: Any) -> Any:
        meant = resolved(case.bundle, schema)
        if isinstance(value, list):
            return [add(meant.get("items", {}), each) for each in value]
        if not isinstance(value, dict):
            return value
        parts = meant.get("properties", {})
        missing = [name for name in parts if name not in value and chance.random() < _OPTIONAL]
        more = {name: maker.make(case.bundle, parts[name], name) for name in missing}
        return {
            name: add(parts[name], each) if name in parts else each
            for name, each in {**value, **more}.items()
        }

    return add(case.body or {}, call.body)


async def ask(app: ASGIApp, guest: Guest, call: Call, body: bytes) -> tuple[int, bytes]:
    """Send a request to an application without a socket between."""
    url = call.url(guest.endpoints[call.case.interface])
    parts = urlsplit(url)
    query = str(httpx2.QueryParams(call.query)).encode()
    token = authorization(guest.version, guest.at(url).token)
    headers = [(b"authorization", token.encode()), (b"content-type", b"application/json")]
    if guest.version not in ROLELESS:
        headers += [(b"x-request-id", b"r-1"), (b"x-correlation-id", b"c-1")]
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http",
        "method": call.case.method, "path": httpx2.URL(url).path, "raw_path": parts.path.encode(),
        "query_string": query, "root_path": "", "headers": headers,
        "client": ("127.0.0.1", 1), "server": (parts.hostname, parts.port),
    }  # fmt: skip
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    return sent[0]["status"], b"".join(each.get("body", b"") for each in sent[1:])


@asynccontextmanager
async def attacking(directory: Path, server: PartnerServer, seed: int) -> AsyncIterator[Attack]:
    """Serve a platform that offers everything to a partner with objects of every kind."""
    async with (
        httpx2.AsyncClient(timeout=30.0) as http,
        served(
            directory,
            *PARTIES,
            points=Watched(),
            versions=(server.version,),
            dialect="strict",
            hub=ALONE,
        ) as host,
    ):
        await furnish(host)
        scene = await partner_of(host, server, http, "mutant")
        await create(scene)
        chance = random.Random(seed)  # noqa: S311 - to be repeated
        with closing(sqlite3.connect(directory / "ocpi.sqlite")) as link:
            yield Attack(scene, host.platform.app, chance, link)
