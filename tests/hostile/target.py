"""The reference platform in a process of its own, with all versions and a watched event loop.

``python -m tests.hostile.target PORT FOLDER``. What was measured is at ``/watch``.
"""

import asyncio
import json
import sys
from pathlib import Path
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from ocpi_runtime.client import Endpoint
from ocpi_runtime.parties import CPO, EMSP, PartyRole
from ocpi_runtime.process import prepare_process
from ocpi_server import OwnParty, Platform, Settings
from ocpi_server._versions import VERSIONS
from ocpi_server.partners import InvitationTerms, PartnerRole
from ocpi_server.serving import listening, serve_app
from tests.hostile.watch import Watch, peak_memory

__all__ = ["party_of", "token_of"]

_OWN: Final = (
    OwnParty("NL", "TNM", "CPO", "Own operator"),
    OwnParty("NL", "TNE", "EMSP", "Own provider"),
)


def token_of(version: str, own_role: str | None) -> str:
    """Return the credentials token of the partner that speaks a version."""
    return f"hostile-{version}-{own_role or 'both'}"


def party_of(version: str, own_role: str | None, role: str) -> str:
    """Return the party id of the partner in one of its roles."""
    return f"{role[0]}{VERSIONS.index(version)}{(own_role or 'B')[0]}"


class Watched:
    """An application whose event loop is watched while it runs."""

    def __init__(self, app: ASGIApp) -> None:
        self._app, self._watch = app, Watch()
        self._task: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != "/watch":
            await self._app(scope, receive, send)
            return
        if self._task is None:
            self._task = asyncio.create_task(self._watch.run())
        body = json.dumps({"held": self._watch.take(), "peak": peak_memory()}).encode()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": body})


async def _prepare(settings: Settings) -> None:
    async with Platform(settings) as platform:
        for version in VERSIONS:
            roles: tuple[PartyRole | None, ...] = (None,)
            if version in {"2.0", "2.1.1"}:
                roles = (CPO, EMSP)
            for own_role in roles:
                await _register(platform, version, own_role)


async def _register(platform: Platform, version: str, own_role: PartyRole | None) -> None:
    """Write down what a registration would have agreed on; nobody calls the partner."""
    token = token_of(version, own_role)
    partner = await platform.partners.begin(token, token)
    url = "http://127.0.0.1:9/versions"
    theirs = [role for role in (CPO, EMSP) if role != own_role]
    terms = InvitationTerms(
        token_here=token,
        token_there=token,
        versions_url=url,
        version=version,
        endpoints=(Endpoint("credentials", "receiver", f"{url}/credentials"),),
        roles=tuple(PartnerRole(each, "BE", party_of(version, own_role, each)) for each in theirs),
        own_role=own_role,
    )
    await platform.partners.agree(partner, terms)


def main(port: int, folder: Path) -> None:
    """Serve until the process is ended."""
    settings = Settings(
        base_url=f"http://127.0.0.1:{port}",
        parties=_OWN,
        database=f"sqlite:///{folder / 'ocpi.sqlite'}",
        versions=tuple(VERSIONS),
        dialect="strict",
    )
    asyncio.run(_prepare(settings))
    app = Watched(Platform(settings).app)
    prepare_process()  # as `ocpi serve` does
    serve_app(app, settings.limits, listening("127.0.0.1", port), log_level="critical")


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
