"""URLs that parties give each other lead through the hub: results of commands, pages, CDRs."""

from typing import Any

import msgspec
import pytest

from ocpi_runtime.types import PartyId
from ocpi_server._clock import utc_now
from ocpi_server.hub._urls import KeptUrl, KeptUrls
from ocpi_server.store import Database
from tests.server_impl.hub.conftest import World
from tests.server_impl.pair import CPO, EMSP, location
from tests.server_impl.pair import token as made_token
from tests.server_impl.reading import put
from tests.server_impl.samples import cdr, session

URLS = "ocpi_server.hub._urls"


async def _started(world: World, uid: str, url: str) -> Any:
    command = {"response_url": url, "token": made_token("T1"), "location_id": uid}
    return await world.ask("MSP", CPO, "POST", "receiver/commands/START_SESSION", command)


async def test_the_result_of_a_command_comes_back_through_the_hub(world: World) -> None:
    msp, cpo = world.members["MSP"], world.members["CPO"]
    await put(cpo.served, "locations", location("CMD1"))
    uid = await msp.served.platform.parts.exchanges.open(msp.hub.id, "START_SESSION")
    cpo.took.clear()
    msp.took.clear()
    done = await _started(world, "CMD1", msp.served.url("sender", "commands", "START_SESSION", uid))
    assert done.json()["data"]["result"] == "ACCEPTED", done.text
    taken = await cpo.asked("START_SESSION")
    sent = msgspec.json.decode(taken.request_body)
    assert sent["response_url"].startswith(world.hub.url("sender", "commands", "START_SESSION"))
    assert uid not in sent["response_url"]
    result = await msp.asked(uid)
    assert result.operation == "post_command_result"
    assert msgspec.json.decode(result.request_body)["result"] == "ACCEPTED"
    assert result.request_headers["x-correlation-id"] == "c-1"
    assert result.request_headers["ocpi-from-party-id"] == "CPO"
    assert result.request_headers["ocpi-to-party-id"] == "MSP"
    # Nobody else can use the URL.
    forged = await world.ask("OTH", None, "POST", sent["response_url"].split("/2.2.1/")[1], {})
    assert forged.json()["status_code"] != 1000


async def test_results_go_to_the_platform_that_asked_only(world: World) -> None:
    refused = await _started(world, "CMD1", "http://198.51.100.7/result")
    assert refused.json()["status_code"] == 2001
    assert "198.51.100.7 is not a host of this partner" in refused.text


async def test_lists_are_read_page_by_page(world: World) -> None:
    cpo = world.members["CPO"].served
    for number in range(5):
        await put(cpo, "sessions", session(f"PAGE{number}", provider=EMSP))
    path = "sender/sessions?date_from=2020-01-01T00:00:00Z&limit=2"
    found, pages = [], 0
    while path:
        page = await world.ask("MSP", CPO, "GET", path)
        assert page.headers["x-limit"] == "2"
        found += [each["id"] for each in page.json()["data"]]
        link = page.headers.get("link", "")
        if link:
            assert link.startswith(f"<{world.hub.url('sender', 'sessions')}?")
        path = link.partition(";")[0].strip("<>").partition("/2.2.1/")[2]
        pages += 1
    assert sorted(each for each in found if each.startswith("PAGE")) == [
        f"PAGE{number}" for number in range(5)
    ]
    assert pages == -(-len(found) // 2)


async def test_a_posted_cdr_is_found_at_the_hub(world: World) -> None:
    bill = cdr("CDR1", provider=EMSP, session_id="NONE")
    done = await world.ask("CPO", EMSP, "POST", "receiver/cdrs", bill)
    assert done.json()["status_code"] == 1000, done.text
    where = done.headers["location"]
    assert where.startswith(world.hub.url("receiver", "cdrs") + "/")
    back = await world.ask("CPO", EMSP, "GET", where.split("/2.2.1/")[1])
    assert back.json()["data"] == msgspec.json.decode(msgspec.json.encode(bill))


def url(caller: str, number: int) -> KeptUrl:
    party = PartyId("NL", "CPO")
    path = f"https://x.example/{number}"
    return KeptUrl(caller=caller, platform="P", sender=party, receiver=party, url=path)


async def test_of_too_many_urls_for_one_partner_the_oldest_go(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{URLS}._MOST", 3)
    monkeypatch.setattr(f"{URLS}._EVERY", 5)
    kept = KeptUrls(database, utc_now)
    others = await kept.keep(url("OTHER", 0))
    ids = [await kept.keep(url("CALLER", number)) for number in range(11)]
    found = [each for each in ids if await kept.find(each, "CALLER") is not None]
    assert found == ids[-3:]
    assert await kept.find(others, "OTHER") is not None
