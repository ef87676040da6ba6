"""Tokens that an eMSP pushes, lists and authorizes."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from ocpi_runtime.errors import OcpiError
from tests.server_impl.pair import CPO, EMSP, Caller, Pair, introduce, served, token

NEWER = "2026-02-02T02:02:02Z"


async def own(pair: Pair, **more: Any) -> None:
    await pair.emsp.platform.put_own("tokens", msgspec.json.encode(token(**more)))


async def test_a_pushed_token_is_read_back(pair: Pair) -> None:
    taken = await pair.emsp.platform.push_token(msgspec.json.encode(token()))
    await pair.emsp.platform.pushed()
    assert taken == (pair.at_emsp.id,)
    peer = pair.emsp.platform.clients.peer(pair.at_emsp)
    assert (await peer.tokens.get_stored_token("DE", "MSP", "token1")).uid == "TOKEN1"


async def test_the_type_is_part_of_the_identity(pair: Pair, as_emsp: Caller) -> None:
    url = pair.cpo.url("receiver", "tokens", "DE", "MSP", "TOKEN1")
    rfid, app = token(), token(type="APP_USER")
    assert (await as_emsp("PUT", url, rfid)).status_code == 201
    assert (await as_emsp("PUT", f"{url}?type=APP_USER", app)).status_code == 201
    assert (await as_emsp("GET", url)).json()["data"] == rfid
    assert (await as_emsp("GET", f"{url}?type=APP_USER")).json()["data"] == app
    assert (await as_emsp("GET", f"{url}?type=OTHER")).status_code == 404
    mismatch = await as_emsp("PUT", url, app)
    assert mismatch.json()["status_code"] == 2001
    assert "/type" in mismatch.text


async def test_patch_invalidates_a_token(pair: Pair, as_emsp: Caller) -> None:
    url = pair.cpo.url("receiver", "tokens", "DE", "MSP", "TOKEN1")
    await as_emsp("PUT", url, token())
    patch = {"valid": False, "last_updated": NEWER}
    assert (await as_emsp("PATCH", url, patch)).json()["status_code"] == 1000
    assert (await as_emsp("GET", url)).json()["data"] == {**token(), **patch}


async def test_patch_of_an_unknown_token_is_2004(pair: Pair, as_emsp: Caller) -> None:
    url = pair.cpo.url("receiver", "tokens", "DE", "MSP", "NONE")
    answer = await as_emsp("PATCH", url, {"valid": False, "last_updated": NEWER})
    assert (answer.status_code, answer.json()["status_code"]) == (200, 2004)


async def test_authorization_of_a_valid_token(pair: Pair) -> None:
    await own(pair)
    info = await pair.cpo.platform.authorize(
        pair.at_cpo, "token1", location=b'{"location_id":"LOC1","evse_uids":["E1"]}'
    )
    assert info.allowed == "ALLOWED"
    assert info.token.uid == "TOKEN1"
    assert info.location
    assert info.location.location_id == "LOC1"
    assert info.authorization_reference


async def test_authorization_of_an_invalid_token(pair: Pair, as_cpo: Caller) -> None:
    await own(pair, valid=False)
    url = pair.emsp.url("sender", "tokens", "TOKEN1", "authorize")
    data = (await as_cpo("POST", url)).json()["data"]
    assert data["allowed"] == "BLOCKED"
    assert "authorization_reference" not in data


async def test_an_unknown_token_is_404_with_2004(pair: Pair, as_cpo: Caller) -> None:
    await own(pair)
    for path in ("NONE/authorize", "TOKEN1/authorize?type=APP_USER"):
        url = f"{pair.emsp.url('sender', 'tokens')}/{path}"
        answer = await as_cpo("POST", url)
        assert (answer.status_code, answer.json()["status_code"]) == (404, 2004)
        assert "data" not in answer.json()


async def test_a_location_can_be_asked_for(tmp_path: Path) -> None:
    async with (
        served(tmp_path / "a", CPO) as cpo,
        served(tmp_path / "b", EMSP, authorize_needs_location=True) as emsp,
    ):
        made = await introduce(cpo, emsp)
        await own(made)
        with pytest.raises(OcpiError) as raised:
            await cpo.platform.authorize(made.at_cpo, "TOKEN1")
        assert (raised.value.http_status, raised.value.status_code) == (200, 2002)


async def test_tokens_are_listed(pair: Pair) -> None:
    await own(pair)
    await own(pair, uid="TOKEN2")
    peer = pair.cpo.platform.clients.peer(pair.at_cpo)
    assert [each.uid async for each in peer.tokens.get_tokens(limit=1)] == ["TOKEN1", "TOKEN2"]
