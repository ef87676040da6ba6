"""What our own client does against a mock: reading, pushing, registering, commands."""

import json
import queue
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

import httpx2
from msgspec import structs
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.types import Receive, Scope, Send

from ocpi_bindings import v2_1_1, v2_2_1, v2_3_0
from ocpi_bindings.v2_1_1 import models as models_2_1_1
from ocpi_bindings.v2_2_1 import models as models_2_2_1
from ocpi_bindings.v2_2_1.clients import SyncClients
from ocpi_bindings.v2_2_1.models import (
    CDR,
    Location,
    LocationPatch,
)
from ocpi_bindings.v2_3_0 import models as models_2_3_0
from ocpi_conformance.mock import Mock
from ocpi_runtime.client import Exchange, Limits, SyncPeer, connect_sync
from ocpi_runtime.client.registration import Registered, register_sync, update_sync
from ocpi_runtime.codec import check
from ocpi_runtime.errors import OcpiError
from ocpi_runtime.parties import CPO, EMSP, PartyRole, other
from ocpi_runtime.server import Context, Partner, Received, Stub, create_app, endpoint_url
from ocpi_runtime.testing import Factory, answering
from ocpi_runtime.types import PartyId
from ocpi_runtime.urls import UrlPolicy
from tests.support.serving import serving

__all__ = ["CLIENT", "OurClient", "OurPlatform", "platform"]

CLIENT = PartyId("XX", "CLT")
POLICY = UrlPolicy(allow_private=True, allow_http=True)
LIMITS = Limits(backoff=0.01)
OWNER = {"country_code": CLIENT.country_code, "party_id": CLIENT.party_id}
LOCATION = Factory(seed=4).make(Location, **OWNER, id="L1")
COST = Factory(seed=4).make(CDR, **OWNER, id="C1")
CHANGED_AT = datetime(2026, 3, 1, tzinfo=UTC)
CHANGE = LocationPatch(name="New", last_updated=CHANGED_AT)
OLD = "2.1.1"
PACKAGES: dict[str, Any] = {"2.1.1": v2_1_1, "2.2.1": v2_2_1, "2.3.0": v2_3_0}
MODELS: dict[str, Any] = {"2.2.1": models_2_2_1, "2.3.0": models_2_3_0}
OF_EACH: dict[str, Any] = {"2.1.1": models_2_1_1, **MODELS}
_TOKEN_B = "token-b-of-the-client"
_SECONDS = 10.0


@dataclass
class OurPlatform:
    """The client's own server: it takes results of commands, and commands.

    Attributes:
        base_url: Where it is.
        results: The URLs at which results came.
        commands: The response URLs of commands that came.
        status: The HTTP status that requests are answered with, whatever they are; 0 for none.
        reply: What commands and results are answered with, whatever they are; empty for none.
    """

    base_url: str
    results: "queue.Queue[str]" = field(default_factory=queue.Queue)
    commands: "queue.Queue[str]" = field(default_factory=queue.Queue)
    status: int = 0
    reply: dict[str, Any] = field(default_factory=dict)

    def app(self) -> Any:
        """Return the application."""

        async def authenticate(tokens: Any) -> Partner | None:
            return Partner("mock") if _TOKEN_B in tokens else None

        handlers = [one for version in OF_EACH for one in self._handlers(version)]
        app = create_app(handlers, authenticate=authenticate, base_url=f"{self.base_url}/ocpi")

        async def broken(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "http" and self.status and "/commands" in scope["path"]:
                await PlainTextResponse("broken", self.status)(scope, receive, send)
            elif scope["type"] == "http" and self.reply and "/commands" in scope["path"]:
                await JSONResponse(self.reply)(scope, receive, send)
            else:
                await app(scope, receive, send)

        return broken

    def _handlers(self, version: str) -> list[Stub]:
        binding, models = PACKAGES[version].binding, OF_EACH[version]
        timed = {} if version == OLD else {"timeout": 20}

        def start(_context: Context, body: Received[Any]) -> Any:
            self.commands.put(str(body.value.response_url))
            accepted = models.CommandResponseType.ACCEPTED
            return models.CommandResponse(result=accepted, **timed)

        return [
            answering(binding.stub("commands", "sender"), post_command_result=self._result),
            answering(binding.stub("commands", "receiver"), post_start_session=start),
        ]

    def response_url(self, uid: str, version: str = "2.2.1") -> str:
        """Return a URL for the result of a command."""
        interface = PACKAGES[version].binding.interfaces["commands", "sender"]
        return f"{endpoint_url(f'{self.base_url}/ocpi', interface)}/START_SESSION/{uid}"

    def _result(self, _context: Context, _command: str, uid: str, _body: Any) -> None:
        self.results.put(uid)

    def credentials(self, version: str = "2.2.1", role: str = "CPO") -> Any:
        """Return the credentials of the client, with token B; ``role`` is that of 2.1.1."""
        party = {"business_details": {"name": "Client"}, **OWNER}
        roles = {"roles": [{"role": one, **party} for one in ("CPO", "EMSP")]}
        below, shown = (f"/{role.lower()}", party) if version == OLD else ("", roles)
        data = {"token": _TOKEN_B, "url": f"{self.base_url}/ocpi{below}/versions", **shown}
        return check(json.dumps(data).encode(), OF_EACH[version].Credentials)


@contextmanager
def platform() -> Iterator[OurPlatform]:
    """Serve the client's own server."""
    made: list[OurPlatform] = []

    def app(base_url: str) -> Any:
        made.append(OurPlatform(base_url))
        return made[0].app()

    with serving(app):
        yield made[0]


@dataclass
class OurClient:
    """Our client against one mock.

    Attributes:
        mock: The mock.
        platform: Its own server.
        http: What sends the requests; None for the client's own.
        limits: What it takes.
        token: The token that it uses; empty for the one that the mock gives to anybody.
        version: The version that it speaks.
        on_exchange: Gets what it sends and receives, if anything does.
    """

    mock: Mock
    platform: OurPlatform
    http: httpx2.Client | None = None
    limits: Limits = LIMITS
    token: str = ""
    version: str = "2.2.1"
    on_exchange: Callable[[Exchange], None] | None = None

    @property
    def _options(self) -> dict[str, Any]:
        return {
            "policy": POLICY,
            "limits": self.limits,
            "http": self.http,
            "on_exchange": self.on_exchange,
        }

    @property
    def _peer_role(self) -> PartyRole:
        return EMSP if self.mock.settings.role == "emsp" else CPO

    @contextmanager
    def session(self, **options: Any) -> Iterator[SyncClients]:
        """Discover the mock, and open a session with it."""
        token = self.token or self.mock.settings.token
        with connect_sync(
            self.mock.versions_url,
            token,
            bindings=[PACKAGES[self.version].binding],
            from_party=CLIENT,
            peer_role=self._peer_role,
            **self._options,
            **options,
        ) as peer:
            yield cast("SyncClients", peer)

    def made(self, name: str, **fields: Any) -> Any:
        """Make an object of a class of the version; fields that it does not have are left out."""
        kind = PACKAGES[self.version].binding.model(name)
        known = {one.name for one in structs.fields(kind)}
        kept = {key: value for key, value in fields.items() if key in known}
        return Factory(seed=4).make(kind, **kept)

    def read_lists(self) -> list[int]:
        """Read lists as far as they can be read; return how many objects came."""
        read = []
        with self.session() as peer:
            for name in ("locations", "tokens", "tariffs"):
                if peer.offers(name, "SENDER"):
                    read.append(0)
                    with suppress(OcpiError):
                        for _ in getattr(getattr(peer, name), f"get_{name}")():
                            read[-1] += 1
        return read

    def push(self) -> None:
        """Push a location, a change of it, and a CDR; what fails is passed over."""
        change = OF_EACH[self.version].LocationPatch(name="New", last_updated=CHANGED_AT)
        with self.session() as peer:
            with suppress(OcpiError):
                location = self.made("Location", **OWNER, id="L1")
                peer.locations.put_location(*CLIENT, "L1", location)
                peer.locations.patch_location(*CLIENT, "L1", change)
            with suppress(OcpiError):
                peer.cdrs.post_cdr(self.made("CDR", **OWNER, id="C1"))
            with suppress(OcpiError):
                peer.cdrs.get_stored_cdr("C1")

    def register(self) -> None:
        """Register with the token of the invitation, or renew the registration."""
        exchange = update_sync if self.token else register_sync
        token = self.token or self.mock.settings.token_a
        done: Registered[Any] = exchange(
            self.mock.versions_url,
            token,
            self.platform.credentials(self.version, other(self._peer_role)),
            bindings=[PACKAGES[self.version].binding],
            peer_role=self._peer_role,
            **self._options,
        )
        self.token = done.token

    def start_session(self, uid: str = "1", *, results: int = 1) -> None:
        """Send START_SESSION, and wait for so many results."""
        with self.session() as peer:
            url = self.platform.response_url(uid, self.version)
            fields = {
                "response_url": url,
                "token": self.made("Token", **OWNER),
                "location_id": "LOC1",
            }
            body = OF_EACH[self.version].StartSession(**fields)
            peer.commands.post_start_session(body)
        for _ in range(results):
            self.platform.results.get(timeout=_SECONDS)

    def carry_out(self) -> None:
        """Wait for a command of the mock, and send its result."""
        url = self.platform.commands.get(timeout=_SECONDS)
        with self.session() as peer:
            self.send_result(peer, url)

    def send_result(self, peer: SyncPeer, url: str) -> None:
        """Send the result of a command."""
        models = OF_EACH[self.version]
        name = "CommandResponse" if self.version == OLD else "CommandResult"
        accepted = getattr(models, f"{name}Type").ACCEPTED
        made = getattr(models, name)(result=accepted)
        cast("SyncClients", peer).commands.post_command_result(url, made)
