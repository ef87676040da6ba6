"""A hub with a CPO that sends, and an eMSP whose platform is the stub.

``python -m bench.servers.hub PORT FOLDER STUB_PORT``: the folder holds the database.
"""

import asyncio
import sys
from pathlib import Path
from typing import Final

from bench.servers import TOKEN
from bench.servers.platform import serve_alone
from ocpi_runtime import token as tokens
from ocpi_runtime.client import Endpoint
from ocpi_runtime.types import PartyId
from ocpi_server import OwnParty, Platform, Settings, UrlRules
from ocpi_server.partners import InvitationTerms, PartnerRole

__all__ = ["RECEIVER", "SENDER"]

SENDER: Final = PartyId("NL", "TNM")
RECEIVER: Final = PartyId("DE", "EMP")


async def _prepare(settings: Settings, stub: str) -> None:
    async with Platform(settings) as platform:
        for party, role, token in ((SENDER, "CPO", TOKEN), (RECEIVER, "EMSP", tokens.new_token())):
            partner_id, _ = await platform.partners.invite(str(party))
            terms = InvitationTerms(
                token_here=token,
                token_there=tokens.new_token(),
                versions_url=f"{stub}/versions",
                version="2.2.1",
                endpoints=(Endpoint("locations", "receiver", f"{stub}/receiver/locations"),),
                roles=(PartnerRole(role, *party),),
            )
            await platform.partners.agree(await platform.partner(partner_id), terms)


def _main(port: int, folder: Path, stub_port: int) -> None:
    settings = Settings(
        base_url=f"http://127.0.0.1:{port}",
        parties=(OwnParty("LU", "HUB", "HUB", "Example Hub"),),
        database=f"sqlite:///{folder / 'ocpi.sqlite'}",
        urls=UrlRules(allow_private=True, allow_http=True),
        versions=("2.2.1",),
    )
    asyncio.run(_prepare(settings, f"http://127.0.0.1:{stub_port}"))
    serve_alone(settings, port)


if __name__ == "__main__":
    _main(int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
