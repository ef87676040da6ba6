"""What a partner may do by its role, and which of its parties may do it."""

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
import pytest_asyncio

from ocpi_server import OwnParty
from ocpi_server.partners import PartnerRole
from tests.server_impl.pair import CPO, EMSP, Caller, Served, location, served, token
from tests.server_impl.registering import guest_of, role
from tests.server_impl.samples import cdr, tariff

OPERATOR = OwnParty("BE", "OPE", "CPO", "Operator")
PROVIDER = OwnParty("BE", "PRO", "EMSP", "Provider")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def host(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    async with served(tmp_path_factory.mktemp("host"), CPO, EMSP) as made:
        yield made


async def caller_of(host: Served, http: httpx2.AsyncClient, *parties: OwnParty) -> Caller:
    """Register a platform of some parties."""
    roles = [PartnerRole(each.role, each.country_code, each.party_id) for each in parties]
    made = await host.platform.issue_token_a("guest", roles=roles)
    async with guest_of(host) as guest:
        listed = [role(each.role, each.party_id, each.country_code) for each in parties]
        answer = await guest.send("POST", made.token, listed)
    assert answer.json()["status_code"] == 1000, answer.text
    return Caller(http, answer.json()["data"]["token"])


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def both(host: Served) -> AsyncIterator[Caller]:
    """Calls as a platform with a CPO and an eMSP, which are two parties."""
    async with httpx2.AsyncClient(timeout=60) as http:
        yield await caller_of(host, http, OPERATOR, PROVIDER)


def place(host: Served, module: str, owner: OwnParty, uid: str) -> str:
    return host.url("receiver", module, owner.country_code, owner.party_id, uid)


@pytest.mark.parametrize(
    ("module", "uid", "body"),
    [("locations", "L1", location("L1", PROVIDER)), ("tariffs", "T1", tariff("T1", PROVIDER))],
)
@pytest.mark.parametrize("method", ["PUT", "PATCH", "GET"])
async def test_an_emsp_party_owns_no_sites(
    host: Served, both: Caller, module: str, uid: str, body: dict[str, Any], method: str
) -> None:
    if (module, method) == ("tariffs", "PATCH"):
        method = "DELETE"
    url = place(host, module, PROVIDER, uid)
    answer = await both(method, url, body if method in {"PUT", "PATCH"} else None)
    assert (answer.status_code, answer.json()["status_code"]) == (404, 2000), answer.text
    assert "The role of BE-PRO in your registration does not allow this" in answer.text


async def test_the_party_with_the_role_does_it(host: Served, both: Caller) -> None:
    for module, body in (
        ("locations", location("L1", OPERATOR)),
        ("tariffs", tariff("L1", OPERATOR)),
    ):
        answer = await both("PUT", place(host, module, OPERATOR, "L1"), body)
        assert answer.status_code == 201, answer.text
    url = f"{place(host, 'tokens', PROVIDER, 'X')}?type=RFID"
    answer = await both("PUT", url, token("X", PROVIDER))
    assert answer.status_code == 201, answer.text


async def test_a_cpo_party_owns_no_tokens_and_charges_with_none(host: Served, both: Caller) -> None:
    url = f"{place(host, 'tokens', OPERATOR, 'Y')}?type=RFID"
    answer = await both("PUT", url, token("Y", OPERATOR))
    assert answer.status_code == 404, answer.text
    start = {
        "response_url": "http://127.0.0.1:9/r",
        "location_id": "L1",
        "token": token("Y", OPERATOR),
    }
    answer = await both("POST", host.url("receiver", "commands", "START_SESSION"), start)
    assert answer.json()["data"]["result"] == "REJECTED", answer.text
    assert "You are not the owner of the token" in answer.text


async def test_an_emsp_party_posts_no_cdrs_beside_a_cpo(host: Served, both: Caller) -> None:
    answer = await both("POST", host.url("receiver", "cdrs"), cdr("C1", PROVIDER))
    assert answer.json()["status_code"] == 2001, answer.text
    assert "/party_id" in answer.text


async def test_the_role_is_checked_before_the_body(host: Served) -> None:
    async with httpx2.AsyncClient(timeout=60) as http:
        emsp = await caller_of(host, http, OwnParty("FR", "ONE", "EMSP", "One"))
        answer = await emsp("POST", host.url("receiver", "cdrs"), {"no": "cdr"})
    assert answer.status_code == 200
    envelope = answer.json()
    assert envelope["status_code"] == 2000
    assert envelope["status_message"] == (
        "The role EMSP may not write to cdrs (RECEIVER); allowed: CPO, HUB."
    )
