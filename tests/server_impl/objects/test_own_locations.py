"""The sender's list of locations: pages, filters, links, parts."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest_asyncio

from tests.server_impl.pair import Caller, Pair, evse, location

FIRST = datetime(2026, 1, 1, tzinfo=UTC)


def stamp(number: int) -> str:
    return (FIRST + timedelta(hours=number)).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest_asyncio.fixture(loop_scope="session")
async def listed(pair: Pair, as_emsp: Caller) -> "List":
    for number in range(25):
        body = location(f"LOC{number}", last_updated=stamp(number))
        await pair.cpo.platform.put_own("locations", httpx2.Request("PUT", "/", json=body).content)
    return List(pair, as_emsp)


class List:
    """The sender interface of the CPO, called by the eMSP."""

    def __init__(self, pair: Pair, caller: Caller) -> None:
        self.pair = pair
        self.caller = caller

    async def get(self, **query: Any) -> httpx2.Response:
        params = httpx2.QueryParams(query)
        url = f"{self.pair.cpo.url('sender', 'locations')}?{params}"
        answer = await self.caller("GET", url)
        assert answer.status_code == 200
        return answer

    async def crawl(self, **query: Any) -> list[str]:
        """Follow Link to the end; returns the ids in order."""
        answer = await self.get(**query)
        found = ids(answer)
        while "link" in answer.headers:
            url = answer.headers["link"].partition(">")[0].lstrip("<")
            answer = await self.caller("GET", url)
            found += ids(answer)
        return found


def ids(answer: httpx2.Response) -> list[str]:
    return [each["id"] for each in answer.json()["data"]]


def names(*numbers: int) -> list[str]:
    return [f"LOC{number}" for number in numbers]


async def test_a_page_is_oldest_first_and_says_how_many_there_are(listed: List) -> None:
    answer = await listed.get(limit=10)
    assert ids(answer) == names(*range(10))
    assert answer.headers["x-total-count"] == "25"
    assert answer.headers["x-limit"] == "10"
    query = parse_qs(urlsplit(answer.headers["link"].partition(">")[0]).query)
    assert (query["offset"], query["limit"]) == (["10"], ["10"])


async def test_following_links_lists_everything_once(listed: List) -> None:
    assert await listed.crawl(limit=7) == names(*range(25))


async def test_plain_offsets_work_too(listed: List) -> None:
    assert ids(await listed.get(offset=20, limit=10)) == names(*range(20, 25))
    last = await listed.get(offset=24, limit=1)
    assert (ids(last), "link" in last.headers) == (names(24), False)
    beyond = await listed.get(offset=99, limit=10)
    assert (ids(beyond), beyond.headers["x-total-count"]) == ([], "25")


async def test_date_from_is_inclusive_and_date_to_exclusive(listed: List) -> None:
    answer = await listed.get(date_from=stamp(5), date_to=stamp(8), limit=2)
    assert answer.headers["x-total-count"] == "3"
    assert "date_from" in answer.headers["link"]
    assert "date_to" in answer.headers["link"]
    assert await listed.crawl(date_from=stamp(5), date_to=stamp(8), limit=2) == names(5, 6, 7)


async def test_what_is_created_during_a_crawl_is_on_its_last_page(listed: List) -> None:
    answer = await listed.get(limit=20)
    await _own(listed.pair, location("LATE", last_updated=stamp(99)))
    await _own(listed.pair, location("LOC3", last_updated=stamp(99)))
    url = answer.headers["link"].partition(">")[0].lstrip("<")
    answer = await listed.caller("GET", url)
    assert ids(answer) == [*names(20, 21, 22, 23, 24), "LATE"]
    assert answer.headers["x-total-count"] == "26"


async def test_a_cursor_of_ones_own_invention_does_no_harm(listed: List) -> None:
    for cursor in ("x", "1.2", "-1.0.0", "9" * 40, "3.99.1"):
        answer = await listed.caller(
            "GET", f"{listed.pair.cpo.url('sender', 'locations')}?limit=5&cursor={cursor}"
        )
        assert answer.status_code == 200


async def test_a_location_its_evse_and_connector(listed: List) -> None:
    url = listed.pair.cpo.url("sender", "locations", "loc3")
    assert (await listed.caller("GET", url)).json()["data"]["id"] == "LOC3"
    part = (await listed.caller("GET", f"{url}/e1")).json()["data"]
    assert part == evse()
    assert (await listed.caller("GET", f"{url}/E1/2")).json()["data"]["id"] == "2"
    assert (await listed.caller("GET", f"{url}/E9")).status_code == 404
    missing = listed.pair.cpo.url("sender", "locations", "NONE")
    assert (await listed.caller("GET", missing)).status_code == 404


async def test_a_list_for_a_party_that_is_not_here_is_answered(listed: List) -> None:
    answer = await listed.caller(
        "GET",
        listed.pair.cpo.url("sender", "locations"),
        **{"OCPI-to-party-id": "XXX", "OCPI-to-country-code": "NL"},
    )
    assert (answer.status_code, answer.json()["status_code"]) == (200, 1000)


async def test_pulling_brings_everything_into_the_store(pair: Pair, listed: List) -> None:
    platform = pair.emsp.platform
    pulled = await platform.pull_locations(pair.at_emsp, limit=10)
    assert (pulled.pages, pulled.created, pulled.problems) == (3, 25, [])
    again = await platform.pull_locations(pair.at_emsp, limit=10)
    assert (again.created, again.updated) == (0, 25)
    part = await platform.pull_locations(
        pair.at_emsp, date_from=FIRST + timedelta(hours=20), limit=10
    )
    assert part.updated == 5


async def test_a_status_is_patched_at_the_partner(pair: Pair, listed: List) -> None:
    await pair.emsp.platform.pull_locations(pair.at_emsp)
    taken = await pair.cpo.platform.push_evse_status("LOC3", "E1", "CHARGING")
    await pair.cpo.platform.pushed()
    assert taken == (pair.at_cpo.id,)
    peer = pair.cpo.platform.clients.peer(pair.at_cpo)
    stored = await peer.locations.get_stored_location("NL", "CPO", "LOC3")
    own = await pair.emsp.platform.clients.peer(pair.at_emsp).locations.get_location("LOC3")
    assert stored == own
    assert stored.evses is not None
    assert stored.last_updated > FIRST + timedelta(hours=3)


async def _own(pair: Pair, body: dict[str, Any]) -> None:
    await pair.cpo.platform.put_own("locations", httpx2.Request("PUT", "/", json=body).content)
