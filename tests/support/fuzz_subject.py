"""The reference platform with every bundle mounted, and a partner in whose name it is fuzzed.

Both are platforms on loopback ports that speak one version, so that a registration can be renewed
and results of commands arrive somewhere. They live in an event loop of their own, in a thread.
Where a version has one versions URL for each role, a subject plays one role; there are two of it.
"""

import asyncio
import logging
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from starlette.types import ASGIApp

from ocpi_conformance.fuzz import Knowledge, Listener, Target, listening, targets_of
from ocpi_runtime.client import Endpoint
from ocpi_runtime.codec import format_timestamp
from ocpi_runtime.types import PartyId
from ocpi_server import OwnParty
from ocpi_server._versions import binding_of
from ocpi_server.async_requests.pending import ACTIVE, CLEAR, SET
from ocpi_server.partners import InvitationTerms, PartnerRecord, PartnerRole, Status
from tests.server_impl.pair import Pair, Served, evse, introduce, location, served, token
from tests.server_impl.samples import cdr, client_info, session, tariff
from tests.support.fuzz_charge_points import AlwaysFreePoints, BillingPoints
from tests.support.fuzz_extensions import furnish_extensions
from tests.support.fuzz_plans import Plan

__all__ = ["Subject", "subject"]

T = TypeVar("T")
Wrap = Callable[[ASGIApp], ASGIApp]
HOST = PartyId("NL", "HST")
GUEST = PartyId("DE", "GST")
_RESULTS = {
    "post_active_charging_profile_result": ACTIVE,
    "post_charging_profile_result": SET,
    "post_clear_profile_result": CLEAR,
}
_OF_SESSIONS = frozenset({
    "post_stop_session", "put_charging_profile", "get_active_charging_profile",
    "delete_charging_profile", "put_charging_preferences",
})  # fmt: skip
# Refused where the token is not known.
_ABOUT_TOKENS = frozenset({"put_session", "patch_session", "post_cdr"})
_CONTRACT = "FUZZ-CONTRACT"
_NEWEST = "2.3.0"
_COMMAND = "START_SESSION"
_TOKEN = "fuzz-token"
_SECONDS = 60.0
# Sessions come before their profiles; tokens change in credentials.
_LATE = ("chargingprofiles", "credentials")
_COPIES = 7


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
def subject(
    directory: Path, plan: Plan, wrap: Wrap = lambda app: app, *, billing: bool = False
) -> Iterator[Subject]:
    """Serve the platforms until the block ends.

    Args:
        directory: Where their databases are kept.
        plan: Which version and roles.
        wrap: Puts an application before that of the platform under test.
        billing: Whether EVSEs are occupied by sessions, and sessions have CDRs in the end.
    """
    ready: Future[_TwoPlatforms] = Future()
    work = _live(directory, plan, ready, wrap, billing=billing)
    thread = threading.Thread(target=lambda: asyncio.run(work), daemon=True)
    thread.start()
    stage = ready.result(_SECONDS)
    try:
        with _only_errors_logged(), listening() as listener:
            yield stage.subject(listener)
    finally:
        stage.loop.call_soon_threadsafe(stage.over.set)
        thread.join(_SECONDS)


@contextmanager
def _only_errors_logged() -> Iterator[None]:
    """Drop the warnings about results of generated requests, for which nobody waits."""
    log = logging.getLogger("ocpi_server")
    before = log.level
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        log.setLevel(before)


async def _live(
    directory: Path, plan: Plan, ready: "Future[_TwoPlatforms]", wrap: Wrap, *, billing: bool
) -> None:
    host_parties = [OwnParty(*HOST, role, "Subject") for role in plan.host_roles]
    guest_parties = [OwnParty(*GUEST, role, "Partner") for role in plan.guest_roles]
    spoken: dict[str, Any] = {"versions": (plan.version,), "dialect": "strict"}
    points = (BillingPoints if billing else AlwaysFreePoints)(delay=0)
    try:
        async with (
            served(
                directory / "host",
                *host_parties,
                points=points,
                wrap=wrap,
                **spoken,
            ) as host,
            served(directory / "guest", *guest_parties, **spoken) as guest,
        ):
            stage = _TwoPlatforms(plan, await _acquainted(host, guest))
            await stage.furnish()
            if isinstance(points, BillingPoints) and plan.role is None:
                points.platform, points.owner, points.provider = host.platform, HOST, GUEST
                stage.points = points
            ready.set_result(stage)
            await stage.over.wait()
            await host.platform.settled()
    except BaseException as error:
        if not ready.done():
            ready.set_exception(error)
        raise


async def _acquainted(host: Served, guest: Served) -> Pair:
    """Approve all roles of both sides; that of a hub needs it."""
    pair = await introduce(host, guest)
    return replace(
        pair,
        at_cpo=await _approved(host, pair.at_cpo),
        at_emsp=await _approved(guest, pair.at_emsp),
    )


async def _approved(at: Served, partner: PartnerRecord) -> PartnerRecord:
    return await at.platform.administration.approve(partner.id) if partner.claimed else partner


def _token(at: int) -> dict[str, Any]:
    """Return a token of the subject; the last one is not valid."""
    return token(f"TOKEN{at}", owner=HOST, contract_id=_CONTRACT, valid=at + 1 < _COPIES)


class _TwoPlatforms:
    """Two platforms, used from the thread of the fuzzer."""

    def __init__(self, plan: Plan, pair: Pair) -> None:
        self.loop = asyncio.get_running_loop()
        self.over = asyncio.Event()
        self._plan = plan
        self._pair = pair
        self._host = pair.cpo.platform
        self._guest = pair.emsp.platform
        self._here = self._guest.partners.open_token(pair.at_emsp)
        self._there = self._host.partners.open_token(pair.at_cpo)
        self._waiting: dict[str, str] = {}
        self.points: BillingPoints | None = None
        self._response_url: str | None = None

    async def furnish(self) -> None:
        """Create objects that the partner may read, and requests that wait."""
        own: list[tuple[str, dict[str, Any]]] = [
            (
                "hubclientinfo",
                client_info(PartyId("FR", f"AB{at}"), status="CONNECTED" if at else "OFFLINE"),
            )
            for at in range(_COPIES)
        ]
        for at in range(_COPIES):
            own += [
                ("locations", location(f"LOC{at}", owner=HOST, evses=[evse(f"E{at}")])),
                ("tokens", _token(at)),
                ("tariffs", tariff(f"T{at}", owner=HOST)),
                ("sessions", session(f"S{at}", owner=HOST, provider=GUEST)),
                ("cdrs", cdr(f"CDR{at}", owner=HOST, provider=GUEST)),
            ]
        for module, one in own:
            await self._host.put_own(module, msgspec.json.encode(one))
        if self._plan.role is None:
            await self._guest.push_token(msgspec.json.encode(token(owner=GUEST)))
            await self._guest.pushed()
        if self._plan.version == _NEWEST:
            await furnish_extensions(self._pair, HOST, GUEST, _COPIES)
        exchanges = self._host.parts.exchanges
        for kind in (_COMMAND, *_RESULTS.values()):
            self._waiting[kind] = await exchanges.open(self._pair.at_cpo.id, kind)
        there = self._guest.parts.exchanges
        result = await there.open(self._pair.at_emsp.id, _COMMAND)
        for each in self._pair.at_cpo.endpoints:
            if each.module == "commands" and each.role == "SENDER":
                self._response_url = f"{each.url}/{_COMMAND}/{result}"

    def subject(self, listener: Listener) -> Subject:
        """Describe all this to the fuzzer."""
        listed = self._host.versions_url
        details = f"{listed.removesuffix('/versions')}/{self._plan.version}"
        endpoints = [
            Endpoint("versions", "list", listed),
            Endpoint("versions", "details", details),
            *(each for each in self._pair.at_emsp.endpoints if each.module != "versions"),
        ]
        endpoints.sort(key=lambda each: (each.module in _LATE, each.module))
        targets = [*targets_of(binding_of(self._plan.version), endpoints, self._here)]
        knowledge = Knowledge(own=GUEST, peer=HOST, fill=self._fill, before=self._before)
        knowledge.response_url = self._response_url
        knowledge.listener = listener
        knowledge.patch_whole = True
        knowledge.at = {name: [{"uid": self._waiting[kind]}] for name, kind in _RESULTS.items()}
        waiting = {"command": _COMMAND, "uid": self._waiting[_COMMAND]}
        knowledge.at["post_command_result"] = [waiting]
        # Pushed by the fuzzer itself, in the sessions module before.
        knowledge.at["put_active_charging_profile"] = [{"session_id": "FUZZ-SESSION"}]
        return Subject(targets, knowledge)

    def _fill(self, operation: str, body: Any) -> Any:
        if operation in _ABOUT_TOKENS and "auth_id" in body:
            return {**body, "auth_id": _CONTRACT}
        if operation == "post_booking_request":
            return {**body, "location_id": "LOC0", "booking_location_id": "PLACE0"}
        if operation not in {"post_credentials", "put_credentials"}:
            return body
        known = {"token": self._there, "url": self._guest.versions_url}
        party = {"country_code": GUEST.country_code, "party_id": GUEST.party_id}
        if "roles" not in body:
            return body | known | party
        details = body["roles"][0]["business_details"]
        roles = [
            {"role": role, "business_details": details, **party} for role in self._plan.guest_roles
        ]
        return {**known, "roles": roles}

    def _before(self, operation: str) -> str | None:
        if operation == "post_credentials":
            return self._run(self._invited())
        if operation in {"put_credentials", "delete_credentials", "get_credentials"}:
            return self._run(self._registered())
        if operation in _OF_SESSIONS:
            self._run(self._charging())
        return None

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(_SECONDS)

    async def _charging(self) -> None:
        """Reopen the sessions that a command has ended."""
        now = format_timestamp(datetime.now(UTC))
        for at in range(_COPIES):
            one = session(f"S{at}", owner=HOST, provider=GUEST, last_updated=now)
            await self._host.put_own("sessions", msgspec.json.encode(one))

    async def _invited(self) -> str:
        """Invite the partner to register; return its token A."""
        record = await self._host.partner(self._pair.at_cpo.id)
        if record.status is Status.REGISTERED:
            await self._host.partners.part(record)
        invitation = await self._host.issue_token_a("guest", partner_id=record.id)
        return invitation.token

    async def _registered(self) -> str:
        """Register the partner; return its token."""
        if self.points is not None:
            await self.points.free()
        record = await self._host.partner(self._pair.at_cpo.id)
        if record.status is Status.UNREGISTERED:
            await self._host.partners.invite("guest", partner_id=record.id)
            record = await self._host.partner(record.id)
        terms = InvitationTerms(
            token_here=_TOKEN,
            token_there=self._there,
            versions_url=self._guest.versions_url,
            version=self._plan.version,
            endpoints=self._pair.at_cpo.endpoints,
            roles=tuple(PartnerRole(role, *GUEST) for role in self._plan.guest_roles),
        )
        await self._host.partners.agree(record, terms)
        if (await self._host.partner(record.id)).claimed:
            await self._host.administration.approve(record.id)
        return _TOKEN
