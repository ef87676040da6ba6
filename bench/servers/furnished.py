"""The reference platform with objects in each module of 2.2.1, and one partner in both roles.

``python -m bench.servers.furnished PORT FOLDER COUNT``: the folder holds the database; there are
so many objects in each module.
"""

import asyncio
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from bench.servers import TOKEN
from bench.servers.platform import serve_alone
from ocpi_bindings import v2_2_1
from ocpi_conformance.objects.world import World
from ocpi_runtime.client import Endpoint
from ocpi_runtime.types import PartyId
from ocpi_server import OwnParty, Platform, Settings
from ocpi_server.partners import InvitationTerms, PartnerRole

__all__ = ["PARTNER"]

PARTNER: Final = PartyId("DE", "EMP")
_CPO, _EMSP = PartyId("NL", "TNM"), PartyId("NL", "TNE")
_URL: Final = "http://127.0.0.1:9/versions"


def _objects(count: int) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Return the objects of each module; three of four sessions have a CDR."""
    ours = World(v2_2_1.binding, _CPO, PARTNER, count=count * 4 // 3 + 1).objects
    tariffs = ours["tariffs"]
    more = [{**tariffs[0], "id": f"TARIFF{at}"} for at in range(len(tariffs) + 1, count + 1)]
    yield "tariffs", [*tariffs, *more]
    for module in ("locations", "sessions", "cdrs"):
        yield module, ours[module][:count]
    yield "tokens", World(v2_2_1.binding, _CPO, _EMSP, count=count).objects["tokens"]


async def _prepare(settings: Settings, count: int) -> None:
    async with Platform(settings) as platform:
        partner = await platform.partners.begin("Bench", TOKEN)
        terms = InvitationTerms(
            token_here=TOKEN,
            token_there=TOKEN,
            versions_url=_URL,
            version="2.2.1",
            endpoints=(Endpoint("credentials", "receiver", f"{_URL}/credentials"),),
            roles=tuple(PartnerRole(role, *PARTNER) for role in ("CPO", "EMSP")),
        )
        await platform.partners.agree(partner, terms)
        for module, objects in _objects(count):
            raws = [json.dumps(one).encode() for one in objects]
            await platform.publisher.put_all(module, raws)


def _main(port: int, folder: Path, count: int) -> None:
    settings = Settings(
        base_url=f"http://127.0.0.1:{port}",
        parties=(
            OwnParty(*_CPO, "CPO", "Own operator"),
            OwnParty(*_EMSP, "EMSP", "Own provider"),
        ),
        database=f"sqlite:///{folder / 'ocpi.sqlite'}",
    )
    asyncio.run(_prepare(settings, count))
    serve_alone(settings, port)


if __name__ == "__main__":
    _main(int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
