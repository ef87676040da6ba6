"""A CPO with an operator API, a partner that behaves, and one that may do harm.

``python -m bench.servers.harmed PORT FOLDER STUB_PORT HARMFUL_PORT``: the folder gets the database,
and a file ``secrets`` with the key of the operator and a token A.
"""

import asyncio
import sys
from pathlib import Path
from typing import Final

from bench.samples import location
from bench.servers import TOKEN
from bench.servers.platform import serve_alone
from ocpi_runtime import token as tokens
from ocpi_runtime.client import Endpoint
from ocpi_runtime.codec import encode
from ocpi_server import OperatorRules, OwnParty, Platform, Settings, UrlRules
from ocpi_server.partners import InvitationTerms, PartnerRole

__all__ = ["HARMFUL", "LOCATIONS"]

HARMFUL: Final = "harmful"
LOCATIONS: Final = 100


async def _prepare(settings: Settings, folder: Path, ports: dict[str, str]) -> None:
    async with Platform(settings) as platform:
        for number in range(LOCATIONS):
            await platform.put_own("locations", encode(location(number)))
        for at, (name, port) in enumerate(ports.items()):
            base = f"http://127.0.0.1:{port}"
            partner_id, _ = await platform.partners.invite(name)
            terms = InvitationTerms(
                token_here=TOKEN if name != HARMFUL else tokens.new_token(),
                token_there=tokens.new_token(),
                versions_url=f"{base}/versions",
                version="2.2.1",
                endpoints=(
                    Endpoint("locations", "receiver", f"{base}/receiver/locations"),
                    Endpoint("tokens", "sender", f"{base}/sender/tokens"),
                ),
                roles=(PartnerRole("EMSP", "DE", f"M{at:02}"),),
            )
            await platform.partners.agree(await platform.partner(partner_id), terms)
        _, key = await platform.keys.create("bench", ["*"])
        invitation = await platform.issue_token_a("new")
        (folder / "secrets").write_text(f"{key}\n{invitation.token}\n")


def _main(port: int, folder: Path, stub: str, harmful: str) -> None:
    settings = Settings(
        base_url=f"http://127.0.0.1:{port}/ocpi",
        parties=(OwnParty("NL", "TNM", "CPO", "Example Charging"),),
        database=f"sqlite:///{folder / 'ocpi.sqlite'}",
        urls=UrlRules(allow_private=True, allow_http=True),
        operator=OperatorRules(enabled=True, requests_per_key=1000),
        versions=("2.2.1",),
    )
    asyncio.run(_prepare(settings, folder, {"healthy": stub, HARMFUL: harmful}))
    serve_alone(settings, port)


if __name__ == "__main__":
    _main(int(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:5])
