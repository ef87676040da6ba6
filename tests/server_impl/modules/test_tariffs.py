"""Tariffs: pushed, read back, deleted."""

import msgspec
import pytest

from ocpi_runtime.errors import NotFound
from tests.server_impl.pair import CPO, Caller, Pair
from tests.server_impl.samples import tariff


async def test_a_tariff_is_pushed_and_deleted(pair: Pair, as_cpo: Caller) -> None:
    publisher = pair.cpo.platform.publisher
    url = pair.emsp.url("receiver", "tariffs", "NL", "CPO", "T1")
    assert await publisher.tariff(msgspec.json.encode(tariff())) == (pair.at_cpo.id,)
    await pair.cpo.platform.pushed()
    assert (await as_cpo("GET", url)).json()["data"] == tariff()
    assert await publisher.remove_tariff(CPO.id, "T1") == (pair.at_cpo.id,)
    await pair.cpo.platform.pushed()
    assert (await as_cpo("GET", url)).status_code == 404
    again = await as_cpo("DELETE", url)
    assert (again.status_code, again.json()["status_code"]) == (200, 2000)
    with pytest.raises(NotFound):
        await publisher.remove_tariff(CPO.id, "T1")


async def test_tariffs_are_listed_without_those_that_were_deleted(pair: Pair) -> None:
    for number in range(5):
        await pair.cpo.platform.put_own("tariffs", msgspec.json.encode(tariff(f"T{number}")))
    await pair.cpo.platform.publisher.remove_tariff(CPO.id, "T2")
    await pair.cpo.platform.pushed()
    peer = pair.emsp.platform.clients.peer(pair.at_emsp)
    pages = [page async for page in peer.tariffs.get_tariffs(limit=2).pages()]
    assert [each.id for page in pages for each in page.items] == ["T0", "T1", "T3", "T4"]
    assert {page.total for page in pages} == {4}


async def test_a_tariff_that_is_deleted_during_a_crawl_skips_nothing(
    pair: Pair, as_emsp: Caller
) -> None:
    for number in range(6):
        await pair.cpo.platform.put_own("tariffs", msgspec.json.encode(tariff(f"T{number}")))
    answer = await as_emsp("GET", pair.cpo.url("sender", "tariffs") + "?limit=3")
    await pair.cpo.platform.publisher.remove_tariff(CPO.id, "T0")
    await pair.cpo.platform.pushed()
    url = answer.headers["link"].partition(">")[0].lstrip("<")
    rest = (await as_emsp("GET", url)).json()["data"]
    assert [each["id"] for each in rest] == ["T3", "T4", "T5"]


async def test_another_partys_tariff_is_404(pair: Pair, as_cpo: Caller) -> None:
    url = pair.emsp.url("receiver", "tariffs", "NL", "XXX", "T1")
    for method, body in (("PUT", {**tariff(), "party_id": "XXX"}), ("GET", None), ("DELETE", None)):
        assert (await as_cpo(method, url, body)).status_code == 404
