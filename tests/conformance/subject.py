"""The reference platform with every bundle mounted, and a partner in whose name it is fuzzed.

Both are platforms on loopback ports, so that a registration can be renewed and results of
commands arrive somewhere. They live in an event loop of their own, in a thread.
"""

import asyncio
import logging
import threading
from collections.abc import Coroutine, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from ocpi_bindings import v2_2_1
from ocpi_conformance.fuzz import Knowledge, Target, targets_of
from ocpi_runtime.client import Endpoint
from ocpi_runtime.types import PartyId
from ocpi_server import OwnParty
from ocpi_server.partners import PartnerRole, Status, Terms
from ocpi_server.services.exchanges import ACTIVE, CLEAR, SET
from tests.server_impl.pair import VERSION, Pair, introduce, location, served, token
from tests.server_impl.samples import cdr, client_info, session, tariff

__all__ = ["Subject", "subject"]

HOST = PartyId("NL", "HST")
GUEST = PartyId("DE", "GST")
_ROLES = ("CPO", "EMSP", "HUB")
_RESULTS = {
    "post_active_charging_profile_result": ACTIVE,
    "post_charging_profile_result": SET,
    "post_clear_profile_result": CLEAR,
}
_COMMAND = "START_SESSION"
_TOKEN = "fuzz-token"
_SECONDS = 60.0


@dataclass
class Subject:
    """What is fuzzed, and what has to be known for it.

    Attributes:
        targets: Every bundle at its endpoint URL; credentials last, because tokens change there.
        knowledge: The parties, objects, and how a registration is renewed.
    """

    targets: list[Target]
    knowledge: Knowledge


@contextmanager
def subject(directory: Path) -> Iterator[Subject]:
    """Serve the platforms until the block ends.

    Args:
        directory: Where their databases are kept.
    """
    # Results of generated requests that nobody waits for are told there, rightly.
    logging.getLogger("ocpi_server").setLevel(logging.ERROR)
    ready: Future[_Stage] = Future()
    thread = threading.Thread(target=lambda: asyncio.run(_live(directory, ready)), daemon=True)
    thread.start()
    stage = ready.result(_SECONDS)
    try:
        yield stage.subject()
    finally:
        stage.loop.call_soon_threadsafe(stage.over.set)
        thread.join(_SECONDS)


async def _live(directory: Path, ready: "Future[_Stage]") -> None:
    host_parties = [OwnParty(*HOST, role, "Subject") for role in _ROLES]
    guest_parties = [OwnParty(*GUEST, role, "Partner") for role in _ROLES]
    try:
        async with (
            served(directory / "host", *host_parties) as host,
            served(directory / "guest", *guest_parties) as guest,
        ):
            stage = _Stage(await introduce(host, guest))
            await stage.furnish()
            ready.set_result(stage)
            await stage.over.wait()
            await host.platform.settled()
    except BaseException as error:
        if not ready.done():
            ready.set_exception(error)
        raise


class _Stage:
    """The two platforms, used from the thread of the fuzzer."""

    def __init__(self, pair: Pair) -> None:
        self.loop = asyncio.get_running_loop()
        self.over = asyncio.Event()
        self._pair = pair
        self._host = pair.cpo.platform
        self._guest = pair.emsp.platform
        self._here = self._guest.partners.open_token(pair.at_emsp)
        self._there = self._host.partners.open_token(pair.at_cpo)
        self._waiting: dict[str, str] = {}
        self._result = ""

    async def furnish(self) -> None:
        """Give the subject objects that the partner may read, and requests that wait."""
        own: list[tuple[str, dict[str, Any]]] = [
            ("locations", location(owner=HOST)),
            ("tokens", token(owner=HOST)),
            ("tariffs", tariff(owner=HOST)),
            ("sessions", session(owner=HOST, provider=GUEST)),
            ("cdrs", cdr(owner=HOST, provider=GUEST)),
            ("hubclientinfo", client_info(PartyId("FR", "ABC"))),
        ]
        for module, one in own:
            await self._host.put_own(module, msgspec.json.encode(one))
        exchanges = self._host.parts.exchanges
        for kind in (_COMMAND, *_RESULTS.values()):
            self._waiting[kind] = await exchanges.open(self._pair.at_cpo.id, kind)
        there = self._guest.parts.exchanges
        self._result = await there.open(self._pair.at_emsp.id, _COMMAND)

    def subject(self) -> Subject:
        """Describe all this to the fuzzer."""
        endpoints = [
            Endpoint("versions", "list", f"{self._pair.cpo.base_url}/versions"),
            Endpoint("versions", "details", f"{self._pair.cpo.base_url}/{VERSION}"),
            *(each for each in self._pair.at_emsp.endpoints if each.module != "versions"),
        ]
        endpoints.sort(key=lambda each: each.module == "credentials")
        targets = [*targets_of(v2_2_1.binding, endpoints, self._here)]
        knowledge = Knowledge(own=GUEST, peer=HOST, fill=self._fill, before=self._before)
        knowledge.response_url = self._pair.emsp.url("sender", "commands", _COMMAND, self._result)
        knowledge.at = {name: [{"uid": self._waiting[kind]}] for name, kind in _RESULTS.items()}
        waiting = {"command": _COMMAND, "uid": self._waiting[_COMMAND]}
        knowledge.at["post_command_result"] = [waiting]
        # Pushed by the fuzzer itself, in the sessions module before.
        knowledge.at["put_active_charging_profile"] = [{"session_id": "FUZZ-SESSION"}]
        return Subject(targets, knowledge)

    def _fill(self, operation: str, body: Any) -> Any:
        if operation not in {"post_credentials", "put_credentials"}:
            return body
        details = body["roles"][0]["business_details"]
        roles = [
            {
                "role": role,
                "country_code": GUEST.country_code,
                "party_id": GUEST.party_id,
                "business_details": details,
            }
            for role in _ROLES
        ]
        return {"token": self._there, "url": self._guest.versions_url, "roles": roles}

    def _before(self, operation: str) -> str | None:
        if operation == "post_credentials":
            return self._run(self._invited())
        if operation in {"put_credentials", "delete_credentials", "get_credentials"}:
            return self._run(self._registered())
        return None

    def _run(self, work: Coroutine[Any, Any, str]) -> str:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(_SECONDS)

    async def _invited(self) -> str:
        """Bring the partner to where it may register; give its token A."""
        record = await self._host.partner(self._pair.at_cpo.id)
        if record.status is Status.REGISTERED:
            await self._host.partners.part(record)
        invitation = await self._host.issue_token_a("guest", partner_id=record.id)
        return invitation.token

    async def _registered(self) -> str:
        """Bring the partner to where it is registered; give its token."""
        record = await self._host.partner(self._pair.at_cpo.id)
        terms = Terms(
            token_here=_TOKEN,
            token_there=self._there,
            versions_url=self._guest.versions_url,
            version=VERSION,
            endpoints=self._pair.at_cpo.endpoints,
            roles=tuple(PartnerRole(role, *GUEST) for role in _ROLES),
        )
        await self._host.partners.agree(record, terms)
        return _TOKEN
