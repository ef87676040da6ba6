"""Two partners of one platform that offers everything, and charge points that can be watched."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

import httpx2

from ocpi_runtime.types import PartyId
from ocpi_server import HubRules, OwnParty
from ocpi_server.charging import (
    CommandOutcome,
    Order,
    ProfileOutcome,
    SimulatedChargePoints,
    StartOutcome,
)
from tests.acceptance.support.bundles import SPOKEN, OperationCase, every_operation
from tests.acceptance.support.furnished import FurnishedPlatform, furnish, order
from tests.acceptance.support.guests import Guest, register, succeeded
from tests.acceptance.support.partner_server import PartnerServer
from tests.server_impl.pair import Served, served

__all__ = [
    "ALONE",
    "OPERATIONS",
    "PARTIES",
    "PLAYED",
    "TwoPartners",
    "Watched",
    "create",
    "offered",
    "own",
    "partner_of",
    "two_partners",
]

ALONE: Final = HubRules(routing=False)
"""A hub that forwards nothing: what it forwards has tests of its own."""
PARTIES: Final = (
    OwnParty("NL", "CPO", "CPO", "Example Charging"),
    OwnParty("NL", "MSP", "EMSP", "Example Mobility"),
    OwnParty("NL", "HUB", "HUB", "Example Hub"),
)
PLAYED: Final = ("CPO", "EMSP", "HUB")
OPERATIONS: Final = sorted(every_operation(), key=lambda case: (case.version, *order(case)))


class Watched(SimulatedChargePoints):
    """Charge points that remember which sessions they were asked to touch."""

    def __init__(self) -> None:
        super().__init__(delay=0)
        self.touched: list[str] = []

    async def start(self, order: Order, evses: Sequence[tuple[str, str]]) -> StartOutcome:
        done = await super().start(order, evses)
        self.touched += [order.session_id, done.session_id]
        return done

    async def stop(self, session_id: str) -> CommandOutcome:
        self.touched.append(session_id)
        return await super().stop(session_id)

    async def reserve(
        self, order: Order, evses: Sequence[tuple[str, str]], until: datetime
    ) -> StartOutcome:
        self.touched.append(order.session_id)
        return await super().reserve(order, evses, until)

    async def cancel_reservation(self, session_id: str) -> CommandOutcome:
        self.touched.append(session_id)
        return await super().cancel_reservation(session_id)

    async def set_profile(self, session_id: str, profile: bytes) -> ProfileOutcome:
        self.touched.append(session_id)
        return await super().set_profile(session_id, profile)

    async def clear_profile(self, session_id: str) -> ProfileOutcome:
        self.touched.append(session_id)
        return await super().clear_profile(session_id)

    async def active_profile(self, session_id: str, seconds: int) -> ProfileOutcome:
        self.touched.append(session_id)
        return await super().active_profile(session_id, seconds)

    async def prefer(self, session_id: str, preferences: bytes) -> str:
        self.touched.append(session_id)
        return await super().prefer(session_id, preferences)


@dataclass
class TwoPartners:
    """Two partners of one platform that offers everything; each has one of each thing there.

    Attributes:
        host: The platform.
        server: Receives what the platform sends to its partners.
        http: Sends what they send.
        points: The platform's charge points.
        owner: The partner whose objects are attacked.
        second: The partner that attacks them.
        strangers: Partners that came later.
    """

    host: Served
    server: PartnerServer
    http: httpx2.AsyncClient
    points: Watched
    owner: FurnishedPlatform
    second: FurnishedPlatform
    strangers: list[Guest] = field(default_factory=list)

    async def stranger(self) -> Guest:
        """Register one more partner."""
        number = len(self.strangers)
        letter = chr(ord("A") + SPOKEN.index(self.server.version))
        party = PartyId("ES", f"{letter}{number:02}")
        guest = await register(
            self.host, self.server, self.http, f"stranger{number}", party, *PLAYED
        )
        self.strangers.append(guest)
        return guest


@asynccontextmanager
async def two_partners(
    directory: Path, server: PartnerServer, http: httpx2.AsyncClient
) -> AsyncIterator[TwoPartners]:
    """Serve a platform with two partners that have all that they can have there."""
    points = Watched()
    async with served(
        directory, *PARTIES, points=points, versions=(server.version,), hub=ALONE
    ) as host:
        await furnish(host)
        owner, second = [await partner_of(host, server, http, name) for name in ("owner", "second")]
        await create(owner)
        yield TwoPartners(host, server, http, points, owner, second)


async def partner_of(
    host: Served, server: PartnerServer, http: httpx2.AsyncClient, name: str
) -> FurnishedPlatform:
    """Register a partner with everything that the platform offers."""
    party = PartyId("DE", name[:3].upper())
    made = FurnishedPlatform(await register(host, server, http, name, party, *PLAYED))
    await made.prepare()
    return made


async def create(scene: FurnishedPlatform) -> None:
    """Create every object that a partner can create."""
    for case in offered(scene.guest):
        if case.method in {"PUT", "POST"} and case.module != "credentials" and order(case)[0] == 0:
            await own(scene, case)


def offered(guest: Guest) -> list[OperationCase]:
    """Return the operations that a platform offers a partner in its version."""
    return [case for case in OPERATIONS if case.interface in guest.endpoints]


async def own(scene: FurnishedPlatform, case: OperationCase) -> None:
    """Call an operation on the partner's own objects."""
    answer = await scene.guest.call(scene.call(case))
    assert succeeded(answer), f"{case}: {answer.text}"
    scene.learn(answer)
    await scene.guest.host.platform.settled()
