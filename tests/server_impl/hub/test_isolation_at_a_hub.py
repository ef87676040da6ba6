"""Whatever a platform sends to a hub: nothing reaches a party that it may not reach."""

import itertools
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import httpx2
import msgspec
import pytest
import pytest_asyncio

from ocpi_runtime.client import Exchange
from ocpi_runtime.operations import Interface, Operation
from ocpi_server import HubRules, OwnParty
from ocpi_server._interfaces import interfaces_of
from ocpi_server._versions import bindings_of
from ocpi_server.access_control import PERMISSIONS
from tests.server_impl.hub.conftest import HUB, OTHER, SECOND, Member, World, member, routing
from tests.server_impl.pair import CPO, EMSP, location, served
from tests.server_impl.pair import token as made_token
from tests.server_impl.reading import put
from tests.server_impl.samples import cdr, session, tariff

TWIN = OwnParty("NL", "TWI", "CPO", "On the platform of NL-CPO")
"""Has a contract with nobody but FR-OTH."""
ROLES = {CPO: "CPO", TWIN: "CPO", SECOND: "CPO", EMSP: "EMSP", OTHER: "EMSP"}
CONTRACTS = frozenset(
    {frozenset({CPO, EMSP}), frozenset({SECOND, OTHER}), frozenset({TWIN, OTHER})}
)
RULES = HubRules(
    contracts=tuple(" ".join(sorted(str(each.id) for each in pair)) for pair in CONTRACTS)
)
SPOKEN = "2.3.0"
"""Has all modules of 2.2 and 2.2.1."""
_KEY = re.compile(r"\{(\w+)\}")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    folder, versions = tmp_path_factory.mktemp("isolation"), (SPOKEN,)
    async with (
        served(folder / "hub", HUB, hub=RULES, versions=versions) as hub,
        httpx2.AsyncClient(timeout=60) as http,
        AsyncExitStack() as stack,
    ):
        world = World(hub)
        for party, *also in ((CPO, TWIN), (SECOND,), (EMSP,), (OTHER,)):
            each = folder / party.party_id
            await stack.enter_async_context(
                member(world, each, party, http, *also, versions=versions)
            )
        for name, owner in (("CPO", CPO), ("CPO", TWIN), ("SEC", SECOND)):
            secret = location(f"KEPT{owner.party_id}", owner, name=secret_of(owner))
            await put(world.members[name].served, "locations", secret)
        yield world


def secret_of(owner: OwnParty) -> str:
    return f"only of {owner.party_id}"


@dataclass(frozen=True)
class Attempt:
    """One request to the hub.

    Attributes:
        sender: The party whose platform sends it.
        named: The party in ``OCPI-from``, if any.
        to: The party in ``OCPI-to``, if any.
        owner: The party that the message names as the owner of an object.
        interface: The interface.
        operation: The operation.
    """

    sender: OwnParty
    named: OwnParty | None
    to: OwnParty | None
    owner: OwnParty
    interface: Interface
    operation: Operation

    def may_reach(self, party: OwnParty) -> bool:
        """Return whether the message may be sent to a party."""
        name = self.interface.module, self.interface.name
        permission = PERMISSIONS[name]
        roles = permission.read if self.operation.method == "GET" else permission.write
        about = {self.named or self.sender}
        if "party_id" in self.operation.path or self.operation.id == "post_cdr":
            about.add(self.owner)
        return (
            self.named in {None, self.sender, *([TWIN] if self.sender == CPO else [])}
            and ROLES[self.sender] in roles
            and name in interfaces_of([ROLES[party]])
            and all(frozenset({each, party}) in CONTRACTS for each in about)
        )

    def path(self) -> str:
        """Return the path below the version."""
        values = {"country_code": self.owner.country_code, "party_id": self.owner.party_id}
        below = _KEY.sub(lambda found: values.get(found[1], "TRIED"), self.operation.path)
        query = "?response_url=https://127.0.0.1/x&duration=60" * (
            self.interface.module == "chargingprofiles"
        )
        return f"{self.interface.name}/{self.interface.module}{below.rstrip('/')}{query}"

    def body(self) -> Any:
        """Return a body that is valid where it is broadcast or a receiver is found by it."""
        made: dict[str, Any] = {
            "put_location": location("TRIED", self.owner),
            "put_tariff": tariff("TRIED", self.owner),
            "put_token": made_token("TRIED", self.owner),
            "put_session": session("TRIED", self.owner, provider=OTHER),
            "post_cdr": cdr("TRIED", self.owner, provider=OTHER),
        }
        general = {"location_id": "KEPTSEC", "session_id": "TRIED", "reservation_id": "TRIED"}
        return made.get(self.operation.id, general | {"response_url": "https://127.0.0.1/x"})


def attempts() -> Iterator[Attempt]:
    """List all operations, from a CPO and an eMSP, for anybody, in anybody's name."""
    interfaces = bindings_of((SPOKEN,))[SPOKEN].interfaces.values()
    for (sender, victim), interface in itertools.product(
        ((CPO, SECOND), (EMSP, OTHER)), interfaces
    ):
        if not interface.functional:
            continue
        for operation in interface.operations.values():
            for to in (SECOND, EMSP if sender == CPO else CPO, OTHER, HUB, None):
                yield Attempt(sender, sender, to, sender, interface, operation)
            for named, to, owner in (
                (sender, None, victim),
                (sender, HUB, victim),
                (sender, EMSP, victim),
                (victim, OTHER, victim),
                (HUB, OTHER, sender),
            ):
                yield Attempt(sender, named, to, owner, interface, operation)
        if (
            sender == CPO and interface.name == "receiver"
        ):  # its platform has two parties, with different contracts
            for operation in interface.operations.values():
                for named, to, owner in ((CPO, EMSP, TWIN), (TWIN, EMSP, CPO), (TWIN, HUB, CPO)):
                    yield Attempt(sender, named, to, owner, interface, operation)


async def test_nothing_reaches_a_party_that_the_sender_may_not_reach(
    world: World,
) -> None:
    sent: dict[str, Attempt] = {}
    for each in world.members.values():
        each.took.clear()
        each.trouble.headers.clear()
    for number, attempt in enumerate(attempts()):
        at = world.members[attempt.sender.party_id]
        sent[f"try-{number}"] = attempt
        answer = await send(world, at, attempt, f"try-{number}")
        check_answer(attempt, answer)
    await world.hub.platform.settled()
    reached = 0
    for at in world.members.values():
        for exchange in at.took:
            correlation = exchange.request_headers.get("x-correlation-id", "")
            if correlation in sent:
                check_taken(sent[correlation], at, exchange)
                reached += 1
        check_headers(world, at)
    # Those that may be sent are. NL-SEC gets nothing but what the hub itself may have to push.
    assert reached > 50
    assert all(world.members[name].trouble.headers for name in ("CPO", "MSP"))


async def send(world: World, at: Member, attempt: Attempt, correlation: str) -> httpx2.Response:
    headers = {"X-Correlation-ID": correlation}
    if attempt.named is not None:
        headers |= routing("from", attempt.named)
    if attempt.to is not None:
        headers |= routing("to", attempt.to)
    body = None if attempt.operation.body is None else attempt.body()
    url = f"{world.hub.base_url}/{SPOKEN}/{attempt.path()}"
    return await at.call(attempt.operation.method, url, body, **headers)


def check_answer(attempt: Attempt, answer: httpx2.Response) -> None:
    """Check that an answer has nothing of those that the sender may not reach."""
    assert answer.status_code < 500, (attempt, answer.text)
    for owner in (SECOND, TWIN):
        if not attempt.may_reach(owner) and attempt.sender != owner:
            assert secret_of(owner) not in answer.text, attempt
    if attempt.to is not None and attempt.to != HUB and not attempt.may_reach(attempt.to):
        assert answer.json()["status_code"] >= 2000, (attempt, answer.text)


def check_taken(attempt: Attempt, at: Member, exchange: Exchange) -> None:
    """Check that a message was for a party of a platform, and from a party that may send it."""
    headers = exchange.request_headers
    to = headers["ocpi-to-country-code"], headers["ocpi-to-party-id"]
    (party,) = [each for each in ROLES if (each.country_code, each.party_id) == to]
    assert party in {at.party, *([TWIN] if at.party == CPO else [])}
    assert attempt.may_reach(party), (attempt, exchange.url)
    sender = headers["ocpi-from-country-code"], headers["ocpi-from-party-id"]
    speakers = attempt.named or attempt.sender, HUB
    allowed = {(each.country_code, each.party_id) for each in speakers}
    assert sender in allowed, (attempt, sender)


def check_headers(world: World, at: Member) -> None:
    """Check that no token of a sender was forwarded: only the one of the hub arrives."""
    tokens = [
        each.served.platform.partners.open_token(each.hub)
        for each in world.members.values()
        if each is not at
    ]
    for headers in at.trouble.headers:
        text = b"\n".join(name + b": " + value for name, value in headers).decode("latin-1")
        assert not [each for each in tokens if each in text]


async def test_bytes_are_passed_on_as_they_are(world: World) -> None:
    at = world.members["CPO"]
    for to, owner in ((EMSP, CPO), (HUB, CPO)):
        uid = f"RAW{to.party_id}"
        text = msgspec.json.format(msgspec.json.encode(location(uid, owner)), indent=3)
        raw = text.replace(b'"Station square"', b'"Station \\u0073quare"') + b"\n "
        headers = {
            **at.call.headers, **routing("from", CPO), **routing("to", to),
            "Content-Type": "application/json",
        }  # fmt: skip
        url = f"{world.hub.base_url}/{SPOKEN}/receiver/locations/NL/CPO/{uid}"
        done = await at.call.http.put(url, content=raw, headers=headers)
        assert done.json()["status_code"] == 1000, done.text
        taken = await world.members["MSP"].asked(uid, "PUT")
        assert taken.request_body.strip() == raw.strip()


async def test_the_cursor_of_one_is_of_no_use_to_another(world: World) -> None:
    for number in range(3):
        await put(world.members["SEC"].served, "locations", location(f"PAGE{number}", SECOND))
    url = f"{world.hub.base_url}/{SPOKEN}/sender/locations?limit=2"
    routed = routing("from", OTHER) | routing("to", HUB)
    page = await world.members["OTH"].call("GET", url, **routed)
    link = page.headers["link"].partition(";")[0].strip("<>")
    stolen = await world.members["MSP"].call(
        "GET", link, **(routing("from", EMSP) | routing("to", HUB))
    )
    assert {each["party_id"] for each in stolen.json().get("data", [])} <= {"CPO"}
