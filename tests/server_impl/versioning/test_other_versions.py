"""What differs for partners of single versions beyond the shape of objects."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from ocpi_runtime.types import PartyId
from ocpi_server.store import Key
from tests.server_impl.pair import Pair, calling, paired, token
from tests.server_impl.reading import received

OLD = ("2.0", "2.1.1")


@pytest_asyncio.fixture(scope="module", loop_scope="session", params=OLD)
async def old(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Pair]:
    async with paired(tmp_path_factory.mktemp("old"), versions=(request.param,)) as made:
        yield made


def _token(version: str, **more: Any) -> dict[str, Any]:
    stamp = {} if version == "2.0" else {"last_updated": "2026-01-01T10:00:00Z"}
    known = {"auth_id": "DE-MSP-1", "visual_number": "1", "issuer": "Example", "valid": True}
    return {
        "type": "RFID",
        "whitelist": "ALLOWED",
        "allow_whitelist": True,
        **known,
        **stamp,
        **more,
    }


async def _types_of(old: Pair, uid: str) -> list[str]:
    """Return the types of the tokens with a uid; each is found by the type in its text."""
    known = await received(old.cpo, "tokens", old.at_cpo.id)
    types = [each["type"] for each in known if each["uid"] == uid]
    owner = PartyId("DE", "MSP")
    for kind in types:
        key = Key.of("tokens", owner, uid, kind, holder=old.at_cpo.company)
        assert await old.cpo.platform.parts.store.get(key) is not None
    return types


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
async def test_a_token_may_come_to_be_of_another_type(old: Pair, method: str) -> None:
    version = old.at_emsp.version or ""
    base = next(each.url for each in old.at_emsp.endpoints if each.module == "tokens")
    uid = f"TYPED-{method}"
    url = f"{base}/DE/MSP/{uid}"
    async with calling(old.cpo, old.emsp, old.at_emsp) as call:
        first = _token(version, uid=uid)
        assert (await call("PUT", url, first)).json()["status_code"] == 1000
        news = {**first, "type": "OTHER"}
        change = news if method == "PUT" else {"type": "OTHER", **_stamp(first)}
        assert (await call(method, url, change)).json()["status_code"] == 1000
        assert (await call("GET", url)).json()["data"] == news
        assert await _types_of(old, uid) == ["OTHER"]
        back = first if method == "PUT" else {"type": "RFID", **_stamp(first)}
        assert (await call(method, url, back)).json()["status_code"] == 1000
        assert (await call("GET", url)).json()["data"] == first
        assert await _types_of(old, uid) == ["RFID"]
        other = await call("PUT", url, {**news, "uid": "OTHER-UID"})
        assert other.json()["status_code"] == 2001
        if "last_updated" in first:
            older = {**news, "last_updated": "2020-01-01T00:00:00Z"}
            assert (await call("PUT", url, older)).json()["status_code"] == 1000
        assert (await call("GET", url)).json()["data"] == first


def _stamp(known: dict[str, Any]) -> dict[str, Any]:
    return {name: known[name] for name in ("last_updated",) if name in known}


@pytest.mark.parametrize(
    ("moment", "code"),
    [("2026-01-01T10:00:00%2B01:00", 1000), ("0001-01-01T00:00:00%2B14:00", 2001)],
)
async def test_a_moment_with_an_offset_in_a_query(old: Pair, moment: str, code: int) -> None:
    base = next(each.url for each in old.at_emsp.endpoints if each.module == "cdrs")
    async with calling(old.cpo, old.emsp, old.at_emsp) as call:
        answer = await call("GET", f"{base}?date_from={moment}")
    assert answer.json()["status_code"] == (code if old.at_emsp.version == "2.0" else 2001)


async def test_a_price_beyond_all_numbers_is_kept(old: Pair) -> None:
    if old.at_emsp.version != "2.0":
        pytest.skip("numbers are text in 2.0 only")
    base = next(each.url for each in old.at_cpo.endpoints if each.module == "tariffs")
    url = f"{base}/NL/CPO/HUGE"
    component = {"type": "FLAT", "price": "1E8000000000000000000", "step_size": 1}
    tariff = {"id": "HUGE", "currency": "EUR", "elements": [{"price_components": [component]}]}
    async with calling(old.emsp, old.cpo, old.at_cpo) as call:
        assert (await call("PUT", url, tariff)).status_code == 201
        assert (await call("GET", url)).json()["data"] == tariff


async def test_a_type_without_a_name_is_none_of_those_that_have_one(tmp_path: Path) -> None:
    """From 2.3.0 on a type may be any text; left out of the URL it is RFID."""
    async with paired(tmp_path, versions=("2.3.0",)) as made:
        base = next(
            each.url
            for each in made.at_emsp.endpoints
            if (each.module, each.role) == ("tokens", "RECEIVER")
        )
        async with calling(made.cpo, made.emsp, made.at_emsp) as call:
            url, sent = f"{base}/DE/MSP/ODD", token("ODD", type="")
            assert (await call("PUT", f"{url}?type=", sent)).status_code == 201
            assert (await call("GET", f"{url}?type=")).json()["data"] == sent
            assert (await call("GET", url)).status_code == 404
