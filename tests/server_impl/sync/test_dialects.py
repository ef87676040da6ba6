"""What partners push and what is pulled from them, read by their dialect."""

import json
from pathlib import Path
from typing import Any

import pytest

from ocpi_runtime.dialect import Dialect, Paging
from ocpi_server.store import StoredRepairs
from tests.server_impl.pair import CPO, Caller, Pair, calling, location, paired, token

OFFSET = "2026-01-01T12:00:00+02:00"


async def put(pair: Pair, caller: Caller, body: Any) -> tuple[int, int]:
    url = pair.emsp.url("receiver", "locations", "NL", "CPO", "LOC1")
    answer = await caller("PUT", url, body)
    return answer.status_code, answer.json()["status_code"]


async def stored(pair: Pair, caller: Caller) -> Any:
    url = pair.emsp.url("receiver", "locations", "NL", "CPO", "LOC1")
    return (await caller("GET", url)).json()["data"]


async def test_a_push_is_repaired_at_the_level_standard(pair: Pair, as_cpo: Caller) -> None:
    sent = location(last_updated=OFFSET, facilities=["HOTEL", None])
    del sent["party_id"]

    assert await put(pair, as_cpo, sent) == (201, 1000)
    assert await stored(pair, as_cpo) == {
        **sent,
        "party_id": "CPO",
        "last_updated": "2026-01-01T10:00:00Z",
        "facilities": ["HOTEL"],
    }


async def test_what_standard_does_not_repair_is_refused(pair: Pair, as_cpo: Caller) -> None:
    assert await put(pair, as_cpo, location(time_zone=None)) == (200, 2001)


async def test_a_strict_platform_refuses_what_is_not_valid(tmp_path: Path) -> None:
    async with (
        paired(tmp_path, dialect="strict") as pair,
        calling(pair.emsp, pair.cpo, pair.at_cpo) as as_cpo,
    ):
        assert await put(pair, as_cpo, location(last_updated=OFFSET)) == (200, 2001)


@pytest.mark.parametrize("coding", ["gzip", "br", "deflate"])
async def test_a_compressed_body_is_answered_415(pair: Pair, as_cpo: Caller, coding: str) -> None:
    url = pair.emsp.url("receiver", "locations", "NL", "CPO", "LOC1")
    answer = await as_cpo("PUT", url, location(), **{"Content-Encoding": coding})

    assert answer.status_code == 415
    assert f"Content-Encoding '{coding}'" in answer.json()["status_message"]


async def test_a_byte_order_mark_is_taken(pair: Pair, as_cpo: Caller) -> None:
    url = pair.emsp.url("receiver", "locations", "NL", "CPO", "LOC1")
    text = b"\xef\xbb\xbf" + json.dumps(location()).encode()
    headers = {**as_cpo.headers, "Content-Type": "application/json"}

    answer = await as_cpo.http.put(url, content=text, headers=headers)

    assert answer.status_code == 201


async def test_repairs_are_stored_with_the_object_until_it_is_sent_without_faults(
    pair: Pair, as_cpo: Caller
) -> None:
    async def repairs() -> StoredRepairs | None:
        return await pair.emsp.platform.repairs(pair.at_emsp, "locations", CPO.id, "LOC1")

    await put(pair, as_cpo, location(last_updated=OFFSET))
    found = await repairs()
    assert found is not None
    assert found.repairs == [
        {
            "rule": "timestamp-offset",
            "pointer": "/last_updated",
            "before": OFFSET,
            "after": "2026-01-01T10:00:00Z",
        }
    ]
    assert json.loads(found.sent)["last_updated"] == OFFSET

    await put(pair, as_cpo, location(last_updated="2026-02-01T00:00:00Z"))
    assert await repairs() is None


async def test_a_partner_has_a_dialect_of_its_own(pair: Pair, as_cpo: Caller) -> None:
    faulty = location()
    del faulty["time_zone"]
    assert await put(pair, as_cpo, faulty) == (200, 2001)

    administration = pair.emsp.platform.administration
    await administration.set_dialect(pair.at_emsp.id, Dialect.lenient)
    assert await put(pair, as_cpo, faulty) == (201, 1000)
    assert (await stored(pair, as_cpo))["time_zone"] == "Europe/Amsterdam"

    await administration.set_dialect(pair.at_emsp.id, None)
    assert await put(pair, as_cpo, faulty) == (200, 2001)


async def test_lists_are_paged_as_the_dialect_of_the_partner_has_it(
    pair: Pair, as_cpo: Caller
) -> None:
    url = pair.emsp.url("sender", "tokens") + "?limit=1"
    for uid in ("P1", "P2"):
        await pair.emsp.platform.put_own("tokens", json.dumps(token(uid)).encode())

    async def headers(paging: Paging | None) -> dict[str, str]:
        dialect = None if paging is None else Dialect(paging=paging)
        await pair.emsp.platform.administration.set_dialect(pair.at_emsp.id, dialect)
        return dict((await as_cpo("GET", url)).headers)

    usual = await headers(None)
    assert usual["link"].startswith("<http://")
    bare = await headers(Paging(total_count=False, link_brackets=False))
    assert ("x-total-count" in bare, bare["link"][:4]) == (False, "http")
    below = await headers(Paging(absolute_link=False))
    assert below["link"].startswith("</ocpi/")
    assert below["x-total-count"] == usual["x-total-count"]
    await headers(None)
