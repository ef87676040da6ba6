"""Both roles of 2.1.1 behind one versions URL, and the parties that credentials name."""

import json
from collections.abc import Callable

import pytest

from ocpi_conformance.exchanges.offered import parties_by_role, with_roles
from ocpi_conformance.exchanges.wire import Answer
from ocpi_runtime.client import Endpoint
from ocpi_runtime.parties import CPO, EMSP, PartyRole, offered_by, role_offered
from ocpi_runtime.types import PartyId

MODULES = ("cdrs", "locations", "tokens")
BASE = "https://peer.example/ocpi"
LISTS = {f"{BASE}/cpo/cdrs", f"{BASE}/cpo/locations", f"{BASE}/emsp/tokens"}
LISTED = [
    Endpoint(module, "", f"{BASE}/{role}/{module}")
    for role in ("cpo", "emsp")
    for module in (*MODULES, "credentials")
]
COMMANDS = Endpoint("commands", "", f"{BASE}/emsp/commands")


def answered(*, failing: str = "") -> Callable[[str], Answer]:
    def ask(url: str) -> Answer:
        if url not in LISTS:
            return Answer(404, {}, b"not found")
        code = 3000 if url.endswith(failing) and failing else 1000
        headers = {} if code > 1000 else {"x-total-count": "0"}
        return Answer(200, headers, json.dumps({"data": [], "status_code": code}).encode())

    return ask


@pytest.mark.parametrize("failing", ["", "cdrs"], ids=["all lists", "a list that fails"])
@pytest.mark.parametrize("role", [CPO, EMSP])
def test_the_urls_of_a_role_are_distinguished_from_those_of_the_other(
    role: PartyRole, failing: str
) -> None:
    found = with_roles([*LISTED, COMMANDS], answered(failing=failing), role)
    own = [one for one in found if f"/{role.lower()}/" in one.url]
    assert {one.module for one in own} >= {*MODULES, "credentials"}
    assert own == found
    assert ("commands" in {one.module for one in found}) is (role == EMSP)
    interfaces = {one.module: one.role for one in found}
    of_cpo, of_emsp = ("SENDER", "RECEIVER"), ("RECEIVER", "SENDER")
    assert (interfaces["locations"], interfaces["tokens"]) == (of_cpo if role == CPO else of_emsp)


def test_without_a_role_both_interfaces_are_returned() -> None:
    found = with_roles(LISTED, answered(), None)
    pairs = {(one.module, one.role) for one in found}
    assert pairs == {(name, role) for name in MODULES for role in ("SENDER", "RECEIVER")} | {
        ("credentials", "")
    }


def test_modules_that_are_listed_once_take_the_role_of_the_party() -> None:
    once = [one for one in LISTED if "/cpo/" in one.url]
    asked: list[str] = []

    def ask(url: str) -> Answer:
        asked.append(url)
        return Answer(0)

    found = {one.module: one.role for one in with_roles(once, ask, CPO)}
    assert found == {
        "cdrs": "SENDER", "locations": "SENDER", "tokens": "RECEIVER", "credentials": "",
    }  # fmt: skip
    assert asked == []


def test_each_role_has_the_first_party_that_credentials_name_for_it() -> None:
    named = [("CPO", "NL", "CPO"), ("EMSP", "NL", "MSP"), ("EMSP", "DE", "TWO")]
    roles = [dict(zip(("role", "country_code", "party_id"), one, strict=True)) for one in named]
    assert parties_by_role({"roles": [*roles, {"role": "HUB"}, "none"]}) == {
        "CPO": PartyId("NL", "CPO"),
        "EMSP": PartyId("NL", "MSP"),
    }
    assert parties_by_role({"country_code": "NL", "party_id": "CPO"}) == {}


@pytest.mark.parametrize("module", ["tokens", "commands", "chargingprofiles"])
def test_a_cpo_receives_tokens_commands_and_charging_profiles(module: str) -> None:
    assert (offered_by(module, "receiver"), offered_by(module, "sender")) == (CPO, EMSP)
    assert (role_offered(module, CPO), role_offered(module, EMSP)) == ("RECEIVER", "SENDER")
