"""What a push costs: CPU of this process for each location of 4 KB that partners are sent."""

import time
from pathlib import Path
from typing import Any

import uvloop

from bench.figures import spread
from bench.process import scratch, serving
from bench.samples import location
from ocpi_bindings import v2_2_1
from ocpi_runtime import token as tokens
from ocpi_runtime.client import Endpoint
from ocpi_server import OwnParty, Platform, Settings, UrlRules
from ocpi_server.partners import InvitationTerms, PartnerRole

__all__ = ["TARGETS", "measure", "platform_settings", "register"]

TARGETS = {"cpu_us": 600.0}
"""Maximum number of microseconds of CPU for a push, in total: outbox, client, HTTP."""
_PARTNERS, _OBJECTS = 20, 50


def measure(rounds: int) -> dict[str, Any]:
    """Push locations to partners of our own version over plain HTTP."""
    found = []
    with serving("bench.servers.stub") as stub, scratch() as folder:
        for number in range(rounds + 1):
            place = folder / str(number)
            place.mkdir()
            found.append(uvloop.run(_round(place, stub.port)))
    found = found[1:]  # the first one loads modules
    return {
        "cpu_us": spread([cpu * 1e6 for cpu, _ in found], 0),
        "pushes_per_second": spread([rate for _, rate in found], 0),
    }


async def _round(folder: Path, port: int) -> tuple[float, float]:
    """Return CPU seconds for a push, and pushes per second."""
    async with Platform(platform_settings(folder)) as platform:
        for number in range(_PARTNERS):
            await register(platform, number, port)
        for number in range(_OBJECTS):
            await platform.publisher.location(location(number))
        cpu, clock = time.process_time(), time.perf_counter()
        faults = await platform.pushed()
        count = _PARTNERS * _OBJECTS
        cpu, clock = time.process_time() - cpu, time.perf_counter() - clock
        if any(faults.values()):
            raise RuntimeError(f"Pushes failed: {faults}")
        return cpu / count, count / clock


def platform_settings(folder: Path) -> Settings:
    """Return settings of a CPO that may call partners on this machine."""
    return Settings(
        base_url="http://127.0.0.1/ocpi",
        parties=(OwnParty("NL", "TNM", "CPO", "Example Charging"),),
        database=f"sqlite:///{folder / 'ocpi.sqlite'}",
        urls=UrlRules(allow_private=True, allow_http=True),
        versions=("2.2.1",),
    )


async def register(platform: Platform, number: int, port: int) -> None:
    """Register a partner that takes locations at a port, without an exchange."""
    partner_id, _ = await platform.partners.invite(f"partner {number}")
    base = f"http://127.0.0.1:{port}/{number}/2.2.1"
    role = PartnerRole("EMSP", "DE", f"M{number:02}")
    terms = InvitationTerms(
        token_here=tokens.new_token(),
        token_there=tokens.new_token(),
        versions_url=f"http://127.0.0.1:{port}/{number}/versions",
        version=v2_2_1.binding.version,
        endpoints=(Endpoint("locations", "receiver", f"{base}/receiver/locations"),),
        roles=(role,),
    )
    await platform.partners.agree(await platform.partner(partner_id), terms)
