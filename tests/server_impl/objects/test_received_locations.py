"""Locations that a CPO pushes: ownership, ids, PATCH, parents, older news."""

from typing import Any

import pytest
import pytest_asyncio

from ocpi_server.store import Listing
from tests.server_impl.pair import Caller, Pair, connector, evse, location

NEWER = "2026-02-02T02:02:02Z"
OLDER = "2025-01-01T00:00:00Z"


class Locations:
    """The receiver interface of the eMSP, called by the CPO."""

    def __init__(self, pair: Pair, caller: Caller) -> None:
        self._pair = pair
        self._caller = caller

    async def __call__(self, method: str, *path: str, body: Any = None) -> tuple[int, int, Any]:
        """Call below the CPO's own party; returns HTTP status, OCPI status and the rest."""
        return await self.at(method, "NL", "CPO", *path, body=body)

    async def at(self, method: str, *path: str, body: Any = None) -> tuple[int, int, Any]:
        url = self._pair.emsp.url("receiver", "locations", *path)
        answer = await self._caller(method, url, body)
        envelope = answer.json()
        return answer.status_code, envelope["status_code"], envelope.get("data")

    async def read(self, *path: str) -> Any:
        status, code, data = await self("GET", *path)
        assert (status, code) == (200, 1000)
        return data


@pytest_asyncio.fixture(loop_scope="session")
async def locations(pair: Pair, as_cpo: Caller) -> Locations:
    made = Locations(pair, as_cpo)
    assert (await made("PUT", "LOC1", body=location()))[:2] == (201, 1000)
    return made


async def test_put_creates_then_replaces(locations: Locations) -> None:
    changed = location(name="Another name", last_updated=NEWER)
    assert (await locations("PUT", "LOC1", body=changed))[:2] == (200, 1000)
    assert await locations.read("LOC1") == changed


async def test_what_is_read_back_is_what_was_sent(locations: Locations) -> None:
    sent = location("LOC2", unknown={"kept": 1.50}, last_updated=NEWER)
    await locations("PUT", "LOC2", body=sent)
    assert await locations.read("LOC2") == sent


async def test_ids_have_no_case(locations: Locations) -> None:
    assert (await locations.at("GET", "nl", "cPo", "loc1"))[:2] == (200, 1000)
    changed = location("loc1", last_updated=NEWER)
    assert (await locations("PUT", "Loc1", body=changed))[:2] == (200, 1000)
    assert (await locations("GET", "LOC1", "e1", "2"))[:2] == (200, 1000)


@pytest.mark.parametrize(
    ("field", "value"), [("id", "OTHER"), ("party_id", "XXX"), ("country_code", "BE")]
)
async def test_ids_in_the_body_that_differ_are_2001(
    locations: Locations, field: str, value: str
) -> None:
    before = await locations.read("LOC1")
    body = {**location(last_updated=NEWER), field: value}
    assert (await locations("PUT", "LOC1", body=body))[:2] == (200, 2001)
    patch = {field: value, "last_updated": NEWER}
    assert (await locations("PATCH", "LOC1", body=patch))[:2] == (200, 2001)
    assert await locations.read("LOC1") == before


async def test_another_partys_locations_are_404_and_nothing_is_stored(
    pair: Pair, locations: Locations
) -> None:
    body = {**location(), "party_id": "XXX"}
    for method, sent in (("PUT", body), ("PATCH", {"last_updated": NEWER}), ("GET", None)):
        status, code, _ = await locations.at(method, "NL", "XXX", "LOC1", body=sent)
        assert (status, code) == (404, 2000)
    found = await pair.emsp.platform.parts.store.page(_received_from(pair))
    assert found.total == 1


async def test_patch_changes_what_it_names(locations: Locations) -> None:
    before = await locations.read("LOC1")
    patch = {"name": "New name", "address": "Elsewhere 2", "last_updated": NEWER}
    assert (await locations("PATCH", "LOC1", body=patch))[:2] == (200, 1000)
    assert await locations.read("LOC1") == {**before, **patch}


async def test_null_removes_an_optional_field_and_no_other(locations: Locations) -> None:
    await locations("PATCH", "LOC1", body={"name": None, "last_updated": NEWER})
    assert "name" not in await locations.read("LOC1")
    status, code, _ = await locations("PATCH", "LOC1", body={"city": None, "last_updated": NEWER})
    assert (status, code) == (200, 2001)


async def test_patch_without_last_updated_is_2001(locations: Locations) -> None:
    for path in (("LOC1",), ("LOC1", "E1"), ("LOC1", "E1", "1")):
        assert (await locations("PATCH", *path, body={}))[:2] == (200, 2001)


async def test_an_evse_is_added_and_its_location_becomes_as_new(locations: Locations) -> None:
    added = evse("E2", last_updated=NEWER)
    assert (await locations("PUT", "LOC1", "E2", body=added))[:2] == (201, 1000)
    assert await locations.read("LOC1", "E2") == added
    stored = await locations.read("LOC1")
    assert [each["uid"] for each in stored["evses"]] == ["E1", "E2"]
    assert stored["last_updated"] == NEWER


async def test_an_evse_is_replaced_in_place(locations: Locations) -> None:
    changed = evse("E1", status="BLOCKED", last_updated=NEWER)
    assert (await locations("PUT", "LOC1", "E1", body=changed))[:2] == (200, 1000)
    assert (await locations.read("LOC1"))["evses"] == [changed]


async def test_the_first_evse_of_a_location_without_any(locations: Locations) -> None:
    bare = location("BARE")
    del bare["evses"]
    await locations("PUT", "BARE", body=bare)
    assert (await locations("PUT", "BARE", "E9", body=evse("E9")))[:2] == (201, 1000)
    assert (await locations.read("BARE", "E9"))["uid"] == "E9"


async def test_news_of_a_connector_reach_all_its_parents(locations: Locations) -> None:
    patch = {"max_amperage": 16, "last_updated": NEWER}
    assert (await locations("PATCH", "LOC1", "E1", "2", body=patch))[:2] == (200, 1000)
    stored = await locations.read("LOC1")
    assert stored["last_updated"] == NEWER
    assert stored["evses"][0]["last_updated"] == NEWER
    assert stored["evses"][0]["connectors"][1] == connector("2", **patch)
    assert stored["evses"][0]["connectors"][0] == connector("1")


async def test_parents_that_are_newer_keep_their_instant(locations: Locations) -> None:
    await locations("PATCH", "LOC1", body={"name": "x", "last_updated": NEWER})
    between = "2026-01-15T00:00:00Z"
    patch = {"status": "CHARGING", "last_updated": between}
    assert (await locations("PATCH", "LOC1", "E1", body=patch))[:2] == (200, 1000)
    stored = await locations.read("LOC1")
    assert stored["evses"][0]["status"] == "CHARGING"
    assert (stored["evses"][0]["last_updated"], stored["last_updated"]) == (between, NEWER)


async def test_older_news_change_nothing(locations: Locations) -> None:
    before = await locations.read("LOC1")
    stale = location(name="stale", last_updated=OLDER)
    assert (await locations("PUT", "LOC1", body=stale))[:2] == (200, 1000)
    await locations("PATCH", "LOC1", body={"name": "stale", "last_updated": OLDER})
    await locations("PUT", "LOC1", "E1", body=evse(status="BLOCKED", last_updated=OLDER))
    await locations("PATCH", "LOC1", "E1", body={"status": "BLOCKED", "last_updated": OLDER})
    await locations("PATCH", "LOC1", "E1", "1", body={"max_voltage": 1, "last_updated": OLDER})
    assert await locations.read("LOC1") == before


async def test_the_same_instant_without_zone_and_with_fraction_is_no_older(
    locations: Locations,
) -> None:
    for text in ("2026-01-01T10:00:00", "2026-01-01T10:00:00.000Z"):
        patch = {"name": text, "last_updated": text}
        await locations("PATCH", "LOC1", body=patch)
        assert (await locations.read("LOC1"))["name"] == text


async def test_parts_of_what_is_not_there_are_2003(locations: Locations) -> None:
    news = {"status": "BLOCKED", "last_updated": NEWER}
    assert (await locations("PATCH", "NONE", body={"last_updated": NEWER}))[1] == 2003
    assert (await locations("PUT", "NONE", "E1", body=evse()))[1] == 2003
    assert (await locations("PATCH", "LOC1", "NONE", body=news))[1] == 2003
    assert (await locations("PUT", "LOC1", "NONE", "1", body=connector()))[1] == 2003
    assert (await locations("GET", "LOC1", "NONE"))[:2] == (404, 2000)
    assert (await locations("GET", "NONE"))[:2] == (404, 2000)


async def test_ids_of_parts_that_differ_are_2001(locations: Locations) -> None:
    assert (await locations("PUT", "LOC1", "E1", body=evse("E2")))[1] == 2001
    assert (await locations("PUT", "LOC1", "E1", "1", body=connector("2")))[1] == 2001
    patch = {"uid": "E2", "last_updated": NEWER}
    assert (await locations("PATCH", "LOC1", "E1", body=patch))[1] == 2001


async def test_evses_in_a_patch_replace_the_list(locations: Locations) -> None:
    patch = {"evses": [evse("E7")], "last_updated": NEWER}
    await locations("PATCH", "LOC1", body=patch)
    assert (await locations.read("LOC1"))["evses"] == [evse("E7")]


async def test_an_id_with_a_slash_is_one_id(locations: Locations) -> None:
    body = location("A/B %")
    assert (await locations("PUT", "A%2FB%20%25", body=body))[:2] == (201, 1000)
    assert await locations.read("A%2FB%20%25") == body


def _received_from(pair: Pair) -> Listing:
    return Listing(module="locations", source=pair.at_emsp.id)
