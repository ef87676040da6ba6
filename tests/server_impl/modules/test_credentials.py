"""The states of a registration, over sockets."""

import asyncio
from pathlib import Path
from typing import Any

import httpx2
import pytest

from ocpi_runtime.errors import (
    ClientApiUnusable,
    MethodNotAllowed,
    NotAuthorized,
    OcpiError,
)
from ocpi_server import UrlRules
from ocpi_server.partners import Status, WrongState
from tests.server_impl.pair import CPO, EMSP, Caller, Pair, calling, served


def credentials(token: str, url: str, **role: Any) -> dict[str, Any]:
    """Credentials of one eMSP."""
    known = {"role": "EMSP", "party_id": "MSP", "country_code": "DE"}
    return {
        "token": token,
        "url": url,
        "roles": [{**known, "business_details": {"name": "Other"}, **role}],
    }


async def test_both_sides_know_each_other_after_registration(pair: Pair) -> None:
    assert pair.at_cpo.status is Status.REGISTERED
    assert pair.at_emsp.status is Status.REGISTERED
    assert {str(party) for party in pair.at_cpo.parties} == {"DE-MSP"}
    assert {str(party) for party in pair.at_emsp.parties} == {"NL-CPO"}
    assert pair.at_cpo.version == pair.at_emsp.version == "2.2.1"
    assert {str(each) for each in pair.at_emsp.endpoints} >= {"locations (SENDER)"}


async def test_token_a_opens_nothing_once_it_was_used(tmp_path: Path) -> None:
    async with served(tmp_path / "a", CPO) as cpo, served(tmp_path / "b", EMSP) as emsp:
        invitation = await cpo.platform.issue_token_a("guest")
        async with httpx2.AsyncClient(timeout=60) as http:
            caller = Caller(http, invitation.token)
            assert (await caller("GET", invitation.versions_url)).status_code == 200
            refused = await caller("GET", cpo.url("sender", "locations"))
            assert refused.status_code == 401
            await emsp.platform.register_with(invitation.versions_url, invitation.token)
            assert (await caller("GET", invitation.versions_url)).status_code == 401


async def test_get_credentials_repeats_the_token_in_use(pair: Pair, as_emsp: Caller) -> None:
    answer = await as_emsp("GET", pair.cpo.url("credentials"))
    data = answer.json()["data"]
    assert data["token"] == pair.emsp.platform.partners.open_token(pair.at_emsp)
    assert data["url"] == f"{pair.cpo.base_url}/versions"
    assert data["roles"][0]["party_id"] == "CPO"


async def test_post_by_a_registered_partner_is_405(pair: Pair, as_emsp: Caller) -> None:
    body = credentials("new", f"{pair.emsp.base_url}/versions")
    answer = await as_emsp("POST", pair.cpo.url("credentials"), body)
    assert answer.status_code == 405
    assert set(answer.headers["allow"].split(", ")) == {"GET", "PUT", "DELETE"}
    assert answer.json()["status_code"] == 2000


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
async def test_put_and_delete_before_registration_are_405(tmp_path: Path, method: str) -> None:
    async with served(tmp_path, CPO) as cpo, httpx2.AsyncClient(timeout=60) as http:
        invitation = await cpo.platform.issue_token_a("guest")
        body = credentials("b", "http://127.0.0.1:9/versions") if method == "PUT" else None
        answer = await Caller(http, invitation.token)(method, cpo.url("credentials"), body)
        assert answer.status_code == 405
        assert set(answer.headers["allow"].split(", ")) == {"GET", "POST"}


async def test_a_versions_url_that_cannot_be_read_is_3001_and_changes_nothing(
    tmp_path: Path,
) -> None:
    async with served(tmp_path, CPO) as cpo, httpx2.AsyncClient(timeout=60) as http:
        invitation = await cpo.platform.issue_token_a("guest")
        caller = Caller(http, invitation.token)
        body = credentials("b", "http://127.0.0.1:9/versions")
        answer = await caller("POST", cpo.url("credentials"), body)
        assert (answer.status_code, answer.json()["status_code"]) == (200, 3001)
        record = await cpo.platform.partner(invitation.partner_id)
        assert record.status is Status.INVITED
        assert (await caller("GET", invitation.versions_url)).status_code == 200


async def test_a_partner_without_the_modules_that_are_needed_is_3003(tmp_path: Path) -> None:
    async with (
        served(tmp_path / "a", CPO, required_modules=frozenset({"payments"})) as cpo,
        served(tmp_path / "b", EMSP) as emsp,
    ):
        invitation = await cpo.platform.issue_token_a("guest")
        with pytest.raises(OcpiError) as raised:
            await emsp.platform.register_with(invitation.versions_url, invitation.token)
        assert raised.value.status_code == 3003
        assert await emsp.platform.partners.every() == []


async def test_a_partner_of_another_version_is_3002(tmp_path: Path) -> None:
    def versions(request: httpx2.Request) -> httpx2.Response:
        known = [{"version": "1.0", "url": "http://127.0.0.1:9/1.0"}]
        now = "2026-01-01T00:00:00Z"
        return httpx2.Response(200, json={"status_code": 1000, "timestamp": now, "data": known})

    async with served(tmp_path, CPO) as cpo, httpx2.AsyncClient(timeout=60) as http:
        invitation = await cpo.platform.issue_token_a("guest")
        for node in cpo.nodes:
            await node.clients.http.aclose()
            node.clients.http = httpx2.AsyncClient(transport=httpx2.MockTransport(versions))
        body = credentials("b", "http://127.0.0.1:9/versions")
        answer = await Caller(http, invitation.token)("POST", cpo.url("credentials"), body)
        assert (answer.status_code, answer.json()["status_code"]) == (200, 3002)


async def test_a_party_twice_in_one_role_is_2001(tmp_path: Path) -> None:
    async with served(tmp_path, CPO) as cpo, httpx2.AsyncClient(timeout=60) as http:
        invitation = await cpo.platform.issue_token_a("guest")
        body = credentials("b", "http://127.0.0.1:9/versions")
        body["roles"].append({**body["roles"][0], "party_id": "msp"})
        answer = await Caller(http, invitation.token)("POST", cpo.url("credentials"), body)
        assert answer.json()["status_code"] == 2001
        assert "/roles/1" in answer.text


async def test_parties_of_somebody_else_are_refused(tmp_path: Path, pair: Pair) -> None:
    async with served(tmp_path / "c", EMSP) as thief:
        invitation = await pair.cpo.platform.issue_token_a("thief")
        with pytest.raises(OcpiError) as raised:
            await thief.platform.register_with(invitation.versions_url, invitation.token)
        assert raised.value.status_code == 2001
    async with served(tmp_path / "d", CPO) as mirror:
        invitation = await pair.cpo.platform.issue_token_a("mirror")
        with pytest.raises(OcpiError) as raised:
            await mirror.platform.register_with(invitation.versions_url, invitation.token)
        assert raised.value.status_code == 2001


async def test_put_rotates_both_tokens(own_pair: Pair) -> None:
    cpo, emsp = own_pair.cpo, own_pair.emsp
    old_here = cpo.platform.partners.open_token(own_pair.at_cpo)
    async with calling(cpo, emsp, own_pair.at_emsp) as old:
        renewed = await emsp.platform.renew(own_pair.at_emsp)
        assert (await old("GET", cpo.url("credentials"))).status_code == 401
    async with calling(cpo, emsp, renewed) as new:
        assert (await new("GET", cpo.url("credentials"))).status_code == 200
    at_cpo = await cpo.platform.partner(own_pair.at_cpo.id)
    assert cpo.platform.partners.open_token(at_cpo) != old_here
    peer = cpo.platform.clients.peer(at_cpo)
    assert (await peer.credentials.get_credentials()).url == f"{emsp.base_url}/versions"


async def test_after_unregistering_the_tokens_of_both_sides_are_refused(own_pair: Pair) -> None:
    cpo, emsp = own_pair.cpo, own_pair.emsp
    async with (
        calling(cpo, emsp, own_pair.at_emsp) as as_emsp,
        calling(emsp, cpo, own_pair.at_cpo) as as_cpo,
    ):
        await emsp.platform.unregister(own_pair.at_emsp)
        assert (await as_emsp("GET", cpo.url("credentials"))).status_code == 401
        assert (await as_cpo("GET", emsp.url("credentials"))).status_code == 401
    record = await cpo.platform.partner(own_pair.at_cpo.id)
    assert record.status is Status.UNREGISTERED
    assert record.sealed_token is None


async def test_an_unregistered_partner_can_be_invited_again(own_pair: Pair) -> None:
    await own_pair.emsp.platform.unregister(own_pair.at_emsp)
    platform = own_pair.cpo.platform
    invitation = await platform.issue_token_a("again", partner_id=own_pair.at_cpo.id)
    await own_pair.emsp.platform.register_with(invitation.versions_url, invitation.token)
    assert (await platform.partner(own_pair.at_cpo.id)).status is Status.REGISTERED


async def test_a_registered_partner_is_not_registered_over(own_pair: Pair) -> None:
    cpo, emsp = own_pair.cpo.platform, own_pair.emsp.platform
    with pytest.raises(WrongState, match="already registered"):
        await cpo.issue_token_a("again", partner_id=own_pair.at_cpo.id)
    invitation = await cpo.issue_token_a("another")
    with pytest.raises(WrongState, match="already registered"):
        await emsp.register_with(
            invitation.versions_url, invitation.token, partner_id=own_pair.at_emsp.id
        )
    assert (await emsp.partner(own_pair.at_emsp.id)).status is Status.REGISTERED


async def test_a_wrong_token_a_leaves_nothing_behind(tmp_path: Path, pair: Pair) -> None:
    async with served(tmp_path / "c", EMSP) as emsp:
        with pytest.raises(NotAuthorized):
            await emsp.platform.register_with(pair.cpo.platform.versions_url, "wrong")
        assert await emsp.platform.partners.every() == []


async def test_private_addresses_are_not_called_unless_allowed(tmp_path: Path) -> None:
    strict = served(tmp_path / "a", CPO, urls=UrlRules())
    async with strict as cpo, served(tmp_path / "b", EMSP) as emsp:
        invitation = await cpo.platform.issue_token_a("guest")
        with pytest.raises(ClientApiUnusable):
            await emsp.platform.register_with(invitation.versions_url, invitation.token)


@pytest.mark.sqlite
async def test_tokens_are_neither_stored_nor_shown(tmp_path: Path, own_pair: Pair) -> None:
    secrets = {
        own_pair.emsp.platform.partners.open_token(own_pair.at_emsp),
        own_pair.cpo.platform.partners.open_token(own_pair.at_cpo),
    }
    content = b"".join(file.read_bytes() for file in _files(tmp_path))
    assert b"NL" in content
    assert not any(secret.encode() in content for secret in secrets)
    shown = repr(
        (own_pair.at_cpo, own_pair.at_emsp, await own_pair.cpo.platform.issue_token_a("x"))
    )
    assert not any(secret in shown for secret in secrets)
    assert (tmp_path / "cpo" / "ocpi.key").stat().st_mode & 0o077 == 0


async def test_of_two_registrations_with_one_token_a_one_gets_in(tmp_path: Path) -> None:
    async with served(tmp_path / "a", CPO) as cpo, served(tmp_path / "b", EMSP) as emsp:
        invitation = await cpo.platform.issue_token_a("guest")
        done = await asyncio.gather(
            *(
                emsp.platform.register_with(invitation.versions_url, invitation.token)
                for _ in range(2)
            ),
            return_exceptions=True,
        )
        failed = [each for each in done if isinstance(each, BaseException)]
        assert len(failed) == 1
        assert isinstance(failed[0], (MethodNotAllowed, NotAuthorized))
        assert len(await emsp.platform.partners.every()) == 1


def _files(directory: Path) -> list[Path]:
    return list(directory.rglob("ocpi.sqlite*"))
