"""Which parties and roles a partner gets: those of its invitation, or what an operator approves."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
import pytest_asyncio

from ocpi_runtime.types import PartyId
from ocpi_server.partners import PartiesTaken, PartnerRecord, PartnerRole, Status
from tests.server_impl.pair import CPO, served
from tests.server_impl.registering import RegisteringPartner, guest_of, role

MSP = PartnerRole("EMSP", "DE", "MSP")


@pytest_asyncio.fixture(loop_scope="session")
async def guest(tmp_path: Path) -> AsyncIterator[RegisteringPartner]:
    async with served(tmp_path, CPO, max_roles=2500) as host, guest_of(host) as made:
        yield made


async def registered(
    guest: RegisteringPartner, *roles: dict[str, Any], **invitation: Any
) -> tuple[str, str]:
    """Register a partner; return its key and its token."""
    made = await guest.host.platform.issue_token_a("guest", **invitation)
    answer = await guest.send("POST", made.token, roles)
    assert answer.json()["status_code"] == 1000, answer.text
    return made.partner_id, answer.json()["data"]["token"]


async def renewed(guest: RegisteringPartner, token: str, *roles: dict[str, Any]) -> str:
    answer = await guest.send("PUT", token, roles)
    assert answer.json()["status_code"] == 1000, answer.text
    return str(answer.json()["data"]["token"])


async def known(guest: RegisteringPartner, partner_id: str) -> tuple[set[str], set[str]]:
    """Return the roles in force and those that wait."""
    record: PartnerRecord = await guest.host.platform.partner(partner_id)
    return {str(each) for each in record.roles}, {str(each) for each in record.claimed}


def refused(answer: httpx2.Response, *pointers: str) -> bool:
    assert (answer.status_code, answer.json()["status_code"]) == (200, 2001), answer.text
    return all(pointer in answer.text for pointer in pointers)


async def test_claims_beyond_the_invitation_are_refused(guest: RegisteringPartner) -> None:
    made = await guest.host.platform.issue_token_a("guest", roles=[MSP])
    for other in (role(party_id="OTH"), role("CPO"), role("HUB")):
        assert refused(await guest.send("POST", made.token, [role(), other]), "/roles/1")
    assert await guest.status(made.token) == 200
    answer = await guest.send("POST", made.token, [role(party_id="msp", country_code="de")])
    assert answer.json()["status_code"] == 1000


async def test_without_names_all_waits_for_approval(guest: RegisteringPartner) -> None:
    key, token = await registered(guest, role(), role("CPO"), approval=True)
    assert await known(guest, key) == (set(), {"DE-MSP:EMSP", "DE-MSP:CPO"})
    assert await guest.status(token, "credentials") == 200
    assert await guest.status(token, "sender", "locations") == 401
    platform = guest.host.platform
    assert await platform.partners.registered() == []
    assert await platform.partners.of_party(PartyId("DE", "MSP")) is None
    await platform.administration.approve(key, [MSP])
    assert await known(guest, key) == ({"DE-MSP:EMSP"}, {"DE-MSP:CPO"})
    assert await guest.status(token, "sender", "locations") == 200
    await platform.administration.reject(key)
    assert await known(guest, key) == ({"DE-MSP:EMSP"}, set())
    assert [each.id for each in await platform.partners.registered()] == [key]


async def test_a_renewal_that_adds_parties_or_roles_waits(guest: RegisteringPartner) -> None:
    key, token = await registered(guest, role(), role("NSP"))
    token = await renewed(guest, token, role(), role(party_id="NEW"), role("CPO"))
    # What was left out has ended at once.
    assert await known(guest, key) == ({"DE-MSP:EMSP"}, {"DE-NEW:EMSP", "DE-MSP:CPO"})
    token = await renewed(guest, token, role(), role("NSP"))
    assert await known(guest, key) == ({"DE-MSP:EMSP"}, {"DE-MSP:NSP"})
    await guest.host.platform.administration.approve(key)
    await renewed(guest, token, role(), role("NSP"))
    assert await known(guest, key) == ({"DE-MSP:EMSP", "DE-MSP:NSP"}, set())


async def test_a_renewal_may_add_what_the_invitation_named(guest: RegisteringPartner) -> None:
    named = [MSP, PartnerRole("CPO", "DE", "MSP")]
    key, token = await registered(guest, role(), roles=named)
    await renewed(guest, token, role(), role("CPO"), role("NSP"))
    assert await known(guest, key) == ({"DE-MSP:EMSP", "DE-MSP:CPO"}, {"DE-MSP:NSP"})


async def test_nobody_makes_itself_a_hub(guest: RegisteringPartner) -> None:
    key, token = await registered(guest, role(), role("HUB"))
    assert await known(guest, key) == ({"DE-MSP:EMSP"}, {"DE-MSP:HUB"})
    await renewed(guest, token, role("HUB"))
    assert await known(guest, key) == (set(), {"DE-MSP:HUB"})
    named = [PartnerRole("HUB", "DE", "HUB")]
    key, _ = await registered(guest, role("HUB", "HUB"), roles=named)
    assert await known(guest, key) == ({"DE-HUB:HUB"}, set())


async def test_a_party_stays_reserved_for_who_had_it(guest: RegisteringPartner) -> None:
    platform = guest.host.platform
    key, token = await registered(guest, role(), role(party_id="TWO"))
    token = await renewed(guest, token, role())
    thief = await platform.issue_token_a("thief")
    for stolen in ("MSP", "TWO"):
        answer = await guest.send("POST", thief.token, [role(party_id=stolen)])
        assert refused(answer, "/roles/0")
    await platform.partners.part(await platform.partner(key))
    answer = await guest.send("POST", thief.token, [role(party_id="new"), role()])
    assert refused(answer, "/roles/1")
    assert set(await platform.administration.reserved()) == {("DE", "MSP"), ("DE", "TWO")}
    again = await platform.issue_token_a("guest", partner_id=key)
    assert (await guest.send("POST", again.token, [role()])).json()["status_code"] == 1000
    await platform.administration.release(PartyId("DE", "TWO"))
    answer = await guest.send("POST", thief.token, [role(party_id="TWO")])
    assert answer.json()["status_code"] == 1000


async def test_a_claim_is_not_approved_for_a_party_that_was_taken_since(
    guest: RegisteringPartner,
) -> None:
    platform = guest.host.platform
    first, _ = await registered(guest, role(), approval=True)
    await registered(guest, role("NSP"))
    with pytest.raises(PartiesTaken):
        await platform.administration.approve(first)
    assert await known(guest, first) == (set(), {"DE-MSP:EMSP"})


@pytest.mark.parametrize("blank", ["", "  "])
@pytest.mark.parametrize("field", ["party_id", "country_code"])
async def test_a_blank_party_is_refused(guest: RegisteringPartner, field: str, blank: str) -> None:
    made = await guest.host.platform.issue_token_a("guest")
    answer = await guest.send("POST", made.token, [role(), role("CPO", **{field: blank})])
    assert refused(answer, f"/roles/1/{field}")


@pytest.mark.parametrize("version", ["2.0", "2.1.1", "2.3.0"])
@pytest.mark.parametrize("field", ["party_id", "country_code"])
async def test_a_blank_party_is_refused_in_all_versions(
    tmp_path: Path, version: str, field: str
) -> None:
    async with (
        served(tmp_path, CPO, versions=(version,)) as host,
        httpx2.AsyncClient(timeout=60) as http,
    ):
        made = await host.platform.issue_token_a("guest")
        below = made.versions_url.removesuffix("versions")
        named = {**role(), field: ""}
        document: dict[str, Any] = {"token": "b", "url": "http://127.0.0.1:9/versions"}
        document |= named if version < "2.2" else {"roles": [named]}
        answer = await http.post(
            f"{below}{version}/credentials",
            json=document,
            headers={"Authorization": f"Token {made.token}"},
        )
        assert refused(answer, f"/{field}")


async def test_a_hundred_faults_are_listed_and_no_more(guest: RegisteringPartner) -> None:
    made = await guest.host.platform.issue_token_a("guest")
    answer = await guest.send("POST", made.token, [role() for _ in range(150)])
    assert refused(answer, *(f"/roles/{at}" for at in (1, 99, 100)))
    assert "/roles/101" not in answer.text


async def test_ten_roles_of_the_invitation_are_listed_and_no_more(
    guest: RegisteringPartner,
) -> None:
    named = [PartnerRole("EMSP", "DE", f"P{at:02}") for at in range(12)]
    made = await guest.host.platform.issue_token_a("guest", roles=named)
    answer = await guest.send("POST", made.token, [role()])
    assert refused(answer, *(str(each) for each in named[:10]))
    assert "DE-P10" not in answer.text


async def test_two_thousand_parties_are_registered_and_renewed(guest: RegisteringPartner) -> None:
    roles = [role(party_id=f"{at:03X}", country_code="DE") for at in range(2000)]
    key, token = await registered(guest, *roles)
    assert len((await guest.host.platform.partner(key)).parties) == 2000
    token = await renewed(guest, token, *roles[1:])
    assert len((await guest.host.platform.partner(key)).parties) == 1999
    reserved = await guest.host.platform.administration.reserved()
    assert set(reserved) == {("DE", "000")}
    answer = await guest.send(
        "PUT", token, [*roles, *(role("CPO", f"{at:03X}") for at in range(501))]
    )
    assert refused(answer, "/roles")


async def test_a_token_twice_with_another_type_is_2001(guest: RegisteringPartner) -> None:
    _, token = await registered(guest, role())
    text = b'{"token": 1, "token": "b", "url": "http://127.0.0.1:9/versions", "roles": []}'
    async with httpx2.AsyncClient(timeout=60) as http:
        answer = await http.put(
            guest.host.url("credentials"),
            content=text,
            headers={"Authorization": f"Token {token}", "Content-Type": "application/json"},
        )
    assert (answer.status_code, answer.json()["status_code"]) == (200, 2001), answer.text


async def test_an_ended_partner_is_known_by_its_key(guest: RegisteringPartner) -> None:
    key, token = await registered(guest, role())
    await guest.host.platform.partners.part(await guest.host.platform.partner(key))
    assert await guest.status(token) == 401
    assert (await guest.host.platform.partner(key)).status is Status.UNREGISTERED
