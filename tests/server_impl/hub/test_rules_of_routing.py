"""The rules on routing of the specification, one by one: what is forwarded, refused, answered here.

Anchors are those of ``transport_and_format.asciidoc`` unless another document is named.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from ocpi_server import OwnParty
from ocpi_server.access_control._reach import may_communicate
from tests.server_impl.hub.conftest import HUB, OTHER, SECOND, World, routing
from tests.server_impl.pair import CPO, EMSP, location
from tests.server_impl.pair import token as made_token
from tests.server_impl.reading import put
from tests.server_impl.samples import cdr, client_info, session, tariff

UNKNOWN = OwnParty("AT", "NON", "EMSP", "Unknown")
STOP = {"session_id": "RULE", "response_url": "https://127.0.0.1/RULE"}
PUSH = "receiver/locations/NL/CPO/RULE"


@dataclass(frozen=True)
class Rule:
    """A request, and what becomes of it.

    Attributes:
        anchor: Where the specification has the rule.
        sender: The party that sends it.
        to: The party in ``OCPI-to``, if any.
        method: The method.
        path: The path below the version.
        code: The OCPI status of the answer.
        body: The body.
        reaches: The parties that are sent it.
    """

    anchor: str
    sender: str
    to: OwnParty | None
    method: str
    path: str
    code: int
    body: Any = None
    reaches: tuple[str, ...] = ()

    def __str__(self) -> str:
        to = "none" if self.to is None else self.to.party_id
        return f"{self.sender}-{self.method}-{self.path.replace('/', '.')}-{to}"


BROADCAST = "transport_and_format_message_routing_broadcast_push"
OPEN = "transport_and_format_message_routing_open_routing_request"
ALL = "transport_and_format_get_all_via_hubs"
CODES = "status_codes.asciidoc#status_codes_4xxx_hub_errors"

RULES = (
    # Data for everybody goes to all that implement the module and have the opposite role.
    Rule(BROADCAST, "CPO", HUB, "PUT", PUSH, 1000, location("RULE"), ("MSP", "OTH")),
    Rule(
        BROADCAST,
        "CPO",
        HUB,
        "PUT",
        "receiver/tariffs/NL/CPO/RULE",
        1000,
        tariff("RULE"),
        ("MSP", "OTH"),
    ),
    Rule(
        BROADCAST,
        "MSP",
        HUB,
        "PUT",
        "receiver/tokens/DE/MSP/RULE",
        1000,
        made_token("RULE"),
        ("CPO", "SEC"),
    ),
    # GET is never broadcast; sessions and CDRs are for one party, and so are requests.
    Rule(BROADCAST, "CPO", HUB, "GET", "receiver/sessions/NL/CPO/RULE", 2001),
    Rule(BROADCAST, "MSP", HUB, "GET", "sender/locations/RULE", 2001),
    Rule(BROADCAST, "CPO", HUB, "POST", "receiver/cdrs", 2001, cdr("RULE")),
    Rule(BROADCAST, "CPO", HUB, "PUT", "receiver/sessions/NL/CPO/RULE", 2001, session("RULE")),
    Rule(BROADCAST, "CPO", HUB, "PATCH", "receiver/sessions/NL/CPO/RULE", 2001, {"kwh": 1.0}),
    Rule(BROADCAST, "MSP", HUB, "POST", "receiver/commands/STOP_SESSION", 2001, STOP),
    Rule(BROADCAST, "MSP", HUB, "DELETE", "receiver/chargingprofiles/RULE", 2001),
    Rule(BROADCAST, "CPO", HUB, "POST", "sender/tokens/RULE/authorize", 2001),
    # Without a receiver: by content, else a push that may be broadcast is, and a GET is not.
    Rule(OPEN, "CPO", None, "PUT", PUSH, 1000, location("RULE"), ("MSP", "OTH")),
    Rule(OPEN, "CPO", None, "POST", "receiver/cdrs", 1000, cdr("RULE2", provider=OTHER), ("OTH",)),
    Rule(OPEN, "MSP", None, "GET", "sender/locations/RULEOFSEC", 1000, None, ("SEC",)),
    Rule(OPEN, "MSP", None, "GET", "sender/locations/NOTHING", 4001),
    Rule(OPEN, "MSP", None, "POST", "receiver/commands/STOP_SESSION", 4001, STOP),
    # All lists, by the name of the hub alone; it answers.
    Rule(ALL, "MSP", HUB, "GET", "sender/locations", 1000, None, ("CPO", "SEC")),
    # Receivers that are not known or not connected.
    Rule(CODES, "CPO", UNKNOWN, "PUT", PUSH, 4001, location("RULE")),
    Rule(CODES, "CPO", SECOND, "PUT", PUSH, 4000, location("RULE")),
    # Errors of the receiver are forwarded.
    Rule(CODES, "CPO", EMSP, "PUT", PUSH, 2001, {"id": "RULE"}, ("MSP",)),
    Rule(CODES, "MSP", CPO, "GET", "sender/locations/ABSENT", 2000, None, ("CPO",)),
)


def asked(world: World, correlation_id: str) -> set[str]:
    """Return the parties that were sent a message."""
    return {
        name
        for name, each in world.members.items()
        if any(one.request_headers.get("x-correlation-id") == correlation_id for one in each.took)
    }


@pytest.mark.parametrize("rule", RULES, ids=str)
async def test_a_rule_of_the_specification(world: World, rule: Rule) -> None:
    await put(world.members["SEC"].served, "locations", location("RULEOFSEC", SECOND))
    await world.ask("MSP", SECOND, "GET", "sender/locations/RULEOFSEC")
    at = world.members[rule.sender]
    await world.hub.platform.pushed()
    for each in world.members.values():
        each.took.clear()
    headers = routing("from", at.party) | {"X-Correlation-ID": str(rule)}
    headers |= routing("to", rule.to) if rule.to is not None else {}
    url = world.hub.url(*rule.path.split("/"))
    done = await at.call(rule.method, url, rule.body, **headers)
    assert done.json()["status_code"] == rule.code, done.text
    assert done.headers["x-request-id"] == "r-1"
    assert done.headers["x-correlation-id"] == str(rule)
    await world.hub.platform.pushed()
    for name in rule.reaches:
        await world.members[name].asked("")
    assert asked(world, str(rule)) == set(rule.reaches)
    check_ids(world, str(rule))
    check_sender(rule, done.headers)


def check_ids(world: World, correlation_id: str) -> None:
    """Check that each request has a new id: none is that of the sender, none comes twice."""
    ids = [
        one.request_headers["x-request-id"]
        for each in world.members.values()
        for one in each.took
        if one.request_headers.get("x-correlation-id") == correlation_id
    ]
    assert "r-1" not in ids
    assert len(set(ids)) == len(ids)


def check_sender(rule: Rule, headers: Mapping[str, str]) -> None:
    """Check the routing headers of the answer: for the sender, from whoever answered."""
    if rule.code >= 2000 and not rule.reaches:
        return
    assert headers["ocpi-to-party-id"] == rule.sender
    answering = rule.to.party_id if rule.to is not None else headers.get("ocpi-from-party-id")
    assert headers.get("ocpi-from-party-id") == answering
    if rule.to is None and len(rule.reaches) == 1:
        assert answering == rule.reaches[0]


@pytest.mark.parametrize("to", [EMSP, HUB, UNKNOWN], ids=lambda each: each.party_id)
async def test_configuration_modules_are_never_routed(world: World, to: OwnParty) -> None:
    """``_message_routing_headers``: credentials, versions and hubclientinfo are not routed."""
    at = world.members["CPO"]
    for each in world.members.values():
        each.took.clear()
    headers = routing("from", CPO) | routing("to", to) | {"X-Correlation-ID": "config"}
    base = world.hub.base_url
    credentials = (await at.call("GET", f"{base}/2.2.1/credentials", **headers)).json()
    assert [role["party_id"] for role in credentials["data"]["roles"]] == ["HUB"]
    for path in ("versions", "2.2.1"):
        answer = await at.call("GET", f"{base}/{path}", **headers)
        assert base in answer.text
    infos = await at.call("GET", f"{base}/2.2.1/sender/hubclientinfo", **headers)
    assert {each["party_id"] for each in infos.json()["data"]} <= {"MSP", "OTH", "LAT"}
    path = "receiver/hubclientinfo/DE/MSP"
    pushed = await at.call("PUT", f"{base}/2.2.1/{path}", client_info(EMSP), **headers)
    assert pushed.status_code == 404 or pushed.json()["status_code"] >= 2000
    assert asked(world, "config") == set()


def test_who_may_communicate_with_whom() -> None:
    """``mod_hub_client_info``: parties know of those that they can communicate with."""
    roles = ("CPO", "EMSP", "NAP", "NSP", "OTHER", "PTP", "SCSP")
    known = {role: {each for each in roles if may_communicate(role, each)} for role in roles}
    assert known == {
        "CPO": {"EMSP", "NAP", "NSP", "OTHER", "PTP", "SCSP"},
        "EMSP": {"CPO", "NAP"},
        "NAP": {"CPO", "EMSP", "NSP", "OTHER", "PTP"},
        "NSP": {"CPO", "NAP"},
        "OTHER": {"CPO", "NAP"},
        "PTP": {"CPO", "NAP"},
        "SCSP": {"CPO"},
    }
    assert all(may_communicate("HUB", each) for each in roles)
